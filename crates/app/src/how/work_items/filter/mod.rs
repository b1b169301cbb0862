//! Conditions that lists and boards share, each with the index that serves it, and the orders that
//! they are read in.

mod conditions;
mod order;
mod resolve;

pub(super) use conditions::sample;
pub use order::{Order, PRIORITIES};
pub use resolve::{Asked, asked, someone, understood};

use crate::db::{Conn, Value};
use crate::how::filters::Problem;
use crate::kernel::{Day, Error, Id, Result};
use crate::people::{parts, teams};

/// A condition: a text in which `?` stands for each of its values; `$1` is the workspace and `$2` the
/// product. It is true or false, never unknown, so that it can be turned around.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    text: String,
    values: Vec<Value>,
}

impl Condition {
    pub(super) fn new(text: impl Into<String>, values: Vec<Value>) -> Self {
        Self { text: text.into(), values }
    }

    /// That a column is one of these.
    pub(super) fn one_of(column: &str, values: Vec<Value>) -> Self {
        if let [_] = values.as_slice() {
            return Self::new(format!("({column} IS NOT NULL AND {column} = ?)"), values);
        }
        let marks = vec!["?"; values.len()].join(", ");
        Self::new(format!("({column} IS NOT NULL AND {column} IN ({marks}))"), values)
    }

    /// That a column which always says something is this; an index gives such rows in their order.
    pub(super) fn equal(column: &str, value: impl Into<Value>) -> Self {
        Self::new(format!("{column} = ?"), vec![value.into()])
    }

    /// What every card is: no epic.
    pub(super) fn cards() -> Self {
        Self::new("level <> 'epic'", Vec::new())
    }

    pub(super) fn open() -> Self {
        Self::new(OPEN, Vec::new())
    }

    pub(super) fn is_open(&self) -> bool {
        self.text == OPEN
    }

    pub(super) fn label(value: impl Into<Value>) -> Self {
        Self::new(LABEL.to_owned() + "= ?)", vec![value.into()])
    }

    fn turned(self, not: bool) -> Self {
        if not { Self { text: format!("NOT ({})", self.text), ..self } } else { self }
    }
}

/// What a page asks for beyond what its reader filters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Also {
    /// With a place in time: due, begun, or in a sprint.
    Dated,
    Undated,
    /// Due between two days, both included.
    Due(Day, Day),
}

const DATED: &str = "(due IS NOT NULL OR started_at IS NOT NULL OR sprint_id IS NOT NULL)";

impl Also {
    pub(super) fn conditions(self) -> Vec<Condition> {
        match self {
            Self::Dated => vec![Condition::new(DATED, Vec::new())],
            Self::Undated => vec![Condition::new(format!("NOT {DATED}"), Vec::new())],
            Self::Due(from, to) => {
                let text =
                    format!("(due IS NOT NULL AND {due} >= ? AND {due} <= ?)", due = order::DUE);
                vec![Condition::new(text, vec![from.into(), to.into()])]
            }
        }
    }
}

/// The same words as those of the index of what is open.
const OPEN: &str = "(category <> 'accepted' AND category <> 'dropped')";
const LABEL: &str = "id IN (SELECT object_id FROM item_label WHERE item_label.workspace_id = $1 AND item_label.product_id = $2 AND label ";

/// What stands behind `WHERE workspace_id = $1 AND`, with the values from `$3` on.
pub fn conditions(wanted: &[Condition]) -> (String, Vec<Value>) {
    let mut tail = String::from("product_id = $2");
    let mut values = Vec::new();
    for condition in wanted {
        tail.push_str(" AND ");
        let mut parts = condition.text.split('?');
        tail.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(&condition.values) {
            values.push(value.clone());
            tail.push_str(&format!("${}{part}", values.len() + 2));
        }
    }
    (tail, values)
}

/// The conditions of a team and a part, each given by id or name. What is unknown matches nothing.
pub(super) fn ours(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    team: Option<&str>,
    part: Option<&str>,
) -> Result<Vec<Condition>> {
    let given =
        |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let mut all: Vec<Condition> = Vec::new();
    if let Some(team) = given(team) {
        // A closed team still has its past.
        let id = match team.parse::<Id>() {
            Ok(id) => id,
            Err(_) => teams::named(conn, ws, &team)?.map_or_else(Id::new, |t| t.id),
        };
        all.push(Condition::one_of("team_id", vec![id.into()]));
    }
    if let Some(part) = given(part) {
        let id = parts::named(conn, ws, product, &part)?.map_or_else(Id::new, |p| p.id);
        all.push(Condition::one_of("part_id", vec![id.into()]));
    }
    Ok(all)
}

/// A filter that was not understood, as an error that names the place.
pub fn not_understood(q: &str, problem: &Problem) -> Error {
    let (from, to) = (problem.at.start.min(q.len()), problem.at.end.min(q.len()));
    let place = q.get(from..to).unwrap_or_default().trim();
    let character = q.get(..from).map_or(0, |before| before.chars().count()) + 1;
    let whole = from == 0 && to == q.len();
    Error::invalid(
        "q",
        match place {
            "" => format!("At character {character} of the filter: {problem}"),
            _ if whole => problem.to_string(),
            place => format!("At “{place}”, character {character} of the filter: {problem}"),
        },
    )
}
