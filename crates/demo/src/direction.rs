//! Where Tickets goes: vision and strategy in versions, metrics, stakeholders and what they asked
//! for, interviews, and what waits in the inbox.

use wherefore_app::what::requirements::{AddRequirement, SettleRequirement};
use wherefore_app::why::companies::SetCompany;
use wherefore_app::why::directions::{SetSegment, SetTheme};
use wherefore_app::why::evidence::RecordEvidence;
use wherefore_app::why::interviews::{AddHighlight, RecordInterview};
use wherefore_app::why::metrics::{DefineMetric, EnterValues};
use wherefore_app::why::stakeholders::AddStakeholder;
use wherefore_app::why::strategy::{
    Acknowledge, NewText, PublishProductGoal, PublishStrategy, PublishVision,
};

use crate::story::{ANA, DAYS, GRACE, LEA, MEI, PRIYA, Step, TOM, step};

/// Nothing with a key comes before this day: keys given earlier stay what they are.
pub(crate) const FROM: i64 = 113;
pub(crate) const RIDE: &str = "RIDE";

pub(crate) fn tell(steps: &mut Vec<Step>) {
    texts(steps);
    metrics(steps);
    people(steps);
    interviews(steps);
    inbox(steps);
}

fn text(body: &str, changed: &str, because: &str) -> NewText {
    NewText {
        product: RIDE.into(),
        body: body.into(),
        changed: changed.into(),
        because: because.into(),
    }
}

fn texts(steps: &mut Vec<Step>) {
    step(steps, 2, PRIYA, |d| {
        d.act("", &PublishVision(text("A ticket is bought once and understood at once. Nobody at Southway queues to buy one, and nobody calls to give one back.", "", "")))?;
        d.act(
            "",
            &PublishStrategy(text(
                "First sell: the cheapest valid fare in one line. Then everything else.",
                "",
                "",
            )),
        )?;
        for (name, about) in [
            ("Plain fares", "One line says what a ticket is for and what one gives up."),
            ("Money back", "Who could not travel is paid without asking twice."),
            ("Calm journeys", "Delays and changes come to the passenger, not the other way round."),
        ] {
            let (name, about) = (name.to_owned(), Some(about.to_owned()));
            d.act("", &SetTheme { product: RIDE.into(), name, about, state: None })?;
        }
        for (name, about, size) in [
            ("Commuters", "The same line, four days a week, on the phone while walking.", "40,000"),
            ("Visitors", "Once or twice a year, afraid of the wrong ticket.", "210,000"),
            ("Travel desks", "Book for others and answer for the bill.", "120 companies"),
        ] {
            let (about, size) = (Some(about.to_owned()), Some(size.to_owned()));
            d.act("", &SetSegment { product: RIDE.into(), name: name.into(), about, size })?;
        }
        Ok(())
    });
    step(steps, 75, PRIYA, |d| {
        d.act("", &PublishStrategy(text(
            "First the money that people call about, then fares that need no explaining, then journeys that change by themselves.",
            "Refunds come before fares.",
            "410 calls a week are about refunds; selling more tickets that people cannot give back made it worse.",
        )))
    });
    step(steps, 80, MEI, |d| {
        d.act(
            "",
            &PublishProductGoal(text(
                "By summer a commuter settles any refund alone, in two minutes.",
                "",
                "",
            )),
        )
    });
    for (who, day) in [(ANA, 81), (LEA, 81), (TOM, 83)] {
        step(steps, day, who, |d| {
            for (kind, number) in [("vision", 1), ("strategy", 2), ("product-goal", 1)] {
                d.act("", &Acknowledge { product: RIDE.into(), kind: kind.into(), number })?;
            }
            Ok(())
        });
    }
    step(steps, 380, MEI, |d| {
        d.act("", &PublishProductGoal(text(
            "By autumn nobody misses a train that left from another platform.",
            "From refunds to changes on the way.",
            "Refunds are settled alone in two of three cases; platform changes are now what people write about.",
        )))
    });
    step(steps, 382, ANA, |d| {
        d.act("", &Acknowledge { product: RIDE.into(), kind: "product-goal".into(), number: 2 })
    });
}

/// Metrics with a value each fortnight: name, unit, role, first, last.
const METRICS: [(&str, &str, &str, f64, f64); 4] = [
    ("Journeys settled without help", "a week", "north-star", 5_200.0, 11_900.0),
    ("Refunds finished in the app", "% of refunds", "input", 22.0, 68.0),
    ("Sessions that end on the fare list", "%", "input", 61.0, 44.0),
    ("Calls about refunds", "a week", "input", 410.0, 165.0),
];

fn metrics(steps: &mut Vec<Step>) {
    for (n, (title, unit, role, first, last)) in METRICS.into_iter().enumerate() {
        step(steps, FROM + n as i64, MEI, move |d| {
            let better = if first > last { "down" } else { "up" };
            d.act(
                &format!("metric-{n}"),
                &DefineMetric {
                    product: RIDE.into(),
                    title: title.into(),
                    about: "From the nightly figures of the ticket service.".into(),
                    unit: unit.into(),
                    role: Some(role.into()),
                    better: Some(better.into()),
                },
            )
        });
        for (k, day) in (FROM + 10..DAYS).step_by(14).enumerate() {
            step(steps, day, MEI, move |d| {
                let share = (day - FROM) as f64 / (DAYS - FROM) as f64;
                let wobble = [0.0, 0.03, -0.02, 0.015, -0.035][(k + n) % 5];
                let value = first + (last - first) * share + first.max(last) * wobble;
                let key = d.key(&format!("metric-{n}"))?;
                d.act(
                    "",
                    &EnterValues { key, value: Some(value.round()), ..EnterValues::default() },
                )
            });
        }
    }
}

