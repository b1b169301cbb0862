//! Whose edit is newer: an item's fields as texts, from the file, from the last import, from here.
//! Long texts are compared by their hashes.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use wherefore_exchange::{Category, Item, Level};

use super::plan::Planned;
use crate::how::work_items::WorkItem;
use crate::kernel::{Id, Time};

/// The fields that a re-import compares, as texts. Custom fields begin with [`CUSTOM`].
pub(super) type Texts = BTreeMap<String, String>;

/// Before the name of a custom field.
pub(super) const CUSTOM: &str = "field ";

/// Texts up to this length are kept as they are.
const SHORT: usize = 48;

/// Titles may be this long; the whole of a longer one is kept as a custom field.
pub(super) const TITLE: usize = 10_000;

pub(super) fn category(category: Category) -> &'static str {
    match category {
        Category::Backlog => "backlog",
        Category::Unstarted => "unstarted",
        Category::Started => "started",
        Category::InReview => "in-review",
        Category::Accepted => "accepted",
        Category::Dropped => "dropped",
    }
}

pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Epic => "epic",
        Level::Story => "story",
        Level::Task | Level::SubTask => "task",
        Level::Bug => "bug",
    }
}

/// A title in one line, never empty, cut where it is longer than titles may be.
pub(super) fn title(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "(no title)".to_owned() } else { line.chars().take(TITLE).collect() }
}

fn stamp(micros: i64) -> String {
    Time(micros).timestamp().to_string()
}

/// Custom fields, and what else has no place of its own, so that nothing of an item is lost.
pub(super) fn fields(item: &Item, level: &str, ended: bool) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = item.custom.iter().cloned().collect();
    let mut add = |name: &str, text: String| {
        // A custom field of the same name stays beside it.
        let name = if all.contains_key(name) { format!("{name} (Jira)") } else { name.to_owned() };
        all.insert(name, text);
    };
    if let Some(resolution) = &item.resolution {
        add("Resolution", resolution.clone());
    }
    if let Some(id) = item.source_id.as_ref().filter(|id| **id != item.key) {
        add("Issue id", id.clone());
    }
    if !item.type_name.is_empty() && !item.type_name.eq_ignore_ascii_case(level) {
        add("Type", item.type_name.clone());
    }
    if let Some(updated) = item.updated {
        add("Updated", stamp(updated));
    }
    if let Some(resolved) = item.resolved.filter(|_| !ended) {
        add("Resolved", stamp(resolved));
    }
    if item.title.chars().count() > TITLE {
        add("Summary", item.title.clone());
    }
    if item.sprints.len() > 1 {
        add("Sprints", item.sprints.join(", "));
    }
    if !item.attachments.is_empty() {
        add("Attachments", attachments(item));
    }
    all
}

/// Each attachment in a line: name, when and by whom, address.
fn attachments(item: &Item) -> String {
    let lines: Vec<String> = item
        .attachments
        .iter()
        .map(|a| {
            let said: Vec<String> = a.at.map(stamp).into_iter().chain(a.author.clone()).collect();
            let said =
                if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) };
            format!("{}{said}: {}", a.name, a.url).trim_end_matches(": ").to_owned()
        })
        .collect();
    lines.join("\n")
}

/// A text as it is compared.
fn short(text: String) -> String {
    if text.len() <= SHORT {
        return text;
    }
    let digest = Sha256::digest(text.as_bytes());
    std::iter::once("#".to_owned())
        .chain(digest.iter().take(16).map(|byte| format!("{byte:02x}")))
        .collect()
}

fn id(id: Option<Id>) -> String {
    id.map_or(String::new(), |id| id.to_string())
}

fn points(points: Option<f64>) -> String {
    points.map_or(String::new(), |p| p.to_string())
}

fn texts(
    pairs: impl IntoIterator<Item = (&'static str, String)>,
    custom: &BTreeMap<String, String>,
) -> Texts {
    let custom = custom.iter().map(|(name, text)| (format!("{CUSTOM}{name}"), text.clone()));
    pairs
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text))
        .chain(custom)
        .map(|(name, text)| (name, short(text)))
        .collect()
}

