//! The rows of planning: trees, timelines, calendars, triage, one's own work.

use serde_json::json;

use super::table::{ALL, ALL_CHANGE, Class, PROPOSES, READS, Row, WRITES, row};

/// Members change it, for something of this workspace.
const MEMBERS_CHANGE: Class = Class { open: "PPPP FFN UFU", private: "" };

#[rustfmt::skip]
pub fn entries() -> Vec<Row> {
    vec![
        row("work-tree", READS, 200, json!({ "product": "$product", "open": "-" })),
        row("get-timeline", READS, 200, json!({ "product": "$product" })),
        row("get-calendar", READS, 200, json!({ "product": "$product" })),
        row("get-my-work", ALL, 200, json!({})),
        row("copy-work-item", WRITES, 200, json!({ "key": "$item" })),
        row("follow-item", PROPOSES, 200, json!({ "key": "$item", "following": true })),
        row("get-following", READS, 200, json!({ "key": "$item" })),
        row("list-followed", ALL, 200, json!({})),
        row("get-work-triage", READS, 200, json!({ "product": "$product" })),
        row("triage-work-item", WRITES, 200, json!({ "key": "$new:proposal", "how": "accept" })),
        row("accept-work-items", WRITES, 200, json!({ "items": ["$new:proposal"] })),
        row("propose-work-item", PROPOSES, 201, json!({ "product": "$product", "title": "Pay later" })),
        row("begin-ceremony", MEMBERS_CHANGE, 200, json!({ "ceremony": "$new:ceremony" })),
        row("get-muted", ALL, 200, json!({})),
        row("set-muted", ALL_CHANGE, 200, json!({ "muted": [] })),
    ]
}
