//! Items in groups, and groups in groups: by state, person, label and so on. The first items of a
//! list are looked through, so that it costs the same however many there are.

mod sorter;

use std::collections::{BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::sorter::{Draft, Line, Sorter, Way};
use super::WorkItem;
use super::filter::{Condition, Order, conditions, sample};
use super::list::{ListWorkItems, page};
use super::names::Names;
use super::view::{ItemView, view};
use crate::db::{Conn, Value};
use crate::how::filters::parse;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products;
use crate::store::{Composed, Fields, Meta, Query, Reader, load_many};

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
    /// `part`, `team`, `priority`, `level`, or `field.NAME` for a custom field.
    pub q: String,
    pub level: Option<String>,
    pub state: Option<String>,
    /// As for a list.
    pub category: Option<String>,
}

/// A group with its first items, or with the groups in it.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Group {
    /// What it is grouped by, as `state`, or a custom field's name.
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
        let mut sorter = Sorter::of(cx.conn, ws, &product)?;
        let by = sorter.ways(&by)?;
        // The values of custom fields stand with the items, which are then read whole.
        let whole = order.field().is_some() || by.iter().any(|way| matches!(way, Way::Field(_)));
        let (lines, mut more) = match whole {
            true => {
                let (rows, next) = page(cx.conn, ws, product.id, &wanted, &order, LOOKED_AT)?;
                (rows.into_iter().map(Line::from).collect(), next.is_some())
            }
            false => {
                let mut lines = lines(cx.conn, ws, product.id, &wanted, &order)?;
                let more = lines.len() as i64 > LOOKED_AT;
                lines.truncate(usize::try_from(LOOKED_AT).unwrap_or_default());
                (lines, more)
            }
        };
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
            fields: Fields::default(),
        })
    })
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
            by: draft.by,
            name: draft.name,
            term: draft.term,
            count: draft.count,
            items: draft.ids.iter().filter_map(|id| self.0.get(id).cloned()).collect(),
            groups: draft.groups.into_iter().map(|g| self.shown(g)).collect(),
        }
    }
}
