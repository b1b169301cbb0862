//! Reminders of what waits for somebody: told in the product, among the notifications, never by a mail
//! each. One stands there once, and comes again only long after it was read; doing what it asks for
//! takes it back.

use crate::db::{Sql, Tx, Value};
use crate::kernel::{Id, Result, Time};
use crate::people::notify::{About, Notice, remind};
use crate::statements;
use crate::why::key_results::STALE;

statements! {
    CHECK_INS = "SELECT k.owner_id, 'key_result', k.id, k.product_id FROM key_result k JOIN objective o ON o.workspace_id = k.workspace_id AND o.id = k.objective_id WHERE k.workspace_id = $1 AND k.owner_id IS NOT NULL AND k.state = 'active' AND k.gone_at IS NULL AND o.gone_at IS NULL AND o.state = 'active' AND k.created_at < $4 AND (k.checked_on IS NULL OR k.checked_on < $2) AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.workspace_id = $1 AND n.object_id = k.id AND n.person_id = k.owner_id AND n.kind = 'check-in-due' AND (n.read_at IS NULL OR n.created_at > $3)) ORDER BY k.id LIMIT 200";
    REVIEWS = "SELECT d.author_id, 'decision', d.id, d.product_id FROM decision d WHERE d.workspace_id = $1 AND d.author_id IS NOT NULL AND d.state = 'accepted' AND d.gone_at IS NULL AND d.review_on <= $2 AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.workspace_id = $1 AND n.object_id = d.id AND n.person_id = d.author_id AND n.kind = 'review-due' AND (n.read_at IS NULL OR n.created_at > $3)) ORDER BY d.id LIMIT 200";
    OUTCOMES = "SELECT r.owner_id, 'release', r.id, r.product_id FROM release r WHERE r.workspace_id = $1 AND r.owner_id IS NOT NULL AND r.state = 'released' AND r.gone_at IS NULL AND r.released_on <= $2 AND NOT EXISTS (SELECT 1 FROM outcome_review o WHERE o.workspace_id = $1 AND o.release_id = r.id) AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.workspace_id = $1 AND n.object_id = r.id AND n.person_id = r.owner_id AND n.kind = 'outcome-due' AND (n.read_at IS NULL OR n.created_at > $3)) ORDER BY r.id LIMIT 200";
    QUESTIONS = "SELECT DISTINCT w.person_id, w.object_kind, w.object_id, w.product_id FROM (SELECT COALESCE(i.assignee_id, o.owner_id, k.owner_id, d.author_id) AS person_id, q.object_kind, q.object_id, q.product_id, q.asked_by FROM question q LEFT JOIN work_item i ON i.workspace_id = q.workspace_id AND i.id = q.object_id LEFT JOIN opportunity o ON o.workspace_id = q.workspace_id AND o.id = q.object_id LEFT JOIN key_result k ON k.workspace_id = q.workspace_id AND k.id = q.object_id LEFT JOIN decision d ON d.workspace_id = q.workspace_id AND d.id = q.object_id WHERE q.workspace_id = $1 AND q.answered_at IS NULL AND q.gone_at IS NULL AND q.asked_at < $2) w WHERE w.person_id IS NOT NULL AND (w.asked_by IS NULL OR w.asked_by <> w.person_id) AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.workspace_id = $1 AND n.object_id = w.object_id AND n.person_id = w.person_id AND n.kind = 'answer-due' AND (n.read_at IS NULL OR n.created_at > $3)) ORDER BY w.object_id LIMIT 200";
}

/// Days that a question may wait before its answerer is reminded.
const PATIENCE: i64 = 2;
/// Days from a release to the first review of its outcome.
const FIRST_REVIEW: i64 = 30;

/// What is looked for: the statement, what it takes besides, and after how many days it is told again.
type Asked = (Notice, &'static Sql, Vec<Value>, i64);

/// Reminds everybody of a workspace of what is due, and says how many were told.
pub fn write(tx: &mut Tx, ws: i64, now: Time) -> Result<usize> {
    let before = |days: i64| -> Value { now.day().plus_days(-days).into() };
    let asked: [Asked; 4] = [
        (Notice::CheckInDue, &CHECK_INS, vec![before(STALE)], STALE),
        (Notice::ReviewDue, &REVIEWS, vec![before(0)], 30),
        (Notice::OutcomeDue, &OUTCOMES, vec![before(FIRST_REVIEW)], 30),
        (Notice::AnswerDue, &QUESTIONS, vec![now.plus_days(-PATIENCE).into()], 7),
    ];
    let mut told = 0;
    for (notice, sql, more, again) in asked {
        let mut values: Vec<Value> = vec![ws.into()];
        values.extend(more);
        values.push(now.plus_days(-again).into());
        if matches!(notice, Notice::CheckInDue) {
            values.push(now.plus_days(-STALE).into());
        }
        let due: Vec<(Id, String, Id, Id)> =
            tx.query(sql, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
        for (person, kind, object, product) in due {
            let about = About { kind: kind_of(&kind), object, product, comment: None };
            told += usize::from(remind(tx, ws, person, notice, about, now)?);
        }
    }
    Ok(told)
}

/// Those kinds that can wait for somebody.
fn kind_of(kind: &str) -> &'static str {
    ["key_result", "decision", "release", "opportunity"]
        .into_iter()
        .find(|known| *known == kind)
        .unwrap_or("work_item")
}
