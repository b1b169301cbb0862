//! The table itself: who gets what from every action and query, and from every other address.
//!
//! To add an action: one `row` with its name, who may, what it answers when it is done, and an input.
//! In an input, `$need` is a need's key in the product under test, made once; `$new:need` is a fresh
//! one for each request, where doing it uses it up; `$own:comment` is a fresh one made by whoever
//! asks. `scene.rs` knows how to make each. To add an address: one `at`.

use serde_json::{Value, json};

/// Who gets what, one letter for each of `Persona::ALL`: owner, admin, member, insider (a member
/// named in the private product) · guest (named in OPEN), visitor (a guest named nowhere), stranger
/// (owner of another workspace) · nobody, reader (the owner's read-only token), expired.
///
/// `P` it is done, `F` 403, `N` 404, `U` 401. In a browser `U` is the way to sign in, and the reader
/// counts as nobody: a token is no session. `private` is the same in the product PRIV.
#[derive(Clone, Copy)]
pub struct Class {
    pub open: &'static str,
    /// Empty where no product is concerned.
    pub private: &'static str,
}

pub(super) const fn of(open: &'static str, private: &'static str) -> Class {
    Class { open, private }
}

// What a product decides.
pub const READS: Class = of("PPPP PNN UPU", "PNNP NNN UPU");
pub const PROPOSES: Class = of("PPPP PNN UFU", "PNNP NNN UFU");
pub const WRITES: Class = of("PPPP FFN UFU", "PNNP FFN UFU");
/// Reading what concerns those who may write.
pub const WRITERS_READ: Class = of("PPPP FFN UPU", "PNNP FFN UPU");
pub const MANAGES: Class = of("PPFF FFN UFU", "PNFF FFN UFU");
/// What only its author or an admin may touch.
const AUTHORS: Class = of("PPFF FNN UFU", "PNNF NNN UFU");
/// What only its author may touch, who is the owner here.
const OWN_WORDS: Class = of("PFFF FNN UFU", "PNNF NNN UFU");

/// Members, of what is their own; admins too.
const KEEPERS: Class = of("PPFF FFN UFU", "PNNF FFN UFU");

// What the workspace decides.
pub(super) const ALL: Class = of("PPPP PPP UPU", "");
pub(super) const ALL_CHANGE: Class = of("PPPP PPP UFU", "");
pub(super) const MEMBERS: Class = of("PPPP FFP UPU", "");
pub(super) const ADMINS: Class = of("PPFF FFP UFU", "");
pub(super) const ADMINS_READ: Class = of("PPFF FFP UPU", "");
/// Members, about something of this workspace.
pub const MEMBERS_HERE: Class = of("PPPP FFN UPU", "");
/// Admins, about a person of this workspace.
pub(super) const ADMINS_HERE: Class = of("PPFF FFN UFU", "");

// What needs no session: everybody gets the same.
pub const OPEN: Class = of("PPPP PPP PPP", "");

/// One action or query with one input.
pub struct Row {
    pub name: &'static str,
    pub class: Class,
    /// The status when it is done through the API.
    pub done: u16,
    pub input: Value,
}

pub fn row(name: &'static str, class: Class, done: u16, input: Value) -> Row {
    Row { name, class, done, input }
}

/// One of every action and query at least.
#[rustfmt::skip]
pub fn entries() -> Vec<Row> {
    let mut all = people_and_products();
    all.extend(why());
    all.extend(what_and_how());
    all.extend(thread());
    all.extend(super::charters::rows());
    all.extend(super::people::rows());
    all.extend(super::guide::rows());
    all.extend(imports());
    all.extend(super::how::entries());
    all.extend(super::planning::entries());
    all.extend(super::portal_table::entries());
    all
}

#[rustfmt::skip]
fn people_and_products() -> Vec<Row> {
    vec![
        row("list-products", ALL, 200, json!({})),
        row("create-product", ADMINS, 201, json!({ "key": "$new:unique", "name": "New" })),
        row("edit-product", MANAGES, 200, json!({ "product": "$product", "about": "More" })),
        row("add-product-member", MANAGES, 200, json!({ "product": "$product", "person": "$owner" })),
        row("remove-product-member", MANAGES, 200, json!({ "product": "$new:named", "person": "$owner" })),
        row("list-mail", ADMINS_READ, 200, json!({})),
        row("send-test-mail", ADMINS, 200, json!({})),
        row("retry-mail", of("NNFF FFN UFU", ""), 200, json!({ "letter": "$person" })),
        row("list-people", MEMBERS, 200, json!({})),
        row("edit-person", ADMINS_HERE, 200, json!({ "person": "$person", "title": "Lead" })),
        row("end-access", ADMINS_HERE, 200, json!({ "person": "$new:leaver", "tokens": true })),
        row("deactivate-person", ADMINS_HERE, 200, json!({ "person": "$new:leaver" })),
        row("anonymise-person", ADMINS_HERE, 200, json!({ "person": "$new:left" })),
        row("rename-workspace", of("PPFF FFP UFU", ""), 200, json!({ "name": "Work" })),
        row("list-sessions", ALL, 200, json!({})),
        // Each has one session, which goes on being used.
        row("end-other-sessions", ALL_CHANGE, 200, json!({ "keep": "$own:session" })),
        row("list-teams", MEMBERS, 200, json!({})),
        row("get-team", MEMBERS_HERE, 200, json!({ "team": "$team" })),
        row("list-team-work", MEMBERS_HERE, 200, json!({ "team": "$team" })),
        row("create-team", ADMINS, 201, json!({ "name": "$new:unique" })),
        row("edit-team", ADMINS_HERE, 200, json!({ "team": "$team", "kind": "platform" })),
        row("add-team-member", ADMINS_HERE, 200, json!({ "team": "$team", "person": "$owner" })),
        row("remove-team-member", ADMINS_HERE, 200, json!({ "team": "$new:staffed", "person": "$owner" })),
        row("close-team", ADMINS_HERE, 200, json!({ "team": "$new:team" })),
        row("list-parts", READS, 200, json!({ "product": "$product" })),
        row("create-part", MANAGES, 200, json!({ "product": "$product", "name": "$new:unique" })),
        row("edit-part", MANAGES, 200, json!({ "part": "$part", "team": "$team" })),
        row("remove-part", MANAGES, 200, json!({ "part": "$new:part" })),
        row("list-tokens", ALL, 200, json!({})),
        row("create-token", ALL_CHANGE, 201, json!({ "name": "script" })),
        row("end-token", ALL_CHANGE, 200, json!({ "token": "$own:token" })),
    ]
}

