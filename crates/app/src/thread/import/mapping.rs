//! What the columns, types and states of a file become here.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use wherefore_exchange::{Backlog, Category, Mapping};

use super::choices::Choices;
use super::compare::{category, level};
use super::plan::{Plan, State};
use super::report::{ColumnLine, StatusLine, TypeLine};
use crate::db::Conn;
use crate::how::imports;
use crate::kernel::{Error, Id, Result};
use crate::people::policies::{self, PolicyState};

/// Where a column's cells go, in a person's words.
fn place(mapping: &Mapping) -> String {
    match mapping {
        Mapping::Custom(name) => format!("the field “{name}”"),
        Mapping::Link { kind, outward: true } => format!("links: {kind}"),
        Mapping::Link { kind, outward: false } => format!("links: {kind}, from the other item"),
        Mapping::Key => "the original key, which keeps leading here".into(),
        Mapping::Attachment => "the field “Attachments”: names and addresses".into(),
        Mapping::EpicLink | Mapping::Parent | Mapping::ParentKey | Mapping::ParentId => {
            "the item above".into()
        }
        Mapping::SubTasks => "the items below".into(),
        Mapping::ReporterId | Mapping::AssigneeId => "who somebody is, across imports".into(),
        Mapping::StatusCategory => "the state's category".into(),
        other => serde_json::to_value(other)
            .ok()
            .and_then(|v| v.as_str().map(|word| word.replace('_', " ")))
            .unwrap_or_default(),
    }
}

/// The status as choices name it: those of its items that count otherwise stand apart.
fn status_name(status: &str, own: bool, category: &str) -> String {
    let status = if status.is_empty() { "(no status)" } else { status };
    if own { status.to_owned() } else { format!("{status} (as {category})") }
}

/// The state of a name, however it is written.
fn named<'s>(existing: &'s [PolicyState], name: &str) -> Option<&'s PolicyState> {
    existing.iter().find(|s| s.name.to_lowercase() == name.to_lowercase())
}

/// What imports that were applied to a product made of each status and type, the newest first heard.
#[derive(Default)]
pub(super) struct Earlier {
    statuses: HashMap<String, String>,
    types: HashMap<String, String>,
}

/// That part of a report.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Mapped {
    statuses: Vec<StatusLine>,
    types: Vec<TypeLine>,
}

impl Earlier {
    pub fn of(conn: &mut Conn, ws: i64, product: Id) -> Result<Self> {
        let mut earlier = Self::default();
        for import in imports::applied(conn, ws, product)? {
            let mapped: Mapped = serde_json::from_str(&import.report).unwrap_or_default();
            for line in mapped.statuses {
                earlier.statuses.entry(line.status).or_insert(line.state);
            }
            for line in mapped.types {
                earlier.types.entry(line.name).or_insert(line.level);
            }
        }
        Ok(earlier)
    }
}

/// Which was taken, and how it came about: what somebody chose, what was made of it before, or neither.
fn taken<'c>(
    chosen: Option<&'c String>,
    known: Option<&'c String>,
) -> (Option<&'c str>, &'static str) {
    match (chosen, known) {
        (Some(chosen), _) => (Some(chosen), "chosen"),
        (None, Some(known)) => (Some(known), "known"),
        (None, None) => (None, "proposed"),
    }
}

impl Plan {
    pub(super) fn map_columns(&mut self, file: &Backlog) {
        self.report.columns = file
            .columns
            .iter()
            .map(|c| ColumnLine {
                name: c.name.clone(),
                count: c.count,
                cells: c.filled,
                place: place(&c.maps_to),
            })
            .collect();
    }

    pub(super) fn map_types(&mut self, file: &Backlog, choices: &Choices, earlier: &Earlier) {
        let mut lines: Vec<TypeLine> = Vec::new();
        for item in &file.items {
            let name = item.type_name.trim();
            match lines.iter_mut().find(|l| l.name == name) {
                Some(line) => line.items += 1,
                None => {
                    let own = level(item.level).to_owned();
                    let (level, how) = taken(choices.types.get(name), earlier.types.get(name));
                    let level = level.map_or(own, str::to_owned);
                    self.levels.insert(name.to_owned(), level.clone());
                    let how = how.to_owned();
                    lines.push(TypeLine { name: name.to_owned(), items: 1, level, how });
                }
            }
        }
        lines.sort_by(|a, b| b.items.cmp(&a.items).then_with(|| a.name.cmp(&b.name)));
        self.report.types = lines;
    }

    pub(super) fn map_states(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        file: &Backlog,
        choices: &Choices,
        earlier: &Earlier,
    ) -> Result<()> {
        let existing = policies::of_product(conn, ws, self.product.id)?.states.0;
        let mut counts: Vec<((String, Category), usize)> = Vec::new();
        let mut places: HashMap<(String, Category), usize> = HashMap::new();
        for item in &file.items {
            let key = (item.status.trim().to_owned(), item.category);
            let at = *places.entry(key.clone()).or_insert(counts.len());
            match counts.get_mut(at) {
                Some((_, items)) => *items += 1,
                None => counts.push((key, 1)),
            }
        }
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.0.cmp(&b.0.0)));
        let mut seen = HashSet::new();
        for ((status, cat), items) in counts {
            let own = seen.insert(status.clone());
            let shown = status_name(&status, own, category(cat));
            // A state that was renamed or removed since is proposed anew.
            let known =
                earlier.statuses.get(&shown).filter(|name| named(&existing, name).is_some());
            let (choice, how) = taken(choices.statuses.get(&shown), known);
            let (state, new) = self.state(&existing, &status, cat, own, &shown, choice)?;
            self.report.statuses.push(StatusLine {
                status: shown,
                items,
                state: state.name.clone(),
                category: state.category.clone(),
                new,
                how: how.to_owned(),
            });
            self.states.insert((status, cat), state);
        }
        let new = self.new_states.iter().map(|s| format!("{} ({})", s.name, s.category));
        self.report.new_states = new.collect();
        Ok(())
    }

    /// The state that a status becomes: as chosen, else the one of its name, else a new one.
    fn state(
        &mut self,
        existing: &[PolicyState],
        status: &str,
        cat: Category,
        own: bool,
        shown: &str,
        choice: Option<&str>,
    ) -> Result<(State, bool)> {
        let of = |s: &PolicyState| State { name: s.name.clone(), category: s.category.clone() };
        let named = |name: &str| named(existing, name);
        let wanted = match choice {
            Some(choice) => match choice.strip_prefix("new:") {
                Some(category) => category,
                None => {
                    let state = named(choice).ok_or_else(|| {
                        Error::invalid("statuses", format!("There is no state “{choice}” here."))
                    })?;
                    return Ok((of(state), false));
                }
            },
            None => category(cat),
        };
        let by_category = || existing.iter().find(|s| s.category == wanted);
        if choice.is_none() {
            let found = match (own, status.is_empty()) {
                (true, false) => named(status),
                // What has no status, or counts otherwise, joins what counts the same.
                _ => by_category(),
            };
            if let Some(state) = found {
                return Ok((of(state), false));
            }
        }
        let name =
            if named(shown).is_some() { format!("{shown} ({wanted})") } else { shown.into() };
        let state = State { name, category: wanted.to_owned() };
        let made =
            self.new_states.iter().find(|s| s.name.to_lowercase() == state.name.to_lowercase());
        if let Some(made) = made {
            return Ok((made.clone(), true));
        }
        self.new_states.push(state.clone());
        Ok((state, true))
    }
}
