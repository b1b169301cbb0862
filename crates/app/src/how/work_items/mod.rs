//! Work items: epics, stories, tasks and bugs in one order per product, each in a state of the
//! product's workflow.

mod arrange;
mod board;
mod bulk;
mod by_field;
mod children;
mod columns;
mod create;
mod edit;
mod filter;
mod given;
mod groups;
mod limits;
mod lines;
mod list;
mod names;
mod view;
mod words;

pub use arrange::{MoveWorkItem, place_last};
pub use board::{Board, Column};
pub use bulk::{BulkEdit, Changed};
pub use children::children;
pub use columns::{COLUMNS, Column as TableColumn, USUAL, check_columns, columns, every_column};
pub use create::{CreateWorkItem, create};
pub use edit::EditWorkItem;
pub use filter::{
    Asked, Condition, Order, PRIORITIES, asked, conditions, not_understood, someone, understood,
};
pub use given::{Barred, barred_again, check_given_back};
pub use groups::{Group, GroupWorkItems, Grouped};
pub use limits::{Load, enter, fit, load, settle};
pub use lines::{CreateMany, Created, LineView, PreviewLines, told_by};
pub use list::{
    Also, COUNTED, GetWorkItem, ListWorkItems, Page, PastLine, as_of_order, by_key, count,
    matching, open_count,
};
pub use names::Names;
pub use view::{ItemView, Named, SubtaskCount, view, views};
pub use words::{FilterWords, ListFilterWords, labels};

use crate::kernel::{Day, Id, Time};
use crate::record;
use crate::store::{Document, Edge, FieldRow, Fields, Indexed, KnownFields, Words};

/// The levels of work, widest first.
pub const LEVELS: [&str; 4] = ["epic", "story", "task", "bug"];

pub use crate::people::policies::CLASSES as SERVICES;

/// Characters of the longest priority and the longest label.
pub const WORD: usize = 100;

/// The most labels of an item.
pub const MOST_LABELS: usize = 100;

/// How bad a bug is, the worst first.
pub const SEVERITIES: [&str; 4] = ["critical", "major", "minor", "trivial"];

record! {
    /// An epic, story, task or bug.
    pub struct WorkItem in "work_item", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub level: String,
        pub title: String,
        pub body: String,
        /// A state of the product's workflow, by name.
        pub state: String,
        /// What that state means.
        pub category: String,
        pub rank: String,
        pub parent_id: Option<Id>,
        /// The story that a bug broke: it inherits that story's why.
        pub broke_id: Option<Id>,
        pub team_id: Option<Id>,
        pub part_id: Option<Id>,
        pub assignee_id: Option<Id>,
        pub reporter_id: Option<Id>,
        pub points: Option<f64>,
        pub priority: Option<String>,
        pub labels: Words,
        pub sprint_id: Option<Id>,
        pub due: Option<Day>,
        pub fields: Fields,
        /// "No why yet", honest until this day.
        pub no_why_until: Option<Day>,
        pub started_at: Option<Time>,
        pub done_at: Option<Time>,
        /// The key it had in the tool it came from.
        pub original_key: Option<String>,
        /// The import that brings it, until that is complete.
        pub staged_by: Option<Id>,
        /// Its class of service, one of [`SERVICES`]; standard where none is said.
        pub service: Option<String>,
        /// How bad a bug is, one of [`SEVERITIES`].
        pub severity: Option<String>,
        /// The story that it was split off.
        pub split_from_id: Option<Id>,
        /// From this day on it waits for somebody to look at it.
        pub triage_on: Option<Day>,
    }
}

impl Indexed for WorkItem {
    /// Writing and editing say of themselves only “stories”; the fields tell more.
    fn exercises(
        &self,
        verb: &[u8],
        effect: &str,
        changes: &serde_json::Map<String, serde_json::Value>,
    ) -> Option<Vec<u8>> {
        let has = |field: &str| changes.contains_key(field);
        // Moving on what one works at is nobody's responsibility but the last step is: acceptance.
        let accepted = self.category == "accepted" && self.level != "epic" && has("category");
        if verb == [33] && accepted {
            return Some(vec![33, 39]);
        }
        // Taking back comes to the same where it brings the last step back.
        if verb.is_empty() && accepted {
            return Some(vec![39]);
        }
        if verb != [35] {
            return None;
        }
        let text = if self.level == "epic" { 21 } else { 35 };
        if effect != "changed" {
            let done = accepted && effect == "added";
            return Some(if done { vec![text, 39] } else { vec![text] });
        }
        let mut all = Vec::new();
        if ["title", "body", "parent_id", "level"].into_iter().any(has) {
            all.push(text);
        }
        if has("points") {
            all.push(31);
        }
        if has("rank") {
            all.push(33);
        }
        if accepted {
            all.push(39);
        }
        Some(all)
    }
    fn is_proposal(&self) -> bool {
        self.level == "bug"
    }
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn part(&self) -> Option<Id> {
        self.part_id
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn edges(&self) -> Vec<Edge> {
        let here = || ("work_item".to_owned(), self.id);
        [self.parent_id, self.broke_id]
            .into_iter()
            .flatten()
            .map(|up| Edge { lower: here(), upper: ("work_item".to_owned(), up) })
            .collect()
    }
    fn keys(&self) -> Vec<String> {
        let original = self.original_key.as_ref().filter(|original| **original != self.key);
        std::iter::once(&self.key).chain(original).cloned().collect()
    }
    fn labels(&self) -> &[String] {
        &self.labels
    }
    fn undoing(
        &self,
        after: Option<&mut Self>,
        change: &mut crate::store::Change<'_>,
    ) -> crate::kernel::Result<()> {
        let after = after.and_then(|after| after.assignee_id);
        edit::settle_assignee(change, self.id, (self.assignee_id, after))
    }
    fn custom(&self) -> Option<(&Fields, &str)> {
        Some((&self.fields, &self.rank))
    }
    fn field_rows(
        &self,
        conn: &mut crate::db::Conn,
        workspace: i64,
        known: &mut KnownFields,
    ) -> crate::kernel::Result<Vec<FieldRow>> {
        crate::how::fields::rows(conn, workspace, self.product_id, &self.fields, known)
    }
    fn document(&self) -> Option<Document> {
        let key = match &self.original_key {
            Some(original) if *original != self.key => format!("{} {original}", self.key),
            _ => self.key.clone(),
        };
        Some(Document {
            product: self.product_id,
            key,
            title: self.title.clone(),
            body: self.body.clone(),
        })
    }
}

/// Whether work has begun and is not dropped.
pub fn has_begun(category: &str) -> bool {
    matches!(category, "started" | "in-review" | "accepted")
}

/// Whether work is finished or dropped.
pub fn is_over(category: &str) -> bool {
    matches!(category, "accepted" | "dropped")
}

/// Whether something that is new may wait for somebody to look at it: nobody began it.
pub fn may_wait(category: &str) -> bool {
    matches!(category, "backlog" | "unstarted")
}

/// The times of starting and finishing that a change of category brings.
pub fn stamp(item: &mut WorkItem, now: Time) {
    if has_begun(&item.category) {
        item.started_at.get_or_insert(now);
    }
    if is_over(&item.category) {
        item.done_at.get_or_insert(now);
    } else {
        item.done_at = None;
    }
}
