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

impl Term {
    /// Whether it asks something of this field of the product alone.
    fn asks(&self, custom: &str) -> bool {
        self.field.name == "field" && self.values.iter().all(|v| said_of(v, custom).is_some())
    }
}

/// What `NAME=VALUE` asks of a field; nothing where it is about another one, or compares.
fn said_of<'v>(value: &'v str, custom: &str) -> Option<&'v str> {
    let (name, rest) = value.split_once(['=', ':'])?;
    (name.trim().to_lowercase() == custom.trim().to_lowercase()).then(|| rest.trim())
}

/// The order of a list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sort {
    /// One of [`SORTS`], or a field of the product, as [`of_field`] writes it.
    pub by: String,
    pub down: bool,
}

/// What a field of the product begins with where a list is sorted, grouped or laid out by it.
const FIELD: &str = "field.";

/// How sorting, grouping and columns name a field of the product.
pub fn of_field(name: &str) -> String {
    format!("{FIELD}{name}")
}

/// The name of the product's field that a word stands for.
pub fn field_of(word: &str) -> Option<&str> {
    let begins = word.get(..FIELD.len())?.eq_ignore_ascii_case(FIELD);
    Some(word[FIELD.len()..].trim()).filter(|name| begins && !name.is_empty())
}

/// A filter as it was understood.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    pub terms: Vec<Term>,
    /// Nothing is the order of the backlog.
    pub sort: Option<Sort>,
    /// Up to two of [`GROUPS`] or fields of the product, the outer one first.
    pub group: Vec<String>,
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

    /// What is asked of a field of the product, as [`Filter::plain`] tells it of the others.
    pub fn said(&self, custom: &str) -> Option<String> {
        let mut all = self.terms.iter().filter(|t| t.asks(custom) && !t.not);
        let first = all.next().map_or_else(Vec::new, |t| t.values.clone());
        let plain: Option<Vec<String>> =
            first.iter().map(|v| said_of(v, custom).map(str::to_owned)).collect();
        plain.filter(|_| all.next().is_none()).map(|values| listed(&values))
    }

    /// The same filter with what it asks of a field of the product replaced.
    pub fn saying(mut self, custom: &str, values: Vec<String>) -> Self {
        self.terms.retain(|t| !t.asks(custom) || t.not);
        if let Some(field) = field_named("field").filter(|_| !values.is_empty()) {
            let values = values.iter().map(|v| format!("{custom}={v}")).collect();
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
        if let Some(Sort { by, down }) = &self.sort {
            all.push(format!("sort:{}", quoted(&format!("{}{by}", if *down { "-" } else { "" }))));
        }
        if !self.group.is_empty() {
            all.push(format!("group:{}", listed(&self.group)));
        }
        f.write_str(&all.join(" "))
    }
}
