//! Column types made of several words, stored as JSON text.

use std::collections::BTreeMap;
use std::ops::Deref;

use schemars::JsonSchema;
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
