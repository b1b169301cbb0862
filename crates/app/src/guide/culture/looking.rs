//! Looking back on a step: the signals before and after side by side, and what becomes of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keeping::stood;
use super::practices::practice;
use super::records::{CultureStep, Stood, page, seen, step};
use crate::db::Conn;
use crate::how::switching::ActivatePolicy;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::charters::{DiscardCharter, charter, draft_again, of_scope};
use crate::people::members::{self, Person};
use crate::people::notify::{Notice, settle};
use crate::people::nouns::{after_id, one_of};
use crate::people::policies;
use crate::people::products::{check_text, product_by_id};
use crate::reports::signals::catalogue::{SIGNALS, Signal};
use crate::store::{Action, Change, Meta, Query, Reader, Scope, load};
use crate::what::decisions::{Decision, ProposeDecision};

/// A signal before and after.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Compared {
    /// `S1` to `S15`.
    pub signal: String,
    pub name: String,
    /// In words; nothing where it could not be measured.
    pub before: Option<String>,
    pub now: Option<String>,
    pub raised_before: bool,
    pub raised_now: bool,
    /// `better`, `worse`, `same`, or nothing where either is missing.
    pub moved: Option<String>,
    /// Whether the step should lower it.
    pub meant: bool,
}

/// A title before and after, with whose it is.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct TitleLine {
    pub person: Id,
    pub name: String,
    pub was: String,
    pub became: String,
}

/// A step as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct StepView {
    #[serde(flatten)]
    pub line: StepLine,
    pub titles: Vec<TitleLine>,
    /// What the team does, where a practice is on trial.
    pub does: Option<String>,
    pub compared: Vec<Compared>,
    /// What going back does.
    pub back: String,
}

/// A step in a list.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct StepLine {
    pub id: Id,
    /// `framework`, `arrangement`, `titles` or `practice`.
    pub kind: String,
    pub subject: String,
    pub was: String,
    pub became: String,
    /// Nothing where no reason was given.
    pub problem: Option<String>,
    /// The key of its decision.
    pub decision: Option<String>,
    pub made_by: String,
    pub made_on: Day,
    pub review_on: Day,
    /// Its day has come and nobody looked back yet.
    pub due: bool,
    /// A title changes no right.
    pub changes_rights: bool,
    /// Empty until it was looked back on: `keep`, `adapt`, `back`, `replaced`.
    pub outcome: String,
    pub outcome_note: String,
    /// The day of looking back; the signals beside those before it are of that day, else of now.
    pub reviewed_on: Option<Day>,
}

fn line(conn: &mut Conn, ws: i64, step: &CultureStep, today: Day) -> Result<StepLine> {
    let decision = match step.decision_id {
        Some(id) => load::<Decision>(conn, ws, id)?.filter(|d| d.gone_at.is_none()).map(|d| d.key),
        None => None,
    };
    let by = load::<Person>(conn, ws, step.made_by)?.map(|p| p.name).unwrap_or_default();
    Ok(StepLine {
        id: step.id,
        kind: step.kind.clone(),
        subject: step.subject.clone(),
        was: step.was.clone(),
        became: step.became.clone(),
        problem: Some(step.problem.clone()).filter(|p| !p.is_empty()),
        decision,
        made_by: by,
        made_on: step.made_on,
        review_on: step.review_on,
        due: step.outcome.is_empty() && step.review_on <= today,
        changes_rights: step.kind == "arrangement",
        outcome: step.outcome.clone(),
        outcome_note: step.outcome_note.clone(),
        reviewed_on: step.reviewed_on,
    })
}

