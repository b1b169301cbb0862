//! What an import does or did, for people and programs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kernel::Id;

/// The most lines that a report keeps of one kind; the rest is counted.
const LINES: usize = 5_000;

/// What an import does or did, and what it could not do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Report {
    /// Items in the file.
    pub items: usize,
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Items that were imported before and removed here since; they stay removed.
    pub removed_here: usize,
    /// New comments.
    pub comments: usize,
    /// New links between items.
    pub links: usize,
    /// New items that hang under another one.
    pub parents: usize,
    /// What stands beside the items in an export of Wherefore, noun by noun.
    pub nouns: Vec<NounLine>,
    /// Columns of the file and where each goes.
    pub columns: Vec<ColumnLine>,
    /// Statuses of the file and the states they become.
    pub statuses: Vec<StatusLine>,
    /// Types of the file and the levels they become.
    pub types: Vec<TypeLine>,
    /// People named in the file and who they are here.
    pub people: Vec<PersonLine>,
    /// Workflow states that the product gets, each with its category.
    pub new_states: Vec<String>,
    /// People who get a name here and cannot sign in until they are invited.
    pub new_people: Vec<String>,
    pub new_sprints: Vec<String>,
    /// What will not come along.
    pub left_out: Vec<String>,
    /// Fields that both sides changed: the edit made here stays.
    pub conflicts: Vec<String>,
    pub warnings: Vec<String>,
    /// Whether anything was written.
    pub applied: bool,
}

impl Report {
    /// Whether nothing would be written: all that the file holds is here already, or was removed here.
    pub fn changes_nothing(&self) -> bool {
        self.created + self.updated + self.comments + self.links == 0
            && self.new_states.is_empty()
            && self.new_people.is_empty()
            && self.new_sprints.is_empty()
            && self.nouns.iter().all(|noun| noun.new == 0)
    }

    /// The figures alone, for lists of imports.
    pub(super) fn counts(&self) -> Self {
        Self {
            items: self.items,
            created: self.created,
            updated: self.updated,
            unchanged: self.unchanged,
            removed_here: self.removed_here,
            comments: self.comments,
            links: self.links,
            parents: self.parents,
            nouns: self.nouns.clone(),
            applied: self.applied,
            ..Self::default()
        }
    }
}

/// One noun of the file, as needs or evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NounLine {
    pub noun: String,
    /// What is new here.
    pub new: usize,
    /// What was brought before, or stands here by the same name; it stays as it is.
    pub here: usize,
    /// What hangs on something that is not here, and so is left out.
    pub lost: usize,
}

/// A column of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnLine {
    pub name: String,
    /// How many columns carry this name.
    pub count: usize,
    /// How many of their cells hold something.
    pub cells: usize,
    /// Where they go.
    pub place: String,
}

/// A status of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatusLine {
    /// The status, as choices name it.
    pub status: String,
    pub items: usize,
    /// The state that it becomes.
    pub state: String,
    pub category: String,
    /// Whether the product gets that state.
    pub new: bool,
    /// `chosen`, `known` from an earlier import, or `proposed`.
    #[serde(default)]
    pub how: String,
}

/// A type of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TypeLine {
    #[serde(rename = "type")]
    pub name: String,
    pub items: usize,
    /// `epic`, `story`, `task` or `bug`.
    pub level: String,
    /// `chosen`, `known` from an earlier import, or `proposed`.
    #[serde(default)]
    pub how: String,
}

/// Somebody whom the file names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PersonLine {
    /// As choices name them.
    pub name: String,
    /// How many items name them as reporter or assignee.
    pub items: usize,
    /// Who it is here; none for nobody.
    pub person: Option<Id>,
    /// Their name here.
    pub here: String,
    /// `chosen`, `known` from an earlier import, `email`, `name`, `ambiguous`, `new` or `nobody`.
    pub how: String,
}

/// Adds a line, or counts it where there are too many.
#[derive(Default)]
pub(super) struct Lines {
    lines: Vec<String>,
    more: usize,
}

impl Lines {
    pub fn push(&mut self, line: String) {
        if self.lines.len() < LINES {
            self.lines.push(line);
        } else {
            self.more += 1;
        }
    }

    pub fn done(mut self) -> Vec<String> {
        if self.more > 0 {
            self.lines.push(format!("… and {} more of this kind.", self.more));
        }
        self.lines
    }
}
