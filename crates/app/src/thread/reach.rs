//! What stands above and below many items at once: for lists that would otherwise walk one path for
//! each line. Statements ask for [`ASKED`] items together.

use std::collections::{HashMap, HashSet, VecDeque};

use super::nodes::{Node, nodes};
use super::path::{Sight, Step};
use crate::db::Conn;
use crate::kernel::{Id, Result, Time};
use crate::store::{ASKED, Composed, OPEN, marks_from, with_ids};

/// Finished things that are told of together at most.
const MOST_FINISHED: i64 = 2_000;

/// Steps that one statement follows at most.
const MOST: i64 = 20_000;

/// Steps above [`ASKED`] items: root, lower, upper, kind of the upper. Evidence is asked apart.
fn above_sql() -> String {
    let ids = marks_from(4);
    format!(
        "WITH RECURSIVE up(root, lower_id, id, kind, depth) AS (SELECT lower_id, lower_id, \
         upper_id, upper_kind, 1 FROM edge WHERE workspace_id = $1 AND lower_id IN ({ids}) AND \
         valid_from < $2 AND valid_to >= $2 AND upper_kind <> 'evidence' UNION SELECT up.root, \
         e.lower_id, e.upper_id, e.upper_kind, up.depth + 1 FROM up JOIN edge e ON \
         e.workspace_id = $1 AND e.lower_id = up.id AND e.valid_from < $2 AND e.valid_to >= $2 AND \
         e.upper_kind <> 'evidence' WHERE up.depth < 12) SELECT root, lower_id, id, kind, depth \
         FROM up LIMIT $3"
    )
}

/// Which of [`ASKED`] needs rest on evidence.
fn supported_sql() -> String {
    let ids = marks_from(3);
    format!(
        "SELECT DISTINCT lower_id FROM edge WHERE workspace_id = $1 AND valid_from < $2 AND \
         valid_to >= $2 AND upper_kind = 'evidence' AND lower_id IN ({ids})"
    )
}

/// The stories, tasks and bugs below [`ASKED`] items, counted by what their states mean. A sub-task is
/// part of the story that it stands under: it counts for that one alone.
fn work_sql() -> String {
    let ids = marks_from(3);
    format!(
        "WITH RECURSIVE down(root, id, depth) AS (SELECT upper_id, lower_id, 1 FROM edge WHERE \
         workspace_id = $1 AND upper_id IN ({ids}) AND valid_to = $2 UNION SELECT down.root, \
         e.lower_id, down.depth + 1 FROM down JOIN edge e ON e.workspace_id = $1 AND e.upper_id = \
         down.id AND e.valid_to = $2 WHERE down.depth < 12), each_once AS (SELECT DISTINCT root, id \
         FROM down) SELECT d.root, w.product_id, w.category, w.team_id, COUNT(*), \
         COALESCE(SUM(w.points), 0.0) FROM each_once d JOIN work_item_now w ON w.workspace_id = $1 AND \
         w.id = d.id AND w.level <> 'epic' LEFT JOIN work_item p ON p.workspace_id = $1 AND p.id = \
         w.parent_id AND w.level = 'task' WHERE p.id IS NULL OR p.id = d.root OR p.level = 'epic' \
         GROUP BY d.root, w.product_id, w.category, w.team_id"
    )
}

/// The finished epics and stories below [`ASKED`] items.
fn finished_sql() -> String {
    let ids = marks_from(4);
    format!(
        "WITH RECURSIVE down(root, id, depth) AS (SELECT upper_id, lower_id, 1 FROM edge WHERE \
         workspace_id = $1 AND upper_id IN ({ids}) AND valid_to = $2 UNION SELECT down.root, \
         e.lower_id, down.depth + 1 FROM down JOIN edge e ON e.workspace_id = $1 AND e.upper_id = \
         down.id AND e.valid_to = $2 WHERE down.depth < 12) SELECT d.root, d.id, MIN(d.depth) FROM \
         down d JOIN work_item w ON w.workspace_id = $1 AND w.id = d.id AND w.gone_at IS NULL AND \
         w.category = 'accepted' AND w.level IN ('epic', 'story') GROUP BY d.root, d.id ORDER BY 3, \
         d.id LIMIT $3"
    )
}

