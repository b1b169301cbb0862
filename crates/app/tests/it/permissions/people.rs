//! The table's rows about people and teams: the silo signals.

use serde_json::json;

use super::table::{ADMINS, Address, MEMBERS, MEMBERS_HERE, Row, WRITERS_READ, WRITES, at, row};

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    vec![
        row("list-health", MEMBERS, 200, json!({})),
        row("get-health", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("get-signal", WRITERS_READ, 200, json!({ "product": "$measured", "signal": "S1" })),
        row("measure-signals", WRITES, 201, json!({ "product": "$product" })),
        row("list-thresholds", MEMBERS, 200, json!({})),
        row("set-threshold", ADMINS, 200, json!({ "signal": "S1", "value": 0.2 })),
    ]
}

#[rustfmt::skip]
pub const ABOUT_PEOPLE: &[Address] = &[
    at("GET /health", MEMBERS, 200, &[]),
    at("GET /p/{product}/health", WRITERS_READ, 200, &[("product", "$product")]),
    at("GET /p/{product}/health/{signal}", WRITERS_READ, 200, &[("product", "$measured"), ("signal", "S9")]),
    at("GET /teams/{team}/health", MEMBERS_HERE, 200, &[("team", "$team")]),
    at("GET /teams/{team}/health/{signal}", MEMBERS_HERE, 200, &[("team", "$measured-team"), ("signal", "S9")]),
];