fn compared(step: &CultureStep, now: &[Stood]) -> Vec<Compared> {
    let of = |all: &[Stood], n: u8| all.iter().find(|s| s.signal == i64::from(n)).cloned();
    let pair = |signal: &Signal| {
        let was = of(&step.signals_before, signal.number);
        let is = of(now, signal.number);
        let value = |s: &Option<Stood>| s.as_ref().filter(|s| s.enough).and_then(|s| s.value);
        let moved = match (value(&was), value(&is)) {
            (Some(a), Some(b)) if (a - b).abs() < 1e-9 => Some("same"),
            (Some(a), Some(b)) if b < a => Some("better"),
            (Some(_), Some(_)) => Some("worse"),
            _ => None,
        };
        let code = format!("S{}", signal.number);
        let meant = step.signals.contains(&code);
        let raised = |s: &Option<Stood>| s.as_ref().is_some_and(|s| s.raised);
        let known = value(&was).is_some() || value(&is).is_some();
        (known || meant).then(|| Compared {
            name: signal.name.to_owned(),
            before: value(&was).map(|v| signal.say(v)),
            now: value(&is).map(|v| signal.say(v)),
            raised_before: raised(&was),
            raised_now: raised(&is),
            moved: moved.map(str::to_owned),
            meant,
            signal: code,
        })
    };
    let mut all: Vec<Compared> = SIGNALS.iter().filter_map(pair).collect();
    all.sort_by_key(|c| !c.meant);
    all
}

/// The whole view of a step.
pub fn view_of(conn: &mut Conn, actor: &Actor, step: &CultureStep, today: Day) -> Result<StepView> {
    let ws = actor.workspace;
    let after = step.reviewed_on.unwrap_or(today);
    let now = stood(conn, ws, step.team_id.or(step.product_id), after)?;
    let mut titles = Vec::new();
    for t in step.titles.iter() {
        let name = load::<Person>(conn, ws, t.person)?.map(|p| p.name).unwrap_or_default();
        titles.push(TitleLine {
            person: t.person,
            name,
            was: t.was.clone(),
            became: t.became.clone(),
        });
    }
    Ok(StepView {
        line: line(conn, ws, step, today)?,
        titles,
        does: practice(&step.practice).map(|p| p.does.to_owned()),
        compared: compared(step, &now),
        back: match step.kind.as_str() {
            "framework" => "The policy before is put into force again; every item finds its state.",
            "arrangement" => "The charter before holds on, or is drafted again to be signed.",
            "titles" => "Titles that nobody has changed since become what they were.",
            _ => "The practice ends.",
        }
        .to_owned(),
    })
}

/// Show one step: what changed, for which problem, and the signals before and after.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetStep {
    pub step: Id,
}

impl Query for GetStep {
    type Output = StepView;
    const META: Meta = Meta::query(
        "get-step",
        "Show one step of culture with the signals before and after",
        "/culture/steps/{step}",
    )
    .access(Access::Write)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<StepView> {
        let found = step(cx.conn, cx.actor, self.step)?;
        view_of(cx.conn, cx.actor, &found, cx.now.day())
    }
}

/// List what was changed of frameworks, arrangements and titles, and what was tried, newest first.
#[derive(Deserialize, JsonSchema, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct ListSteps {
    /// Where the page before ended.
    pub after: Option<String>,
}

/// A page of steps.
#[derive(Serialize, JsonSchema)]
pub struct Steps {
    pub items: Vec<StepLine>,
    pub next: Option<String>,
}

impl Query for ListSteps {
    type Output = Steps;
    const META: Meta = Meta::query(
        "list-steps",
        "List what was changed of frameworks, arrangements and titles, and what was tried, newest first",
        "/culture/steps",
    )
    .access(Access::Write)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Steps> {
        const MOST: usize = 50;
        let (ws, today) = (cx.actor.workspace, cx.now.day());
        let before = after_id(self.after.as_deref(), uuid::Uuid::max())?;
        let mut all = page(cx.conn, ws, before, MOST as i64 + 1)?;
        let more = all.len() > MOST;
        all.truncate(MOST);
        let next = more.then(|| all.last().map(|s| s.id.to_string())).flatten();
        let mut items = Vec::new();
        for one in &all {
            if seen(cx.conn, cx.actor, one)? {
                items.push(line(cx.conn, ws, one, today)?);
            }
        }
        Ok(Steps { items, next })
    }
}

/// Look back on a step: keep it, adapt it and look again later, or go back.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct LookBack {
    pub step: Id,
    /// `keep`, `adapt` or `back`.
    pub outcome: String,
    /// What was seen; what is done differently, where it is adapted.
    pub note: String,
    /// When to look again, where it is adapted; in 30 days if left out.
    pub look_back_on: Option<Day>,
}

