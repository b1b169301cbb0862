//! Statements as they were recorded, and what must differ each time they are run again.

use serde::{Deserialize, Serialize};
use wherefore_app::db::Value;

/// What the floors of one world serve.
#[derive(Serialize, Deserialize)]
pub struct Script {
    pub pages: Vec<Page>,
}

/// One recorded request: its statements and what was answered.
#[derive(Serialize, Deserialize, Clone)]
pub struct Page {
    pub case: String,
    pub writes: bool,
    pub steps: Vec<Step>,
    pub content_type: String,
    pub body: Vec<u8>,
}

/// One statement with its values.
#[derive(Serialize, Deserialize, Clone)]
pub struct Step {
    pub sql: String,
    pub args: Vec<Arg>,
}

/// A value of a statement.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum Arg {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Id(uuid::Uuid),
    Bytes(Vec<u8>),
    /// The n-th identifier that the request made: another one each time.
    Fresh(usize),
    /// The key that the request made, without its number.
    Key(String),
    /// A place in the workspace's order, counted from the first that the request took.
    Seq(i64),
    /// The item's revision when it is run, and so many more.
    Revision(i64),
}

impl From<&Value> for Arg {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Real(value) => Self::Real(*value),
            Value::Text(value) => Self::Text(value.clone()),
            Value::Id(value) => Self::Id(value.0),
            Value::Bytes(value) => Self::Bytes(value.clone()),
        }
    }
}

/// What one run puts in place of what must differ.
pub struct Fill {
    pub ids: Vec<uuid::Uuid>,
    pub number: u64,
    pub first_seq: i64,
    pub revision: i64,
}

impl Fill {
    /// The value for this run.
    pub fn fill(&mut self, arg: &Arg) -> Arg {
        match arg {
            Arg::Fresh(n) => {
                while self.ids.len() <= *n {
                    self.ids.push(uuid::Uuid::now_v7());
                }
                Arg::Id(self.ids[*n])
            }
            Arg::Key(front) => Arg::Text(format!("{front}-F{}", self.number)),
            Arg::Seq(n) => Arg::Int(self.first_seq + n),
            Arg::Revision(n) => Arg::Int(self.revision + n),
            plain => plain.clone(),
        }
    }
}

/// Marks in the statements of a change what must differ from run to run. `since` is when the
/// request began, in milliseconds: identifiers made later are its own.
pub fn mark(steps: &mut [Step], since: u64, key: Option<&str>) {
    let mut fresh: Vec<uuid::Uuid> = Vec::new();
    // The places in the order that the request took, as they were when it was recorded.
    let mut taken: Vec<Arg> = Vec::new();
    for step in steps {
        let placed = ["INSERT INTO activity", "INSERT INTO exercised"]
            .iter()
            .any(|start| step.sql.starts_with(start));
        let update = step.sql.starts_with("UPDATE work_item SET");
        for arg in &mut step.args {
            if let Arg::Id(id) = arg
                && let Some((seconds, nanos)) = id.get_timestamp().map(|t| t.to_unix())
                && seconds * 1_000 + u64::from(nanos / 1_000_000) >= since
            {
                let known = fresh.iter().position(|f| f == id);
                *arg = Arg::Fresh(known.unwrap_or_else(|| {
                    fresh.push(*id);
                    fresh.len() - 1
                }));
            } else if let Arg::Text(text) = arg
                && key == Some(text.as_str())
            {
                let front = text.rsplit_once('-').map_or("F", |(front, _)| front);
                *arg = Arg::Key(front.to_owned());
            }
        }
        if placed {
            let known = taken.iter().position(|place| *place == step.args[1]);
            let place = known.unwrap_or(taken.len());
            if known.is_none() {
                taken.push(step.args[1].clone());
            }
            step.args[1] = Arg::Seq(i64::try_from(place).unwrap_or_default());
        }
        if update {
            let places: Vec<usize> = step
                .sql
                .split("revision = $")
                .skip(1)
                .filter_map(|rest| {
                    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
                })
                .collect();
            if let [new, old] = places[..] {
                step.args[new - 1] = Arg::Revision(1);
                step.args[old - 1] = Arg::Revision(0);
            }
        }
    }
}
