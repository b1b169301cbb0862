//! Placing things on the roadmap, moving them there, and taking them off.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AUDIENCES, BEFORE, HORIZONS, LAST, OF_OBJECT, Placement, PlacementView, views};
use crate::kernel::{Access, Day, Error, Id, Result, rank};
use crate::new_row;
use crate::people::nouns::{any_by_key, one_of, put_text, titles};
use crate::people::products;
use crate::store::{Action, Change, Meta, load};
use crate::what::opportunities::{Opportunity, tell_framer};
use crate::why::directions;

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
    /// To whom it is promised and why; needed for a promise.
    pub hard_reason: Option<String>,
    /// Takes away its dates and its promise.
    pub undated: Option<bool>,
    /// A theme's name.
    pub theme: Option<String>,
    /// Why it stands there.
    pub because: Option<String>,
    /// The widest audience that may hear of it: `team`, `executives` (if never said), `sales` or `customers`.
    pub reach: Option<String>,
    /// How it is told outside the team; its title if never said.
    pub outside: Option<String>,
    /// The effort that is planned for it, in points.
    pub effort: Option<f64>,
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
                    hard_reason: String::new(),
                    theme_id: None,
                    because: String::new(),
                    reach: AUDIENCES[1].to_owned(),
                    outside: String::new(),
                    effort: None,
                }
            )
        });
        (after.horizon, after.rank) = (horizon, place);
        if let Some(name) = self.theme.as_deref().filter(|t| !t.trim().is_empty()) {
            let theme = directions::theme(cx.conn(), actor.workspace, product, name)?;
            after.theme_id = Some(theme.id);
        }
        self.date(&mut after)?;
        self.tell(&mut after)?;
        match &stands {
            Some(before) => cx.update(before, &mut after)?,
            None => {
                cx.insert(&after)?;
                if let Some(o) = load::<Opportunity>(cx.conn(), actor.workspace, item.id)? {
                    tell_framer(cx, &o, "on-roadmap")?;
                }
            }
        }
        shown(cx, &after)
    }
}

/// A placement as it is answered.
fn shown(cx: &mut Change<'_>, placement: &Placement) -> Result<PlacementView> {
    let ws = cx.workspace();
    let named = titles(cx.conn(), ws, [placement.object_id])?;
    let mut all = views(cx.conn(), ws, std::slice::from_ref(placement), &named)?;
    all.pop().ok_or(Error::NotFound("item"))
}

impl PlaceOnRoadmap {
    /// Its dates: a range that is a guess, or a promise with its reason.
    fn date(&self, after: &mut Placement) -> Result<()> {
        after.starts = self.starts.or(after.starts);
        after.ends = self.ends.or(after.ends);
        after.hard = self.hard.unwrap_or(after.hard);
        put_text(&mut after.hard_reason, "hard_reason", self.hard_reason.as_ref())?;
        if self.undated == Some(true) {
            (after.starts, after.ends, after.hard) = (None, None, false);
        }
        if !after.hard {
            after.hard_reason.clear();
        }
        if after.starts.is_some_and(|s| after.ends.is_some_and(|e| e < s)) {
            return Err(Error::invalid("ends", "It would end before it starts."));
        }
        if after.hard && after.ends.is_none() {
            return Err(Error::invalid("ends", "A promised date needs the date."));
        }
        if self.hard == Some(true) && after.hard_reason.trim().is_empty() {
            return Err(Error::invalid(
                "hard_reason",
                "Say to whom it is promised and why: other dates are guesses and stay so.",
            ));
        }
        Ok(())
    }

    /// What is said of it, and to whom.
    fn tell(&self, after: &mut Placement) -> Result<()> {
        put_text(&mut after.because, "because", self.because.as_ref())?;
        put_text(&mut after.outside, "outside", self.outside.as_ref())?;
        after.reach = one_of("reach", self.reach.as_deref(), &after.reach, &AUDIENCES)?;
        after.effort = self.effort.or(after.effort);
        if after.effort.is_some_and(|e| !e.is_finite() || e < 0.0) {
            return Err(Error::invalid("effort", "The planned effort is a number from 0 up."));
        }
        Ok(())
    }

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
            all.push(place.run(cx).map_err(|e| e.of_key(item))?);
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
        shown(cx, &stands)
    }
}
