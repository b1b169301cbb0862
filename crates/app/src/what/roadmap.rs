//! The roadmap: epics and opportunities now, next and later; a date only where one is promised.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result, rank};
use crate::people::nouns::{any_by_key, one_of, title_of};
use crate::people::products::{self, check_text};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::why::directions::{self, Theme};
use crate::{new_row, record, selects};

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
        pub theme_id: Option<Id>,
        /// Why it stands there.
        pub because: String,
    }
}

impl Indexed for Placement {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

/// How far away things are.
pub const HORIZONS: [&str; 3] = ["now", "next", "later"];

selects! {
    ALL: Placement = "placement", "product_id = $2 AND gone_at IS NULL ORDER BY rank, id LIMIT 500";
    OF_OBJECT: Placement = "placement", "product_id = $2 AND object_id = $3 AND gone_at IS NULL LIMIT 1";
    AS_OF: Placement = "placement", "product_id = $2 AND valid_from < $3 AND (gone_at IS NULL OR gone_at >= $3) ORDER BY rank, id LIMIT 500";
    AS_OF_PAST: Placement = "placement_version", "product_id = $2 AND valid_from < $3 AND valid_to >= $3 AND gone_at IS NULL ORDER BY rank, id LIMIT 500";
    LAST: Placement = "placement", "product_id = $2 AND horizon = $3 AND gone_at IS NULL ORDER BY rank DESC LIMIT 1";
    BEFORE: Placement = "placement", "product_id = $2 AND horizon = $3 AND rank < $4 AND gone_at IS NULL ORDER BY rank DESC LIMIT 1";
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
    pub theme: Option<String>,
    pub because: String,
    #[serde(skip)]
    #[schemars(skip)]
    pub object: (String, Id),
}

fn view(conn: &mut Conn, ws: i64, p: &Placement) -> Result<Option<PlacementView>> {
    let Some((item, title)) = title_of(conn, ws, p.object_id)? else { return Ok(None) };
    let theme = match p.theme_id {
        Some(id) => load::<Theme>(conn, ws, id)?.map(|t| t.name),
        None => None,
    };
    Ok(Some(PlacementView {
        item,
        title,
        horizon: p.horizon.clone(),
        starts: p.starts,
        ends: p.ends,
        hard: p.hard,
        theme,
        because: p.because.clone(),
        object: (p.object_kind.clone(), p.object_id),
    }))
}

/// Place an epic or opportunity on the roadmap, or move it there.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PlaceOnRoadmap {
    pub item: String,
    /// `now`, `next` or `later`; where it stands, or `later`, if left out.
    pub horizon: Option<String>,
    /// The key of the placed item directly after it; the end if left out.
    pub before: Option<String>,
    pub starts: Option<Day>,
    pub ends: Option<Day>,
    /// The end is promised to somebody.
    pub hard: Option<bool>,
    /// A theme's name.
    pub theme: Option<String>,
    /// Why it stands there.
    pub because: Option<String>,
}

impl Action for PlaceOnRoadmap {
    type Output = PlacementView;
    const META: Meta = Meta::action(
        "place-on-roadmap",
        "Place an epic or opportunity on the roadmap, or move it there",
        "POST",
        "/roadmap",
    )
    .exercises(&[20]);

    fn run(&self, cx: &mut Change<'_>) -> Result<PlacementView> {
        let actor = cx.actor.clone();
        let item = any_by_key(cx.conn(), &actor, &self.item, Access::Write)?;
        if !["work_item", "opportunity"].contains(&item.kind.as_str()) {
            return Err(Error::invalid("item", "A roadmap holds epics and opportunities."));
        }
        let product = item.product.id;
        products::lock_order(cx, product)?;
        let own = [product.into(), item.id.into()];
        let stands = OF_OBJECT.first(cx.conn(), actor.workspace, &own)?;
        let usual = stands.as_ref().map_or("later", |p| &p.horizon);
        let horizon = one_of("horizon", self.horizon.as_deref(), usual, &HORIZONS)?;
        let moves = stands.as_ref().is_none_or(|p| p.horizon != horizon) || self.before.is_some();
        let place = match &stands {
            Some(p) if !moves => p.rank.clone(),
            _ => self.place(cx, product, &horizon, item.id)?,
        };
        let theme = match self.theme.as_deref().filter(|t| !t.trim().is_empty()) {
            Some(name) => Some(directions::theme(cx.conn(), actor.workspace, product, name)?.id),
            None => stands.as_ref().and_then(|p| p.theme_id),
        };
        let because = match &self.because {
            Some(text) => Some(check_text("because", text.trim())?),
            None => None,
        };
        let mut after = stands.clone().unwrap_or_else(|| {
            new_row!(
                cx,
                Placement {
                    product_id: product,
                    object_kind: item.kind.clone(),
                    object_id: item.id,
                    horizon: String::new(),
                    rank: String::new(),
                    starts: None,
                    ends: None,
                    hard: false,
                    theme_id: None,
                    because: String::new(),
                }
            )
        });
        (after.horizon, after.rank, after.theme_id) = (horizon, place, theme);
        after.starts = self.starts.or(after.starts);
        after.ends = self.ends.or(after.ends);
        after.hard = self.hard.unwrap_or(after.hard);
        after.because = because.unwrap_or(after.because);
        if after.starts.is_some_and(|s| after.ends.is_some_and(|e| e < s)) {
            return Err(Error::invalid("ends", "It would end before it starts."));
        }
        if after.hard && after.ends.is_none() {
            return Err(Error::invalid("ends", "A promised date needs the date."));
        }
        match &stands {
            Some(before) => cx.update(before, &mut after)?,
            None => cx.insert(&after)?,
        }
        view(cx.conn(), actor.workspace, &after)?.ok_or(Error::NotFound("item"))
    }
}

