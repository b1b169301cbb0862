//! Items that nobody touches any more: they are marked, then whoever has them is asked, then it is
//! proposed to close them with a reason. What people do with an item, or say of it, begins anew; what
//! rules do does not.

use super::act::{Came, call, perform_steps};
use super::rules::step;
use super::stale::CloseStale;
use super::{Automation, AutomationRun, LAST_OF_ITEM, RUN_OF_ITEM};
use crate::db::Conn;
use crate::how::work_items::{EditWorkItem, WorkItem};
use crate::kernel::{Id, Result, Time};
use crate::people::charters::who_answers;
use crate::people::notify::{About, Notice, notify};
use crate::people::policies;
use crate::people::products::Product;
use crate::statements;
use crate::store::{Action, Change, Place, Record, load};
use crate::thread::comments::AddComment;

statements! {
    LEFT = "SELECT w.id FROM work_item_now w WHERE w.workspace_id = $1 AND w.product_id = $2 AND w.valid_from <= $3 AND w.category <> 'accepted' AND w.category <> 'dropped' AND w.level <> 'epic' AND NOT EXISTS (SELECT 1 FROM automation_run r WHERE r.workspace_id = $1 AND r.automation_id = $4 AND r.item_id = w.id AND r.mark LIKE '%|close' AND r.created_at >= w.valid_from AND r.created_at > $5) ORDER BY w.valid_from, w.id LIMIT 500";
    TOUCHED = "SELECT MAX(recorded_at) FROM activity WHERE workspace_id = $1 AND object_id = $2 AND via <> 'rule' AND via <> 'system'";
    SAID = "SELECT MAX(a.recorded_at) FROM comment c JOIN activity a ON a.workspace_id = c.workspace_id AND a.object_id = c.id WHERE c.workspace_id = $1 AND c.object_id = $2 AND a.via <> 'rule' AND a.via <> 'system'";
    LABELLED = "SELECT object_id FROM item_label WHERE workspace_id = $1 AND product_id = $2 AND label = $3 LIMIT 500";
}

/// The responsibility of keeping a backlog clean.
pub(super) const HYGIENE: u8 = 36;

/// How far an item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    Mark,
    Ask,
    Close,
    /// Somebody has touched it since.
    Fresh,
}

impl Stage {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Ask => "ask",
            Self::Close => "close",
            Self::Fresh => "fresh",
        }
    }
}

/// What a run stands for: since when nobody has touched the item, and how far it is.
pub(super) fn mark(since: Time, stage: Stage) -> String {
    format!("{}|{}", since.0, stage.word())
}

/// Reads such a mark.
pub(super) fn read(mark: &str) -> Option<(Time, Stage)> {
    let (since, word) = mark.split_once('|')?;
    let all = [Stage::Mark, Stage::Ask, Stage::Close, Stage::Fresh];
    let stage = all.into_iter().find(|s| s.word() == word)?;
    Some((Time(since.parse().ok()?), stage))
}

/// Days that a rule says, or else.
pub(super) fn days(rule: &Automation, name: &str, usual: i64) -> i64 {
    rule.args.get(name).and_then(|d| d.parse().ok()).unwrap_or(usual)
}

