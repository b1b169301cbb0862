//! One's own work over all products that one sees: what is in hand, what waits for one, what is news.
//! Each part is a bounded question with an index of its own.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest;
use super::follows::followed;
use super::nodes::nodes;
use super::path::Sight;
use crate::how::gates::Gate;
use crate::how::refinement::{PokerVote, Refinement};
use crate::how::work_items::{ItemView, Names, WorkItem, view};
use crate::kernel::{Access, Id, Result, Time};
use crate::people::charters::{Charter, Standing, signatures, standing};
use crate::people::products::{self, Product};
use crate::people::{policies, teams};
use crate::store::{Meta, Place, Query, Reader, Record, Scope};
use crate::{selects, statements};

/// Accepting what was asked for, in the catalogue.
const ACCEPTANCE: u8 = 39;
/// Days within which something is due soon.
pub const SOON: i64 = 7;

selects! {
    IN_HAND: WorkItem = "work_item_now", "assignee_id = $2 AND category <> 'accepted' AND category <> 'dropped' ORDER BY category, rank LIMIT 200";
    IN_REVIEW: WorkItem = "work_item_now", "category = 'in-review' AND level <> 'epic' ORDER BY product_id, rank LIMIT 200";
    OPEN_SESSIONS: Refinement = "refinement", "state = 'open' AND gone_at IS NULL ORDER BY id DESC LIMIT 30";
    OWN_VOTE: PokerVote = "poker_vote", "refinement_id = $2 AND item_id = $3 AND round = $4 AND person_id = $5 AND gone_at IS NULL LIMIT 1";
    DRAFTS: Charter = "charter", "state = 'draft' AND gone_at IS NULL ORDER BY id DESC LIMIT 30";
    PENDING: Gate = "gate", "state = 'pending' AND gone_at IS NULL ORDER BY id LIMIT 200";
}

statements! {
    BLOCKED = "SELECT w.id, b.reason FROM work_item_now w JOIN blocker b ON b.workspace_id = w.workspace_id AND b.item_id = w.id AND b.ended_at IS NULL AND b.gone_at IS NULL WHERE w.workspace_id = $1 AND w.assignee_id = $2 AND w.category <> 'accepted' AND w.category <> 'dropped' LIMIT 200";
    MENTIONS = "SELECT object_kind, object_id, created_at FROM notification WHERE workspace_id = $1 AND person_id = $2 AND read_at IS NULL AND kind = 'mention' ORDER BY created_at DESC LIMIT 10";
    TOUCHED = "SELECT object_kind, object_id, MAX(seq) FROM (SELECT object_kind, object_id, seq FROM activity WHERE workspace_id = $1 AND actor_id = $2 ORDER BY seq DESC LIMIT 200) AS last GROUP BY object_kind, object_id ORDER BY 3 DESC LIMIT 40";
    TO_READ = "SELECT t.product_id, t.kind, t.number FROM strategy_text t WHERE t.workspace_id = $1 AND t.gone_at IS NULL AND (t.author_id IS NULL OR t.author_id <> $2) AND NOT EXISTS (SELECT 1 FROM strategy_text n WHERE n.workspace_id = $1 AND n.product_id = t.product_id AND n.kind = t.kind AND n.number > t.number) AND NOT EXISTS (SELECT 1 FROM acknowledgement a WHERE a.workspace_id = $1 AND a.text_id = t.id AND a.person_id = $2) ORDER BY t.id DESC LIMIT 30";
}

/// An item in one's hands.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct InHand {
    pub item: ItemView,
    /// The product's name.
    pub product: String,
    /// Days under way, where it is begun.
    pub age: Option<i64>,
    /// It is under way longer than its team expects of its items.
    pub old: bool,
    /// What holds it up.
    pub blocked: Option<String>,
    /// It is due within a week, or was.
    pub due_soon: bool,
    pub late: bool,
}

/// Something that waits for one, or that one looked at.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct Line {
    pub key: String,
    pub title: String,
    /// Where one does what is asked for.
    pub href: String,
    pub note: String,
}

