//! Fields as programs and pages see them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CustomField, Definitions, FieldOption, is_unfinished};
use crate::db::Conn;
use crate::kernel::{Access, Id, Result};
use crate::people::products;
use crate::store::{Meta, Query, Reader};

/// A custom field.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldView {
    pub id: Id,
    pub name: String,
    /// The name under which items keep its values.
    pub stored: String,
    /// `text`, `long-text`, `number`, `date`, `yes-no`, `choice`, `choices`, `person`, `link` or `item`.
    pub kind: String,
    pub help: String,
    /// What can be chosen, in order.
    pub options: Vec<FieldOption>,
    /// Whether one is asked to fill it in.
    pub asked: bool,
    /// The levels of work that have it; empty is all of them.
    pub levels: Vec<String>,
    /// Whether cards of a board show it.
    pub on_card: bool,
    /// `active` or `retired`.
    pub state: String,
    /// Whether the items that were there before are still gone through, so that filters may miss some.
    pub indexing: bool,
    pub revision: i64,
}

/// The view of a field.
pub fn view(conn: &mut Conn, ws: i64, field: &CustomField) -> Result<FieldView> {
    Ok(FieldView {
        id: field.id,
        name: field.name.clone(),
        stored: field.stored.clone(),
        kind: field.kind.clone(),
        help: field.help.clone(),
        options: field.options.to_vec(),
        asked: field.asked,
        levels: field.levels.to_vec(),
        on_card: field.on_card,
        state: field.state.clone(),
        indexing: is_unfinished(conn, ws, field.id)?,
        revision: field.revision,
    })
}

/// List a product's custom fields in their order, retired ones among them.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListFields {
    pub product: String,
}

impl Query for ListFields {
    type Output = Vec<FieldView>;
    const META: Meta = Meta::query(
        "list-fields",
        "List a product's custom fields in their order, retired ones among them",
        "/fields",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<FieldView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let all = Definitions::of(cx.conn, ws, product.id)?;
        all.0.iter().map(|field| view(cx.conn, ws, field)).collect()
    }
}