/// When somebody last touched an item.
pub(super) fn touched(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Time> {
    let values = [ws.into(), item.id.into()];
    let changed: Option<Time> = conn.query_one(&TOUCHED, &values, |r| r.get(0))?;
    let said: Option<Time> = conn.query_one(&SAID, &values, |r| r.get(0))?;
    Ok(changed.max(said).unwrap_or(item.created_at).max(item.created_at))
}

/// The items for which a stage has come, each with its mark; up to 100.
pub(super) fn waiting(
    conn: &mut Conn,
    ws: i64,
    rule: &Automation,
    now: Time,
) -> Result<Vec<(WorkItem, String)>> {
    let mut all = touched_again(conn, ws, rule)?;
    let (first, ask, close) =
        (days(rule, "days", 60), days(rule, "ask", 14), days(rule, "close", 14));
    let least = first.min(ask).min(close);
    let values = [
        ws.into(),
        rule.product_id.into(),
        now.plus_days(-least).into(),
        rule.id.into(),
        now.plus_days(-first).into(),
    ];
    let left: Vec<Id> = conn.query(&LEFT, &values, |r| r.get(0))?;
    for id in left {
        let Some(item) = load::<WorkItem>(conn, ws, id)? else { continue };
        let since = touched(conn, ws, &item)?;
        if since > now.plus_days(-first) {
            continue;
        }
        let mut ran = |stage: Stage| {
            let values = [rule.id.into(), item.id.into(), mark(since, stage).into()];
            RUN_OF_ITEM.first(conn, ws, &values)
        };
        let come = |run: &AutomationRun, days: i64| run.created_at <= now.plus_days(-days);
        let stage = match ran(Stage::Mark)? {
            None => Some(Stage::Mark),
            Some(marked) => match ran(Stage::Ask)? {
                None => come(&marked, ask).then_some(Stage::Ask),
                Some(asked) if ran(Stage::Close)?.is_none() => {
                    come(&asked, close).then_some(Stage::Close)
                }
                Some(_) => None,
            },
        };
        all.extend(stage.map(|stage| (item, mark(since, stage))));
        if all.len() >= 100 {
            break;
        }
    }
    Ok(all)
}

/// The labels that a rule marks with.
fn labels(rule: &Automation) -> Vec<&str> {
    let said = rule.steps.iter().map(|line| step(line)).filter(|(verb, _)| *verb == "label");
    said.map(|(_, label)| label).collect()
}

/// Items that bear the mark and were touched since.
fn touched_again(conn: &mut Conn, ws: i64, rule: &Automation) -> Result<Vec<(WorkItem, String)>> {
    let mut all = Vec::new();
    for label in labels(rule) {
        let values = [ws.into(), rule.product_id.into(), label.into()];
        let bearing: Vec<Id> = conn.query(&LABELLED, &values, |r| r.get(0))?;
        for id in bearing {
            let last = LAST_OF_ITEM.first(conn, ws, &[rule.id.into(), id.into()])?;
            let Some((then, stage)) = last.and_then(|r| read(r.mark.as_deref()?)) else { continue };
            let Some(item) = load::<WorkItem>(conn, ws, id)? else { continue };
            let since = touched(conn, ws, &item)?;
            if stage != Stage::Fresh && since > then && item.gone_at.is_none() {
                all.push((item, mark(since, Stage::Fresh)));
            }
        }
    }
    Ok(all)
}

/// Does what a stage asks for.
pub(super) fn perform(
    cx: &mut Change<'_>,
    rule: &Automation,
    product: &Product,
    item: &WorkItem,
    mark: &str,
) -> Result<Came> {
    let Some((since, stage)) = read(mark) else {
        return perform_steps(cx, rule, product, Some(item), cx.now);
    };
    let left = (cx.now.0 - since.0) / Time::DAY;
    let told = match stage {
        Stage::Mark => return perform_steps(cx, rule, product, Some(item), cx.now),
        Stage::Ask => {
            let who = item.assignee_id.or(item.reporter_id);
            tell(cx, item, who)?;
            format!("asked whether it is still wanted, after {left} days without a change")
        }
        Stage::Close if rule.args.get("end").is_some_and(|end| end == "close") => {
            let because = format!("Nobody has touched it for {left} days.");
            cx.doing(&CloseStale::META, |cx| close(cx, item, &because))?;
            tell(cx, item, item.assignee_id)?;
            tell(cx, item, item.reporter_id.filter(|id| Some(*id) != item.assignee_id))?;
            format!("closed it: nobody has touched it for {left} days")
        }
        Stage::Close => {
            let answers = hygiene(cx, product)?;
            tell(cx, item, answers.or(item.assignee_id).or(item.reporter_id))?;
            format!("proposed to close it: nobody has touched it for {left} days")
        }
        Stage::Fresh => {
            let marks = labels(rule);
            let kept = item.labels.iter().filter(|l| !marks.contains(&l.as_str()));
            let labels = Some(kept.cloned().collect());
            let edit = EditWorkItem { key: item.key.clone(), labels, ..EditWorkItem::default() };
            call(cx, &edit)?;
            "took the mark away: somebody has touched it".to_owned()
        }
    };
    Ok(Came { told: vec![told], made: None })
}

/// Drops an item, and says why beside it.
pub(super) fn close(cx: &mut Change<'_>, item: &WorkItem, because: &str) -> Result<()> {
    let ws = cx.workspace();
    let policy = policies::workflow(cx.conn(), ws, item.product_id, item.team_id)?;
    let state = policy.states.iter().find(|s| s.category == "dropped").map(|s| s.name.clone());
    let state = state.ok_or_else(|| {
        crate::kernel::Error::refused(
            "Its workflow has no state that means dropped. Add one to the policy first.",
        )
    })?;
    let edit =
        EditWorkItem { key: item.key.clone(), state: Some(state), ..EditWorkItem::default() };
    edit.run(cx)?;
    AddComment { key: item.key.clone(), body: format!("Closed: {because}") }.run(cx)?;
    Ok(())
}

/// Whoever answers for a clean backlog of the product.
fn hygiene(cx: &mut Change<'_>, product: &Product) -> Result<Option<Id>> {
    let place = Place { product: Some(product.id), part: None, team: None };
    let (ws, day) = (cx.workspace(), cx.now.day());
    let answers = who_answers(cx.conn(), ws, &place, &[HYGIENE], day)?;
    Ok(answers.first().and_then(|a| a.person))
}

fn tell(cx: &mut Change<'_>, item: &WorkItem, who: Option<Id>) -> Result<()> {
    let Some(person) = who else { return Ok(()) };
    let about =
        About { kind: WorkItem::KIND, object: item.id, product: item.product_id, comment: None };
    notify(cx, person, Notice::Rule, about)
}
