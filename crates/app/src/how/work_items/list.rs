//! Reading work items: one, a page in order, a board. Every read is bounded.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WorkItem;
use super::by_field::{self, ByField};
pub use super::filter::Also;
use super::filter::{Asked, Condition, Order, asked, conditions, ours, sample};
use super::names::Names;
use super::view::{ItemView, view, views};
use crate::db::{Conn, Value, planned_once};
use crate::how::fields::{self, Definitions};
use crate::how::filters::Sort;
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::people::products::{self, Product};
use crate::statements;
use crate::store::{Composed, Meta, Query, Reader, Record, Scope, load, select_text};

statements! {
    KEY_OWNER = "SELECT object_id FROM item_key WHERE workspace_id = $1 AND key = $2 AND kind = 'work_item'";
    OPEN_COUNT = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND category <> 'accepted' AND category <> 'dropped' LIMIT 1000) AS counted /* planned once */";
    ORDER_THEN = "SELECT key, title, state, level FROM (SELECT key, title, state, level, rank, category FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND valid_from < $3 AND gone_at IS NULL AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied')) UNION ALL SELECT key, title, state, level, rank, category FROM work_item_version WHERE workspace_id = $1 AND product_id = $2 AND valid_from < $3 AND valid_to >= $3 AND gone_at IS NULL AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied'))) AS then_rows WHERE category <> 'accepted' AND category <> 'dropped' ORDER BY rank LIMIT $4";
}

/// The item of that key or alias with its product, if this actor may see it and do `access`.
pub fn by_key(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    access: Access,
) -> Result<(WorkItem, Product)> {
    let missing = || Error::NotFound("work item");
    let values = [actor.workspace.into(), key.trim().to_uppercase().into()];
    let id: Id = conn.query_opt(&KEY_OWNER, &values, |r| r.get(0))?.ok_or_else(missing)?;
    let item = load::<WorkItem>(conn, actor.workspace, id)?
        .filter(|i| i.gone_at.is_none())
        .ok_or_else(missing)?;
    if let Some(import) = item.staged_by
        && !crate::how::imports::is_applied(conn, actor.workspace, import)?
    {
        return Err(missing());
    }
    let product = products::product_by_id(conn, actor, item.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((item, product))
}

/// How many items are open, counted up to 1,000.
pub fn open_count(conn: &mut Conn, ws: i64, product: Id) -> Result<i64> {
    conn.query_one(&OPEN_COUNT, &[ws.into(), product.into()], |r| r.get(0))
}

/// Show one work item.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetWorkItem {
    pub key: String,
}

impl Query for GetWorkItem {
    type Output = ItemView;
    const META: Meta = Meta {
        name: "get-work-item",
        summary: "Show one work item",
        method: "GET",
        path: "/work-items/{key}",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<ItemView> {
        let (item, _) = by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        view(cx.conn, cx.actor.workspace, &item, &mut Names::default())
    }
}

/// List work items in their order, filtered.
#[derive(Deserialize, JsonSchema, Default, Clone, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ListWorkItems {
    pub product: String,
    /// A filter as it is typed above a list, as `state:"In review" -label:spike points>=3 sort:due`;
    /// what else is named here has to hold too.
    pub q: Option<String>,
    pub level: Option<String>,
    pub state: Option<String>,
    /// `backlog`, `unstarted`, `started`, `in-review`, `accepted`, `dropped`; `open` for all but the last two.
    pub category: Option<String>,
    /// A person's id or name, or `me`.
    pub assignee: Option<String>,
    pub label: Option<String>,
    /// A team's id or name.
    pub team: Option<String>,
    /// A part's id or name.
    pub part: Option<String>,
    /// The key of the item above.
    pub parent: Option<String>,
    /// What custom fields say, as `Impact=High`, `Size>=3`, `Review<2026-04-01`, `Size=3..8`,
    /// `Impact=none` or `Impact=any`, with semicolons between; all of them have to hold.
    pub field: Option<String>,
    /// A custom field to sort by, with `-` before its name from the highest down; those that have
    /// no value come last. `sort:field.NAME` in `q` says the same.
    pub by_field: Option<String>,
    /// Where the page before ended.
    pub after: Option<String>,
    /// 1 to 200; 50 if left out.
    pub limit: Option<i64>,
}

/// A page of a list and where the next one begins.
#[derive(Serialize, JsonSchema)]
pub struct Page {
    pub items: Vec<ItemView>,
    pub next: Option<String>,
}

