//! The table's rows about beginning a workspace, and about culture before titles.

use serde_json::json;

use super::table::{
    ADMINS, ADMINS_HERE, ADMINS_READ, ALL, Address, Class, MEMBERS, MEMBERS_HERE, READS, Row,
    WRITERS_READ, at, of, row,
};

/// Members, changing something of this workspace.
const MEMBERS_CHANGE: Class = of("PPPP FFN UFU", "");

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    vec![
        row("get-onboarding", ADMINS_READ, 200, json!({})),
        row("keep-onboarding", ADMINS, 200, json!({ "company": "startup", "step": 2 })),
        // A product of its own, so that the others keep their workflow.
        row("onboard", ADMINS, 200, json!({ "company": "startup", "product_name": "Fresh", "product_key": "FRESH" })),
        row("list-next-steps", MEMBERS, 200, json!({})),
        row("check-charter-fit", READS, 200, json!({ "charter": "$charter" })),
        row("get-own-attendance", ALL, 200, json!({})),
        row("edit-titles", ADMINS_HERE, 200, json!({ "titles": { "$person": "Lead" }, "problem": "Nobody knows whom to ask" })),
        row("list-practices", MEMBERS, 200, json!({})),
        row("list-practices", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("list-practices", MEMBERS_HERE, 200, json!({ "team": "$team" })),
        row("try-practice", MEMBERS_CHANGE, 201, json!({ "practice": "why-first", "team": "$team" })),
        row("list-steps", MEMBERS, 200, json!({})),
        row("get-step", MEMBERS_HERE, 200, json!({ "step": "$step" })),
        row("look-back", MEMBERS_CHANGE, 200, json!({ "step": "$new:step", "outcome": "keep" })),
    ]
}

#[rustfmt::skip]
pub const GUIDE: &[Address] = &[
    at("GET /begin", ADMINS_READ, 200, &[]),
    at("POST /begin", ADMINS, 303, &[("company", "startup"), ("product_name", "Fresh"), ("product_key", "FRESH")]),
    at("GET /culture", MEMBERS, 200, &[]),
    at("GET /culture/{step}", MEMBERS_HERE, 200, &[("step", "$step")]),
    at("GET /people/titles", ADMINS, 200, &[]),
];
