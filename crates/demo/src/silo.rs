//! The last quarter as the signals see it: in the siloed team users' words stay with one person,
//! orders come down and nobody is answered; the healthy team hears, answers and asks both sides.

use wherefore_app::how::work_items::CreateWorkItem;
use wherefore_app::kernel::Error;
use wherefore_app::thread::questions::{AnswerQuestion, AskQuestion};
use wherefore_app::thread::triage::AnswerEvidence;
use wherefore_app::what::opportunities::FrameOpportunity;
use wherefore_app::what::requirements::{AddRequirement, SettleRequirement};
use wherefore_app::why::evidence::RecordEvidence;
use wherefore_app::why::interviews::RecordInterview;

use crate::founding::PORTAL_PARTS;
use crate::story::{ANA, DAYS, INES, JONAS, KARL, MEI, PAVEL, Step, step};
use crate::titles::PROBLEMS;

/// The first day that the signals of the last day look back to.
const FROM: i64 = DAYS - 89;

const SAID: [(&str, &str); 14] = [
    ("The export has the wrong tax again. I correct it by hand each month.", "Agency clerk, Hull"),
    ("A refund takes me eleven clicks, and then it asks for a fax.", "Travel agent, York"),
    ("I cannot see whether a customer has a railcard.", "Travel agent, Derby"),
    ("You added a chart. I asked for a search.", "Agency owner, London"),
    ("It logs me out while I am on the telephone.", "Agency clerk, Bath"),
    ("I keep your prices in a notebook, it is faster.", "Travel agent, Leeds"),
    ("My commission arrives and I cannot tell for which tickets.", "Agency owner, Bristol"),
    ("Groups of more than nine: I still have to ring.", "Travel agent, Cardiff"),
    ("When a train is cancelled I hear it from the customer.", "Travel agent, Oxford"),
    ("I wrote in spring about the double entries. Nobody wrote back.", "Travel agent, Leeds"),
    ("The report comes as a picture. I need the numbers.", "Agency clerk, Hull"),
    ("Two agencies with the same name, and the bills get mixed up.", "Agency owner, Leicester"),
    ("I have stopped recommending it to colleagues.", "Agency owner, Exeter"),
    ("Could somebody come and watch me for an hour?", "Travel agent, Derby"),
];

const ORDERS: [&str; 6] = [
    "Report of sales by weekday",
    "Logo of the partner on each report",
    "Second chart on the first page",
    "Report by region",
    "Colours of the campaign in the portal",
    "Report of logins",
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    heard_by_one(steps);
    handed_down(steps);
    waved_through(steps);
    asked_why(steps);
    healthy(steps);
    for day in [FROM, FROM + 21, FROM + 42, FROM + 63, DAYS - 5, DAYS - 1] {
        step(steps, day, crate::story::PRIYA, |d| d.measure());
    }
}

/// What partners say goes to one person, who opens it, and to nobody else.
fn heard_by_one(steps: &mut Vec<Step>) {
    for (i, (words, source)) in SAID.iter().enumerate() {
        let name = format!("partner-{i}");
        let made = name.clone();
        let day = FROM + i as i64 * 5;
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
        step(steps, day + 1, KARL, move |d| {
            d.open(&name)?;
            if i < 3 { d.link("portal-need", &name) } else { Ok(()) }
        });
    }
}

