//! Text between quotes, with what JSON does not take as it is written otherwise.

use std::fmt::{self, Write as _};

use super::{Error, Writer};

impl Writer {
    /// A text between quotes.
    pub(super) fn quoted(&mut self, text: &str) {
        self.text.reserve(text.len() + 2);
        self.text.push('"');
        escape(&mut self.text, text);
        self.text.push('"');
    }

    /// What is shown, between quotes.
    pub(super) fn shown(&mut self, value: fmt::Arguments<'_>) -> fmt::Result {
        self.text.push('"');
        Escaped(&mut self.text).write_fmt(value)?;
        self.text.push('"');
        Ok(())
    }

    /// A number as it was written elsewhere.
    pub(super) fn number(&mut self, written: serde_json::Result<String>) -> Result<(), Error> {
        self.text.push_str(&written.map_err(serde::ser::Error::custom)?);
        Ok(())
    }
}

/// Where shown text goes, escaped.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

fn escape(to: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = special(rest.as_bytes()) {
        to.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => to.push_str("\\\""),
            b'\\' => to.push_str("\\\\"),
            b'\n' => to.push_str("\\n"),
            b'\r' => to.push_str("\\r"),
            b'\t' => to.push_str("\\t"),
            0x08 => to.push_str("\\b"),
            0x0c => to.push_str("\\f"),
            control => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                to.push_str("\\u00");
                to.push(char::from(DIGITS[usize::from(control >> 4)]));
                to.push(char::from(DIGITS[usize::from(control & 15)]));
            }
        }
        rest = &rest[at + 1..];
    }
    to.push_str(rest);
}

/// Where the first byte stands that JSON does not take as it is: a quote, a backslash, or a control
/// character. Eight bytes are looked at together (the lowest mark of a borrow is always a true one).
fn special(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES * 0x80;
    let less = |word: u64, than: u64| word.wrapping_sub(ONES * than) & !word & HIGH;
    let chunks = bytes.chunks_exact(8);
    let tail = chunks.remainder();
    for (n, chunk) in chunks.enumerate() {
        let word = chunk.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let is = |byte: u64| less(word ^ (ONES * byte), 1);
        let marks = less(word, 0x20) | is(u64::from(b'"')) | is(u64::from(b'\\'));
        if marks != 0 {
            return Some(n * 8 + marks.trailing_zeros() as usize / 8);
        }
    }
    let at = tail.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'))?;
    Some(bytes.len() - tail.len() + at)
}
