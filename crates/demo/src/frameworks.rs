//! How the two teams work: the healthy one turns to Scrum and keeps to it, the siloed one puts up a
//! Kanban board and begins more than it ends.

use wherefore_app::how::blockers::{BlockItem, UnblockItem, of_item};
use wherefore_app::how::ceremonies::{AttendCeremony, HoldCeremony, ScheduleCeremony};
use wherefore_app::how::sprints::{
    AddRetroNote, AddToIteration, CloseIteration, ListRetroNotes, PlanIteration, StartIteration,
    VoteRetroNote,
};
use wherefore_app::how::switching::{ActivatePolicy, AdoptFramework};
use wherefore_app::how::work_items::{ItemView, ListWorkItems};
use wherefore_app::kernel::{Error, Id, Result};
use wherefore_app::people::policies::{DraftPolicy, SetPolicyState};
use wherefore_app::people::teams;
use wherefore_app::store::{Fields, Query, Reader};

use crate::story::{ANA, DAYS, Day, INES, JONAS, KARL, LEA, MEI, NOOR, Step, TOM, step};

/// The day on which the first sprint starts, and how long each lasts.
const FIRST: i64 = 206;
const LENGTH: i64 = 14;

const GOALS: [&str; 8] = [
    "Commuters see what a refund will bring before they ask for it",
    "A delay is explained while the train still stands",
    "The ticket on the phone opens without a network",
    "Nobody pays twice for a split ticket",
    "Help for wheelchair users is booked in one call",
    "The fare list says why a price differs",
    "Money is back within a week",
    "Changes of platform come to the traveller",
];

const NOTES: [(&str, &str); 6] = [
    ("well", "Testing with two commuters saved us a wrong turn"),
    ("badly", "Three stories waited for one review"),
    ("idea", "Look at the reviews before starting something new"),
    ("well", "The goal fitted in one sentence"),
    ("badly", "We took in a story on the fifth day and paid for it"),
    ("idea", "Keep a morning free of meetings"),
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, FIRST - 7, ANA, |d| adopt(d, "Tickets", "scrum", &["team-topologies"]));
    for (n, start) in starts().enumerate() {
        step(steps, start, ANA, move |d| turn(d, n, start));
        step(steps, start + 5, MEI, move |d| take(d, n, 1));
        for (k, who) in [TOM, LEA, NOOR].into_iter().enumerate() {
            step(steps, start + 12, who, move |d| note(d, n, k));
        }
        step(steps, start + 13, TOM, move |d| vote(d, n));
    }
    step(steps, 150, INES, |d| adopt(d, "Portal", "kanban", &[]));
    step(steps, 163, INES, tighten);
    for (n, day) in (170..DAYS - 12).step_by(23).enumerate() {
        step(steps, day, JONAS, move |d| block(d, n));
        if n % 3 != 2 && day < DAYS - 40 {
            step(steps, day + 9, KARL, free);
        }
    }
}

fn starts() -> impl Iterator<Item = i64> {
    (0..).map(|n| FIRST + n * LENGTH).take_while(|start| *start < DAYS - 2)
}

fn team(d: &mut Day<'_>, name: &str) -> Result<Option<Id>> {
    let ws = d.actor.workspace;
    Ok(teams::named(d.tx, ws, name)?.map(|t| t.id))
}

fn adopt(d: &mut Day<'_>, name: &str, preset: &str, overlays: &[&str]) -> Result<()> {
    let team = team(d, name)?;
    let overlays = overlays.iter().map(|o| (*o).to_owned()).collect();
    d.act("", &AdoptFramework { team, preset: preset.into(), overlays, ..Default::default() })
}

/// The limits are set lower, and then only looked at.
fn tighten(d: &mut Day<'_>) -> Result<()> {
    let team = team(d, "Portal")?;
    d.act("portal-policy", &DraftPolicy { team, ..DraftPolicy::default() })?;
    let policy: Id = d.key("portal-policy")?.parse().map_err(Error::internal)?;
    for (name, limit) in [("In progress", 2), ("Review", 2)] {
        let (name, limit) = (name.to_owned(), Some(limit));
        d.act("", &SetPolicyState { policy, name, limit, ..SetPolicyState::default() })?;
    }
    d.act("", &ActivatePolicy { policy, ..ActivatePolicy::default() })
}

/// One sprint ends and the next one starts.
fn turn(d: &mut Day<'_>, n: usize, start: i64) -> Result<()> {
    if n == 0 {
        plan(d, 0)?;
    }
    plan(d, n + 1)?;
    if n > 0 {
        close(d, n - 1)?;
    }
    take(d, n, 6)?;
    if start < DAYS {
        let iteration = sprint(d, n)?;
        d.act("", &StartIteration { iteration })?;
    }
    Ok(())
}

fn sprint(d: &Day<'_>, n: usize) -> Result<Id> {
    d.key(&format!("sprint-{n}"))?.parse().map_err(Error::internal)
}

fn plan(d: &mut Day<'_>, n: usize) -> Result<()> {
    let team = team(d, "Tickets")?.map(|id| id.to_string());
    let today = d.now.day();
    let starts = if d.keys.contains_key("sprint-0") { today.plus_days(LENGTH) } else { today };
    let plan = PlanIteration {
        product: "RIDE".into(),
        name: format!("Sprint {}", n + 1),
        goal: GOALS[n % GOALS.len()].into(),
        team,
        starts: Some(starts),
        ends: Some(starts.plus_days(LENGTH - 1)),
        capacity: Some(if n % 5 == 3 { 14.0 } else { 20.0 }),
        capacity_note: if n % 5 == 3 { "Two are on holiday".into() } else { String::new() },
        phase: None,
    };
    d.act(&format!("sprint-{n}"), &plan)
}

