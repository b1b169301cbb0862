//! Editing many items at once: those that are named, or all that match a filter.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::edit::EditWorkItem;
use super::filter::{Asked, Order, asked};
use super::list::{by_key, matching};
use crate::kernel::{Access, Day, Error, Patch, Result, patch};
use crate::people::products;
use crate::store::{Action, Change, Fields, Meta, Scope};

/// The most items that are edited at once.
const MOST: usize = 500;

/// What `clear` empties.
const CLEARED: [&str; 11] = [
    "assignee",
    "priority",
    "team",
    "part",
    "parent",
    "sprint",
    "points",
    "due",
    "service",
    "severity",
    "no_why_until",
];

/// Edit many work items at once; all or none.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct BulkEdit {
    /// Keys, up to 500.
    pub items: Vec<String>,
    /// All items of this product that match `q`, up to 500, instead of those that are named.
    pub matching: bool,
    pub product: Option<String>,
    /// A filter as it is typed above a list.
    pub q: Option<String>,
    pub state: Option<String>,
    pub level: Option<String>,
    #[serde(deserialize_with = "patch")]
    pub assignee: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub priority: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub team: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub part: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub parent: Patch<String>,
    /// A sprint of the product, by name.
    #[serde(deserialize_with = "patch")]
    pub sprint: Patch<String>,
    /// Class of service.
    #[serde(deserialize_with = "patch")]
    pub service: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub severity: Patch<String>,
    /// Nothing leaves them as they are; `clear` empties them.
    pub points: Option<f64>,
    pub due: Option<Day>,
    pub no_why_until: Option<Day>,
    pub add_label: Option<String>,
    pub remove_label: Option<String>,
    /// What is emptied: `assignee`, `priority`, `team`, `part`, `parent`, `sprint`, `points`, `due`,
    /// `service`, `severity`, `no_why_until`.
    pub clear: Vec<String>,
    /// Custom fields to set, by name; an empty text leaves one as it is.
    pub set_fields: Fields,
    /// Custom fields to empty, by name.
    pub clear_fields: Vec<String>,
    /// Move them to the bin, where they stay for 30 days.
    pub bin: bool,
}

/// How many items an action changed.
#[derive(Serialize, JsonSchema)]
pub struct Changed {
    pub changed: usize,
}

impl Action for BulkEdit {
    type Output = Changed;
    const META: Meta = Meta {
        name: "bulk-edit",
        summary: "Edit many work items at once; all or none",
        method: "POST",
        path: "/work-items/bulk",
        access: Access::Write,
        exercises: &[35],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Changed> {
        let actor = cx.actor.clone();
        let wrong = self.clear.iter().find(|c| !c.is_empty() && !CLEARED.contains(&c.as_str()));
        if let Some(wrong) = wrong {
            let message = format!("“{wrong}” cannot be emptied. One can: {}.", CLEARED.join(", "));
            return Err(Error::invalid("clear", message));
        }
        let items = if self.matching { self.matched(cx)? } else { self.items.clone() };
        if items.is_empty() || items.len() > MOST {
            return Err(Error::invalid("items", "Select between 1 and 500 items."));
        }
        // An imported item may have two keys, and what it was called elsewhere may be another's here.
        // All are looked up before the first is changed: what lies in the bin has no key any more.
        let (mut known, mut chosen) = (HashSet::new(), Vec::new());
        for key in &items {
            let (item, _) =
                by_key(cx.conn(), &actor, key, Access::Write).map_err(|error| about(key, error))?;
            if known.insert(item.id) {
                chosen.push((key, item));
            }
        }
        for (key, item) in &chosen {
            if self.bin {
                cx.bin(item)?;
                continue;
            }
            let edit = self.edit(key, item.labels.to_vec());
            edit.run(cx).map_err(|error| about(key.trim(), error))?;
        }
        Ok(Changed { changed: chosen.len() })
    }
}

/// An error that says which of the many items it is about.
fn about(key: &str, error: Error) -> Error {
    match error {
        Error::Invalid { field, message } => {
            Error::Invalid { field, message: format!("{key}: {message}") }
        }
        Error::Refused(message) => Error::Refused(format!("{key}: {message}")),
        other => other.of_key(key),
    }
}

impl BulkEdit {
    /// The keys of all that match.
    fn matched(&self, cx: &mut Change<'_>) -> Result<Vec<String>> {
        let (actor, ws, today) = (cx.actor.clone(), cx.workspace(), cx.happened.day());
        let key = self.product.as_deref().unwrap_or_default();
        let product = products::product(cx.conn(), &actor, key, Access::Write)?;
        // All of them, so that their order does not matter.
        let Asked { conditions, .. } =
            asked(cx.conn(), &actor, today, &product, self.q.as_deref())?;
        let most = MOST as i64 + 1;
        let rows = matching(cx.conn(), ws, product.id, &conditions, &Order::rank(), most)?;
        if rows.len() > MOST {
            let message = "More than 500 items match. Narrow the filter, and change them in parts.";
            return Err(Error::invalid("q", message));
        }
        if rows.is_empty() {
            return Err(Error::invalid("q", "Nothing matches the filter any more."));
        }
        Ok(rows.into_iter().map(|item| item.key).collect())
    }

    /// Custom fields that are set or emptied.
    fn fields(&self) -> Fields {
        let given = self.set_fields.iter().filter(|(_, v)| !v.trim().is_empty());
        let given = given.map(|(name, value)| (name.clone(), value.clone()));
        let emptied = self.clear_fields.iter().filter(|n| !n.trim().is_empty());
        Fields(given.chain(emptied.map(|name| (name.clone(), String::new()))).collect())
    }

    /// What is done to one of them.
    fn edit(&self, key: &str, mut labels: Vec<String>) -> EditWorkItem {
        let set = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
        let cleared = |field: &str| self.clear.iter().any(|c| c == field);
        let keep = |field: &str, patch: &Patch<String>| match cleared(field) {
            true => Some(None),
            false => patch.clone().filter(|p| p.as_deref() != Some("")),
        };
        fn given<T>(cleared: bool, value: Option<T>) -> Patch<T> {
            if cleared { Some(None) } else { value.map(Some) }
        }
        let before = labels.clone();
        labels.extend(set(&self.add_label));
        if let Some(gone) = set(&self.remove_label) {
            labels.retain(|l| *l != gone.trim());
        }
        EditWorkItem {
            key: key.to_owned(),
            state: set(&self.state),
            level: set(&self.level),
            assignee: keep("assignee", &self.assignee),
            priority: keep("priority", &self.priority),
            team: keep("team", &self.team),
            part: keep("part", &self.part),
            parent: keep("parent", &self.parent),
            sprint: keep("sprint", &self.sprint),
            service: keep("service", &self.service),
            severity: keep("severity", &self.severity),
            points: given(cleared("points"), self.points),
            due: given(cleared("due"), self.due),
            no_why_until: given(cleared("no_why_until"), self.no_why_until),
            labels: (labels != before).then_some(labels),
            set_fields: self.fields(),
            ..EditWorkItem::default()
        }
    }
}
