//! The bin, where things lie for 30 days, and undo.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::{Keyed, Node, find, find_any, load_keyed};
use crate::db::Tx;
use crate::how::work_items::{WorkItem, check_given_back};
use crate::kernel::{Access, Day, Error, Id, Result, Time};
use crate::people::{members, products};
use crate::statements;
use crate::store::{
    Action, Change, Meta, Query, Reader, Removed, Scope, forget_import, in_bin_since, note_removal,
    purge, undo_change,
};

/// How long things lie in the bin.
pub const DAYS: i64 = 30;

/// What lies in the bin without a key of its own.
const LOOSE: [&str; 35] = [
    "made_export",
    "saved_view",
    "view_pin",
    "follow",
    "attachment",
    "mirror_share",
    "mirror_keep",
    "career_profile",
    "policy",
    "gate",
    "phase",
    "phase_item",
    "change_request",
    "automation",
    "git_source",
    "ceremony",
    "calendar_feed",
    "refinement",
    "poker_vote",
    "ready_tick",
    "criterion",
    "retro_note",
    "retro_vote",
    "blocker",
    "comment",
    "link",
    "release_item",
    "rollout_step",
    "placement",
    "stakeholder",
    "stakeholder_talk",
    "charter",
    "signature",
    "handover",
    "responsibility",
];

/// Removals in one transaction, so that other people's writes need not wait.
const BATCH: i64 = 50;

