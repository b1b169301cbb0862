//! The fields that the language knows, and what each of them takes.
//!
//! A further field joins in at three places: its line here, its condition in
//! `how/work_items/filter/resolve.rs`, and, where its words can be told, `how/work_items/words.rs`.
//! Typed custom fields join as the field `field`, whose values are `NAME=VALUE`.

use crate::kernel::Day;

/// What a field takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A name that the product knows: a state, a person, a label.
    Name,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any word.
    Word,
    /// A number; also compared.
    Number,
    /// A day; also compared.
    Day,
    /// Words that the item holds.
    Text,
}

/// A field of the language.
#[derive(PartialEq, Eq, Debug)]
pub struct Field {
    pub name: &'static str,
    /// Other words for the same.
    pub also: &'static [&'static str],
    pub kind: Kind,
    /// What it is about, for those who choose.
    pub about: &'static str,
}

const fn field(
    name: &'static str,
    also: &'static [&'static str],
    kind: Kind,
    about: &'static str,
) -> Field {
    Field { name, also, kind, about }
}

/// What `is:` takes.
const IS: &[&str] = &[
    "open",
    "closed",
    "begun",
    "blocked",
    "overdue",
    "backlog",
    "unstarted",
    "started",
    "in-review",
    "accepted",
    "dropped",
];

/// What `no:` and `has:` take.
const LACKS: &[&str] = &[
    "assignee", "label", "team", "part", "sprint", "parent", "priority", "points", "due", "why",
    "service", "severity",
];

const LEVELS: &[&str] = &["epic", "story", "task", "bug"];
const SERVICES: &[&str] = &["expedite", "fixed-date", "standard", "intangible"];
const SEVERITIES: &[&str] = &["critical", "major", "minor", "trivial"];

static FIELDS: [Field; 23] = [
    field("is", &[], Kind::Choice(IS), "open, closed, blocked, overdue, or what its state means"),
    field("state", &["status"], Kind::Name, "the state of its workflow"),
    field("level", &["type"], Kind::Choice(LEVELS), "epic, story, task or bug"),
    field("label", &["labels", "tag"], Kind::Name, "a label it bears"),
    field("assignee", &["owner"], Kind::Name, "who does it; me is you"),
    field("reporter", &["author"], Kind::Name, "who wrote it; me is you"),
    field("team", &[], Kind::Name, "the team that does it"),
    field("part", &["component"], Kind::Name, "the part of the product"),
    field("sprint", &["iteration"], Kind::Name, "the sprint it lies in; current is what runs now"),
    field("parent", &["epic"], Kind::Name, "the key of the item above"),
    field("priority", &[], Kind::Word, "highest, high, medium, low, lowest"),
    field("points", &["estimate"], Kind::Number, "its estimate, as points>=3"),
    field("due", &[], Kind::Day, "when it is due, as due<2026-03-01 or due<=+7d"),
    field("no", &["lacks"], Kind::Choice(LACKS), "what it lacks, as no:assignee or no:why"),
    field("has", &[], Kind::Choice(LACKS), "what it has, as has:due"),
    field("service", &["class"], Kind::Choice(SERVICES), "its class of service"),
    field("severity", &[], Kind::Choice(SEVERITIES), "how bad a bug is"),
    field("created", &[], Kind::Day, "when it was written, as created>-14d"),
    field("updated", &["changed"], Kind::Day, "when it was last changed"),
    field("started", &[], Kind::Day, "when work on it began"),
    field("done", &["finished"], Kind::Day, "when it was finished"),
    field(
        "field",
        &["custom"],
        Kind::Word,
        "a field of the product, as field:\"Impact=High\" or field:\"Size>=3\"",
    ),
    field("text", &["words"], Kind::Text, "words that it holds; they need no field before them"),
];

/// What a list is sorted by, as `sort:due`; with a minus the other way round.
pub const SORTS: [&str; 6] = ["rank", "due", "priority", "points", "created", "updated"];

/// What a list is grouped by, as `group:assignee,state`.
pub const GROUPS: [&str; 9] =
    ["state", "assignee", "label", "sprint", "parent", "part", "team", "priority", "level"];

/// All fields, in the order in which they are offered.
pub fn fields() -> &'static [Field] {
    &FIELDS
}

/// The field of that name.
pub fn field_named(name: &str) -> Option<&'static Field> {
    let name = name.to_lowercase();
    FIELDS.iter().find(|f| f.name == name || f.also.contains(&name.as_str()))
}

/// A day as the language writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    On(Day),
    /// That many days from today.
    In(i64),
}

impl When {
    /// The day that it is, seen from `today`.
    pub fn day(self, today: Day) -> Day {
        match self {
            Self::On(day) => day,
            Self::In(days) => today.plus_days(days),
        }
    }
}

/// The furthest that a day may lie from today.
const FURTHEST: u64 = 36_500;

/// `2026-03-01`, `today`, `tomorrow`, `yesterday`, `+7d`, `-2w`.
pub fn when(text: &str) -> Option<When> {
    match text {
        "today" => return Some(When::In(0)),
        "tomorrow" => return Some(When::In(1)),
        "yesterday" => return Some(When::In(-1)),
        _ => {}
    }
    let unit = match text.chars().last() {
        Some('d') => 1,
        Some('w') => 7,
        _ => {
            let day: Day = text.parse().ok()?;
            return (text.len() == 10).then_some(When::On(day));
        }
    };
    let number = &text[..text.len() - 1];
    let signed = number.starts_with(['+', '-']);
    let days = number.parse::<i64>().ok().filter(|_| signed)?.checked_mul(unit)?;
    (days.unsigned_abs() <= FURTHEST).then_some(When::In(days))
}
