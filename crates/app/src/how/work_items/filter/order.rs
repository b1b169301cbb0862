//! The orders of a list. Each is an expression with an index of its own, then the rank, so that a
//! page goes on where the one before ended.

use super::super::WorkItem;
use super::super::by_field::ByField;
use crate::db::Value;
use crate::how::filters::{SORTS, Sort};
use crate::kernel::{Error, Result};

/// Expressions that have an index, in the very words of the migration.
pub(super) const DUE: &str = "COALESCE(due, '9999-12-31')";
pub(super) const POINTS: &str = "COALESCE(points, -1)";
pub(super) const PRIORITY: &str = "CASE LOWER(priority) WHEN 'highest' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 WHEN 'lowest' THEN 5 ELSE 6 END";

/// Priorities, the highest first; any other word comes after them.
pub const PRIORITIES: [&str; 5] = ["highest", "high", "medium", "low", "lowest"];

/// Where a priority stands.
pub(super) fn priority_place(word: &str) -> i64 {
    let low = word.to_lowercase();
    PRIORITIES.iter().position(|p| *p == low).map_or(6, |at| at as i64 + 1)
}

/// An order with where to go on.
#[derive(Clone, Debug, Default)]
pub struct Order {
    sort: Option<Sort>,
    after: Option<(Option<Value>, String)>,
    /// A field of the product instead, with where to go on.
    field: Option<(ByField, Option<String>)>,
}

impl Order {
    /// The order of the backlog, from the start.
    pub fn rank() -> Self {
        Self::default()
    }

    /// The order of a field of the product, from where a page of it ended.
    pub fn by_field(by: ByField, after: Option<&str>) -> Self {
        Self { field: Some((by, after.map(str::to_owned))), ..Self::default() }
    }

    /// The field of the product that it is by.
    pub(in super::super) fn field(&self) -> Option<(ByField, Option<&str>)> {
        self.field.as_ref().map(|(by, after)| (*by, after.as_deref()))
    }

    fn by(&self) -> &str {
        self.sort.as_ref().map_or(SORTS[0], |s| s.by.as_str())
    }

    /// Goes on after what the page before named as `next`.
    pub fn new(sort: Option<Sort>, after: Option<&str>) -> Result<Self> {
        let sort = sort.filter(|s| s.by != SORTS[0] || s.down);
        let Some(text) = after.filter(|a| !a.is_empty()) else {
            return Ok(Self { sort, ..Self::default() });
        };
        let wrong =
            || Error::invalid("after", "Give what the page before named as `next`, or nothing.");
        let after = match sort.as_ref().map_or(SORTS[0], |s| s.by.as_str()) {
            "rank" => (None, text.to_owned()),
            by => {
                let (value, rank) = text.rsplit_once(' ').ok_or_else(wrong)?;
                let value = match by {
                    "due" => Value::from(value),
                    "points" => Value::from(value.parse::<f64>().map_err(|_| wrong())?),
                    _ => Value::from(value.parse::<i64>().map_err(|_| wrong())?),
                };
                (Some(value), rank.to_owned())
            }
        };
        Ok(Self { sort, after: Some(after), field: None })
    }

    fn expression(&self) -> Option<&'static str> {
        Some(match self.by() {
            "due" => DUE,
            "points" => POINTS,
            "priority" => PRIORITY,
            "created" => "created_at",
            "updated" => "valid_from",
            _ => return None,
        })
    }

    /// The condition of going on and the order, with the values from `$next` on.
    pub fn sql(&self, next: usize) -> (String, Vec<Value>) {
        let down = self.sort.as_ref().is_some_and(|s| s.down);
        let (sign, way) = if down { ("<", " DESC") } else { (">", "") };
        let mut values = Vec::new();
        let mut text = String::new();
        if let Some((value, rank)) = &self.after {
            values.extend(value.clone());
            values.push(rank.clone().into());
            text = match self.expression() {
                Some(by) => format!(
                    " AND {by} {sign}= ${next} AND ({by} {sign} ${next} OR rank {sign} ${})",
                    next + 1
                ),
                None => format!(" AND rank {sign} ${next}"),
            };
        }
        let by = self.expression().map_or(String::new(), |by| format!("{by}{way}, "));
        (format!("{text} ORDER BY {by}rank{way}"), values)
    }

    /// Where a page that ends with this item is gone on from.
    pub fn place(&self, item: &WorkItem) -> String {
        let value = match self.by() {
            "due" => item.due.map_or("9999-12-31".to_owned(), |d| d.to_string()),
            "points" => item.points.unwrap_or(-1.0).to_string(),
            "priority" => priority_place(item.priority.as_deref().unwrap_or_default()).to_string(),
            "created" => item.created_at.0.to_string(),
            "updated" => item.valid_from.0.to_string(),
            _ => return item.rank.clone(),
        };
        format!("{value} {}", item.rank)
    }

    /// An order up and down, each going on from somewhere: for the test that prepares all statements.
    pub(in super::super) fn both(by: &str) -> [Self; 2] {
        let after = if by == "rank" { "a" } else { "1 a" };
        let by = SORTS.iter().find(|s| **s == by).copied().unwrap_or(SORTS[0]);
        [false, true].map(|down| {
            Self::new(Some(Sort { by: by.to_owned(), down }), Some(after)).unwrap_or_default()
        })
    }
}
