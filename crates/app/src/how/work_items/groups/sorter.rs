//! How items of a list are sorted into groups.

use std::collections::HashMap;

use super::super::filter::PRIORITIES;
use super::super::names::Names;
use super::super::{LEVELS, WorkItem};
use super::SHOWN;
use crate::db::Conn;
use crate::how::fields::{CustomField, Definitions, People, fit, grouped_by, show};
use crate::how::filters::{field_of, quoted};
use crate::kernel::{Id, Result};
use crate::people::policies;
use crate::people::products::Product;
use crate::store::{Fields, Words};

/// What items of a group have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Common {
    Nothing,
    Word(String),
    Record(Id),
}

/// What a line tells of an item.
pub(super) struct Line {
    pub id: Id,
    pub state: String,
    pub level: String,
    pub labels: Words,
    pub priority: Option<String>,
    pub assignee: Option<Id>,
    pub sprint: Option<Id>,
    pub parent: Option<Id>,
    pub part: Option<Id>,
    pub team: Option<Id>,
    /// Nothing where no custom field is grouped by.
    pub fields: Fields,
}

impl From<WorkItem> for Line {
    fn from(item: WorkItem) -> Self {
        Self {
            id: item.id,
            state: item.state,
            level: item.level,
            labels: item.labels,
            priority: item.priority,
            assignee: item.assignee_id,
            sprint: item.sprint_id,
            parent: item.parent_id,
            part: item.part_id,
            team: item.team_id,
            fields: item.fields,
        }
    }
}

/// What items are grouped by.
pub(super) enum Way {
    Own(String),
    Field(Box<CustomField>),
}

impl Line {
    /// What it has of that; of labels perhaps several.
    fn common(&self, by: &str) -> Vec<Common> {
        let word = |text: &str| Common::Word(text.to_owned());
        let record = |id: Option<Id>| id.map_or(Common::Nothing, Common::Record);
        vec![match by {
            "label" if !self.labels.is_empty() => {
                return self.labels.iter().map(|l| word(l)).collect();
            }
            "label" => Common::Nothing,
            "state" => word(&self.state),
            "level" => word(&self.level),
            "priority" => self.priority.as_deref().map_or(Common::Nothing, word),
            "assignee" => record(self.assignee),
            "sprint" => record(self.sprint),
            "parent" => record(self.parent),
            "part" => record(self.part),
            _ => record(self.team),
        }]
    }
}

/// A group before its items are loaded.
pub(super) struct Draft {
    pub by: String,
    /// Its place among the groups beside it, where they have an order of their own.
    pub place: Option<usize>,
    pub name: Option<String>,
    pub term: String,
    pub count: usize,
    pub ids: Vec<Id>,
    pub groups: Vec<Draft>,
}

/// How groups are named and ordered.
pub(super) struct Sorter {
    states: Vec<String>,
    names: Names,
    defined: Definitions,
    people: People,
}

impl Sorter {
    pub(super) fn of(conn: &mut Conn, ws: i64, product: &Product) -> Result<Self> {
        let states = policies::state_names(conn, ws, product.id)?;
        let defined = Definitions::of(conn, ws, product.id)?;
        Ok(Self { states, names: Names::default(), defined, people: People::default() })
    }

    pub(super) fn ways(&self, by: &[String]) -> Result<Vec<Way>> {
        by.iter()
            .map(|word| match field_of(word) {
                Some(name) => Ok(Way::Field(Box::new(grouped_by(&self.defined, name)?.clone()))),
                None => Ok(Way::Own(word.clone())),
            })
            .collect()
    }

    pub(super) fn groups(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        lines: &[Line],
        by: &[Way],
    ) -> Result<Vec<Draft>> {
        let Some((first, rest)) = by.split_first() else { return Ok(Vec::new()) };
        let every: Vec<&Line> = lines.iter().collect();
        let mut drafts = Vec::new();
        for (common, members) in self.gathered(conn, ws, &every, first)? {
            let mut draft = self.draft(conn, ws, first, &common, &members)?;
            for inner in rest {
                for (common, members) in self.gathered(conn, ws, &members, inner)? {
                    draft.groups.push(self.draft(conn, ws, inner, &common, &members)?);
                }
                sort(&mut draft.groups);
                draft.ids.clear();
            }
            drafts.push(draft);
        }
        sort(&mut drafts);
        Ok(drafts)
    }

