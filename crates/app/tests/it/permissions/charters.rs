//! The table's rows about responsibilities, charters and hand-overs.

use serde_json::json;

use super::table::{ADMINS, ADMINS_HERE, ALL, Class, READS, Row, WRITES, of, row};

/// What is another's to give, and an admin's while they are away.
const HOLDERS: Class = of("PPFF FFN UFU", "PNNF FFN UFU");
/// About a change of one's own, which guests cannot have made.
const DOERS: Class = of("PPPP NNN UFU", "PNNP NNN UFU");

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    vec![
        row("list-responsibilities", ALL, 200, json!({})),
        row("add-responsibility", ADMINS, 200, json!({ "name": "$new:unique", "facet": "how" })),
        row("edit-responsibility", ADMINS_HERE, 200, json!({ "number": "$own-responsibility", "definition": "Keep it." })),
        row("set-strict", ADMINS, 200, json!({ "number": 12, "strict": false })),
        row("note-exercise", WRITES, 200, json!({ "number": "$own-responsibility", "product": "$product", "note": "Called them." })),
        row("list-charters", ALL, 200, json!({})),
        row("get-charter", READS, 200, json!({ "charter": "$charter" })),
        row("compare-charters", READS, 200, json!({ "charter": "$charter" })),
        row("list-charter-versions", READS, 200, json!({ "charter": "$charter" })),
        row("compare-people", READS, 422, json!({ "charter": "$charter", "first": "$owner", "second": "$owner" })),
        row("advise-arrangement", ALL, 200, json!({ "teams": 4 })),
        row("advise-arrangement", READS, 200, json!({ "product": "$product" })),
        row("get-standing", READS, 200, json!({ "product": "$product" })),
        row("draft-charter", WRITES, 201, json!({ "product": "$product", "part": "$new:part" })),
        row("revise-charter", WRITES, 200, json!({ "charter": "$new:agreed-charter" })),
        row("choose-arrangement", WRITES, 200, json!({ "charter": "$charter" })),
        row("edit-charter", WRITES, 200, json!({ "charter": "$charter", "review_on": "2026-09-01" })),
        row("add-to-charter", WRITES, 200, json!({ "charter": "$charter", "person": "$person" })),
        row("remove-from-charter", WRITES, 200, json!({ "charter": "$charter", "person": "$person" })),
        row("set-letter", WRITES, 200, json!({ "charter": "$charter", "responsibility": 1, "person": "$person", "letter": "C" })),
        row("edit-matrix", WRITES, 200, json!({ "charter": "$charter", "cells": {} })),
        row("sign-charter", WRITES, 200, json!({ "charter": "$new:charter" })),
        row("discard-charter", WRITES, 200, json!({ "charter": "$new:charter" })),
        row("list-overrides", READS, 200, json!({ "charter": "$charter" })),
        row("explain-override", DOERS, 200, json!({ "change": "$own:override", "why": "She is ill." })),
        row("list-handovers", READS, 200, json!({ "product": "$product" })),
        row("hand-over", HOLDERS, 201, json!({ "product": "$product", "part": "$new:chartered", "responsibility": 1, "from": "$owner", "to": "$person" })),
        row("end-handover", HOLDERS, 200, json!({ "handover": "$new:handover" })),
    ]
}
