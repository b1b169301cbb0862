//! The roadmap: epics and opportunities now, next and later; a date only where one is promised or
//! guessed as a range; and how far each may be told.

mod place;
mod shares;

pub use place::{PlaceMany, PlaceOnRoadmap, RemoveFromRoadmap};
pub use shares::{
    EndRoadmapShare, ListRoadmapShares, RoadmapShare, ShareRoadmap, ShareView, share_by_token,
};

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::db::Conn;
use crate::kernel::{Day, Id, Result, Time};
use crate::store::{Indexed, load_many};
use crate::why::directions::Theme;
use crate::{record, selects};

record! {
    /// Where an epic or opportunity stands on its product's roadmap.
    pub struct Placement in "placement", versioned: true {
        pub product_id: Id,
        pub object_kind: String,
        pub object_id: Id,
        /// `now`, `next` or `later`.
        pub horizon: String,
        pub rank: String,
        pub starts: Option<Day>,
        pub ends: Option<Day>,
        /// Whether the end is promised to somebody; other dates are guesses.
        pub hard: bool,
        /// To whom it is promised and why.
        pub hard_reason: String,
        pub theme_id: Option<Id>,
        /// Why it stands there.
        pub because: String,
        /// The widest of [`AUDIENCES`] that may hear of it.
        pub reach: String,
        /// How it is told outside the team; its title where this is empty.
        pub outside: String,
        /// The effort that is planned for it, in points.
        pub effort: Option<f64>,
    }
}

impl Indexed for Placement {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

/// How far away things are.
pub const HORIZONS: [&str; 3] = ["now", "next", "later"];

/// Who a roadmap is told to, the nearest first: what the widest may hear, all before it may too.
pub const AUDIENCES: [&str; 4] = ["team", "executives", "sales", "customers"];

/// Whether something that may be told as far as `reach` is told to `audience`.
pub fn reaches(reach: &str, audience: &str) -> bool {
    let place = |word: &str| AUDIENCES.iter().position(|a| *a == word).unwrap_or_default();
    place(audience) <= place(reach)
}

selects! {
    ALL: Placement = "placement", "product_id = $2 AND gone_at IS NULL ORDER BY rank, id LIMIT 500";
    OF_OBJECT: Placement = "placement", "product_id = $2 AND object_id = $3 AND gone_at IS NULL LIMIT 1";
    AS_OF: Placement = "placement", "product_id = $2 AND valid_from < $3 AND (gone_at IS NULL OR gone_at >= $3) ORDER BY rank, id LIMIT 500";
    AS_OF_PAST: Placement = "placement_version", "product_id = $2 AND valid_from < $3 AND valid_to >= $3 AND gone_at IS NULL ORDER BY rank, id LIMIT 500";
    LAST: Placement = "placement", "product_id = $2 AND horizon = $3 AND gone_at IS NULL ORDER BY rank DESC LIMIT 1";
    BEFORE: Placement = "placement", "product_id = $2 AND horizon = $3 AND rank < $4 AND gone_at IS NULL ORDER BY rank DESC LIMIT 1";
}

/// What stands on a product's roadmap, by horizon and order; as it is, or as it stood just before
/// `at`.
pub fn placements(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    at: Option<Time>,
) -> Result<Vec<Placement>> {
    let mut rows = match at {
        None => ALL.all(conn, ws, &[product.into()])?,
        Some(at) => {
            let values = [product.into(), at.into()];
            let mut rows = AS_OF.all(conn, ws, &values)?;
            rows.extend(AS_OF_PAST.all(conn, ws, &values)?);
            rows.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
            rows
        }
    };
    rows.sort_by_key(|p| HORIZONS.iter().position(|h| *h == p.horizon));
    Ok(rows)
}

/// Where an item stands on its product's roadmap.
pub fn placement_of(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    object: Id,
) -> Result<Option<Placement>> {
    OF_OBJECT.first(conn, ws, &[product.into(), object.into()])
}

/// A place on the roadmap as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq)]
pub struct PlacementView {
    /// The key of the epic or opportunity.
    pub item: String,
    pub title: String,
    pub horizon: String,
    pub starts: Option<Day>,
    pub ends: Option<Day>,
    pub hard: bool,
    /// To whom the end is promised and why.
    pub hard_reason: String,
    pub theme: Option<String>,
    pub because: String,
    /// The widest audience that may hear of it: `team`, `executives`, `sales` or `customers`.
    pub reach: String,
    /// How it is told outside the team.
    pub outside: String,
    /// The effort that is planned for it, in points.
    pub effort: Option<f64>,
}

/// The names of themes, by id.
pub fn theme_names(conn: &mut Conn, ws: i64, rows: &[Placement]) -> Result<HashMap<Id, String>> {
    let themes = load_many::<Theme>(conn, ws, rows.iter().filter_map(|p| p.theme_id), None)?;
    Ok(themes.into_iter().map(|(id, theme)| (id, theme.name)).collect())
}

/// Placements as they are shown, by the key and title of what stands there, without those whose item
/// has none.
pub fn views(
    conn: &mut Conn,
    ws: i64,
    rows: &[Placement],
    named: &HashMap<Id, (String, String)>,
) -> Result<Vec<PlacementView>> {
    let themes = theme_names(conn, ws, rows)?;
    let shown = rows.iter().filter_map(|p| {
        let (item, title) = named.get(&p.object_id)?.clone();
        Some(PlacementView {
            item,
            title,
            horizon: p.horizon.clone(),
            starts: p.starts,
            ends: p.ends,
            hard: p.hard,
            hard_reason: p.hard_reason.clone(),
            theme: p.theme_id.and_then(|id| themes.get(&id).cloned()),
            because: p.because.clone(),
            reach: p.reach.clone(),
            outside: p.outside.clone(),
            effort: p.effort,
        })
    });
    Ok(shown.collect())
}
