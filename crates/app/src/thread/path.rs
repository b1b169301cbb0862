//! The path to why: up from any item to needs, users' words and key results; down to all that
//! serves it. Two bounded recursive queries over edges, for now or for any past moment.

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::{Node, find_any, node, told_nodes};
use crate::db::{Asked, Conn, Value};
use crate::kernel::{Access, Actor, Day, Id, Result, Time, cut};
use crate::people::products;
use crate::statements;
use crate::store::{Meta, OPEN, Query, Reader, Scope};

statements! {
    UP = "WITH RECURSIVE up(lower_id, id, kind, depth) AS (SELECT lower_id, upper_id, upper_kind, 1 FROM edge WHERE workspace_id = $1 AND lower_id = $2 AND valid_from < $3 AND valid_to >= $3 UNION SELECT e.lower_id, e.upper_id, e.upper_kind, up.depth + 1 FROM up JOIN edge e ON e.workspace_id = $1 AND e.lower_id = up.id AND e.valid_from < $3 AND e.valid_to >= $3 WHERE up.depth < 12) SELECT lower_id, id, kind, depth FROM up LIMIT $4";
    /// The same from all that a release holds.
    UP_RELEASE = "WITH RECURSIVE up(lower_id, id, kind, depth) AS (SELECT release_id, object_id, object_kind, 1 FROM release_item WHERE workspace_id = $1 AND release_id = $2 AND created_at < $3 AND (gone_at IS NULL OR gone_at >= $3) UNION SELECT e.lower_id, e.upper_id, e.upper_kind, up.depth + 1 FROM up JOIN edge e ON e.workspace_id = $1 AND e.lower_id = up.id AND e.valid_from < $3 AND e.valid_to >= $3 WHERE up.depth < 12) SELECT lower_id, id, kind, depth FROM up LIMIT $4";
    DOWN = "WITH RECURSIVE down(upper_id, id, kind, depth) AS (SELECT upper_id, lower_id, lower_kind, 1 FROM edge WHERE workspace_id = $1 AND upper_id = $2 AND valid_from < $3 AND valid_to >= $3 UNION SELECT e.upper_id, e.lower_id, e.lower_kind, down.depth + 1 FROM down JOIN edge e ON e.workspace_id = $1 AND e.upper_id = down.id AND e.valid_from < $3 AND e.valid_to >= $3 WHERE down.depth < 12) SELECT upper_id, id, kind, depth FROM down LIMIT $4";
}

/// Steps that a page follows at most in each direction.
const STEPS: i64 = 200;

/// How an item stands to its why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It reaches a supported need of the business and one of users, or an obligation.
    Whole,
    /// It reaches supported needs of one kind only.
    BusinessOnly,
    UserOnly,
    /// It reaches a need that no evidence supports.
    Unsupported,
    /// Nothing above it is a need.
    NoWhy,
    /// None yet, honestly, until a day that has not passed.
    Promised,
}

/// A step of the path: a node, how far away, and what it is reached from.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Step {
    /// 1 for the next one.
    pub depth: i64,
    #[serde(flatten)]
    pub node: Node,
    /// All of the path, the item among it, that it stands directly above or below, as it is reached.
    #[serde(skip)]
    #[schemars(skip)]
    pub from: Vec<Id>,
}

/// The path of an item.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Path {
    pub item: Node,
    pub standing: Standing,
    /// Where it breaks and what mends it, if it does.
    pub gap: Option<String>,
    /// Nearest first.
    pub up: Vec<Step>,
    pub down: Vec<Step>,
}

/// The products that an actor sees: no step of a path leads into another one, nor through it.
pub struct Sight(HashSet<Id>);

impl Sight {
    pub fn of(conn: &mut Conn, actor: &Actor) -> Result<Self> {
        Ok(Self(products::visible(conn, actor)?.iter().map(|p| p.id).collect()))
    }

    /// Of one product and no other.
    pub fn only(product: Id) -> Self {
        Self(HashSet::from([product]))
    }

    /// Whether what belongs to this product is seen.
    pub fn sees(&self, product: Id) -> bool {
        self.0.contains(&product)
    }
}

/// A step as the edges tell it: what it is reached from, its id and kind, how far away it is.
pub type Raw = (Id, Id, String, i64);