/// Lines of one sort.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct Part {
    /// `acceptance`, `vote`, `signature`, `gate`, `reading`, or what a digest calls it.
    pub kind: String,
    pub title: String,
    pub lines: Vec<Line>,
}

/// All of it.
#[derive(Serialize, JsonSchema, Debug)]
pub struct MyWork {
    /// By what their states mean, each in its order; the first 200.
    pub in_hand: Vec<InHand>,
    pub waiting: Vec<Part>,
    pub mentioned: Vec<Line>,
    /// What one follows, the last first; `list-followed` has more than 30.
    pub followed: Vec<Line>,
    /// What one changed last.
    pub recent: Vec<Line>,
}

/// Show your own work over all products: what is in your hands, what waits for you, what is due.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetMyWork {}

impl Query for GetMyWork {
    type Output = MyWork;
    const META: Meta = Meta::query(
        "get-my-work",
        "Show your own work over all products: what is in your hands, what waits for you, what is due",
        "/my-work",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<MyWork> {
        let seen: HashMap<Id, Product> =
            products::visible(cx.conn, cx.actor)?.into_iter().map(|p| (p.id, p)).collect();
        let mut waiting = Vec::new();
        let mut add = |kind: &str, title: &str, lines: Vec<Line>| {
            if !lines.is_empty() {
                waiting.push(Part { kind: kind.to_owned(), title: title.to_owned(), lines });
            }
        };
        add("acceptance", "To accept or send back", acceptance(cx, &seen)?);
        add("vote", "Your estimate is awaited", votes(cx, &seen)?);
        add("signature", "To sign", signing(cx, &seen)?);
        add("gate", "To decide at a gate", gates(cx, &seen)?);
        add("reading", "To read and acknowledge", reading(cx, &seen)?);
        for section in digest::waiting(cx.conn, cx.actor, cx.now)? {
            let lines = section.items.into_iter().map(|i| Line {
                href: format!("/{}", i.key),
                key: i.key,
                title: i.title,
                note: i.note,
            });
            let lines = lines.collect();
            waiting.push(Part { kind: section.title.clone(), title: section.title, lines });
        }
        Ok(MyWork {
            in_hand: in_hand(cx, &seen)?,
            waiting,
            mentioned: mentioned(cx)?,
            followed: following(cx)?,
            recent: recent(cx)?,
        })
    }
}

type Seen = HashMap<Id, Product>;

fn in_hand(cx: &mut Reader<'_>, seen: &Seen) -> Result<Vec<InHand>> {
    const ORDER: [&str; 4] = ["started", "in-review", "unstarted", "backlog"];
    let (ws, me, today) = (cx.actor.workspace, cx.actor.person, cx.now.day());
    let mut rows = IN_HAND.all(cx.conn, ws, &[me.into()])?;
    rows.retain(|i| seen.contains_key(&i.product_id));
    rows.sort_by_key(|i| ORDER.iter().position(|c| *c == i.category));
    let blocked: Vec<(Id, String)> =
        cx.conn.query(&BLOCKED, &[ws.into(), me.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let blocked: HashMap<Id, String> = blocked.into_iter().collect();
    let mut names = Names::default();
    names.of(cx.conn, ws, &rows)?;
    let mut expected: HashMap<(Id, Option<Id>), Option<i64>> = HashMap::new();
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let begun = matches!(row.category.as_str(), "started" | "in-review");
        let age = row.started_at.filter(|_| begun).map(|at| (cx.now.0 - at.0) / Time::DAY + 1);
        let place = (row.product_id, row.team_id);
        if age.is_some() && !expected.contains_key(&place) {
            let policy = policies::workflow(cx.conn, ws, row.product_id, row.team_id)?;
            expected.insert(place, policy.sle_days.filter(|d| *d > 0));
        }
        let most = expected.get(&place).copied().flatten();
        all.push(InHand {
            item: view(cx.conn, ws, row, &mut names)?,
            product: seen.get(&row.product_id).map_or(String::new(), |p| p.name.clone()),
            age,
            old: age.zip(most).is_some_and(|(age, most)| age > most),
            blocked: blocked.get(&row.id).cloned(),
            due_soon: row.due.is_some_and(|due| due <= today.plus_days(SOON)),
            late: row.due.is_some_and(|due| due < today),
        });
    }
    Ok(all)
}

fn line(item: &WorkItem, href: String, note: String) -> Line {
    Line { key: item.key.clone(), title: item.title.clone(), href, note }
}

/// What is in review where the charter gives acceptance to one; where nobody has it, what one asked for.
fn acceptance(cx: &mut Reader<'_>, seen: &Seen) -> Result<Vec<Line>> {
    let (ws, me, today) = (cx.actor.workspace, cx.actor.person, cx.now.day());
    let mut known: HashMap<(Id, Option<Id>, Option<Id>), Standing> = HashMap::new();
    let mut lines = Vec::new();
    for item in IN_REVIEW.all(cx.conn, ws, &[])? {
        if !seen.contains_key(&item.product_id) || cx.actor.check_role(Access::Write).is_err() {
            continue;
        }
        let at = (item.product_id, item.part_id, item.team_id);
        let own = match known.get(&at) {
            Some(own) => *own,
            None => {
                let place = Place { product: Some(at.0), part: at.1, team: at.2 };
                let own = standing(cx.conn, ws, &place, me, ACCEPTANCE, today)?;
                known.insert(at, own);
                own
            }
        };
        let mine = match own {
            Standing::Accountable | Standing::Responsible => true,
            Standing::Free => item.reporter_id == Some(me) && item.assignee_id != Some(me),
            _ => false,
        };
        if mine && lines.len() < 30 {
            let note = item.state.clone();
            lines.push(line(&item, format!("/{}/acceptance", item.key), note));
        }
    }
    Ok(lines)
}

/// Sessions of one's teams in which one has not voted on what is looked at.
fn votes(cx: &mut Reader<'_>, seen: &Seen) -> Result<Vec<Line>> {
    let (ws, me) = (cx.actor.workspace, cx.actor.person);
    let mut lines = Vec::new();
    for s in OPEN_SESSIONS.all(cx.conn, ws, &[])? {
        let (Some(product), Some(id), false) = (seen.get(&s.product_id), s.item_id, s.revealed)
        else {
            continue;
        };
        if let Some(team) = s.team_id
            && !teams::members_of(cx.conn, ws, team)?.iter().any(|p| p.id == me)
        {
            continue;
        }
        let values = [s.id.into(), id.into(), s.round.into(), me.into()];
        if OWN_VOTE.first(cx.conn, ws, &values)?.is_some() {
            continue;
        }
        if let Some(item) = crate::store::load::<WorkItem>(cx.conn, ws, id)? {
            let href = format!("/p/{}/refinement/{}", product.key, s.id);
            lines.push(line(&item, href, format!("refinement of {}", product.name)));
        }
    }
    Ok(lines)
}

/// Drafted charters that give one something and that one has not signed.
fn signing(cx: &mut Reader<'_>, seen: &Seen) -> Result<Vec<Line>> {
    let (ws, me) = (cx.actor.workspace, cx.actor.person);
    let mut lines = Vec::new();
    for charter in DRAFTS.all(cx.conn, ws, &[])? {
        let product = charter.product_id.map(|id| seen.get(&id));
        let taken = charter.matrix.takers().contains(&me);
        if !taken || product.is_some_and(|p| p.is_none()) {
            continue;
        }
        if signatures(cx.conn, ws, charter.id)?.iter().any(|s| s.person_id == me) {
            continue;
        }
        let name = match (product.flatten(), charter.team_id) {
            (Some(product), _) => product.name.clone(),
            (None, Some(team)) => teams::by_id(cx.conn, ws, team)?.name,
            (None, None) => String::new(),
        };
        lines.push(Line {
            key: String::new(),
            title: format!("Charter of {name}"),
            href: format!("/charters/{}", charter.id),
            note: "it holds once all have signed".into(),
        });
    }
    Ok(lines)
}

/// Gates that name one as an approver and are near.
fn gates(cx: &mut Reader<'_>, seen: &Seen) -> Result<Vec<Line>> {
    const NEAR: i64 = 14;
    let (ws, me, today) = (cx.actor.workspace, cx.actor.person.to_string(), cx.now.day());
    let mut lines = Vec::new();
    for gate in PENDING.all(cx.conn, ws, &[])? {
        let Some(product) = seen.get(&gate.product_id) else { continue };
        let Some(due) = gate.due.filter(|day| *day <= today.plus_days(NEAR)) else { continue };
        if gate.approvers.contains(&me) {
            lines.push(Line {
                key: String::new(),
                title: gate.name,
                href: format!("/p/{}/gates/{}/pack", product.key, gate.id),
                note: format!("{}, due {}", product.name, due.words()),
            });
        }
    }
    Ok(lines)
}

/// Versions of vision, strategy and goal that one has not acknowledged.
fn reading(cx: &mut Reader<'_>, seen: &Seen) -> Result<Vec<Line>> {
    if cx.actor.check_role(Access::Write).is_err() {
        return Ok(Vec::new());
    }
    let values = [cx.actor.workspace.into(), cx.actor.person.into()];
    let rows: Vec<(Id, String, i64)> =
        cx.conn.query(&TO_READ, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let lines = rows.into_iter().filter_map(|(id, kind, number)| {
        let product = seen.get(&id)?;
        let name = kind.replace('-', " ");
        Some(Line {
            key: product.key.clone(),
            title: format!("The {name} of {}", product.name),
            href: format!("/p/{}/strategy", product.key),
            note: format!("version {number}"),
        })
    });
    Ok(lines.collect())
}

fn mentioned(cx: &mut Reader<'_>) -> Result<Vec<Line>> {
    let values = [cx.actor.workspace.into(), cx.actor.person.into()];
    let rows: Vec<(String, Id, Time)> =
        cx.conn.query(&MENTIONS, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let rows = rows.into_iter().map(|(kind, id, at)| (kind, id, at.day().words())).collect();
    named(cx, rows, 10)
}

fn following(cx: &mut Reader<'_>) -> Result<Vec<Line>> {
    let (ws, me) = (cx.actor.workspace, cx.actor.person);
    let rows = followed(cx.conn, ws, me, Id(uuid::Uuid::max()).into(), 30)?;
    let rows = rows.into_iter().map(|f| (WorkItem::KIND.to_owned(), f.item_id, String::new()));
    named(cx, rows.collect(), 30)
}

fn recent(cx: &mut Reader<'_>) -> Result<Vec<Line>> {
    let values = [cx.actor.workspace.into(), cx.actor.person.into()];
    let rows: Vec<(String, Id)> =
        cx.conn.query(&TOUCHED, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
    let rows = rows.into_iter().map(|(kind, id)| (kind, id, String::new())).collect();
    named(cx, rows, 10)
}

/// Those of these that have a key and are seen, in their order, each once.
fn named(cx: &mut Reader<'_>, rows: Vec<(String, Id, String)>, most: usize) -> Result<Vec<Line>> {
    let sight = Sight::of(cx.conn, cx.actor)?;
    let wanted: Vec<(String, Id)> = rows.iter().map(|(kind, id, _)| (kind.clone(), *id)).collect();
    let known = nodes(cx.conn, cx.actor.workspace, wanted, None)?;
    let mut lines: Vec<Line> = Vec::new();
    for (_, id, note) in rows {
        let Some(node) = known.get(&id).filter(|n| sight.sees(n.product)) else { continue };
        if lines.len() < most && lines.iter().all(|l| l.key != node.key) {
            let note = if note.is_empty() { node.state.replace('-', " ") } else { note };
            let href = format!("/{}", node.key);
            lines.push(Line { key: node.key.clone(), title: node.title.clone(), href, note });
        }
    }
    Ok(lines)
}
