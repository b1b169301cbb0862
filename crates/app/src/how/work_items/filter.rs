//! Conditions that lists and boards share, each with the index that serves it.

use crate::db::{Conn, Value};
use crate::kernel::{Day, Id, Result};
use crate::people::{parts, teams};

/// A condition by name, with its value if it takes one.
pub(super) type Condition = (&'static str, Option<Value>);

/// What a page asks for beyond what its reader filters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Also {
    /// With a place in time: due, begun, or in a sprint.
    Dated,
    Undated,
    /// Due between two days, both included.
    Due(Day, Day),
}

impl Also {
    pub(super) fn conditions(self) -> Vec<Condition> {
        match self {
            Self::Dated => vec![("dated", None)],
            Self::Undated => vec![("undated", None)],
            Self::Due(from, to) => {
                vec![("due-from", Some(from.into())), ("due-to", Some(to.into()))]
            }
        }
    }
}

pub(super) const CONDITIONS: [(&str, &str); 14] = [
    ("level", " AND level = $3"),
    ("state", " AND state = $3"),
    ("category", " AND category = $3"),
    ("open", " AND category <> 'accepted' AND category <> 'dropped'"),
    ("cards", " AND level <> 'epic'"),
    ("assignee", " AND assignee_id = $3"),
    (
        "label",
        " AND id IN (SELECT object_id FROM item_label WHERE item_label.workspace_id = $1 AND item_label.product_id = $2 AND label = $3)",
    ),
    ("parent", " AND parent_id = $3"),
    ("team", " AND team_id = $3"),
    ("part", " AND part_id = $3"),
    ("dated", " AND (due IS NOT NULL OR started_at IS NOT NULL OR sprint_id IS NOT NULL)"),
    ("undated", " AND due IS NULL AND started_at IS NULL AND sprint_id IS NULL"),
    ("due-from", " AND due >= $3"),
    ("due-to", " AND due <= $3"),
];

/// Whether a condition takes a value.
pub(super) fn takes_value(name: &str) -> bool {
    !matches!(name, "open" | "cards" | "dated" | "undated")
}

/// What stands behind `WHERE workspace_id = $1 AND`, with the values from `$3` on.
pub(super) fn conditions(wanted: &[Condition]) -> (String, Vec<Value>) {
    let mut tail = String::from("product_id = $2");
    let mut values = Vec::new();
    for (name, value) in wanted {
        let Some((_, text)) = CONDITIONS.iter().find(|(n, _)| n == name) else { continue };
        match value {
            Some(value) => {
                values.push(value.clone());
                tail.push_str(&text.replace("$3", &format!("${}", values.len() + 2)));
            }
            None => tail.push_str(text),
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
        all.push(("team", Some(id.into())));
    }
    if let Some(part) = given(part) {
        let id = parts::named(conn, ws, product, &part)?.map_or_else(Id::new, |p| p.id);
        all.push(("part", Some(id.into())));
    }
    Ok(all)
}
