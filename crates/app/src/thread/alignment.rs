//! The objectives of all products as one tree: company, product and team level.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::path::Sight;
use crate::kernel::{Access, Result};
use crate::store::{Meta, Query, Reader, Scope};
use crate::why::objectives::{self, ObjectiveView};

/// The open objectives that one may see, whichever product they are of.
#[derive(Serialize, JsonSchema)]
pub struct Alignment {
    /// Each names the objective that it serves.
    pub objectives: Vec<ObjectiveView>,
    /// There are more than are told.
    pub more: bool,
}

/// List the open objectives of all products, each with the one that it serves.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListAlignment {}

impl Query for ListAlignment {
    type Output = Alignment;
    const META: Meta = Meta::query(
        "list-alignment",
        "List the open objectives of all products, each with the one that it serves",
        "/objectives/alignment",
    )
    .access(Access::Read)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Alignment> {
        let sight = Sight::of(cx.conn, cx.actor)?;
        let (objectives, more) =
            objectives::open(cx.conn, cx.actor.workspace, |product| sight.sees(product))?;
        Ok(Alignment { objectives, more })
    }
}
