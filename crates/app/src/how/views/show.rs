//! Views as people and programs see them.

use std::collections::HashSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OWN, PINS, SHARED_ONES, SavedView, is_seen, page_of, saved_view};
use crate::db::Conn;
use crate::how::filters::parse;
use crate::how::work_items::{Named, Names};
use crate::kernel::{Access, Actor, Id, Result};
use crate::people::products::{self, Product};
use crate::store::{Meta, Query, Reader};

/// A view that somebody keeps.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ViewView {
    pub id: Id,
    pub name: String,
    /// `list`, `backlog`, `board`, `table`, `timeline`, `tree` or `calendar`.
    pub kind: String,
    pub q: String,
    /// What it is grouped by, as `q` says.
    pub group: Vec<String>,
    pub columns: Vec<String>,
    pub owner: Option<Arc<Named>>,
    /// `nobody`, `team` or `product`.
    pub shared: String,
    pub team: Option<Arc<Named>>,
    /// Whether you have it at hand.
    pub pinned: bool,
    /// Whether it is your own.
    pub own: bool,
    /// Where it opens.
    pub href: String,
    pub revision: i64,
}

impl ViewView {
    pub(super) fn of(
        conn: &mut Conn,
        actor: &Actor,
        product: &Product,
        view: &SavedView,
        pinned: bool,
    ) -> Result<Self> {
        Self::named(conn, actor, product, view, pinned, &mut Names::default())
    }

    /// The same with the names that are known so far.
    fn named(
        conn: &mut Conn,
        actor: &Actor,
        product: &Product,
        view: &SavedView,
        pinned: bool,
        names: &mut Names,
    ) -> Result<Self> {
        let ws = actor.workspace;
        let group = parse(&view.q).map_or(Vec::new(), |f| f.group);
        Ok(Self {
            id: view.id,
            name: view.name.clone(),
            kind: view.kind.clone(),
            q: view.q.clone(),
            group,
            columns: view.columns.to_vec(),
            owner: names.person(conn, ws, view.owner_id)?,
            shared: view.shared.clone(),
            team: names.team(conn, ws, view.team_id)?,
            pinned,
            own: view.owner_id == Some(actor.person),
            href: href(product, view),
            revision: view.revision,
        })
    }
}

/// Where a view opens: the page of its kind with its filter, which says whose it is.
fn href(product: &Product, view: &SavedView) -> String {
    let columns = view.columns.join(",");
    let all = [("q", view.q.clone()), ("columns", columns), ("saved", view.id.to_string())];
    let set: Vec<_> = all.into_iter().filter(|(_, v)| !v.is_empty()).collect();
    let query = serde_urlencoded::to_string(set).unwrap_or_default();
    format!("/p/{}/{}?{query}", product.key, page_of(&view.kind))
}

/// The views of a product that this actor sees: pinned ones first, then by name.
pub fn seen(conn: &mut Conn, actor: &Actor, product: &Product) -> Result<Vec<ViewView>> {
    let ws = actor.workspace;
    let mine = [actor.person.into(), product.id.into()];
    let pins: HashSet<Id> = PINS.all(conn, ws, &mine)?.into_iter().map(|p| p.view_id).collect();
    let mut all = OWN.all(conn, ws, &mine)?;
    for view in SHARED_ONES.all(conn, ws, &[product.id.into()])? {
        if view.owner_id != Some(actor.person) && is_seen(conn, actor, &view)? {
            all.push(view);
        }
    }
    let mut views = Vec::with_capacity(all.len());
    let mut names = Names::default();
    for view in &all {
        let pinned = pins.contains(&view.id);
        views.push(ViewView::named(conn, actor, product, view, pinned, &mut names)?);
    }
    views.sort_by_key(|v| (!v.pinned, v.name.to_lowercase(), v.id));
    Ok(views)
}

/// List the saved views of a product that you see: your own, and those shared with you.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListViews {
    pub product: String,
}

impl Query for ListViews {
    type Output = Vec<ViewView>;
    const META: Meta = Meta::query(
        "list-views",
        "List the saved views of a product that you see: your own, and those shared with you",
        "/views",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ViewView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        seen(cx.conn, cx.actor, &product)
    }
}

/// Show a saved view: its filter, its columns, and where it opens.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetView {
    pub view: Id,
}

impl Query for GetView {
    type Output = ViewView;
    const META: Meta = Meta::query(
        "get-view",
        "Show a saved view: its filter, its columns, and where it opens",
        "/views/{view}",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<ViewView> {
        let (view, product) = saved_view(cx.conn, cx.actor, self.view)?;
        let mine = [cx.actor.person.into(), product.id.into(), view.id.into()];
        let pin = super::PIN.first(cx.conn, cx.actor.workspace, &mine)?;
        ViewView::of(cx.conn, cx.actor, &product, &view, pin.is_some())
    }
}
