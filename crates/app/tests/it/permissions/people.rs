//! The table's rows about people and teams: the silo signals, the mirror and careers.

use serde_json::json;

use super::table::{
    ADMINS, ADMINS_HERE, ALL, ALL_CHANGE, Address, Class, MEMBERS, MEMBERS_HERE, Row, WRITERS_READ,
    WRITES, at, of, row,
};

/// The owner's own; the reader is a token of theirs.
const OWNERS_ALONE: Class = of("PFFF FFN UPU", "");
/// Members change it, for teams of this workspace.
const MEMBERS_CHANGE: Class = of("PPPP FFN UFU", "");

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    vec![
        row("list-health", MEMBERS, 200, json!({})),
        row("get-health", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("get-signal", WRITERS_READ, 200, json!({ "product": "$measured", "signal": "S1" })),
        row("measure-signals", WRITES, 201, json!({ "product": "$product" })),
        row("list-thresholds", MEMBERS, 200, json!({})),
        row("set-threshold", ADMINS, 200, json!({ "signal": "S1", "value": 0.2 })),
        row("list-learn", ALL, 200, json!({})),
        row("list-learn", ALL, 200, json!({ "q": "flow", "kind": "formula" })),
        row("get-learn", ALL, 200, json!({ "kind": "artefact", "slug": "roadmap" })),
        row("get-team-map", MEMBERS, 200, json!({})),
        row("get-team-map", MEMBERS, 200, json!({ "day": "2026-01-01" })),
        row("list-interactions", MEMBERS, 200, json!({})),
        row("list-interactions", MEMBERS_HERE, 200, json!({ "team": "$team" })),
        row("get-interaction", MEMBERS_HERE, 200, json!({ "interaction": "$interaction" })),
        row("begin-interaction", MEMBERS_CHANGE, 201, json!({ "team": "$new:team", "other": "$new:team", "mode": "facilitating", "purpose": "Learn it" })),
        row("edit-interaction", MEMBERS_CHANGE, 200, json!({ "interaction": "$interaction", "purpose": "Learn more" })),
        row("end-interaction", MEMBERS_CHANGE, 200, json!({ "interaction": "$new:interaction", "because": "Learnt" })),
        row("get-team-limits", MEMBERS, 200, json!({})),
        row("set-team-limits", ADMINS, 200, json!({ "parts": 6 })),
        row("get-mirror", ALL, 200, json!({})),
        // A mirror is its person's: no role opens it.
        row("get-mirror", OWNERS_ALONE, 200, json!({ "person": "$owner" })),
        row("list-mirror-events", ALL, 200, json!({ "responsibility": 35 })),
        row("get-team-mirror", MEMBERS_HERE, 200, json!({ "team": "$team" })),
        row("list-shared-mirrors", ALL, 200, json!({})),
        row("share-mirror", ALL_CHANGE, 200, json!({ "audience": "nobody" })),
        row("keep-responsibility", ALL_CHANGE, 200, json!({ "responsibility": 35 })),
        row("get-growth", ALL, 200, json!({ "profile": "product-owner.mid" })),
        row("list-profiles", ALL, 200, json!({})),
        row("set-profile", ADMINS, 200, json!({ "name": "$new:unique", "letters": { "33": "R" } })),
        row("remove-profile", ADMINS_HERE, 200, json!({ "profile": "$new:profile" })),
        row("adopt-responsibility", WRITES, 200, json!({ "responsibility": 35, "charter": "$new:agreed-charter" })),
    ]
}

#[rustfmt::skip]
pub const ABOUT_PEOPLE: &[Address] = &[
    at("GET /health", MEMBERS, 200, &[]),
    at("GET /p/{product}/health", WRITERS_READ, 200, &[("product", "$product")]),
    at("GET /p/{product}/health/{signal}", WRITERS_READ, 200, &[("product", "$measured"), ("signal", "S9")]),
    at("GET /teams/{team}/health", MEMBERS_HERE, 200, &[("team", "$team")]),
    at("GET /learn", ALL, 200, &[]),
    at("GET /learn/{kind}/{slug}", ALL, 200, &[("kind", "signal"), ("slug", "no-why")]),
    at("GET /responsibilities", ALL, 200, &[]),
    at("GET /teams/map", MEMBERS, 200, &[]),
    at("GET /teams/map/file/{format}", MEMBERS, 200, &[("format", "svg")]),
    at("GET /teams/interactions/{interaction}", MEMBERS_HERE, 200, &[("interaction", "$interaction")]),
    at("GET /mirror", ALL, 200, &[]),
    at("GET /mirror/growth", ALL, 200, &[]),
    at("GET /mirror/file/{format}", ALL, 200, &[("format", "md")]),
    at("GET /careers", ALL, 200, &[]),
    at("GET /mirror/{responsibility}", ALL, 200, &[("responsibility", "35")]),
    at("GET /people/{person}/mirror", OWNERS_ALONE, 200, &[("person", "$owner")]),
    at("GET /teams/{team}/mirror", MEMBERS_HERE, 200, &[("team", "$team")]),
    at("GET /teams/{team}/health/{signal}", MEMBERS_HERE, 200, &[("team", "$measured-team"), ("signal", "S9")]),
];
