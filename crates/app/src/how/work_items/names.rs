//! Names of what items refer to, looked up while a page is put together: each once, and those of a
//! whole list together.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;

use super::WorkItem;
use super::view::{Named, SubtaskCount};
use crate::db::{Asked, Conn, Row, Value, planned_once};
use crate::how::fields::{Definitions, People, Readable, readable};
use crate::kernel::{Actor, Id, Result};
use crate::people::policies;
use crate::store::{ASKED as SOME, Composed, marks_from, with_ids};

/// Names that one statement asks for; fewer are made up with nothing.
const ASKED: usize = 50;

/// A kind of thing that has a name, with the statement that asks for many.
struct Kind {
    columns: &'static str,
    table: &'static str,
    also: &'static str,
}

const PEOPLE: Kind = Kind { columns: "id, name", table: "person", also: "" };
const ITEMS: Kind = Kind { columns: "id, key, title", table: "work_item", also: "" };
const TEAMS: Kind = Kind { columns: "id, name", table: "team", also: "" };
const PARTS: Kind = Kind { columns: "id, name", table: "part", also: " AND gone_at IS NULL" };
const SPRINTS: Kind = Kind { columns: "id, name", table: "sprint", also: "" };

impl Kind {
    fn sql(&self) -> String {
        let marks: Vec<String> = (2..ASKED + 2).map(|n| format!("${n}")).collect();
        let (columns, table, also) = (self.columns, self.table, self.also);
        let marks = marks.join(", ");
        planned_once(&format!(
            "SELECT {columns} FROM {table} WHERE workspace_id = $1 AND id IN ({marks}){also}"
        ))
    }
}

static PEOPLE_SQL: LazyLock<String> = LazyLock::new(|| PEOPLE.sql());
static ITEMS_SQL: LazyLock<String> = LazyLock::new(|| ITEMS.sql());
static TEAMS_SQL: LazyLock<String> = LazyLock::new(|| TEAMS.sql());
static PARTS_SQL: LazyLock<String> = LazyLock::new(|| PARTS.sql());
static SPRINTS_SQL: LazyLock<String> = LazyLock::new(|| SPRINTS.sql());

inventory::submit! { Composed { name: "names::PEOPLE", text: || PEOPLE.sql() } }
inventory::submit! { Composed { name: "names::ITEMS", text: || ITEMS.sql() } }
inventory::submit! { Composed { name: "names::TEAMS", text: || TEAMS.sql() } }
inventory::submit! { Composed { name: "names::PARTS", text: || PARTS.sql() } }
inventory::submit! { Composed { name: "names::SPRINTS", text: || SPRINTS.sql() } }

/// What is known of one kind; `None` for what is not there.
type Known = FxHashMap<Id, Option<Arc<Named>>>;

/// Counts the tasks under each of several items.
fn counts_sql() -> String {
    let ids = marks_from(2);
    planned_once(&format!(
        "SELECT parent_id, COUNT(*), SUM(CASE WHEN category = 'accepted' THEN 1 ELSE 0 END) \
         FROM work_item_now WHERE workspace_id = $1 AND level = 'task' AND category <> 'dropped' \
         AND parent_id IN ({ids}) \
         GROUP BY parent_id"
    ))
}

static COUNTS_SQL: LazyLock<String> = LazyLock::new(counts_sql);
inventory::submit! { Composed { name: "names::SUBTASKS", text: counts_sql } }

/// Ids whose names are looked up together.
#[derive(Default)]
struct Sought {
    people: Vec<Option<Id>>,
    items: Vec<Option<Id>>,
    teams: Vec<Option<Id>>,
    parts: Vec<Option<Id>>,
    sprints: Vec<Option<Id>>,
}

/// Names looked up so far.
#[derive(Default)]
pub struct Names {
    people: Known,
    items: Known,
    sprints: Known,
    teams: Known,
    parts: Known,
    /// By product.
    definitions: FxHashMap<Id, Arc<Definitions>>,
    custom_people: People,
    /// By product and team.
    estimates: FxHashMap<(Id, Option<Id>), String>,
    subtasks: FxHashMap<Id, Option<SubtaskCount>>,
}

fn named(row: &Row<'_>) -> Result<(Id, Named)> {
    let id: Id = row.get(0)?;
    Ok((id, Named { id: id.to_string(), name: row.get(1)? }))
}

fn keyed(row: &Row<'_>) -> Result<(Id, Named)> {
    Ok((row.get(0)?, Named { id: row.get(1)?, name: row.get(2)? }))
}