/// Requirements that come down from sales, become work the next day, and were never talked about.
fn handed_down(steps: &mut Vec<Step>) {
    for (i, title) in ORDERS.iter().enumerate() {
        let name = format!("order-{i}");
        let day = FROM + 4 + i as i64 * 9;
        let made = name.clone();
        step(steps, day, KARL, move |d| {
            d.act(
                &made,
                &AddRequirement {
                    product: "PART".into(),
                    title: (*title).into(),
                    source: "Sales".into(),
                    conversation: String::new(),
                    ..AddRequirement::default()
                },
            )?;
            d.act(
                &format!("order-problem-{i}"),
                &FrameOpportunity {
                    product: "PART".into(),
                    title: format!("Sales wants: {}", title.to_lowercase()),
                    ..FrameOpportunity::default()
                },
            )?;
            d.link(&format!("order-problem-{i}"), "portal-need")
        });
        step(steps, day + 1, INES, move |d| {
            d.act(
                &format!("ordered-{i}"),
                &CreateWorkItem {
                    product: "PART".into(),
                    title: (*title).into(),
                    body: "As told by Karl.".into(),
                    points: Some(2.0),
                    part: Some(PORTAL_PARTS[0].into()),
                    ..CreateWorkItem::default()
                },
            )
        });
        step(steps, day + 1, KARL, move |d| {
            let (key, became) = (d.key(&name)?, Some(d.key(&format!("ordered-{i}"))?));
            let because = "Sales has asked for it.".to_owned();
            d.act("", &SettleRequirement { key, state: "taken-up".into(), became, because })?;
            d.link(&format!("ordered-{i}"), &format!("order-problem-{i}"))
        });
    }
}

/// The ordered work is accepted by somebody who never saw what stands behind it.
fn waved_through(steps: &mut Vec<Step>) {
    for i in 0..ORDERS.len() {
        let day = FROM + 5 + i as i64 * 9;
        let maker = if i % 2 == 0 { JONAS } else { PAVEL };
        for (after, who, state) in [
            (1, INES, "Ready"),
            (3, maker, "In progress"),
            (7, maker, "In review"),
            (9, INES, "Done"),
        ] {
            step(steps, day + after, who, move |d| d.set_state(&format!("ordered-{i}"), state));
        }
    }
}

/// Why is asked of most of it; the answer takes two weeks, or never comes.
fn asked_why(steps: &mut Vec<Step>) {
    for i in 0..ORDERS.len() {
        let question = format!("why-ordered-{i}");
        let asked = question.clone();
        let day = FROM + 7 + i as i64 * 9;
        step(steps, day, if i % 2 == 0 { JONAS } else { PAVEL }, move |d| {
            let key = d.key(&format!("ordered-{i}"))?;
            let body = "Who needs this, and what do they do without it?".to_owned();
            d.act(&asked, &AskQuestion { key, kind: None, body })
        });
        if i < 2 {
            step(steps, day + 13, KARL, move |d| {
                let question = d.key(&question)?.parse().map_err(Error::internal)?;
                d.act("", &AnswerQuestion { question, answer: "It is in the contract.".into() })
            });
        }
    }
}

/// The healthy team in the same weeks.
fn healthy(steps: &mut Vec<Step>) {
    for (i, (.., theme)) in PROBLEMS.iter().enumerate() {
        let day = (150 + i as i64 * 40).max(24 + *theme as i64 * 72) + 9;
        step(steps, day.min(DAYS - 2), MEI, move |d| {
            // Where the business side of a theme is known, its problems are asked for it too.
            match d.key(&format!("business-{theme}")) {
                Ok(_) => d.link(&format!("problem-later-{i}"), &format!("business-{theme}")),
                Err(_) => Ok(()),
            }
        });
    }
    for (day, who, title, words) in [
        (DAYS - 20, MEI, "On the platform when it changed", "A commuter at Reading"),
        (DAYS - 16, ANA, "Two minutes before departure", "A nurse on her way to the early shift"),
    ] {
        step(steps, day, who, move |d| {
            d.act(
                "",
                &RecordInterview {
                    product: "RIDE".into(),
                    title: title.into(),
                    participants: vec![words.into()],
                    notes: "Watched it happen, then asked what they looked at first.".into(),
                    held_on: None,
                },
            )
        });
    }
    for (name, day) in
        [("words-5-1", 367), ("words-5-2", 370), ("later-4-0", 337), ("later-5-0", 409)]
    {
        step(steps, day + 6, MEI, move |d| {
            let key = d.key(name)?;
            let answer = "Thank you. We work on it now; you will hear when it is out.".to_owned();
            d.act("", &AnswerEvidence { key, answer, how: "on the phone".into() })
        });
    }
}