/// The next items of the team that no sprint has, those under way first.
pub(crate) fn open(d: &mut Day<'_>, product: &str, of: &str) -> Result<Vec<ItemView>> {
    let list = ListWorkItems {
        product: product.into(),
        category: Some("open".into()),
        team: Some(of.into()),
        limit: Some(200),
        ..ListWorkItems::default()
    };
    let mut cx = Reader { conn: d.tx, actor: &d.actor, now: d.now };
    let mut all = list.run(&mut cx)?.items;
    all.retain(|i| i.level != "epic" && i.category != "backlog");
    all.sort_by_key(|i| std::cmp::Reverse(["started", "in-review"].contains(&&*i.category)));
    Ok(all)
}

fn take(d: &mut Day<'_>, n: usize, count: usize) -> Result<()> {
    let open = open(d, "RIDE", "Tickets")?;
    let free = open.into_iter().filter(|i| i.sprint.is_none());
    let items: Vec<String> = free.take(count).map(|i| i.key).collect();
    if items.is_empty() {
        return Ok(());
    }
    let iteration = sprint(d, n)?;
    d.act("", &AddToIteration { iteration, items })
}

fn close(d: &mut Day<'_>, n: usize) -> Result<()> {
    let (iteration, next) = (sprint(d, n)?, sprint(d, n + 1)?);
    let name = format!("Sprint {}", n + 1);
    let left = open_in(d, &name)?;
    let mut carry = Fields::default();
    for (at, key) in left.iter().enumerate() {
        let to = if at % 4 == 3 { "backlog".to_owned() } else { next.to_string() };
        carry.0.insert(key.clone(), to);
    }
    let outcome = if left.len() > 3 {
        "missed"
    } else if left.len() > 1 {
        "partly"
    } else {
        "met"
    };
    let review = match outcome {
        "met" => "Shown to four commuters and to support; both could say what it is for.",
        "partly" => "What was shown works; the rest waits for a review.",
        _ => "We took on more than we could finish.",
    };
    held(d, review)?;
    let close = CloseIteration {
        iteration,
        outcome: outcome.into(),
        review: review.into(),
        carry,
        ..CloseIteration::default()
    };
    d.act("", &close)
}

/// The review and the retrospective of a sprint, with what was noted.
fn held(d: &mut Day<'_>, review: &str) -> Result<()> {
    let Some(team) = team(d, "Tickets")? else { return Ok(()) };
    // On the last working day, as the calendar has them.
    let day = d.now.day().plus_days(-3);
    for (kind, notes) in [("review", review), ("retro", "Notes are on the sprint's page.")] {
        d.act("ceremony", &ScheduleCeremony { team, kind: kind.into(), day, minutes: None })?;
        let ceremony: Id = d.key("ceremony")?.parse().map_err(Error::internal)?;
        d.act("", &AttendCeremony { ceremony })?;
        let notes = Some(notes.to_owned());
        d.act("", &HoldCeremony { ceremony, notes, ..HoldCeremony::default() })?;
    }
    Ok(())
}

fn open_in(d: &mut Day<'_>, sprint: &str) -> Result<Vec<String>> {
    let list = ListWorkItems {
        product: "RIDE".into(),
        category: Some("open".into()),
        limit: Some(200),
        ..ListWorkItems::default()
    };
    let mut cx = Reader { conn: d.tx, actor: &d.actor, now: d.now };
    let all = list.run(&mut cx)?.items.into_iter();
    Ok(all.filter(|i| i.sprint.as_deref() == Some(sprint)).map(|i| i.key).collect())
}

fn note(d: &mut Day<'_>, n: usize, k: usize) -> Result<()> {
    let (lane, text) = NOTES[(n + k) % NOTES.len()];
    let iteration = sprint(d, n)?;
    d.act("", &AddRetroNote { iteration, lane: lane.into(), text: text.into() })
}

fn vote(d: &mut Day<'_>, n: usize) -> Result<()> {
    let iteration = sprint(d, n)?;
    let mut cx = Reader { conn: d.tx, actor: &d.actor, now: d.now };
    let notes = ListRetroNotes { iteration }.run(&mut cx)?;
    match notes.get(n % notes.len().max(1)) {
        Some(note) => d.act("", &VoteRetroNote { note: note.id }),
        None => Ok(()),
    }
}

/// Something of the portal team waits, as usual, for somebody else.
fn block(d: &mut Day<'_>, n: usize) -> Result<()> {
    const REASONS: [&str; 3] =
        ["Waits for a word from sales", "No access to the test system", "Waits for Karl"];
    let ws = d.actor.workspace;
    for item in open(d, "PART", "Portal")?.iter().filter(|i| i.category == "started") {
        if of_item(d.tx, ws, item.id, d.now)?.iter().all(|b| b.ended_at.is_some()) {
            d.keys.insert("held".into(), item.key.clone());
            let because = REASONS[n % REASONS.len()].to_owned();
            return d.act("", &BlockItem { key: item.key.clone(), because });
        }
    }
    Ok(())
}

fn free(d: &mut Day<'_>) -> Result<()> {
    let Some(key) = d.keys.remove("held") else { return Ok(()) };
    d.act("", &UnblockItem { key, solution: "Asked a third time".into() })
}
