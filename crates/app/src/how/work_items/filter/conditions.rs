//! The conditions that the terms of a filter stand for.

use super::order::{DUE, POINTS, PRIORITY};
use super::{Also, Condition, LABEL, OPEN};
use crate::db::{Engine, Value};
use crate::how::filters::{Kind, Op, Term, fields, when};
use crate::kernel::{Day, Time};
use crate::store::{search_terms, search_words};

pub(super) fn column_of(name: &str) -> &'static str {
    match name {
        "assignee" => "assignee_id",
        "reporter" => "reporter_id",
        "team" => "team_id",
        "part" => "part_id",
        "sprint" => "sprint_id",
        "created" => "created_at",
        "updated" => "valid_from",
        "started" => "started_at",
        "done" => "done_at",
        _ => "parent_id",
    }
}

impl Condition {
    /// The one behind the other.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values);
        self
    }
}

/// Any of these.
pub(super) fn any(all: impl Iterator<Item = Condition>) -> Condition {
    let mut whole = Condition::new("(", Vec::new());
    for (at, one) in all.enumerate() {
        let or = if at == 0 { "" } else { " OR " };
        whole = whole.and(Condition::new(or, Vec::new())).and(one);
    }
    whole.and(Condition::new(")", Vec::new()))
}

pub(super) fn is(word: &str, today: Day) -> Condition {
    let plain = |text: &str| Condition::new(text, Vec::new());
    match word {
        "open" => plain(OPEN),
        "closed" => plain("category IN ('accepted', 'dropped')"),
        "begun" => plain("category IN ('started', 'in-review')"),
        "blocked" => plain(
            "id IN (SELECT item_id FROM blocker WHERE blocker.workspace_id = $1 AND blocker.product_id = $2 AND ended_at IS NULL AND blocker.gone_at IS NULL)",
        ),
        "overdue" => Condition::new(format!("({DUE} < ? AND {OPEN})"), vec![today.into()]),
        category => Condition::equal("category", category),
    }
}

/// Whether a need stands above an item, at most 12 steps away.
pub(super) fn has(word: &str) -> Condition {
    let text = match word {
        "why" => "grounded = TRUE",
        "label" => "labels <> '[]'",
        "assignee" => "assignee_id IS NOT NULL",
        "team" => "team_id IS NOT NULL",
        "part" => "part_id IS NOT NULL",
        "sprint" => "sprint_id IS NOT NULL",
        "parent" => "parent_id IS NOT NULL",
        "priority" => "priority IS NOT NULL",
        "points" => "points IS NOT NULL",
        "service" => "service IS NOT NULL",
        "severity" => "severity IS NOT NULL",
        _ => "due IS NOT NULL",
    };
    Condition::new(text, Vec::new())
}

/// No why is what the page of missing whys says: a promise that still holds is none.
pub(super) fn lacks(word: &str, today: Day) -> Condition {
    if word == "why" {
        let text = "grounded = FALSE AND (no_why_until IS NULL OR no_why_until < ?)";
        return Condition::new(text, vec![today.into()]);
    }
    let Condition { text, .. } = has(word);
    Condition::new(format!("NOT ({text})"), Vec::new())
}

pub(super) fn points(term: &Term) -> Condition {
    let numbers: Vec<Value> =
        term.values.iter().map(|v| v.parse::<f64>().unwrap_or_default().into()).collect();
    match term.op {
        Op::Is => any(numbers.into_iter().map(|n| Condition::equal(POINTS, n))),
        op => Condition::new(format!("(points IS NOT NULL AND {POINTS} {} ?)", op.sign()), numbers),
    }
}

fn days(term: &Term, today: Day) -> impl Iterator<Item = Day> {
    term.values.iter().filter_map(move |v| when(v)).map(move |w| w.day(today))
}

