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
        row("discard-policy", MEMBERS_CHANGE, 200, json!({ "policy": "$new:policy" })),
    ]
}
