//! The columns of a table and of its downloads.

use super::list::ItemView;
use crate::kernel::{Error, Result};

/// A column: its word in addresses, and its heading.
pub struct Column {
    pub name: &'static str,
    pub label: &'static str,
    /// The field of the small form that changes it; nothing for what is only read.
    pub edits: Option<&'static str>,
    /// Whether figures stand in it.
    pub figures: bool,
}

const fn column(name: &'static str, label: &'static str, edits: Option<&'static str>) -> Column {
    Column { name, label, edits, figures: false }
}

/// All columns, in the order in which they are offered.
pub const COLUMNS: [Column; 20] = [
    column("key", "Key", None),
    column("title", "Title", Some("title")),
    column("level", "Level", Some("level")),
    column("state", "State", Some("state")),
    column("assignee", "Assignee", Some("assignee")),
    Column { figures: true, ..column("points", "Points", Some("points")) },
    column("priority", "Priority", Some("priority")),
    column("due", "Due", Some("due")),
    column("labels", "Labels", Some("labels")),
    column("team", "Team", Some("team")),
    column("part", "Part", Some("part")),
    column("sprint", "Sprint", Some("sprint")),
    column("parent", "Part of", Some("parent")),
    column("service", "Class", Some("service")),
    column("severity", "Severity", Some("severity")),
    column("reporter", "Reporter", None),
    column("created", "Created", None),
    column("updated", "Updated", None),
    column("started", "Begun", None),
    column("done", "Finished", None),
];

/// Those of a table that nobody has changed.
pub const USUAL: [&str; 10] =
    ["key", "title", "state", "assignee", "points", "priority", "due", "labels", "part", "sprint"];

/// The columns of these names, in their order; the usual ones for none. Names that are unknown are
/// left out.
pub fn columns(names: &[String]) -> Vec<&'static Column> {
    let find = |name: &str| COLUMNS.iter().find(|c| c.name == name);
    let found: Vec<_> = names.iter().filter_map(|n| find(n.trim())).collect();
    if found.is_empty() { USUAL.iter().filter_map(|n| find(n)).collect() } else { found }
}

/// Names of columns as they are kept: without repeats; unknown ones are refused.
pub fn check_columns(names: &[String]) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for name in names.iter().flat_map(|n| n.split(',')).map(str::trim).filter(|n| !n.is_empty()) {
        if !COLUMNS.iter().any(|c| c.name == name) {
            let known: Vec<&str> = COLUMNS.iter().map(|c| c.name).collect();
            let message = format!("There is no column “{name}”. There are: {}.", known.join(", "));
            return Err(Error::invalid("columns", message));
        }
        if !all.iter().any(|known| known == name) {
            all.push(name.to_owned());
        }
    }
    Ok(all)
}

impl Column {
    /// What an item has there, as text.
    pub fn text(&self, item: &ItemView) -> String {
        use super::list::Named;
        let name = |named: &Option<Named>| named.as_ref().map_or(String::new(), |n| n.name.clone());
        let word = |text: &Option<String>| text.clone().unwrap_or_default();
        let moment =
            |at: Option<crate::kernel::Time>| at.map_or(String::new(), |t| t.day().to_string());
        match self.name {
            "key" => item.key.clone(),
            "title" => item.title.clone(),
            "level" => item.level.clone(),
            "state" => item.state.clone(),
            "assignee" => name(&item.assignee),
            "points" => item.points.map_or(String::new(), |p| p.to_string()),
            "priority" => word(&item.priority),
            "due" => item.due.map_or(String::new(), |d| d.to_string()),
            "labels" => item.labels.join(", "),
            "team" => name(&item.team),
            "part" => name(&item.part),
            "sprint" => word(&item.sprint),
            "parent" => item.parent.as_ref().map_or(String::new(), |p| p.id.clone()),
            "service" => word(&item.service),
            "severity" => word(&item.severity),
            "reporter" => name(&item.reporter),
            "created" => moment(Some(item.created_at)),
            "updated" => moment(Some(item.updated_at)),
            "started" => moment(item.started_at),
            _ => moment(item.done_at),
        }
    }
}
