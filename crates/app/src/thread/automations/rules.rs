//! What rules are made of, and whether an event fits one. Pure: no database and no clock.

use serde_json::{Map, Value as Json};

use super::Automation;
use crate::kernel::{Error, Result};
use crate::store::{Fields, Words};

/// What sets a rule off, in words, and which further words it takes.
pub const WHEN: [(&str, &str, &[&str]); 15] = [
    ("created", "an item is created", &[]),
    ("state-changed", "an item comes into a state", &["to", "from"]),
    ("assigned", "an item is given to somebody", &[]),
    ("labelled", "an item gets a label", &["label"]),
    ("blocked", "an item is held up", &[]),
    ("unblocked", "an item is free again", &[]),
    ("branch", "a branch for an item appears", &[]),
    ("pull-request-opened", "a pull request for an item is opened", &[]),
    ("pull-request-merged", "a pull request for an item is merged", &[]),
    ("due-passed", "an item's due day has passed", &["days"]),
    ("ageing", "an item is under way for too long", &["days"]),
    ("stale", "an item that has not begun is left alone", &["days"]),
    ("untouched", "nobody touches an open item for too long", &["days", "ask", "close", "end"]),
    ("subtasks-done", "all sub-tasks of an item are done", &[]),
    (
        "schedule",
        "a day comes, again and again",
        &["every", "count", "on", "from", "open", "missed"],
    ),
];

/// What an item has to be like, for a rule to concern itself with it.
pub const ONLY: [(&str, &str); 6] = [
    ("level", "Level"),
    ("team", "Team"),
    ("label", "Has the label"),
    ("category", "State means"),
    ("priority", "Priority"),
    ("words", "Title has the words"),
];

/// What a rule can do, in words, and whether it needs more to be said.
pub const DOES: [(&str, &str, bool); 14] = [
    ("state", "bring it into the state", true),
    ("assign", "give it to", true),
    ("label", "add the label", true),
    ("unlabel", "take the label away", true),
    ("priority", "set the priority to", true),
    ("service", "set the class of service to", true),
    ("due", "make it due in so many days", true),
    ("comment", "comment", true),
    ("notify", "tell", true),
    ("block", "say that it is held up by", true),
    ("unblock", "say that it is free", false),
    ("top", "put it at the top of the backlog", false),
    ("bottom", "put it at the end of the backlog", false),
    ("create", "create an item", true),
];

/// How often something comes again.
pub const EVERY: [&str; 5] = ["day", "weekday", "week", "two-weeks", "month"];

/// Whether a rule waits for events rather than for the clock.
pub fn waits_for_events(happens: &str) -> bool {
    !matches!(happens, "due-passed" | "ageing" | "stale" | "untouched" | "schedule")
}

/// A step, taken apart.
pub fn step(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once(char::is_whitespace).map_or((line, ""), |(verb, rest)| (verb, rest.trim()))
}

