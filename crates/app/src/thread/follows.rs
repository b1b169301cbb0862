//! Following a work item: who asked for it is told when its state changes, when somebody comments, and
//! when it is accepted or sent back. Whose follows are whose is nobody else's concern.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::comments::Comment;
use super::path::Sight;
use crate::db::Conn;
use crate::how::acceptance::Acceptance;
use crate::how::work_items::{ItemView, Names, WorkItem, by_key, views};
use crate::kernel::{Access, Id, Result};
use crate::people::notify::{About, Notice, hears, tell};
use crate::people::nouns::{Page, after_id, cut};
use crate::store::{
    ASKED, Action, Change, Composed, Effect, Indexed, Meta, Query, Reader, Record, Scope, Teller,
    load_many, marks_from, with_ids,
};
use crate::{new_row, record, selects};

record! {
    /// That somebody follows a work item.
    pub struct Follow in "follow", versioned: false {
        pub item_id: Id,
        pub person_id: Id,
    }
}

impl Indexed for Follow {}

selects! {
    OWN: Follow = "follow", "item_id = $2 AND person_id = $3 AND gone_at IS NULL LIMIT 10";
    OF_PERSON: Follow = "follow", "person_id = $2 AND id < $3 AND gone_at IS NULL ORDER BY id DESC LIMIT $4";
}

fn followers() -> String {
    let ids = marks_from(2);
    format!(
        "SELECT item_id, person_id FROM follow WHERE workspace_id = $1 AND item_id IN ({ids}) AND gone_at IS NULL ORDER BY item_id, id LIMIT 5000"
    )
}

static FOLLOWERS: LazyLock<String> = LazyLock::new(followers);
inventory::submit! { Composed { name: "follows::FOLLOWERS", text: followers } }

/// Whether somebody follows an item.
pub fn is_followed(conn: &mut Conn, ws: i64, item: Id, person: Id) -> Result<bool> {
    Ok(OWN.first(conn, ws, &[item.into(), person.into()])?.is_some())
}

/// The items that somebody follows, those followed last first; `before` is where the page before ended.
pub(super) fn followed(
    conn: &mut Conn,
    ws: i64,
    person: Id,
    before: crate::db::Value,
    limit: i64,
) -> Result<Vec<Follow>> {
    OF_PERSON.all(conn, ws, &[person.into(), before, limit.into()])
}

/// Whether one follows an item.
#[derive(Serialize, JsonSchema)]
pub struct Following {
    /// The item's key.
    pub key: String,
    pub following: bool,
}

/// Follow a work item, or no longer: you are told when its state changes, when somebody comments, and
/// when it is accepted or sent back.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct FollowItem {
    pub key: String,
    /// The other way round if left out.
    pub following: Option<bool>,
}

impl Action for FollowItem {
    type Output = Following;
    const META: Meta = Meta::action(
        "follow-item",
        "Follow a work item, or no longer: you are told what becomes of it",
        "POST",
        "/work-items/{key}/follow",
    )
    .access(Access::Propose);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Following> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (item, _) = by_key(cx.conn(), &actor, &self.key, Access::Propose)?;
        let own = OWN.all(cx.conn(), ws, &[item.id.into(), actor.person.into()])?;
        let following = self.following.unwrap_or(own.is_empty());
        if following && own.is_empty() {
            cx.insert(&new_row!(cx, Follow { item_id: item.id, person_id: actor.person }))?;
        }
        if !following {
            // Two clicks at once may have left two.
            own.iter().try_for_each(|follow| cx.bin(follow))?;
        }
        Ok(Following { key: item.key, following })
    }
}

/// Show whether you follow a work item.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetFollowing {
    pub key: String,
}

impl Query for GetFollowing {
    type Output = Following;
    const META: Meta = Meta::query(
        "get-following",
        "Show whether you follow a work item",
        "/work-items/{key}/follow",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Following> {
        let (item, _) = by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        let following = is_followed(cx.conn, cx.actor.workspace, item.id, cx.actor.person)?;
        Ok(Following { key: item.key, following })
    }
}

/// List the work items that you follow, those followed last first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListFollowed {
    /// What the page before named as `next`.
    pub after: Option<String>,
    /// 1 to 200; 50 if left out.
    pub limit: Option<i64>,
}

