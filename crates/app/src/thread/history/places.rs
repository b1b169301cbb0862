//! What events of places are about: a place on the roadmap, what a release holds, a step of a rollout,
//! and what stands on the page of an item.

use std::collections::HashMap;

use super::Raw;
use crate::db::Conn;
use crate::how::acceptance::Acceptance;
use crate::how::blockers::Blocker;
use crate::how::criteria::Criterion;
use crate::how::epics::HealthUpdate;
use crate::how::readiness::ReadyTick;
use crate::how::refinement::PokerVote;
use crate::how::work_items::WorkItem;
use crate::kernel::{Actor, Id, Result};
use crate::store::{Record, load_many};
use crate::thread::attachments::Attachment;
use crate::thread::comments::Comment;
use crate::thread::nodes::{Node, nodes};
use crate::thread::path::Sight;
use crate::thread::questions::Question;
use crate::what::releases::{Release, ReleaseItem, RolloutStep};
use crate::what::roadmap::Placement;

/// What each such event names, by the id of its record, as far as the actor sees it: beside `about`,
/// where one side is that.
pub(super) fn named(
    conn: &mut Conn,
    actor: &Actor,
    rows: &[Raw],
    about: Option<Id>,
) -> Result<HashMap<Id, Node>> {
    let ws = actor.workspace;
    let ids = |kind: &'static str| ids_of(rows, kind);
    let release = |id: Id| (Release::KIND.to_owned(), id);
    let mut of: HashMap<Id, (String, Id)> = HashMap::new();
    for placed in load_many::<Placement>(conn, ws, ids(Placement::KIND), None)?.into_values() {
        of.insert(placed.id, (placed.object_kind, placed.object_id));
    }
    for held in load_many::<ReleaseItem>(conn, ws, ids(ReleaseItem::KIND), None)?.into_values() {
        let other = about == Some(held.object_id);
        let item = (held.object_kind, held.object_id);
        of.insert(held.id, if other { release(held.release_id) } else { item });
    }
    for said in load_many::<Comment>(conn, ws, ids(Comment::KIND), None)?.into_values() {
        of.insert(said.id, (said.object_kind, said.object_id));
    }
    for asked in load_many::<Question>(conn, ws, ids(Question::KIND), None)?.into_values() {
        of.insert(asked.id, (asked.object_kind, asked.object_id));
    }
    for file in load_many::<Attachment>(conn, ws, ids(Attachment::KIND), None)?.into_values() {
        of.insert(file.id, (file.object_kind, file.object_id));
    }
    let mut items = HashMap::new();
    items.extend(items_of::<Criterion>(conn, ws, rows, |criterion| criterion.item_id)?);
    items.extend(items_of::<Blocker>(conn, ws, rows, |blocker| blocker.item_id)?);
    items.extend(items_of::<Acceptance>(conn, ws, rows, |acceptance| acceptance.item_id)?);
    items.extend(items_of::<ReadyTick>(conn, ws, rows, |tick| tick.item_id)?);
    items.extend(items_of::<PokerVote>(conn, ws, rows, |vote| vote.item_id)?);
    items.extend(items_of::<HealthUpdate>(conn, ws, rows, |update| update.item_id)?);
    of.extend(items.into_iter().map(|(id, item)| (id, (WorkItem::KIND.to_owned(), item))));
    let steps = load_many::<RolloutStep>(conn, ws, ids(RolloutStep::KIND), None)?;
    of.extend(steps.values().map(|step| (step.id, release(step.release_id))));
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let found = nodes(conn, ws, of.values().cloned(), None)?;
    let sight = Sight::of(conn, actor)?;
    let seen = |(id, (_, object)): (Id, (String, Id))| {
        let mut node = found.get(&object).filter(|node| sight.sees(node.product))?.clone();
        if let Some(step) = steps.get(&id) {
            node.title.clone_from(&step.title);
        }
        Some((id, node))
    };
    Ok(of.into_iter().filter_map(seen).collect())
}

fn ids_of(rows: &[Raw], kind: &str) -> Vec<Id> {
    rows.iter().filter(|row| row.event.kind == kind).map(|row| row.object).collect()
}

/// The items of such records among the rows, by the id of the record.
fn items_of<R: Record>(
    conn: &mut Conn,
    ws: i64,
    rows: &[Raw],
    item: impl Fn(&R) -> Id,
) -> Result<HashMap<Id, Id>> {
    let found = load_many::<R>(conn, ws, ids_of(rows, R::KIND), None)?;
    Ok(found.into_iter().map(|(id, record)| (id, item(&record))).collect())
}
