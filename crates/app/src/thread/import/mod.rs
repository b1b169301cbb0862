//! Importing a backlog from another tool. The file is read and checked whole; new items are then
//! staged in short batches that nobody sees; the last, short one makes all of it visible at once
//! and applies what changed in items that were imported before.

mod apply;
mod compare;
mod plan;

pub use apply::import;
pub use plan::preview;

use schemars::JsonSchema;
use serde::Serialize;

/// What an import does or did, and what it could not do.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Report {
    /// Items in the file.
    pub items: usize,
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub comments: usize,
    pub links: usize,
    /// Workflow states that the product gets, each with its category.
    pub new_states: Vec<String>,
    pub new_people: Vec<String>,
    pub new_sprints: Vec<String>,
    /// Columns of the file and where each goes.
    pub columns: Vec<String>,
    /// Fields that both sides changed: the edit made here stays.
    pub conflicts: Vec<String>,
    pub warnings: Vec<String>,
    /// Whether anything was written.
    pub applied: bool,
}