impl PlaceOnRoadmap {
    /// The rank directly before the named item, else at the end of the horizon.
    fn place(&self, cx: &mut Change<'_>, product: Id, horizon: &str, own: Id) -> Result<String> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let column = [product.into(), horizon.to_owned().into()];
        let Some(key) = self.before.as_deref().filter(|k| !k.trim().is_empty()) else {
            let last = LAST.first(cx.conn(), ws, &column)?;
            return rank::between(last.as_ref().map(|p| p.rank.as_str()), None);
        };
        let next = any_by_key(cx.conn(), &actor, key, Access::Read)?;
        let next = OF_OBJECT
            .first(cx.conn(), ws, &[product.into(), next.id.into()])?
            .filter(|p| p.horizon == horizon && p.object_id != own)
            .ok_or_else(|| Error::invalid("before", format!("{key} is not in {horizon}.")))?;
        let [product, horizon] = column;
        let before = BEFORE.first(cx.conn(), ws, &[product, horizon, next.rank.clone().into()])?;
        rank::between(before.as_ref().map(|p| p.rank.as_str()), Some(&next.rank))
    }
}

/// Place many epics and opportunities on the roadmap at once; all or none.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PlaceMany {
    /// Keys, up to 200, in the order in which they shall stand.
    pub items: Vec<String>,
    /// `now`, `next` or `later`.
    pub horizon: String,
    /// Why they stand there.
    pub because: Option<String>,
}

impl Action for PlaceMany {
    type Output = Vec<PlacementView>;
    const META: Meta = Meta::action(
        "place-many",
        "Place many epics and opportunities on the roadmap at once; all or none",
        "POST",
        "/roadmap/bulk",
    )
    .exercises(&[20]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<PlacementView>> {
        if self.items.is_empty() || self.items.len() > 200 {
            return Err(Error::invalid("items", "Name between 1 and 200 items."));
        }
        let mut all = Vec::with_capacity(self.items.len());
        for item in &self.items {
            let place = PlaceOnRoadmap {
                item: item.clone(),
                horizon: Some(self.horizon.clone()),
                because: self.because.clone(),
                ..Default::default()
            };
            all.push(place.run(cx)?);
        }
        Ok(all)
    }
}

/// Take something off the roadmap.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemoveFromRoadmap {
    pub item: String,
}

impl Action for RemoveFromRoadmap {
    type Output = PlacementView;
    const META: Meta = Meta::action(
        "remove-from-roadmap",
        "Take something off the roadmap",
        "DELETE",
        "/roadmap/{item}",
    )
    .exercises(&[20]);

    fn run(&self, cx: &mut Change<'_>) -> Result<PlacementView> {
        let actor = cx.actor.clone();
        let item = any_by_key(cx.conn(), &actor, &self.item, Access::Write)?;
        let own = [item.product.id.into(), item.id.into()];
        let stands = OF_OBJECT
            .first(cx.conn(), actor.workspace, &own)?
            .ok_or(Error::NotFound("item on the roadmap"))?;
        cx.bin(&stands)?;
        view(cx.conn(), actor.workspace, &stands)?.ok_or(Error::NotFound("item"))
    }
}

/// Show a product's roadmap, now or as it stood on a past day.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetRoadmap {
    pub product: String,
    /// As it stood at the end of this day.
    pub at: Option<Day>,
}

impl Query for GetRoadmap {
    type Output = Vec<PlacementView>;
    const META: Meta = Meta::query(
        "get-roadmap",
        "Show a product's roadmap, now or as it stood on a past day",
        "/roadmap",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<PlacementView>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let mut rows = match self.at {
            None => ALL.all(cx.conn, ws, &[product.id.into()])?,
            Some(day) => {
                let values = [product.id.into(), day.end().into()];
                let mut rows = AS_OF.all(cx.conn, ws, &values)?;
                rows.extend(AS_OF_PAST.all(cx.conn, ws, &values)?);
                rows.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
                rows
            }
        };
        rows.sort_by_key(|p| HORIZONS.iter().position(|h| *h == p.horizon));
        let mut all = Vec::new();
        for row in &rows {
            all.extend(view(cx.conn, ws, row)?);
        }
        Ok(all)
    }
}
