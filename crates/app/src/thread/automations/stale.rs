//! What nobody touches any more, for those who keep the backlog clean: close it with a reason, or keep
//! it.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::neglect::{Stage, close, read, touched};
use super::{Automation, LAST_OF_ITEM, OF_PRODUCT, STAGED_RUNS};
use crate::db::Conn;
use crate::how::work_items::{ItemView, Names, WorkItem, by_key, view};
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::products::{self, check_text};
use crate::store::{Action, Change, Meta, Query, Reader, load};

/// An item that nobody has touched for long.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StaleItem {
    pub item: ItemView,
    /// `mark`, `ask` or `close`: it is proposed to close it.
    pub stage: String,
    /// When somebody last touched it.
    pub since: Time,
    pub days: i64,
    /// The rule that noticed it.
    pub rule: String,
}

fn rules(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Automation>> {
    let mut all = OF_PRODUCT.all(conn, ws, &[product.into()])?;
    all.retain(|r| r.happens == "untouched" && r.state == "on");
    Ok(all)
}

/// How far a rule is with an item that is still left alone.
fn standing(
    conn: &mut Conn,
    ws: i64,
    rule: &Automation,
    item: &WorkItem,
) -> Result<Option<(Time, Stage)>> {
    let last = LAST_OF_ITEM.first(conn, ws, &[rule.id.into(), item.id.into()])?;
    let Some((since, stage)) = last.and_then(|r| read(r.mark.as_deref()?)) else { return Ok(None) };
    let over = matches!(item.category.as_str(), "accepted" | "dropped") || item.gone_at.is_some();
    let still = !over && stage != Stage::Fresh && touched(conn, ws, item)? <= since;
    Ok(still.then_some((since, stage)))
}

/// Whether it is proposed to close an item: since when it is left alone, and by which rule.
pub fn proposed(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Option<(Time, String)>> {
    for rule in rules(conn, ws, item.product_id)? {
        if let Some((since, Stage::Close)) = standing(conn, ws, &rule, item)? {
            return Ok(Some((since, rule.name)));
        }
    }
    Ok(None)
}

/// List what nobody has touched for long, as the product's rules noticed it.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListStale {
    pub product: String,
}

impl Query for ListStale {
    type Output = Vec<StaleItem>;
    const META: Meta = Meta::query(
        "list-stale",
        "List what nobody has touched for long, as the product's rules noticed it",
        "/stale",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<StaleItem>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let (ws, now) = (cx.actor.workspace, cx.now);
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        let mut names = Names::default();
        for rule in rules(cx.conn, ws, product.id)? {
            // The newest runs first; an item is judged once.
            for run in STAGED_RUNS.all(cx.conn, ws, &[rule.id.into()])? {
                let Some(id) = run.item_id.filter(|id| seen.insert(*id)) else { continue };
                let Some(item) = load::<WorkItem>(cx.conn, ws, id)? else { continue };
                let Some((since, stage)) = standing(cx.conn, ws, &rule, &item)? else { continue };
                all.push(StaleItem {
                    item: view(cx.conn, ws, &item, &mut names)?,
                    stage: stage.word().to_owned(),
                    since,
                    days: (now.0 - since.0) / Time::DAY,
                    rule: rule.name.clone(),
                });
            }
        }
        all.sort_by_key(|s| (s.stage.clone(), s.since));
        Ok(all)
    }
}

/// Close what nobody has touched for long, with a reason.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CloseStale {
    pub key: String,
    pub because: String,
}

impl Action for CloseStale {
    type Output = ItemView;
    const META: Meta = Meta::action(
        "close-stale",
        "Close what nobody has touched for long, with a reason",
        "POST",
        "/work-items/{key}/close-stale",
    )
    .exercises(&[36]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (item, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let because = check_text("because", self.because.trim())?;
        if because.is_empty() {
            return Err(Error::invalid("because", "Say why it is closed, for whoever asks later."));
        }
        close(cx, &item, &because)?;
        let (now, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        view(cx.conn(), ws, &now, &mut Names::default())
    }
}

/// Keep an item that nobody has touched for long: it counts as touched.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct KeepStale {
    pub key: String,
}

impl Action for KeepStale {
    type Output = ItemView;
    const META: Meta = Meta::action(
        "keep-stale",
        "Keep an item that nobody has touched for long: it counts as touched",
        "POST",
        "/work-items/{key}/keep-stale",
    )
    .exercises(&[36]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (item, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        cx.remark(&item, "kept", Map::new());
        view(cx.conn(), ws, &item, &mut Names::default())
    }
}
