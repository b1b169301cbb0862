//! Rows that wait to be added to one table travel in one statement, so that the server begins it once
//! for all of them. What is added to different tables may change places; all else keeps its own.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use crate::db::Value;

/// Rows in one statement at most.
const LARGEST: usize = 64;

/// An `INSERT` of one row of values, taken apart around the row.
#[derive(Clone, Copy)]
struct Adding<'s> {
    table: &'s str,
    front: &'s str,
    columns: usize,
    tail: &'s str,
}

impl<'s> Adding<'s> {
    fn of(sql: &'s str) -> Option<Self> {
        let table = sql.strip_prefix("INSERT INTO ")?.split([' ', '(']).next()?;
        let (front, rest) = sql.split_once("VALUES (")?;
        let (row, tail) = rest.split_once(')')?;
        let places: Vec<&str> = row.split(", ").collect();
        let number = |place: &str| place.strip_prefix('$')?.parse::<usize>().ok();
        let counted = places.iter().zip(1..).all(|(place, n)| number(place) == Some(n));
        counted.then_some(Self { table, front, columns: places.len(), tail })
    }

    /// The columns, with commas between, of which one row alone may hold the same.
    fn unique(self) -> Option<&'s str> {
        self.tail.strip_prefix(" ON CONFLICT (")?.split(')').next()
    }

    /// What a row holds in these.
    fn key(self, values: &[Value]) -> Option<String> {
        let (_, columns) = self.front.split_once('(')?;
        let columns: Vec<&str> = columns.split(')').next()?.split(", ").collect();
        let mut key = String::new();
        for name in self.unique()?.split(", ") {
            let at = columns.iter().position(|column| *column == name)?;
            let _ = write!(key, "{:?},", values.get(at)?);
        }
        Some(key)
    }
}

/// The groups of a table that further rows may join.
#[derive(Default)]
struct Open {
    unique: Option<String>,
    /// What its rows hold in those columns: none is touched twice, so their order is nothing.
    keys: HashSet<String>,
    /// By statement, the place of its group.
    groups: HashMap<String, usize>,
}

impl Open {
    /// Lets a row in, behind all others where it has to come after them.
    fn admit(&mut self, sql: &str, adding: Adding<'_>, values: &[Value]) {
        let key = adding.key(values);
        let met = match &key {
            Some(key) => self.keys.contains(key),
            // What the rows must not have in common is reckoned by the server: none joins another.
            None => adding.unique().is_some() || !self.groups.contains_key(sql),
        };
        if met || self.unique.as_deref() != adding.unique() {
            *self = Self { unique: adding.unique().map(str::to_owned), ..Self::default() };
        }
        self.keys.extend(key);
    }
}

/// The statement that adds so many rows as `sql` adds one.
pub(super) fn adding(sql: &str, rows: usize) -> Option<String> {
    let one = Adding::of(sql)?;
    let mut text = format!("{}VALUES ", one.front);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=one.columns {
            let comma = if column == 1 { "" } else { ", " };
            let _ = write!(text, "{comma}${}", row * one.columns + column);
        }
        text.push(')');
    }
    text.push_str(one.tail);
    Some(text)
}

/// Changes in the order in which they may run, those of one group in one statement. Groups are as large
/// as powers of two, so that few different statements are prepared.
pub(super) fn together<T>(changes: Vec<T>, parts: impl Fn(&T) -> (&str, &[Value])) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    let mut tables: HashMap<String, Open> = HashMap::new();
    for change in changes {
        let (sql, values) = parts(&change);
        let Some(adding) = Adding::of(sql) else {
            tables.clear();
            groups.push(vec![change]);
            continue;
        };
        let open = tables.entry(adding.table.to_owned()).or_default();
        open.admit(sql, adding, values);
        match open.groups.get(sql) {
            Some(at) if groups[*at].len() < LARGEST => groups[*at].push(change),
            _ => {
                open.groups.insert(sql.to_owned(), groups.len());
                groups.push(vec![change]);
            }
        }
    }
    groups.into_iter().flat_map(in_powers).collect()
}

