//! What changed on a roadmap between two days, as one audience sees it.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Line;
use crate::kernel::Id;

/// One change.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq, Eq)]
pub struct Changed {
    pub item: String,
    pub title: String,
    /// `new`, `moved`, `dates`, `promise` or `gone`.
    pub kind: String,
    /// In words.
    pub what: String,
    pub because: String,
}

/// What changed from `then` to `now`: what is new, what moved, whose dates changed, what is gone.
pub fn changes(then: &[Line], now: &[Line]) -> Vec<Changed> {
    let old: HashMap<Id, &Line> = then.iter().map(|line| (line.id, line)).collect();
    let new: HashMap<Id, &Line> = now.iter().map(|line| (line.id, line)).collect();
    let mut all = Vec::new();
    for line in now {
        let (kind, what) = match old.get(&line.id) {
            None => ("new", format!("new in {}", line.horizon)),
            Some(old) if old.horizon != line.horizon => {
                ("moved", format!("from {} to {}", old.horizon, line.horizon))
            }
            Some(old) if old.hard != line.hard && line.hard => ("promise", range(line)),
            Some(old) if old.hard != line.hard => ("promise", "no longer promised".to_owned()),
            Some(old) if (old.starts, old.ends) != (line.starts, line.ends) => {
                ("dates", format!("{}, was {}", range(line), range(old)))
            }
            Some(_) => continue,
        };
        all.push(changed(line, kind, what, line.because.clone()));
    }
    for line in then.iter().filter(|line| !new.contains_key(&line.id)) {
        all.push(changed(line, "gone", format!("taken off, was {}", line.horizon), String::new()));
    }
    all
}

fn changed(line: &Line, kind: &str, what: String, because: String) -> Changed {
    let (item, title) = (line.item.clone(), line.title.clone());
    Changed { item, title, kind: kind.to_owned(), what, because }
}

/// The dates in words.
fn range(line: &Line) -> String {
    line.dates().unwrap_or_else(|| "without dates".to_owned())
}