#[rustfmt::skip]
fn why() -> Vec<Row> {
    vec![
        row("list-vision", READS, 200, json!({ "product": "$product" })),
        // Before a second version makes the first one old.
        row("acknowledge", PROPOSES, 200, json!({ "product": "$envisioned", "kind": "vision", "number": 1 })),
        row("publish-vision", WRITES, 200, json!({ "product": "$product", "body": "No queues.", "because": "It is time." })),
        row("publish-strategy", WRITES, 200, json!({ "product": "$product", "body": "Refunds first.", "because": "It is time." })),
        row("publish-product-goal", WRITES, 200, json!({ "product": "$product", "body": "By summer.", "because": "It is time." })),
        row("list-themes", READS, 200, json!({ "product": "$product" })),
        row("set-theme", WRITES, 200, json!({ "product": "$product", "name": "Calm" })),
        row("list-segments", READS, 200, json!({ "product": "$product" })),
        row("set-segment", WRITES, 200, json!({ "product": "$product", "name": "Commuters" })),
        row("list-metrics", READS, 200, json!({ "product": "$product" })),
        row("get-metric", READS, 200, json!({ "key": "$metric" })),
        row("define-metric", WRITES, 201, json!({ "product": "$product", "title": "Refunds", "role": "other" })),
        row("edit-metric", WRITES, 200, json!({ "key": "$metric", "unit": "a week" })),
        row("enter-values", WRITES, 200, json!({ "key": "$metric", "value": 4 })),
        row("list-stakeholders", READS, 200, json!({ "product": "$product" })),
        row("add-stakeholder", WRITES, 201, json!({ "product": "$product", "name": "Care" })),
        row("log-conversation", WRITES, 200, json!({ "stakeholder": "$stakeholder", "notes": "Mondays." })),
        row("list-conversations", READS, 200, json!({ "stakeholder": "$stakeholder" })),
        row("list-support", READS, 200, json!({ "product": "$product" })),
        row("edit-stakeholder", WRITES, 200, json!({ "stakeholder": "$stakeholder", "influence": 4 })),
        row("list-evidence", READS, 200, json!({ "product": "$product" })),
        row("erase-verbatim", MANAGES, 200, json!({ "key": "$new:evidence" })),
        row("erase-interview", MANAGES, 200, json!({ "key": "$new:interview" })),
        row("get-evidence", READS, 200, json!({ "key": "$evidence" })),
        row("record-evidence", PROPOSES, 201, json!({ "product": "$product", "verbatim": "It is slow." })),
        row("edit-evidence", WRITES, 200, json!({ "key": "$evidence", "title": "Slow" })),
        row("get-inbox", READS, 200, json!({ "product": "$product" })),
        row("group-inbox", READS, 200, json!({ "product": "$product" })),
        row("triage-theme", WRITES, 200, json!({ "product": "$product", "keys": ["$new:evidence"], "need": "$need" })),
        row("triage-evidence", WRITES, 200, json!({ "key": "$new:evidence", "how": "park" })),
        row("answer-evidence", WRITES, 200, json!({ "key": "$new:evidence", "answer": "It is faster now.", "how": "by phone" })),
        row("list-interviews", READS, 200, json!({ "product": "$product" })),
        row("get-interview", READS, 200, json!({ "key": "$interview" })),
        row("record-interview", PROPOSES, 201, json!({ "product": "$product", "title": "On the train", "participants": ["Mia"] })),
        row("edit-interview", WRITES, 200, json!({ "key": "$interview", "notes": "More" })),
        row("add-highlight", PROPOSES, 200, json!({ "key": "$interview", "verbatim": "I gave up." })),
        row("list-companies", READS, 200, json!({ "product": "$product" })),
        row("set-company", WRITES, 200, json!({ "product": "$product", "name": "Brightwater" })),
        row("get-support", READS, 200, json!({ "key": "$need" })),
        row("list-needs", READS, 200, json!({ "product": "$product" })),
        row("get-need", READS, 200, json!({ "key": "$need" })),
        row("create-need", WRITES, 201, json!({ "product": "$product", "title": "Speed" })),
        row("edit-need", WRITES, 200, json!({ "key": "$need", "title": "More speed" })),
        row("list-alignment", ALL, 200, json!({})),
        row("list-objectives", READS, 200, json!({ "product": "$product" })),
        row("get-objective", READS, 200, json!({ "key": "$objective" })),
        row("set-objective", WRITES, 201, json!({ "product": "$product", "title": "Fast", "period": "2026 H1" })),
        row("edit-objective", WRITES, 200, json!({ "key": "$objective", "title": "Faster" })),
        row("close-objective", WRITES, 200, json!({ "key": "$new:objective", "score": 0.7 })),
        row("get-okr-report", READS, 200, json!({ "product": "$product" })),
        row("add-key-result", WRITES, 201, json!({ "objective": "$objective", "title": "Seconds", "unit": "s", "baseline": 9, "target": 2 })),
        row("edit-key-result", WRITES, 200, json!({ "key": "$key-result", "title": "Seconds to wait" })),
        row("check-in", WRITES, 200, json!({ "key": "$key-result", "value": 5 })),
        row("list-check-ins", READS, 200, json!({ "key": "$key-result" })),
    ]
}

