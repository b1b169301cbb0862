//! Keeping views, changing them and having them at hand.

use schemars::JsonSchema;
use serde::Deserialize;

use super::show::ViewView;
use super::{KINDS, OWN, PIN, SHARED, SavedView, ViewPin, saved_view};
use crate::how::fields::Definitions;
use crate::how::filters::parse;
use crate::how::work_items::{check_columns, not_understood};
use crate::kernel::{Access, Error, Id, Result};
use crate::new_row;
use crate::people::nouns::one_of;
use crate::people::products::{self, Product, check_title};
use crate::people::teams;
use crate::store::{Action, Change, Meta, Words};

/// The most views of one person in one product.
const MOST: usize = 100;

/// Keep a view: a filter with a name, for yourself, a team or everybody of the product.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateView {
    pub product: String,
    pub name: String,
    /// `list` (if left out), `backlog`, `board`, `table`, `timeline`, `tree` or `calendar`.
    pub kind: Option<String>,
    /// Filter, order and groups, as they are typed above a list.
    pub q: String,
    /// The columns of a table, in their order; the usual ones if left out. A field of the product is
    /// `field.NAME`.
    pub columns: Vec<String>,
    /// `nobody` (if left out), `team` or `product`.
    pub shared: Option<String>,
    /// The team that it is shared with, by id or name.
    pub team: Option<String>,
    /// Have it at hand.
    pub pin: bool,
}

impl Action for CreateView {
    type Output = ViewView;
    const META: Meta = Meta::action(
        "create-view",
        "Keep a view: a filter with a name, for yourself, a team or everybody of the product",
        "POST",
        "/views",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<ViewView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let mine = [actor.person.into(), product.id.into()];
        if OWN.all(cx.conn(), ws, &mine)?.len() >= MOST {
            return Err(Error::refused("You keep up to 100 views of a product. Remove one first."));
        }
        let (shared, team) = shared(cx, self.shared.as_deref(), self.team.as_deref())?;
        let fields = Definitions::of(cx.conn(), ws, product.id)?;
        let view = new_row!(
            cx,
            SavedView {
                product_id: product.id,
                name: check_title("name", &self.name)?,
                kind: one_of("kind", self.kind.as_deref(), "list", &KINDS)?,
                q: check_q(&self.q)?,
                columns: Words(check_columns(&self.columns, &fields)?),
                owner_id: Some(actor.person),
                shared: shared,
                team_id: team,
            }
        );
        cx.insert(&view)?;
        if self.pin {
            pin(cx, &product, view.id, true)?;
        }
        ViewView::of(cx.conn(), &actor, &product, &view, self.pin)
    }
}

/// Edit what you name of a view of your own; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditView {
    pub view: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    pub kind: Option<String>,
    pub q: Option<String>,
    pub columns: Option<Vec<String>>,
    /// `nobody`, `team` or `product`.
    pub shared: Option<String>,
    /// The team that it is shared with, by id or name.
    pub team: Option<String>,
}

impl Action for EditView {
    type Output = ViewView;
    const META: Meta = Meta::action(
        "edit-view",
        "Edit what you name of a view of your own; the rest stays",
        "PATCH",
        "/views/{view}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<ViewView> {
        let actor = cx.actor.clone();
        let (before, product) = own(cx, self.view)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
        }
        if self.kind.is_some() {
            after.kind = one_of("kind", self.kind.as_deref(), &before.kind, &KINDS)?;
        }
        if let Some(q) = &self.q {
            after.q = check_q(q)?;
        }
        if let Some(columns) = &self.columns {
            let fields = Definitions::of(cx.conn(), actor.workspace, product.id)?;
            after.columns = Words(check_columns(columns, &fields)?);
        }
        if self.shared.is_some() || self.team.is_some() {
            let now = self.shared.as_deref().filter(|s| !s.is_empty()).unwrap_or(&before.shared);
            let team = self.team.clone().filter(|t| !t.is_empty());
            let team = team.or_else(|| before.team_id.map(|id| id.to_string()));
            (after.shared, after.team_id) = shared(cx, Some(now), team.as_deref())?;
        }
        let after = cx.edit(&before, after, self.revision)?;
        let pinned = pinned(cx, &product, after.id)?.is_some();
        ViewView::of(cx.conn(), &actor, &product, &after, pinned)
    }
}

