//! Views that people keep: a filter with a name, on a page of its kind, for oneself or shared.

mod edit;
mod show;

pub use edit::{CreateView, EditView, PinView, RemoveView};
pub use show::{GetView, ListViews, ViewView, seen};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::products::{self, Product};
use crate::people::teams;
use crate::store::{Indexed, Words, load};
use crate::{record, selects};

/// The pages that a view can be of.
pub const KINDS: [&str; 7] = ["list", "backlog", "board", "table", "timeline", "tree", "calendar"];

/// The last word of the address of a kind's page.
pub fn page_of(kind: &str) -> &str {
    if kind == "tree" { "work-tree" } else { kind }
}

/// With whom a view is shared.
pub const SHARED: [&str; 3] = ["nobody", "team", "product"];

record! {
    /// A view that somebody keeps.
    pub struct SavedView in "saved_view", versioned: true {
        pub product_id: Id,
        pub name: String,
        /// One of [`KINDS`].
        pub kind: String,
        /// Its filter, order and groups, in the filter language.
        pub q: String,
        /// The columns of a table, in their order; nothing for the usual ones.
        pub columns: Words,
        pub owner_id: Option<Id>,
        /// One of [`SHARED`].
        pub shared: String,
        /// The team that it is shared with.
        pub team_id: Option<Id>,
    }
}

record! {
    /// That somebody has a view at hand.
    pub struct ViewPin in "view_pin", versioned: false {
        pub product_id: Id,
        pub view_id: Id,
        pub person_id: Id,
    }
}

impl Indexed for SavedView {
    /// What is shared with nobody is told to nobody.
    fn product(&self) -> Option<Id> {
        (self.shared != "nobody").then_some(self.product_id)
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
}

/// Whose pins are whose is nobody else's concern.
impl Indexed for ViewPin {}

selects! {
    SHARED_ONES: SavedView = "saved_view", "product_id = $2 AND shared <> 'nobody' AND gone_at IS NULL ORDER BY name, id LIMIT 200";
    OWN: SavedView = "saved_view", "owner_id = $2 AND product_id = $3 AND gone_at IS NULL ORDER BY name, id LIMIT 200";
    PINS: ViewPin = "view_pin", "person_id = $2 AND product_id = $3 AND gone_at IS NULL LIMIT 200";
    PIN: ViewPin = "view_pin", "person_id = $2 AND product_id = $3 AND view_id = $4 AND gone_at IS NULL LIMIT 1";
}

/// A view by id with its product, if this actor may see it.
pub fn saved_view(conn: &mut Conn, actor: &Actor, id: Id) -> Result<(SavedView, Product)> {
    let missing = || Error::NotFound("view");
    let found = load::<SavedView>(conn, actor.workspace, id)?.filter(|v| v.gone_at.is_none());
    let view = found.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, view.product_id, Access::Read)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    if !is_seen(conn, actor, &view)? {
        return Err(missing());
    }
    Ok((view, product))
}

/// Whether it is one's own or shared with one.
fn is_seen(conn: &mut Conn, actor: &Actor, view: &SavedView) -> Result<bool> {
    if view.owner_id == Some(actor.person) || view.shared == "product" {
        return Ok(true);
    }
    match view.team_id.filter(|_| view.shared == "team") {
        Some(team) => teams::is_member(conn, actor.workspace, team, actor.person),
        None => Ok(false),
    }
}