/// What asks for those that are not known yet. They count as known to be nothing until they are read.
fn unknown(
    known: &mut Known,
    ws: i64,
    sql: &'static str,
    ids: impl Iterator<Item = Option<Id>>,
) -> Vec<Asked<'static>> {
    let ids: BTreeSet<Id> = ids.flatten().filter(|id| !known.contains_key(id)).collect();
    let ids: Vec<Id> = ids.into_iter().collect();
    known.extend(ids.iter().map(|id| (*id, None)));
    let ask = |some: &[Id]| {
        let mut values: Vec<Value> = vec![ws.into()];
        values.extend(some.iter().map(|id| Value::from(*id)));
        values.resize(ASKED + 1, Value::Null);
        (sql, values)
    };
    ids.chunks(ASKED).map(ask).collect()
}

/// Reads what was unknown.
fn learn(
    known: &mut Known,
    conn: &mut Conn,
    asked: &[Asked<'_>],
    read: fn(&Row<'_>) -> Result<(Id, Named)>,
) -> Result<()> {
    for (sql, values) in asked {
        let found = conn.query_text(sql, values, read)?.into_iter();
        known.extend(found.map(|(id, name)| (id, Some(Arc::new(name)))));
    }
    Ok(())
}

/// One name, looked up if need be.
fn one(
    known: &mut Known,
    conn: &mut Conn,
    ws: i64,
    sql: &'static str,
    id: Option<Id>,
    read: fn(&Row<'_>) -> Result<(Id, Named)>,
) -> Result<Option<Arc<Named>>> {
    let Some(id) = id else { return Ok(None) };
    if let Some(name) = known.get(&id) {
        return Ok(name.clone());
    }
    let asked = unknown(known, ws, sql, std::iter::once(Some(id)));
    learn(known, conn, &asked, read)?;
    Ok(known.get(&id).cloned().flatten())
}

impl Names {
    /// Names of what somebody has just written, who is known.
    pub fn told_by(actor: &Actor) -> Self {
        let mut names = Self::default();
        if actor.person != Actor::NOBODY {
            let own = Named { id: actor.person.to_string(), name: actor.name.clone() };
            names.people.insert(actor.person, Some(Arc::new(own)));
        }
        names
    }

    /// An item that was made just now has no tasks under it.
    pub fn nothing_under(&mut self, item: Id) {
        self.subtasks.insert(item, None);
    }

    /// Looks up all that these items refer to.
    pub fn of(&mut self, conn: &mut Conn, ws: i64, items: &[WorkItem]) -> Result<()> {
        let counts = self.uncounted(ws, items);
        let mut sought = Sought::default();
        for i in items {
            sought.people.extend([i.assignee_id, i.reporter_id]);
            sought.items.extend([i.parent_id, i.broke_id, i.split_from_id]);
            sought.teams.push(i.team_id);
            sought.parts.push(i.part_id);
            sought.sprints.push(i.sprint_id);
        }
        self.look_up(conn, ws, sought, &counts)?;
        self.count(conn, &counts)
    }

    /// Looks these up together, and with them what else is asked.
    fn look_up(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        sought: Sought,
        also: &[Asked<'_>],
    ) -> Result<()> {
        let people = unknown(&mut self.people, ws, &PEOPLE_SQL, sought.people.into_iter());
        let items = unknown(&mut self.items, ws, &ITEMS_SQL, sought.items.into_iter());
        let teams = unknown(&mut self.teams, ws, &TEAMS_SQL, sought.teams.into_iter());
        let parts = unknown(&mut self.parts, ws, &PARTS_SQL, sought.parts.into_iter());
        let sprints = unknown(&mut self.sprints, ws, &SPRINTS_SQL, sought.sprints.into_iter());
        let all = [&people, &items, &teams, &parts, &sprints];
        conn.ahead(all.into_iter().flatten().chain(also))?;
        learn(&mut self.people, conn, &people, named)?;
        learn(&mut self.items, conn, &items, keyed)?;
        learn(&mut self.teams, conn, &teams, named)?;
        learn(&mut self.parts, conn, &parts, named)?;
        learn(&mut self.sprints, conn, &sprints, named)
    }

    /// Names, and keys of work items, that fields of records refer to, looked up together: of each
    /// field its column and an id. What has no name here is left out.
    pub fn referred<'f>(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        fields: impl IntoIterator<Item = (&'f str, Id)>,
    ) -> Result<FxHashMap<Id, String>> {
        let (mut sought, mut ids) = (Sought::default(), Vec::new());
        for (field, id) in fields {
            match field {
                "assignee_id" | "reporter_id" | "owner_id" => sought.people.push(Some(id)),
                "parent_id" | "broke_id" | "split_from_id" => sought.items.push(Some(id)),
                "team_id" => sought.teams.push(Some(id)),
                "part_id" => sought.parts.push(Some(id)),
                "sprint_id" => sought.sprints.push(Some(id)),
                _ => continue,
            }
            ids.push(id);
        }
        self.look_up(conn, ws, sought, &[])?;
        let named = [&self.people, &self.teams, &self.parts, &self.sprints];
        let name = |id: &Id| {
            let item = self.items.get(id).and_then(Option::as_ref).map(|item| item.id.clone());
            let of = |known: &&Known| Some(known.get(id)?.as_ref()?.name.clone());
            Some((*id, item.or_else(|| named.iter().find_map(of))?))
        };
        Ok(ids.iter().filter_map(name).collect())
    }

    /// What counts the tasks under those that are not counted yet; epics have stories instead.
    fn uncounted(&mut self, ws: i64, items: &[WorkItem]) -> Vec<Asked<'static>> {
        let new = items.iter().filter(|i| !matches!(i.level.as_str(), "epic" | "task"));
        let new: Vec<Id> = new.map(|i| i.id).filter(|id| !self.subtasks.contains_key(id)).collect();
        self.subtasks.extend(new.iter().map(|id| (*id, None)));
        let ask = |some| (COUNTS_SQL.as_str(), with_ids(&[ws.into()], some));
        new.chunks(SOME).map(ask).collect()
    }

    fn count(&mut self, conn: &mut Conn, asked: &[Asked<'_>]) -> Result<()> {
        for (sql, values) in asked {
            let rows = conn.query_text(sql, values, |r| {
                Ok((r.get::<Id>(0)?, SubtaskCount { all: r.get(1)?, done: r.get(2)? }))
            })?;
            self.subtasks.extend(rows.into_iter().map(|(id, count)| (id, Some(count))));
        }
        Ok(())
    }

    /// How many tasks an item has under it, and how many of them are done.
    pub(super) fn subtasks(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        item: &WorkItem,
    ) -> Result<Option<SubtaskCount>> {
        let asked = self.uncounted(ws, std::slice::from_ref(item));
        self.count(conn, &asked)?;
        Ok(self.subtasks.get(&item.id).copied().flatten())
    }

    /// The custom fields of a product.
    pub fn definitions(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        product: Id,
    ) -> Result<Arc<Definitions>> {
        if let Some(known) = self.definitions.get(&product) {
            return Ok(known.clone());
        }
        let found = Arc::new(Definitions::of(conn, ws, product)?);
        self.definitions.insert(product, found.clone());
        Ok(found)
    }

    /// What the estimates of an item are made in, as its workflow says.
    pub(super) fn estimates(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        item: &WorkItem,
    ) -> Result<String> {
        let whose = (item.product_id, item.team_id);
        if let Some(known) = self.estimates.get(&whose) {
            return Ok(known.clone());
        }
        let found = policies::workflow(conn, ws, item.product_id, item.team_id)?.estimates;
        self.estimates.insert(whose, found.clone());
        Ok(found)
    }

    /// The custom fields of an item as people read them.
    pub(super) fn fields(&mut self, conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Readable> {
        if item.fields.is_empty() {
            return Ok(Readable::default());
        }
        let known = self.definitions(conn, ws, item.product_id)?;
        readable(conn, ws, &mut self.custom_people, &known, &item.fields)
    }

    /// A person's name.
    pub fn person(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        id: Option<Id>,
    ) -> Result<Option<Arc<Named>>> {
        one(&mut self.people, conn, ws, &PEOPLE_SQL, id, named)
    }

    /// A team's name.
    pub fn team(&mut self, conn: &mut Conn, ws: i64, id: Option<Id>) -> Result<Option<Arc<Named>>> {
        one(&mut self.teams, conn, ws, &TEAMS_SQL, id, named)
    }

    pub(super) fn part(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        id: Option<Id>,
    ) -> Result<Option<Arc<Named>>> {
        one(&mut self.parts, conn, ws, &PARTS_SQL, id, named)
    }

    pub(super) fn item(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        id: Option<Id>,
    ) -> Result<Option<Arc<Named>>> {
        one(&mut self.items, conn, ws, &ITEMS_SQL, id, keyed)
    }

    pub(super) fn sprint(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        id: Option<Id>,
    ) -> Result<Option<String>> {
        Ok(one(&mut self.sprints, conn, ws, &SPRINTS_SQL, id, named)?.map(|n| n.name.clone()))
    }
}
