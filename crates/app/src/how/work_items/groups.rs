//! Items in groups, and groups in groups: by state, person, label and so on. The first items of a
//! list are looked through, so that it costs the same however many there are.

use std::collections::{BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::{Condition, Order, PRIORITIES, conditions, sample};
use super::list::{ItemView, ListWorkItems, view};
use super::names::Names;
use super::{LEVELS, WorkItem};
use crate::db::{Conn, Value};
use crate::how::filters::parse;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::policies;
use crate::people::products::{self, Product};
use crate::store::{Composed, Meta, Query, Reader, Words, load_many};

/// Items that are looked through.
pub const LOOKED_AT: i64 = 2_000;
/// Groups that are shown, on both levels together.
const GROUPS: usize = 100;
/// Items that a group shows.
const SHOWN: usize = 20;

/// Show work items in the groups that the filter names, as `group:assignee,state`.
#[derive(Deserialize, JsonSchema, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct GroupWorkItems {
    pub product: String,
    /// A filter with `group:` and one or two of `state`, `assignee`, `label`, `sprint`, `parent`,
    /// `part`, `team`, `priority`, `level`.
    pub q: String,
    pub level: Option<String>,
    pub state: Option<String>,
    /// As for a list.
    pub category: Option<String>,
}

/// A group with its first items, or with the groups in it.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Group {
    /// What it is grouped by, as `state`.
    pub by: String,
    /// What its items have in common; nothing where they lack it.
    pub name: Option<String>,
    /// The term that finds its items alone, as `assignee:"Ana Ruiz"` or `no:assignee`.
    pub term: String,
    /// Items in it, of those looked at.
    pub count: usize,
    pub items: Vec<ItemView>,
    pub groups: Vec<Group>,
}

/// The groups of a list.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Grouped {
    pub groups: Vec<Group>,
    /// Items that were looked at: the first 2,000 of the list.
    pub looked_at: usize,
    /// Whether there are more items than that, or more groups than the 100 that are told.
    pub more: bool,
}

/// What items of a group have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Common {
    Nothing,
    Word(String),
    Record(Id),
}

/// What a line tells of an item.
struct Line {
    id: Id,
    state: String,
    level: String,
    labels: Words,
    priority: Option<String>,
    assignee: Option<Id>,
    sprint: Option<Id>,
    parent: Option<Id>,
    part: Option<Id>,
    team: Option<Id>,
}

const COLUMNS: &str =
    "id, state, level, labels, priority, assignee_id, sprint_id, parent_id, part_id, team_id";

fn compose(wanted: &[Condition], order: &Order) -> (String, Vec<Value>) {
    let (tail, mut values) = conditions(wanted);
    let (sorted, more) = order.sql(values.len() + 3);
    values.extend(more);
    let limit = values.len() + 3;
    let text = format!(
        "SELECT {COLUMNS} FROM work_item_now WHERE workspace_id = $1 AND {tail}{sorted} LIMIT ${limit}"
    );
    (text, values)
}

inventory::submit! { Composed { name: "GROUP_LINES", text: || compose(&sample(), &Order::rank()).0 } }

impl Query for GroupWorkItems {
    type Output = Grouped;
    const META: Meta = Meta::query(
        "group-work-items",
        "Show work items in the groups that the filter names, as group:assignee,state",
        "/work-items/groups",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Grouped> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let list = ListWorkItems {
            product: product.key.clone(),
            q: Some(self.q.clone()),
            level: self.level.clone(),
            state: self.state.clone(),
            category: self.category.clone(),
            ..ListWorkItems::default()
        };
        let (wanted, order) = list.wanted(cx, &product)?;
        let by = parse(&self.q).map_or(Vec::new(), |f| f.group);
        if by.is_empty() {
            return Err(Error::invalid("q", "Say what to group by, as group:assignee."));
        }
        let mut lines = lines(cx.conn, ws, product.id, &wanted, &order)?;
        let mut more = lines.len() as i64 > LOOKED_AT;
        lines.truncate(usize::try_from(LOOKED_AT).unwrap_or_default());
        let mut sorter = Sorter::of(cx.conn, ws, &product)?;
        let mut groups = sorter.groups(cx.conn, ws, &lines, &by)?;
        more |= shorten(&mut groups);
        let found = Found::of(cx.conn, ws, &groups)?;
        let groups = groups.into_iter().map(|g| found.shown(g)).collect();
        Ok(Grouped { groups, looked_at: lines.len(), more })
    }
}

