//! Cutting a filter into its pieces, each with its place.

use std::ops::Range;

use super::{Op, Problem};

/// A value with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Value {
    pub text: String,
    pub at: Range<usize>,
}

/// A piece of a filter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    pub not: bool,
    /// The field with its place and how it compares; nothing for a word.
    pub field: Option<(String, Range<usize>, Op)>,
    pub values: Vec<Value>,
    pub at: Range<usize>,
}

/// What is read, and how far.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// All pieces of a text.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, Problem> {
    let mut reader = Reader { text, at: 0 };
    let mut all = Vec::new();
    loop {
        reader.skip(char::is_whitespace);
        if reader.peek().is_none() {
            return Ok(all);
        }
        all.push(reader.piece()?);
    }
}

/// A list of values by itself, in which blanks are part of them.
pub(super) fn values(text: &str) -> Result<Vec<Value>, Problem> {
    let mut reader = Reader { text, at: 0 };
    reader.values(|c| c == ',')
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !wanted(c)).unwrap_or(rest.len());
    }

    /// Whether `sign` stands here; it is stepped over.
    fn takes(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn piece(&mut self) -> Result<Piece, Problem> {
        let start = self.at;
        let after = self.rest().chars().nth(1);
        let not = self.peek() == Some('-') && after.is_some_and(|c| !c.is_whitespace() && c != '-');
        if not {
            self.at += 1;
        }
        let name = self.at;
        self.skip(|c| c.is_alphanumeric() || c == '_');
        let word = self.text[name..self.at].to_owned();
        if let Some(op) = (!word.is_empty()).then(|| self.op()).flatten() {
            let field = Some((word, name..self.at, op));
            let values = self.values(|c| c == ',' || c.is_whitespace())?;
            return Ok(Piece { not, field, values, at: start..self.at });
        }
        self.at = name;
        let value = self.value(char::is_whitespace)?;
        Ok(Piece { not, field: None, values: vec![value], at: start..self.at })
    }

    /// How a term compares; `points:>=3` says the same as `points>=3`.
    fn op(&mut self) -> Option<Op> {
        let plain = self.takes(":");
        for (sign, op) in [
            ("<=", Op::AtMost),
            (">=", Op::AtLeast),
            ("<", Op::Below),
            (">", Op::Above),
            ("=", Op::Is),
        ] {
            if self.takes(sign) {
                return Some(op);
            }
        }
        plain.then_some(Op::Is)
    }

    /// Values with commas between.
    fn values(&mut self, ends: impl Fn(char) -> bool + Copy) -> Result<Vec<Value>, Problem> {
        let mut all = vec![self.value(ends)?];
        while self.takes(",") {
            all.push(self.value(ends)?);
        }
        Ok(all)
    }

    fn value(&mut self, ends: impl Fn(char) -> bool) -> Result<Value, Problem> {
        let start = self.at;
        if !self.takes("\"") {
            self.skip(|c| !ends(c));
            let text = self.text[start..self.at].to_owned();
            return Ok(Value { text, at: start..self.at });
        }
        let mut text = String::new();
        let mut escaped = false;
        for (place, c) in self.rest().char_indices() {
            match c {
                _ if escaped => {
                    text.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.at += place + 1;
                    return Ok(Value { text, at: start..self.at });
                }
                _ => text.push(c),
            }
        }
        let message = "The quotation mark is never closed. Put another one where the words end.";
        Err(Problem::new(start..self.text.len(), message))
    }
}
