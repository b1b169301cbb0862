//! Suggested story points: from what a team, or where it has done too little, the product, has
//! finished before. Offered, never filled in.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_estimate::{Estimator, LEAST, Past, Story};

use super::work_items::{WorkItem, by_key};
use crate::db::Conn;
use crate::kernel::{Access, Id, Result};
use crate::people::products::{self, Product};
use crate::store::{Meta, Query, Reader};
use crate::{selects, statements};

/// The last so many stories with points are learned from: enough, and learned anew in little time.
const MOST: i64 = 400;
/// So many are learned one by one before all is learned anew.
const GROWN: usize = 500;
/// So many histories are kept learned.
const KEPT: usize = 16;

selects! {
    OF_PRODUCT: WorkItem = "work_item_now", "product_id = $2 AND category = 'accepted' AND points > 0 AND level <> 'epic' ORDER BY done_at DESC LIMIT $3";
    OF_TEAM: WorkItem = "work_item_now", "team_id = $4 AND product_id = $2 AND category = 'accepted' AND points > 0 AND level <> 'epic' ORDER BY done_at DESC LIMIT $3";
}

statements! {
    SIZED_IN_PRODUCT = "SELECT id, points FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND category = 'accepted' AND points > 0 AND level <> 'epic' ORDER BY done_at DESC LIMIT $3";
    SIZED_BY_TEAM = "SELECT id, points FROM work_item_now WHERE workspace_id = $1 AND team_id = $4 AND product_id = $2 AND category = 'accepted' AND points > 0 AND level <> 'epic' ORDER BY done_at DESC LIMIT $3";
}

/// Suggest points for a story, with the finished ones most like it.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SuggestPoints {
    /// A story that is kept already.
    pub key: Option<String>,
    /// Where it is not: the product, and what the story says.
    pub product: Option<String>,
    pub title: Option<String>,
    pub body: Option<String>,
}

/// Suggested points, or why there are none.
#[derive(Serialize, JsonSchema, Debug, Clone, Default)]
pub struct Suggested {
    pub points: Option<f64>,
    /// Six of ten comparable stories lay within.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Finished stories that say much the same, the most alike first.
    pub alike: Vec<AlikeStory>,
    /// How many stories it rests on, and whose they are.
    pub learned: usize,
    pub whose: String,
    pub refused: Option<String>,
}

/// A finished story.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct AlikeStory {
    pub key: String,
    pub title: String,
    pub points: f64,
    /// 0 has nothing in common, 1 is the same text.
    pub likeness: f64,
}

