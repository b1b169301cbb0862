//! How strongly a need is supported: how many people and companies, of which segments and kinds,
//! and how fresh. Votes do not count; people do.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Day, Id, Result, Time};
use crate::people::nouns::{Page, by_key};
use crate::people::products;
use crate::store::{ASKED, Composed, Meta, Query, Reader, marks_from, with_ids};
use crate::why::companies::{self, Company};
use crate::why::needs::{Need, NeedView, listed};

/// What stands under [`ASKED`] needs.
fn under_sql() -> String {
    let ids = marks_from(2);
    format!(
        "SELECT l.from_id, v.source, e.company, e.segment, e.kind, e.said_on FROM link l JOIN evidence e \
         ON e.workspace_id = $1 AND e.id = l.to_id AND e.gone_at IS NULL JOIN verbatim v ON \
         v.workspace_id = $1 AND v.id = e.verbatim_id WHERE l.workspace_id = $1 AND l.from_id IN \
         ({ids}) AND l.kind = 'rests-on' AND l.gone_at IS NULL LIMIT 20000"
    )
}

/// The same as it was just before a time.
fn under_then_sql() -> String {
    let ids = marks_from(3);
    format!(
        "SELECT l.lower_id, v.source, e.company, e.segment, e.kind, e.said_on FROM edge l JOIN evidence e \
         ON e.workspace_id = $1 AND e.id = l.upper_id JOIN verbatim v ON v.workspace_id = $1 AND \
         v.id = e.verbatim_id WHERE l.workspace_id = $1 AND l.lower_id IN ({ids}) AND l.upper_kind = \
         'evidence' AND l.valid_from < $2 AND l.valid_to >= $2 LIMIT 20000"
    )
}

static UNDER_THEN: LazyLock<String> = LazyLock::new(under_then_sql);
inventory::submit! { Composed { name: "support::UNDER_THEN", text: under_then_sql } }

static UNDER: LazyLock<String> = LazyLock::new(under_sql);
inventory::submit! { Composed { name: "support::UNDER", text: under_sql } }

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

/// What one piece of evidence says of its origin: who, for whom, of which segment and kind, when.
type Said = (String, String, String, String, Option<Day>);

/// How strongly the need is supported on `today`.
pub fn support(conn: &mut Conn, ws: i64, need: &Need, today: Day) -> Result<Support> {
    let mut all = supports(conn, ws, need.product_id, &[need.id], (today, None))?;
    Ok(all.remove(&need.id).unwrap_or_default())
}

/// The same of many needs of a product, as it is or as it was just before a time.
pub fn supports(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    needs: &[Id],
    (today, at): (Day, Option<Time>),
) -> Result<HashMap<Id, Support>> {
    let mut said: HashMap<Id, Vec<Said>> = needs.iter().map(|id| (*id, Vec::new())).collect();
    for some in needs.chunks(ASKED) {
        let (sql, values) = match at {
            None => (&UNDER, with_ids(&[ws.into()], some)),
            Some(at) => (&UNDER_THEN, with_ids(&[ws.into(), at.into()], some)),
        };
        let rows = conn.query_text(sql, &values, |r| {
            Ok((r.get::<Id>(0)?, (r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?)))
        })?;
        for (need, one) in rows {
            said.entry(need).or_default().push(one);
        }
    }
    let known = companies::all(conn, ws, product)?;
    Ok(said.into_iter().map(|(need, all)| (need, told(&all, &known, today))).collect())
}

fn told(all: &[Said], known: &[Company], today: Day) -> Support {
    let names = |get: fn(&Said) -> &String| -> Vec<String> {
        let set: BTreeSet<String> =
            all.iter().map(get).filter(|t| !t.is_empty()).cloned().collect();
        set.into_iter().collect()
    };
    let unnamed = usize::from(all.iter().any(|s| s.0.is_empty()));
    let heard = names(|s| &s.1);
    let paying = known.iter().filter(|c| heard.contains(&c.name));
    let mut support = Support {
        pieces: all.len(),
        people: names(|s| &s.0).len() + unnamed,
        revenue: paying.filter_map(|c| c.revenue).sum(),
        companies: heard,
        segments: names(|s| &s.2),
        kinds: names(|s| &s.3),
        newest: all.iter().filter_map(|s| s.4).max(),
        strength: String::new(),
    };
    support.strength = strength(&support, today).to_owned();
    support
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

/// A need with what stands under it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Supported {
    #[serde(flatten)]
    pub need: NeedView,
    pub support: Support,
}

/// List a product's needs, each with how strongly it is supported.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListSupport {
    pub product: String,
    /// What the page before named as `next`.
    pub after: Option<String>,
    /// 1 to 200; 100 if left out.
    pub limit: Option<i64>,
    /// As they stood at the end of a past day.
    pub at: Option<Day>,
}

impl Query for ListSupport {
    type Output = Page<Supported>;
    const META: Meta = Meta::query(
        "list-support",
        "List a product's needs, each with how strongly it is supported",
        "/needs/support",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page<Supported>> {
        let (ws, today) = (cx.actor.workspace, cx.now.day());
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(100).clamp(1, 200);
        let from = (self.after.as_deref(), limit);
        let (rows, next) = listed(cx.conn, ws, product.id, from, self.at)?;
        let ids: Vec<Id> = rows.iter().map(|need| need.id).collect();
        let mut all = supports(
            cx.conn,
            ws,
            product.id,
            &ids,
            (self.at.unwrap_or(today), self.at.map(Day::end)),
        )?;
        let items = rows.iter().map(|need| Supported {
            need: need.into(),
            support: all.remove(&need.id).unwrap_or_default(),
        });
        Ok(Page { items: items.collect(), next })
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
