//! Reads the text form of the published next release instances: requirements in levels with their
//! costs, dependencies, and customers with a profit and their requests.

use std::fmt;

use crate::problem::{Item, Lock};

/// The items of an instance: first the requirements, then the customers.
#[derive(Clone, Debug)]
pub struct Instance {
    pub items: Vec<Item>,
    pub requirements: usize,
    pub dependencies: usize,
    pub customers: usize,
}

/// The text ends early, or a word is no number or out of range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which word, counted from 1.
    pub word: usize,
    pub what: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "word {} should be {}", self.word, self.what)
    }
}

impl std::error::Error for Unreadable {}

impl Instance {
    /// Reads an instance.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let mut words = Words { words: text.split_ascii_whitespace(), at: 0 };
        let mut items = Vec::new();
        for _ in 0..words.next("the number of levels")? {
            for _ in 0..words.next("the number of requirements of a level")? {
                let effort = words.next("the cost of a requirement")? as i64;
                items.push(Item { effort, ..Item::default() });
            }
        }
        let requirements = items.len();
        let dependencies = words.next("the number of dependencies")?;
        for _ in 0..dependencies {
            let first = words.position("a requirement that another needs", requirements)?;
            let then = words.position("a requirement that needs another", requirements)?;
            items[then].needs.push(first);
        }
        let customers = words.next("the number of customers")?;
        for _ in 0..customers {
            let value = words.next("the profit of a customer")? as i64;
            let mut needs = Vec::new();
            for _ in 0..words.next("the number of requests of a customer")? {
                needs.push(words.position("a requested requirement", requirements)?);
            }
            items.push(Item { value, effort: 0, needs, lock: Lock::Free });
        }
        Ok(Self { items, requirements, dependencies, customers })
    }

    /// The effort of all requirements together.
    pub fn total_effort(&self) -> i64 {
        self.items.iter().map(|item| item.effort).sum()
    }
}

struct Words<'a> {
    words: std::str::SplitAsciiWhitespace<'a>,
    at: usize,
}

impl Words<'_> {
    fn next(&mut self, what: &'static str) -> Result<usize, Unreadable> {
        self.at += 1;
        let word = self.words.next().and_then(|word| word.parse::<u32>().ok());
        word.map(|word| word as usize).ok_or(Unreadable { word: self.at, what })
    }

    /// A position counted from 1 in the text and from 0 here.
    fn position(&mut self, what: &'static str, count: usize) -> Result<usize, Unreadable> {
        let position = self.next(what)?;
        if position == 0 || position > count {
            return Err(Unreadable { word: self.at, what });
        }
        Ok(position - 1)
    }
}