fn raw(
    conn: &mut Conn,
    ws: i64,
    id: Id,
    at: Option<Time>,
    sql: &crate::db::Sql,
) -> Result<Vec<Raw>> {
    let mut rows: Vec<Raw> =
        conn.query(sql, &values(ws, id, at), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    rows.sort_by_key(|row| row.3);
    Ok(rows)
}

fn values(ws: i64, id: Id, at: Option<Time>) -> Vec<Value> {
    let moment = at.map_or(OPEN, |t| t.0);
    vec![ws.into(), id.into(), moment.into(), STEPS.into()]
}

/// What stands above an item now, nearest first, whoever may see it: for totals.
pub fn steps_up(conn: &mut Conn, ws: i64, id: Id) -> Result<Vec<Raw>> {
    raw(conn, ws, id, None, &UP)
}

/// What serves an item now, nearest first, whoever may see it: for totals.
pub fn steps_down(conn: &mut Conn, ws: i64, id: Id) -> Result<Vec<Raw>> {
    raw(conn, ws, id, None, &DOWN)
}

/// Steps in one direction, now or just before `at`.
fn walk(
    conn: &mut Conn,
    ws: i64,
    sight: &Sight,
    id: Id,
    at: Option<Time>,
    sql: &crate::db::Sql,
) -> Result<Vec<Step>> {
    let rows = raw(conn, ws, id, at, sql)?;
    let nodes = told_nodes(conn, ws, wanted(&rows), at)?;
    Ok(seen(sight, id, rows, &nodes))
}

fn wanted(rows: &[Raw]) -> impl Iterator<Item = (String, Id)> {
    rows.iter().map(|(_, id, kind, _)| (kind.clone(), *id))
}

/// The steps from an item that are seen, each once.
fn seen(sight: &Sight, item: Id, rows: Vec<Raw>, nodes: &HashMap<Id, Node>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut places: HashMap<Id, usize> = HashMap::new();
    for (from, id, _, depth) in rows {
        if id == item || !(from == item || places.contains_key(&from)) {
            continue;
        }
        match places.get(&id) {
            Some(at) if steps[*at].from.contains(&from) => {}
            Some(at) => steps[*at].from.push(from),
            None => {
                let Some(node) = nodes.get(&id).filter(|node| sight.sees(node.product)) else {
                    continue;
                };
                places.insert(id, steps.len());
                steps.push(Step { depth, node: node.clone(), from: vec![from] });
            }
        }
    }
    steps
}

/// What stands above an item.
pub fn up(conn: &mut Conn, ws: i64, sight: &Sight, id: Id, at: Option<Time>) -> Result<Vec<Step>> {
    walk(conn, ws, sight, id, at, &UP)
}

/// What stands above each of some items now.
pub fn ups(conn: &mut Conn, ws: i64, sight: &Sight, ids: &[Id]) -> Result<Vec<Vec<Step>>> {
    let asked: Vec<Asked<'_>> = ids.iter().map(|id| (UP.text, values(ws, *id, None))).collect();
    conn.ahead(&asked)?;
    let all: Result<Vec<Vec<Raw>>> = ids.iter().map(|id| raw(conn, ws, *id, None, &UP)).collect();
    let all = all?;
    let nodes = told_nodes(conn, ws, all.iter().flat_map(|rows| wanted(rows)), None)?;
    Ok(ids.iter().zip(all).map(|(id, rows)| seen(sight, *id, rows, &nodes)).collect())
}

/// How a release stands: it has its why through all that it holds, and says which of that has none.
fn judge_release(
    conn: &mut Conn,
    ws: i64,
    release: &Node,
    (up, at, today): (&[Step], Option<Time>, Day),
) -> Result<(Standing, Option<String>)> {
    let (standing, gap) = judge(release, up, today);
    if up.is_empty() {
        let empty =
            "Nothing is in it yet: add the epics, stories or opportunities that ship with it.";
        return Ok((Standing::NoWhy, Some(empty.into())));
    }
    let rows = raw(conn, ws, release.id, at, &UP_RELEASE)?;
    let bare = up.iter().filter(|s| s.from.contains(&release.id)).find(|held| {
        let promised = held.node.no_why_until.is_some_and(|day| day >= today);
        !promised && !rows.iter().any(|(lower, ..)| *lower == held.node.id)
    });
    Ok(match bare {
        Some(held) => {
            let gap = format!(
                "Nothing stands above {} in it: link it to an epic, an opportunity or a need.",
                called(&held.node)
            );
            (Standing::NoWhy, Some(gap))
        }
        None => (standing, gap),
    })
}

/// What serves an item.
pub fn down(
    conn: &mut Conn,
    ws: i64,
    sight: &Sight,
    id: Id,
    at: Option<Time>,
) -> Result<Vec<Step>> {
    walk(conn, ws, sight, id, at, &DOWN)
}

/// Whether it says what is to be reached, for which nothing needs to stand above.
pub fn is_goal(node: &Node) -> bool {
    ["objective", "key-result"].contains(&&*node.kind)
}

/// How an item stands, from what is above it; pure.
pub fn judge(item: &Node, up: &[Step], today: Day) -> (Standing, Option<String>) {
    let voices = up.iter().filter(|s| s.node.kind == "evidence");
    let supported: HashSet<Id> = voices.flat_map(|s| s.from.iter().copied()).collect();
    judge_by(item, up, &supported, today)
}

/// The same, where it is known which needs have evidence.
pub fn judge_by(
    item: &Node,
    up: &[Step],
    supported: &HashSet<Id>,
    today: Day,
) -> (Standing, Option<String>) {
    let mut needs: HashMap<&str, Vec<&Node>> = HashMap::new();
    let own = (item.kind == "need").then_some(item);
    for need in up.iter().map(|s| &s.node).filter(|n| n.kind == "need").chain(own) {
        let kind = need.need.as_deref().unwrap_or("user");
        let counts = kind == "obligation" || supported.contains(&need.id);
        needs.entry(if counts { kind } else { "unsupported" }).or_default().push(need);
    }
    let has = |kind: &str| needs.contains_key(kind);
    if has("obligation") || (has("business") && has("user")) {
        return (Standing::Whole, None);
    }
    if own.is_some() && (has("business") || has("user")) {
        return (Standing::Whole, None);
    }
    // What others rest on asks for no why of its own.
    if ["evidence", "interview", "objective", "key-result", "metric"].contains(&&*item.kind) {
        return (Standing::Whole, None);
    }
    let one_sided = |standing: Standing, missing: &str, gap: &str| {
        let there = needs.get("unsupported").into_iter().flatten();
        let mut there = there.filter(|need| need.need.as_deref().unwrap_or("user") == missing);
        let gap = there.next().map_or_else(|| gap.to_owned(), |need| unsupported(need));
        (standing, Some(gap))
    };
    if has("business") {
        let gap = "It reaches only business needs: which users' need does it serve?";
        return one_sided(Standing::BusinessOnly, "user", gap);
    }
    if has("user") {
        let gap = "It reaches only users' needs: which business need does it serve?";
        return one_sided(Standing::UserOnly, "business", gap);
    }
    if let Some(until) = item.no_why_until.filter(|d| *d >= today) {
        return (
            Standing::Promised,
            Some(format!("No why yet, to be found by {}.", until.words())),
        );
    }
    if let Some(need) = needs.get("unsupported").and_then(|n| n.first()) {
        return (Standing::Unsupported, Some(unsupported(need)));
    }
    let stops = up.iter().rfind(|s| !is_goal(&s.node) && s.node.kind != "evidence");
    let gap = match stops {
        Some(last) => format!(
            "The path stops at {} {}: link it to an opportunity or a need.",
            last.node.kind,
            called(&last.node)
        ),
        None if item.kind == "opportunity" => {
            "Nothing stands above it: link it to the need that it answers.".into()
        }
        None => "Nothing stands above it: link it to an epic, an opportunity or a need.".into(),
    };
    (Standing::NoWhy, Some(gap))
}

fn unsupported(need: &Node) -> String {
    format!("No evidence supports {} yet: link what users said or a number.", called(need))
}

/// An item in a sentence: its key, with as much of its title as one reads there.
fn called(node: &Node) -> String {
    format!("{} “{}”", node.key, cut(&node.title, 60))
}

/// The whole path of a record, as far as `actor` sees it.
pub fn path(
    conn: &mut Conn,
    actor: &Actor,
    kind: &str,
    id: Id,
    at: Option<Time>,
    today: Day,
) -> Result<Option<Path>> {
    let ws = actor.workspace;
    let Some(item) = node(conn, ws, kind, id, at)? else { return Ok(None) };
    let sight = Sight::of(conn, actor)?;
    let (up, (standing, gap)) = if kind == "release" {
        let up = walk(conn, ws, &sight, id, at, &UP_RELEASE)?;
        let judged = judge_release(conn, ws, &item, (&up, at, today))?;
        (up, judged)
    } else {
        let up = up(conn, ws, &sight, id, at)?;
        let judged = judge(&item, &up, today);
        (up, judged)
    };
    let down = down(conn, ws, &sight, id, at)?;
    Ok(Some(Path { item, standing, gap, up, down }))
}

/// Show the path to why of any item: what it serves, and what serves it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPath {
    pub key: String,
    /// The path as it stood at the end of this day.
    pub at: Option<Day>,
}

