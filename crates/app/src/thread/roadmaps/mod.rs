//! A roadmap as one audience sees it: what stands on it with its why, its work and what blocks what,
//! and what changed since a day. A few statements for the whole of it, whatever it holds.

mod changes;
mod placed;
mod told;

pub use changes::{Changed, changes};
pub use placed::GetRoadmap;

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::{Node, nodes};
use super::path::{Sight, Standing, judge_by};
use super::reach::{self, Work};
use crate::db::Conn;
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Day, Id, Result, Time};
use crate::people::nouns::one_of;
use crate::people::products::{self, Product};
use crate::people::teams::Team;
use crate::statements;
use crate::store::{Meta, Query, Reader, load_many};
use crate::what::roadmap::{AUDIENCES, Placement, placements, reaches, theme_names};

statements! {
    /// What is blocked and by what, among the things of a product.
    BLOCKS = "SELECT l.from_id, l.to_id FROM link l JOIN search_doc d ON d.workspace_id = l.workspace_id AND d.object_id = l.to_id WHERE l.workspace_id = $1 AND d.product_id = $2 AND l.kind = 'blocks' AND l.gone_at IS NULL ORDER BY l.id LIMIT 2000";
}

/// One thing on a roadmap, as far as its audience may know.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq)]
pub struct Line {
    /// The key of the epic or opportunity; customers are told none.
    pub item: String,
    /// `epic` or `opportunity`.
    pub kind: String,
    pub title: String,
    pub horizon: String,
    /// Executives see the quarters, sales and support only promises, customers no dates.
    pub starts: Option<Day>,
    pub ends: Option<Day>,
    /// The end is promised.
    pub hard: bool,
    pub hard_reason: String,
    pub theme: Option<String>,
    /// Key and title of the objective that it serves.
    pub objective: Option<(String, String)>,
    pub team: Option<String>,
    pub because: String,
    pub standing: Option<Standing>,
    /// The effort planned for it, in points.
    pub effort: Option<f64>,
    /// Its stories, tasks and bugs, and how many are done; none for a past day.
    pub stories: i64,
    pub stories_done: i64,
    pub points: f64,
    pub points_done: f64,
    /// Keys of what stands on the roadmap and has to come before it.
    pub after: Vec<String>,
    /// How far it may be told.
    pub reach: String,
    pub outside: String,
    /// The days are the first and the last of quarters, which is all that is told of them.
    #[serde(skip)]
    #[schemars(skip)]
    pub quarters: bool,
    #[serde(skip)]
    #[schemars(skip)]
    pub id: Id,
}

impl Line {
    /// Its dates in words, as far as they are known: “about 3 Mar 2026 to 5 May 2026”, “about Q1 2026”.
    pub fn dates(&self) -> Option<String> {
        let quarter = |day: Day| format!("Q{} {}", (day.0.month() - 1) / 3 + 1, day.0.year());
        let words = |day: Day| if self.quarters { quarter(day) } else { day.words() };
        let promised = self.ends.filter(|_| self.hard).map(Day::words);
        match (promised, self.starts.map(words), self.ends.map(words)) {
            (Some(day), ..) => Some(format!("promised for {day}")),
            (None, Some(from), Some(to)) if from == to => Some(format!("about {from}")),
            (None, Some(from), Some(to)) => Some(format!("about {from} to {to}")),
            (None, Some(from), None) => Some(format!("from about {from}")),
            (None, None, Some(to)) => Some(format!("by about {to}")),
            (None, None, None) => None,
        }
    }
}

/// Whose roadmap is asked for, and of when.
pub struct Ask<'a> {
    pub product: &'a Product,
    pub sight: &'a Sight,
    pub audience: &'a str,
    pub at: Option<Day>,
    pub today: Day,
}

