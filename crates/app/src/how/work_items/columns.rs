//! The columns of a table and of its downloads: what every item has, and the product's own fields.

use std::borrow::Cow;
use std::sync::Arc;

use super::view::ItemView;
use crate::how::fields::{CustomField, Definitions};
use crate::how::filters::{field_of, of_field};
use crate::kernel::{Error, Result};

/// A column: its word in addresses, and its heading.
#[derive(Clone)]
pub struct Column {
    pub name: Cow<'static, str>,
    pub label: Cow<'static, str>,
    /// The field of the small form that changes it; nothing for what is only read.
    pub edits: Option<Cow<'static, str>>,
    /// Whether figures stand in it.
    pub figures: bool,
    /// The field of the product that it shows.
    pub custom: Option<Box<CustomField>>,
}

const fn column(name: &'static str, label: &'static str, edits: Option<&'static str>) -> Column {
    with(name, label, edits, false)
}

const fn figures(name: &'static str, label: &'static str, edits: Option<&'static str>) -> Column {
    with(name, label, edits, true)
}

const fn with(
    name: &'static str,
    label: &'static str,
    edits: Option<&'static str>,
    figures: bool,
) -> Column {
    Column {
        name: Cow::Borrowed(name),
        label: Cow::Borrowed(label),
        edits: match edits {
            Some(field) => Some(Cow::Borrowed(field)),
            None => None,
        },
        figures,
        custom: None,
    }
}

/// The columns that every product has, in the order in which they are offered.
pub static COLUMNS: [Column; 20] = [
    column("key", "Key", None),
    column("title", "Title", Some("title")),
    column("level", "Level", Some("level")),
    column("state", "State", Some("state")),
    column("assignee", "Assignee", Some("assignee")),
    figures("points", "Estimate", Some("points")),
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

impl Column {
    /// The column of a field of the product. Its word holds the field's id, so that it stays the same
    /// when the field is renamed.
    fn of(field: &CustomField) -> Self {
        Self {
            name: Cow::Owned(of_field(&field.id.to_string())),
            label: Cow::Owned(field.name.clone()),
            edits: Some(Cow::Owned(field.id.to_string())),
            figures: field.kind == "number",
            custom: Some(Box::new(field.clone())),
        }
    }
}

/// The column of a word: one that every product has, or that of a field, by its id or name.
fn find(fields: &Definitions, name: &str) -> Option<Column> {
    let custom = || field_of(name).and_then(|n| fields.named(n)).filter(|f| f.is_active());
    let own = COLUMNS.iter().find(|c| c.name == name).cloned();
    own.or_else(|| custom().map(Column::of))
}

/// All columns of a product, in the order in which they are offered.
pub fn every_column(fields: &Definitions) -> Vec<Column> {
    COLUMNS.iter().cloned().chain(fields.active().map(Column::of)).collect()
}

/// The columns of these names, in their order; the usual ones for none. Names that are unknown, or of
/// fields that are retired, are left out.
pub fn columns(names: &[String], fields: &Definitions) -> Vec<Column> {
    let found: Vec<_> = names.iter().filter_map(|n| find(fields, n.trim())).collect();
    if found.is_empty() { USUAL.iter().filter_map(|n| find(fields, n)).collect() } else { found }
}

/// Names of columns as they are kept: without repeats; unknown ones are refused.
pub fn check_columns(names: &[String], fields: &Definitions) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for name in names.iter().flat_map(|n| n.split(',')).map(str::trim).filter(|n| !n.is_empty()) {
        let Some(column) = find(fields, name) else {
            let own = COLUMNS.iter().map(|c| c.name.to_string());
            let known: Vec<String> =
                own.chain(fields.active().map(|f| of_field(&f.name))).collect();
            let message = format!("There is no column “{name}”. There are: {}.", known.join(", "));
            return Err(Error::invalid("columns", message));
        };
        if !all.contains(&column.name.to_string()) {
            all.push(column.name.into_owned());
        }
    }
    Ok(all)
}

impl Column {
    /// What an item has there, as text.
    pub fn text(&self, item: &ItemView) -> String {
        use super::view::Named;
        let name =
            |named: &Option<Arc<Named>>| named.as_ref().map_or(String::new(), |n| n.name.clone());
        let word = |text: &Option<String>| text.clone().unwrap_or_default();
        let moment =
            |at: Option<crate::kernel::Time>| at.map_or(String::new(), |t| t.day().to_string());
        if self.custom.is_some() {
            return item.fields.get(self.label.as_ref()).cloned().unwrap_or_default();
        }
        match self.name.as_ref() {
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
