//! The siloed team: orders come down, nobody writes down why, and what users said stays with one.

use wherefore_app::how::gates::{CreateGate, DecideGate, SetGateCriterion};
use wherefore_app::how::work_items::{CreateWorkItem, EditWorkItem};
use wherefore_app::kernel::Error;
use wherefore_app::thread::questions::{AnswerQuestion, AskQuestion};
use wherefore_app::what::opportunities::{DecideOpportunity, FrameOpportunity};
use wherefore_app::why::evidence::RecordEvidence;
use wherefore_app::why::needs::CreateNeed;

use crate::founding::PORTAL_PARTS;
use crate::story::{INES, JONAS, KARL, PAVEL, Step, step};
use crate::themes::PORTAL_STORIES;
use crate::titles::{PORTAL_MORE, PORTAL_WORDS};

pub(crate) fn tell(steps: &mut Vec<Step>) {
    why(steps);
    gate(steps);
    for (i, title) in PORTAL_STORIES.iter().enumerate() {
        story(steps, format!("portal-{i}"), title, 25 + i as i64 * 24, [5, 12, 40, 75]);
    }
    for (i, title) in PORTAL_MORE.iter().enumerate() {
        let name = format!("portal-more-{i}");
        story(steps, name.clone(), title, 30 + i as i64 * 9, [6, 15, 34, 58]);
        if i % 4 == 1 {
            asked_in_vain(steps, name, 48 + i as i64 * 9, i % 8 == 1);
        }
    }
}

fn why(steps: &mut Vec<Step>) {
    step(steps, 20, KARL, |d| {
        d.act(
            "portal-need",
            &CreateNeed {
                product: "PART".into(),
                title: "Partners sell more".into(),
                kind: Some("business".into()),
                sponsor: "Sales".into(),
                measure: "Bookings by partners in a month".into(),
                baseline: Some(310.0),
                current: Some(322.0),
                ..CreateNeed::default()
            },
        )
    });
    step(steps, 60, KARL, |d| {
        d.act(
            "portal-problem",
            &FrameOpportunity {
                product: "PART".into(),
                title: "Sales asks for more reports".into(),
                ..FrameOpportunity::default()
            },
        )?;
        let key = d.key("portal-problem")?;
        d.act(
            "",
            &DecideOpportunity {
                key,
                state: "worth-solving".into(),
                because: "Sales wants it.".into(),
            },
        )
    });
    for (i, (words, source)) in PORTAL_WORDS.iter().enumerate() {
        let name = format!("portal-words-{i}");
        let day = 70 + i as i64 * 48;
        let made = name.clone();
        step(steps, day, KARL, move |d| {
            d.act(
                &made,
                &RecordEvidence {
                    product: "PART".into(),
                    verbatim: (*words).into(),
                    kind: Some("feedback".into()),
                    source: (*source).into(),
                    segment: "travel agents".into(),
                    ..RecordEvidence::default()
                },
            )
        });
        // Nobody else ever opens it.
        step(steps, day + 3, KARL, move |d| d.open(&name));
    }
}

/// From the order to the day it is waved through, each step so many days after the beginning.
fn story(steps: &mut Vec<Step>, name: String, title: &'static str, begin: i64, after: [i64; 4]) {
    let reports = title.contains("eport") || title.contains("sales") || title.contains("hart");
    let part = PORTAL_PARTS[usize::from(!reports)];
    let made = name.clone();
    step(steps, begin, INES, move |d| {
        d.act(
            &made,
            &CreateWorkItem {
                product: "PART".into(),
                title: title.into(),
                body: "As told by Karl.".into(),
                points: Some(3.0),
                part: Some(part.into()),
                ..CreateWorkItem::default()
            },
        )
    });
    let maker = if begin % 2 == 0 { JONAS } else { PAVEL };
    let whos = [INES, maker, maker, INES];
    for ((who, days), state) in
        whos.into_iter().zip(after).zip(["Ready", "In progress", "In review", "Done"])
    {
        let moved = name.clone();
        step(steps, begin + days, who, move |d| {
            if state == "In progress" {
                let (key, assignee) = (d.key(&moved)?, Some(Some("me".to_owned())));
                d.act("", &EditWorkItem { key, assignee, ..EditWorkItem::default() })?;
            }
            d.set_state(&moved, state)
        });
    }
}

/// Somebody asks why; the answer comes late, or never.
fn asked_in_vain(steps: &mut Vec<Step>, name: String, day: i64, answered: bool) {
    let question = format!("why-{name}");
    let asked = question.clone();
    step(steps, day, JONAS, move |d| {
        let key = d.key(&name)?;
        let body = "@Karl Voss who needs this, and what for?".to_owned();
        d.act(&asked, &AskQuestion { key, kind: None, body })
    });
    if answered {
        step(steps, day + 9, KARL, move |d| {
            let question = d.key(&question)?.parse().map_err(Error::internal)?;
            d.act("", &AnswerQuestion { question, answer: "Sales promised it.".into() })
        });
    }
}

/// A release that had to pass a gate: held once, then let through with a condition.
fn gate(steps: &mut Vec<Step>) {
    const MUST: [&str; 3] =
        ["Reports load within five seconds", "Sales has signed", "Support has been told"];
    step(steps, 150, KARL, |d| {
        let must = MUST.map(str::to_owned).to_vec();
        let should = vec!["A partner has seen it".to_owned()];
        d.act(
            "portal-gate",
            &CreateGate {
                product: "PART".into(),
                name: "Launch of the reports".into(),
                phase: "Build".into(),
                team: Some("Portal".into()),
                approvers: vec!["Karl Voss".into()],
                must,
                should,
                ..CreateGate::default()
            },
        )
    });
    for (day, place, standing, note) in [
        (168, 0, "not-met", "Eleven seconds for a year of sales"),
        (168, 1, "met", "Signed by the head of sales"),
        (189, 0, "met", "Four seconds, measured with a year of sales"),
    ] {
        step(steps, day, JONAS, move |d| {
            let criterion = SetGateCriterion {
                gate: d.key("portal-gate")?.parse().map_err(Error::internal)?,
                kind: "must".into(),
                text: MUST[place].into(),
                standing: Some(standing.into()),
                note: Some(note.into()),
            };
            d.act("", &criterion)
        });
    }
    for (day, decision, because, conditions) in [
        (170, "hold", "Nobody waits eleven seconds for a table.", ""),
        (191, "conditional-go", "It is fast enough now.", "Support gets its briefing."),
    ] {
        step(steps, day, KARL, move |d| {
            let by_day = (decision == "conditional-go").then(|| d.now.day().plus_days(7));
            let gate = d.key("portal-gate")?.parse().map_err(Error::internal)?;
            let (because, conditions) = (because.into(), conditions.into());
            let decision = decision.into();
            d.act("", &DecideGate { gate, decision, because, conditions, by_day })
        });
    }
}
