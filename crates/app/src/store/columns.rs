//! Column types made of several words, stored as JSON text.

use std::collections::BTreeMap;
use std::ops::Deref;

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

use crate::db::{ColumnRef, FromColumn, Value};
use crate::kernel::{Error, Result};

/// A list of words: labels.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Words(pub Vec<String>);

/// Named texts: custom fields and whatever an import has no place for.
/// Programs may give numbers, true or false, and lists of texts as such; they are kept as texts.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let given = BTreeMap::<String, Json>::deserialize(deserializer)?;
        let told = given.into_iter().map(|(name, value)| match as_text(value) {
            Some(text) => Ok((name, text)),
            None => Err(D::Error::custom(format!(
                "“{name}” takes a text, a number, true or false, or a list of texts"
            ))),
        });
        told.collect::<std::result::Result<_, _>>().map(Self)
    }
}

/// A value as people would type it; nothing for an object.
fn as_text(value: Json) -> Option<String> {
    match value {
        Json::Null => Some(String::new()),
        Json::Bool(yes) => Some(if yes { "yes" } else { "no" }.to_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => Some(text),
        Json::Array(all) => {
            let texts: Option<Vec<String>> = all
                .into_iter()
                .map(|one| if one.is_array() { None } else { as_text(one) })
                .collect();
            // In lines, since a choice may hold a comma.
            texts.map(|texts| texts.join("\n"))
        }
        Json::Object(_) => None,
    }
}

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
    fn from_column(column: ColumnRef<'_>, _index: usize) -> Result<Self> {
        from_json(column).map(Self)
    }
}

/// What a column holds as JSON; most hold nothing, which is not parsed.
fn from_json<T: DeserializeOwned + Default>(column: ColumnRef<'_>) -> Result<T> {
    match column {
        ColumnRef::Text("[]" | "{}") => Ok(T::default()),
        ColumnRef::Text(text) => serde_json::from_str(text).map_err(Error::internal),
        _ => Err(Error::internal("a list that is no text")),
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
    ($ty:ident) => {
        impl From<$ty> for Value {
            fn from(value: $ty) -> Self {
                Value::Text(serde_json::to_string(&value).unwrap_or_default())
            }
        }

        impl FromColumn for $ty {
            fn from_column(column: ColumnRef<'_>, _index: usize) -> Result<Self> {
                from_json(column).map($ty)
            }
        }
    };
}

json_column!(Words);
json_column!(Fields);

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn programs_give_fields_as_they_are() {
        let given = r#"{"a":"x","b":3.5,"c":true,"d":null,"e":["North","Coast, far"],"f":7}"#;
        let fields: Fields = serde_json::from_str(given).expect("all of them");
        let told: Vec<&str> = fields.values().map(String::as_str).collect();
        assert_eq!(told, ["x", "3.5", "yes", "", "North\nCoast, far", "7"]);
        assert_eq!(serde_json::from_str::<Fields>(r#"{"a":"x"}"#).expect("one")["a"], "x");
        let wrong = serde_json::from_str::<Fields>(r#"{"a":{}}"#).expect_err("an object");
        assert!(wrong.to_string().contains("“a” takes"), "{wrong}");
    }
}
