//! The board: a product's states with their first cards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WorkItem;
use super::filter::{Condition, conditions, ours};
use super::list::{ItemView, view};
use super::names::Names;
use crate::db::Value;
use crate::kernel::{Access, Result};
use crate::people::products;
use crate::store::{Composed, Meta, Query, Reader, Record, select_text};

/// Show a product's board: its states with their first cards.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Board {
    pub product: String,
    /// A team's id or name.
    pub team: Option<String>,
    /// A part's id or name.
    pub part: Option<String>,
    /// Cards per column, 1 to 200; 50 if left out.
    pub limit: Option<i64>,
}

/// One column of a board.
#[derive(Serialize, JsonSchema)]
pub struct Column {
    pub state: String,
    pub category: String,
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

fn widest() -> Vec<Condition> {
    vec![
        ("state", Some(Value::Null)),
        ("cards", None),
        ("team", Some(Value::Null)),
        ("part", Some(Value::Null)),
    ]
}

inventory::submit! { Composed { name: "BOARD_CARDS", text: || compose(&widest()).0 } }
inventory::submit! { Composed { name: "BOARD_COUNT", text: || compose(&widest()).1 } }

impl Query for Board {
    type Output = Vec<Column>;
    const META: Meta =
        Meta::query("board", "Show a product's board: its states with their first cards", "/board");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Column>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(50).clamp(1, 200);
        let ours = ours(cx.conn, ws, product.id, self.team.as_deref(), self.part.as_deref())?;
        let mut names = Names::default();
        let mut columns = Vec::new();
        for state in products::states(cx.conn, ws, product.id)? {
            let mut wanted: Vec<Condition> =
                vec![("state", Some(state.name.clone().into())), ("cards", None)];
            wanted.extend(ours.iter().cloned());
            let (cards, count, given) = compose(&wanted);
            let mut values: Vec<Value> = vec![ws.into(), product.id.into()];
            values.extend(given);
            let total: Vec<i64> = cx.conn.query_text(&count, &values, |r| r.get(0))?;
            values.push(limit.into());
            let rows = cx.conn.query_text(&cards, &values, WorkItem::from_row)?;
            names.of(cx.conn, ws, &rows)?;
            let items = rows
                .iter()
                .map(|item| view(cx.conn, ws, item, &mut names))
                .collect::<Result<Vec<_>>>()?;
            let count = total.first().copied().unwrap_or_default();
            columns.push(Column { state: state.name, category: state.category, count, items });
        }
        Ok(columns)
    }
}
