//! Rows that wait to be added to one table travel in one statement, so that the server begins it once
//! for all of them. What is added to different tables may change places; all else keeps its own.

use std::collections::HashMap;
use std::fmt::Write;

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
        let counted = places.iter().zip(1..).all(|(place, n)| *place == format!("${n}"));
        counted.then_some(Self { table, front, columns: places.len(), tail })
    }

    /// A row that is there already may be left alone in a statement of many, but not changed twice.
    fn joins(self) -> bool {
        self.tail.is_empty() || self.tail.ends_with("DO NOTHING")
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
pub(super) fn together<T>(changes: Vec<T>, sql: impl Fn(&T) -> &str) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    // By table: the statement that adds to it, and its group.
    let mut open: HashMap<String, (String, usize)> = HashMap::new();
    for change in changes {
        let text = sql(&change);
        let Some(adding) = Adding::of(text) else {
            open.clear();
            groups.push(vec![change]);
            continue;
        };
        let known = open.get(adding.table).filter(|(known, _)| known == text).map(|(_, at)| *at);
        if known.is_none() && open.contains_key(adding.table) {
            open.clear();
        }
        match known.filter(|_| adding.joins()) {
            Some(at) if groups[at].len() < LARGEST => groups[at].push(change),
            _ => {
                open.insert(adding.table.to_owned(), (text.to_owned(), groups.len()));
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
    const KEY: &str = "INSERT INTO item_key (k) VALUES ($1) ON CONFLICT (k) DO NOTHING";
    const EDGE: &str =
        "INSERT INTO edge (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = excluded.b";
    const UPDATE: &str = "UPDATE item SET a = $1 WHERE b = $2";
    const KEEP: &str = "INSERT INTO item_version SELECT * FROM item WHERE a = $1";

    fn grouped(changes: &[&'static str]) -> Vec<(&'static str, usize)> {
        let groups = together(changes.to_vec(), |sql| sql);
        groups.iter().map(|group| (group[0], group.len())).collect()
    }

    #[test]
    fn rows_of_one_table_join_and_changes_stay_where_they_are() {
        let items = [ITEM, KEY, EDGE, ITEM, KEY, EDGE, ITEM];
        let together = [(ITEM, 2), (ITEM, 1), (KEY, 2), (EDGE, 1), (EDGE, 1)];
        assert_eq!(grouped(&items), together);
        for barrier in [UPDATE, KEEP] {
            assert_eq!(grouped(&[ITEM, barrier, ITEM]), [(ITEM, 1), (barrier, 1), (ITEM, 1)]);
        }
        let other = "INSERT INTO item (a) VALUES ($1)";
        assert_eq!(grouped(&[ITEM, other, ITEM]), [(ITEM, 1), (other, 1), (ITEM, 1)]);
        assert_eq!(grouped(&[ITEM; 70]), [(ITEM, 64), (ITEM, 4), (ITEM, 2)]);
    }

    #[test]
    fn a_statement_of_many_rows_counts_on() {
        let many = adding(KEY, 2).expect("rows of values");
        assert_eq!(many, "INSERT INTO item_key (k) VALUES ($1), ($2) ON CONFLICT (k) DO NOTHING");
        let many = adding(ITEM, 3).expect("rows of values");
        assert_eq!(many, "INSERT INTO item (a, b) VALUES ($1, $2), ($3, $4), ($5, $6)");
        for other in [UPDATE, KEEP, "INSERT INTO t (a) VALUES (CAST($1 AS TEXT))"] {
            assert!(adding(other, 2).is_none(), "{other}");
        }
    }
}
