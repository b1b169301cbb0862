//! The API in words: what each action and query does, takes and answers, from the registry. The
//! embedded page and `docs/api-reference.md` show the same.

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::registry::{ENTRIES, schema};
use crate::kernel::Access;
use crate::store::Entry;

/// The calls about one noun.
pub struct Group {
    pub title: String,
    pub calls: Vec<Call>,
}

/// One action or query.
pub struct Call {
    pub name: &'static str,
    pub summary: &'static str,
    pub method: &'static str,
    /// With `/api/v1`.
    pub path: String,
    pub who: &'static str,
    pub fields: Vec<Field>,
    /// As one types it in a shell.
    pub example: String,
    pub errors: Vec<(u16, &'static str)>,
}

/// One field of a call's input.
pub struct Field {
    pub name: String,
    /// `path`, `query` or `body`.
    pub place: &'static str,
    pub kind: String,
    pub required: bool,
    pub about: String,
}

/// Every call, grouped by the noun its path begins with.
pub fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for entry in ENTRIES {
        let noun = entry.meta.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let title = sentence(noun);
        let call = call(entry);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.calls.push(call),
            None => groups.push(Group { title, calls: vec![call] }),
        }
    }
    groups
}

fn sentence(noun: &str) -> String {
    let mut letters = noun.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str()).replace('-', " ")
}

fn call(entry: &Entry) -> Call {
    let meta = entry.meta;
    let schema = schema(entry);
    let fields = fields(entry, schema);
    Call {
        name: meta.name,
        summary: meta.summary,
        method: meta.method,
        path: format!("/api/v1{}", meta.path),
        who: who(entry),
        example: example(entry, schema, &fields),
        errors: errors(entry, &fields),
        fields,
    }
}

fn who(entry: &Entry) -> &'static str {
    match (entry.meta.access, entry.changes) {
        (Access::Read, _) => "Whoever may see it; a read-only token is enough.",
        (Access::Propose, _) => "Whoever may see it, guests included.",
        (Access::Write, true) => "Members, admins and owners who may see it.",
        (Access::Write, false) => "Members, admins and owners; a read-only token is enough.",
        (Access::Admin, _) => "Admins and owners.",
        (Access::Owner, _) => "Owners.",
    }
}

/// Texts without which nothing is done, wherever they are no optional field.
const ESSENTIAL: [&str; 9] =
    ["product", "title", "key", "period", "verbatim", "from", "to", "items", "objective"];

fn fields(entry: &Entry, schema: &Json) -> Vec<Field> {
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    let listed = schema["required"].as_array().cloned().unwrap_or_default();
    let in_path = |name: &str| entry.meta.path.contains(&format!("{{{name}}}"));
    let mut all: Vec<Field> = properties
        .iter()
        .map(|(name, field)| {
            let essential = ESSENTIAL.contains(&name.as_str()) && !nullable(field);
            let place = match (in_path(name), entry.changes) {
                (true, _) => "path",
                (false, true) => "body",
                (false, false) => "query",
            };
            Field {
                name: name.clone(),
                place,
                kind: kind(field),
                required: place == "path" || essential || listed.iter().any(|one| one == name),
                about: about(field),
            }
        })
        .collect();
    all.sort_by_key(|field| (field.place != "path", !field.required));
    all
}

/// What is said of the field itself; an id's own words would only repeat its kind.
fn about(field: &Json) -> String {
    let said = field["description"].as_str().unwrap_or_default();
    if format(field) == Some("uuid") { String::new() } else { said.replace('\n', " ") }
}

fn kinds(field: &Json) -> Vec<&str> {
    match &field["type"] {
        Json::String(one) => vec![one],
        Json::Array(many) => many.iter().filter_map(Json::as_str).collect(),
        _ => field["anyOf"].as_array().into_iter().flatten().flat_map(kinds).collect(),
    }
}

fn nullable(field: &Json) -> bool {
    kinds(field).contains(&"null")
}

/// The words of a choice, where the field is one.
fn words(field: &Json) -> Option<Vec<&str>> {
    let own = field["enum"].as_array().map(|all| all.iter().filter_map(Json::as_str).collect());
    own.or_else(|| field["anyOf"].as_array().into_iter().flatten().find_map(words))
}