inventory::submit! { Composed { name: "LIST_WORK_ITEMS", text: || compose(&sample(), &Order::rank()).0 } }
inventory::submit! { Composed { name: "LIST_COUNT", text: || count_text(&sample()).0 } }
inventory::submit! { Composed { name: "LIST_BY_RANK", text: || sorted("rank") } }
inventory::submit! { Composed { name: "LIST_BY_DUE", text: || sorted("due") } }
inventory::submit! { Composed { name: "LIST_BY_PRIORITY", text: || sorted("priority") } }
inventory::submit! { Composed { name: "LIST_BY_POINTS", text: || sorted("points") } }
inventory::submit! { Composed { name: "LIST_BY_CREATED", text: || sorted("created") } }
inventory::submit! { Composed { name: "LIST_BY_UPDATED", text: || sorted("updated") } }

/// Both ways of an order in one statement, for the test that prepares all of them.
fn sorted(by: &str) -> String {
    let [up, down] = Order::both(by).map(|order| compose(&[], &order).0);
    format!("SELECT * FROM ({up}) AS up UNION ALL SELECT * FROM ({down}) AS down")
}

/// The text of a list with these conditions in this order, and their values.
fn compose(wanted: &[Condition], order: &Order) -> (String, Vec<Value>) {
    let (tail, mut values) = conditions(wanted);
    let (sorted, more) = order.sql(values.len() + 3);
    values.extend(more);
    let limit = values.len() + 3;
    let text = select_text::<WorkItem>("work_item_now", &format!("{tail}{sorted} LIMIT ${limit}"));
    // All there is, or all that is open, is walked in its order, whatever place that begins at.
    let walked = wanted.iter().all(Condition::is_open);
    (if walked { planned_once(&text) } else { text }, values)
}

fn count_text(wanted: &[Condition]) -> (String, Vec<Value>) {
    let (tail, values) = conditions(wanted);
    let text = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND {tail} \
         LIMIT {COUNTED}) AS counted"
    );
    (text, values)
}

/// Matches are counted up to here.
pub const COUNTED: i64 = 1_000;

/// How many items fulfil these conditions, counted up to [`COUNTED`].
pub fn count(conn: &mut Conn, ws: i64, product: Id, wanted: &[Condition]) -> Result<i64> {
    let (text, given) = count_text(wanted);
    let mut values: Vec<Value> = vec![ws.into(), product.into()];
    values.extend(given);
    Ok(conn.query_text(&text, &values, |r| r.get(0))?.first().copied().unwrap_or_default())
}

/// The first `limit` items that fulfil these conditions, in an order that the items themselves have.
pub fn matching(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    wanted: &[Condition],
    order: &Order,
    limit: i64,
) -> Result<Vec<WorkItem>> {
    let (text, given) = compose(wanted, order);
    let mut values: Vec<Value> = vec![ws.into(), product.into()];
    values.extend(given);
    values.push(limit.into());
    conn.query_text(&text, &values, WorkItem::from_row)
}

/// A page of what fulfils these conditions, in any order, and where the next one begins.
pub fn page(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    wanted: &[Condition],
    order: &Order,
    limit: i64,
) -> Result<(Vec<WorkItem>, Option<String>)> {
    if let Some((by, after)) = order.field() {
        return by_field::page(conn, ws, product, by, wanted, after, limit);
    }
    let mut rows = matching(conn, ws, product, wanted, order, limit + 1)?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(50));
    let next = more.then(|| rows.last().map(|r| order.place(r))).flatten();
    Ok((rows, next))
}

impl Query for ListWorkItems {
    type Output = Page;
    const META: Meta = Meta {
        name: "list-work-items",
        summary: "List work items in their order, filtered",
        method: "GET",
        path: "/work-items",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page> {
        let ws = cx.actor.workspace;
        let (_, rows, next) = self.rows(cx, &[])?;
        Ok(Page { items: views(cx.conn, ws, rows, &mut Names::default())?, next })
    }
}

impl ListWorkItems {
    /// The same list from a filter as it stands in an address, like `level=story&team=Fares`.
    pub fn of(product: &str, filter: Option<&str>) -> Result<Self> {
        let text = filter.unwrap_or_default().trim_start_matches('?');
        let all: Self = serde_urlencoded::from_str(text).map_err(|e| {
            Error::invalid("filter", format!("A filter is like level=story&team=Fares: {e}."))
        })?;
        Ok(Self { product: product.to_owned(), ..all })
    }