/// Refuses what no rule can be made of, in words.
pub fn check(happens: &str, args: &Fields, only: &Fields, steps: &Words) -> Result<()> {
    let Some((_, _, takes)) = WHEN.iter().find(|(word, ..)| *word == happens) else {
        let known: Vec<&str> = WHEN.iter().map(|(word, ..)| *word).collect();
        let message = format!("Nothing is called “{happens}”. There are: {}.", known.join(", "));
        return Err(Error::invalid("when", message));
    };
    for name in args.keys() {
        if !takes.contains(&name.as_str()) {
            let message = format!("“{happens}” takes no “{name}”.");
            return Err(Error::invalid("args", message));
        }
    }
    for name in ["days", "ask", "close"] {
        if args.get(name).is_some_and(|d| !d.parse::<i64>().is_ok_and(|d| (0..=3650).contains(&d)))
        {
            return Err(Error::invalid("args", "Days are a number from 0 to 3650."));
        }
    }
    if happens == "schedule" {
        super::calendar::Rhythm::of(args)?;
        super::calendar::Missed::of(args)?;
    }
    let says =
        |name: &str, words: &[&str]| args.get(name).is_none_or(|w| words.contains(&w.as_str()));
    if !says("open", &["wait", "anyway"]) {
        let message = "While the last one is open: say wait, or anyway.";
        return Err(Error::invalid("args", message));
    }
    if !says("end", &["propose", "close"]) {
        return Err(Error::invalid("args", "At the end: say propose, or close."));
    }
    for name in only.keys() {
        if !ONLY.iter().any(|(known, _)| known == name) {
            return Err(Error::invalid("only", format!("No item has a “{name}” to ask for.")));
        }
    }
    if steps.is_empty() || steps.len() > 10 {
        return Err(Error::invalid("steps", "A rule does between one and ten things."));
    }
    for line in steps.iter() {
        let (verb, rest) = step(line);
        let Some((_, words, needs)) = DOES.iter().find(|(known, ..)| *known == verb) else {
            let known: Vec<&str> = DOES.iter().map(|(word, ..)| *word).collect();
            let message = format!("No rule can “{verb}”. It can: {}.", known.join(", "));
            return Err(Error::invalid("steps", message));
        };
        if *needs && rest.is_empty() {
            return Err(Error::invalid(
                "steps",
                format!("“{words}” … what? Say it behind “{verb}”."),
            ));
        }
        if happens == "schedule" && verb != "create" {
            return Err(Error::invalid(
                "steps",
                "What comes again and again has no item yet: it can only create one.",
            ));
        }
    }
    Ok(())
}

/// What happened to an item, as rules see it.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Created,
    /// State and what it means, before and after.
    State {
        from: [String; 2],
        to: [String; 2],
    },
    Assigned,
    Labelled(Vec<String>),
    Blocked,
    Unblocked,
    Branch,
    PullRequestOpened,
    PullRequestMerged,
    /// A task under something is over.
    TaskOver,
}