fn kind(field: &Json) -> String {
    if let Some(words) = words(field) {
        return words.join(", ");
    }
    let shown: Vec<String> = kinds(field)
        .into_iter()
        .filter(|kind| *kind != "null")
        .map(|kind| match kind {
            "string" => match format(field) {
                Some("date") => "day".to_owned(),
                Some("uuid") => "id".to_owned(),
                _ => "text".to_owned(),
            },
            "array" => format!("list of {}", self::kind(&field["items"])),
            "boolean" => "true or false".to_owned(),
            "integer" => "whole number".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    if shown.is_empty() { "any".into() } else { shown.join(" or ") }
}

fn format(field: &Json) -> Option<&str> {
    let own = field["format"].as_str();
    own.or_else(|| field["anyOf"].as_array().into_iter().flatten().find_map(format))
}

fn errors(entry: &Entry, fields: &[Field]) -> Vec<(u16, &'static str)> {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    let named = ["product", "key", "from", "items", "objective", "person", "comment", "change"];
    let mut all = vec![(401, "The token is missing, wrong or expired.")];
    if entry.changes || entry.meta.access > Access::Read {
        all.push((403, "Your role does not allow it, or the token may only read."));
    }
    if entry.meta.path.contains('{') || named.iter().any(|name| has(name)) {
        all.push((404, "What is named is not there, or not shared with you."));
    }
    if has("revision") {
        all.push((409, "Somebody changed the same meanwhile, or the state of things forbids it."));
    } else if entry.changes {
        all.push((409, "The state of things forbids it; the message says what to do."));
    }
    if !fields.is_empty() {
        all.push((422, "A field cannot be taken; the message says which and why."));
    }
    all
}

/// A value that could stand in a field.
fn sample(entry: &str, name: &str, field: &Json) -> Json {
    let words = words(field).and_then(|words| words.first().map(|word| (*word).to_owned()));
    if let Some(word) = words {
        return word.into();
    }
    match name {
        "product" => "RIDE".into(),
        "key" if entry == "create-product" => "RIDE".into(),
        "key" | "from" => "RIDE-30".into(),
        "to" | "objective" => "RIDE-12".into(),
        "items" => json!(["RIDE-30"]),
        "title" => "Refund split tickets".into(),
        "verbatim" => "I paid twice and got half of one back.".into(),
        "period" => "2026 H1".into(),
        "q" => "refund".into(),
        "name" => "Weekly report".into(),
        "body" => "It happened again.".into(),
        "state" => "assessing".into(),
        _ => match kinds(field).first().copied() {
            Some("string") if format(field) == Some("uuid") => {
                "01990000-0000-7000-8000-000000000000".into()
            }
            Some("string") if format(field) == Some("date") || name == "at" => "2026-03-02".into(),
            Some("integer" | "number") => 5.into(),
            Some("boolean") => true.into(),
            Some("array") => json!([]),
            Some("object") => json!({}),
            _ => "…".into(),
        },
    }
}

/// The call with what it cannot do without.
fn example(entry: &Entry, schema: &Json, fields: &[Field]) -> String {
    let (mut path, mut query, mut body) = (entry.meta.path.to_owned(), Vec::new(), Map::new());
    // An edit names something to change, so its first text is part of the example.
    let edited = fields.iter().position(|f| !f.required && ["title", "name"].contains(&&*f.name));
    let edited = edited.filter(|_| entry.meta.method == "PATCH");
    let shown = |at: usize, field: &Field| field.required || Some(at) == edited;
    for (_, field) in fields.iter().enumerate().filter(|(at, field)| shown(*at, field)) {
        let value = sample(entry.meta.name, &field.name, &schema["properties"][&field.name]);
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match field.place {
            "path" => path = path.replace(&format!("{{{}}}", field.name), &text),
            "query" => query.push((field.name.clone(), text)),
            _ => {
                body.insert(field.name.clone(), value);
            }
        }
    }
    let mut line = "curl -H \"Authorization: Bearer $TOKEN\"".to_owned();
    if entry.changes && (entry.meta.method != "POST" || body.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write!(line, " -X {}", entry.meta.method);
    }
    if !body.is_empty() {
        let body = Json::Object(body).to_string().replace('\'', "’");
        let _ = write!(line, " -H \"Content-Type: application/json\" -d '{body}'");
    }
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    let query = if query.is_empty() { query } else { format!("?{query}") };
    format!("{line} \"$API{path}{query}\"")
}

/// The reference as `docs/api-reference.md` holds it.
pub fn markdown() -> String {
    let mut text = "# API reference\n\nMade from the registry by a test; do not edit. \
        How to call it, errors and paging: [api.md](api.md). `$API` ends in `/api/v1`.\n"
        .to_owned();
    for group in groups() {
        let _ = write!(text, "\n## {}\n", group.title);
        for call in &group.calls {
            let Call { name, summary, method, path, who, example, .. } = call;
            let _ = write!(text, "\n### {summary}\n`{method} {path}` · `{name}`\n\n{who}\n");
            if !call.fields.is_empty() {
                text.push_str("\n| field | in | kind | |\n|---|---|---|---|\n");
            }
            for Field { name, place, kind, required, about } in &call.fields {
                let needed = if *required { "needed. " } else { "" };
                let about = format!("{needed}{about}").replace('|', "\\|");
                let _ = writeln!(text, "| `{name}` | {place} | {kind} | {} |", about.trim());
            }
            let errors: Vec<String> = call.errors.iter().map(|(s, _)| s.to_string()).collect();
            let errors = errors.join(", ");
            let _ = write!(text, "\n```console\n{example}\n```\nErrors: {errors}.\n");
        }
    }
    text
}