fn in_powers<T>(mut group: Vec<T>) -> Vec<Vec<T>> {
    let mut all = Vec::new();
    while !group.is_empty() {
        let size = 1 << group.len().ilog2();
        let rest = group.split_off(size);
        all.push(std::mem::replace(&mut group, rest));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = "INSERT INTO item (a, b) VALUES ($1, $2)";
    const KEY: &str = "INSERT INTO item_key (w, k) VALUES ($1, $2) ON CONFLICT (k) DO NOTHING";
    const TAKE: &str =
        "INSERT INTO item_key (w, k) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET w = excluded.w";
    const UPDATE: &str = "UPDATE item SET a = $1 WHERE b = $2";
    const KEEP: &str = "INSERT INTO item_version SELECT * FROM item WHERE a = $1";

    fn grouped(changes: &[(&'static str, i64)]) -> Vec<(&'static str, usize)> {
        let changes: Vec<_> = changes
            .iter()
            .map(|(sql, key)| (*sql, vec![Value::Int(1), Value::Int(*key)]))
            .collect();
        let groups = together(changes, |(sql, values)| (sql, values));
        groups.iter().map(|group| (group[0].0, group.len())).collect()
    }

    #[test]
    fn rows_of_one_table_join_and_changes_stay_where_they_are() {
        let items = [(ITEM, 1), (TAKE, 1), (KEY, 2), (ITEM, 1), (TAKE, 3), (KEY, 4), (ITEM, 1)];
        assert_eq!(grouped(&items), [(ITEM, 2), (ITEM, 1), (TAKE, 2), (KEY, 2)]);
        for barrier in [UPDATE, KEEP] {
            let around = [(ITEM, 1), (barrier, 1), (ITEM, 1)];
            assert_eq!(grouped(&around), [(ITEM, 1), (barrier, 1), (ITEM, 1)]);
        }
        let other = "INSERT INTO item (a) VALUES ($1)";
        let around = [(ITEM, 1), (other, 1), (ITEM, 1)];
        assert_eq!(grouped(&around), [(ITEM, 1), (other, 1), (ITEM, 1)]);
        assert_eq!(grouped(&[(ITEM, 1); 70]), [(ITEM, 64), (ITEM, 4), (ITEM, 2)]);
    }

    #[test]
    fn a_row_that_is_touched_again_comes_after_all_before() {
        let twice = [(TAKE, 1), (TAKE, 2), (TAKE, 1), (TAKE, 3)];
        assert_eq!(grouped(&twice), [(TAKE, 2), (TAKE, 2)]);
        let taken = [(TAKE, 1), (KEY, 1), (TAKE, 2), (KEY, 3)];
        assert_eq!(grouped(&taken), [(TAKE, 1), (KEY, 2), (TAKE, 1)]);
        let reckoned = "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (c) DO UPDATE SET a = 1";
        assert_eq!(grouped(&[(reckoned, 1), (reckoned, 2)]), [(reckoned, 1), (reckoned, 1)]);
    }

    #[test]
    fn a_statement_of_many_rows_counts_on() {
        let many = adding(KEY, 2).expect("rows of values");
        assert_eq!(
            many,
            "INSERT INTO item_key (w, k) VALUES ($1, $2), ($3, $4) ON CONFLICT (k) DO NOTHING"
        );
        let many = adding(ITEM, 3).expect("rows of values");
        assert_eq!(many, "INSERT INTO item (a, b) VALUES ($1, $2), ($3, $4), ($5, $6)");
        for other in [UPDATE, KEEP, "INSERT INTO t (a) VALUES (CAST($1 AS TEXT))"] {
            assert!(adding(other, 2).is_none(), "{other}");
        }
    }
}