impl Query for SuggestPoints {
    type Output = Suggested;
    const META: Meta = Meta::query(
        "suggest-points",
        "Suggest points for a story, with the finished ones most like it",
        "/suggested-points",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Suggested> {
        let ws = cx.actor.workspace;
        let (product, item) = match self.key.as_deref().filter(|key| !key.is_empty()) {
            Some(key) => {
                let (item, product) = by_key(cx.conn, cx.actor, key, Access::Read)?;
                (product, Some(item))
            }
            None => {
                let key = self.product.as_deref().unwrap_or_default();
                (products::product(cx.conn, cx.actor, key, Access::Read)?, None)
            }
        };
        let said = |typed: &Option<String>, kept: Option<&String>| {
            typed.clone().or_else(|| kept.cloned()).unwrap_or_default()
        };
        let title = said(&self.title, item.as_ref().map(|item| &item.title));
        let body = said(&self.body, item.as_ref().map(|item| &item.body));
        let team = item.as_ref().and_then(|item| item.team_id);
        let own = item.as_ref().map(|item| item.id);
        let (learned, whose) = learned(cx.conn, ws, &product, team)?;
        Ok(learned.suggest(Story::new(&title, &body), own, whose))
    }
}

/// A history that was learned.
#[derive(Clone)]
struct Learned {
    workspace: i64,
    /// The product or the team.
    of: Id,
    product: Id,
    /// What was learned, oldest first.
    sizes: Vec<(Id, f64)>,
    names: HashMap<Id, (String, String)>,
    estimator: Arc<Estimator>,
}

static CACHE: LazyLock<Mutex<Vec<Learned>>> = LazyLock::new(Mutex::default);

/// The team's own history, or the product's where the team has finished too little.
fn learned(
    conn: &mut Conn,
    workspace: i64,
    product: &Product,
    team: Option<Id>,
) -> Result<(Learned, &'static str)> {
    if let Some(team) = team {
        let own = history(conn, workspace, product.id, Some(team))?;
        if own.sizes.len() >= LEAST {
            return Ok((own, "the team's"));
        }
    }
    Ok((history(conn, workspace, product.id, None)?, "the product's"))
}

fn history(conn: &mut Conn, workspace: i64, product: Id, team: Option<Id>) -> Result<Learned> {
    let mut values = vec![workspace.into(), product.into(), MOST.into()];
    values.extend(team.map(crate::db::Value::from));
    let sql = if team.is_some() { &SIZED_BY_TEAM } else { &SIZED_IN_PRODUCT };
    let mut sizes: Vec<(Id, f64)> =
        conn.query(sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    sizes.reverse();
    let of = team.unwrap_or(product);
    let same = |kept: &Learned| (kept.workspace, kept.of, kept.product) == (workspace, of, product);
    let kept =
        CACHE.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|k| same(k)).cloned();
    let known = kept.as_ref().and_then(|kept| Some((kept, overlap(&kept.sizes, &sizes)?)));
    if let Some((kept, known)) = known
        && known == sizes.len()
    {
        return Ok(kept.clone());
    }
    // Texts are read only where something is new.
    let rows = match team {
        Some(team) => OF_TEAM.all(conn, workspace, &[product.into(), MOST.into(), team.into()])?,
        None => OF_PRODUCT.all(conn, workspace, &[product.into(), MOST.into()])?,
    };
    let items: Vec<&WorkItem> = rows.iter().rev().collect();
    let made = |item: &&WorkItem| (item.id, (item.key.clone(), item.title.clone()));
    let mut new = Learned {
        workspace,
        of,
        product,
        sizes: sizes.clone(),
        names: items.iter().map(made).collect(),
        estimator: Arc::new(Estimator::from_history([])),
    };
    match known {
        Some((kept, known)) if kept.sizes.len() + sizes.len() - known <= GROWN => {
            let mut estimator = (*kept.estimator).clone();
            new.sizes.clone_from(&kept.sizes);
            new.names.extend(kept.names.clone());
            for (item, size) in items.iter().zip(&sizes).skip(known) {
                estimator.learn(as_past(item));
                new.sizes.push(*size);
            }
            new.estimator = Arc::new(estimator);
        }
        _ => new.estimator = Arc::new(Estimator::from_history(items.iter().map(|i| as_past(i)))),
    }
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|kept| !same(kept));
    cache.insert(0, new.clone());
    cache.truncate(KEPT);
    Ok(new)
}

fn as_past(item: &WorkItem) -> Past<'_> {
    Past { story: Story::new(&item.title, &item.body), points: item.points.unwrap_or_default() }
}

/// How many of `now` were learned already, if what was learned ends with them in this order.
fn overlap(learned: &[(Id, f64)], now: &[(Id, f64)]) -> Option<usize> {
    let Some(first) = now.first() else { return learned.is_empty().then_some(0) };
    let from = learned.iter().position(|one| one == first)?;
    let kept = &learned[from..];
    now.starts_with(kept).then_some(kept.len())
}

impl Learned {
    fn suggest(&self, story: Story<'_>, own: Option<Id>, whose: &str) -> Suggested {
        let learned = self.sizes.len();
        let whose = whose.to_owned();
        match self.estimator.suggest(story) {
            Err(little) => {
                let refused = Some(little.to_string());
                Suggested { learned, whose, refused, ..Suggested::default() }
            }
            Ok(found) => {
                let alike = found.alike.iter().filter_map(|alike| {
                    let (id, points) = *self.sizes.get(alike.story)?;
                    let (key, title) = self.names.get(&id).filter(|_| Some(id) != own)?.clone();
                    Some(AlikeStory { key, title, points, likeness: alike.likeness })
                });
                Suggested {
                    points: Some(found.points),
                    low: Some(found.range.0),
                    high: Some(found.range.1),
                    alike: alike.collect(),
                    learned,
                    whose,
                    refused: None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_on_what_was_learned_is_learned_alone() {
        let ids: Vec<(Id, f64)> = (0..4).map(|at| (Id::new(), f64::from(at))).collect();
        assert_eq!(overlap(&ids[..2], &ids[..3]), Some(2));
        assert_eq!(overlap(&ids[..3], &ids[1..]), Some(2), "the oldest fell out");
        assert_eq!(overlap(&ids, &ids), Some(4));
        assert_eq!(overlap(&ids[..3], &[ids[1], ids[3]]), None, "one is gone");
        let otherwise = [(ids[0].0, 9.0), ids[1]];
        assert_eq!(overlap(&ids, &otherwise), None, "its points changed");
        assert_eq!(overlap(&[], &ids), None);
        assert_eq!(overlap(&[], &[]), Some(0));
    }
}