/// Remove a view of your own; it lies in the bin for 30 days.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemoveView {
    pub view: Id,
}

impl Action for RemoveView {
    type Output = ViewView;
    const META: Meta = Meta::action(
        "remove-view",
        "Remove a view of your own; it lies in the bin for 30 days",
        "DELETE",
        "/views/{view}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<ViewView> {
        let actor = cx.actor.clone();
        let (view, product) = own(cx, self.view)?;
        cx.bin(&view)?;
        ViewView::of(cx.conn(), &actor, &product, &view, false)
    }
}

/// Have a view at hand, or no longer.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PinView {
    pub view: Id,
    /// The other way round if left out.
    pub pinned: Option<bool>,
}

impl Action for PinView {
    type Output = ViewView;
    const META: Meta =
        Meta::action("pin-view", "Have a view at hand, or no longer", "POST", "/views/{view}/pin")
            .access(Access::Propose);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<ViewView> {
        let actor = cx.actor.clone();
        let (view, product) = saved_view(cx.conn(), &actor, self.view)?;
        let now = pinned(cx, &product, view.id)?.is_some();
        let wanted = self.pinned.unwrap_or(!now);
        pin(cx, &product, view.id, wanted)?;
        ViewView::of(cx.conn(), &actor, &product, &view, wanted)
    }
}

/// A view that this actor may change: an own one; admins may change what is shared.
fn own(cx: &mut Change<'_>, id: Id) -> Result<(SavedView, Product)> {
    let actor = cx.actor.clone();
    let (view, product) = saved_view(cx.conn(), &actor, id)?;
    let product = products::product_by_id(cx.conn(), &actor, product.id, Access::Write)?;
    if view.owner_id != Some(actor.person) && actor.check(Access::Admin).is_err() {
        return Err(Error::Forbidden(
            "This view is somebody else's. Save it as a view of your own.".into(),
        ));
    }
    Ok((view, product))
}

fn pinned(cx: &mut Change<'_>, product: &Product, view: Id) -> Result<Option<ViewPin>> {
    let values = [cx.actor.person.into(), product.id.into(), view.into()];
    let ws = cx.workspace();
    PIN.first(cx.conn(), ws, &values)
}

fn pin(cx: &mut Change<'_>, product: &Product, view: Id, wanted: bool) -> Result<()> {
    match (pinned(cx, product, view)?, wanted) {
        (None, true) => {
            let person = cx.actor.person;
            let pin =
                new_row!(cx, ViewPin { product_id: product.id, view_id: view, person_id: person });
            cx.insert(&pin)
        }
        (Some(pin), false) => cx.bin(&pin),
        _ => Ok(()),
    }
}

/// A filter as it is kept: as it prints, so that two that ask the same read the same.
fn check_q(q: &str) -> Result<String> {
    parse(q).map(|f| f.to_string()).map_err(|problem| not_understood(q, &problem))
}

fn shared(
    cx: &mut Change<'_>,
    given: Option<&str>,
    team: Option<&str>,
) -> Result<(String, Option<Id>)> {
    let shared = one_of("shared", given, "nobody", &SHARED)?;
    if shared != "team" {
        return Ok((shared, None));
    }
    let ws = cx.workspace();
    let Some(team) = teams::chosen(cx.conn(), ws, "team", team)? else {
        return Err(Error::invalid("team", "Say which team it is shared with."));
    };
    Ok((shared, Some(team.id)))
}
