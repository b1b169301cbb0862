//! Epics with what their stories come to: how many, how many points, and how much of it is done.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::path::Sight;
use super::reach::{self, Work};
use crate::how::epics::{EpicPart, HealthView, LAST_UPDATES, OF_PRODUCT, STATES, part};
use crate::how::work_items::{self, WorkItem};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products;
use crate::selects;
use crate::store::{Meta, Query, Reader};

selects! {
    EPICS: WorkItem = "work_item_now", "product_id = $2 AND level = 'epic' AND rank > $3 ORDER BY rank LIMIT $4";
}

/// An epic with its roll-up.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct EpicView {
    #[serde(flatten)]
    pub epic: EpicPart,
    /// Its text.
    pub brief: String,
    pub stories: i64,
    pub stories_done: i64,
    pub points: f64,
    pub points_done: f64,
    /// The share of its stories that is done, 0 to 1; none without stories.
    pub done: Option<f64>,
    pub rank: String,
}

fn rolled(epic: EpicPart, item: &WorkItem, work: Work) -> EpicView {
    EpicView {
        epic,
        brief: item.body.clone(),
        stories: work.stories,
        stories_done: work.done,
        points: work.points,
        points_done: work.points_done,
        done: (work.stories > 0).then(|| work.done as f64 / work.stories as f64),
        rank: item.rank.clone(),
    }
}

/// Show an epic: its brief, scope and state, how it fares, and what its stories come to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetEpic {
    pub key: String,
}

impl Query for GetEpic {
    type Output = EpicView;
    const META: Meta = Meta::query(
        "get-epic",
        "Show an epic: its brief, scope and state, how it fares, and what its stories come to",
        "/epics/{key}",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<EpicView> {
        let ws = cx.actor.workspace;
        let (item, _) = work_items::by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        if item.level != "epic" {
            return Err(Error::invalid(
                "key",
                format!("{} is a {}, no epic.", item.key, item.level),
            ));
        }
        let sight = Sight::of(cx.conn, cx.actor)?;
        let work = reach::work(cx.conn, ws, &sight, &[item.id])?;
        let epic = part(cx.conn, ws, &item)?;
        Ok(rolled(epic, &item, work.get(&item.id).copied().unwrap_or_default()))
    }
}

/// A page of epics.
#[derive(Serialize, JsonSchema)]
pub struct EpicPage {
    pub items: Vec<EpicView>,
    /// What `after` takes to go on.
    pub next: Option<String>,
}

/// List a product's epics in their order, each with its newest health and what its stories come to.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListEpics {
    pub product: String,
    /// What the page before named as `next`.
    pub after: Option<String>,
}

impl Query for ListEpics {
    type Output = EpicPage;
    const META: Meta = Meta::query(
        "list-epics",
        "List a product's epics in their order, each with its newest health and its roll-up",
        "/epics",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<EpicPage> {
        const SHOWN: i64 = 100;
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let after = self.after.clone().unwrap_or_default();
        let values = [product.id.into(), after.into(), (SHOWN + 1).into()];
        let mut items = EPICS.all(cx.conn, ws, &values)?;
        let more = items.len() as i64 > SHOWN;
        items.truncate(SHOWN as usize);
        let next = more.then(|| items.last().map(|e| e.rank.clone())).flatten();
        let of = [product.id.into()];
        let known: HashMap<Id, _> =
            OF_PRODUCT.all(cx.conn, ws, &of)?.into_iter().map(|e| (e.item_id, e)).collect();
        let health: HashMap<Id, HealthView> = LAST_UPDATES
            .all(cx.conn, ws, &of)?
            .iter()
            .map(|update| (update.item_id, update.into()))
            .collect();
        let sight = Sight::of(cx.conn, cx.actor)?;
        let ids: Vec<Id> = items.iter().map(|e| e.id).collect();
        let work = reach::work(cx.conn, ws, &sight, &ids)?;
        let rows = items.iter().map(|item| {
            let own = known.get(&item.id);
            let epic = EpicPart {
                key: item.key.clone(),
                title: item.title.clone(),
                state: own.map_or(STATES[0].to_owned(), |e| e.state.clone()),
                scope: own.map(|e| e.scope.clone()).unwrap_or_default(),
                out_of_scope: own.map(|e| e.out_of_scope.clone()).unwrap_or_default(),
                because: own.map(|e| e.because.clone()).unwrap_or_default(),
                rank_reason: own.map(|e| e.rank_reason.clone()).unwrap_or_default(),
                health: health.get(&item.id).cloned().into_iter().collect(),
            };
            rolled(epic, item, work.get(&item.id).copied().unwrap_or_default())
        });
        Ok(EpicPage { items: rows.collect(), next })
    }
}
