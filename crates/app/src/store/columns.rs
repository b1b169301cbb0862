//! Column types made of several words, stored as JSON text.

use std::collections::BTreeMap;
use std::ops::Deref;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::db::{FromColumn, Row, Value};
use crate::kernel::Result;

/// A list of words: labels.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Words(pub Vec<String>);

/// Named texts: custom fields and whatever an import has no place for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, String>);

/// A list of things that belong to one record and are never asked for by themselves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Listed<T>(pub Vec<T>);

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Listed<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Serialize> From<Listed<T>> for Value {
    fn from(value: Listed<T>) -> Self {
        Value::Text(serde_json::to_string(&value).unwrap_or_default())
    }
}

impl<T: DeserializeOwned> FromColumn for Listed<T> {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        let text: String = row.get(index)?;
        serde_json::from_str(&text).map_err(crate::kernel::Error::internal)
    }
}

impl Deref for Words {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

impl Deref for Fields {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

macro_rules! json_column {
    ($ty:ty) => {
        impl From<$ty> for Value {
            fn from(value: $ty) -> Self {
                Value::Text(serde_json::to_string(&value).unwrap_or_default())
            }
        }

        impl FromColumn for $ty {
            fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
                let text: String = row.get(index)?;
                serde_json::from_str(&text).map_err(crate::kernel::Error::internal)
            }
        }
    };
}

json_column!(Words);
json_column!(Fields);
