//! Whom Tickets asked: a Kano survey and its answers, conversations with stakeholders, and the objective
//! of the company that those of the product serve.

use std::collections::BTreeMap;

use wherefore_app::kernel::{Error, Id};
use wherefore_app::what::survey_answers::AnswerSurvey;
use wherefore_app::what::surveys::StartSurvey;
use wherefore_app::why::key_results::{AddCheckIn, AddKeyResult, EditKeyResult};
use wherefore_app::why::objectives::{EditObjective, SetObjective};
use wherefore_app::why::stakeholder_talks::LogConversation;

use crate::direction::RIDE;
use crate::story::{DAYS, Day, MEI, PRIYA, Step, step};

pub(crate) fn tell(steps: &mut Vec<Step>) {
    survey(steps);
    talks(steps);
    company(steps);
}

fn id(d: &Day<'_>, name: &str) -> Result<Id, Error> {
    d.key(name)?.parse().map_err(Error::internal)
}

/// A pair of feelings, if it is solved and if it stays, and how often it was answered.
type Feelings = (&'static str, &'static str, usize);

/// What is asked about, with the answers to it.
const FEATURES: [(&str, &[Feelings]); 4] = [
    ("problem-5", &[("expect", "dislike", 11), ("like", "dislike", 5), ("neutral", "dislike", 4)]),
    ("problem-4", &[("like", "dislike", 12), ("like", "neutral", 5), ("expect", "dislike", 3)]),
    ("problem-3", &[("like", "neutral", 11), ("like", "live-with", 5), ("neutral", "neutral", 4)]),
    (
        "problem-later-4",
        &[("neutral", "neutral", 13), ("like", "live-with", 4), ("dislike", "like", 3)],
    ),
];
const RESPONDENTS: usize = 20;

fn survey(steps: &mut Vec<Step>) {
    step(steps, DAYS - 30, MEI, |d| {
        let about = FEATURES.iter().map(|(name, _)| d.key(name)).collect::<Result<_, _>>()?;
        d.act(
            "survey",
            &StartSurvey {
                product: RIDE.into(),
                title: "What travellers expect next year".into(),
                intro:
                    "Two minutes, two questions on each of four things. There are no wrong answers."
                        .into(),
                about,
            },
        )
    });
    step(steps, DAYS - 16, MEI, |d| {
        for n in 0..RESPONDENTS {
            let (mut with, mut without) = (BTreeMap::new(), BTreeMap::new());
            for (name, answers) in FEATURES {
                let key = d.key(name)?;
                let each = answers.iter().flat_map(|a| std::iter::repeat_n(a, a.2));
                // Nobody answers all of it in the same mood.
                let turned = (n * 7 + name.len()) % RESPONDENTS;
                if let Some((solved, stays, _)) = each.clone().nth(turned) {
                    with.insert(key.clone(), (*solved).to_owned());
                    without.insert(key, (*stays).to_owned());
                }
            }
            let respondent = format!("Traveller {}", n + 1);
            d.act("", &AnswerSurvey { survey: id(d, "survey")?, respondent, with, without })?;
        }
        Ok(())
    });
}

/// Conversations: with whom, how many days before the end, what was said, what was agreed.
const TALKS: [(&str, i64, &str, &str); 6] = [
    (
        "Grace Hall",
        210,
        "Calls on Mondays are half of what they were. What is left are people whose refund was refused without a reason.",
        "Each refusal says why, from the next release on.",
    ),
    (
        "Grace Hall",
        12,
        "The new offline tickets bring fewer calls than we feared; two a week, about the wallet.",
        "Grace sends us the two next ones with the model of the phone.",
    ),
    (
        "Ola Berg",
        95,
        "The books close on the third. A refund that comes after it is work by hand.",
        "Refunds of the last day of a month are booked on that day.",
    ),
    (
        "Rail Regulator",
        40,
        "The new timetable brings the rule on assistance into force. They will ask for figures in March.",
        "We show the share of assistance that was given, from January.",
    ),
    (
        "Sam Reyes",
        150,
        "The counter at Reading is calm since fares explain themselves; Didcot is not.",
        "We look at Didcot together.",
    ),
    ("Jo Lindqvist", 260, "Wants a banner for the summer.", "Jo finds out whom it would help."),
];

fn talks(steps: &mut Vec<Step>) {
    for (name, before, notes, agreed) in TALKS {
        step(steps, DAYS - before, MEI, move |d| {
            let stakeholder = id(d, &format!("stakeholder-{name}"))?;
            d.act(
                "",
                &LogConversation {
                    stakeholder,
                    said_on: None,
                    notes: notes.into(),
                    agreed: agreed.into(),
                },
            )
        });
    }
}

/// What the company wants, which the open objectives of the product serve. It comes last, so that keys
/// given earlier stay what they are.
fn company(steps: &mut Vec<Step>) {
    step(steps, DAYS - 1, PRIYA, |d| {
        d.act(
            "objective-company",
            &SetObjective {
                product: RIDE.into(),
                title: "People choose the train again, because it takes care of them".into(),
                period: "Year 2".into(),
                level: Some("company".into()),
                ..SetObjective::default()
            },
        )?;
        let objective = d.key("objective-company")?;
        d.act(
            "result-company",
            &AddKeyResult {
                objective: objective.clone(),
                title: "Passengers who would travel with us again".into(),
                unit: "%".into(),
                baseline: 61.0,
                target: 75.0,
                metric: None,
            },
        )?;
        d.act(
            "",
            &AddCheckIn {
                key: d.key("result-company")?,
                value: 66.0,
                confidence: Some(60),
                note: "From the survey of this autumn, 2,100 answers.".into(),
                ..AddCheckIn::default()
            },
        )?;
        for n in 3..6 {
            let key = d.key(&format!("objective-{n}"))?;
            let serves = Some(objective.clone());
            d.act("", &EditObjective { key, serves, ..EditObjective::default() })?;
        }
        d.act(
            "objective-partners",
            &SetObjective {
                product: "PART".into(),
                title: "Agencies book for their travellers without asking us".into(),
                period: "Year 2".into(),
                level: Some("team".into()),
                serves: Some(objective.clone()),
                ..SetObjective::default()
            },
        )?;
        d.act(
            "result-partners",
            &AddKeyResult {
                objective: d.key("objective-partners")?,
                title: "Bookings that needed a mail to us".into(),
                unit: "%".into(),
                baseline: 34.0,
                target: 15.0,
                metric: None,
            },
        )?;
        let (key, target) = (d.key("result-partners")?, Some(12.0));
        d.act("", &EditKeyResult { key, target, ..EditKeyResult::default() })?;
        d.act(
            "",
            &SetObjective {
                product: RIDE.into(),
                title: "Nobody queues at a counter for what a phone can do".into(),
                period: "Year 3".into(),
                serves: Some(objective),
                state: Some("draft".into()),
                ..SetObjective::default()
            },
        )
    });
}