statements! {
    BINNED = "SELECT kind, id, gone_at FROM (SELECT 'work_item' AS kind, id, gone_at FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'opportunity', id, gone_at FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'need', id, gone_at FROM need WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'evidence', id, gone_at FROM evidence WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'objective', id, gone_at FROM objective WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'key_result', id, gone_at FROM key_result WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'decision', id, gone_at FROM decision WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'release', id, gone_at FROM release WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'solution_option', id, gone_at FROM solution_option WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'experiment', id, gone_at FROM experiment WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'requirement', id, gone_at FROM requirement WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'metric', id, gone_at FROM metric WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'interview', id, gone_at FROM interview WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL UNION ALL SELECT 'page', id, gone_at FROM page WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NOT NULL) AS binned ORDER BY gone_at DESC, id LIMIT 200";
    ITS_FILES = "SELECT id FROM attachment WHERE workspace_id = $1 AND object_id = $2 UNION SELECT a.id FROM attachment a JOIN comment c ON c.workspace_id = a.workspace_id AND c.id = a.object_id WHERE a.workspace_id = $1 AND c.object_id = $2";
    ITS_FOLLOWS = "SELECT id FROM follow WHERE workspace_id = $1 AND item_id = $2";
    ITS_COMMENTS = "SELECT id FROM comment WHERE workspace_id = $1 AND object_id = $2";
    ITS_LINKS = "SELECT id FROM link WHERE workspace_id = $1 AND from_id = $2 UNION SELECT id FROM link WHERE workspace_id = $1 AND to_id = $2";
    ITS_RELEASE_ITEMS = "SELECT id FROM release_item WHERE workspace_id = $1 AND release_id = $2 UNION SELECT id FROM release_item WHERE workspace_id = $1 AND object_id = $2";
    ITS_STEPS = "SELECT id FROM rollout_step WHERE workspace_id = $1 AND release_id = $2";
    ITS_REVIEWS = "SELECT id FROM outcome_review WHERE workspace_id = $1 AND release_id = $2";
    ITS_QUESTIONS = "SELECT id FROM question WHERE workspace_id = $1 AND object_id = $2";
    ITS_PLACES = "SELECT id FROM placement WHERE workspace_id = $1 AND object_id = $2";
    ITS_SURVEY_ANSWERS = "SELECT a.id FROM survey_answer a JOIN survey_question q ON q.workspace_id = a.workspace_id AND q.id = a.question_id WHERE a.workspace_id = $1 AND q.opportunity_id = $2";
    ITS_SURVEY_QUESTIONS = "SELECT id FROM survey_question WHERE workspace_id = $1 AND opportunity_id = $2";
    ITS_SCORES = "SELECT id FROM score WHERE workspace_id = $1 AND object_id = $2";
    ITS_VALUES = "SELECT id FROM metric_value WHERE workspace_id = $1 AND metric_id = $2";
    ITS_EPICS = "SELECT id FROM epic WHERE workspace_id = $1 AND item_id = $2";
    ITS_HEALTH = "SELECT id FROM health_update WHERE workspace_id = $1 AND item_id = $2";
    ITS_FINDINGS = "SELECT id FROM finding WHERE workspace_id = $1 AND evidence_id = $2";
    ITS_RATINGS = "SELECT id FROM rating WHERE workspace_id = $1 AND need_id = $2";
    ITS_WORTH = "SELECT id FROM valuation WHERE workspace_id = $1 AND need_id = $2";
    ITS_READY = "SELECT id FROM ready_tick WHERE workspace_id = $1 AND item_id = $2";
    ITS_CRITERIA = "SELECT id FROM criterion WHERE workspace_id = $1 AND item_id = $2";
    ITS_VERDICTS = "SELECT id FROM criterion_verdict WHERE workspace_id = $1 AND item_id = $2";
    ITS_ACCEPTANCES = "SELECT id FROM acceptance WHERE workspace_id = $1 AND item_id = $2";
    ITS_PHASES = "SELECT id FROM phase_item WHERE workspace_id = $1 AND item_id = $2";
    ITS_GIT = "SELECT id FROM git_ref WHERE workspace_id = $1 AND item_id = $2";
    ITS_BLOCKERS = "SELECT id FROM blocker WHERE workspace_id = $1 AND item_id = $2";
    ITS_CHECK_INS = "SELECT id FROM check_in WHERE workspace_id = $1 AND key_result_id = $2";
    ITS_VOTES = "SELECT v.id FROM idea_vote v JOIN idea i ON i.workspace_id = v.workspace_id AND i.id = v.idea_id WHERE v.workspace_id = $1 AND i.evidence_id = $2";
    ITS_IDEA_COMMENTS = "SELECT c.id FROM idea_comment c JOIN idea i ON i.workspace_id = c.workspace_id AND i.id = c.idea_id WHERE c.workspace_id = $1 AND i.evidence_id = $2";
    ITS_IDEAS = "SELECT id FROM idea WHERE workspace_id = $1 AND evidence_id = $2";
    ITS_REPLIES = "SELECT id FROM reply WHERE workspace_id = $1 AND evidence_id = $2";
    LINKS_OF_CHANGE = "SELECT DISTINCT object_id FROM activity WHERE workspace_id = $1 AND change_id = $2 AND object_kind = 'link'";
    TOUCHED_BY_CHANGE = "SELECT DISTINCT product_id, object_kind, actor_id FROM activity WHERE workspace_id = $1 AND change_id = $2";
}

/// Move an item to the bin, where it stays for 30 days.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct BinItem {
    pub key: String,
}

impl Action for BinItem {
    type Output = Node;
    const META: Meta = Meta {
        name: "bin-item",
        summary: "Move an item to the bin, where it stays for 30 days",
        method: "DELETE",
        path: "/items/{key}",
        access: Access::Write,
        exercises: &[36],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Node> {
        let actor = cx.actor.clone();
        let (found, _) = find(cx.conn(), &actor, &self.key, Access::Write)?;
        found.bin(cx)?;
        Ok(found.node())
    }
}

/// Take an item out of the bin.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RestoreItem {
    pub key: String,
}

impl Action for RestoreItem {
    type Output = Node;
    const META: Meta = Meta {
        name: "restore-item",
        summary: "Take an item out of the bin",
        method: "POST",
        path: "/items/{key}/restore",
        access: Access::Write,
        exercises: &[36],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Node> {
        let actor = cx.actor.clone();
        let (found, _) = find_any(cx.conn(), &actor, &self.key, Access::Write)?;
        if !found.is_gone() {
            return Err(Error::refused("It is not in the bin."));
        }
        found.restore(cx)?;
        Ok(found.node())
    }
}

/// Undo an earlier change, if nobody has changed the same since.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    pub change: Id,
}

