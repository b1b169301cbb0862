//! The one language in which lists, boards and views are filtered, sorted and grouped, as it stands
//! in an address: `state:"in review" label:checkout -label:spike points>=3 no:assignee words sort:due`.
//! Pure: no database, no clock.
//!
//! Terms stand side by side and all of them have to hold; several values of one term, with commas,
//! are alternatives; a leading `-` turns a term around. What is no term is looked for as a word.

mod fields;
mod lex;
mod parse;
mod problem;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

pub use fields::{Field, GROUPS, Kind, SORTS, When, field_named, fields, when};
pub use parse::{given, parse};
pub use problem::{Problem, nearest};

/// How a term compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// `:` or `=`.
    Is,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Op {
    /// The sign as it is printed.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Is => ":",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// One condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// Whether it is turned around.
    pub not: bool,
    pub field: &'static Field,
    pub op: Op,
    /// At least one; any of them will do.
    pub values: Vec<String>,
    /// Where it stands in what was typed, in bytes.
    pub at: Range<usize>,
}

/// The order of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sort {
    /// One of [`SORTS`].
    pub by: &'static str,
    pub down: bool,
}

/// A filter as it was understood.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    pub terms: Vec<Term>,
    /// Nothing is the order of the backlog.
    pub sort: Option<Sort>,
    /// Up to two of [`GROUPS`], the outer one first.
    pub group: Vec<&'static str>,
}

impl Filter {
    /// Whether it neither filters nor sorts nor groups.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.sort.is_none() && self.group.is_empty()
    }

    /// What is asked of a field, as it would be typed: empty where nothing is; nothing where several
    /// terms say something of it, so that no one choice stands for them.
    pub fn plain(&self, field: &str) -> Option<String> {
        let says = |t: &&Term| t.field.name == field && !t.not && t.op == Op::Is;
        let mut all = self.terms.iter().filter(says);
        let first = all.next().map_or(String::new(), |t| listed(&t.values));
        all.next().is_none().then_some(first)
    }

    /// The same filter with what it asks of one field replaced; no values take it away.
    pub fn with(mut self, field: &'static Field, values: Vec<String>) -> Self {
        self.terms.retain(|t| t.field.name != field.name || t.not || t.op != Op::Is);
        if !values.is_empty() {
            self.terms.push(Term { not: false, field, op: Op::Is, values, at: 0..0 });
        }
        self
    }

    /// The same filter without the term at that place.
    pub fn without(&self, place: usize) -> Self {
        let mut other = self.clone();
        if place < other.terms.len() {
            other.terms.remove(place);
        }
        other
    }

    /// The terms alone, without order and groups.
    pub fn bare(&self) -> Self {
        Self { terms: self.terms.clone(), ..Self::default() }
    }
}

/// A value as it has to be typed.
pub fn quoted(value: &str) -> String {
    let plain = !value.is_empty()
        && !value.chars().any(|c| c.is_whitespace() || matches!(c, '"' | ',' | '\\'))
        && !value.starts_with(['<', '>', '=']);
    if plain {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn listed(values: &[String]) -> String {
    values.iter().map(|v| quoted(v)).collect::<Vec<_>>().join(",")
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.not {
            f.write_str("-")?;
        }
        if self.field.kind == Kind::Text {
            let word = self.values.first().map_or("", String::as_str);
            let bare = quoted(word);
            // A word that would read as a term or as its opposite is put in quotes.
            let odd = word.starts_with('-') || word.contains([':', '=', '<', '>']);
            return match odd && !bare.starts_with('"') {
                true => write!(f, "\"{word}\""),
                false => f.write_str(&bare),
            };
        }
        write!(f, "{}{}{}", self.field.name, self.op.sign(), listed(&self.values))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all: Vec<String> = self.terms.iter().map(ToString::to_string).collect();
        if let Some(Sort { by, down }) = self.sort {
            all.push(format!("sort:{}{by}", if down { "-" } else { "" }));
        }
        if !self.group.is_empty() {
            all.push(format!("group:{}", self.group.join(",")));
        }
        f.write_str(&all.join(" "))
    }
}