#[rustfmt::skip]
fn what_and_how() -> Vec<Row> {
    vec![
        row("list-opportunities", READS, 200, json!({ "product": "$product" })),
        row("get-opportunity", READS, 200, json!({ "key": "$opportunity" })),
        row("frame-opportunity", PROPOSES, 201, json!({ "product": "$product", "title": "Waiting" })),
        row("edit-opportunity", WRITES, 200, json!({ "key": "$opportunity", "title": "Long waiting" })),
        row("decide-opportunity", WRITES, 200, json!({ "key": "$opportunity", "state": "assessing" })),
        row("move-opportunity", WRITES, 200, json!({ "key": "$new:opportunity", "before": "$opportunity" })),
        row("explain-order", WRITES, 200, json!({ "key": "$opportunity", "because": "Promised." })),
        row("score-opportunity", WRITES, 200, json!({ "key": "$opportunity", "method": "rice", "inputs": { "reach": "100..400" } })),
        row("list-scores", READS, 200, json!({ "key": "$opportunity" })),
        row("rank-opportunities", READS, 200, json!({ "product": "$product", "method": "rice" })),
        row("set-scoring", WRITES, 200, json!({ "product": "$product", "formula": "value / effort" })),
        row("what-fits", READS, 200, json!({ "product": "$product", "capacity": 10 })),
        row("opportunity-tree", READS, 200, json!({ "product": "$product" })),
        row("put-under", WRITES, 200, json!({ "key": "$new:opportunity", "under": "$opportunity" })),
        row("list-surveys", READS, 200, json!({ "product": "$product" })),
        row("get-survey", READS, 200, json!({ "survey": "$survey" })),
        row("start-survey", WRITES, 201, json!({ "product": "$product", "title": "Expectations" })),
        row("edit-survey", WRITES, 200, json!({ "survey": "$survey", "intro": "Two minutes." })),
        row("ask-in-survey", WRITES, 200, json!({ "survey": "$survey", "about": "$opportunity" })),
        row("answer-survey", PROPOSES, 200, json!({ "survey": "$new:asking-survey", "with": { "$opportunity": "like" }, "without": { "$opportunity": "dislike" } })),
        row("list-requirements", READS, 200, json!({ "product": "$product" })),
        row("get-requirement", READS, 200, json!({ "key": "$requirement" })),
        row("add-requirement", PROPOSES, 201, json!({ "product": "$product", "title": "A list", "source": "Finance" })),
        row("edit-requirement", WRITES, 200, json!({ "key": "$requirement", "source": "Audit" })),
        row("settle-requirement", WRITES, 200, json!({ "key": "$requirement", "state": "declined", "because": "A check is enough." })),
        row("get-roadmap", READS, 200, json!({ "product": "$product" })),
        row("place-on-roadmap", WRITES, 200, json!({ "item": "$opportunity", "horizon": "next" })),
        row("place-many", WRITES, 200, json!({ "items": ["$opportunity"], "horizon": "next" })),
        row("list-epics", READS, 200, json!({ "product": "$product" })),
        row("get-epic", READS, 200, json!({ "key": "$epic" })),
        row("scope-epic", WRITES, 200, json!({ "key": "$epic", "scope": "Cards" })),
        row("move-epic", WRITES, 200, json!({ "key": "$epic", "state": "planned", "because": "Soon" })),
        row("report-health", WRITES, 200, json!({ "key": "$epic", "health": "on-track" })),
        row("list-values", READS, 200, json!({ "key": "$need" })),
        row("value-need", WRITES, 200, json!({ "key": "$business-need", "moment": "first", "low": 1, "unit": "EUR", "assumptions": "Some" })),
        row("get-outcome", READS, 200, json!({ "key": "$released" })),
        row("get-market", READS, 200, json!({ "product": "$product" })),
        row("set-competitor", WRITES, 201, json!({ "product": "$product", "name": "Rival" })),
        row("add-finding", WRITES, 200, json!({ "competitor": "$competitor", "finding": "It is fast." })),
        row("rate-need", WRITES, 200, json!({ "key": "$need", "rating": 3, "note": "Tried" })),
        row("get-lifecycle", READS, 200, json!({ "product": "$product" })),
        row("decide-stage", WRITES, 200, json!({ "product": "$new:staged", "stage": "growth", "because": "They come back." })),
        row("plan-retirement", WRITES, 200, json!({ "product": "$product", "ends_on": "2027-01-01", "message": "It ends." })),
        row("add-retirement-step", WRITES, 200, json!({ "product": "$ending", "title": "Doors close" })),
        row("finish-retirement-step", WRITES, 200, json!({ "step": "$ending-step" })),
        row("tell-retirement", WRITES, 200, json!({ "product": "$ending" })),
        row("get-strategy-page", READS, 200, json!({ "product": "$product" })),
        row("get-voice", READS, 200, json!({ "product": "$product" })),
        row("get-portfolio", ALL, 200, json!({})),
        row("view-roadmap", READS, 200, json!({ "product": "$product" })),
        row("list-roadmap-shares", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("share-roadmap", WRITES, 201, json!({ "product": "$product", "audience": "customers", "label": "All" })),
        row("end-roadmap-share", WRITES, 200, json!({ "share": "$new:share" })),
        row("remove-from-roadmap", WRITES, 200, json!({ "item": "$new:placed" })),
        row("list-decisions", READS, 200, json!({ "product": "$product" })),
        row("get-decision", READS, 200, json!({ "key": "$decision" })),
        row("propose-decision", WRITES, 201, json!({ "product": "$product", "title": "To the card" })),
        row("edit-decision", WRITES, 200, json!({ "key": "$decision", "title": "To the same card" })),
        row("settle-decision", WRITES, 200, json!({ "key": "$new:decision", "state": "accepted", "choice": "The card." })),
        row("list-releases", READS, 200, json!({ "product": "$product" })),
        row("get-release", READS, 200, json!({ "key": "$release" })),
        row("plan-release", WRITES, 201, json!({ "product": "$product", "title": "Spring" })),
        row("edit-release", WRITES, 200, json!({ "key": "$release", "audience": "All" })),
        row("add-to-release", WRITES, 200, json!({ "key": "$release", "items": ["$item"] })),
        row("remove-from-release", WRITES, 200, json!({ "key": "$new:filled-release", "item": "$item" })),
        row("add-rollout-step", WRITES, 200, json!({ "key": "$release", "title": "Canary", "share": 5 })),
        row("finish-rollout-step", WRITES, 200, json!({ "key": "$new:rolling-release", "position": 1 })),
        row("remove-rollout-step", WRITES, 200, json!({ "key": "$new:rolling-release", "position": 1 })),
        row("decide-release", WRITES, 200, json!({ "key": "$new:release", "decision": "go", "because": "It is ready." })),
        row("write-release-notes", WRITES, 200, json!({ "key": "$release", "notes": "- Faster" })),
        // Its time has not passed yet; who may not write does not come so far.
        row("review-outcome", WRITES, 409, json!({ "key": "$released", "after_days": 30, "finding": "It moved.", "verdict": "moved" })),
        row("list-options", READS, 200, json!({ "key": "$opportunity" })),
        row("get-option", READS, 200, json!({ "key": "$option" })),
        row("sketch-option", PROPOSES, 201, json!({ "about": "$opportunity", "title": "A form" })),
        row("edit-option", WRITES, 200, json!({ "key": "$option", "effort": "2 weeks" })),
        row("choose-option", WRITES, 200, json!({ "key": "$option", "because": "It is small." })),
        row("list-experiments", READS, 200, json!({ "product": "$product" })),
        row("get-experiment", READS, 200, json!({ "key": "$experiment" })),
        row("plan-experiment", WRITES, 201, json!({ "product": "$product", "title": "Ask ten" })),
        row("edit-experiment", WRITES, 200, json!({ "key": "$experiment", "title": "Ask twelve" })),
        row("start-experiment", WRITES, 200, json!({ "key": "$new:experiment" })),
        row("conclude-experiment", WRITES, 200, json!({ "key": "$new:running-experiment", "state": "supported", "result": "8 of 10", "verdict": "persevere" })),
        row("list-work-items", READS, 200, json!({ "product": "$product" })),
        row("get-work-item", READS, 200, json!({ "key": "$item" })),
        row("suggest-points", READS, 200, json!({ "key": "$item" })),
        row("get-forecast", READS, 200, json!({ "product": "$product", "items": 5 })),
        row("get-quality", READS, 200, json!({ "product": "$product" })),
        row("find-similar", READS, 200, json!({ "product": "$product", "title": "Slow refunds" })),
        row("board", READS, 200, json!({ "product": "$product" })),
        row("create-work-item", WRITES, 201, json!({ "product": "$product", "title": "New" })),
        row("edit-work-item", WRITES, 200, json!({ "key": "$item", "title": "Renamed" })),
        row("move-work-item", WRITES, 200, json!({ "key": "$item", "to": "top" })),
        // Its own item, since one may be put into the bin.
        row("bulk-edit", WRITES, 200, json!({ "items": ["$new:item"], "priority": "high" })),
        row("group-work-items", READS, 200, json!({ "product": "$product", "q": "group:state" })),
        row("list-filter-words", READS, 200, json!({ "product": "$product", "field": "state" })),
        row("preview-lines", READS, 200, json!({ "product": "$product", "lines": "- One" })),
        row("create-many", WRITES, 200, json!({ "product": "$product", "lines": "- One" })),
        row("list-views", READS, 200, json!({ "product": "$product" })),
        row("get-view", READS, 200, json!({ "view": "$view" })),
        row("create-view", WRITES, 201, json!({ "product": "$product", "name": "Mine" })),
        row("edit-view", KEEPERS, 200, json!({ "view": "$view", "name": "Ours" })),
        row("remove-view", KEEPERS, 200, json!({ "view": "$new:view" })),
        row("pin-view", PROPOSES, 200, json!({ "view": "$view" })),
    ]
}

#[rustfmt::skip]
fn thread() -> Vec<Row> {
    vec![
        row("add-link", WRITES, 200, json!({ "from": "$new:item", "to": "$need" })),
        row("remove-link", WRITES, 200, json!({ "from": "$new:linked", "to": "$need" })),
        row("bulk-link", WRITES, 200, json!({ "items": ["$new:item"], "to": "$need" })),
        row("path-to-why", READS, 200, json!({ "key": "$item" })),
        row("list-gaps", READS, 200, json!({ "product": "$product" })),
        row("list-questions", READS, 200, json!({ "product": "$product" })),
        row("ask-question", PROPOSES, 200, json!({ "key": "$item" })),
        row("answer-question", PROPOSES, 200, json!({ "question": "$new:question", "answer": "Because." })),
        row("list-pages", READS, 200, json!({ "product": "$product" })),
        row("get-page", READS, 200, json!({ "key": "$page" })),
        row("export-pages", READS, 200, json!({ "product": "$product" })),
        row("write-page", WRITES, 201, json!({ "product": "$product", "title": "New" })),
        row("edit-page", WRITES, 200, json!({ "key": "$page", "title": "Renamed" })),
        row("move-page", WRITES, 200, json!({ "key": "$new:page" })),
        row("list-named", READS, 200, json!({ "key": "$item" })),
        row("list-attachments", READS, 200, json!({ "on": "$item" })),
        row("get-attachment", READS, 200, json!({ "attachment": "$attachment" })),
        row("attach-file", WRITES, 201, json!({ "on": "$item", "name": "a.txt", "text": "Words" })),
        row("attach-file", WRITES, 201, json!({ "on": "$product", "name": "a.txt", "text": "Words" })),
        row("rename-attachment", WRITES, 200, json!({ "attachment": "$attachment", "name": "b.txt" })),
        row("remove-attachment", WRITES, 200, json!({ "attachment": "$new:attachment" })),
        row("restore-attachment", WRITES, 200, json!({ "attachment": "$new:removed-attachment" })),
        row("erase-attachment", MANAGES, 200, json!({ "attachment": "$new:attachment" })),
        row("list-comments", READS, 200, json!({ "key": "$item" })),
        row("add-comment", PROPOSES, 200, json!({ "key": "$item", "body": "Yes." })),
        row("edit-comment", PROPOSES, 200, json!({ "comment": "$own:comment", "body": "No." })),
        row("edit-comment", OWN_WORDS, 200, json!({ "comment": "$comment", "body": "Mine." })),
        row("remove-comment", PROPOSES, 200, json!({ "comment": "$own:comment" })),
        row("remove-comment", AUTHORS, 200, json!({ "comment": "$new:comment" })),
        row("item-history", READS, 200, json!({ "key": "$item" })),
        row("list-activity", READS, 200, json!({ "product": "$product" })),
        row("item-as-of", READS, 200, json!({ "key": "$item", "at": "2026-03-02" })),
        row("order-as-of", READS, 200, json!({ "product": "$product", "at": "2026-03-02" })),
        row("list-bin", READS, 200, json!({ "product": "$product" })),
        row("bin-item", WRITES, 200, json!({ "key": "$new:item" })),
        row("restore-item", WRITES, 200, json!({ "key": "$new:binned" })),
        row("undo", WRITES, 200, json!({ "change": "$own:change" })),
        row("list-own-reads", ALL, 200, json!({})),
        row("list-audience", READS, 200, json!({ "product": "$product" })),
        row("list-notifications", ALL, 200, json!({})),
        row("read-notification", ALL_CHANGE, 200, json!({ "notification": "$person" })),
        row("read-all-notifications", ALL_CHANGE, 200, json!({})),
        row("search", ALL, 200, json!({ "q": "slow" })),
    ]
}

#[rustfmt::skip]
fn imports() -> Vec<Row> {
    vec![
        row("upload-import", WRITES, 201, json!({ "product": "$product", "file": "a.csv", "text": "Summary,Issue key\nOne,A-1" })),
        row("make-export", PROPOSES, 201, json!({ "product": "$product" })),
        row("list-exports", ALL, 200, json!({})),
        row("get-export", of("NNNN NNN UNU", ""), 200, json!({ "export": "$person" })),
        row("list-imports", WRITERS_READ, 200, json!({ "product": "$product" })),
        row("get-import", WRITERS_READ, 200, json!({ "import": "$import" })),
        row("map-import", WRITES, 200, json!({ "import": "$import" })),
        row("apply-import", WRITES, 200, json!({ "import": "$import" })),
        row("discard-import", WRITES, 200, json!({ "import": "$new:import" })),
    ]
}

/// An address that is no action or query of the API.
pub struct Address {
    /// As the router has it, as `GET /p/{product}/backlog`.
    pub route: &'static str,
    pub class: Class,
    /// The status when it is done.
    pub done: u16,
    /// What fills the path, the query of a GET, or the form of a POST; placeholders as in a row.
    pub with: &'static [(&'static str, &'static str)],
}

pub const fn at(
    route: &'static str,
    class: Class,
    done: u16,
    with: &'static [(&'static str, &'static str)],
) -> Address {
    Address { route, class, done, with }
}

const PRODUCT: &[(&str, &str)] = &[("product", "$product")];
const IMPORT: &[(&str, &str)] = &[("product", "$product"), ("import", "$import"), ("do", "map")];

/// Every address that the router answers, the API's actions and queries aside.
#[rustfmt::skip]
pub const ADDRESSES: &[Address] = &[
    // One's own.
    at("GET /", ALL, 200, &[]),
    at("GET /account", ALL, 200, &[]),
    at("GET /notifications", ALL, 200, &[]),
    at("GET /search", ALL, 200, &[("q", "slow")]),
    at("GET /search.json", ALL, 200, &[("q", "slow")]),
    at("GET /hints", ALL, 200, &[("title", "As a rider, I want to pay.")]),
    at("GET /live", ALL, 200, &[]),
    // The workspace.
    at("GET /teams", MEMBERS, 200, &[]),
    at("GET /teams/{team}", MEMBERS_HERE, 200, &[("team", "$team")]),
    at("GET /people", ADMINS, 200, &[]),
    at("GET /mail", ADMINS, 200, &[]),
    at("POST /people/archive", of("PFFF FFP UFU", ""), 422, &[("name", "another")]),
    at("POST /people/reopen", of("PFFF FFP UFU", ""), 303, &[]),
    at("POST /people/invite", ADMINS, 200, &[("role", "guest")]),
    at("POST /people/reset", ADMINS_HERE, 200, &[("person", "$person")]),
    // A product.
    at("GET /p/{product}", OPEN, 303, PRODUCT),
    at("GET /p/{product}/backlog", READS, 200, PRODUCT),
    at("GET /p/{product}/epics", READS, 200, PRODUCT),
    at("GET /p/{product}/forecast", READS, 200, PRODUCT),
    at("GET /p/{product}/quality", READS, 200, PRODUCT),
    at("GET /p/{product}/inbox/themes", READS, 200, PRODUCT),
    at("GET /{key}/points", READS, 200, &[("key", "$item")]),
    at("GET /p/{product}/gates", READS, 200, PRODUCT),
    at("GET /p/{product}/gates/{gate}/pack", READS, 200, &[("product", "$product"), ("gate", "$gate")]),
    at("GET /p/{product}/phases", READS, 200, PRODUCT),
    at("GET /p/{product}/automations", READS, 200, PRODUCT),
    at("GET /p/{product}/git", READS, 200, PRODUCT),
    at("GET /p/{product}/fields", READS, 200, PRODUCT),
    at("GET /p/{product}/fields/adopt", READS, 200, PRODUCT),
    at("GET /p/{product}/templates", READS, 200, PRODUCT),
    at("GET /p/{product}/stale", READS, 200, PRODUCT),
    at("GET /p/{product}/new", WRITES, 200, PRODUCT),
    // Proven by the message itself, whoever sends it.
    at("POST /hooks/git/{source}", OPEN, 401, &[("source", "$git")]),
    at("GET /p/{product}/automations/{automation}", READS, 200, &[("product", "$product"), ("automation", "$automation")]),
    at("GET /p/{product}/phases/{phase}", READS, 200, &[("product", "$product"), ("phase", "$phase")]),
    at("GET /p/{product}/list", READS, 200, PRODUCT),
    at("GET /p/{product}/board", READS, 200, PRODUCT),
    at("GET /p/{product}/work-tree", READS, 200, PRODUCT),
    at("GET /p/{product}/timeline", READS, 200, PRODUCT),
    at("GET /p/{product}/calendar", READS, 200, PRODUCT),
    at("GET /p/{product}/triage", READS, 200, PRODUCT),
    at("GET /my-work", ALL, 200, &[]),
    at("GET /my-work/followed", ALL, 200, &[]),
    at("GET /p/{product}/table", READS, 200, PRODUCT),
    at("GET /p/{product}/views", READS, 200, PRODUCT),
    at("GET /p/{product}/words.json", READS, 200, PRODUCT),
    at("GET /p/{product}/items.csv", READS, 200, PRODUCT),
    at("GET /p/{product}/items.json", READS, 200, PRODUCT),
    at("GET /p/{product}/lines", WRITERS_READ, 200, PRODUCT),
    at("POST /p/{product}/lines", WRITERS_READ, 200, &[("product", "$product"), ("lines", "- One")]),
    at("GET /p/{product}/activity", READS, 200, PRODUCT),
    at("GET /p/{product}/past", READS, 200, PRODUCT),
    at("GET /p/{product}/bin", READS, 200, PRODUCT),
    at("GET /p/{product}/files", READS, 200, PRODUCT),
    at("GET /p/{product}/pages", READS, 200, PRODUCT),
    at("GET /p/{product}/pages.md", READS, 200, PRODUCT),
    at("GET /{key}", READS, 200, &[("key", "$page")]),
    at("GET /p/{product}/evidence", READS, 200, PRODUCT),
    at("GET /p/{product}/needs", READS, 200, PRODUCT),
    at("GET /objectives", ALL, 200, &[]),
    at("GET /p/{product}/objectives", READS, 200, PRODUCT),
    at("GET /p/{product}/opportunities", READS, 200, PRODUCT),
    at("GET /p/{product}/inbox", READS, 200, PRODUCT),
    at("GET /p/{product}/interviews", READS, 200, PRODUCT),
    at("GET /p/{product}/companies", READS, 200, PRODUCT),
    at("GET /{key}", READS, 200, &[("key", "$interview")]),
    at("GET /p/{product}/okr-report", READS, 200, PRODUCT),
    at("GET /p/{product}/strategy", READS, 200, PRODUCT),
    at("GET /p/{product}/strategy/{kind}", READS, 200, &[("product", "$product"), ("kind", "vision")]),
    at("GET /p/{product}/metrics", READS, 200, PRODUCT),
    at("GET /p/{product}/stakeholders", READS, 200, PRODUCT),
    at("GET /p/{product}/stakeholders/{stakeholder}", READS, 200, &[("product", "$product"), ("stakeholder", "$stakeholder")]),
    at("GET /p/{product}/requirements", READS, 200, PRODUCT),
    at("GET /p/{product}/lifecycle", READS, 200, PRODUCT),
    at("GET /p/{product}/market", READS, 200, PRODUCT),
    at("GET /p/{product}/reports", READS, 200, PRODUCT),
    at("GET /p/{product}/reports/strategy", READS, 200, PRODUCT),
    at("GET /p/{product}/reports/voice", READS, 200, PRODUCT),
    at("GET /p/{product}/reports/decisions", READS, 200, PRODUCT),
    at("GET /portfolio", ALL, 200, &[]),
    at("GET /p/{product}/roadmap", READS, 200, PRODUCT),
    at("GET /p/{product}/roadmap/file/{format}", READS, 200, &[("product", "$product"), ("format", "csv")]),
    at("GET /p/{product}/priorities", READS, 200, PRODUCT),
    at("GET /p/{product}/fits", READS, 200, PRODUCT),
    at("GET /p/{product}/kano", READS, 200, PRODUCT),
    at("GET /p/{product}/tree", READS, 200, PRODUCT),
    at("GET /p/{product}/tree.svg", READS, 200, PRODUCT),
    at("GET /p/{product}/questions", READS, 200, PRODUCT),
    at("GET /p/{product}/decisions", READS, 200, PRODUCT),
    at("GET /p/{product}/releases", READS, 200, PRODUCT),
    at("GET /p/{product}/experiments", READS, 200, PRODUCT),
    at("GET /p/{product}/gaps", READS, 200, PRODUCT),
    at("GET /p/{product}/audience.json", READS, 200, PRODUCT),
    at("GET /p/{product}/settings", READS, 200, PRODUCT),
    at("GET /teams/{team}/calendar", MEMBERS_HERE, 200, &[("team", "$team")]),
    at("GET /ceremonies/{ceremony}", MEMBERS_HERE, 200, &[("ceremony", "$ceremony")]),
    at("GET /calendar/{token}", OPEN, 404, &[("token", "unknown")]),
    at("GET /charters", ALL, 200, &[]),
    at("GET /charters/{charter}", READS, 200, &[("charter", "$charter")]),
    at("GET /arrangement", READS, 200, PRODUCT),
    at("GET /handovers", READS, 200, PRODUCT),
    at("GET /teams/{team}/policy", MEMBERS_HERE, 200, &[("team", "$team")]),
    at("GET /p/{product}/policy", READS, 200, PRODUCT),
    at("GET /p/{product}/refinement", READS, 200, PRODUCT),
    at("GET /p/{product}/refinement/{session}", READS, 200, &[("product", "$product"), ("session", "$refinement")]),
    at("GET /{key}/acceptance", READS, 200, &[("key", "$item")]),
    at("GET /p/{product}/sprints", READS, 200, PRODUCT),
    at("GET /p/{product}/sprints/{iteration}", READS, 200, &[("product", "$product"), ("iteration", "$sprint")]),
    at("GET /p/{product}/flow", READS, 200, PRODUCT),
    at("GET /policies/{policy}", READS, 200, &[("policy", "$product-policy")]),
    at("GET /policies/{policy}/switch", WRITES, 200, &[("policy", "$product-policy")]),
    at("GET /p/{product}/import", WRITES, 200, PRODUCT),
    at("GET /p/{product}/import/{import}", WRITES, 200, IMPORT),
    at("POST /p/{product}/import/{import}", WRITES, 303, IMPORT),
    // A thing with a key, of each kind.
    at("GET /{key}", READS, 200, &[("key", "$item")]),
    at("GET /{key}", READS, 200, &[("key", "$need")]),
    at("GET /{key}", READS, 200, &[("key", "$evidence")]),
    at("GET /{key}", READS, 200, &[("key", "$objective")]),
    at("GET /{key}", READS, 200, &[("key", "$key-result")]),
    at("GET /{key}", READS, 200, &[("key", "$opportunity")]),
    at("GET /{key}", READS, 200, &[("key", "$decision")]),
    at("GET /{key}", READS, 200, &[("key", "$released")]),
    at("GET /{key}", READS, 200, &[("key", "$option")]),
    at("GET /{key}", READS, 200, &[("key", "$experiment")]),
    at("GET /{key}", READS, 200, &[("key", "$requirement")]),
    at("GET /{key}", READS, 200, &[("key", "$metric")]),
    at("GET /{key}/why", READS, 200, &[("key", "$item")]),
    at("GET /{key}/edit", WRITES, 200, &[("key", "$item"), ("field", "state")]),
    at("POST /preview", ALL, 200, &[("body", "words"), ("_preview", "body")]),
    // Forms: each action's own is tested with its row.
    at("POST /do/{action}", WRITES, 303, &[("action", "edit-work-item"), ("key", "$item"), ("title", "Named")]),
    at("POST /move", WRITES, 303, &[("item", "$new:item"), ("before", "$item")]),
    // Before one is signed in.
    at("POST /theme", OPEN, 303, &[("theme", "dark")]),
    at("GET /setup/{token}", OPEN, 409, &[("token", "unknown")]),
    at("POST /setup/{token}", OPEN, 409, &[("token", "unknown"), ("workspace", "W"), ("name", "N"),
        ("email", "n@example.org"), ("password", "long enough for it"), ("product_name", "P"), ("product_key", "P")]),
    at("GET /shared/roadmap/{token}", OPEN, 404, &[("token", "unknown")]),
    at("GET /survey/{token}", OPEN, 404, &[("token", "unknown")]),
    at("POST /survey/{token}", OPEN, 404, &[("token", "unknown")]),
    at("GET /join/{token}", OPEN, 409, &[("token", "unknown")]),
    at("POST /join/{token}", OPEN, 409, &[("token", "unknown"), ("name", "N"), ("email", "n@example.org"),
        ("password", "long enough for it")]),
    at("GET /forgot", OPEN, 200, &[]),
    at("GET /reset/{token}", OPEN, 409, &[("token", "unknown")]),
    at("POST /reset/{token}", OPEN, 409, &[("token", "unknown"), ("password", "long enough for it")]),
    // For programs.
    at("GET /p/{product}/export", READS, 200, PRODUCT),
    at("GET /p/{product}/export/{format}", READS, 200, &[("product", "$product"), ("format", "json")]),
    at("GET /openapi.json", OPEN, 200, &[]),
    at("GET /healthz", OPEN, 200, &[]),
    at("GET /readyz", OPEN, 200, &[]),
    at("GET /docs/api", OPEN, 200, &[]),
    at("GET /api", OPEN, 303, &[]),
    at("GET /assets/{path}", OPEN, 404, &[("path", "unknown")]),
];

/// Addresses whose answer the classes cannot say, and where it is tested instead.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("POST /mcp", "mcp.rs: an_agent_is_let_in_by_its_token"),
    ("GET /api/v1/export", "exports.rs: an_export_holds_what_one_may_see"),
    (
        "GET /exports/{export}",
        "exports.rs: an_export_is_made_in_the_background_with_files_and_kept_for_a_day",
    ),
    ("GET /api/v1/products/{product}/export", "exports.rs: an_export_holds_what_one_may_see"),
    ("GET /login", "permissions.rs: signing_in_is_for_those_who_are_not"),
    ("POST /forgot", "smtp.rs: invitations_and_new_passwords_come_by_mail"),
    ("POST /login", "web.rs: a_wrong_password_keeps_the_address_and_many_close_the_door"),
    ("GET /metrics", "metrics.rs: figures_are_for_this_machine_and_for_admins"),
    ("POST /logout", "permissions.rs: signing_in_is_for_those_who_are_not"),
    ("POST /p/{product}/evidence/import", "intake.rs: a_table_is_looked_at_first_and_taken_once"),
    ("GET /files/{file}", "files/serving.rs: a_private_products_files_are_not_there_for_others"),
    (
        "GET /files/{file}/small",
        "files/serving.rs: a_small_copy_of_a_picture_is_made_once_and_goes_with_it",
    ),
    ("POST /files", "files/attaching.rs: a_form_attaches_for_those_who_may_write"),
    ("POST /p/{product}/import", "permissions.rs: files_are_imported_by_those_who_may_write"),
];