impl Query for GetPath {
    type Output = Path;
    const META: Meta = Meta {
        name: "path-to-why",
        summary: "Show the path to why of any item: what it serves, and what serves it",
        method: "GET",
        path: "/items/{key}/why",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Path> {
        let (found, _) = find_any(cx.conn, cx.actor, &self.key, Access::Read)?;
        let at = self.at.map(Day::end);
        let today = self.at.unwrap_or(cx.now.day());
        path(cx.conn, cx.actor, found.kind(), found.id(), at, today)?
            .ok_or(crate::kernel::Error::NotFound("item"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a(kind: &str, need: Option<&str>) -> Node {
        Node {
            key: format!("{kind}-1"),
            kind: kind.into(),
            facet: "why".into(),
            title: String::new(),
            state: String::new(),
            need: need.map(Into::into),
            words: None,
            detail: None,
            progress: None,
            id: Id::new(),
            product: Id::new(),
            no_why_until: None,
            done: false,
        }
    }

    fn above(node: Node, from: Id) -> Step {
        Step { depth: 1, node, from: vec![from] }
    }

    fn today() -> Day {
        "2026-03-01".parse().unwrap()
    }

    #[test]
    fn a_path_is_whole_with_supported_needs_of_both_kinds_or_an_obligation() {
        let story = a("story", None);
        let (user, business) = (a("need", Some("user")), a("need", Some("business")));
        let (u, b) = (user.id, business.id);
        let mut up = vec![above(user, story.id), above(business, story.id)];
        assert_eq!(judge(&story, &up, today()).0, Standing::Unsupported);
        up.push(above(a("evidence", None), u));
        let (standing, gap) = judge(&story, &up, today());
        assert_eq!(standing, Standing::UserOnly);
        assert!(gap.is_some_and(|gap| gap.contains("No evidence supports need-1")), "it is there");
        up.push(above(a("evidence", None), b));
        assert_eq!(judge(&story, &up, today()).0, Standing::Whole);
        let law = vec![above(a("need", Some("obligation")), story.id)];
        assert_eq!(judge(&story, &law, today()).0, Standing::Whole);
    }

    #[test]
    fn one_voice_supports_every_need_that_it_is_linked_to() {
        let (story, voice) = (a("story", None), a("evidence", None));
        let (user, business) = (a("need", Some("user")), a("need", Some("business")));
        let rows: Vec<Raw> = [
            (story.id, &user, 1),
            (story.id, &business, 1),
            (user.id, &voice, 2),
            (business.id, &voice, 2),
        ]
        .map(|(from, node, depth)| (from, node.id, node.kind.clone(), depth))
        .into();
        let sight = Sight(HashSet::from([&user, &business, &voice].map(|node| node.product)));
        let nodes = [&user, &business, &voice].map(|node| (node.id, node.clone())).into();
        let up = seen(&sight, story.id, rows, &nodes);
        assert_eq!(up.len(), 3);
        assert_eq!(up[2].from, [user.id, business.id]);
        assert_eq!(judge(&story, &up, today()).0, Standing::Whole);
    }

    #[test]
    fn no_why_yet_is_honest_until_its_day_has_passed() {
        let mut story = a("story", None);
        story.no_why_until = Some("2026-03-01".parse().unwrap());
        assert_eq!(judge(&story, &[], today()).0, Standing::Promised);
        story.no_why_until = Some("2026-02-28".parse().unwrap());
        assert_eq!(judge(&story, &[], today()).0, Standing::NoWhy);
    }

    #[test]
    fn the_gap_names_where_the_path_stops() {
        let story = a("story", None);
        let up = vec![above(a("epic", None), story.id)];
        let gap = judge(&story, &up, today()).1.unwrap_or_default();
        assert!(gap.contains("stops at epic epic-1"), "{gap}");
    }
}
