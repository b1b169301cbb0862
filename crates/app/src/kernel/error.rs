//! One error for every surface: what happened, why, and what to do.

use serde::Serialize;
use serde_json::Value;

use super::{Id, cut};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done. Surfaces render it once as a page and once as JSON.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be taken as it is (422). `field` names the input at fault, if one is.
    #[error("{message}")]
    Invalid { field: Option<&'static str>, message: String },
    /// There is nothing here, or nothing this person may see (404).
    #[error("There is no {0} here, or it is not shared with you.")]
    NotFound(&'static str),
    /// The same of one among several that were named, told by its key (404).
    #[error("There is no {0} here, or it is not shared with you.")]
    NotHere(String),
    /// It is visible, but this role may not do it (403).
    #[error("{0}")]
    Forbidden(String),
    /// Nobody is signed in, or the token is not valid (401).
    #[error("{0}")]
    Unauthenticated(String),
    /// Somebody else changed the same fields meanwhile (409).
    #[error("Somebody changed this meanwhile; nothing was overwritten.")]
    Conflict(Box<Conflict>),
    /// The state of things does not allow it (409), with what to do.
    #[error("{0}")]
    Refused(String),
    /// Too many tries (429); seconds until the next one.
    #[error("Too many tries. Wait {} and try again.", wait(*.0))]
    TooMany(u64),
    /// Storage cannot take or give data now (503).
    #[error("{0}")]
    Unavailable(String),
    /// A fault of ours (500); the text goes to the log, never to the person.
    #[error("{0}")]
    Internal(String),
}

/// What differs between an edit and what is stored by now.
#[derive(Debug, Clone, Serialize)]
pub struct Conflict {
    /// The record that both changed.
    #[serde(skip)]
    pub object: Id,
    /// Its key and title, where it has them.
    #[serde(skip)]
    pub item: Option<String>,
    /// The revision that is stored now.
    pub revision: i64,
    pub fields: Vec<FieldConflict>,
    /// Fields that others changed and the editor did not: sent again as they were seen, they would take
    /// back what others wrote.
    #[serde(skip)]
    pub left: Vec<String>,
}

/// One field that two people changed.
#[derive(Debug, Clone, Serialize)]
pub struct FieldConflict {
    pub field: String,
    /// What stood there when the editor opened it.
    pub was: Value,
    pub theirs: Value,
    pub yours: Value,
    /// Who wrote what stands there now, as far as the activity tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// The most characters that a message says again of one thing that was sent.
const SAID_AGAIN: usize = 80;
/// The most characters of a message.
const MESSAGE: usize = 2_000;

impl Error {
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field: Some(field), message: brief(message.into()) }
    }

    /// The same where no one input is at fault.
    pub fn unread(message: impl Into<String>) -> Self {
        Self::Invalid { field: None, message: brief(message.into()) }
    }

    /// Which of several it is about that is not here.
    #[must_use]
    pub fn of_key(self, key: &str) -> Self {
        match self {
            Self::NotFound(_) => Self::NotHere(key.trim().chars().take(60).collect()),
            other => other,
        }
    }

    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused(brief(message.into()))
    }

    pub fn internal(message: impl std::fmt::Display) -> Self {
        Self::Internal(message.to_string())
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid { .. } => 422,
            Self::NotFound(_) | Self::NotHere(_) => 404,
            Self::Forbidden(_) => 403,
            Self::Unauthenticated(_) => 401,
            Self::Conflict(_) | Self::Refused(_) => 409,
            Self::TooMany(_) => 429,
            Self::Unavailable(_) => 503,
            Self::Internal(_) => 500,
        }
    }

    /// What a person is told; of a fault of ours, nothing but that there was one.
    pub fn told(&self) -> String {
        match self {
            Self::Internal(_) => "Something failed on our side. The log says more.".to_owned(),
            other => other.to_string(),
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid",
            Self::NotFound(_) | Self::NotHere(_) => "not-found",
            Self::Forbidden(_) => "forbidden",
            Self::Unauthenticated(_) => "unauthenticated",
            Self::Conflict(_) => "conflict",
            Self::Refused(_) => "refused",
            Self::TooMany(_) => "too-many",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }
}

/// A message that says no long thing again: what stands in quotes is cut, and so is the whole.
fn brief(message: String) -> String {
    if message.len() <= SAID_AGAIN {
        return message;
    }
    let mut all = String::new();
    let mut rest = message.as_str();
    while let Some((before, open, quoted)) = split_at_char(rest, |c| "“`\"".contains(c)) {
        let close = if open == '“' { '”' } else { open };
        let (inside, after) = quoted.split_once(close).unwrap_or((quoted, ""));
        all.push_str(before);
        all.push(open);
        all.push_str(&cut(inside, SAID_AGAIN));
        all.push(close);
        rest = after;
    }
    all.push_str(rest);
    cut(&all, MESSAGE).into_owned()
}

/// A text around the first character that is one of those looked for.
fn split_at_char(text: &str, is: impl Fn(char) -> bool) -> Option<(&str, char, &str)> {
    let (at, found) = text.char_indices().find(|(_, c)| is(*c))?;
    Some((text.get(..at)?, found, text.get(at + found.len_utf8()..)?))
}

/// How long to wait, in words that one need not divide by sixty.
fn wait(seconds: u64) -> String {
    match seconds {
        1 => "one second".to_owned(),
        0..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_said_again_in_brief() {
        let long = "é".repeat(100_000);
        let begins = "é".repeat(80);
        for (message, told) in [
            (
                format!("“{long}” is none. There are: “a”, b."),
                format!("“{begins}…” is none. There are: “a”, b."),
            ),
            (
                format!("Unknown field `{long}`, expected `a`."),
                format!("Unknown field `{begins}…`, expected `a`."),
            ),
            (
                format!("Invalid type: string \"{long}\"."),
                format!("Invalid type: string \"{begins}…\"."),
            ),
            (
                format!("“{begins}” fits, and its quotes “stay”."),
                format!("“{begins}” fits, and its quotes “stay”."),
            ),
        ] {
            assert_eq!(Error::invalid("q", message.as_str()).to_string(), told);
            assert_eq!(Error::refused(message.as_str()).to_string(), told);
            assert_eq!(Error::unread(message).to_string(), told);
        }
        let odd = Error::refused(format!("“a”{long} ends its quotes early"));
        assert_eq!(odd.to_string().chars().count(), MESSAGE + 1);
    }
}