/// The lines of a roadmap, by horizon and order.
pub fn lines(conn: &mut Conn, ws: i64, ask: &Ask<'_>) -> Result<Vec<Line>> {
    let at = ask.at.map(Day::end);
    let rows: Vec<Placement> = placements(conn, ws, ask.product.id, at)?
        .into_iter()
        .filter(|p| reaches(&p.reach, ask.audience))
        .collect();
    let items = nodes(conn, ws, rows.iter().map(|p| (p.object_kind.clone(), p.object_id)), at)?;
    let rows: Vec<Placement> =
        rows.into_iter().filter(|p| items.contains_key(&p.object_id)).collect();
    let ids: Vec<Id> = rows.iter().map(|p| p.object_id).collect();
    let themes = theme_names(conn, ws, &rows)?;
    let above = reach::above(conn, ws, ask.sight, &ids, at)?;
    let work = match at {
        None => reach::work(conn, ws, ask.sight, &ids)?,
        Some(_) => HashMap::new(),
    };
    let teams = teams(conn, ws, &items, &work, at)?;
    let after = if at.is_none() { blocked(conn, ws, ask.product, &ids)? } else { HashMap::new() };
    let today = ask.at.unwrap_or(ask.today);
    let lines = rows.iter().filter_map(|p| {
        let node = items.get(&p.object_id)?;
        let steps = above.steps.get(&p.object_id).map(Vec::as_slice).unwrap_or_default();
        let (standing, _) = judge_by(node, steps, &above.supported, today);
        let goal = steps.iter().map(|s| &s.node).find(|n| n.kind == "objective");
        let work = work.get(&p.object_id).copied().unwrap_or_default();
        let blockers = after.get(&p.object_id).into_iter().flatten();
        Some(Line {
            item: node.key.clone(),
            kind: node.kind.clone(),
            title: node.title.clone(),
            horizon: p.horizon.clone(),
            starts: p.starts,
            ends: p.ends,
            hard: p.hard,
            hard_reason: p.hard_reason.clone(),
            theme: p.theme_id.and_then(|id| themes.get(&id).cloned()),
            objective: goal.map(|n| (n.key.clone(), n.title.clone())),
            team: teams.get(&p.object_id).cloned(),
            because: p.because.clone(),
            standing: Some(standing),
            effort: p.effort,
            stories: work.stories,
            stories_done: work.done,
            points: work.points,
            points_done: work.points_done,
            after: blockers.filter_map(|id| items.get(id)).map(|n| n.key.clone()).collect(),
            reach: p.reach.clone(),
            outside: p.outside.clone(),
            quarters: false,
            id: p.object_id,
        })
    });
    Ok(lines.map(|line| told::told(line, ask.audience)).collect())
}

/// The team of each item: an epic's own, else the one that has most of its work.
fn teams(
    conn: &mut Conn,
    ws: i64,
    items: &HashMap<Id, Node>,
    work: &HashMap<Id, Work>,
    at: Option<Time>,
) -> Result<HashMap<Id, String>> {
    let epics = items.values().filter(|n| n.kind == "epic").map(|n| n.id);
    let own = load_many::<WorkItem>(conn, ws, epics, at)?;
    let team = |id: &Id| own.get(id).and_then(|e| e.team_id).or_else(|| work.get(id)?.team);
    let of: HashMap<Id, Id> = items.keys().filter_map(|id| Some((*id, team(id)?))).collect();
    let names = load_many::<Team>(conn, ws, of.values().copied(), None)?;
    Ok(of.into_iter().filter_map(|(id, team)| Some((id, names.get(&team)?.name.clone()))).collect())
}

