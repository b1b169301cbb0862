//! The calendar of a product: what is due, ships, is decided and held on which day, with the sprints and
//! phases that run across.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::how::ceremonies;
use crate::how::gates::Gate;
use crate::how::phases::Phase;
use crate::how::sprints::Sprint;
use crate::how::work_items::{Also, ListWorkItems, WorkItem};
use crate::kernel::{Access, Day, Error, Result};
use crate::people::{policies, teams};
use crate::selects;
use crate::store::{Meta, Query, Reader};
use crate::what::releases::Release;

/// Days that are asked for at once.
const MOST_DAYS: i64 = 62;
/// Due items of a page; more are told of.
const DUE: i64 = 200;

selects! {
    RELEASES: Release = "release", "product_id = $2 AND planned_on >= $3 AND planned_on <= $4 AND gone_at IS NULL ORDER BY planned_on LIMIT 100";
    GATES: Gate = "gate", "product_id = $2 AND due >= $3 AND due <= $4 AND gone_at IS NULL ORDER BY due LIMIT 100";
    SPRINTS: Sprint = "sprint", "product_id = $2 AND starts <= $4 AND ends >= $3 AND state <> 'cancelled' AND gone_at IS NULL ORDER BY starts LIMIT 40";
    PHASES: Phase = "phase", "product_id = $2 AND starts <= $4 AND ends >= $3 AND gone_at IS NULL ORDER BY starts LIMIT 40";
}

/// Something on a day.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct Entry {
    pub day: Day,
    /// `due`, `release`, `gate` or `ceremony`.
    pub kind: String,
    /// The key of what has one.
    pub key: String,
    pub title: String,
    pub state: String,
    pub team: String,
    /// Where it stands in the product's pages.
    pub href: String,
    /// What is due and not done by today.
    pub late: bool,
    pub done: bool,
}

/// Something that runs across days.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct Span {
    /// `sprint` or `phase`.
    pub kind: String,
    pub title: String,
    pub state: String,
    pub href: String,
    pub starts: Day,
    pub ends: Day,
}

/// What lies between two days.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Calendar {
    pub from: Day,
    pub to: Day,
    /// By day.
    pub entries: Vec<Entry>,
    pub spans: Vec<Span>,
    /// More is due than is shown: filter, or ask for fewer days.
    pub more: bool,
}

/// A month as it is drawn: whole weeks around it.
#[derive(Clone, Copy, Debug)]
pub struct Month {
    pub first: Day,
    pub from: Day,
    pub to: Day,
}

impl Month {
    /// The month of a day, from a Monday to a Sunday.
    pub fn of(day: Day) -> Self {
        let first = Day(day.0.first_of_month());
        let last = Day(day.0.last_of_month());
        let weekday = |day: Day| i64::from(day.0.weekday().to_monday_one_offset());
        let from = first.plus_days(1 - weekday(first));
        Self { first, from, to: last.plus_days(7 - weekday(last)) }
    }
}

/// Show what falls between two days: due items, releases, gates, ceremonies, sprints and phases.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetCalendar {
    pub product: String,
    /// The first day; the month's if left out.
    pub from: Option<Day>,
    /// The last day, up to 62 days on; the month's if left out.
    pub to: Option<Day>,
    /// As in the address of a list: `assignee=me&team=Fares`. A team narrows ceremonies and sprints, too.
    pub filter: Option<String>,
}