pub(super) fn due(term: &Term, today: Day) -> Condition {
    let mut days = days(term, today);
    match term.op {
        Op::Is => any(days.map(|day| Condition::equal(DUE, day))),
        op => {
            let day = days.next().unwrap_or(today);
            Condition::new(format!("(due IS NOT NULL AND {DUE} {} ?)", op.sign()), vec![day.into()])
        }
    }
}

/// A moment against days: a day lasts from its first to its last instant.
pub(super) fn moment(column: &str, term: &Term, today: Day) -> Condition {
    any(days(term, today).map(|day| {
        let (start, end) = (Value::from(day.start()), Value::from(day.end()));
        let (text, values) = match term.op {
            Op::Is => (format!("{column} >= ? AND {column} < ?"), vec![start, end]),
            Op::Below => (format!("{column} < ?"), vec![start]),
            Op::AtMost => (format!("{column} < ?"), vec![end]),
            Op::Above => (format!("{column} >= ?"), vec![end]),
            Op::AtLeast => (format!("{column} >= ?"), vec![start]),
        };
        Condition::new(format!("({column} IS NOT NULL AND {text})"), values)
    }))
}

/// Words that an item holds, found by the index of the search.
pub(super) fn words(engine: Engine, text: &str) -> Condition {
    let terms = search_terms(engine, &search_words(text), true);
    let found = match engine {
        Engine::Sqlite => {
            "id IN (SELECT d.object_id FROM search_text CROSS JOIN search_doc d ON d.doc = search_text.rowid WHERE search_text MATCH ? AND d.workspace_id = $1 AND d.product_id = $2)"
        }
        Engine::Postgres => {
            "id IN (SELECT d.object_id FROM search_doc d WHERE d.workspace_id = $1 AND d.product_id = $2 AND d.words @@ to_tsquery('simple', ?))"
        }
    };
    Condition::new(found, vec![terms.into()])
}

/// A condition of every kind, plain and turned around, but for words, whose text each engine has of
/// its own: for the test that prepares all statements.
pub(in super::super) fn sample() -> Vec<Condition> {
    let day = Time(0).day();
    let null = || vec![Value::Null, Value::Null];
    let mut all = vec![
        Condition::cards(),
        Condition::label(Value::Null),
        Condition::new(format!("{LABEL}IN (?, ?))"), null()),
        Condition::one_of("(state)", null()),
        Condition::one_of(PRIORITY, null()),
        Condition::one_of("LOWER(priority)", null()),
    ];
    let columns = ["level", "state", "service", "severity"];
    all.extend(columns.map(|column| Condition::one_of(column, null())));
    for field in fields() {
        let ops = [Op::Is, Op::Below, Op::AtMost, Op::Above, Op::AtLeast];
        let terms = ops.map(|op| Term {
            not: false,
            field,
            op,
            values: vec!["+1d".to_owned(), "1".to_owned()],
            at: 0..0,
        });
        match (field.name, field.kind) {
            ("is", Kind::Choice(words)) => all.extend(words.iter().map(|w| is(w, day))),
            ("no", Kind::Choice(words)) => all.extend(words.iter().map(|w| lacks(w, day))),
            ("has", Kind::Choice(words)) => all.extend(words.iter().map(|w| has(w))),
            ("due", _) => all.extend(terms.iter().map(|t| due(t, day))),
            (_, Kind::Number) => all.extend(terms.iter().map(points)),
            (name, Kind::Day) => all.extend(terms.iter().map(|t| moment(column_of(name), t, day))),
            ("state" | "label" | "text", _) | (_, Kind::Choice(_) | Kind::Word | Kind::Text) => {}
            (name, Kind::Name) => all.push(Condition::one_of(column_of(name), null())),
        }
    }
    let also = [Also::Dated, Also::Undated, Also::Due(day, day)];
    all.extend(also.into_iter().flat_map(Also::conditions));
    let turned: Vec<Condition> = all.iter().cloned().map(|c| c.turned(true)).collect();
    all.extend(turned);
    all
}
