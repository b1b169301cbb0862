//! How strongly a need is supported: how many people and companies, of which segments and kinds,
//! and how fresh. Votes do not count; people do.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Day, Id, Result};
use crate::people::nouns::by_key;
use crate::statements;
use crate::store::{Meta, Query, Reader};
use crate::why::companies;
use crate::why::needs::Need;

statements! {
    UNDER = "SELECT v.source, e.company, e.segment, e.kind, e.said_on FROM link l JOIN evidence e ON e.workspace_id = $1 AND e.id = l.to_id AND e.gone_at IS NULL JOIN verbatim v ON v.workspace_id = $1 AND v.id = e.verbatim_id WHERE l.workspace_id = $1 AND l.from_id = $2 AND l.kind = 'rests-on' AND l.gone_at IS NULL LIMIT 1000";
}

/// What stands under a need.
#[derive(Clone, Serialize, JsonSchema, Debug, Default, PartialEq)]
pub struct Support {
    pub pieces: usize,
    /// Different people who said it, as evidence names them.
    pub people: usize,
    pub companies: Vec<String>,
    /// What those companies pay in a year, as far as it is known.
    pub revenue: f64,
    pub segments: Vec<String>,
    pub kinds: Vec<String>,
    pub newest: Option<Day>,
    /// `none`, `thin` (one person, or nothing in 180 days), `fair`, or `strong` (five people or
    /// more, of two kinds of evidence or more).
    pub strength: String,
}

/// How strongly the need is supported on `today`.
pub fn support(conn: &mut Conn, ws: i64, need: &Need, today: Day) -> Result<Support> {
    type Said = (String, String, String, String, Option<Day>);
    let all: Vec<Said> = conn.query(&UNDER, &[ws.into(), need.id.into()], |r| {
        Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
    })?;
    let names = |get: fn(&Said) -> &String| -> Vec<String> {
        let set: BTreeSet<String> =
            all.iter().map(get).filter(|t| !t.is_empty()).cloned().collect();
        set.into_iter().collect()
    };
    let unnamed = usize::from(all.iter().any(|s| s.0.is_empty()));
    let heard = names(|s| &s.1);
    let revenue = revenue(conn, ws, need.product_id, &heard)?;
    let mut support = Support {
        pieces: all.len(),
        people: names(|s| &s.0).len() + unnamed,
        companies: heard,
        revenue,
        segments: names(|s| &s.2),
        kinds: names(|s| &s.3),
        newest: all.iter().filter_map(|s| s.4).max(),
        strength: String::new(),
    };
    support.strength = strength(&support, today).to_owned();
    Ok(support)
}

fn revenue(conn: &mut Conn, ws: i64, product: Id, heard: &[String]) -> Result<f64> {
    if heard.is_empty() {
        return Ok(0.0);
    }
    let known = companies::all(conn, ws, product)?;
    Ok(known.iter().filter(|c| heard.contains(&c.name)).filter_map(|c| c.revenue).sum())
}

fn strength(s: &Support, today: Day) -> &'static str {
    let stale = s.newest.is_none_or(|day| day.days_until(today) > 180);
    match (s.pieces, s.people) {
        (0, _) => "none",
        (_, 0..=1) => "thin",
        _ if stale => "thin",
        (_, 5..) if s.kinds.len() >= 2 => "strong",
        _ => "fair",
    }
}

/// Show how strongly a need is supported, and by whom.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetSupport {
    pub key: String,
}

impl Query for GetSupport {
    type Output = Support;
    const META: Meta = Meta::query(
        "get-support",
        "Show how strongly a need is supported, and by whom",
        "/needs/{key}/support",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Support> {
        let (need, _) = by_key::<Need>(cx.conn, cx.actor, &self.key, Access::Read)?;
        support(cx.conn, cx.actor.workspace, &need, cx.now.day())
    }
}

#[cfg(test)]
mod tests {
    use super::{Support, strength};

    #[test]
    fn strength_counts_people_kinds_and_freshness() {
        let today = "2026-06-01".parse().expect("a day");
        let mut s = Support::default();
        assert_eq!(strength(&s, today), "none");
        (s.pieces, s.people, s.newest) = (9, 1, "2026-05-01".parse().ok());
        assert_eq!(strength(&s, today), "thin");
        s.people = 6;
        s.kinds = vec!["feedback".into()];
        assert_eq!(strength(&s, today), "fair");
        s.kinds.push("interview".into());
        assert_eq!(strength(&s, today), "strong");
        s.newest = "2025-05-01".parse().ok();
        assert_eq!(strength(&s, today), "thin");
    }
}
