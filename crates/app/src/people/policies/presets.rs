//! The presets: what each framework brings, all of it to be edited afterwards.

use super::{Policy, PolicyState, Rhythm};
use crate::kernel::{Error, Result};
use crate::store::{Listed, Words};

/// What a framework brings.
pub struct Preset {
    pub name: &'static str,
    pub title: &'static str,
    /// When it fits, in a sentence.
    pub about: &'static str,
    /// Name, category, limit.
    states: &'static [(&'static str, &'static str, Option<i64>)],
    started: &'static str,
    finished: &'static str,
    cadence: &'static [(&'static str, &'static str, i64)],
    sprint_days: Option<i64>,
    sle_days: Option<i64>,
    wip_rule: &'static str,
    wip_total: Option<i64>,
    artefacts: &'static [&'static str],
    metrics: &'static [&'static str],
    ready: &'static [&'static str],
    done: &'static [&'static str],
    must_meet: &'static [&'static str],
    should_meet: &'static [&'static str],
    estimates: &'static str,
}

const DONE: &[&str] = &[
    "Each acceptance criterion is met",
    "Reviewed by somebody who did not write it",
    "Tests pass, and new behaviour has one",
    "Released, or ready to be",
];

const READY: &[&str] = &[
    "Its path to why is whole, or it says by when it will be",
    "It has acceptance criteria",
    "The team has estimated it, or found it small",
];

const PLAIN: Preset = Preset {
    name: "plain",
    title: "Plain workflow",
    about: "States and nothing more, for what no team has taken",
    states: &[
        ("Backlog", "backlog", None),
        ("Ready", "unstarted", None),
        ("In progress", "started", None),
        ("In review", "in-review", None),
        ("Done", "accepted", None),
        ("Dropped", "dropped", None),
    ],
    started: "In progress",
    finished: "Done",
    cadence: &[],
    sprint_days: None,
    sle_days: None,
    wip_rule: "warn",
    wip_total: None,
    artefacts: &[],
    metrics: &["throughput", "cycle time"],
    ready: &[],
    done: &[],
    must_meet: &[],
    should_meet: &[],
    estimates: "points",
};

/// Every preset, the plain one of products first.
pub const PRESETS: [Preset; 5] = [
    PLAIN,
    Preset {
        name: "scrum",
        title: "Scrum",
        about: "Sprints with a goal; the Product Owner orders, the team decides how much",
        states: &[
            ("Draft", "backlog", None),
            ("Ready", "unstarted", None),
            ("In sprint", "unstarted", None),
            ("In progress", "started", None),
            ("In review", "in-review", None),
            ("Accepted", "accepted", None),
            ("Dropped", "dropped", None),
        ],
        started: "In progress",
        finished: "Accepted",
        cadence: &[
            ("planning", "sprint", 240),
            ("daily", "day", 15),
            ("refinement", "week", 60),
            ("review", "sprint", 120),
            ("retro", "sprint", 90),
        ],
        sprint_days: Some(14),
        artefacts: &[
            "Product Backlog with the Product Goal",
            "Sprint Backlog with the Sprint Goal",
            "Increment with the Definition of Done",
        ],
        metrics: &["goal met", "burndown and burnup with scope line", "velocity"],
        ready: READY,
        done: DONE,
        ..PLAIN
    },
    Preset {
        name: "kanban",
        title: "Kanban",
        about: "Work is pulled when there is room; limits keep it flowing",
        states: &[
            ("Options", "backlog", None),
            ("Committed", "unstarted", Some(6)),
            ("In progress", "started", Some(4)),
            ("Review", "in-review", Some(3)),
            ("Done", "accepted", None),
            ("Dropped", "dropped", None),
        ],
        started: "In progress",
        finished: "Done",
        cadence: &[
            ("daily", "day", 15),
            ("replenishment", "week", 30),
            ("delivery-planning", "two-weeks", 60),
            ("service-review", "month", 90),
        ],
        sle_days: Some(10),
        artefacts: &["Definition of Workflow", "Board"],
        metrics: &[
            "WIP",
            "throughput",
            "work item age",
            "cycle time",
            "cumulative flow",
            "scatterplot",
        ],
        done: DONE,
        estimates: "none",
        ..PLAIN
    },
    Preset {
        name: "lightweight",
        title: "Lightweight agile",
        about: "A goal, a short backlog, one limit, a weekly rhythm",
        states: &[
            ("To do", "unstarted", None),
            ("Doing", "started", None),
            ("Review", "in-review", None),
            ("Done", "accepted", None),
            ("Dropped", "dropped", None),
        ],
        started: "Doing",
        finished: "Done",
        cadence: &[("planning", "week", 45), ("demo", "week", 30), ("retro", "month", 60)],
        wip_total: Some(5),
        artefacts: &["Goal", "Short backlog"],
        metrics: &["throughput", "cycle time"],
        done: DONE,
        estimates: "none",
        ..PLAIN
    },
    Preset {
        name: "hybrid",
        title: "Agile–waterfall hybrid",
        about: "Phases with a baseline and a gate each; sprints inside them",
        states: &[
            ("Requested", "backlog", None),
            ("In baseline", "unstarted", None),
            ("In sprint", "unstarted", None),
            ("In progress", "started", None),
            ("In review", "in-review", None),
            ("Accepted", "accepted", None),
            ("Dropped", "dropped", None),
        ],
        started: "In progress",
        finished: "Accepted",
        cadence: &[
            ("steering", "month", 60),
            ("planning", "sprint", 180),
            ("daily", "day", 15),
            ("review", "sprint", 90),
            ("retro", "sprint", 60),
        ],
        sprint_days: Some(21),
        artefacts: &["Project charter", "Baseline scope", "Gate record"],
        metrics: &["burnup against the baseline", "gate slippage"],
        ready: READY,
        done: DONE,
        must_meet: &[
            "The scope of the phase is accepted, or its changes are approved",
            "What is left open has an owner and a day",
            "The need that the phase serves still stands",
        ],
        should_meet: &["Cost is within a tenth of the baseline", "Users have seen the result"],
        ..PLAIN
    },
];

