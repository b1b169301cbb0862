//! What came of a run: kept beside the change that it made, and told where a rule is stopped.

use super::run::{Hit, chain};
use super::{Automation, AutomationRun, cursor};
use crate::db::Tx;
use crate::how::work_items::WorkItem;
use crate::kernel::{Actor, Id, Result, Role, Time, Via};
use crate::new_row;
use crate::people::notify::{About, Notice, notify};
use crate::store::{Change, Meta, Record, Words, load};

/// What each run is recorded as.
pub(super) static RUN: Meta = Meta::action("run-automation", "Run a rule", "POST", "/automations");

/// A run as it is kept.
pub(super) struct Noted<'a> {
    pub hit: &'a Hit,
    pub item: Option<Id>,
    pub outcome: &'static str,
    pub told: String,
    pub change: Option<Id>,
    pub chain: Vec<String>,
}

/// Keeps a run, apart from the change that it made, so that this one can be undone.
pub(super) fn note(
    tx: &mut Tx,
    actor: &Actor,
    rule: &Automation,
    n: Noted<'_>,
    now: Time,
) -> Result<()> {
    Change::record(tx, actor.clone(), &RUN, now, |cx| {
        cx.reason = Some(format!("By the rule “{}”", rule.name));
        let row = new_row!(
            cx,
            AutomationRun {
                product_id: rule.product_id,
                automation_id: rule.id,
                item_id: n.item,
                event_seq: n.hit.cause.map(|(seq, _)| seq),
                mark: n.hit.mark.clone(),
                outcome: n.outcome.to_owned(),
                told: n.told,
                change_id: n.change,
                chain: Words(n.chain),
            }
        );
        cx.insert(&row)
    })
}

/// The system itself, where a rule has nobody to act for any more.
pub(super) fn system(ws: i64) -> Actor {
    Actor::nobody(ws, "Wherefore", Role::Owner, Via::System)
}

/// Switches a rule off that went wrong, says why, and tells whoever wrote it.
pub(super) fn stop(tx: &mut Tx, ws: i64, rule: &Automation, n: Noted<'_>, now: Time) -> Result<()> {
    let (actor, why, hit) = (system(ws), n.told.clone(), n.hit);
    Change::record(tx, actor.clone(), &RUN, now, |cx| {
        cx.reason = Some(why.clone());
        let mut after = rule.clone();
        "stopped".clone_into(&mut after.state);
        after.note.clone_from(&why);
        cx.update(rule, &mut after)?;
        if let (Some(person), Some(item)) = (rule.author_id, hit.item) {
            let about = About {
                kind: WorkItem::KIND,
                object: item,
                product: rule.product_id,
                comment: None,
            };
            notify(cx, person, Notice::Rule, about)?;
        }
        Ok(())
    })?;
    note(tx, &actor, rule, n, now)
}

pub(super) fn refuse(tx: &mut Tx, ws: i64, hit: &Hit, why: &str, now: Time) -> Result<()> {
    let Some(rule) = load::<Automation>(tx, ws, hit.rule)? else { return Ok(()) };
    let chain = chain(tx, ws, hit)?;
    let told = why.to_owned();
    if let (None, Some(mark)) = (hit.item, &hit.mark) {
        cursor::claim(tx, ws, hit.rule, mark)?;
    }
    note(
        tx,
        &system(ws),
        &rule,
        Noted { hit, item: hit.item, outcome: "refused", told, change: None, chain },
        now,
    )
}
