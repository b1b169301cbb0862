//! What a person chose in the preview instead of what was proposed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::how::work_items::LEVELS;
use crate::kernel::{Error, Id, Result};
use crate::people::products::CATEGORIES;

/// Mappings that differ from the proposal, each by the name that the preview shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Choices {
    /// Status → the name of a state of the product, or `new:CATEGORY` for a new state.
    pub statuses: BTreeMap<String, String>,
    /// Type → `epic`, `story`, `task` or `bug`.
    pub types: BTreeMap<String, String>,
    /// Person → a person's id, `placeholder`, or `nobody`.
    pub people: BTreeMap<String, String>,
}

impl Choices {
    /// Refuses words that mean nothing; whether states and people exist, the plan finds out.
    pub fn check(&self) -> Result<()> {
        for (status, to) in &self.statuses {
            if let Some(category) = to.strip_prefix("new:")
                && !CATEGORIES.contains(&category)
            {
                return Err(Error::invalid(
                    "statuses",
                    format!(
                        "“{category}” for the status “{status}” is no category: {}.",
                        CATEGORIES.join(", ")
                    ),
                ));
            }
        }
        for (name, level) in &self.types {
            if !LEVELS.contains(&level.as_str()) {
                return Err(Error::invalid(
                    "types",
                    format!("“{level}” for the type “{name}” is no level: {}.", LEVELS.join(", ")),
                ));
            }
        }
        for (name, to) in &self.people {
            if !matches!(to.as_str(), "placeholder" | "nobody") && to.parse::<Id>().is_err() {
                return Err(Error::invalid(
                    "people",
                    format!("Choose a person's id, “placeholder” or “nobody” for “{name}”."),
                ));
            }
        }
        Ok(())
    }
}
