//! From what was typed to what is meant.

use std::ops::Range;

use super::fields::{GROUPS, SORTS, field_named, fields, when};
use super::lex::{self, Piece, Value};
use super::problem::Problem;
use super::{Field, Filter, Kind, Op, Sort, Term, field_of, of_field};
use crate::how::refinement::deck;

/// The most characters of a filter.
const MOST: usize = 2_000;
/// The most terms of a filter.
const TERMS: usize = 40;
/// The most values of a term.
const VALUES: usize = 50;

/// Reads a filter.
pub fn parse(text: &str) -> Result<Filter, Problem> {
    if text.chars().count() > MOST {
        let message = format!("A filter has up to {MOST} characters. Take something out.");
        return Err(Problem::new(0..text.len(), message));
    }
    let mut filter = Filter::default();
    for piece in lex::pieces(text)? {
        match piece.field.clone() {
            None => filter.terms.extend(word(piece)?),
            Some((name, at, op)) => match name.to_lowercase().as_str() {
                "sort" | "order" => filter.sort = sort(&piece)?,
                "group" => {
                    // Typed twice, the second one groups within the first.
                    let more = group(&piece)?;
                    filter.group.extend(more);
                    filter.group = distinct(std::mem::take(&mut filter.group));
                    if filter.group.len() > 2 {
                        return Err(Problem::new(piece.at, TWO));
                    }
                }
                _ => filter.terms.push(term(piece, &name, at, op)?),
            },
        }
        if filter.terms.len() > TERMS {
            let message = format!("A filter has up to {TERMS} terms. Take some out.");
            return Err(Problem::new(0..text.len(), message));
        }
    }
    Ok(filter)
}

/// What a separate parameter of an address asks of a field: values with commas between, in which
/// blanks need no quotes. What cannot be read that way is one value as it stands.
pub fn given(text: &str) -> Vec<String> {
    let text = text.trim();
    let read = lex::values(text).ok();
    let all = read.map(|all| all.into_iter().map(|v| v.text.trim().to_owned()).collect());
    let all: Vec<String> = all.unwrap_or_else(|| vec![text.to_owned()]);
    all.into_iter().filter(|v| !v.is_empty()).take(VALUES).collect()
}

fn word(piece: Piece) -> Result<Option<Term>, Problem> {
    let Some(field) = field_named("text") else { return Ok(None) };
    let values: Vec<String> = piece.values.into_iter().map(|v| v.text).collect();
    if !values.iter().any(|v| v.chars().any(char::is_alphanumeric)) {
        let message = "Words are looked for by their letters and figures; here are none.";
        return Err(Problem::new(piece.at, message));
    }
    Ok(Some(Term { not: piece.not, field, op: Op::Is, values, at: piece.at }))
}

fn term(piece: Piece, name: &str, at: Range<usize>, op: Op) -> Result<Term, Problem> {
    let Some(field) = field_named(name) else {
        let at = at.start..at.start + name.len();
        let message = format!(
            "There is no field “{name}”. To look for the words themselves, put them in quotes."
        );
        let known =
            fields().iter().flat_map(|f| [f.name].into_iter().chain(f.also.iter().copied()));
        let known: Vec<&str> = known.chain(["sort", "group"]).collect();
        return Err(Problem::new(at, message).or(name, &known));
    };
    if field.kind == Kind::Text {
        let value = piece.values.first().cloned().filter(|_| piece.values.len() == 1);
        let Some(value) = value.filter(|_| op == Op::Is) else {
            let message = "Write the words after text:, in quotes where there are blanks.";
            return Err(Problem::new(piece.at, message));
        };
        let piece = Piece { values: vec![value], field: None, ..piece };
        let place = piece.at.clone();
        return word(piece)?.ok_or_else(|| Problem::new(place, "Write some words."));
    }
    if op != Op::Is && !matches!(field.kind, Kind::Number | Kind::Day) {
        let message = format!("“{}” is not compared: write {}:… instead.", field.name, field.name);
        return Err(Problem::new(at, message));
    }
    if piece.values.len() > VALUES {
        let message = format!("A term takes up to {VALUES} values.");
        return Err(Problem::new(piece.at, message));
    }
    if op != Op::Is && piece.values.len() > 1 {
        return Err(Problem::new(piece.at, "A comparison takes one value."));
    }
    let values = piece.values.iter().map(|v| value(field, v)).collect::<Result<Vec<_>, _>>()?;
    Ok(Term { not: piece.not, field, op, values, at: piece.at })
}