impl Query for ListFollowed {
    type Output = Page<ItemView>;
    const META: Meta =
        Meta::query("list-followed", "List the work items that you follow", "/followed")
            .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page<ItemView>> {
        let (ws, me) = (cx.actor.workspace, cx.actor.person);
        let limit = self.limit.unwrap_or(50).clamp(1, 200);
        let after = after_id(self.after.as_deref(), uuid::Uuid::max())?;
        let rows = followed(cx.conn, ws, me, after, limit + 1)?;
        let (rows, next) = cut(rows, limit, |f| f.id.to_string());
        let mut found = load_many::<WorkItem>(cx.conn, ws, rows.iter().map(|f| f.item_id), None)?;
        let sight = Sight::of(cx.conn, cx.actor)?;
        let seen = rows.iter().filter_map(|f| found.remove(&f.item_id));
        // What lies in the bin comes back when it is restored.
        let seen: Vec<WorkItem> =
            seen.filter(|i| i.gone_at.is_none() && sight.sees(i.product_id)).collect();
        Ok(Page { items: views(cx.conn, ws, seen, &mut Names::default())?, next })
    }
}

/// What became of an item, as those who follow it are told.
struct News {
    notice: Notice,
    comment: Option<Id>,
    word: Option<String>,
}

inventory::submit! { Teller(tell_followers) }

/// Tells those who follow what a change moved, commented on or judged: once for each item, however much
/// the change did to it, and not where the change told them of it already.
fn tell_followers(cx: &mut Change<'_>, effects: &[Effect<'_>]) -> Result<()> {
    let news = news(effects);
    let ws = cx.workspace();
    let mut known: HashMap<(Id, &str, Id), bool> = HashMap::new();
    let all: Vec<Id> = news.keys().copied().collect();
    for some in all.chunks(ASKED) {
        let values = with_ids(&[ws.into()], some);
        let rows: Vec<(Id, Id)> =
            cx.conn().query_text(&FOLLOWERS, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
        let rows: BTreeSet<(Id, Id)> =
            rows.into_iter().filter(|row| !cx.told.contains(row)).collect();
        if rows.is_empty() {
            continue;
        }
        let items = load_many::<WorkItem>(cx.conn(), ws, rows.iter().map(|r| r.0), None)?;
        for (id, person) in rows {
            let (Some(item), Some(news)) = (items.get(&id), news.get(&id)) else { continue };
            let asked = (person, news.notice.word(), item.product_id);
            let hears = match known.get(&asked) {
                Some(hears) => *hears,
                None => hears(cx, person, news.notice, item.product_id)?,
            };
            known.insert(asked, hears);
            if hears {
                let about = About {
                    kind: WorkItem::KIND,
                    object: id,
                    product: item.product_id,
                    comment: news.comment,
                };
                tell(cx, person, news.notice, about, news.word.as_deref())?;
            }
        }
    }
    Ok(())
}

/// The news of a change by item. A verdict says more than the move that it brings, and so does a
/// comment.
fn news(effects: &[Effect<'_>]) -> BTreeMap<Id, News> {
    let mut all = BTreeMap::new();
    for effect in effects {
        let became = |field: &str| effect.changes.get(field).map(|pair| &pair[1]);
        let text = |field: &str| became(field).and_then(Json::as_str).map(str::to_owned);
        let item = |field: &str| text(field).and_then(|id| id.parse::<Id>().ok());
        if (effect.kind, effect.effect) == (Acceptance::KIND, "added") {
            if let Some(item) = item("item_id") {
                let word = text("decision");
                all.insert(item, News { notice: Notice::Judged, comment: None, word });
            }
        } else if (effect.kind, effect.effect) == (Comment::KIND, "added") {
            if let Some(item) = item("object_id") {
                let comment = Some(effect.object);
                all.insert(item, News { notice: Notice::Commented, comment, word: None });
            }
        } else if (effect.kind, effect.effect) == (WorkItem::KIND, "changed")
            && let Some(state) = text("state")
        {
            let moved = News { notice: Notice::Moved, comment: None, word: Some(state) };
            all.entry(effect.object).or_insert(moved);
        }
    }
    all
}