/// How many effects were taken back.
#[derive(Serialize, JsonSchema)]
pub struct Undone {
    pub undone: usize,
}

/// What undoing a change to that kind of record needs: never less than making it did.
fn needed(kind: &str, own: bool) -> Access {
    match kind {
        "person" => Access::Owner,
        kind if Keyed::KINDS.contains(&kind) => Access::Write,
        "policy" | "ceremony" | "refinement" | "ready_tick" | "criterion" | "sprint"
        | "retro_note" | "blocker" | "rollout_step" | "release_item" | "placement" | "theme"
        | "segment" | "stakeholder" | "stakeholder_talk" | "company" | "idea" | "idea_comment"
        | "portal_post" | "score" | "scoring" | "roadmap_share" | "epic" | "competitor"
        | "finding" | "rating" | "retirement" | "retirement_step" | "survey"
        | "survey_question" | "gate" | "phase" | "phase_item" | "change_request" | "automation"
        | "attachment" | "culture_step" | "item_template" | "team_interaction" => Access::Write,
        "mirror_share" | "mirror_keep" | "saved_view" | "view_pin" | "follow" | "poker_vote"
        | "retro_vote"
            if own =>
        {
            Access::Write
        }
        "link" | "comment" | "verbatim" | "check_in" | "question" | "charter" | "signature"
        | "handover"
            if own =>
        {
            Access::Write
        }
        _ => Access::Admin,
    }
}

