//! Identifiers.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// The identifier of anything stored: a UUID version 7, so that new rows land beside each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Id(pub Uuid);

impl Id {
    /// A fresh identifier, ordered by the time of its making.
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

/// What an identifier looks like, for whoever gave something else.
const LIKE: &str = "an id, like 01990000-0000-7000-8000-000000000000";

struct Read;

impl Visitor<'_> for Read {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(LIKE)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
        let wrong = |_| E::custom(format!("“{text}” is not {LIKE}; lists show the ids there are"));
        text.trim().parse().map_err(wrong)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Read)
    }
}

impl Default for Id {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.parse().map(Self)
    }
}
