//! Where something stands in a text.

use serde::Serialize;

/// A stretch of a text in bytes: `text[span.start..span.end]` is always a valid slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The same stretch counted in characters, as editors and other languages count.
    pub fn in_chars(self, text: &str) -> Span {
        let count = |end: usize| text.get(..end).map_or(0, |head| head.chars().count());
        Span { start: count(self.start), end: count(self.end) }
    }

    /// What stands there; empty where the span is of another text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// A part of a story, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The words as they stand.
    pub text: String,
    /// Where they stand.
    pub span: Span,
}

impl Piece {
    pub(crate) fn new(text: &str, span: Span) -> Self {
        Piece { text: span.of(text).to_owned(), span }
    }
}
