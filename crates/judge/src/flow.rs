//! How forecasts hold on real teams' throughput.

use std::path::Path;
use std::time::Instant;

use wherefore_forecast::{LEVELS, Settings, Throughput, Work, when_done};

use crate::figure::{Bound, Figure};
use crate::files;

/// The protocol: every four weeks, from the last twelve, how long do the next 20 items take?
const EVERY: usize = 4;
const WINDOW: usize = 12;
const ITEMS: u32 = 20;

/// A team's items finished in each week.
struct Team {
    name: String,
    weeks: Vec<u32>,
}

/// Weeks forecast at each level beside the weeks it took.
struct Outcome {
    ours: [f64; 4],
    plain: [f64; 4],
    took: f64,
}

/// The figures of this part of the data. In order of name, every second team was for development:
/// the model's numbers were chosen on these. The others are for testing.
pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let teams = teams(folder)?;
    let outcomes: Vec<Vec<Outcome>> = teams.iter().map(outcomes).collect();
    let every_second = |first| outcomes.iter().skip(first).step_by(2).flatten().collect();
    let mut figures = of_part("development", every_second(0), false);
    figures.extend(of_part("test", every_second(1), true));
    figures.extend(of_part("all", outcomes.iter().flatten().collect(), true));
    for (team, outcomes) in teams.iter().zip(&outcomes) {
        if !outcomes.is_empty() {
            figures.push(Figure {
                name: format!("forecast {} within P85", team.name),
                value: share_within(outcomes.iter().map(|outcome| (outcome.ours[2], outcome.took))),
                n: outcomes.len(),
                reference: "one team; no bound".to_owned(),
                bound: None,
            });
        }
    }
    figures.push(speed());
    Ok(figures)
}

/// Coverage, pinball loss and width of one part.
fn of_part(part: &str, outcomes: Vec<&Outcome>, bounded: bool) -> Vec<Figure> {
    if outcomes.is_empty() {
        return Vec::new();
    }
    let n = outcomes.len();
    let bound = |bound| bounded.then_some(bound);
    let mut figures = Vec::new();
    let (mut worst, mut losses, mut plain_losses) = (0.0_f64, 0.0, 0.0);
    for (level, share) in LEVELS.into_iter().enumerate() {
        let pairs = || outcomes.iter().map(|outcome| (outcome.ours[level], outcome.took));
        let plain = || outcomes.iter().map(|outcome| (outcome.plain[level], outcome.took));
        let (covered, plainly) = (share_within(pairs()), share_within(plain()));
        worst = worst.max((covered - share).abs());
        let (loss, plain_loss) = (pinball(pairs(), share), pinball(plain(), share));
        losses += loss / 4.0;
        plain_losses += plain_loss / 4.0;
        let percent = share * 100.0;
        figures.push(Figure {
            name: format!("forecast {part} within P{percent:.0}"),
            value: covered,
            n,
            reference: format!("plain bootstrap {plainly:.3}"),
            bound: bound(Bound::AtLeast(share - 0.04)),
        });
        // Whole weeks are the grain: who is always done within one cannot be given less.
        let longer: Vec<(f64, f64)> = pairs().filter(|(given, _)| *given > 1.0).collect();
        if !longer.is_empty() {
            figures.push(Figure {
                name: format!("forecast {part} within P{percent:.0} of more than a week"),
                n: longer.len(),
                value: share_within(longer.into_iter()),
                reference: format!("with forecasts of a single week {covered:.3}"),
                bound: bound(Bound::AtLeast(share - 0.04)),
            });
        }
        figures.push(Figure {
            name: format!("forecast {part} pinball loss P{percent:.0}, weeks"),
            value: loss,
            n,
            reference: format!("plain bootstrap {plain_loss:.3}"),
            bound: None,
        });
    }
    figures.push(Figure {
        name: format!("forecast {part} coverage off by, worst level"),
        value: worst,
        n,
        reference: "to be within 4 points".to_owned(),
        bound: bound(Bound::AtMost(0.04)),
    });
    figures.push(Figure {
        name: format!("forecast {part} pinball loss, mean of the levels"),
        value: losses,
        n,
        reference: format!("plain bootstrap {plain_losses:.3}"),
        bound: bound(Bound::AtMost(plain_losses)),
    });
    let mean = |of: &dyn Fn(&Outcome) -> f64| {
        outcomes.iter().map(|outcome| of(outcome)).sum::<f64>() / n as f64
    };
    figures.push(Figure {
        name: format!("forecast {part} weeks from P50 to P95"),
        value: mean(&|outcome| outcome.ours[3] - outcome.ours[0]),
        n,
        reference: format!(
            "plain bootstrap {:.2}",
            mean(&|outcome| outcome.plain[3] - outcome.plain[0])
        ),
        bound: None,
    });
    figures
}