/// The same as it was just before a time.
fn finished_then_sql() -> String {
    let ids = marks_from(4);
    let held = "category = 'accepted' AND level IN ('epic', 'story') AND gone_at IS NULL";
    format!(
        "WITH RECURSIVE down(root, id, depth) AS (SELECT upper_id, lower_id, 1 FROM edge WHERE \
         workspace_id = $1 AND upper_id IN ({ids}) AND valid_from < $2 AND valid_to >= $2 UNION \
         SELECT down.root, e.lower_id, down.depth + 1 FROM down JOIN edge e ON e.workspace_id = $1 \
         AND e.upper_id = down.id AND e.valid_from < $2 AND e.valid_to >= $2 WHERE down.depth < 12) \
         SELECT d.root, d.id, MIN(d.depth) FROM down d WHERE EXISTS (SELECT 1 FROM work_item w WHERE \
         w.workspace_id = $1 AND w.id = d.id AND w.valid_from < $2 AND {held}) OR EXISTS (SELECT 1 \
         FROM work_item_version w WHERE w.workspace_id = $1 AND w.id = d.id AND w.valid_from < $2 AND \
         w.valid_to >= $2 AND {held}) GROUP BY d.root, d.id ORDER BY 3, d.id LIMIT $3"
    )
}

static FINISHED_THEN: std::sync::LazyLock<String> = std::sync::LazyLock::new(finished_then_sql);
inventory::submit! { Composed { name: "reach::FINISHED_THEN", text: finished_then_sql } }

static FINISHED: std::sync::LazyLock<String> = std::sync::LazyLock::new(finished_sql);
inventory::submit! { Composed { name: "reach::FINISHED", text: finished_sql } }

static ABOVE: std::sync::LazyLock<String> = std::sync::LazyLock::new(above_sql);
static SUPPORTED: std::sync::LazyLock<String> = std::sync::LazyLock::new(supported_sql);
static WORK: std::sync::LazyLock<String> = std::sync::LazyLock::new(work_sql);

inventory::submit! { Composed { name: "reach::ABOVE", text: above_sql } }
inventory::submit! { Composed { name: "reach::SUPPORTED", text: supported_sql } }
inventory::submit! { Composed { name: "reach::WORK", text: work_sql } }

/// What stands above some items: for each the steps, nearest first, without evidence; and which
/// needs have any.
#[derive(Default)]
pub struct Above {
    pub steps: HashMap<Id, Vec<Step>>,
    pub supported: HashSet<Id>,
}

/// A step as the database has it.
struct Raw {
    root: Id,
    lower: Id,
    upper: Id,
    kind: String,
}

fn raw(conn: &mut Conn, ws: i64, ids: &[Id], at: Option<Time>) -> Result<Vec<Raw>> {
    let moment = at.map_or(OPEN, |t| t.0);
    let mut all: Vec<(i64, Raw)> = Vec::new();
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[ws.into(), moment.into(), MOST.into()], some);
        all.extend(conn.query_text(&ABOVE, &values, |r| {
            let step = Raw { root: r.get(0)?, lower: r.get(1)?, upper: r.get(2)?, kind: r.get(3)? };
            Ok((r.get::<i64>(4)?, step))
        })?);
    }
    all.sort_by_key(|(depth, _)| *depth);
    Ok(all.into_iter().map(|(_, step)| step).collect())
}

/// Everything above each item, and nothing of products that are out of sight, nor through them.
pub fn above(
    conn: &mut Conn,
    ws: i64,
    sight: &Sight,
    ids: &[Id],
    at: Option<Time>,
) -> Result<Above> {
    let raw = raw(conn, ws, ids, at)?;
    let wanted: HashSet<(String, Id)> = raw.iter().map(|s| (s.kind.clone(), s.upper)).collect();
    let known = nodes(conn, ws, wanted, at)?;
    let needs: Vec<Id> = known.values().filter(|n| n.kind == "need").map(|n| n.id).collect();
    // Needs among the items themselves may rest on evidence too.
    let asked: Vec<Id> =
        needs.into_iter().chain(ids.iter().copied()).collect::<HashSet<_>>().into_iter().collect();
    let mut above = Above { supported: supported(conn, ws, &asked, at)?, ..Above::default() };
    let mut from: HashMap<(Id, Id), Vec<Id>> = HashMap::new();
    for step in &raw {
        from.entry((step.root, step.lower)).or_default().push(step.upper);
    }
    for root in ids {
        let mut steps: Vec<Step> = Vec::new();
        let mut places: HashMap<Id, usize> = HashMap::new();
        let mut open = VecDeque::from([(*root, 0_i64)]);
        while let Some((lower, depth)) = open.pop_front() {
            for upper in from.get(&(*root, lower)).into_iter().flatten() {
                let Some(node) = known.get(upper).filter(|n| sight.sees(n.product)) else {
                    continue;
                };
                if let Some(at) = places.get(upper) {
                    steps[*at].from.push(lower);
                } else if upper != root {
                    places.insert(*upper, steps.len());
                    steps.push(Step { depth: depth + 1, node: node.clone(), from: vec![lower] });
                    open.push_back((*upper, depth + 1));
                }
            }
        }
        above.steps.insert(*root, steps);
    }
    Ok(above)
}

