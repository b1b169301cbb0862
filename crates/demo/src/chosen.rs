//! What Tickets chose: options, experiments, decisions, releases and the roadmap.

use wherefore_app::how::experiments::{ConcludeExperiment, PlanExperiment, StartExperiment};
use wherefore_app::how::options::{ChooseOption, SketchOption};
use wherefore_app::kernel::Result;
use wherefore_app::thread::links::AddLink;
use wherefore_app::thread::triage::AnswerEvidence;
use wherefore_app::what::decisions::ProposeDecision;
use wherefore_app::what::releases::{
    AddRolloutStep, AddToRelease, DecideRelease, FinishRolloutStep, PlanRelease, ReviewOutcome,
    WriteReleaseNotes,
};
use wherefore_app::what::roadmap::{PlaceOnRoadmap, RemoveFromRoadmap, ShareRoadmap};

use crate::direction::{FROM, RIDE};
use crate::story::{ANA, Day, LEA, MEI, Step, TOM, step};
use crate::{market, worth};

pub(crate) fn tell(steps: &mut Vec<Step>) {
    worth::tell(steps);
    market::tell(steps);
    chosen(steps);
    releases(steps);
    roadmap(steps);
}

fn chosen(steps: &mut Vec<Step>) {
    step(steps, FROM + 2, TOM, |d| {
        for (n, (title, body, effort)) in [
            ("A form in the app", "Three questions, the ticket is known already.", "3 weeks"),
            ("A voucher at once", "No form; the money stays with us.", "1 week"),
            ("A call-back", "Support calls within the day.", "2 weeks, and four people"),
        ]
        .into_iter()
        .enumerate()
        {
            let about = d.key("problem-1")?;
            d.act(
                &format!("option-{n}"),
                &SketchOption {
                    about,
                    title: title.into(),
                    body: body.into(),
                    effort: effort.into(),
                },
            )?;
        }
        Ok(())
    });
    step(steps, FROM + 3, LEA, |d| {
        d.act(
            "trial",
            &PlanExperiment {
                product: RIDE.into(),
                title: "Ten commuters refund on a prototype".into(),
                belief: "Commuters finish a refund alone when they see the sum first.".into(),
                risk: Some("usability".into()),
                method: "Ten people, their own last cancelled journey, nobody helps.".into(),
                metric: "finished without help".into(),
                threshold: "6 of 10".into(),
                ends_on: None,
                about: Some(d.key("problem-1")?),
            },
        )
    });
    step(steps, FROM + 5, LEA, |d| {
        let key = d.key("trial")?;
        d.act("", &StartExperiment { key })
    });
    step(steps, FROM + 12, LEA, |d| {
        d.act(
            "",
            &ConcludeExperiment {
                key: d.key("trial")?,
                state: "supported".into(),
                result: "8 of 10 finished; both others stopped at the word “fare rule”.".into(),
                verdict: "persevere".into(),
            },
        )
    });
    step(steps, FROM + 13, ANA, |d| {
        let key = d.key("option-0")?;
        let because = "8 of 10 finished alone, and three of four callers never used a voucher.";
        d.act("", &ChooseOption { key, because: because.into() })
    });
    step(steps, FROM + 14, MEI, |d| {
        d.act(
            "decision-card",
            &ProposeDecision {
                product: RIDE.into(),
                title: "Refunds go to the card that paid".into(),
                context: "Vouchers cost us nothing and help nobody: one in four is ever used."
                    .into(),
                options: "Voucher · bank transfer · the card that paid".into(),
                choice: "The card that paid, within two days.".into(),
                consequences: "Finance books refunds daily; cash tickets still need the counter."
                    .into(),
                about: Some(d.key("problem-1")?),
                state: Some("accepted".into()),
                ..ProposeDecision::default()
            },
        )
    });
    step(steps, 395, LEA, |d| {
        d.act(
            "",
            &PlanExperiment {
                product: RIDE.into(),
                title: "Tell fifty people of a platform change by message".into(),
                belief: "A message two minutes ahead is early enough to change platform.".into(),
                risk: Some("value".into()),
                method: "Fifty volunteers at two stations, messages sent by hand.".into(),
                metric: "arrived in time".into(),
                threshold: "40 of 50".into(),
                ends_on: None,
                about: None,
            },
        )
    });
    step(steps, 400, TOM, |d| {
        d.act(
            "",
            &ProposeDecision {
                product: RIDE.into(),
                title: "One message service for delays and refunds".into(),
                context: "Each sends its own; one of them twice last week.".into(),
                options: "Keep both · one of our own · buy one".into(),
                ..ProposeDecision::default()
            },
        )
    });
}