/// As the file has it, in this product's words.
pub(super) fn of_file(row: &Planned, item: &Item) -> Texts {
    texts(
        [
            ("title", title(&item.title)),
            ("body", item.description.clone()),
            ("level", row.level.to_owned()),
            ("state", row.state.name.clone()),
            ("points", points(item.points)),
            ("priority", item.priority.clone().unwrap_or_default()),
            ("labels", item.labels.join(", ")),
            ("due", item.due.clone().unwrap_or_default()),
            ("parent", id(row.parent)),
            ("sprint", id(row.sprint)),
            ("assignee", id(row.assignee)),
            ("reporter", id(row.reporter)),
        ],
        &row.fields,
    )
}

/// As it stands here.
pub(super) fn of_item(item: &WorkItem) -> Texts {
    texts(
        [
            ("title", item.title.clone()),
            ("body", item.body.clone()),
            ("level", item.level.clone()),
            ("state", item.state.clone()),
            ("points", points(item.points)),
            ("priority", item.priority.clone().unwrap_or_default()),
            ("labels", item.labels.join(", ")),
            ("due", item.due.map_or(String::new(), |d| d.to_string())),
            ("parent", id(item.parent_id)),
            ("sprint", id(item.sprint_id)),
            ("assignee", id(item.assignee_id)),
            ("reporter", id(item.reporter_id)),
        ],
        &item.fields,
    )
}

/// Three-way: which fields to take from the file, and where both sides changed.
pub(super) fn merge(base: &Texts, file: &Texts, here: &Texts) -> (BTreeSet<String>, Vec<String>) {
    let mut take = BTreeSet::new();
    let mut clashes = Vec::new();
    let fallen = base.keys().filter(|field| field.starts_with(CUSTOM));
    let fields: BTreeSet<&String> = file.keys().chain(fallen).collect();
    for field in fields {
        let custom = field.starts_with(CUSTOM);
        let absent = String::new();
        // What an older import did not compare has no base: only from now on it can be told.
        let Some(was) = base.get(field).or(custom.then_some(&absent)) else { continue };
        let theirs = file.get(field).unwrap_or(&absent);
        let is = here.get(field).unwrap_or(&absent);
        if was == theirs || is == theirs {
            continue;
        }
        if is == was {
            take.insert(field.clone());
        } else {
            clashes.push(field.clone());
        }
    }
    (take, clashes)
}

/// A base as an earlier import kept it, perhaps with whole texts.
pub(super) fn of_base(base: &BTreeMap<String, String>) -> Texts {
    base.iter().map(|(name, text)| (name.clone(), short(text.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_file_wins_only_where_nobody_edited_here() {
        let base = texts(&[("title", "a"), ("body", "x"), ("state", "Open"), ("field Rank", "1")]);
        let file = texts(&[("title", "b"), ("body", "x"), ("state", "Done"), ("field New", "n")]);
        let here =
            texts(&[("title", "a"), ("body", "edited"), ("state", "Doing"), ("field Rank", "1")]);
        let (take, clashes) = merge(&base, &file, &here);
        let taken: Vec<&str> = take.iter().map(String::as_str).collect();
        assert_eq!(taken, ["field New", "field Rank", "title"]);
        assert_eq!(clashes, ["state"]);
    }

    #[test]
    fn the_same_file_again_changes_nothing() {
        let base = texts(&[("title", "a"), ("field X", "x")]);
        let here = texts(&[("title", "mine"), ("field Y", "mine")]);
        assert_eq!(merge(&base, &base, &here), (BTreeSet::new(), Vec::new()));
    }

    #[test]
    fn long_texts_are_compared_by_their_hashes() {
        let long = "x".repeat(500);
        assert_eq!(short(long.clone()).len(), 33);
        assert_ne!(short(long.clone()), short(long + "y"));
        assert_eq!(short("ä".into()), "ä");
    }
}
