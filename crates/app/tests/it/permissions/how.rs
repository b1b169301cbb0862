//! The rows of how teams work.

use serde_json::json;

use super::table::{Class, MEMBERS_HERE, READS, Row, WRITES, row};

/// Members change it, for something of this workspace.
const MEMBERS_CHANGE: Class = Class { open: "PPPP FFN UFU", private: "" };

#[rustfmt::skip]
pub fn entries() -> Vec<Row> {
    vec![
        row("list-policies", MEMBERS_HERE, 200, json!({ "team": "$team" })),
        row("list-policies", READS, 200, json!({ "product": "$product" })),
        row("get-policy", READS, 200, json!({ "policy": "$product-policy" })),
        row("draft-policy", MEMBERS_CHANGE, 201, json!({ "team": "$new:team", "preset": "scrum" })),
        row("draft-policy", WRITES, 201, json!({ "product": "$product" })),
        row("edit-policy", MEMBERS_CHANGE, 200, json!({ "policy": "$policy", "done": ["Tested"] })),
        row("set-policy-state", MEMBERS_CHANGE, 200, json!({ "policy": "$policy", "name": "Testing", "category": "started" })),
        row("remove-policy-state", MEMBERS_CHANGE, 200, json!({ "policy": "$new:policy", "name": "Draft" })),
        row("set-rhythm", MEMBERS_CHANGE, 200, json!({ "policy": "$policy", "kind": "demo", "every": "week" })),
        row("preview-policy", MEMBERS_HERE, 200, json!({ "policy": "$policy" })),
        row("activate-policy", MEMBERS_CHANGE, 200, json!({ "policy": "$new:policy" })),
        row("adopt-framework", MEMBERS_CHANGE, 201, json!({ "team": "$new:team", "preset": "kanban" })),
        row("list-criteria", READS, 200, json!({ "key": "$item" })),
        row("add-criteria", WRITES, 200, json!({ "key": "$item", "text": "The sum is shown" })),
        row("edit-criterion", WRITES, 200, json!({ "criterion": "$criterion", "text": "The sum is right" })),
        row("judge-criterion", WRITES, 200, json!({ "criterion": "$criterion", "verdict": "met" })),
        row("remove-criterion", WRITES, 200, json!({ "criterion": "$new:criterion" })),
        row("get-acceptance", READS, 200, json!({ "key": "$item" })),
        row("accept-story", WRITES, 200, json!({ "key": "$new:item", "decision": "accepted", "because": "It is small." })),
        row("list-iterations", READS, 200, json!({ "product": "$product" })),
        row("get-iteration", READS, 200, json!({ "iteration": "$sprint" })),
        row("get-velocity", READS, 200, json!({ "product": "$product" })),
        row("plan-iteration", WRITES, 201, json!({ "product": "$product", "name": "$new:unique" })),
        row("edit-iteration", WRITES, 200, json!({ "iteration": "$sprint", "goal": "Calm" })),
        row("start-iteration", WRITES, 200, json!({ "iteration": "$new:sprint" })),
        row("add-to-iteration", WRITES, 200, json!({ "iteration": "$sprint", "items": ["$item"] })),
        row("remove-from-iteration", WRITES, 200, json!({ "iteration": "$new:filled-sprint", "item": "$item" })),
        row("close-iteration", WRITES, 200, json!({ "iteration": "$new:started-sprint", "outcome": "met" })),
        row("cancel-iteration", WRITES, 200, json!({ "iteration": "$new:sprint", "because": "No sense" })),
        row("list-retro-notes", READS, 200, json!({ "iteration": "$sprint" })),
        row("add-retro-note", WRITES, 200, json!({ "iteration": "$sprint", "lane": "well", "text": "Calm" })),
        row("group-retro-note", WRITES, 200, json!({ "note": "$note", "topic": "Calm" })),
        row("vote-retro-note", WRITES, 200, json!({ "note": "$note" })),
        row("act-on-retro-note", WRITES, 200, json!({ "note": "$new:note" })),
        row("get-flow", READS, 200, json!({ "product": "$product" })),
        row("list-blockers", READS, 200, json!({ "product": "$product" })),
        row("block-item", WRITES, 200, json!({ "key": "$new:item", "because": "No access" })),
        row("unblock-item", WRITES, 200, json!({ "key": "$new:blocked-item", "solution": "Access" })),
        row("split-story", WRITES, 200, json!({ "key": "$new:item", "titles": ["A part"] })),
        row("list-refinements", READS, 200, json!({ "product": "$product" })),
        row("get-refinement", READS, 200, json!({ "refinement": "$refinement" })),
        row("start-refinement", WRITES, 201, json!({ "product": "$product" })),
        row("look-at-item", WRITES, 200, json!({ "refinement": "$refinement", "key": "$item" })),
        row("vote-estimate", WRITES, 200, json!({ "refinement": "$refinement", "value": "3" })),
        row("agree-estimate", WRITES, 200, json!({ "refinement": "$refinement", "value": "3" })),
        row("reveal-votes", WRITES, 200, json!({ "refinement": "$refinement", "again": true })),
        row("end-refinement", WRITES, 200, json!({ "refinement": "$new:refinement" })),
        row("list-ceremonies", MEMBERS_HERE, 200, json!({ "team": "$team" })),
        row("get-ceremony", MEMBERS_HERE, 200, json!({ "ceremony": "$ceremony" })),
        row("schedule-ceremony", MEMBERS_CHANGE, 201, json!({ "team": "$team", "kind": "demo", "day": "2026-03-06" })),
        row("attend-ceremony", MEMBERS_CHANGE, 200, json!({ "ceremony": "$ceremony" })),
        row("hold-ceremony", MEMBERS_CHANGE, 200, json!({ "ceremony": "$ceremony", "notes": "Calm" })),
        row("skip-ceremony", MEMBERS_CHANGE, 200, json!({ "ceremony": "$new:ceremony", "because": "Away" })),
        row("share-calendar", MEMBERS_CHANGE, 200, json!({ "team": "$team" })),
        row("end-calendar-feed", Class { open: "PPFF FFN UFU", private: "" }, 200, json!({ "feed": "$new:feed" })),
        row("discard-policy", MEMBERS_CHANGE, 200, json!({ "policy": "$new:policy" })),
    ]
}
