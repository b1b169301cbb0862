//! The board: the states of a product or a team with their first cards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WorkItem;
use super::filter::{Condition, asked, conditions, ours, sample};
use super::names::Names;
use super::view::{ItemView, views};
use crate::db::Value;
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
    /// Counted up to 1,000.
    pub count: i64,
    pub items: Vec<ItemView>,
}

/// The cards of a column and their count, under the same conditions.
fn compose(wanted: &[Condition]) -> (String, String, Vec<Value>) {
    let (tail, values) = conditions(wanted);
    let next = values.len() + 3;
    let cards =
        select_text::<WorkItem>("work_item_now", &format!("{tail} ORDER BY rank LIMIT ${next}"));
    let count = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND {tail} \
         LIMIT 1000) AS counted"
    );
    (cards, count, values)
}

inventory::submit! { Composed { name: "BOARD_CARDS", text: || compose(&sample()).0 } }
inventory::submit! { Composed { name: "BOARD_COUNT", text: || compose(&sample()).1 } }

impl Query for Board {
    type Output = Vec<Column>;
    const META: Meta =
        Meta::query("board", "Show a product's board: its states with their first cards", "/board");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Column>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ours = ours(cx.conn, ws, product.id, self.team.as_deref(), self.part.as_deref())?;
        let asked = asked(cx.conn, cx.actor, cx.now.day(), &product, self.q.as_deref())?;
        let mut names = Names::default();
        let mut columns = Vec::new();
        for (title, category, limit, by) in self.columns(cx, product.id)? {
            let mut wanted = vec![Condition::equal(by.0, by.1), Condition::cards()];
            wanted.extend(ours.iter().chain(&asked.conditions).cloned());
            let (cards, count, given) = compose(&wanted);
            let mut values: Vec<Value> = vec![ws.into(), product.id.into()];
            values.extend(given);
            let total: Vec<i64> = cx.conn.query_text(&count, &values, |r| r.get(0))?;
            // What is finished is only glanced at.
            let over = matches!(category.as_str(), "accepted" | "dropped");
            let most = if over && self.limit.is_none() { FINISHED } else { limit_of(self.limit) };
            values.push(most.into());
            let rows = cx.conn.query_text(&cards, &values, WorkItem::from_row)?;
            let items = views(cx.conn, ws, rows, &mut names)?;
            let count = total.first().copied().unwrap_or_default();
            columns.push(Column { state: title, category, limit, count, items });
        }
        Ok(columns)
    }
}

/// A column: its title, what it means, its limit, and the condition of its cards.
type Wanted = (String, String, Option<i64>, (&'static str, String));

impl Board {
    /// The states of the team that is asked for; where several workflows meet, what states mean.
    fn columns(&self, cx: &mut Reader<'_>, product: Id) -> Result<Vec<Wanted>> {
        let ws = cx.actor.workspace;
        let team = match self.team.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
            Some(team) => teams::named(cx.conn, ws, team)?.map(|t| t.id),
            None => None,
        };
        if self.team.is_none() && !policies::teams_on(cx.conn, ws, product)?.is_empty() {
            let columns = CATEGORIES.iter().zip(MEANINGS);
            return Ok(columns
                .map(|(category, title)| {
                    let by = ("category", (*category).to_owned());
                    (title.to_owned(), (*category).to_owned(), None, by)
                })
                .collect());
        }
        let policy = policies::workflow(cx.conn, ws, product, team)?;
        Ok(policy
            .states
            .iter()
            .map(|s| (s.name.clone(), s.category.clone(), s.limit, ("state", s.name.clone())))
            .collect())
    }
}

/// The categories as people read them, in their order.
const MEANINGS: [&str; 6] = ["Backlog", "Unstarted", "Started", "In review", "Accepted", "Dropped"];

/// Cards of a column of finished items, where nobody asks for more.
const FINISHED: i64 = 12;

fn limit_of(asked: Option<i64>) -> i64 {
    asked.unwrap_or(50).clamp(1, 1000)
}
