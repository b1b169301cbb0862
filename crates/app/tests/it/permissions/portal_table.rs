//! The same table for the portal, replies and what comes in.

use serde_json::json;

use super::table::{
    ALL, ALL_CHANGE, Address, MANAGES, OPEN, READS, Row, WRITERS_READ, WRITES, at, of, row,
};

#[rustfmt::skip]
pub fn entries() -> Vec<Row> {
    vec![
        row("get-digest", ALL, 200, json!({})),
        row("set-digest", ALL_CHANGE, 200, json!({ "frequency": "weekly", "zone": "Europe/Berlin" })),
        row("import-evidence", WRITES, 200, json!({ "product": "$product", "text": "text,source\nSlow,Mia\n" })),
        row("get-portal", READS, 200, json!({ "product": "$product" })),
        row("set-portal", MANAGES, 200, json!({ "product": "$product", "intro": "Tell us." })),
        row("portal-queue", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("list-ideas", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("moderate-idea", WRITES, 200, json!({ "idea": "$idea", "how": "approve" })),
        row("answer-idea", WRITES, 200, json!({ "idea": "$idea", "text": "Soon." })),
        row("set-idea-status", WRITES, 200, json!({ "idea": "$idea", "status": "planned" })),
        row("moderate-comment", WRITES, 200, json!({ "comment": "$idea-comment", "how": "hide" })),
        row("list-contacts", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("ban-contact", WRITES, 200, json!({ "contact": "$contact", "banned": false })),
        row("forget-contact", MANAGES, 200, json!({ "contact": "$new:contact" })),
        row("list-changelog", READS, 200, json!({ "product": "$product" })),
        row("publish-change", WRITES, 201, json!({ "product": "$product", "title": "Faster" })),
        row("edit-change", WRITES, 200, json!({ "post": "$post", "title": "Much faster" })),
        row("withdraw-change", WRITES, 200, json!({ "post": "$new:post" })),
        row("list-replies", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("draft-replies", WRITES, 200, json!({ "product": "$product" })),
        row("edit-reply", WRITES, 200, json!({ "reply": "$reply", "text": "It is here." })),
        row("drop-reply", WRITES, 200, json!({ "reply": "$new:reply" })),
        row("send-reply", WRITES, 200, json!({ "reply": "$new:reply" })),
        row("send-replies", WRITES, 200, json!({ "product": "$product" })),
    ]
}

const PRODUCT: &[(&str, &str)] = &[("product", "$product")];
const NOWHERE: &[(&str, &str)] = &[("slug", "nowhere")];
const NO_IDEA: &[(&str, &str)] = &[("slug", "nowhere"), ("idea", "unknown")];
const NO_TOKEN: &[(&str, &str)] = &[("slug", "nowhere"), ("token", "unknown")];

/// Addresses of the portal; a closed one is nowhere, for everybody.
#[rustfmt::skip]
pub const PORTAL: &[Address] = &[
    at("GET /p/{product}/portal", WRITERS_READ, 200, PRODUCT),
    at("GET /p/{product}/portal/ideas", WRITERS_READ, 200, PRODUCT),
    at("GET /p/{product}/portal/replies", WRITERS_READ, 200, PRODUCT),
    at("GET /p/{product}/portal/changelog", READS, 200, PRODUCT),
    at("GET /p/{product}/portal/contacts", WRITERS_READ, 200, PRODUCT),
    at("GET /p/{product}/portal/settings", READS, 200, PRODUCT),
    at("GET /p/{product}/evidence/import", WRITERS_READ, 200, PRODUCT),
    at("POST /p/{product}/evidence/import/apply", WRITES, 200, &[("product", "$product"), ("text", "text\nSlow")]),
    at("GET /account/digest", ALL, 200, &[]),
    at("GET /unsubscribe/{token}", OPEN, 404, &[("token", "unknown")]),
    at("POST /unsubscribe/{token}", OPEN, 404, &[("token", "unknown")]),
    at("GET /robots.txt", OPEN, 200, &[]),
    at("GET /portal/{slug}", CLOSED, 404, NOWHERE),
    at("GET /portal/{slug}/embed", CLOSED, 404, NOWHERE),
    at("GET /portal/{slug}/new", CLOSED, 404, NOWHERE),
    at("POST /portal/{slug}/new", CLOSED, 404, NOWHERE),
    at("GET /portal/{slug}/ideas/{idea}", CLOSED, 404, NO_IDEA),
    at("POST /portal/{slug}/ideas/{idea}/vote", CLOSED, 404, NO_IDEA),
    at("POST /portal/{slug}/ideas/{idea}/comments", CLOSED, 404, NO_IDEA),
    at("GET /portal/{slug}/roadmap", CLOSED, 404, NOWHERE),
    at("GET /portal/{slug}/changelog", CLOSED, 404, NOWHERE),
    at("GET /portal/{slug}/changelog.atom", CLOSED, 404, NOWHERE),
    at("GET /portal/{slug}/sign-in", CLOSED, 404, NOWHERE),
    at("POST /portal/{slug}/sign-in", CLOSED, 404, NOWHERE),
    at("GET /portal/{slug}/enter/{token}", CLOSED, 404, NO_TOKEN),
    at("POST /portal/{slug}/enter/{token}", CLOSED, 404, NO_TOKEN),
    at("GET /portal/{slug}/me", CLOSED, 404, NOWHERE),
    at("POST /portal/{slug}/sign-out", CLOSED, 404, NOWHERE),
    at("POST /portal/{slug}/forget-me", CLOSED, 404, NOWHERE),
];

const CLOSED: super::table::Class = of("PPPP PPP PPP", "");
