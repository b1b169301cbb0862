//! Choosing under a capacity, on published instances.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use wherefore_choose::nrp::Instance;
use wherefore_choose::{Choice, Limits, Problem, choose};

use crate::figure::{Bound, Figure};
use crate::files;

/// Whatever an instance takes, no longer than this.
const PATIENCE: Duration = Duration::from_secs(60);
/// The instances that have to be solved quickly.
const SMALL: [&str; 3] = ["nrp1", "nrp2", "nrp3"];

/// Of instances without a table of budgets, so many tenths of the total cost are the budgets.
const TENTHS: [i64; 3] = [3, 5, 7];

/// One budget of one instance, with its optimum where that is known.
struct Case {
    instance: String,
    ratio: String,
    budget: i64,
    optimum: Option<i64>,
}

/// The figures of this part of the data: both roundings of each budget.
pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let (mut slowest, mut small) = (0.0_f64, 0);
    for case in cases(folder)? {
        let (choice, seconds) = solve(folder, &case)?;
        let is_small = SMALL.contains(&case.instance.as_str());
        if is_small {
            slowest = slowest.max(seconds);
            small += 1;
        }
        let told = format!("found {} bound {} in {seconds:.2} s", choice.value, choice.bound);
        if let Some(optimum) = case.optimum {
            figures.push(Figure {
                name: format!("choose {} {} gap to the optimum", case.instance, case.ratio),
                value: (optimum - choice.value) as f64 / optimum.max(1) as f64,
                n: 1,
                reference: format!("optimum {optimum} {told}"),
                bound: Some(Bound::AtMost(if is_small { 0.0 } else { 0.005 })),
            });
        }
        let nodes = format!("{} nodes", choice.nodes);
        figures.push(Figure {
            name: format!("choose {} {} proven gap", case.instance, case.ratio),
            value: choice.gap(),
            n: 1,
            reference: if case.optimum.is_some() { nodes } else { format!("{told}, {nodes}") },
            bound: Some(Bound::AtMost(if is_small { 0.0 } else { 0.02 })),
        });
    }
    if small > 0 {
        figures.push(Figure {
            name: "choose nrp1 to nrp3 processor seconds, slowest".to_owned(),
            value: slowest,
            n: small,
            reference: "to be solved in 10 s".to_owned(),
            bound: Some(Bound::AtMost(10.0)),
        });
    }
    Ok(figures)
}

/// The budgets of the table of optima, then those of the instances that it does not know.
fn cases(folder: &Path) -> anyhow::Result<Vec<Case>> {
    let table = folder.join("optimal_values.csv");
    let mut all = if table.is_file() { known(&table)? } else { Vec::new() };
    if all.is_empty() {
        files::skipped(&table, "is missing: no optima to compare with");
    }
    all.retain(|case| {
        let path = folder.join(format!("{}.txt", case.instance));
        let is_there = path.is_file();
        if !is_there {
            files::skipped(&path, "is missing");
        }
        is_there
    });
    for path in files::below(folder, "txt")? {
        let instance = files::stem(&path);
        if path.parent() != Some(folder) || all.iter().any(|case| case.instance == instance) {
            continue;
        }
        match Instance::read(&files::text(&path)?) {
            Err(error) => files::skipped(&path, &format!("is no instance: {error}")),
            Ok(read) => all.extend(TENTHS.map(|tenths| Case {
                instance: instance.clone(),
                ratio: format!("0.{tenths}"),
                budget: read.total_effort() * tenths / 10,
                optimum: None,
            })),
        }
    }
    Ok(all)
}

/// The table of optima; a budget whose two roundings agree is one case.
fn known(path: &Path) -> anyhow::Result<Vec<Case>> {
    let names = [
        "instance",
        "ratio",
        "budget_floor",
        "optimum_floor",
        "budget_nearest_half_up",
        "optimum_nearest_half_up",
    ];
    let rows = files::columns(path, names)?
        .with_context(|| format!("{} lacks one of the columns {names:?}", path.display()))?;
    let mut cases: Vec<Case> = Vec::new();
    for [instance, ratio, floor, best, half_up, best_half_up] in rows {
        for (rounding, budget, optimum) in [("", floor, best), (" half up", half_up, best_half_up)]
        {
            // A budget that nobody solved to the end has no optimum.
            let Ok(budget) = budget.trim().parse::<i64>() else { continue };
            let is_known =
                cases.last().is_some_and(|last| last.instance == instance && last.budget == budget);
            if !is_known {
                let (instance, ratio) = (instance.clone(), format!("{ratio}{rounding}"));
                let optimum = optimum.trim().parse().ok();
                cases.push(Case { instance, ratio, budget, optimum });
            }
        }
    }
    Ok(cases)
}

fn solve(folder: &Path, case: &Case) -> anyhow::Result<(Choice, f64)> {
    let path = folder.join(format!("{}.txt", case.instance));
    let instance =
        Instance::read(&files::text(&path)?).with_context(|| path.display().to_string())?;
    let problem = Problem::new(instance.items, case.budget)?;
    let started = Stopwatch::start();
    let limits = Limits { time: Some(PATIENCE), ..Limits::default() };
    let choice = choose(&problem, &limits);
    Ok((choice, started.seconds()))
}

/// Seconds of this thread on a processor, so that others on the machine do not count; where the
/// system does not tell, those on the wall.
struct Stopwatch {
    processor: Option<f64>,
    wall: Instant,
}

impl Stopwatch {
    fn start() -> Self {
        Self { processor: processor_seconds(), wall: Instant::now() }
    }

    fn seconds(&self) -> f64 {
        match (self.processor, processor_seconds()) {
            (Some(then), Some(now)) => now - then,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_ascii_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