/// For each of the items those that block it, itself or through the work below them.
fn blocked(
    conn: &mut Conn,
    ws: i64,
    product: &Product,
    ids: &[Id],
) -> Result<HashMap<Id, Vec<Id>>> {
    let links: Vec<(Id, Id)> =
        conn.query(&BLOCKS, &[ws.into(), product.id.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    if links.is_empty() {
        return Ok(HashMap::new());
    }
    let placed: HashSet<Id> = ids.iter().copied().collect();
    let ends: HashSet<Id> = links.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut stands_for: HashMap<Id, Vec<Id>> = HashMap::new();
    for id in ends.intersection(&placed) {
        stands_for.entry(*id).or_default().push(*id);
    }
    let others: Vec<Id> = ends.difference(&placed).copied().collect();
    for (lower, upper) in reach::ids_above(conn, ws, &others)? {
        if placed.contains(&upper) {
            stands_for.entry(lower).or_default().push(upper);
        }
    }
    let mut after: HashMap<Id, Vec<Id>> = HashMap::new();
    for (from, to) in links {
        for first in stands_for.get(&from).into_iter().flatten() {
            for then in stands_for.get(&to).into_iter().flatten().filter(|then| *then != first) {
                let all = after.entry(*then).or_default();
                if !all.contains(first) {
                    all.push(*first);
                }
            }
        }
    }
    Ok(after)
}

/// How what is planned divides: by whose need it serves, and by theme.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq)]
pub struct Share {
    pub name: String,
    pub items: usize,
    /// Planned, in points.
    pub planned: f64,
    /// In stories so far, and of these done.
    pub points: f64,
    pub points_done: f64,
}

/// Sums the lines by what `name` says of each, in the order in which the names first come.
pub fn shares(lines: &[Line], name: impl Fn(&Line) -> String) -> Vec<Share> {
    let mut all: Vec<Share> = Vec::new();
    for line in lines {
        let name = name(line);
        let at = all.iter().position(|s| s.name == name).unwrap_or_else(|| {
            all.push(Share { name, items: 0, planned: 0.0, points: 0.0, points_done: 0.0 });
            all.len() - 1
        });
        let share = &mut all[at];
        share.items += 1;
        share.planned += line.effort.unwrap_or_default();
        share.points += line.points;
        share.points_done += line.points_done;
    }
    all
}

/// In words whose needs something serves.
pub fn whose(standing: Option<Standing>) -> &'static str {
    match standing {
        Some(Standing::Whole) => "business and users",
        Some(Standing::BusinessOnly) => "business only",
        Some(Standing::UserOnly) => "users only",
        Some(Standing::Promised) => "why to come",
        Some(Standing::Unsupported | Standing::NoWhy) | None => "no why",
    }
}

/// A roadmap with all that is said of it.
#[derive(Serialize, JsonSchema)]
pub struct RoadmapPicture {
    pub product: String,
    pub audience: String,
    /// The day as of which it is told.
    pub on: Day,
    pub lines: Vec<Line>,
    /// Since the day that was asked for.
    pub changes: Vec<Changed>,
    pub by_need: Vec<Share>,
    pub by_theme: Vec<Share>,
}

/// Show a roadmap as one audience sees it, with its why, its work, and what changed since a day.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ViewRoadmap {
    pub product: String,
    /// `team` (if left out), `executives`, `sales` or `customers`.
    pub audience: Option<String>,
    /// As it stood at the end of this day.
    pub at: Option<Day>,
    /// What changed since the end of this day.
    pub since: Option<Day>,
}

impl Query for ViewRoadmap {
    type Output = RoadmapPicture;
    const META: Meta = Meta::query(
        "view-roadmap",
        "Show a roadmap as one audience sees it, with its why, its work, and what changed since a day",
        "/roadmap/view",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<RoadmapPicture> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let sight = Sight::of(cx.conn, cx.actor)?;
        let audience = one_of("audience", self.audience.as_deref(), AUDIENCES[0], &AUDIENCES)?;
        let today = cx.now.day();
        let ask = Ask { product: &product, sight: &sight, audience: &audience, at: self.at, today };
        picture(cx.conn, cx.actor.workspace, &ask, self.since)
    }
}

/// The whole of a roadmap.
pub fn picture(
    conn: &mut Conn,
    ws: i64,
    ask: &Ask<'_>,
    since: Option<Day>,
) -> Result<RoadmapPicture> {
    let lines = lines(conn, ws, ask)?;
    let changes = match since {
        Some(day) => {
            let then = self::lines(conn, ws, &Ask { at: Some(day), ..*ask })?;
            changes(&then, &lines)
        }
        None => Vec::new(),
    };
    let inside = matches!(ask.audience, "team" | "executives");
    let by_need =
        if inside { shares(&lines, |l| whose(l.standing).to_owned()) } else { Vec::new() };
    let by_theme = if inside {
        shares(&lines, |l| l.theme.clone().unwrap_or_else(|| "no theme".to_owned()))
    } else {
        Vec::new()
    };
    Ok(RoadmapPicture {
        product: ask.product.key.clone(),
        audience: ask.audience.to_owned(),
        on: ask.at.unwrap_or(ask.today),
        lines,
        changes,
        by_need,
        by_theme,
    })
}