fn lines(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    wanted: &[Condition],
    order: &Order,
) -> Result<Vec<Line>> {
    let (text, given) = compose(wanted, order);
    let mut values: Vec<Value> = vec![ws.into(), product.into()];
    values.extend(given);
    values.push((LOOKED_AT + 1).into());
    conn.query_text(&text, &values, |r| {
        Ok(Line {
            id: r.get(0)?,
            state: r.get(1)?,
            level: r.get(2)?,
            labels: r.get(3)?,
            priority: r.get(4)?,
            assignee: r.get(5)?,
            sprint: r.get(6)?,
            parent: r.get(7)?,
            part: r.get(8)?,
            team: r.get(9)?,
        })
    })
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
struct Draft {
    by: &'static str,
    name: Option<String>,
    term: String,
    count: usize,
    ids: Vec<Id>,
    groups: Vec<Draft>,
}

/// How groups are named and ordered.
struct Sorter {
    states: Vec<String>,
    names: Names,
}

impl Sorter {
    fn of(conn: &mut Conn, ws: i64, product: &Product) -> Result<Self> {
        let states = policies::state_names(conn, ws, product.id)?;
        Ok(Self { states, names: Names::default() })
    }

    fn groups(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        lines: &[Line],
        by: &[&'static str],
    ) -> Result<Vec<Draft>> {
        let Some((first, rest)) = by.split_first() else { return Ok(Vec::new()) };
        let every: Vec<&Line> = lines.iter().collect();
        let mut drafts = Vec::new();
        for (common, members) in gathered(&every, first) {
            let mut draft = self.draft(conn, ws, first, &common, &members)?;
            for inner in rest {
                for (common, members) in gathered(&members, inner) {
                    draft.groups.push(self.draft(conn, ws, inner, &common, &members)?);
                }
                self.sort(&mut draft.groups);
                draft.ids.clear();
            }
            drafts.push(draft);
        }
        self.sort(&mut drafts);
        Ok(drafts)
    }

    fn draft(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        by: &'static str,
        common: &Common,
        members: &[&Line],
    ) -> Result<Draft> {
        use crate::how::filters::quoted;
        let (name, term) = match common {
            Common::Nothing => (None, format!("no:{by}")),
            Common::Word(word) => (Some(word.clone()), format!("{by}:{}", quoted(word))),
            Common::Record(id) => self.named(conn, ws, by, *id)?,
        };
        let ids = members.iter().take(SHOWN).map(|l| l.id).collect();
        Ok(Draft { by, name, term, count: members.len(), ids, groups: Vec::new() })
    }

    fn named(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        by: &str,
        id: Id,
    ) -> Result<(Option<String>, String)> {
        use crate::how::filters::quoted;
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
        let name = found.map_or_else(String::new, |n| n.name);
        Ok((Some(name.clone()), format!("{by}:{}", quoted(&name))))
    }

    /// In the order of the workflow or of urgency where there is one, else by name; what lacks it last.
    fn sort(&self, drafts: &mut [Draft]) {
        drafts.sort_by_cached_key(|draft| {
            let name = draft.name.clone().unwrap_or_default();
            let low = name.to_lowercase();
            let among = |words: &[&str]| words.iter().position(|w| *w == low);
            let place = match draft.by {
                "state" => self.states.iter().position(|s| *s == name),
                "priority" => among(&PRIORITIES),
                "level" => among(&LEVELS),
                _ => None,
            };
            (draft.name.is_none(), place.unwrap_or(usize::MAX), low, name)
        });
    }
}

/// Lines by what they have in common, in the order in which that comes up.
fn gathered<'l>(lines: &[&'l Line], by: &str) -> Vec<(Common, Vec<&'l Line>)> {
    let mut places: HashMap<Common, usize> = HashMap::new();
    let mut all: Vec<(Common, Vec<&'l Line>)> = Vec::new();
    for line in lines {
        for common in line.common(by) {
            let place = *places.entry(common.clone()).or_insert_with(|| {
                all.push((common, Vec::new()));
                all.len() - 1
            });
            all[place].1.push(line);
        }
    }
    all
}

/// Keeps the first groups; whether some were left out.
fn shorten(groups: &mut Vec<Draft>) -> bool {
    let mut left = GROUPS;
    let mut more = false;
    groups.retain_mut(|group| {
        if left == 0 {
            more = true;
            return false;
        }
        left -= 1;
        if group.groups.len() > left {
            group.groups.truncate(left);
            more = true;
        }
        left -= group.groups.len();
        true
    });
    more
}

/// The items that groups show.
struct Found(HashMap<Id, ItemView>);

impl Found {
    fn of(conn: &mut Conn, ws: i64, groups: &[Draft]) -> Result<Self> {
        let inner = groups.iter().flat_map(|g| g.groups.iter().chain([g]));
        let ids: BTreeSet<Id> = inner.flat_map(|g| g.ids.iter().copied()).collect();
        let rows: Vec<WorkItem> =
            load_many::<WorkItem>(conn, ws, ids, None)?.into_values().collect();
        let mut names = Names::default();
        names.of(conn, ws, &rows)?;
        let mut all = HashMap::with_capacity(rows.len());
        for row in &rows {
            all.insert(row.id, view(conn, ws, row, &mut names)?);
        }
        Ok(Self(all))
    }

    fn shown(&self, draft: Draft) -> Group {
        Group {
            by: draft.by.to_owned(),
            name: draft.name,
            term: draft.term,
            count: draft.count,
            items: draft.ids.iter().filter_map(|id| self.0.get(id).cloned()).collect(),
            groups: draft.groups.into_iter().map(|g| self.shown(g)).collect(),
        }
    }
}