fn share_within(pairs: impl ExactSizeIterator<Item = (f64, f64)>) -> f64 {
    let n = pairs.len() as f64;
    pairs.filter(|(given, took)| took <= given).count() as f64 / n
}

fn pinball(pairs: impl ExactSizeIterator<Item = (f64, f64)>, share: f64) -> f64 {
    let n = pairs.len() as f64;
    let loss = |(given, took): (f64, f64)| {
        if took >= given { share * (took - given) } else { (1.0 - share) * (given - took) }
    };
    pairs.map(loss).sum::<f64>() / n
}

/// Walks through a team's history; each forecast sees only the weeks before it.
fn outcomes(team: &Team) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for week in (WINDOW..team.weeks.len()).step_by(EVERY) {
        let (past, future) = team.weeks.split_at(week);
        let Some(took) = took(future) else { continue };
        let history = Throughput::from_weeks(past.to_vec());
        let Ok(when) = when_done(&history, &Work::items(ITEMS), &Settings::default()) else {
            continue;
        };
        let ours = when.weeks.map(|weeks| weeks.map_or(520.0, f64::from));
        let plain = plain_bootstrap(&past[week - WINDOW..], week as u64);
        outcomes.push(Outcome { ours, plain, took });
    }
    outcomes
}

fn took(future: &[u32]) -> Option<f64> {
    let done = future.iter().scan(0, |done, count| {
        *done += count;
        Some(*done)
    });
    done.into_iter().position(|done| done >= ITEMS).map(|week| week as f64 + 1.0)
}

/// The reference: weeks drawn from the window as they were, and nothing else.
fn plain_bootstrap(window: &[u32], seed: u64) -> [f64; 4] {
    let mut state = seed;
    let mut draw = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        window[(state >> 33) as usize % window.len()]
    };
    let mut times: Vec<u32> = (0..10_000)
        .map(|_| {
            let (mut done, mut weeks) = (0, 0);
            while done < ITEMS && weeks < 520 {
                done += draw();
                weeks += 1;
            }
            weeks
        })
        .collect();
    times.sort_unstable();
    LEVELS.map(|share| f64::from(times[(share * times.len() as f64) as usize - 1]))
}

fn speed() -> Figure {
    let history = Throughput::from_weeks((0..104).map(|week| 5 + week * 7 % 9).collect());
    let once = || {
        let started = Instant::now();
        let when = when_done(&history, &Work::items(500), &Settings::default());
        std::hint::black_box(&when);
        started.elapsed().as_secs_f64() * 1000.0
    };
    Figure {
        name: "forecast of 500 items, 10,000 runs and back-test, ms".to_owned(),
        value: (0..20).map(|_| once()).fold(f64::INFINITY, f64::min),
        n: 20,
        reference: "fastest of 20; to be under 20 ms".to_owned(),
        bound: Some(Bound::AtMost(20.0)),
    }
}

fn teams(folder: &Path) -> anyhow::Result<Vec<Team>> {
    let paths = files::below(folder, "csv")?;
    paths.iter().filter_map(|path| team(path).transpose()).collect()
}

/// Weeks count from the day on which the first item was finished.
fn team(path: &Path) -> anyhow::Result<Option<Team>> {
    let Some(cells) = files::columns(path, ["Resolution_Date"])? else {
        files::skipped(path, "has no column Resolution_Date");
        return Ok(None);
    };
    let epoch = jiff::civil::date(1970, 1, 1);
    let day = |[cell]: &[String; 1]| {
        let date = cell.trim().get(..10)?.parse::<jiff::civil::Date>().ok()?;
        Some(date.duration_since(epoch).as_hours().div_euclid(24))
    };
    let days: Vec<i64> = cells.iter().filter_map(day).collect();
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else {
        files::skipped(path, "names no day on which an item was finished");
        return Ok(None);
    };
    let mut weeks = vec![0; (last - first) as usize / 7 + 1];
    days.iter().for_each(|day| weeks[(day - first) as usize / 7] += 1);
    Ok(Some(Team { name: files::stem(path), weeks }))
}
