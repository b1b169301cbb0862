//! Trying a rule on what has happened, without doing anything.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act::filled;
use super::calendar::Rhythm;
use super::neglect::{self, Stage};
use super::recorded::{Recorded, seen};
use super::rules::{concerns, waits_for_events};
use super::run::waiting;
use super::{Automation, automation};
use crate::how::work_items::{Named, WorkItem};
use crate::kernel::{Access, Day, Id, Result, Time};
use crate::statements;
use crate::store::{Meta, Query, Reader};

statements! {
    PAST = "SELECT seq, change_id, via, verb, effect, object_kind, object_id, product_id, changes, staged_by, happened_at FROM activity WHERE workspace_id = $1 AND product_id = $2 AND recorded_at >= $3 AND object_kind IN ('work_item', 'blocker', 'git_ref') ORDER BY seq DESC LIMIT 5000";
}

/// Try a rule on what has happened: what it would have done, without doing it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestAutomation {
    pub automation: Id,
    /// Days to look back, 1 to 365; 30 if left out.
    #[serde(default)]
    pub days: Option<i64>,
}

/// Something that a rule would have done.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TrialLine {
    pub at: Option<Time>,
    pub item: Option<Named>,
    /// What it would do.
    pub would: Vec<String>,
}

/// What came of trying a rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Trial {
    /// Events that were looked at; the newest 5,000 at most.
    pub looked_at: i64,
    /// How often it would have done something.
    pub times: i64,
    /// The newest first, up to 100.
    pub lines: Vec<TrialLine>,
    /// The next days on which it comes, for what comes again and again.
    pub next: Vec<Day>,
}

impl Query for TestAutomation {
    type Output = Trial;
    const META: Meta = Meta::query(
        "test-automation",
        "Try a rule on what has happened: what it would have done, without doing it",
        "/automations/{automation}/test",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Trial> {
        let (rule, _) = automation(cx.conn, cx.actor, self.automation, Access::Read)?;
        if rule.happens == "schedule" {
            let next = Rhythm::of(&rule.args)?.next(cx.now.day(), 5);
            return Ok(Trial { looked_at: 0, times: 0, lines: Vec::new(), next });
        }
        if waits_for_events(&rule.happens) { self.past(cx, &rule) } else { now(cx, &rule) }
    }
}

fn line(
    rule: &Automation,
    item: &WorkItem,
    mark: Option<&str>,
    at: Option<Time>,
    now: Time,
) -> TrialLine {
    let named = Some(Named { id: item.key.clone(), name: item.title.clone() });
    let stage = mark.and_then(neglect::read).map(|(_, stage)| stage);
    let would = match stage.filter(|_| rule.happens == "untouched") {
        Some(Stage::Ask) => Some("ask whether it is still wanted"),
        Some(Stage::Close) if rule.args.get("end").is_some_and(|e| e == "close") => {
            Some("close it")
        }
        Some(Stage::Close) => Some("propose to close it"),
        Some(Stage::Fresh) => Some("take the mark away"),
        _ => None,
    };
    if let Some(would) = would {
        return TrialLine { at, item: named, would: vec![would.to_owned()] };
    }
    let would = rule.steps.iter().map(|step| filled(step, Some(item), now)).collect();
    TrialLine { at, item: named, would }
}

/// What a rule by the clock would concern itself with now.
fn now(cx: &mut Reader<'_>, rule: &Automation) -> Result<Trial> {
    let found = waiting(cx.conn, cx.actor.workspace, rule, cx.now)?;
    let lines: Vec<TrialLine> =
        found.iter().map(|(item, mark)| line(rule, item, Some(mark), None, cx.now)).collect();
    let times = lines.len() as i64;
    Ok(Trial { looked_at: times, times, lines, next: Vec::new() })
}

impl TestAutomation {
    /// The events of the past that would have set it off; items are judged as they are now.
    fn past(&self, cx: &mut Reader<'_>, rule: &Automation) -> Result<Trial> {
        let ws = cx.actor.workspace;
        let since = cx.now.plus_days(-self.days.unwrap_or(30).clamp(1, 365));
        let values = [ws.into(), rule.product_id.into(), since.into()];
        let rows =
            cx.conn.query(&PAST, &values, |r| Ok((Recorded::read(r)?, r.get::<Time>(10)?)))?;
        let looked_at = rows.len() as i64;
        let (mut times, mut lines) = (0, Vec::new());
        let mut known: HashMap<Id, Option<WorkItem>> = HashMap::new();
        for (event, at) in &rows {
            if !event.fits(cx.conn, ws, rule)? {
                continue;
            }
            let item = match known.get(&event.object) {
                Some(item) => item.clone(),
                None => {
                    let item = event.item(cx.conn, ws, rule)?;
                    known.insert(event.object, item.clone());
                    item
                }
            };
            let Some(item) = item else { continue };
            if !concerns(rule, &seen(cx.conn, ws, &item)?) {
                continue;
            }
            times += 1;
            if lines.len() < 100 {
                lines.push(line(rule, &item, None, Some(*at), cx.now));
            }
        }
        Ok(Trial { looked_at, times, lines, next: Vec::new() })
    }
}
