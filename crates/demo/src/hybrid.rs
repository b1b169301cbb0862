//! How the portal's work is cut into phases whose scope grows request by request, the rules that both
//! products have, and what git tells of tickets.

use serde_json::json;
use wherefore_app::how::gates::CreateGate;
use wherefore_app::how::phases::{
    AddToPhase, CreatePhase, DecidePhaseChange, ProposePhaseChange, StartPhase,
};
use wherefore_app::how::work_items::ItemView;
use wherefore_app::kernel::{Error, Id, Result};
use wherefore_app::store::{Call, Fields, perform};
use wherefore_app::thread::automations::{CreateAutomation, SetAutomation};
use wherefore_app::thread::git::{ConnectGit, caller, hear};

use crate::frameworks::open;
use crate::story::{ANA, DAYS, Day, INES, JONAS, KARL, PRIYA, Step, step};

/// On these days more is asked for, and got.
const MORE: [(i64, &str); 5] = [
    (228, "A partner asked for it at a dinner"),
    (262, "Sales promised it in writing"),
    (305, "It was forgotten when the phase was planned"),
    (348, "The largest partner will not sign without it"),
    (389, "It is only small"),
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    // The gate is set up on day 150, held on day 170, and lets through on day 191.
    step(steps, 151, KARL, |d| {
        let ends = d.now.day().plus_days(28);
        let exit = Some(d.key("portal-gate")?);
        plan(
            d,
            "phase-build",
            "Build of the reports",
            "A partner reads last month's sales without asking us",
            (0, ends),
            None,
            exit,
        )?;
        fill(d, "phase-build", 9)?;
        let phase = id(d, "phase-build")?;
        d.act("", &StartPhase { phase })
    });
    step(steps, 171, JONAS, |d| {
        let ends = Some(d.now.day().plus_days(20));
        ask(
            d,
            "phase-build",
            "change-time",
            "Three weeks more",
            "Reports take eleven seconds, and the gate holds.",
            Vec::new(),
            ends,
        )
    });
    step(steps, 172, KARL, |d| {
        decide(d, "change-time", "accepted", "Without speed there is no launch.")
    });
    step(steps, 185, KARL, |d| {
        let gate = CreateGate {
            product: "PART".into(),
            name: "Launch of the partner pages".into(),
            phase: "Partner pages".into(),
            due: Some(d.now.day().plus_days(DAYS - 185 + 24)),
            team: Some("Portal".into()),
            approvers: vec!["Karl Voss".into()],
            must: vec!["Ten partners have a shop".into(), "Support can answer for it".into()],
            should: vec!["It pays for itself within a year".into()],
        };
        d.act("pages-gate", &gate)?;
        let ends = d.now.day().plus_days(DAYS - 185 + 10);
        let (entry, exit) = (Some(d.key("portal-gate")?), Some(d.key("pages-gate")?));
        plan(
            d,
            "phase-pages",
            "Partner pages",
            "A partner sets up a shop of their own",
            (7, ends),
            entry,
            exit,
        )?;
        fill(d, "phase-pages", 14)
    });
    for (n, (day, because)) in MORE.into_iter().enumerate() {
        step(steps, day, INES, move |d| {
            let adds: Vec<String> = free(d)?.into_iter().take(2 + n % 2).map(|i| i.key).collect();
            if adds.is_empty() {
                return Ok(());
            }
            ask(d, "phase-pages", &format!("change-{n}"), "More comes in", because, adds, None)
        });
        if n + 1 < MORE.len() {
            step(steps, day + 2, KARL, move |d| {
                decide(d, &format!("change-{n}"), "accepted", "Better now than after the launch.")
            });
        }
    }
    rules(steps);
    git(steps);
}

fn id(d: &Day<'_>, name: &str) -> Result<Id> {
    d.key(name)?.parse().map_err(Error::internal)
}

fn plan(
    d: &mut Day<'_>,
    name: &str,
    title: &str,
    goal: &str,
    (begin, ends): (i64, wherefore_app::kernel::Day),
    entry: Option<String>,
    exit: Option<String>,
) -> Result<()> {
    let phase = CreatePhase {
        product: "PART".into(),
        name: title.into(),
        goal: goal.into(),
        team: Some("Portal".into()),
        starts: Some(d.now.day().plus_days(begin)),
        ends: Some(ends),
        entry,
        exit,
    };
    d.act(name, &phase)
}

/// Items of the portal that no phase has.
fn free(d: &mut Day<'_>) -> Result<Vec<ItemView>> {
    let taken: Vec<String> =
        d.keys.iter().filter(|(k, _)| k.starts_with("phased-")).map(|(_, v)| v.clone()).collect();
    let all = open(d, "PART", "Portal")?;
    Ok(all.into_iter().filter(|i| !taken.contains(&i.key)).collect())
}

