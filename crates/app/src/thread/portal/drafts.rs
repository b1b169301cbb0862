//! Whom a release or a refusal concerns: a reply is drafted to each requester who has none.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ideas::{self, Idea};
use super::replies::{OF_EVIDENCE, Reply, drafted, settle};
use crate::db::{Conn, Tx, Value};
use crate::kernel::{Access, Actor, Id, Result, Role, Time, Via};
use crate::people::products::{self, Product};
use crate::store::{Action, Change, Meta, OPEN, load};
use crate::thread::path::{Sight, down};
use crate::what::opportunities::Opportunity;
use crate::what::releases::Release;
use crate::why::evidence::Evidence;
use crate::{selects, statements};

/// How long after a release or a refusal replies are drafted.
const RECENT_DAYS: i64 = 60;

selects! {
    RELEASED: Release = "release", "product_id = $2 AND state = 'released' AND released_on >= $3 AND gone_at IS NULL ORDER BY id DESC LIMIT 50";
    REJECTED: Opportunity = "opportunity", "product_id = $2 AND state = 'rejected' AND valid_from >= $3 AND gone_at IS NULL ORDER BY id DESC LIMIT 50";
}

statements! {
    /// Evidence under what a release holds, not answered and without a reply.
    SHIPPED = "WITH RECURSIVE up(id, kind, depth) AS (SELECT object_id, object_kind, 0 FROM release_item WHERE workspace_id = $1 AND release_id = $2 AND gone_at IS NULL UNION SELECT e.upper_id, e.upper_kind, up.depth + 1 FROM up JOIN edge e ON e.workspace_id = $1 AND e.lower_id = up.id AND e.valid_to = $4 WHERE up.depth < 12) SELECT DISTINCT v.id FROM up JOIN evidence v ON v.workspace_id = $1 AND v.id = up.id AND v.product_id = $3 AND v.gone_at IS NULL AND v.answered_on IS NULL AND NOT EXISTS (SELECT 1 FROM reply r WHERE r.workspace_id = $1 AND r.evidence_id = v.id) WHERE up.kind = 'evidence' LIMIT 200";
    /// The same above one item.
    ABOVE = "WITH RECURSIVE up(id, kind, depth) AS (SELECT upper_id, upper_kind, 1 FROM edge WHERE workspace_id = $1 AND lower_id = $2 AND valid_to = $4 UNION SELECT e.upper_id, e.upper_kind, up.depth + 1 FROM up JOIN edge e ON e.workspace_id = $1 AND e.lower_id = up.id AND e.valid_to = $4 WHERE up.depth < 12) SELECT DISTINCT v.id FROM up JOIN evidence v ON v.workspace_id = $1 AND v.id = up.id AND v.product_id = $3 AND v.gone_at IS NULL AND v.answered_on IS NULL AND NOT EXISTS (SELECT 1 FROM reply r WHERE r.workspace_id = $1 AND r.evidence_id = v.id) WHERE up.kind = 'evidence' LIMIT 200";
    PRODUCTS = "SELECT id FROM product WHERE workspace_id = $1 AND gone_at IS NULL ORDER BY id LIMIT 500";
}

const DRAFT: Meta = Meta::action(
    "draft-replies",
    "Draft a reply to each requester of what shipped or was declined",
    "POST",
    "/replies/draft",
)
.exercises(&[45]);

fn insert(cx: &mut Change<'_>, evidence: &Evidence, cause: &str, text: String) -> Result<()> {
    let reply = drafted(cx, evidence, cause, text);
    cx.insert(&reply)
}

/// Somebody's words as the end of a sentence: what ends one itself needs no second full stop.
fn quoted(asked: &str) -> String {
    let ends = asked.trim_end().ends_with(['.', '!', '?', '…', '。', '؟']);
    format!("“{}”{}", asked.trim_end(), if ends { "" } else { "." })
}

fn shipped_text(asked: &str, more: &str) -> String {
    let more = if more.is_empty() { String::new() } else { format!(" {more}") };
    let asked = quoted(asked);
    format!(
        "Hello,\n\nyou told us: {asked} It is here now.{more}\n\nThank you for telling us; please say whether it does what you need."
    )
}

fn declined_text(asked: &str, why: &str) -> String {
    let asked = quoted(asked);
    format!(
        "Hello,\n\nyou told us: {asked} We looked at it and decided not to do it: {why}\n\nThank you for telling us, and we are sorry that the answer is no."
    )
}

/// What whoever asked is told of how an idea stands.
fn text_for(idea: &Idea) -> String {
    if idea.status == "declined" {
        declined_text(&idea.title, &idea.reason)
    } else {
        shipped_text(&idea.title, &idea.reason)
    }
}

