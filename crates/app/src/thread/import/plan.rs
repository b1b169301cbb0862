//! What an import would do: which items are new, which changed, whom and what it brings.

use std::collections::{BTreeMap, HashMap, HashSet};

use wherefore_exchange::Backlog;

use super::Report;
use super::compare::{Texts, category, merge, of_file, of_item};
use crate::db::Conn;
use crate::how::imports::{Import, ImportBase};
use crate::how::sprints::Sprint;
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Actor, Id, Result};
use crate::people::members;
use crate::people::products::{self, Product};
use crate::selects;
use crate::store::load;

selects! {
    BASE: ImportBase = "import_base", "product_id = $2 AND original_key = $3 LIMIT 1";
    SPRINTS: Sprint = "sprint", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 5000";
    /// Imports that were begun and never completed.
    pub(super) UNFINISHED: Import = "import", "product_id = $2 AND state = 'staged' ORDER BY id LIMIT 50";
}

/// An item that was imported before and what of it to change.
pub(super) struct Known {
    pub base: ImportBase,
    pub item: WorkItem,
    pub take: Texts,
}

/// All that an import will do, decided before anything is written.
pub(super) struct Plan {
    pub product: Product,
    pub report: Report,
    /// Original key (in capitals) → id, for items known before and for new ones.
    pub ids: HashMap<String, Id>,
    pub known: HashMap<String, Known>,
    /// Name → id; those in `new_people` have none yet in the workspace.
    pub people: HashMap<String, Id>,
    pub new_people: Vec<(Id, String)>,
    pub sprints: HashMap<String, Id>,
    pub new_sprints: Vec<(Id, String)>,
    /// Names of states with their category.
    pub new_states: Vec<(String, &'static str)>,
    /// Status in the file → the state's name here.
    pub states: HashMap<String, String>,
}

/// Plans the import of a backlog that was read.
pub(super) fn plan(conn: &mut Conn, actor: &Actor, product: &str, file: &Backlog) -> Result<Plan> {
    let product = products::product(conn, actor, product, Access::Write)?;
    let mut plan = Plan {
        product,
        report: Report { items: file.items.len(), ..Report::default() },
        ids: HashMap::new(),
        known: HashMap::new(),
        people: HashMap::new(),
        new_people: Vec::new(),
        sprints: HashMap::new(),
        new_sprints: Vec::new(),
        new_states: Vec::new(),
        states: HashMap::new(),
    };
    plan.say(file);
    plan.map_states(conn, actor.workspace, file)?;
    plan.map_people(conn, actor.workspace, file)?;
    plan.map_sprints(conn, actor.workspace, file)?;
    plan.match_items(conn, actor.workspace, file)?;
    Ok(plan)
}

impl Plan {
    fn say(&mut self, file: &Backlog) {
        for column in &file.columns {
            let count =
                if column.count > 1 { format!(" ×{}", column.count) } else { String::new() };
            let place = serde_json::to_value(&column.maps_to).map_or_else(
                |_| "?".to_owned(),
                |v| match v {
                    serde_json::Value::String(word) => word.replace('_', " "),
                    serde_json::Value::Object(map) => map
                        .keys()
                        .next()
                        .map_or_else(String::new, |k| format!("{} field", k.replace('_', " "))),
                    other => other.to_string(),
                },
            );
            self.report.columns.push(format!("{}{count} → {place}", column.name));
        }
        for warning in &file.warnings {
            let row = warning.row.map_or(String::new(), |r| format!("row {r}: "));
            self.report.warnings.push(format!("{row}{}", warning.message));
        }
    }

    fn map_states(&mut self, conn: &mut Conn, ws: i64, file: &Backlog) -> Result<()> {
        let existing = products::states(conn, ws, self.product.id)?;
        for item in &file.items {
            let status = item.status.trim();
            if self.states.contains_key(status) {
                continue;
            }
            let wanted = category(item.category);
            let found = existing.iter().find(|s| s.name.eq_ignore_ascii_case(status));
            let name = match found {
                Some(state) => state.name.clone(),
                None if status.is_empty() => existing
                    .iter()
                    .find(|s| s.category == wanted)
                    .map_or_else(|| "Backlog".to_owned(), |s| s.name.clone()),
                None => {
                    self.new_states.push((status.to_owned(), wanted));
                    self.report.new_states.push(format!("{status} ({wanted})"));
                    status.to_owned()
                }
            };
            self.states.insert(status.to_owned(), name);
        }
        Ok(())
    }

    fn map_people(&mut self, conn: &mut Conn, ws: i64, file: &Backlog) -> Result<()> {
        let named = file.items.iter().flat_map(|i| i.reporter.iter().chain(&i.assignee));
        let names: BTreeMap<&str, ()> = named.map(|p| (p.name.as_str(), ())).collect();
        for name in names.into_keys().filter(|n| !n.trim().is_empty()) {
            let id = match members::by_name(conn, ws, name)? {
                Some(person) => person.id,
                None => {
                    let id = Id::new();
                    self.new_people.push((id, name.to_owned()));
                    self.report.new_people.push(name.to_owned());
                    id
                }
            };
            self.people.insert(name.to_owned(), id);
        }
        Ok(())
    }

    fn map_sprints(&mut self, conn: &mut Conn, ws: i64, file: &Backlog) -> Result<()> {
        for sprint in SPRINTS.all(conn, ws, &[self.product.id.into()])? {
            self.sprints.insert(sprint.name, sprint.id);
        }
        for name in file.items.iter().flat_map(|i| &i.sprints) {
            if !self.sprints.contains_key(name) {
                let id = Id::new();
                self.sprints.insert(name.clone(), id);
                self.new_sprints.push((id, name.clone()));
                self.report.new_sprints.push(name.clone());
            }
        }
        Ok(())
    }

    fn match_items(&mut self, conn: &mut Conn, ws: i64, file: &Backlog) -> Result<()> {
        let unfinished: HashSet<Id> = UNFINISHED
            .all(conn, ws, &[self.product.id.into()])?
            .into_iter()
            .map(|i| i.id)
            .collect();
        for item in &file.items {
            let key = item.key.to_uppercase();
            let values = [self.product.id.into(), key.clone().into()];
            let base = BASE.first(conn, ws, &values)?;
            let here = match &base {
                Some(base) => load::<WorkItem>(conn, ws, base.item_id)?
                    .filter(|w| w.staged_by.is_none_or(|s| !unfinished.contains(&s))),
                None => None,
            };
            let (Some(base), Some(here)) = (base, here) else {
                self.ids.insert(key, Id::new());
                self.report.created += 1;
                continue;
            };
            self.ids.insert(key.clone(), here.id);
            let was: Texts = base.fields.0.clone();
            let mut now = of_file(item);
            if let Some(state) = self.states.get(item.status.trim()) {
                now.insert("state".into(), state.clone());
            }
            let (take, clashes) = merge(&was, &now, &of_item(&here));
            for field in clashes {
                self.report.conflicts.push(format!(
                    "{} ({}): {field} was changed here and in the file; the edit made here stays",
                    here.key, item.key
                ));
            }
            if take.is_empty() {
                self.report.unchanged += 1;
            } else {
                self.report.updated += 1;
            }
            self.known.insert(key, Known { base, item: here, take });
        }
        Ok(())
    }
}

/// What an import of this backlog would do; nothing is written.
pub fn preview(conn: &mut Conn, actor: &Actor, product: &str, file: &Backlog) -> Result<Report> {
    Ok(plan(conn, actor, product, file)?.report)
}
