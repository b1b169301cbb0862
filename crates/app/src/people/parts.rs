//! Parts: named areas of a product, each given to a team if one takes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::products::{self, Product, check_title, product, product_by_id};
use super::teams::{self, Team};
use super::tokens::Ended;
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope, load};
use crate::{new_row, record, selects};

record! {
    /// A named area of a product.
    pub struct Part in "part", versioned: true {
        pub product_id: Id,
        pub name: String,
        /// The team whose part it is.
        pub team_id: Option<Id>,
    }
}

impl Indexed for Part {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn part(&self) -> Option<Id> {
        Some(self.id)
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
}

selects! {
    OF_PRODUCT: Part = "part", "product_id = $2 AND gone_at IS NULL ORDER BY name, id LIMIT 500";
    OF_TEAM: Part = "part", "team_id = $2 AND gone_at IS NULL ORDER BY name, id LIMIT 500";
    BY_NAME: Part = "part", "product_id = $2 AND name = $3 AND gone_at IS NULL LIMIT 1";
}

/// The parts of a product, by name.
pub fn of_product(conn: &mut Conn, workspace: i64, product: Id) -> Result<Vec<Part>> {
    OF_PRODUCT.all(conn, workspace, &[product.into()])
}

/// The parts of a team, by name.
pub fn of_team(conn: &mut Conn, workspace: i64, team: Id) -> Result<Vec<Part>> {
    OF_TEAM.all(conn, workspace, &[team.into()])
}

/// A product's part given by id or name.
pub fn named(conn: &mut Conn, workspace: i64, product: Id, name: &str) -> Result<Option<Part>> {
    match name.trim().parse::<Id>() {
        Ok(id) => Ok(load::<Part>(conn, workspace, id)?
            .filter(|p| p.gone_at.is_none() && p.product_id == product)),
        Err(_) => BY_NAME.first(conn, workspace, &[product.into(), name.trim().to_owned().into()]),
    }
}

/// A part as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema)]
pub struct PartView {
    pub id: Id,
    pub name: String,
    /// The product's key.
    pub product: String,
    pub team: Option<Id>,
    pub team_name: Option<String>,
    pub revision: i64,
}

fn view(conn: &mut Conn, workspace: i64, product: &Product, part: &Part) -> Result<PartView> {
    let team = match part.team_id {
        Some(id) => load::<Team>(conn, workspace, id)?,
        None => None,
    };
    Ok(PartView {
        id: part.id,
        name: part.name.clone(),
        product: product.key.clone(),
        team: part.team_id,
        team_name: team.map(|t| t.name),
        revision: part.revision,
    })
}

fn free_name(cx: &mut Change<'_>, product: Id, name: &str, own: Option<Id>) -> Result<String> {
    let name = check_title("name", name)?;
    let workspace = cx.workspace();
    let taken = BY_NAME.first(cx.conn(), workspace, &[product.into(), name.clone().into()])?;
    if taken.is_some_and(|p| Some(p.id) != own) {
        let message = format!("There is a part “{name}” here already. Choose another name.");
        return Err(Error::invalid("name", message));
    }
    Ok(name)
}

fn team_of(cx: &mut Change<'_>, team: Option<&str>) -> Result<Option<Id>> {
    let workspace = cx.workspace();
    Ok(teams::chosen(cx.conn(), workspace, "team", team)?.map(|t| t.id))
}

fn own(cx: &mut Change<'_>, id: Id) -> Result<(Part, Product)> {
    let part: Part = cx.get(id, "part")?;
    let actor = cx.actor.clone();
    let product = product_by_id(cx.conn(), &actor, part.product_id, Access::Admin)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { Error::NotFound("part") } else { e })?;
    Ok((part, product))
}

/// Name an area of a product, and whose it is.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreatePart {
    pub product: String,
    pub name: String,
    /// A team's id or name.
    pub team: Option<String>,
}

impl Action for CreatePart {
    type Output = PartView;
    const META: Meta = Meta::action(
        "create-part",
        "Name an area of a product, and whose it is",
        "POST",
        "/products/{product}/parts",
    )
    .access(Access::Admin)
    .scope(Scope::Part);

    fn run(&self, cx: &mut Change<'_>) -> Result<PartView> {
        let actor = cx.actor.clone();
        let product = product(cx.conn(), &actor, &self.product, Access::Admin)?;
        let name = free_name(cx, product.id, &self.name, None)?;
        let team = team_of(cx, self.team.as_deref())?;
        let part = new_row!(cx, Part { product_id: product.id, name: name, team_id: team });
        cx.insert(&part)?;
        view(cx.conn(), actor.workspace, &product, &part)
    }
}

/// Rename a part, or give it to a team.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EditPart {
    pub part: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    /// A team's id or name; empty for none.
    pub team: Option<String>,
}

impl Action for EditPart {
    type Output = PartView;
    const META: Meta =
        Meta::action("edit-part", "Rename a part, or give it to a team", "PATCH", "/parts/{part}")
            .access(Access::Admin)
            .scope(Scope::Part);

    fn run(&self, cx: &mut Change<'_>) -> Result<PartView> {
        let (before, product) = own(cx, self.part)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = free_name(cx, product.id, name, Some(before.id))?;
        }
        if let Some(team) = &self.team {
            after.team_id = team_of(cx, Some(team))?;
        }
        let part = cx.edit(&before, after, self.revision)?;
        let workspace = cx.workspace();
        view(cx.conn(), workspace, &product, &part)
    }
}

/// Remove a part; what belonged to it stays in its product.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemovePart {
    pub part: Id,
}

impl Action for RemovePart {
    type Output = Ended;
    const META: Meta = Meta::action(
        "remove-part",
        "Remove a part; what belonged to it stays in its product",
        "DELETE",
        "/parts/{part}",
    )
    .access(Access::Admin)
    .scope(Scope::Part);

    fn run(&self, cx: &mut Change<'_>) -> Result<Self::Output> {
        let (part, _) = own(cx, self.part)?;
        cx.bin(&part)?;
        Ok(Ended { ended: true })
    }
}

/// List a product's parts.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListParts {
    pub product: String,
}

impl Query for ListParts {
    type Output = Vec<PartView>;
    const META: Meta =
        Meta::query("list-parts", "List a product's parts", "/products/{product}/parts");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<PartView>> {
        let workspace = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let parts = of_product(cx.conn, workspace, product.id)?;
        parts.iter().map(|p| view(cx.conn, workspace, &product, p)).collect()
    }
}