/// Ids of all that stands above each item, whoever sees it: for finding what stands for what.
pub fn ids_above(conn: &mut Conn, ws: i64, ids: &[Id]) -> Result<Vec<(Id, Id)>> {
    Ok(raw(conn, ws, ids, None)?.into_iter().map(|step| (step.root, step.upper)).collect())
}

fn supported(conn: &mut Conn, ws: i64, ids: &[Id], at: Option<Time>) -> Result<HashSet<Id>> {
    let moment = at.map_or(OPEN, |t| t.0);
    let mut all = HashSet::new();
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[ws.into(), moment.into()], some);
        all.extend(conn.query_text(&SUPPORTED, &values, |r| r.get::<Id>(0))?);
    }
    Ok(all)
}

/// The work below an item, dropped work and sub-tasks of what is below it aside.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// And tasks and bugs.
    pub stories: i64,
    pub done: i64,
    pub points: f64,
    pub points_done: f64,
    /// The team that has most of it.
    pub team: Option<Id>,
}

/// The finished epics and stories below each item, nearest first, as far as they are seen; as it is,
/// or as it was just before `at`.
pub fn finished(
    conn: &mut Conn,
    ws: i64,
    sight: &Sight,
    ids: &[Id],
    at: Option<Time>,
) -> Result<HashMap<Id, Vec<Node>>> {
    let (sql, moment) = match at {
        None => (&FINISHED, OPEN),
        Some(at) => (&FINISHED_THEN, at.0),
    };
    let mut pairs: Vec<(Id, Id)> = Vec::new();
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[ws.into(), moment.into(), MOST_FINISHED.into()], some);
        pairs.extend(conn.query_text(sql, &values, |r| Ok((r.get(0)?, r.get(1)?)))?);
    }
    let wanted: HashSet<(String, Id)> =
        pairs.iter().map(|(_, id)| ("work_item".to_owned(), *id)).collect();
    let known = nodes(conn, ws, wanted, at)?;
    let mut all: HashMap<Id, Vec<Node>> = HashMap::new();
    for (root, id) in pairs {
        if let Some(node) = known.get(&id).filter(|n| sight.sees(n.product)) {
            all.entry(root).or_default().push(node.clone());
        }
    }
    Ok(all)
}

/// The work below each item, as far as it is seen.
pub fn work(conn: &mut Conn, ws: i64, sight: &Sight, ids: &[Id]) -> Result<HashMap<Id, Work>> {
    let mut all: HashMap<Id, Work> = HashMap::new();
    let mut teams: HashMap<(Id, Id), i64> = HashMap::new();
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[ws.into(), OPEN.into()], some);
        type Counted = (Id, Id, String, Option<Id>, i64, f64);
        let rows: Vec<Counted> = conn.query_text(&WORK, &values, |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?))
        })?;
        for (root, product, category, team, count, points) in rows {
            if category == "dropped" || !sight.sees(product) {
                continue;
            }
            let work = all.entry(root).or_default();
            work.stories += count;
            work.points += points;
            if category == "accepted" {
                work.done += count;
                work.points_done += points;
            }
            if let Some(team) = team {
                *teams.entry((root, team)).or_default() += count;
            }
        }
    }
    let mut most: Vec<((Id, Id), i64)> = teams.into_iter().collect();
    most.sort_by_key(|((root, team), count)| (*root, *count, *team));
    for ((root, team), _) in most {
        all.entry(root).or_default().team = Some(team);
    }
    Ok(all)
}
