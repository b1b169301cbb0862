//! Cuts a text into words and punctuation, each with its place.

use crate::span::Span;

/// A word or one mark of punctuation.
#[derive(Debug)]
pub(crate) struct Token {
    /// In lower case, typographic apostrophes made plain.
    pub lower: String,
    pub span: Span,
    pub word: bool,
    /// Whether the first letter is a capital.
    pub capital: bool,
}

impl Token {
    pub fn is(&self, word: &str) -> bool {
        self.lower == word
    }

    pub fn any(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_str())
    }
}

/// Abbreviations whose point belongs to them.
const ABBREVIATIONS: [&str; 6] = ["e.g.", "i.e.", "etc.", "vs.", "incl.", "approx."];

pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            if let Some(from) = start.take() {
                chunk(text, from, at, &mut found);
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
    if let Some(from) = start {
        chunk(text, from, text.len(), &mut found);
    }
    found
}

/// One stretch without white space: marks before, the word, marks after.
fn chunk(text: &str, from: usize, to: usize, found: &mut Vec<Token>) {
    let (mut start, mut end) = (from, to);
    while let Some(c) = text[start..end].chars().next() {
        if !is_opening(c) {
            break;
        }
        push(text, start, start + c.len_utf8(), false, found);
        start += c.len_utf8();
    }
    let mut after = Vec::new();
    while let Some(c) = text[start..end].chars().next_back() {
        if !is_closing(c) || belongs(&text[start..end], c) {
            break;
        }
        after.push((end - c.len_utf8(), end));
        end -= c.len_utf8();
    }
    if start < end {
        let mark = !text[start..end].chars().any(char::is_alphanumeric);
        push(text, start, end, !mark, found);
    }
    for (start, end) in after.into_iter().rev() {
        push(text, start, end, false, found);
    }
}

/// Whether a closing mark is part of the word: `language(s)`, `users'`, `e.g.`.
fn belongs(word: &str, mark: char) -> bool {
    match mark {
        ')' => word.contains('('),
        ']' => word.contains('['),
        '}' => word.contains('{'),
        '\'' | '’' => {
            let before = word.strip_suffix(mark).unwrap_or(word);
            before.ends_with(['s', 'S'])
        }
        '.' => ABBREVIATIONS.contains(&word.to_lowercase().as_str()),
        _ => false,
    }
}

fn is_opening(c: char) -> bool {
    matches!(c, '"' | '\'' | '‘' | '“' | '(' | '[' | '{' | '<' | ',' | '.' | ';' | ':' | '!' | '?')
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '’' | '”' | ')' | ']' | '}' | '>' | ',' | '.' | ';' | ':' | '!' | '?' | '…'
    )
}

fn push(text: &str, start: usize, end: usize, word: bool, found: &mut Vec<Token>) {
    let slice = &text[start..end];
    // Two abbreviations that a lower-case reading would take for pronouns.
    let lower = match slice {
        "IT" => "i.t.".to_owned(),
        "US" => "u.s.".to_owned(),
        // Exports escape the apostrophe.
        _ => slice.to_lowercase().replace('’', "'").replace("\\'", "'"),
    };
    found.push(Token {
        lower,
        span: Span { start, end },
        word,
        capital: slice.chars().next().is_some_and(char::is_uppercase),
    });
}