impl Query for GetCalendar {
    type Output = Calendar;
    const META: Meta = Meta::query(
        "get-calendar",
        "Show what falls between two days: due items, releases, gates, ceremonies, sprints and phases",
        "/calendar",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Calendar> {
        let month = Month::of(self.from.unwrap_or_else(|| cx.now.day()));
        let from = self.from.unwrap_or(month.from);
        let to = self.to.unwrap_or(month.to.max(from));
        let list = ListWorkItems::of(&self.product, self.filter.as_deref())?;
        Calendar::of(cx, list, from, to)
    }
}

impl Calendar {
    pub fn of(cx: &mut Reader<'_>, list: ListWorkItems, from: Day, to: Day) -> Result<Self> {
        if to < from || from.days_until(to) >= MOST_DAYS {
            let message = format!("A calendar shows up to {MOST_DAYS} days, the first one first.");
            return Err(Error::invalid("to", message));
        }
        let (ws, today) = (cx.actor.workspace, cx.now.day());
        let list = ListWorkItems { limit: Some(DUE), after: None, ..list };
        let (product, due, more) = list.rows(cx, &[Also::Due(from, to)])?;
        let team = list.team.as_deref().map(str::trim).filter(|t| !t.is_empty());
        let team = match team {
            Some(name) => Some(teams::named(cx.conn, ws, name)?.map(|t| (t.id, t.name))),
            None => None,
        };
        let mut entries: Vec<Entry> = due.iter().filter_map(|i| entry(i, today)).collect();
        let values = [product.id.into(), from.into(), to.into()];
        for r in RELEASES.all(cx.conn, ws, &values)? {
            let done = r.state == "released";
            let late = !done && r.planned_on.is_some_and(|day| day < today);
            entries.extend(r.planned_on.map(|day| Entry {
                day,
                kind: "release".into(),
                href: format!("/{}", r.key),
                key: r.key,
                title: r.title,
                state: r.state,
                team: String::new(),
                late,
                done,
            }));
        }
        for g in GATES.all(cx.conn, ws, &values)? {
            let done = g.state != "pending";
            entries.extend(g.due.map(|day| Entry {
                day,
                kind: "gate".into(),
                key: String::new(),
                title: g.name,
                href: format!("/p/{}/gates/{}/pack", product.key, g.id),
                state: g.state,
                team: String::new(),
                late: !done && day < today,
                done,
            }));
        }
        if cx.actor.check_role(Access::Write).is_ok() {
            let teams = match &team {
                Some(one) => one.clone().into_iter().collect(),
                None => policies::teams_on(cx.conn, ws, product.id)?,
            };
            for (id, name) in teams {
                let all = ceremonies::between(cx.conn, ws, id, from, to)?;
                // A daily each day would hide all else; what only the cadence brought is past.
                let told = all.into_iter().filter(|c| c.kind != "daily" && c.state != "skipped");
                let told = told.filter(|c| c.state != "due" || c.day >= today);
                entries.extend(told.map(|c| Entry {
                    day: c.day,
                    kind: "ceremony".into(),
                    key: String::new(),
                    title: c.kind.replace('-', " "),
                    href: c.id.map_or_else(
                        || format!("/teams/{id}/calendar"),
                        |c| format!("/ceremonies/{c}"),
                    ),
                    done: c.state == "held",
                    state: c.state,
                    team: name.clone(),
                    late: false,
                }));
            }
        }
        entries.sort_by_key(|e| (e.day, place(&e.kind)));
        let team = team.map(|t| t.map(|(id, _)| id));
        let mut spans = Vec::new();
        for s in SPRINTS.all(cx.conn, ws, &values)? {
            if team.is_some_and(|t| t != s.team_id) {
                continue;
            }
            let href = format!("/p/{}/sprints/{}", product.key, s.id);
            spans.extend(span("sprint", s.name, s.state, href, s.starts.zip(s.ends)));
        }
        for p in PHASES.all(cx.conn, ws, &values)? {
            let href = format!("/p/{}/phases/{}", product.key, p.id);
            spans.extend(span("phase", p.name, p.state, href, p.starts.zip(p.ends)));
        }
        Ok(Self { from, to, entries, spans, more: more.is_some() })
    }
}

fn entry(item: &WorkItem, today: Day) -> Option<Entry> {
    let day = item.due?;
    let done = item.done_at.is_some();
    Some(Entry {
        day,
        kind: "due".into(),
        key: item.key.clone(),
        title: item.title.clone(),
        state: item.state.clone(),
        team: String::new(),
        href: format!("/{}", item.key),
        late: !done && day < today,
        done,
    })
}

fn span(
    kind: &str,
    title: String,
    state: String,
    href: String,
    days: Option<(Day, Day)>,
) -> Option<Span> {
    let (starts, ends) = days?;
    Some(Span { kind: kind.to_owned(), title, state, href, starts, ends })
}

/// What is fixed comes before what is due.
fn place(kind: &str) -> usize {
    ["release", "gate", "ceremony", "due"].iter().position(|k| *k == kind).unwrap_or(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_drawn_in_whole_weeks() {
        let month = Month::of("2026-11-28".parse().expect("a day"));
        let days = [month.first, month.from, month.to].map(|d| d.to_string());
        assert_eq!(days, ["2026-11-01", "2026-10-26", "2026-12-06"]);
    }
}