fn releases(steps: &mut Vec<Step>) {
    for (n, (title, audience, strategy)) in [
        ("Plain fares", "Everybody with the app", "phased"),
        ("Refund yourself", "Commuters with a split ticket first", "canary"),
        ("Paid when late", "Season ticket holders", "flag"),
    ]
    .into_iter()
    .enumerate()
    {
        let out = (4 + n as i64 * 72 + 100).max(FROM + 4);
        step(steps, out - 4, MEI, move |d| {
            d.act(
                &format!("release-{n}"),
                &PlanRelease {
                    product: RIDE.into(),
                    title: title.into(),
                    audience: audience.into(),
                    strategy: Some(strategy.into()),
                    stop_criteria: "More than 1 % of purchases or refunds fail.".into(),
                    ..PlanRelease::default()
                },
            )?;
            let key = d.key(&format!("release-{n}"))?;
            d.act(
                "",
                &AddToRelease { key: key.clone(), items: vec![d.key(&format!("epic-{n}"))?] },
            )?;
            for (title, share) in [("Our own staff", 1), ("One line", 20), ("Everybody", 100)] {
                d.act("", &AddRolloutStep { key: key.clone(), title: title.into(), share })?;
            }
            Ok(())
        });
        step(steps, out, MEI, move |d| {
            let key = d.key(&format!("release-{n}"))?;
            let because = "Failures under 0.3 % in the rehearsal.".to_owned();
            d.act("", &DecideRelease { key, decision: "go".into(), because })
        });
        for position in 1..=3 {
            step(steps, out + 3 * position, ANA, move |d| {
                let key = d.key(&format!("release-{n}"))?;
                d.act("", &FinishRolloutStep { key, position, stopped: false, note: String::new() })
            });
        }
        step(steps, out + 10, MEI, move |d| {
            let key = d.key(&format!("release-{n}"))?;
            let notes = format!("### Added\n\n- {title}: for {}.\n", audience.to_lowercase());
            d.act("", &WriteReleaseNotes { key: key.clone(), revision: None, notes })?;
            d.act("", &DecideRelease { key, decision: "done".into(), because: String::new() })
        });
        step(steps, out + 12, GRACE_WRITES, move |d| {
            let key = d.key(&format!("words-{n}-0"))?;
            let answer = format!("“{title}” is out since last week. Thank you for telling us.");
            d.act("", &AnswerEvidence { key, answer, how: "on the phone".into() })
        });
        let (finding, before, now) = [
            (
                "Fewer sessions end on the fare list; the drop came with the one-line explanation.",
                61.0,
                52.0,
            ),
            ("Calls about refunds fell by more than a third, most on Mondays.", 410.0, 262.0),
            ("Claims doubled; nobody had claimed small sums before.", 120.0, 251.0),
        ][n];
        step(steps, out + 42, MEI, move |d| {
            d.act(
                "",
                &ReviewOutcome {
                    key: d.key(&format!("release-{n}"))?,
                    after_days: 30,
                    finding: finding.into(),
                    verdict: "moved".into(),
                    measure_before: Some(before),
                    measure_now: Some(now),
                },
            )
        });
    }
    step(steps, 405, MEI, |d| {
        d.act(
            "",
            &PlanRelease {
                product: RIDE.into(),
                title: "Changes come to you".into(),
                audience: "Commuters on two lines".into(),
                ..PlanRelease::default()
            },
        )
    });
}

/// Guests answer nobody in the company's name.
const GRACE_WRITES: usize = ANA;

fn place(
    n: usize,
    theme: &'static str,
    horizon: &'static str,
    because: &'static str,
) -> impl Fn(&mut Day<'_>) -> Result<()> + Send + Sync + 'static {
    move |d| {
        d.act(
            "",
            &PlaceOnRoadmap {
                item: d.key(&format!("problem-{n}"))?,
                horizon: Some(horizon.into()),
                theme: Some(theme.into()),
                because: Some(because.into()),
                ..PlaceOnRoadmap::default()
            },
        )
    }
}

fn roadmap(steps: &mut Vec<Step>) {
    for (n, theme) in
        ["Plain fares", "Money back", "Money back", "Calm journeys", "Calm journeys", "Plain fares"]
            .into_iter()
            .enumerate()
    {
        let begin = 4 + n as i64 * 72;
        step(
            steps,
            begin + 20,
            MEI,
            place(n, theme, "next", "It is worth solving, and the one before is nearly out."),
        );
        step(steps, begin + 31, MEI, place(n, theme, "now", "The team has begun."));
    }
    for n in 0..3 {
        step(steps, 4 + n * 72 + 130, MEI, move |d| {
            let item = d.key(&format!("problem-{n}"))?;
            d.act("", &RemoveFromRoadmap { item })
        });
    }
    dates(steps);
}

/// Dates as ranges, one promise with its reason, and how far each may be told.
fn dates(steps: &mut Vec<Step>) {
    let told = [
        (3, -60, 30, 34.0, "customers", "A ticket that cannot be shown without a network"),
        (4, 20, 110, 21.0, "sales", "Help on a journey has to be booked by phone"),
        (5, 100, 190, 13.0, "executives", ""),
    ];
    for (n, from, to, effort, reach, outside) in told {
        step(steps, 412, MEI, move |d| {
            let day = |days: i64| Some(d.now.day().plus_days(days));
            let (starts, ends) = (day(from), day(to));
            let promise = n == 4;
            d.act(
                "",
                &PlaceOnRoadmap {
                    item: d.key(&format!("problem-{n}"))?,
                    horizon: Some(["now", "next", "later"][n - 3].into()),
                    starts,
                    ends,
                    hard: Some(promise),
                    hard_reason: promise
                        .then(|| "The new timetable begins then; the regulator was told.".into()),
                    effort: Some(effort),
                    reach: Some(reach.into()),
                    outside: Some(outside.into()),
                    because: Some("From the plan for the year, after the review in autumn.".into()),
                    ..PlaceOnRoadmap::default()
                },
            )
        });
    }
    step(steps, 413, MEI, |d| {
        let (from, to) = (d.key("problem-3")?, d.key("problem-4")?);
        d.act("", &AddLink { from, to, kind: Some("blocks".into()) })?;
        for (audience, label) in [("executives", "The board"), ("customers", "Passengers' council")]
        {
            let (audience, label) = (audience.into(), label.into());
            let expires_on = Some(d.now.day().plus_days(90));
            d.act("", &ShareRoadmap { product: RIDE.into(), audience, label, expires_on })?;
        }
        Ok(())
    });
}