/// Lets the reply about one idea follow how it stands now: drafted where it is here or declined, drawn
/// anew where that changed before anybody was told, dropped where it is open again. Whoever was told
/// is not told twice, and words that somebody wrote into a draft stay.
pub(super) fn follow(cx: &mut Change<'_>, was: &Idea, idea: &Idea) -> Result<()> {
    let ws = cx.workspace();
    let evidence = ideas::evidence(cx.conn(), ws, idea)?;
    if evidence.answered_on.is_some() {
        return Ok(());
    }
    let over = |idea: &Idea| ["shipped", "declined"].contains(&idea.status.as_str());
    let settled = over(idea);
    let known = OF_EVIDENCE.first(cx.conn(), ws, &[evidence.id.into()])?;
    let turned = was.status != idea.status;
    let Some(before) = known else {
        let cause = idea.status.clone();
        return if settled { insert(cx, &evidence, &cause, text_for(idea)) } else { Ok(()) };
    };
    let waits = before.state == "draft";
    if !settled {
        return if waits && over(was) { settle(cx, &before, "dropped").map(drop) } else { Ok(()) };
    }
    let as_drawn = before.text == text_for(was);
    if waits && (before.cause != idea.status || as_drawn) || before.state == "dropped" && turned {
        let (cause, text, state) = (idea.status.clone(), text_for(idea), "draft".to_owned());
        let (sent_by, sent_on) = (None, None);
        let mut after = Reply { cause, text, state, sent_by, sent_on, ..before.clone() };
        cx.update(&before, &mut after)?;
    }
    Ok(())
}

/// Drafts what is due in a product and says how many.
fn draft(cx: &mut Change<'_>, product: &Product) -> Result<usize> {
    let (ws, since) = (cx.workspace(), cx.now.plus_days(-RECENT_DAYS));
    let mut count = 0;
    for release in RELEASED.all(cx.conn(), ws, &[product.id.into(), since.day().into()])? {
        let values: [Value; 4] = [ws.into(), release.id.into(), product.id.into(), OPEN.into()];
        let due: Vec<Id> = cx.conn().query(&SHIPPED, &values, |r| r.get(0))?;
        for id in due {
            if let Some(evidence) = load::<Evidence>(cx.conn(), ws, id)? {
                let with = format!("It came with “{}”.", release.title);
                let text = shipped_text(&evidence.title, &with);
                insert(cx, &evidence, "shipped", text)?;
                count += 1;
            }
        }
    }
    for problem in REJECTED.all(cx.conn(), ws, &[product.id.into(), since.into()])? {
        let values: [Value; 4] = [ws.into(), problem.id.into(), product.id.into(), OPEN.into()];
        let due: Vec<Id> = cx.conn().query(&ABOVE, &values, |r| r.get(0))?;
        for id in due {
            if let Some(evidence) = load::<Evidence>(cx.conn(), ws, id)?
                && nothing_else(cx.conn(), ws, product, id)?
            {
                let text = declined_text(&evidence.title, &problem.verdict_reason);
                insert(cx, &evidence, "declined", text)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Whether nothing that serves the evidence is still open or was done.
fn nothing_else(conn: &mut Conn, ws: i64, product: &Product, evidence: Id) -> Result<bool> {
    let serving = down(conn, ws, &Sight::only(product.id), evidence, None)?;
    let over = ["rejected", "abandoned", "dropped"];
    Ok(serving
        .iter()
        // What was thought of and tried changes nothing for who asked.
        .filter(|s| !["need", "option", "experiment"].contains(&s.node.kind.as_str()))
        .all(|s| over.contains(&s.node.state.to_lowercase().as_str())))
}

/// Drafts what is due in all products of a workspace: what the system does by itself.
pub fn draft_all(tx: &mut Tx, ws: i64, now: Time) -> Result<()> {
    let ids: Vec<Id> = tx.query(&PRODUCTS, &[ws.into()], |r| r.get(0))?;
    let system = Actor::nobody(ws, "", Role::Member, Via::System);
    Change::record(tx, system, &DRAFT, now, |cx| {
        for id in ids {
            if let Some(product) = load::<Product>(cx.conn(), ws, id)? {
                draft(cx, &product)?;
            }
        }
        Ok(())
    })
}

/// Draft a reply to each requester of what shipped or was declined.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DraftReplies {
    pub product: String,
}

/// How many.
#[derive(Serialize, JsonSchema)]
pub struct Count {
    pub replies: usize,
}

impl Action for DraftReplies {
    type Output = Count;
    const META: Meta = DRAFT;

    fn run(&self, cx: &mut Change<'_>) -> Result<Count> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        Ok(Count { replies: draft(cx, &product)? })
    }
}
