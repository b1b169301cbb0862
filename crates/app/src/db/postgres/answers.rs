//! Answers that are here before the question: what was asked ahead, and what is asked more than once.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::db::{Asked, Value};

/// A question with its answer.
struct Answer<T> {
    sql: String,
    args: Vec<Value>,
    told: Arc<T>,
}

impl<T> Answer<T> {
    fn fits(&self, sql: &str, args: &[Value]) -> bool {
        self.sql == sql && self.args == args
    }
}

/// The answers of a job.
pub(super) struct Answers<T> {
    /// To be asked next, in this order and once each.
    next: VecDeque<Answer<T>>,
    /// Asked as often as it may be, until what it was read from changes.
    kept: Vec<Answer<T>>,
}

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self { next: VecDeque::new(), kept: Vec::new() }
    }
}

impl<T> Answers<T> {
    /// Those of `asked` that have no answer yet; none where they are what is asked next.
    pub fn lacking<'a>(&self, asked: &[&'a Asked<'a>]) -> Vec<&'a Asked<'a>> {
        let lacking = self.unkept(asked);
        let mut next = self.next.iter();
        let here = |(sql, args): &&Asked<'_>| next.next().is_some_and(|n| n.fits(sql, args));
        if lacking.iter().all(here) { Vec::new() } else { lacking }
    }

    pub fn unkept<'a>(&self, asked: &[&'a Asked<'a>]) -> Vec<&'a Asked<'a>> {
        asked.iter().copied().filter(|(sql, args)| !self.keeps(sql, args)).collect()
    }

    /// What was asked before and not taken up was in vain.
    pub fn expect<'a>(&mut self, asked: &[&'a Asked<'a>], told: Vec<T>) {
        self.next = answers(asked, told).collect();
    }

    pub fn keep<'a>(&mut self, asked: &[&'a Asked<'a>], told: Vec<T>) {
        self.kept.extend(answers(asked, told));
    }

    pub fn keeps(&self, sql: &str, args: &[Value]) -> bool {
        self.kept.iter().any(|k| k.fits(sql, args))
    }

    /// The answer, where there is one. Another question than the one expected shows that what was
    /// asked ahead is in vain.
    pub fn take(&mut self, sql: &str, args: &[Value]) -> Option<Arc<T>> {
        if let Some(kept) = self.kept.iter().find(|k| k.fits(sql, args)) {
            return Some(kept.told.clone());
        }
        if self.next.front().is_some_and(|next| next.fits(sql, args)) {
            return self.next.pop_front().map(|next| next.told);
        }
        self.next.clear();
        None
    }

    /// A statement changes something: no answer stands that may be another one now.
    pub fn changed(&mut self, sql: &str) {
        self.next.clear();
        match written(sql) {
            Some(table) => self.kept.retain(|k| !k.sql.contains(table)),
            None => self.kept.clear(),
        }
    }

    pub fn clear(&mut self) {
        self.next.clear();
        self.kept.clear();
    }
}

fn answers<'a, T>(asked: &[&'a Asked<'a>], told: Vec<T>) -> impl Iterator<Item = Answer<T>> {
    let asked: Vec<_> = asked.iter().map(|(sql, args)| ((*sql).to_owned(), args.clone())).collect();
    let pairs = asked.into_iter().zip(told);
    pairs.map(|((sql, args), told)| Answer { sql, args, told: Arc::new(told) })
}

/// The table that a statement changes; `None` where that is not said at its beginning.
fn written(sql: &str) -> Option<&str> {
    let rest = ["INSERT INTO ", "UPDATE ", "DELETE FROM "].iter().find_map(|w| sql.strip_prefix(w));
    rest?.split([' ', '(']).next()
}

/// Whether a statement that tells rows changes some besides.
pub(super) fn changes(sql: &str) -> bool {
    !sql.starts_with("SELECT") && !sql.starts_with("WITH")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHARTERS: &str = "SELECT matrix FROM charter WHERE workspace_id = $1";
    const ITEMS: &str = "SELECT title FROM work_item WHERE id = $1";

    fn asked(sql: &'static str, of: i64) -> Asked<'static> {
        (sql, vec![Value::Int(of)])
    }

    fn told(answers: &mut Answers<i64>, (sql, args): &Asked<'_>) -> Option<i64> {
        answers.take(sql, args).map(|told| *told)
    }

    #[test]
    fn what_was_asked_ahead_is_told_once_and_in_order() {
        let (first, second) = (asked(ITEMS, 1), asked(ITEMS, 2));
        let mut answers = Answers::default();
        answers.expect(&[&first, &second], vec![10, 20]);
        assert!(answers.lacking(&[&first, &second]).is_empty());
        assert!(answers.lacking(&[&first]).is_empty());
        assert_eq!(answers.lacking(&[&second]).len(), 1);
        assert_eq!(told(&mut answers, &first), Some(10));
        assert_eq!(told(&mut answers, &second), Some(20));
        assert_eq!(told(&mut answers, &second), None);

        answers.expect(&[&first, &second], vec![10, 20]);
        assert_eq!(told(&mut answers, &second), None, "another question than the next");
        assert_eq!(told(&mut answers, &first), None);
    }

    #[test]
    fn what_is_kept_is_told_until_what_it_was_read_from_changes() {
        let (charters, items) = (asked(CHARTERS, 1), asked(ITEMS, 1));
        let mut answers = Answers::default();
        answers.keep(&[&charters, &items], vec![10, 20]);
        assert!(answers.lacking(&[&items, &charters]).is_empty());
        for _ in 0..2 {
            assert_eq!(told(&mut answers, &items), Some(20));
            assert_eq!(told(&mut answers, &charters), Some(10));
        }
        assert_eq!(told(&mut answers, &asked(CHARTERS, 2)), None);
        answers.changed("UPDATE work_item SET title = $1 WHERE id = $2");
        assert_eq!(told(&mut answers, &items), None);
        assert_eq!(told(&mut answers, &charters), Some(10));
        answers.changed("INSERT INTO charter(id) VALUES ($1)");
        assert_eq!(told(&mut answers, &charters), None);

        for other in ["WITH gone AS (SELECT 1) DELETE FROM item", "COMMIT"] {
            answers.keep(&[&charters], vec![10]);
            answers.changed(other);
            assert_eq!(told(&mut answers, &charters), None, "{other}");
        }
    }

    #[test]
    fn a_statement_that_tells_what_it_wrote_changes_something() {
        assert!(changes("UPDATE counter SET next = next + 1 RETURNING next"));
        assert!(!changes(CHARTERS) && !changes("WITH a AS (SELECT 1) SELECT * FROM a"));
    }
}