    /// Whether it asks for everything there is.
    pub fn is_plain(&self) -> bool {
        let all = Self { product: self.product.clone(), ..Self::default() };
        Self { after: None, limit: None, ..self.clone() } == all
    }

    /// The items of a page, with what it asks beyond the filter, and where the next one begins.
    pub fn rows(
        &self,
        cx: &mut Reader<'_>,
        also: &[Also],
    ) -> Result<(Product, Vec<WorkItem>, Option<String>)> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(50).clamp(1, 200);
        let (mut all, mut order) = self.wanted(cx, &product)?;
        all.extend(also.iter().flat_map(|a| a.conditions()));
        if also.iter().any(|a| matches!(a, Also::Due(..))) {
            // What is asked for by its day is found by its day.
            order = Order::new(Some(Sort { by: "due".to_owned(), down: false }), None)?;
        }
        let (rows, next) = page(cx.conn, ws, product.id, &all, &order, limit)?;
        Ok((product, rows, next))
    }

    /// The conditions and the order that are asked for.
    pub fn wanted(
        &self,
        cx: &mut Reader<'_>,
        product: &Product,
    ) -> Result<(Vec<Condition>, Order)> {
        let Asked { filter, conditions, mut by_field } =
            asked(cx.conn, cx.actor, cx.now.day(), product, self.q.as_deref())?;
        let mut all = conditions;
        if let Some(name) = self.by_field.as_deref().filter(|b| !b.trim().is_empty()) {
            let defined = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
            by_field = Some(ByField::of(&defined, name)?);
        }
        all.extend(self.conditions(cx, product.id)?);
        let typed = self.field.as_deref().unwrap_or_default().split(';');
        let typed: Vec<&str> = typed.filter(|t| !t.trim().is_empty()).collect();
        if !typed.is_empty() {
            let defined = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
            for one in typed {
                let (text, values) = fields::wanted(cx.conn, cx.actor, &defined, one)?;
                all.push(Condition::new(text, values));
            }
        }
        let after = self.after.as_deref().filter(|a| !a.is_empty());
        let order = match by_field {
            Some(by) => Order::by_field(by, after),
            None => Order::new(filter.sort, after)?,
        };
        Ok((all, order))
    }

    /// Those of the separate parameters, where what is unknown matches nothing.
    fn conditions(&self, cx: &mut Reader<'_>, product: Id) -> Result<Vec<Condition>> {
        let given = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
        let (team, part) = (self.team.as_deref(), self.part.as_deref());
        let mut all = ours(cx.conn, cx.actor.workspace, product, team, part)?;
        if let Some(level) = given(&self.level) {
            all.push(Condition::equal("level", level));
        }
        if let Some(state) = given(&self.state) {
            all.push(Condition::equal("state", state));
        }
        match given(&self.category).as_deref() {
            Some("open") => all.push(Condition::open()),
            Some(category) => all.push(Condition::equal("category", category)),
            None => {}
        }
        if let Some(who) = given(&self.assignee) {
            let id = match who.parse::<Id>() {
                _ if who == "me" => cx.actor.person,
                Ok(id) => id,
                Err(_) => crate::people::members::by_name(cx.conn, cx.actor.workspace, &who)?
                    .map_or_else(Id::new, |p| p.id),
            };
            all.push(Condition::one_of("assignee_id", vec![id.into()]));
        }
        if let Some(label) = given(&self.label) {
            all.push(Condition::label(label));
        }
        if let Some(parent) = given(&self.parent) {
            let (item, _) =
                by_key(cx.conn, cx.actor, &parent, Access::Read).map_err(|e| e.of_key(&parent))?;
            all.push(Condition::one_of("parent_id", vec![item.id.into()]));
        }
        Ok(all)
    }
}

/// A line of the order as it stood on a past day.
#[derive(Serialize, JsonSchema, Clone)]
pub struct PastLine {
    pub key: String,
    pub title: String,
    pub state: String,
    pub level: String,
}

/// The open items in their order as they stood just before `at`; the first `limit`.
pub fn as_of_order(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    at: Time,
    limit: i64,
) -> Result<Vec<PastLine>> {
    let values = [ws.into(), product.into(), at.into(), limit.into()];
    conn.query(&ORDER_THEN, &values, |r| {
        Ok(PastLine { key: r.get(0)?, title: r.get(1)?, state: r.get(2)?, level: r.get(3)? })
    })
}
