//! What the healthy team estimates of its problems, in ranges, and one place in the order that
//! departs from the score, with its reason.

use wherefore_app::how::order::ExplainOrder;
use wherefore_app::what::amounts::Amount;
use wherefore_app::what::scores::ScoreOpportunity;

use crate::story::{MEI, Step, step};

/// Reach, impact, confidence and effort of each theme's problem.
const THEMES: [[&str; 4]; 6] = [
    ["9000 14000 20000", "2", "80 %", "8 12 18"],
    ["2000 2600 3500", "2", "100 %", "5 7 11"],
    ["6000 11000 15000", "1", "80 %", "4 6 9"],
    ["3000 4500 9000", "2", "50 %", "6 9 16"],
    ["300 400 600", "3", "100 %", "6 8 10"],
    ["5000 8000 12000", "1", "80 %", "3 5 8"],
];

/// The same of problems that came up later, from the third on: the first two were turned down.
const LATER: [[&str; 4]; 3] = [
    ["500 1500 4000", "1", "50 %", "2 4 9"],
    ["800 1200 2000", "0.5", "80 %", "1 2 3"],
    ["1000 3000 5000", "1", "50 %", "5 8 14"],
];

/// The numbers behind one theme's problem, known some days before the verdict.
pub(crate) fn theme(steps: &mut Vec<Step>, n: usize, day: i64) {
    if let Some(inputs) = THEMES.get(n) {
        score(steps, format!("problem-{n}"), day, inputs);
    }
    if n == 5 {
        step(steps, day + 6, MEI, move |d| {
            let key = d.key("problem-5")?;
            let because = "It waits for the contract with the new payment provider.".into();
            d.act("", &ExplainOrder { key, because })
        });
    }
}

/// The numbers behind a problem that came up later.
pub(crate) fn later(steps: &mut Vec<Step>, i: usize, day: i64) {
    if let Some(inputs) = i.checked_sub(2).and_then(|at| LATER.get(at)) {
        score(steps, format!("problem-later-{i}"), day, inputs);
    }
}

fn score(steps: &mut Vec<Step>, name: String, day: i64, inputs: &'static [&'static str; 4]) {
    let named = ["reach", "impact", "confidence", "effort"].into_iter().zip(inputs);
    let inputs = named.map(|(name, text)| (name.to_owned(), Amount::Text((*text).to_owned())));
    let rice = ScoreOpportunity {
        method: "rice".into(),
        inputs: inputs.collect(),
        note: Some("Reach from product analytics, effort by the team.".into()),
        ..ScoreOpportunity::default()
    };
    step(steps, day, MEI, move |d| {
        let key = d.key(&name)?;
        d.act("", &ScoreOpportunity { key, ..rice.clone() })
    });
}