impl Action for Undo {
    type Output = Undone;
    const META: Meta = Meta {
        name: "undo",
        summary: "Undo an earlier change, if nobody has changed the same since",
        method: "POST",
        path: "/undo",
        access: Access::Write,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Undone> {
        let actor = cx.actor.clone();
        let values = [actor.workspace.into(), self.change.into()];
        let touched: Vec<(Option<Id>, String, Option<Id>)> =
            cx.conn()
                .query(&TOUCHED_BY_CHANGE, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let missing = |_| Error::NotFound("change");
        let links = cx.conn().query(&LINKS_OF_CHANGE, &values, |r| r.get::<Id>(0))?;
        let mut seen: Vec<Id> = touched.iter().filter_map(|(product, _, _)| *product).collect();
        for id in links {
            seen.extend(super::links::products_of(cx.conn(), actor.workspace, id)?);
        }
        for id in seen {
            products::product_by_id(cx.conn(), &actor, id, Access::Read).map_err(missing)?;
        }
        let mut people = false;
        for (_, kind, by) in touched {
            // A mirror is its person's, and so is what they keep at hand, whoever may undo everything else.
            let personal = kind.starts_with("mirror_")
                || ["saved_view", "view_pin", "follow"].contains(&kind.as_str());
            people |= kind == "person";
            if personal && by != Some(actor.person) {
                return Err(Error::NotFound("change"));
            }
            actor.check(needed(&kind, by == Some(actor.person)))?;
        }
        let undone = undo_change(cx, self.change)?;
        check_given_back(cx, self.change)?;
        if people {
            members::keep_an_owner(cx)?;
        }
        Ok(Undone { undone })
    }
}

/// Empties one batch of a workspace's bin: what has lain there for 30 days goes for good.
/// Says how many things went.
pub fn empty(tx: &mut Tx, ws: i64, now: Time) -> Result<usize> {
    let before = now.plus_days(-DAYS);
    let mut removed = Vec::new();
    for &kind in Keyed::KINDS {
        let room = BATCH - removed.len() as i64;
        for id in in_bin_since(tx, ws, kind, before, room)? {
            if let Some(keyed) = load_keyed(tx, ws, kind, id, None)? {
                removed.push(remove(tx, ws, &keyed, now)?);
            }
        }
    }
    if !removed.is_empty() {
        note_removal(tx, ws, &removed, now)?;
    }
    let mut count = removed.len();
    for kind in LOOSE {
        for id in in_bin_since(tx, ws, kind, before, BATCH)? {
            for file in tx.query(&ITS_FILES, &[ws.into(), id.into()], |r| r.get::<Id>(0))? {
                purge(tx, ws, "attachment", file, now)?;
            }
            purge(tx, ws, kind, id, now)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Removes one thing with all that belongs to it alone.
fn remove(tx: &mut Tx, ws: i64, keyed: &Keyed, now: Time) -> Result<Removed> {
    let (kind, id) = (keyed.kind(), keyed.id());
    let belongings = [
        ("attachment", &ITS_FILES),
        ("comment", &ITS_COMMENTS),
        ("follow", &ITS_FOLLOWS),
        ("link", &ITS_LINKS),
        ("check_in", &ITS_CHECK_INS),
        ("criterion", &ITS_CRITERIA),
        ("criterion_verdict", &ITS_VERDICTS),
        ("ready_tick", &ITS_READY),
        ("acceptance", &ITS_ACCEPTANCES),
        ("blocker", &ITS_BLOCKERS),
        ("git_ref", &ITS_GIT),
        ("phase_item", &ITS_PHASES),
        ("release_item", &ITS_RELEASE_ITEMS),
        ("rollout_step", &ITS_STEPS),
        ("outcome_review", &ITS_REVIEWS),
        ("question", &ITS_QUESTIONS),
        ("placement", &ITS_PLACES),
        ("score", &ITS_SCORES),
        ("survey_answer", &ITS_SURVEY_ANSWERS),
        ("survey_question", &ITS_SURVEY_QUESTIONS),
        ("metric_value", &ITS_VALUES),
        ("epic", &ITS_EPICS),
        ("health_update", &ITS_HEALTH),
        ("valuation", &ITS_WORTH),
        ("finding", &ITS_FINDINGS),
        ("rating", &ITS_RATINGS),
        ("idea_vote", &ITS_VOTES),
        ("idea_comment", &ITS_IDEA_COMMENTS),
        ("idea", &ITS_IDEAS),
        ("reply", &ITS_REPLIES),
    ];
    for (belonging, its) in belongings {
        let ids: Vec<Id> = tx.query(its, &[ws.into(), id.into()], |r| r.get(0))?;
        for one in ids {
            purge(tx, ws, belonging, one, now)?;
        }
    }
    match keyed {
        Keyed::Evidence(e) => purge(tx, ws, "verbatim", e.verbatim_id, now)?,
        Keyed::WorkItem(WorkItem { original_key: Some(original), product_id, .. }) => {
            forget_import(tx, ws, id, *product_id, original)?;
        }
        _ => {}
    }
    purge(tx, ws, kind, id, now)?;
    let node = keyed.node();
    Ok(Removed { kind, id, key: node.key, product: node.product, revision: keyed.revision() })
}

/// List what lies in a product's bin, the latest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListBin {
    pub product: String,
}

/// Something in the bin.
#[derive(Serialize, JsonSchema)]
pub struct Binned {
    #[serde(flatten)]
    pub node: Node,
    /// The day on which it goes for good.
    pub until: Day,
}

impl Query for ListBin {
    type Output = Vec<Binned>;
    const META: Meta = Meta {
        name: "list-bin",
        summary: "List what lies in a product's bin, the latest first",
        method: "GET",
        path: "/bin",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Binned>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let rows: Vec<(String, Id, Time)> =
            cx.conn.query(&BINNED, &[ws.into(), product.id.into()], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?))
            })?;
        let mut all = Vec::new();
        for (kind, id, gone_at) in rows {
            if let Some(keyed) = load_keyed(cx.conn, ws, &kind, id, None)? {
                all.push(Binned { node: keyed.node(), until: gone_at.plus_days(DAYS).day() });
            }
        }
        Ok(all)
    }
}
