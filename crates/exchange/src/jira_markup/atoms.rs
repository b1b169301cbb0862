//! Cuts a line into what emphasis can stand around.

use super::links;
use super::macros;

/// The smallest part of a line.
pub enum Atom<'a> {
    /// A character, and what follows it.
    Char {
        c: char,
        after: &'a str,
    },
    /// Markdown that is finished.
    Ready(String),
    Break,
    /// A sign of emphasis that may open or close a pair.
    Sign {
        c: char,
        braced: bool,
        opens: bool,
        closes: bool,
        after: &'a str,
    },
}

/// Cuts a line.
pub fn split(text: &str) -> Vec<Atom<'_>> {
    let mut atoms = Vec::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut rest = text;
    let last_mono = text.rfind("}}");
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        let mono = last_mono.is_some_and(|last| last > at + 1);
        let (atom, length) = special(rest, c, before, mono).unwrap_or_else(|| {
            let after = &rest[c.len_utf8()..];
            (Some(Atom::Char { c: if c == '\u{a0}' { ' ' } else { c }, after }), c.len_utf8())
        });
        before = rest[..length].chars().next_back();
        atoms.extend(atom);
        rest = &rest[length..];
    }
    atoms
}

/// An atom that is more than its first character, with its length; nothing for a dropped macro.
fn special<'a>(
    rest: &'a str,
    c: char,
    before: Option<char>,
    mono: bool,
) -> Option<(Option<Atom<'a>>, usize)> {
    let word_before = before.is_some_and(char::is_alphanumeric);
    let ready = |(markdown, length)| (Some(Atom::Ready(markdown)), length);
    match c {
        '\\' => backslash(rest, before),
        '{' => brace(rest, mono),
        '[' => links::bracket(rest).map(ready),
        '!' if !word_before => links::image(rest).map(ready),
        'h' | 'f' | 'm' if !word_before => links::bare(rest).map(ready),
        '^' | '~' => raised(rest, c).map(ready),
        '*' | '_' | '-' | '+' => {
            let after = &rest[1..];
            let next = after.chars().next();
            let word_next = next.is_some_and(char::is_alphanumeric);
            let lone = before != Some(c) && next != Some(c);
            let gap = |side: Option<char>| side.is_none_or(char::is_whitespace);
            let opens = lone && !word_before && !gap(next);
            let closes = lone && !word_next && !gap(before);
            Some((Some(Atom::Sign { c, braced: false, opens, closes, after }), 1))
        }
        _ => None,
    }
}

/// A forced break, an escaped sign, or a backslash; `\\server` is a path, not a break.
fn backslash<'a>(rest: &'a str, before: Option<char>) -> Option<(Option<Atom<'a>>, usize)> {
    let next = rest[1..].chars().next()?;
    let after = &rest[1 + next.len_utf8()..];
    if next == '\\' {
        let path = before.is_none_or(char::is_whitespace)
            && after.chars().next().is_some_and(char::is_alphanumeric);
        return if path {
            Some((Some(Atom::Ready(r"\\\\".to_owned())), 2))
        } else {
            Some((Some(Atom::Break), 2 + after.len() - after.trim_start_matches(' ').len()))
        };
    }
    if !next.is_ascii_punctuation() {
        return None;
    }
    Some((Some(Atom::Ready(format!("\\{next}"))), 2))
}

/// Monospace, a braced sign, or a macro of colour or anchor.
fn brace<'a>(rest: &'a str, mono: bool) -> Option<(Option<Atom<'a>>, usize)> {
    if let Some(inside) = rest.strip_prefix("{{")
        && mono
        && let Some(mut end) = inside.find("}}")
    {
        // `{{a}}}` holds `a}`.
        while inside.as_bytes().get(end + 2) == Some(&b'}') {
            end += 1;
        }
        if !inside[..end].trim().is_empty() {
            return Some((Some(Atom::Ready(code(&inside[..end]))), end + 4));
        }
    }
    let bytes = rest.as_bytes();
    if let (Some(c @ (b'*' | b'_' | b'-' | b'+')), Some(b'}')) = (bytes.get(1), bytes.get(2)) {
        let (c, after) = (char::from(*c), &rest[3..]);
        let sign = Atom::Sign { c, braced: true, opens: true, closes: true, after };
        return Some((Some(sign), 3));
    }
    if let (Some(c @ (b'^' | b'~')), Some(b'}')) = (bytes.get(1), bytes.get(2)) {
        let close = format!("{{{}}}", char::from(*c));
        let window = rest[3..].char_indices().nth(24).map_or(rest.len(), |(at, _)| at + 3);
        let end = rest[3..window].find(&close)?;
        let markdown = small(&rest[3..3 + end], char::from(*c))?;
        return Some((Some(Atom::Ready(markdown)), 3 + end + 3));
    }
    let (name, _, length) = macros::head(&rest[1..])?;
    matches!(name, "color" | "anchor").then_some((None, length + 1))
}

/// A code span whose fence is longer than any inside.
fn code(text: &str) -> String {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// `^2^` and `~2~` as raised and lowered digits; other text keeps its signs.
fn raised(rest: &str, c: char) -> Option<(String, usize)> {
    let window = rest[1..].char_indices().nth(24).map_or(rest.len(), |(at, _)| at + 1);
    let end = rest[1..window].find(c)?;
    Some((small(&rest[1..1 + end], c)?, end + 2))
}

fn small(text: &str, c: char) -> Option<String> {
    const PLAIN: &str = "0123456789+-=()n";
    let set = if c == '^' {
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"
    } else {
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ"
    };
    let one = |c: char| PLAIN.chars().position(|p| p == c).and_then(|at| set.chars().nth(at));
    let small: Option<String> = text.chars().map(one).collect();
    small.filter(|small| !small.is_empty())
}
