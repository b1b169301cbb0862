//! Keeping a step: how the signals stood, and the decision with the day on which it is looked at.

use super::asking::Question;
use super::records::{CultureStep, Stood, open_on};
use super::turning::Turned;
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::new_row;
use crate::people::nouns::by_key;
use crate::people::products::check_text;
use crate::reports::signals::{catalogue::named, last_values};
use crate::store::{Action, Change, Listed, Words, load};
use crate::what::decisions::{Decision, ProposeDecision};

/// Days until before and after are laid side by side, unless somebody says otherwise.
pub(super) const USUAL: i64 = 90;

/// The signals of a scope as they were measured last, up to a day.
pub(super) fn stood(conn: &mut Conn, ws: i64, scope: Option<Id>, day: Day) -> Result<Vec<Stood>> {
    let Some(scope) = scope else { return Ok(Vec::new()) };
    Ok(last_values(conn, ws, scope, day)?
        .into_iter()
        .map(|(signal, value, enough, raised)| Stood { signal, value, enough, raised })
        .collect())
}

fn signals(question: &Question) -> Result<Words> {
    let given = question.problem_signals.iter().flatten().flat_map(|s| s.split(','));
    let mut all = Vec::new();
    for word in given.map(str::trim).filter(|w| !w.is_empty()) {
        let unknown = || Error::invalid("problem_signals", "Signals are named S1 to S15.");
        all.push(format!("S{}", named(word).ok_or_else(unknown)?.number));
    }
    all.dedup();
    Ok(Words(all))
}

/// Writes a step down with its decision. Without an answer the change is done all the same, and “no
/// reason given” is kept; of titles without one no decision is made.
pub(super) fn keep(
    cx: &mut Change<'_>,
    turned: Turned,
    question: &Question,
) -> Result<CultureStep> {
    let (ws, today) = (cx.workspace(), cx.now.day());
    let problem = check_text("problem", question.problem.as_deref().unwrap_or_default().trim())?;
    let review_on = question.look_back_on.unwrap_or_else(|| today.plus_days(USUAL));
    if review_on <= today {
        let message = "Look back on a later day than today, when something can have moved.";
        return Err(Error::invalid("look_back_on", message));
    }
    let signals = signals(question)?;
    // It belongs to whatever was changed, and exercises nothing of its own.
    let exercised = cx.exercised.replace(Vec::new());
    let older = match turned.subject_id {
        Some(subject) => open_on(cx.conn(), ws, subject)?.filter(|s| s.kind == turned.kind),
        None => None,
    };
    let older_decision = match older.as_ref().and_then(|s| s.decision_id) {
        Some(id) => load::<Decision>(cx.conn(), ws, id)?.filter(|d| d.gone_at.is_none()),
        None => None,
    };
    let decided = turned.kind != "titles" || !problem.is_empty();
    let decision_id = match turned.product.as_ref().filter(|_| decided) {
        Some(product) => {
            let made = ProposeDecision {
                product: product.key.clone(),
                title: title(&turned),
                context: context(&turned, &problem, &signals),
                options: options(&turned),
                choice: title(&turned),
                consequences: consequences(&turned),
                review_on: Some(review_on),
                supersedes: older_decision.map(|d| d.key),
                state: Some("accepted".to_owned()),
                ..ProposeDecision::default()
            }
            .run(cx)?;
            let actor = cx.actor.clone();
            Some(by_key::<Decision>(cx.conn(), &actor, &made.key, Access::Read)?.0.id)
        }
        None => None,
    };
    if let Some(older) = older {
        let mut after = older.clone();
        "replaced".clone_into(&mut after.outcome);
        after.reviewed_on = Some(today);
        cx.update(&older, &mut after)?;
    }
    let scope = turned.team.or(turned.product.as_ref().map(|p| p.id));
    let before = stood(cx.conn(), ws, scope, today)?;
    let step = new_row!(
        cx,
        CultureStep {
            kind: turned.kind.to_owned(),
            product_id: turned.product.as_ref().map(|p| p.id),
            team_id: turned.team,
            subject_id: turned.subject_id,
            subject: turned.subject,
            was: turned.was,
            became: turned.became,
            titles: Listed(turned.titles),
            problem: problem,
            practice: turned.practice.to_owned(),
            signals: signals,
            decision_id: decision_id,
            made_by: cx.actor.person,
            made_on: today,
            review_on: review_on,
            signals_before: Listed(before),
            outcome: String::new(),
            outcome_note: String::new(),
            reviewed_on: None,
            back_id: turned.back,
        }
    );
    cx.insert(&step)?;
    cx.exercised = exercised;
    Ok(step)
}

fn title(turned: &Turned) -> String {
    let Turned { subject, was, became, .. } = turned;
    match turned.kind {
        "framework" => format!("{subject} works by {became} instead of {was}"),
        "arrangement" => format!("{subject}: {became} instead of {was}"),
        "titles" if turned.titles.len() > 1 => format!("{subject} are others from now on"),
        "titles" => format!("A title becomes “{became}” and was “{was}”"),
        _ => format!("{subject} tries: {became}"),
    }
}

fn context(turned: &Turned, problem: &str, signals: &Words) -> String {
    let mut text = match problem {
        "" => "No reason was given.".to_owned(),
        problem => format!("The problem that it shall solve: {problem}"),
    };
    if !signals.is_empty() {
        text.push_str(&format!("\n\nIt should lower {}.", signals.join(", ")));
    }
    if turned.kind == "practice" {
        text.push_str(
            "\n\nA practice is tried before a framework, an arrangement or titles are changed.",
        );
    }
    text
}

fn options(turned: &Turned) -> String {
    match turned.kind {
        "practice" => "- Change nothing\n- Change a practice first\n- Change the framework, the arrangement or titles".to_owned(),
        _ => format!("- Stay with {}\n- Change a practice first, with one team and until a day\n- {}", turned.was, title(turned)),
    }
}

fn consequences(turned: &Turned) -> String {
    match turned.kind {
        "framework" => "Items, their order and their history stay. It can be switched back.",
        "arrangement" => "The charter holds once it is signed; until then the one before does.",
        "titles" => {
            "A title is a label and changes no right: the charter says who answers for what."
        }
        _ => "Nobody's title, charter or workflow changes.",
    }
    .to_owned()
}
