//! The board: the states of a product or a team with their first cards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::{Condition, asked, conditions, ours, sample};
use super::names::Names;
use super::view::{ItemView, views};
use super::{WorkItem, is_over};
use crate::db::{Asked, Value, planned_once};
use crate::kernel::{Access, Id, Result};
use crate::people::products::{self, CATEGORIES};
use crate::people::{policies, teams};
use crate::store::{Composed, Meta, Query, Reader, Record, select_text};

/// Show a product's board: its states with their first cards.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Board {
    pub product: String,
    /// A filter as it is typed above a board; its order and groups say nothing here.
    pub q: Option<String>,
    /// A team's id or name.
    pub team: Option<String>,
    /// A part's id or name.
    pub part: Option<String>,
    /// Cards per column, 1 to 1,000; 50 if left out, 12 of what is finished.
    pub limit: Option<i64>,
}

/// One column of a board.
#[derive(Serialize, JsonSchema)]
pub struct Column {
    pub state: String,
    pub category: String,
    /// The most that it should hold, as the policy says.
    pub limit: Option<i64>,
    /// Counted up to 200, or to as many cards as are asked for.
    pub count: i64,
    /// How far they were counted.
    #[serde(skip)]
    pub counted_to: i64,
    pub items: Vec<ItemView>,
}

/// The cards of a column and their count, under the same conditions: `column`, which says whose cards
/// they are, and those of a filter.
fn compose(column: &[Condition], filter: &[Condition]) -> (String, String, Vec<Value>) {
    let (tail, values) = conditions(&[column, filter].concat());
    let next = values.len() + 3;
    let cards =
        select_text::<WorkItem>("work_item_now", &format!("{tail} ORDER BY rank LIMIT ${next}"));
    let count = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND {tail} \
         LIMIT ${next}) AS counted"
    );
    // However many a column holds, its first are what is walked through.
    match filter.is_empty() {
        true => (planned_once(&cards), planned_once(&count), values),
        false => (cards, count, values),
    }
}

inventory::submit! { Composed { name: "BOARD_CARDS", text: || compose(&[], &sample()).0 } }
inventory::submit! { Composed { name: "BOARD_COUNT", text: || compose(&[], &sample()).1 } }

impl Query for Board {
    type Output = Vec<Column>;
    const META: Meta =
        Meta::query("board", "Show a product's board: its states with their first cards", "/board");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Column>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ours = ours(cx.conn, ws, product.id, self.team.as_deref(), self.part.as_deref())?;
        let filter = asked(cx.conn, cx.actor, cx.now.day(), &product, self.q.as_deref())?;
        let counted_to = limit_of(self.limit).max(COUNTED);
        let mut columns = Vec::new();
        for wanted in self.columns(cx, product.id)? {
            let (column, value) = wanted.by.clone();
            let whose = [Condition::equal(column, value), Condition::cards()];
            let (cards, count, given) =
                compose(&whose, &[ours.as_slice(), &filter.conditions].concat());
            let mut values: Vec<Value> = vec![ws.into(), product.id.into()];
            values.extend(given);
            // What is finished is only glanced at.
            let over = is_over(&wanted.category);
            let most = if over && self.limit.is_none() { FINISHED } else { limit_of(self.limit) };
            let first =
                |most: i64| -> Vec<Value> { values.iter().cloned().chain([most.into()]).collect() };
            let counted = first(counted_to);
            columns.push((wanted, (count, counted), (cards, first(most))));
        }
        let asked: Vec<Asked<'_>> = columns
            .iter()
            .flat_map(|(_, count, cards)| [count, cards].map(|(sql, of)| (&**sql, of.clone())))
            .collect();
        cx.conn.ahead(&asked)?;
        let (mut counts, mut rows) = (Vec::new(), Vec::new());
        for (_, count, cards) in &columns {
            let total: Vec<i64> = cx.conn.query_text(&count.0, &count.1, |r| r.get(0))?;
            let of_column = cx.conn.query_text(&cards.0, &cards.1, WorkItem::from_row)?;
            counts.push((total.first().copied().unwrap_or_default(), of_column.len()));
            rows.extend(of_column);
        }
        let mut cards = views(cx.conn, ws, rows, &mut Names::default())?.into_iter();
        let columns = columns.into_iter().zip(counts).map(|((wanted, ..), (count, shown))| {
            let Wanted { title: state, category, limit, .. } = wanted;
            let (count, items) =
                (count.max(shown as i64), cards.by_ref().take(shown).collect::<Vec<_>>());
            Column { state, category, limit, count, counted_to, items }
        });
        Ok(columns.collect())
    }
}

/// A column that is asked for.
struct Wanted {
    title: String,
    category: String,
    limit: Option<i64>,
    /// The column of the table that its cards have this value in.
    by: (&'static str, String),
}

impl Board {
    /// The states of the team that is asked for; where several workflows meet, what states mean.
    fn columns(&self, cx: &mut Reader<'_>, product: Id) -> Result<Vec<Wanted>> {
        let ws = cx.actor.workspace;
        let team = match self.team.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
            Some(team) => teams::named(cx.conn, ws, team)?.map(|t| t.id),
            None => None,
        };
        if self.team.is_none() && !policies::teams_on(cx.conn, ws, product)?.is_empty() {
            let columns = CATEGORIES.iter().zip(MEANINGS).map(|(category, title)| Wanted {
                title: title.to_owned(),
                category: (*category).to_owned(),
                limit: None,
                by: ("category", (*category).to_owned()),
            });
            return Ok(columns.collect());
        }
        let policy = policies::workflow(cx.conn, ws, product, team)?;
        let columns = policy.states.iter().map(|state| Wanted {
            title: state.name.clone(),
            category: state.category.clone(),
            limit: state.limit,
            by: ("state", state.name.clone()),
        });
        Ok(columns.collect())
    }
}

/// The categories as people read them, in their order.
const MEANINGS: [&str; 6] = ["Backlog", "Unstarted", "Started", "In review", "Accepted", "Dropped"];

/// Cards of a column of finished items, where nobody asks for more.
const FINISHED: i64 = 12;

/// How far the cards of a column are counted at least: each costs about as much as the next, and how
/// many hundreds there are is told by the list.
const COUNTED: i64 = 200;

fn limit_of(asked: Option<i64>) -> i64 {
    asked.unwrap_or(50).clamp(1, 1000)
}