impl Action for LookBack {
    type Output = StepView;
    const META: Meta = Meta::action(
        "look-back",
        "Look back on a step of culture: keep it, adapt it and look again later, or go back",
        "POST",
        "/culture/steps/{step}/review",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<StepView> {
        let (actor, today) = (cx.actor.clone(), cx.now.day());
        let before = step(cx.conn(), &actor, self.step)?;
        if !before.outcome.is_empty() {
            return Err(Error::refused(
                "Somebody looked back on it already. Change it anew instead.",
            ));
        }
        let outcome = one_of("outcome", Some(&self.outcome), "", &["keep", "adapt", "back"])?;
        let note = check_text("note", self.note.trim())?;
        let mut after = before.clone();
        let mut again = None;
        match outcome.as_str() {
            "adapt" => {
                if note.is_empty() {
                    return Err(Error::invalid("note", "Say in a line what is done differently."));
                }
                let day = self.look_back_on.unwrap_or_else(|| today.plus_days(30));
                if day <= today {
                    return Err(Error::invalid(
                        "look_back_on",
                        "Look again on a later day than today.",
                    ));
                }
                let line = format!("{today}: {note}");
                after.outcome_note =
                    [before.outcome_note.as_str(), &line].join("\n").trim().to_owned();
                (after.review_on, again) = (day, Some(day));
            }
            word => {
                word.clone_into(&mut after.outcome);
                after.reviewed_on = Some(today);
                if !note.is_empty() {
                    let told = [before.outcome_note.as_str(), &note].join("\n");
                    told.trim().clone_into(&mut after.outcome_note);
                }
            }
        }
        cx.update(&before, &mut after)?;
        if outcome == "back" {
            go_back(cx, &before)?;
        }
        decision(cx, &before, &outcome, &note, again)?;
        view_of(cx.conn(), &actor, &after, today)
    }
}

/// The decision gets its next day, or none; going back is a decision of its own.
fn decision(
    cx: &mut Change<'_>,
    step: &CultureStep,
    outcome: &str,
    note: &str,
    again: Option<Day>,
) -> Result<()> {
    let (ws, actor) = (cx.workspace(), cx.actor.clone());
    let Some(id) = step.decision_id else { return Ok(()) };
    let Some(found) = load::<Decision>(cx.conn(), ws, id)?.filter(|d| d.gone_at.is_none()) else {
        return Ok(());
    };
    settle(cx, Notice::ReviewDue, found.id)?;
    if outcome == "back" {
        let product = product_by_id(cx.conn(), &actor, found.product_id, Access::Write)?;
        ProposeDecision {
            product: product.key,
            title: format!("Back to {}: {}", step.was, step.subject),
            context: if note.is_empty() {
                "No reason was given.".to_owned()
            } else {
                note.to_owned()
            },
            choice: "Go back".to_owned(),
            supersedes: Some(found.key),
            state: Some("accepted".to_owned()),
            ..ProposeDecision::default()
        }
        .run(cx)?;
        return Ok(());
    }
    let mut after = found.clone();
    after.review_on = again;
    cx.update(&found, &mut after)
}

/// Starts the way back; what needs others' agreement waits for it.
fn go_back(cx: &mut Change<'_>, step: &CultureStep) -> Result<()> {
    let (ws, actor) = (cx.workspace(), cx.actor.clone());
    match (step.kind.as_str(), step.back_id) {
        ("framework", Some(policy)) => {
            let old = policies::policy(cx.conn(), &actor, policy, Access::Write)?;
            let draft = policies::draft_again(cx, &old)?;
            ActivatePolicy { policy: draft.id, ..ActivatePolicy::default() }.run(cx).map(drop)
        }
        ("arrangement", Some(old)) => {
            let (held, ground) = charter(cx.conn(), &actor, old, Access::Write)?;
            for open in of_scope(cx.conn(), ws, ground.id)?.iter().filter(|c| c.is_draft()) {
                DiscardCharter { charter: open.id }.run(cx)?;
            }
            if held.state == "agreed" { Ok(()) } else { draft_again(cx, old).map(drop) }
        }
        ("titles", _) => {
            actor.check(Access::Admin)?;
            for t in step.titles.iter() {
                let Some(now) = load::<members::Person>(cx.conn(), ws, t.person)? else { continue };
                if now.title == t.became {
                    let mut after = now.clone();
                    after.title.clone_from(&t.was);
                    cx.update(&now, &mut after)?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
