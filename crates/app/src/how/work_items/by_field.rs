//! Items in the order of a custom field, from the index of its values; those that say nothing of it
//! come after all others, in the order of the backlog.

use super::WorkItem;
use super::filter::{Condition, Order, conditions};
use super::list::matching;
use crate::db::{Conn, Value};
use crate::how::fields::{Definitions, sorted_by};
use crate::kernel::{Error, Id, Result};
use crate::store::{Composed, Record};

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ByField {
    pub(super) field: Id,
    /// `text`, `number` or `day`.
    pub(super) column: &'static str,
    pub(super) down: bool,
}

impl ByField {
    /// As somebody typed it: the name, with `-` before it from the highest down.
    pub fn of(defined: &Definitions, typed: &str) -> Result<Self> {
        let (down, name) = match typed.trim().strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, typed),
        };
        let (field, column) = sorted_by(defined, name)?;
        Ok(Self { field, column, down })
    }

    /// That an item says nothing of it that has a place in its order.
    fn lacking(self) -> Condition {
        let text = format!(
            "NOT EXISTS (SELECT 1 FROM field_value lacked WHERE lacked.workspace_id = $1 AND \
             lacked.item_id = work_item_now.id AND lacked.field_id = ? AND lacked.{} IS NOT NULL)",
            self.column
        );
        Condition::new(text, vec![self.field.into()])
    }
}

/// A page in that order, and where the next one begins.
pub(super) type Sorted = (Vec<WorkItem>, Option<String>);

/// The statement under conditions whose values begin at `$3` and are `given` in number.
fn text(column: &str, down: bool, tail: &str, given: usize, after: bool) -> String {
    let columns = WorkItem::COLUMNS.join(", ");
    let (sign, way) = if down { ("<", " DESC") } else { (">", "") };
    let (field, mut next) = (given + 3, given + 4);
    let mut further = String::new();
    if after {
        further = format!(
            " AND by_value {sign}= ${next} AND (by_value {sign} ${next} OR by_item {sign} ${})",
            next + 1
        );
        next += 2;
    }
    format!(
        "SELECT {columns}, by_value FROM (SELECT item_id AS by_item, {column} AS by_value \
         FROM field_value WHERE workspace_id = $1 AND product_id = $2 AND field_id = ${field} \
         AND {column} IS NOT NULL) AS sorted JOIN work_item_now ON id = by_item \
         WHERE workspace_id = $1 AND {tail}{further} \
         ORDER BY by_value{way}, by_item{way} LIMIT ${next}"
    )
}

fn lacking_text() -> String {
    let by = |column| ByField { field: Id::new(), column, down: false }.lacking();
    let (tail, values) = conditions(&["text", "number", "day"].map(by));
    format!(
        "SELECT id FROM work_item_now WHERE workspace_id = $1 AND {tail} LIMIT ${}",
        values.len() + 3
    )
}

inventory::submit! { Composed { name: "BY_FIELD_TEXT", text: || text("text", false, "product_id = $2", 0, true) } }
inventory::submit! { Composed { name: "BY_FIELD_NUMBER", text: || text("number", true, "product_id = $2", 0, true) } }
inventory::submit! { Composed { name: "BY_FIELD_DAY", text: || text("day", false, "product_id = $2", 0, false) } }
inventory::submit! { Composed { name: "BY_FIELD_LACKING", text: lacking_text } }

/// Where a page goes on: behind a value and its item, or, where the value is empty, behind a rank
/// among those that say nothing.
enum Place {
    Value([Value; 2]),
    Lacking(String),
}

fn place(by: ByField, after: &str) -> Result<Place> {
    let wrong =
        || Error::invalid("after", "Give what the page before named as `next`, or nothing.");
    let (value, rest) = after.rsplit_once('|').ok_or_else(wrong)?;
    if value.is_empty() {
        return Ok(Place::Lacking(rest.to_owned()));
    }
    let id: Id = rest.parse().map_err(|_| wrong())?;
    let value = match by.column {
        "number" => Value::from(value.parse::<f64>().map_err(|_| wrong())?),
        _ => Value::from(value),
    };
    Ok(Place::Value([value, id.into()]))
}

/// One page under conditions.
pub(super) fn page(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    by: ByField,
    wanted: &[Condition],
    after: Option<&str>,
    limit: i64,
) -> Result<Sorted> {
    let place = after.filter(|a| !a.is_empty()).map(|a| place(by, a)).transpose()?;
    let most = limit + 1;
    let (mut rows, behind) = match place {
        Some(Place::Lacking(rank)) => (Vec::new(), Some(rank)),
        Some(Place::Value(from)) => {
            (having(conn, ws, product, by, wanted, Some(from), most)?, None)
        }
        None => (having(conn, ws, product, by, wanted, None, most)?, None),
    };
    let left = most - rows.len() as i64;
    if left > 0 {
        let mut wanted = wanted.to_vec();
        wanted.push(by.lacking());
        let order = Order::new(None, behind.as_deref())?;
        let others = matching(conn, ws, product, &wanted, &order, left)?;
        rows.extend(others.into_iter().map(|item| (format!("|{}", item.rank), item)));
    }
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(50));
    let next = rows.last().filter(|_| more).map(|(place, _)| place.clone());
    Ok((rows.into_iter().map(|(_, item)| item).collect(), next))
}

/// Those that have a value, each with where a page that ends with it is gone on from.
fn having(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    by: ByField,
    wanted: &[Condition],
    after: Option<[Value; 2]>,
    most: i64,
) -> Result<Vec<(String, WorkItem)>> {
    let (tail, given) = conditions(wanted);
    let sql = text(by.column, by.down, &tail, given.len(), after.is_some());
    let mut values: Vec<Value> = vec![ws.into(), product.into()];
    values.extend(given);
    values.push(by.field.into());
    values.extend(after.into_iter().flatten());
    values.push(most.into());
    let last = WorkItem::COLUMNS.len();
    conn.query_text(&sql, &values, |row| {
        let value = match by.column {
            "number" => row.get::<f64>(last)?.to_string(),
            _ => row.get::<String>(last)?,
        };
        let item = WorkItem::from_row(row)?;
        Ok((format!("{value}|{}", item.id), item))
    })
}