fn fill(d: &mut Day<'_>, name: &str, count: usize) -> Result<()> {
    let items: Vec<String> = free(d)?.into_iter().take(count).map(|i| i.key).collect();
    let phase = id(d, name)?;
    for key in &items {
        d.keys.insert(format!("phased-{key}"), key.clone());
    }
    if items.is_empty() { Ok(()) } else { d.act("", &AddToPhase { phase, items }) }
}

fn ask(
    d: &mut Day<'_>,
    phase: &str,
    name: &str,
    title: &str,
    because: &str,
    adds: Vec<String>,
    ends: Option<wherefore_app::kernel::Day>,
) -> Result<()> {
    for key in &adds {
        d.keys.insert(format!("phased-{key}"), key.clone());
    }
    let phase = id(d, phase)?;
    let (title, because) = (title.into(), because.into());
    d.act(name, &ProposePhaseChange { phase, title, because, adds, removes: Vec::new(), ends })
}

fn decide(d: &mut Day<'_>, name: &str, decision: &str, because: &str) -> Result<()> {
    let Ok(request) = id(d, name) else { return Ok(()) };
    let (decision, because) = (decision.into(), because.into());
    d.act("", &DecidePhaseChange { request, decision, because })
}

fn rules(steps: &mut Vec<Step>) {
    let rule = |product: &str, name: &str, when: &str, args: &[(&str, &str)], said: &[&str]| {
        let words = |v: &[(&str, &str)]| {
            Fields(v.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
        };
        CreateAutomation {
            product: product.into(),
            name: name.into(),
            when: when.into(),
            args: words(args),
            steps: said.iter().map(|s| (*s).to_owned()).collect(),
            ..CreateAutomation::default()
        }
    };
    let all = [
        (
            INES,
            rule(
                "PART",
                "Mark what is left alone",
                "stale",
                &[("days", "120")],
                &["label left alone"],
            ),
        ),
        (
            JONAS,
            rule(
                "PART",
                "Tell when it takes too long",
                "ageing",
                &[],
                &["notify assignee", "label ageing"],
            ),
        ),
        (
            ANA,
            rule(
                "RIDE",
                "Critical bugs go first",
                "labelled",
                &[("label", "critical")],
                &["service expedite", "top"],
            ),
        ),
        (
            ANA,
            rule(
                "RIDE",
                "Look at the certificates each month",
                "schedule",
                &[("every", "month"), ("on", "1")],
                &["create task: Look at the certificates ({date})"],
            ),
        ),
    ];
    for (n, (who, rule)) in all.into_iter().enumerate() {
        step(steps, 380 + n as i64, who, move |d| {
            let name = format!("rule-{n}");
            d.act(&name, &rule)?;
            let automation = id(d, &name)?;
            d.act("", &SetAutomation { automation, on: n < 3 })
        });
    }
}

/// What the repository of tickets tells: merge requests that name what is under way.
fn git(steps: &mut Vec<Step>) {
    step(steps, 300, PRIYA, |d| {
        let moves = ["branch", "opened", "merged", "closes"];
        let moves =
            Fields(moves.map(|m| (m.to_owned(), "nothing".to_owned())).into_iter().collect());
        let (product, name) = ("RIDE".to_owned(), "southway/tickets".to_owned());
        let input = ConnectGit { product, name, host: "gitlab".into(), moves };
        let done = perform(d.tx, &d.actor, d.now, &input, &Call::default())?;
        for word in ["id", "secret"] {
            let told = done.output.word(word).unwrap_or_default();
            d.keys.insert(format!("git-{word}"), told);
        }
        Ok(())
    });
    for (n, day) in (304..DAYS - 1).step_by(6).enumerate() {
        step(steps, day, PRIYA, move |d| {
            let under_way = open(d, "RIDE", "Tickets")?;
            let item = under_way
                .iter()
                .filter(|i| matches!(&*i.category, "started" | "in-review"))
                .nth(n % 3);
            let Some(item) = item.cloned() else { return Ok(()) };
            for state in ["opened", "merged"].into_iter().take(1 + n % 4) {
                say(d, n, &item, state)?;
            }
            Ok(())
        });
    }
}

fn say(d: &mut Day<'_>, n: usize, item: &ItemView, state: &str) -> Result<()> {
    let home = "https://code.southway.example/southway/tickets";
    let author = ["Tom Okoro", "Noor Aziz"][n % 2];
    let body = json!({
        "object_kind": "merge_request",
        "user": { "name": author },
        "project": { "web_url": home, "default_branch": "main" },
        "object_attributes": {
            "iid": 400 + n, "title": format!("{} {}", item.key, item.title), "description": "",
            "state": state, "source_branch": item.key.to_lowercase(),
            "url": format!("{home}/-/merge_requests/{}", 400 + n),
        },
    });
    let (secret, source) = (d.key("git-secret")?, id(d, "git-id")?);
    let header = |name: &str| match name {
        "x-gitlab-token" => Some(secret.clone()),
        "x-gitlab-event" => Some("Merge Request Hook".to_owned()),
        _ => None,
    };
    let told = caller(d.tx, source, header)?.told(body.to_string().as_bytes())?;
    hear(d.tx, &told, d.now).map(drop)
}