/// One value as its field takes it.
fn value(field: &Field, given: &Value) -> Result<String, Problem> {
    let text = given.text.trim();
    let at = || given.at.clone();
    if text.is_empty() {
        let message = format!("Something is missing after {}: {}.", field.name, expected(field));
        return Err(Problem::new(at(), message));
    }
    match field.kind {
        Kind::Choice(words) => {
            let word = text.to_lowercase().replace([' ', '_'], "-");
            if words.contains(&word.as_str()) {
                return Ok(word);
            }
            let message = format!("“{text}” does not fit {}: {}.", field.name, expected(field));
            Err(Problem::new(at(), message).or(&word, words))
        }
        Kind::Number => match number(text).filter(|n| n.is_finite() && n.abs() <= 1e9) {
            Some(number) => Ok(number.to_string()),
            None => {
                let message = format!("“{text}” is not a number, and no size as points:M.");
                Err(Problem::new(at(), message))
            }
        },
        Kind::Day => match when(&text.to_lowercase()) {
            Some(_) => Ok(text.to_lowercase()),
            None => {
                let message = format!("“{text}” is not a day: {}.", expected(field));
                Err(Problem::new(at(), message).or(text, &["today", "tomorrow", "yesterday"]))
            }
        },
        Kind::Name | Kind::Word | Kind::Text => Ok(text.to_owned()),
    }
}

/// An estimate as its team tells it: in numbers, or by a size.
fn number(text: &str) -> Option<f64> {
    let size = deck("sizes").iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    let worth = size.and_then(|(_, worth)| *worth);
    worth.or_else(|| text.replace('\u{2212}', "-").parse().ok())
}

/// What a field takes, in words.
fn expected(field: &Field) -> String {
    match field.kind {
        Kind::Choice(words) => format!("one of {}", words.join(", ")),
        Kind::Number => "a number, as points>=3".to_owned(),
        Kind::Day => "write it like 2026-03-01, today, +7d or -2w".to_owned(),
        Kind::Name | Kind::Word | Kind::Text => field.about.to_owned(),
    }
}

fn sort(piece: &Piece) -> Result<Option<Sort>, Problem> {
    let given = piece.values.first().map_or("", |v| v.text.trim());
    let (down, word) = match given.strip_prefix('-') {
        Some(word) => (true, word),
        None => (false, given),
    };
    let low = word.to_lowercase();
    let known = SORTS.iter().find(|s| **s == low).map(|s| (*s).to_owned());
    match known.or_else(|| field_of(word).map(of_field)) {
        Some(by) if piece.values.len() == 1 => Ok(Some(Sort { by, down: down != piece.not })),
        _ => {
            let known = SORTS.join(", ");
            let message = format!(
                "A list is sorted by one of {known}, or by a field of the product, as field.Impact; with a minus, downwards."
            );
            Err(Problem::new(piece.at.clone(), message).or(&low, &SORTS))
        }
    }
}

fn group(piece: &Piece) -> Result<Vec<String>, Problem> {
    let mut all: Vec<String> = Vec::new();
    for value in &piece.values {
        let word = value.text.trim().to_lowercase();
        let word = field_named(&word).map_or(word.as_str(), |f| f.name);
        let known = GROUPS.iter().find(|g| **g == word).map(|g| (*g).to_owned());
        let Some(by) = known.or_else(|| field_of(value.text.trim()).map(of_field)) else {
            let known = GROUPS.join(", ");
            let message = format!(
                "A list is grouped by one of {known}, by a field of the product, as field.Impact, or by two of them."
            );
            return Err(Problem::new(value.at.clone(), message).or(word, &GROUPS));
        };
        all.push(by);
    }
    let all = distinct(all);
    if all.len() > 2 || piece.not {
        return Err(Problem::new(piece.at.clone(), TWO));
    }
    Ok(all)
}

const TWO: &str = "A list is grouped by up to two things.";

/// Each once, in their order.
fn distinct(all: Vec<String>) -> Vec<String> {
    let mut seen = Vec::with_capacity(all.len());
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}