    /// Lines by what they have in common, in the order in which that comes up.
    fn gathered<'l>(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        lines: &[&'l Line],
        by: &Way,
    ) -> Result<Vec<(Common, Vec<&'l Line>)>> {
        let mut places: HashMap<Common, usize> = HashMap::new();
        let mut all: Vec<(Common, Vec<&'l Line>)> = Vec::new();
        for line in lines {
            let commons = match by {
                Way::Own(word) => line.common(word),
                Way::Field(field) => self.said(conn, ws, field, line)?,
            };
            for common in commons {
                let place = *places.entry(common.clone()).or_insert_with(|| {
                    all.push((common, Vec::new()));
                    all.len() - 1
                });
                all[place].1.push(line);
            }
        }
        Ok(all)
    }

    /// What a line says of a custom field, as it is kept; of several choices each.
    fn said(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        field: &CustomField,
        line: &Line,
    ) -> Result<Vec<Common>> {
        let kept = line.fields.get(&field.stored).map(|k| k.trim()).filter(|k| !k.is_empty());
        let Some(kept) = kept else { return Ok(vec![Common::Nothing]) };
        Ok(match fit(conn, ws, &mut self.people, field, kept)? {
            Ok(value) if field.kind == "choices" => {
                value.lines().map(|one| Common::Word(one.to_owned())).collect()
            }
            Ok(value) => vec![Common::Word(value)],
            Err(_) => vec![Common::Word(kept.to_owned())],
        })
    }

    fn draft(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        way: &Way,
        common: &Common,
        members: &[&Line],
    ) -> Result<Draft> {
        let ids = members.iter().take(SHOWN).map(|l| l.id).collect();
        let by = match way {
            Way::Own(by) => by,
            Way::Field(field) => {
                let (name, term) = self.of_field(conn, ws, field, common)?;
                let place = value_place(field, common);
                let by = field.name.clone();
                let groups = Vec::new();
                return Ok(Draft { by, place, name, term, count: members.len(), ids, groups });
            }
        };
        let (name, term) = match common {
            Common::Nothing => (None, format!("no:{by}")),
            Common::Word(word) => (Some(word.clone()), format!("{by}:{}", quoted(word))),
            Common::Record(id) => self.named(conn, ws, by, *id)?,
        };
        let place = self.place(by, name.as_deref().unwrap_or_default());
        let (by, groups) = (by.clone(), Vec::new());
        Ok(Draft { by, place, name, term, count: members.len(), ids, groups })
    }

    /// How a custom field's value reads, and the term that finds its items.
    fn of_field(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        field: &CustomField,
        common: &Common,
    ) -> Result<(Option<String>, String)> {
        let term = |value: &str| format!("field:{}", quoted(&format!("{}={value}", field.name)));
        let Common::Word(kept) = common else { return Ok((None, term("none"))) };
        let name = show(conn, ws, &mut self.people, field, kept)?.text;
        Ok((Some(name.clone()), term(&name)))
    }

    fn named(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        by: &str,
        id: Id,
    ) -> Result<(Option<String>, String)> {
        let (names, id) = (&mut self.names, Some(id));
        let found = match by {
            "assignee" => names.person(conn, ws, id)?,
            "team" => names.team(conn, ws, id)?,
            "part" => names.part(conn, ws, id)?,
            "parent" => {
                let item = names.item(conn, ws, id)?;
                let found =
                    item.map(|i| (format!("{} {}", i.id, i.name), format!("parent:{}", i.id)));
                return Ok(found.map_or((None, "no:parent".to_owned()), |(n, t)| (Some(n), t)));
            }
            _ => {
                let name = names.sprint(conn, ws, id)?.unwrap_or_default();
                return Ok((Some(name.clone()), format!("sprint:{}", quoted(&name))));
            }
        };
        let name = found.map_or_else(String::new, |n| n.name.clone());
        Ok((Some(name.clone()), format!("{by}:{}", quoted(&name))))
    }

    /// The place in the workflow, or by urgency.
    fn place(&self, by: &str, name: &str) -> Option<usize> {
        let low = name.to_lowercase();
        let among = |words: &[&str]| words.iter().position(|w| *w == low);
        match by {
            "state" => self.states.iter().position(|s| s == name),
            "priority" => among(&PRIORITIES),
            "level" => among(&LEVELS),
            _ => None,
        }
    }
}

/// The place of a value among a field's choices.
fn value_place(field: &CustomField, common: &Common) -> Option<usize> {
    let Common::Word(value) = common else { return None };
    field.options.iter().position(|o| o.value == *value)
}

/// In an order of their own where groups have one, numbers by their size, else by name; what lacks it
/// last.
fn sort(drafts: &mut [Draft]) {
    let number = |draft: &Draft| draft.name.as_deref().and_then(|n| n.parse::<f64>().ok());
    drafts.sort_by(|a, b| {
        let first = |draft: &Draft| {
            (draft.name.is_none(), draft.place.unwrap_or(usize::MAX), number(draft).is_none())
        };
        let size = |draft: &Draft| number(draft).unwrap_or_default();
        let name = |draft: &Draft| {
            let name = draft.name.clone().unwrap_or_default();
            (name.to_lowercase(), name)
        };
        let sizes = size(a).total_cmp(&size(b));
        first(a).cmp(&first(b)).then(sizes).then_with(|| name(a).cmp(&name(b)))
    });
}
