//! Writing an item together with what it is for.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};

use super::links::AddLink;
use super::nodes::{Keyed, find};
use crate::how::work_items::{CreateWorkItem, ItemView};
use crate::kernel::{Access, Error, Result};
use crate::store::{Action, Change, Meta, joined_schema};

/// What is said beside the item itself.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(default)]
pub struct Why {
    /// The key of what it is for: an epic or a story, below which it then stands, or an opportunity, a
    /// need or an option, which it then serves.
    pub why: Option<String>,
}

/// Creates an item and links it with what it is for, all or none.
pub struct CreateServing {
    pub item: CreateWorkItem,
    pub why: Option<String>,
}

impl<'de> Deserialize<'de> for CreateServing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut rest: Map<String, Json> = Map::deserialize(deserializer)?;
        let why = rest.remove("why").unwrap_or(Json::Null);
        let why = Option::<String>::deserialize(why).map_err(D::Error::custom)?;
        let item = CreateWorkItem::deserialize(Json::Object(rest)).map_err(D::Error::custom)?;
        Ok(Self { item, why })
    }
}

impl JsonSchema for CreateServing {
    fn schema_name() -> Cow<'static, str> {
        CreateWorkItem::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        joined_schema::<CreateWorkItem, Why>(generator)
    }
}

/// What is said of the two ends is about this field.
fn here(error: Error) -> Error {
    match error {
        Error::Invalid { field: Some("parent" | "to"), message } => Error::invalid("why", message),
        other => other,
    }
}

impl Action for CreateServing {
    type Output = ItemView;
    const META: Meta = CreateWorkItem::META;

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let why = self.why.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let Some(why) = why else { return self.item.run(cx) };
        let actor = cx.actor.clone();
        let (above, _) = find(cx.conn(), &actor, why, Access::Read).map_err(|error| {
            let message = format!("There is no {why}, or it is not shared with you.");
            if matches!(error, Error::NotFound(_)) { Error::invalid("why", message) } else { error }
        })?;
        if let Keyed::WorkItem(_) = above {
            let parent = Some(why.to_owned());
            if self.item.parent.as_deref().is_some_and(|p| !p.trim().is_empty() && p.trim() != why)
            {
                let message =
                    "It stands below one epic or story: say which in one of the two places.";
                return Err(Error::invalid("why", message));
            }
            return CreateWorkItem { parent, ..self.item.clone() }.run(cx).map_err(here);
        }
        let made = self.item.run(cx)?;
        let link = AddLink { from: made.key.clone(), to: why.to_owned(), kind: None };
        link.run(cx).map_err(here)?;
        Ok(made)
    }
}
