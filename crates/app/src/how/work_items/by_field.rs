//! Items in the order of a custom field, from the index of its values.

use super::WorkItem;
use crate::db::{Conn, Value};
use crate::how::fields::{Definitions, sorted_by};
use crate::kernel::{Error, Id, Result};
use crate::store::{Composed, Record};

/// What a list is sorted by.
#[derive(Clone, Copy)]
pub(super) struct ByField {
    pub field: Id,
    /// `text`, `number` or `day`.
    pub column: &'static str,
    pub down: bool,
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
}

/// A page in that order: those that have a value, and where the next one begins.
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

inventory::submit! { Composed { name: "BY_FIELD_TEXT", text: || text("text", false, "product_id = $2", 0, true) } }
inventory::submit! { Composed { name: "BY_FIELD_NUMBER", text: || text("number", true, "product_id = $2", 0, true) } }
inventory::submit! { Composed { name: "BY_FIELD_DAY", text: || text("day", false, "product_id = $2", 0, false) } }

fn place(by: ByField, after: &str) -> Result<[Value; 2]> {
    let wrong =
        || Error::invalid("after", "Give what the page before named as `next`, or nothing.");
    let (value, id) = after.rsplit_once('|').ok_or_else(wrong)?;
    let id: Id = id.parse().map_err(|_| wrong())?;
    let value = match by.column {
        "number" => Value::from(value.parse::<f64>().map_err(|_| wrong())?),
        _ => Value::from(value),
    };
    Ok([value, id.into()])
}

/// One page under conditions, as they are composed.
pub(super) fn page(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    by: ByField,
    (tail, given): (String, Vec<Value>),
    after: Option<&str>,
    limit: i64,
) -> Result<Sorted> {
    let sql = text(by.column, by.down, &tail, given.len(), after.is_some());
    let mut values: Vec<Value> = vec![ws.into(), product.into()];
    values.extend(given);
    values.push(by.field.into());
    if let Some(after) = after {
        values.extend(place(by, after)?);
    }
    values.push((limit + 1).into());
    let last = WorkItem::COLUMNS.len();
    let mut rows = conn.query_text(&sql, &values, |row| {
        let value = match by.column {
            "number" => row.get::<f64>(last)?.to_string(),
            _ => row.get::<String>(last)?,
        };
        Ok((WorkItem::from_row(row)?, value))
    })?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(50));
    let next = rows.last().filter(|_| more).map(|(item, value)| format!("{value}|{}", item.id));
    Ok((rows.into_iter().map(|(item, _)| item).collect(), next))
}
