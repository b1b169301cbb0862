//! What a ceremony looks at: its agenda, from the data.

use schemars::JsonSchema;
use serde::Serialize;

use super::SPRINTS;
use crate::db::Conn;
use crate::how::blockers::Blocker;
use crate::how::work_items::WorkItem;
use crate::kernel::{Day, Id, Result};
use crate::people::topology;
use crate::selects;

selects! {
    BLOCKED: Blocker = "blocker", "team_id = $2 AND ended_at IS NULL AND gone_at IS NULL ORDER BY blocked_at LIMIT 20";
    IN_REVIEW: WorkItem = "work_item_now", "team_id = $2 AND category = 'in-review' AND level <> 'epic' ORDER BY product_id, rank LIMIT 20";
    OLDEST: WorkItem = "work_item_now", "team_id = $2 AND category = 'started' AND level <> 'epic' ORDER BY started_at LIMIT 10";
    NEXT: WorkItem = "work_item_now", "team_id = $2 AND category = 'unstarted' AND level <> 'epic' ORDER BY product_id, rank LIMIT 10";
}

/// What a ceremony looks at, from the data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AgendaPart {
    pub title: String,
    pub lines: Vec<String>,
}

fn lines(items: &[WorkItem]) -> Vec<String> {
    items.iter().map(|i| format!("{} {}", i.key, i.title)).collect()
}

/// The agenda of a kind of ceremony for a team.
pub fn agenda(
    conn: &mut Conn,
    ws: i64,
    team: Id,
    kind: &str,
    today: Day,
) -> Result<Vec<AgendaPart>> {
    let mut parts = Vec::new();
    let mut add = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push(AgendaPart { title: title.to_owned(), lines });
        }
    };
    let sprints = SPRINTS.all(conn, ws, &[team.into()])?;
    let running = sprints.iter().find(|s| s.state == "active");
    add("Goal", running.iter().map(|s| format!("{}: {}", s.name, s.goal)).collect());
    if matches!(kind, "daily" | "replenishment" | "delivery-planning" | "service-review") {
        let mut held = Vec::new();
        for b in BLOCKED.all(conn, ws, &[team.into()])? {
            let named = crate::people::nouns::title_of(conn, ws, b.item_id)?;
            let (key, title) = named.unwrap_or_default();
            held.push(format!("{key} {title}: {}", b.reason));
        }
        add("Held up", held);
        add("Under way the longest", lines(&OLDEST.all(conn, ws, &[team.into()])?));
    }
    if matches!(kind, "daily" | "review" | "demo") {
        add("In review", lines(&IN_REVIEW.all(conn, ws, &[team.into()])?));
    }
    if matches!(kind, "planning" | "refinement" | "replenishment") {
        add("Next in the backlog", lines(&NEXT.all(conn, ws, &[team.into()])?));
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