/// What can be laid over any preset: name, title, what it adds.
pub const OVERLAYS: [(&str, &str, &str); 2] = [
    (
        "lean",
        "Lean startup",
        "A hypothesis on each epic; no delivery before the riskiest assumption was tested",
    ),
    (
        "team-topologies",
        "Team Topologies",
        "Four team types, three ways to interact, each with an end date",
    ),
];

/// The preset of that name.
pub fn preset(name: &str) -> Result<&'static Preset> {
    static ALL: [Preset; 5] = PRESETS;
    ALL.iter().find(|p| p.name == name.trim()).ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|p| p.name).collect();
        let known = known.join(", ");
        Error::invalid("preset", format!("“{name}” is no framework here. There are: {known}."))
    })
}

/// The overlays that are named, each once.
pub(super) fn overlays(names: &[String]) -> Result<Words> {
    let mut all = Vec::new();
    for name in names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
        if !OVERLAYS.iter().any(|(known, _, _)| *known == name) {
            let message = format!("“{name}” is no overlay. There are: lean, team-topologies.");
            return Err(Error::invalid("overlays", message));
        }
        if !all.iter().any(|known| known == name) {
            all.push(name.to_owned());
        }
    }
    Ok(Words(all))
}

fn words(list: &[&str]) -> Words {
    Words(list.iter().map(|w| (*w).to_owned()).collect())
}

/// Writes a preset into a draft.
pub(super) fn fill(policy: &mut Policy, preset: &Preset) {
    preset.name.clone_into(&mut policy.preset);
    let state = |(name, category, limit): &(&str, &str, Option<i64>)| PolicyState {
        name: (*name).to_owned(),
        category: (*category).to_owned(),
        limit: *limit,
        exit: String::new(),
    };
    policy.states = Listed(preset.states.iter().map(state).collect());
    policy.transitions = Listed::default();
    preset.wip_rule.clone_into(&mut policy.wip_rule);
    policy.wip_total = preset.wip_total;
    preset.started.clone_into(&mut policy.started);
    preset.finished.clone_into(&mut policy.finished);
    policy.sle_days = preset.sle_days;
    policy.ready = words(preset.ready);
    policy.done = words(preset.done);
    preset.estimates.clone_into(&mut policy.estimates);
    let rhythm = |(kind, every, minutes): &(&str, &str, i64)| Rhythm {
        kind: (*kind).to_owned(),
        every: (*every).to_owned(),
        minutes: *minutes,
    };
    policy.cadence = Listed(preset.cadence.iter().map(rhythm).collect());
    policy.sprint_days = preset.sprint_days;
    policy.artefacts = words(preset.artefacts);
    policy.metrics = words(preset.metrics);
    policy.must_meet = words(preset.must_meet);
    policy.should_meet = words(preset.should_meet);
}

/// Writes what the overlays add.
pub(super) fn lay_over(policy: &mut Policy) {
    let mut add = |kind: &str, every: &str, minutes: i64| {
        if policy.cadence.iter().all(|r| r.kind != kind) {
            let (kind, every) = (kind.to_owned(), every.to_owned());
            policy.cadence.0.push(Rhythm { kind, every, minutes });
        }
    };
    for overlay in policy.overlays.0.clone() {
        match overlay.as_str() {
            "lean" => add("build-measure-learn", "two-weeks", 45),
            _ => add("interaction-review", "quarter", 45),
        }
    }
    if policy.overlays.iter().any(|o| o == "lean") {
        for metric in ["loop time", "share of experiments concluded"] {
            if !policy.metrics.iter().any(|m| m == metric) {
                policy.metrics.0.push(metric.to_owned());
            }
        }
    }
}
