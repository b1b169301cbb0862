//! How the epics of Tickets fared, and what its business needs were said to be worth, before and after.

use wherefore_app::how::epics::{MoveEpic, ReportHealth, STATES, ScopeEpic};
use wherefore_app::why::values::ValueNeed;

use crate::direction::FROM;
use crate::story::{ANA, MEI, PRIYA, Step, step};

pub(crate) fn tell(steps: &mut Vec<Step>) {
    for n in 0..6 {
        epic(steps, n);
    }
    values(steps);
}

/// The day on which a theme's epic is made.
fn made(n: i64) -> i64 {
    (4 + n * 72 + 26).max(FROM + 10)
}

fn epic(steps: &mut Vec<Step>, n: i64) {
    let name = move || format!("epic-{n}");
    step(steps, made(n), ANA, move |d| {
        let key = d.key(&name())?;
        let scope = Some("What a passenger does alone, in the app and on the web.".to_owned());
        let out_of_scope = Some("The counter, and tickets that partners sold.".to_owned());
        d.act("", &ScopeEpic { key, scope, out_of_scope })
    });
    // The last ones have not come so far.
    let reached = [7, 7, 6, 4, 3, 2][n as usize];
    for (at, state) in STATES.iter().enumerate().take(reached).skip(1) {
        step(steps, (made(n) + 1 + at as i64 * 19).min(423), MEI, move |d| {
            let key = d.key(&name())?;
            d.act("", &MoveEpic { key, state: (*state).into(), because: String::new() })
        });
    }
    const TOLD: [(i64, &str, &str); 3] = [
        (12, "on-track", "Refined with the team; nothing waits."),
        (34, "at-risk", "Payments answer a week late. Tom sits with them on Thursdays."),
        (55, "on-track", "Payments caught up."),
    ];
    let last: &'static [(i64, &str, &str)] = match n {
        4 => &[(
            72,
            "off-track",
            "The stations' system has no door for us. A decision is due on Monday.",
        )],
        _ => &[],
    };
    for (after, health, note) in TOLD.into_iter().chain(last.iter().copied()) {
        step(steps, (made(n) + after).min(424), ANA, move |d| {
            let key = d.key(&name())?;
            d.act("", &ReportHealth { key, health: health.into(), note: note.into() })
        });
    }
}

/// Each with its day, moment, range and assumptions.
type Told = (usize, i64, &'static str, f64, f64, &'static str);

fn values(steps: &mut Vec<Step>) {
    let told: [Told; 7] = [
        (
            1,
            FROM + 4,
            "first",
            90_000.0,
            260_000.0,
            "A call costs 6.40, and nobody knows how many would settle it alone.",
        ),
        (
            1,
            FROM + 30,
            "detailed",
            120_000.0,
            160_000.0,
            "410 calls a week, 6.40 each, eight of ten settled alone on the prototype.",
        ),
        (
            1,
            330,
            "after",
            47_000.0,
            52_000.0,
            "148 calls a week fewer, measured over a quarter; tickets of partners still call.",
        ),
        (
            2,
            FROM + 50,
            "first",
            20_000.0,
            80_000.0,
            "Claims cost us, and keep season tickets: both guessed.",
        ),
        (2, FROM + 90, "detailed", 40_000.0, 60_000.0, "One season ticket in two hundred kept."),
        (
            4,
            398,
            "first",
            30_000.0,
            300_000.0,
            "Whom nobody helped is compensated; how often that is, nobody has counted.",
        ),
        (4, 415, "detailed", 70_000.0, 140_000.0, "A count at two stations over four weeks."),
    ];
    for (n, day, moment, low, high, assumptions) in told {
        step(steps, day, if n == 1 { MEI } else { PRIYA }, move |d| {
            d.act(
                "",
                &ValueNeed {
                    key: d.key(&format!("business-{n}"))?,
                    moment: moment.into(),
                    low,
                    high: Some(high),
                    unit: Some("EUR a year".into()),
                    assumptions: assumptions.into(),
                },
            )
        });
    }
}
