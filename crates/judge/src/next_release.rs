//! Choosing under a capacity, on published instances.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use wherefore_choose::nrp::Instance;
use wherefore_choose::{Choice, Limits, Problem, choose};

use crate::figure::{Bound, Figure};

/// Whatever an instance takes, no longer than this.
const PATIENCE: Duration = Duration::from_secs(60);
/// The instances that have to be solved quickly.
const SMALL: [&str; 3] = ["nrp1", "nrp2", "nrp3"];

/// One budget of one instance, with its proven optimum.
struct Case {
    instance: String,
    ratio: String,
    budget: i64,
    optimum: i64,
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
        figures.push(Figure {
            name: format!("choose {} {} gap to the optimum", case.instance, case.ratio),
            value: (case.optimum - choice.value) as f64 / case.optimum as f64,
            n: 1,
            reference: format!(
                "optimum {} found {} bound {} in {seconds:.2} s",
                case.optimum, choice.value, choice.bound
            ),
            bound: Some(Bound::AtMost(if is_small { 0.0 } else { 0.005 })),
        });
        figures.push(Figure {
            name: format!("choose {} {} proven gap", case.instance, case.ratio),
            value: choice.gap(),
            n: 1,
            reference: format!("{} nodes", choice.nodes),
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

/// The table of optima; a budget whose two roundings agree is one case.
fn cases(folder: &Path) -> anyhow::Result<Vec<Case>> {
    let path = folder.join("optimal_values.csv");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines();
    let heads: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |name: &str| {
        let at = heads.iter().position(|head| *head == name);
        at.with_context(|| format!("{} has no column {name}", path.display()))
    };
    let (instance, ratio) = (column("instance")?, column("ratio")?);
    let roundings = [
        ("", column("budget_floor")?, column("optimum_floor")?),
        (" half up", column("budget_nearest_half_up")?, column("optimum_nearest_half_up")?),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').collect();
        anyhow::ensure!(cells.len() >= heads.len(), "a short row in {}: {line}", path.display());
        for (rounding, budget, optimum) in roundings {
            let case = Case {
                instance: cells[instance].to_owned(),
                ratio: format!("{}{rounding}", cells[ratio]),
                budget: cells[budget].parse()?,
                optimum: cells[optimum].parse()?,
            };
            let known = cases
                .last()
                .is_some_and(|last| last.instance == case.instance && last.budget == case.budget);
            if !known {
                cases.push(case);
            }
        }
    }
    Ok(cases)
}

fn solve(folder: &Path, case: &Case) -> anyhow::Result<(Choice, f64)> {
    let path = folder.join(format!("{}.txt", case.instance));
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let instance = Instance::read(&String::from_utf8_lossy(&bytes))
        .with_context(|| path.display().to_string())?;
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
