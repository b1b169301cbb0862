//! What a ceremony looks at: its agenda, from the data.

use schemars::JsonSchema;
use serde::Serialize;

use super::SPRINTS;
use crate::db::Conn;
use crate::how::blockers::Blocker;
use crate::how::work_items::WorkItem;
use crate::kernel::{Actor, Day, Id, Result};
use crate::people::{products, topology};
use crate::selects;

selects! {
    BLOCKED: Blocker = "blocker", "team_id = $2 AND ended_at IS NULL AND gone_at IS NULL ORDER BY blocked_at LIMIT 100";
    IN_REVIEW: WorkItem = "work_item_now", "team_id = $2 AND category = 'in-review' AND level <> 'epic' ORDER BY product_id, rank LIMIT 1000";
    OLDEST: WorkItem = "work_item_now", "team_id = $2 AND category = 'started' AND level <> 'epic' ORDER BY started_at LIMIT 100";
    NEXT: WorkItem = "work_item_now", "team_id = $2 AND category = 'unstarted' AND level <> 'epic' ORDER BY product_id, rank LIMIT 100";
}

/// What a ceremony looks at, from the data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AgendaPart {
    pub title: String,
    pub lines: Vec<String>,
}

/// The first of them in products that are seen: a team may work on what not everybody here sees.
fn lines(items: &[WorkItem], seen: &[Id], most: usize) -> Vec<String> {
    let items = items.iter().filter(|i| seen.contains(&i.product_id)).take(most);
    items.map(|i| format!("{} {}", i.key, i.title)).collect()
}

/// The agenda of a kind of ceremony for a team.
pub fn agenda(
    conn: &mut Conn,
    actor: &Actor,
    team: Id,
    kind: &str,
    today: Day,
) -> Result<Vec<AgendaPart>> {
    let ws = actor.workspace;
    let seen: Vec<Id> = products::visible(conn, actor)?.iter().map(|p| p.id).collect();
    let mut parts = Vec::new();
    let mut add = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push(AgendaPart { title: title.to_owned(), lines });
        }
    };
    let mut sprints = SPRINTS.all(conn, ws, &[team.into()])?;
    sprints.retain(|s| seen.contains(&s.product_id));
    let running = sprints.iter().find(|s| s.state == "active");
    add("Goal", running.iter().map(|s| format!("{}: {}", s.name, s.goal)).collect());
    if matches!(kind, "daily" | "replenishment" | "delivery-planning" | "service-review") {
        let mut held = Vec::new();
        let blocked = BLOCKED.all(conn, ws, &[team.into()])?;
        for b in blocked.iter().filter(|b| seen.contains(&b.product_id)).take(20) {
            let named = crate::people::nouns::title_of(conn, ws, b.item_id)?;
            let (key, title) = named.unwrap_or_default();
            held.push(format!("{key} {title}: {}", b.reason));
        }
        add("Held up", held);
        add("Under way the longest", lines(&OLDEST.all(conn, ws, &[team.into()])?, &seen, 10));
    }
    if matches!(kind, "daily" | "review" | "demo") {
        add("In review", lines(&IN_REVIEW.all(conn, ws, &[team.into()])?, &seen, 20));
    }
    if matches!(kind, "planning" | "refinement" | "replenishment") {
        add("Next in the backlog", lines(&NEXT.all(conn, ws, &[team.into()])?, &seen, 10));
    }
    if matches!(kind, "planning") {
        let planned = sprints.iter().filter(|s| s.state == "planned");
        add("Planned", planned.map(|s| format!("{}: {}", s.name, s.goal)).collect());
    }
    if kind == "interaction-review" {
        let (together, concerns) = interactions(conn, ws, team, today)?;
        add("With other teams", together);
        add("Asks for a decision", concerns);
    }
    Ok(parts)
}

/// What a team has with others, and what of it has lasted too long.
fn interactions(
    conn: &mut Conn,
    ws: i64,
    team: Id,
    today: Day,
) -> Result<(Vec<String>, Vec<String>)> {
    let running = topology::running_of(conn, ws, team)?;
    let line = |i: topology::InteractionView| {
        let other = if i.team == team { &i.other_name } else { &i.team_name };
        let until = i.ends.map_or("no end expected".to_owned(), |d| format!("until {}", d.words()));
        let mode = topology::mode_words(&i.mode);
        format!("{mode} with {other}: {} (since {}, {until})", i.purpose, i.starts.words())
    };
    let together = topology::views(conn, ws, &running, today)?.into_iter().map(line).collect();
    let told = topology::of_team(conn, ws, team, today)?;
    let concerns = told.into_iter().map(|w| format!("{} {}", w.sentence, w.advice)).collect();
    Ok((together, concerns))
}
