//! What the tickets team asks of its items beyond what all have: fields, templates, checklists, what
//! waits for what, and rules that keep the backlog clean.

use wherefore_app::how::fields::CreateField;
use wherefore_app::how::subtasks::{AddSubtasks, ListSubtasks, TickSubtask};
use wherefore_app::how::templates::CreateTemplate;
use wherefore_app::how::work_items::{EditWorkItem, ItemView, ListWorkItems};
use wherefore_app::kernel::{Error, Result};
use wherefore_app::store::{Fields, Query, Reader};
use wherefore_app::thread::automations::CreateAutomation;
use wherefore_app::thread::links::AddLink;

use crate::story::{ANA, DAYS, Day, MEI, NOOR, Step, TOM, step};

const RIDE: &str = "RIDE";
/// The last days: keys given earlier stay what they are.
const LATE: i64 = DAYS - 3;

/// A field: its name, kind, choices, levels, help, and whether cards show it.
type Asked =
    (&'static str, &'static str, &'static str, &'static [&'static str], &'static str, bool);

const FIELDS: [Asked; 9] = [
    (
        "Customer impact",
        "choice",
        "Low\nMiddle\nHigh",
        &["story", "bug"],
        "How many travellers notice it, and how much.",
        true,
    ),
    ("Regions", "choices", "North\nSouth\nCoast", &[], "Where it is sold first.", false),
    ("Support tickets", "number", "", &["story", "bug"], "How many we had about it.", false),
    ("Promised for", "date", "", &[], "Only what somebody outside was told.", false),
    ("Needs legal review", "yes-no", "", &[], "", false),
    ("Tested by", "person", "", &["story", "bug"], "", false),
    ("Design", "link", "", &["story", "epic"], "Where the design stands.", false),
    ("Replaces", "item", "", &[], "What need not be done once this is.", false),
    ("Release note", "long-text", "", &["story"], "As a traveller would read it.", false),
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, DAYS - 60, MEI, |d| {
        for (name, kind, options, levels, help, on_card) in FIELDS {
            let field = CreateField {
                product: RIDE.into(),
                name: name.into(),
                kind: Some(kind.into()),
                help: help.into(),
                options: vec![options.to_owned()],
                levels: levels.iter().map(|l| (*l).to_owned()).collect(),
                asked: name == "Customer impact",
                on_card,
                ..CreateField::default()
            };
            d.act("", &field)?;
        }
        Ok(())
    });
    step(steps, DAYS - 58, ANA, templates);
    step(steps, LATE, ANA, fill_in);
    step(steps, LATE, TOM, checklists);
    step(steps, LATE, NOOR, waits);
    step(steps, LATE, ANA, rules);
}

fn templates(d: &mut Day<'_>) -> Result<()> {
    let all = [
        CreateTemplate {
            name: "User story".into(),
            body: "As a …, I want …, so that ….\n\n## What we know\n\n## Not part of it\n".into(),
            criteria: "Given …\nWhen …\nThen …".into(),
            ..CreateTemplate::default()
        },
        CreateTemplate {
            name: "Bug report".into(),
            level: Some("bug".into()),
            body: "## What happened\n\n## What should have happened\n\n## How to see it\n1. \n"
                .into(),
            criteria: "It cannot be seen any more by the steps above\nA test would notice it"
                .into(),
            fields: Fields([("Customer impact".to_owned(), "Middle".to_owned())].into()),
            ..CreateTemplate::default()
        },
        CreateTemplate {
            name: "Spike".into(),
            level: Some("task".into()),
            title: "Spike:".into(),
            body: "## The question\n\n## What would be enough to decide\n".into(),
            labels: vec!["spike".into()],
            subtasks: vec![
                "Look for what exists\nTry the riskiest part\nWrite down what was found".into(),
            ],
            ..CreateTemplate::default()
        },
    ];
    for template in all {
        d.act("", &CreateTemplate { product: RIDE.into(), ..template })?;
    }
    Ok(())
}