/// The events in a recorded effect; what imports and changes of policy do sets nothing off.
pub fn events(
    kind: &str,
    effect: &str,
    verb: &str,
    via: &str,
    changes: &Map<String, Json>,
) -> Vec<Event> {
    if via == "import" || matches!(verb, "activate-policy" | "adopt-framework" | "undo") {
        return Vec::new();
    }
    let pair = |field: &str, at: usize| changes.get(field).and_then(|p| p.get(at));
    let text = |field: &str, at: usize| {
        pair(field, at).and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    match (kind, effect) {
        ("work_item", "added") => vec![Event::Created],
        ("work_item", "changed") => {
            let mut all = Vec::new();
            if changes.contains_key("state") || changes.contains_key("category") {
                let end = |at: usize| [text("state", at), text("category", at)];
                all.push(Event::State { from: end(0), to: end(1) });
            }
            if matches!(text("category", 1).as_str(), "accepted" | "dropped") {
                all.push(Event::TaskOver);
            }
            if pair("assignee_id", 1).is_some_and(|to| !to.is_null()) {
                all.push(Event::Assigned);
            }
            let labels = |at: usize| -> Vec<String> {
                let list = pair("labels", at).and_then(Json::as_array);
                list.into_iter().flatten().filter_map(|l| l.as_str().map(str::to_owned)).collect()
            };
            let before = labels(0);
            let new: Vec<String> = labels(1).into_iter().filter(|l| !before.contains(l)).collect();
            if !new.is_empty() {
                all.push(Event::Labelled(new));
            }
            all
        }
        ("blocker", "added") => vec![Event::Blocked],
        ("blocker", "changed") if pair("ended_at", 1).is_some_and(|to| !to.is_null()) => {
            vec![Event::Unblocked]
        }
        ("git_ref", _) => match (text("kind", 1).as_str(), text("state", 1).as_str()) {
            ("branch", "open") => vec![Event::Branch],
            ("pull-request", "open") => vec![Event::PullRequestOpened],
            (_, "merged") => vec![Event::PullRequestMerged],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

/// Whether an event sets a rule off, whatever the item is like. A state's change that did not change
/// what it means is told with its name alone, and the other way round. `called` says what a state is
/// called now.
pub fn sets_off(rule: &Automation, event: &Event, called: &dyn Fn(&str) -> String) -> bool {
    let is = |arg: &str, ends: &[String; 2]| {
        rule.args.get(arg).is_none_or(|wanted| {
            let wanted = called(wanted);
            ends.iter().any(|end| same(&wanted, &called(end)))
        })
    };
    match (rule.happens.as_str(), event) {
        ("created", Event::Created)
        | ("assigned", Event::Assigned)
        | ("blocked", Event::Blocked)
        | ("unblocked", Event::Unblocked)
        | ("branch", Event::Branch)
        | ("pull-request-opened", Event::PullRequestOpened)
        | ("pull-request-merged", Event::PullRequestMerged)
        | ("subtasks-done", Event::TaskOver) => true,
        ("state-changed", Event::State { from, to }) => is("to", to) && is("from", from),
        ("labelled", Event::Labelled(new)) => {
            rule.args.get("label").is_none_or(|wanted| new.iter().any(|l| same(wanted, l)))
        }
        _ => false,
    }
}

/// An item as conditions see it.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub level: String,
    pub team: String,
    pub labels: Vec<String>,
    pub category: String,
    pub priority: String,
    pub title: String,
}

/// Whether an item is one that a rule concerns itself with.
pub fn concerns(rule: &Automation, item: &Seen) -> bool {
    rule.fits.iter().all(|(name, wanted)| match name.as_str() {
        "level" => same(wanted, &item.level),
        "team" => same(wanted, &item.team),
        "label" => item.labels.iter().any(|l| same(wanted, l)),
        "category" => same(&wanted.replace(' ', "-"), &item.category),
        "priority" => same(wanted, &item.priority),
        _ => item.title.to_lowercase().contains(&wanted.trim().to_lowercase()),
    })
}

/// `week`, or `3 weeks`.
fn often(args: &Fields, unit: &str) -> String {
    let unit = unit.replace('-', " ");
    match args.get("count").filter(|n| *n != "1") {
        Some(count) => format!("{count} {unit}s"),
        None => unit,
    }
}

/// A rule as a sentence.
pub fn sentence(happens: &str, args: &Fields, only: &Fields, steps: &Words) -> String {
    let when =
        WHEN.iter().find(|(word, ..)| *word == happens).map_or(happens, |(_, words, _)| words);
    let mut all = format!("When {when}");
    let order = ["to", "from", "label", "days", "ask", "close", "every", "on", "open", "missed"];
    let said = order.iter().filter(|n| **n != "from" || happens != "schedule");
    let last = (happens == "schedule").then_some(&"from");
    for (name, value) in said.chain(last).filter_map(|n| Some((n, args.get(*n)?))) {
        all.push_str(&match *name {
            "to" => format!(" “{value}”"),
            "from" if happens != "schedule" => format!(" from “{value}”"),
            "label" => format!(" “{value}”"),
            "days" => format!(" ({value} days)"),
            "every" => format!(": every {}", often(args, value)),
            "ask" => format!(", ask after {value} more"),
            "close" if args.get("end").is_some_and(|e| e == "close") => {
                format!(", close it after another {value}")
            }
            "close" => format!(", propose to close it after another {value}"),
            "open" if value == "wait" => ", unless the last one is still open".to_owned(),
            "missed" if value == "each" => ", made up for each missed day".to_owned(),
            "missed" if value == "never" => ", missed days left out".to_owned(),
            "on" if value.parse::<u8>().is_ok() => format!(" on day {value}"),
            "on" if value.contains(' ') && !value.contains(',') => format!(" on the {value}"),
            "on" | "from" => format!(" {name} {value}"),
            _ => String::new(),
        });
    }
    if !only.is_empty() {
        let asked: Vec<String> = only.iter().map(|(n, v)| format!("{n} {v}")).collect();
        all.push_str(&format!(", if {}", asked.join(" and ")));
    }
    let done: Vec<String> = steps
        .iter()
        .map(|line| {
            let (verb, rest) = step(line);
            let words =
                DOES.iter().find(|(word, ..)| *word == verb).map_or(verb, |(_, words, _)| words);
            if rest.is_empty() { words.to_owned() } else { format!("{words} “{rest}”") }
        })
        .collect();
    format!("{all}, then {}.", done.join(", and "))
}