fn people(steps: &mut Vec<Step>) {
    step(steps, 20, MEI, |d| {
        for (name, organisation, influence, interest, wants) in [
            ("Grace Hall", "Support", 4, 5, "Fewer calls on Mondays, and answers that hold."),
            ("Ola Berg", "Finance", 5, 2, "Every refund found again in the books."),
            ("Sam Reyes", "Stations", 2, 4, "Fewer people at the counter at seven in the morning."),
            ("Rail Regulator", "Authority", 5, 3, "Delay payments within fourteen days."),
            ("Jo Lindqvist", "Marketing", 2, 2, "Something to tell each month."),
        ] {
            d.act(
                &format!("stakeholder-{name}"),
                &AddStakeholder {
                    product: RIDE.into(),
                    name: name.into(),
                    organisation: organisation.into(),
                    influence: Some(influence),
                    interest: Some(interest),
                    wants: wants.into(),
                },
            )?;
        }
        for (name, people, revenue) in
            [("Brightwater Travel Desk", 40, 18_000.0), ("Northline Logistics", 310, 52_000.0)]
        {
            let (people, revenue) = (Some(people), Some(revenue));
            d.act(
                "",
                &SetCompany {
                    product: RIDE.into(),
                    name: name.into(),
                    about: None,
                    people,
                    revenue,
                },
            )?;
        }
        Ok(())
    });
    step(steps, 140, GRACE, |d| {
        d.act("asked-list", &AddRequirement {
            product: RIDE.into(),
            title: "A monthly list of all refunds".into(),
            source: "Ola Berg, Finance".into(),
            conversation: "Ola: I need a list. – Mei: What do you do with it? – Ola: I look for tickets paid twice. – Mei: So a check that finds them would do? – Ola: It would be better.".into(),
            ..AddRequirement::default()
        })
    });
    step(steps, 143, MEI, |d| {
        let (key, became) = (d.key("asked-list")?, Some(d.key("problem-1")?));
        let because = "A check for tickets paid twice, not a list; agreed with Ola.".to_owned();
        d.act("", &SettleRequirement { key, state: "taken-up".into(), became, because })
    });
    step(steps, 260, MEI, |d| {
        d.act("asked-banner", &AddRequirement {
            product: RIDE.into(),
            title: "A banner for the summer offer on the first page".into(),
            source: "Jo Lindqvist, Marketing".into(),
            conversation: "Jo: It has to be seen. – Mei: By whom, and what should they do then? – Jo: I will find out.".into(),
            ..AddRequirement::default()
        })
    });
    step(steps, 270, MEI, |d| {
        d.act(
            "",
            &SettleRequirement {
                key: d.key("asked-banner")?,
                state: "declined".into(),
                became: None,
                because:
                    "Nobody could name whom it helps; the fare list is where people leave already."
                        .into(),
            },
        )
    });
}

fn interviews(steps: &mut Vec<Step>) {
    for (n, (day, title, who, words)) in [
        (
            118,
            "On the 7:14: how they got their money back",
            "Amina, a commuter",
            "I took a photo of the ticket, the receipt and the board. They asked for a form.",
        ),
        (
            233,
            "Two visitors at the barrier",
            "Luc and Anne, visitors",
            "We bought the dear one because we could not tell what Advance means.",
        ),
        (
            391,
            "A morning with a travel desk",
            "Rosa, Brightwater Travel Desk",
            "When the platform changes, my phone rings before the app says anything.",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("talk-{n}");
        let made = name.clone();
        step(steps, day, [MEI, ANA, LEA][n], move |d| {
            d.act(
                &made,
                &RecordInterview {
                    product: RIDE.into(),
                    title: title.into(),
                    participants: vec![who.into()],
                    notes: "Asked about the last time it happened, not about what they would like."
                        .into(),
                    held_on: None,
                },
            )
        });
        step(steps, day + 1, [MEI, ANA, LEA][n], move |d| {
            let key = d.key(&name)?;
            d.act(
                &format!("highlight-{n}"),
                &AddHighlight {
                    key,
                    verbatim: words.into(),
                    segment: ["Commuters", "Visitors", "Travel desks"][n].into(),
                    ..AddHighlight::default()
                },
            )
        });
    }
}

/// What came in over the last days and waits.
fn inbox(steps: &mut Vec<Step>) {
    for (n, (words, source, company)) in [
        ("The app said platform 4 when the train stood at 9.", "Commuter, Swindon", ""),
        ("Two of my drivers missed it because the platform changed. They found out from a stranger.", "Dispatcher", "Northline Logistics"),
        ("Can I give the rest of a return ticket to my daughter?", "Pensioner, Bath", ""),
        ("The refund came in a day. I told everybody at the office.", "Rosa", "Brightwater Travel Desk"),
    ].into_iter().enumerate() {
        step(steps, DAYS - 4 + n as i64, GRACE, move |d| {
            d.act("", &RecordEvidence {
                product: RIDE.into(),
                verbatim: words.into(),
                source: source.into(),
                company: company.into(),
                kind: Some("support-ticket".into()),
                ..RecordEvidence::default()
            })
        });
    }
}