/// What stands in the backlog at the end, in its order.
fn open(d: &mut Day<'_>, level: &str) -> Result<Vec<ItemView>> {
    let list = ListWorkItems {
        product: RIDE.into(),
        level: Some(level.into()),
        category: Some("open".into()),
        limit: Some(40),
        ..ListWorkItems::default()
    };
    let mut cx = Reader { conn: d.tx, actor: &d.actor, now: d.now };
    Ok(list.run(&mut cx)?.items)
}

fn fill_in(d: &mut Day<'_>) -> Result<()> {
    for (n, item) in open(d, "story")?.into_iter().enumerate() {
        let mut set = vec![
            ("Customer impact", ["High", "Middle", "Low"][n % 3].to_owned()),
            ("Support tickets", ((n * 7) % 23).to_string()),
        ];
        match n % 4 {
            0 => set.push(("Regions", "North\nCoast".into())),
            1 => set.push(("Tested by", "Lea Brandt".into())),
            2 => set.push(("Design", format!("https://design.southway.example/{}", item.key))),
            _ => set.push(("Needs legal review", "yes".into())),
        }
        let set = set.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let edit =
            EditWorkItem { key: item.key, set_fields: Fields(set), ..EditWorkItem::default() };
        d.act("", &edit)?;
    }
    for (n, item) in open(d, "bug")?.into_iter().enumerate() {
        let severity = Some(Some(["major", "minor", "critical"][n % 3].to_owned()));
        d.act("", &EditWorkItem { key: item.key, severity, ..EditWorkItem::default() })?;
    }
    Ok(())
}

fn checklists(d: &mut Day<'_>) -> Result<()> {
    let all = open(d, "story")?;
    let lists = [
        "Agree on the wording with support\nBuild it behind a switch\nTry it with two commuters\nTell the agents",
        "Measure how long it takes now\nTake the slow query apart\nMeasure again",
    ];
    for (item, titles) in all.iter().zip(lists) {
        d.act("", &AddSubtasks { key: item.key.clone(), titles: vec![titles.to_owned()] })?;
    }
    let first = all.first().ok_or_else(|| Error::internal("nothing is open"))?;
    let mut cx = Reader { conn: d.tx, actor: &d.actor, now: d.now };
    let under = ListSubtasks { key: first.key.clone() }.run(&mut cx)?.items;
    for task in under.iter().take(2) {
        d.act("", &TickSubtask { key: task.key.clone(), done: true })?;
    }
    Ok(())
}

/// Something in the backlog waits for something else, and one says much the same as another.
fn waits(d: &mut Day<'_>) -> Result<()> {
    let all = open(d, "story")?;
    let ties = [(2, "blocks", 4), (5, "relates", 6)];
    for (from, kind, to) in ties {
        if let (Some(from), Some(to)) = (all.get(from), all.get(to)) {
            let (from, to) = (from.key.clone(), to.key.clone());
            d.act("", &AddLink { from, to, kind: Some(kind.into()) })?;
        }
    }
    Ok(())
}

/// Written and tried, not switched on yet.
fn rules(d: &mut Day<'_>) -> Result<()> {
    let fields = |pairs: &[(&str, &str)]| {
        Fields(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    };
    d.act(
        "",
        &CreateAutomation {
            product: RIDE.into(),
            name: "Keep the backlog clean".into(),
            when: "untouched".into(),
            args: fields(&[("days", "90"), ("ask", "14"), ("close", "14"), ("end", "propose")]),
            steps: vec!["label stale".into()],
            ..CreateAutomation::default()
        },
    )?;
    d.act(
        "",
        &CreateAutomation {
            product: RIDE.into(),
            name: "Look at what is slow, each month".into(),
            when: "schedule".into(),
            args: fields(&[("every", "month"), ("on", "first monday"), ("open", "wait")]),
            steps: vec!["create template Spike: what is slow ({date})".into()],
            ..CreateAutomation::default()
        },
    )
}
