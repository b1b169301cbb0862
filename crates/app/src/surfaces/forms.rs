//! Forms: a plain POST to `/do/{action}` with the action's fields, answered by a redirect. Where it
//! cannot be done, the answer shows why, with everything that was typed, to be sent again.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use maud::{Markup, html};
use serde_json::{Map, Value as Json};

use super::session::{TOAST, Visitor, set_cookie, theme};
use super::{Shared, pages, registry};
use crate::kernel::{Actor, Conflict, Error, Id};
use crate::people::nouns::title_of;
use crate::shell::{self, Plain, Tone};
use crate::store::{Call, Entry};
use crate::thread::history::name_others;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/do/{action}", post(submit)).route("/move", post(move_item))
}

/// Stands in `_back` for the id of what is made.
const ITS_ID: &str = "{id}";

/// The pairs of a query string or form.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(text).unwrap_or_default()
}

/// Texts as the schema wants them: numbers, true and false, lists; what is empty and no text is null.
pub(super) fn typed(
    schema: &Json,
    pairs: impl Iterator<Item = (String, String)>,
) -> Map<String, Json> {
    let mut all = Map::new();
    let mut added = (String::new(), String::new());
    for (name, text) in pairs {
        if let Some((object, rest)) = part_of(schema, &name) {
            // Of single fields an empty one says that it is emptied; several of one name belong together.
            let (empties, several) = (object == "set_fields", object.ends_with("fields"));
            let object = all.entry(object).or_insert_with(|| Json::Object(Map::new()));
            match (rest, object) {
                ("+name", _) => added.0 = text,
                ("+value", _) => added.1 = text,
                (rest, Json::Object(entries)) if empties || !text.trim().is_empty() => {
                    entry(entries, rest.trim_start_matches('.'), text, several);
                }
                _ => {}
            }
            continue;
        }
        let field = &schema["properties"][&name];
        if allows(field, "array") {
            let list = all.entry(name).or_insert_with(|| Json::Array(Vec::new()));
            if let (Json::Array(list), false) = (list, text.is_empty()) {
                list.push(Json::String(text));
            }
            continue;
        }
        all.insert(name, one(field, text));
    }
    if !added.0.trim().is_empty()
        && let Some(Json::Object(fields)) = all.get_mut("fields")
    {
        fields.insert(added.0.trim().to_owned(), Json::String(added.1));
    }
    all
}

/// Puts an entry into an object that a form sends; of several values each stands in a line.
fn entry(entries: &mut Map<String, Json>, name: &str, text: String, several: bool) {
    match entries.get_mut(name) {
        Some(Json::String(before)) if several => {
            if !before.is_empty() && !text.is_empty() {
                before.push('\n');
            }
            before.push_str(&text);
        }
        _ => {
            entries.insert(name.to_owned(), Json::String(text));
        }
    }
}

/// `inputs.reach` is one entry of the object `inputs`; `fields+name` and `fields+value` add one to
/// `fields`.
fn part_of<'n>(schema: &Json, name: &'n str) -> Option<(String, &'n str)> {
    let at = name.find(['.', '+'])?;
    let (object, rest) = name.split_at(at);
    let field = &schema["properties"][object];
    let entry = object == "fields" || rest.starts_with('.');
    (entry && allows(field, "object")).then(|| (object.to_owned(), rest))
}

fn one(field: &Json, text: String) -> Json {
    let plain = allows(field, "string") && field.get("format").is_none();
    if text.trim().is_empty() && !plain && !allows(field, "boolean") {
        return Json::Null;
    }
    if allows(field, "boolean") {
        return Json::Bool(matches!(text.as_str(), "true" | "on" | "1" | "yes"));
    }
    if allows(field, "integer") || allows(field, "number") {
        let number = text.trim().replace(',', ".");
        if let Ok(whole) = number.parse::<i64>() {
            return whole.into();
        }
        // What is beyond all numbers stays the text that it is, to be refused as one.
        if let Some(real) = number.parse::<f64>().ok().filter(|real| real.is_finite()) {
            return real.into();
        }
    }
    Json::String(text)
}

fn allows(field: &Json, kind: &str) -> bool {
    match &field["type"] {
        Json::String(one) => one == kind,
        Json::Array(many) => many.iter().any(|k| k == kind),
        _ => field["anyOf"].as_array().is_some_and(|any| any.iter().any(|f| allows(f, kind))),
    }
}

async fn submit(
    State(app): State<Shared>,
    Path(action): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    let Some(entry) = registry::entry(&action).filter(|e| e.changes) else {
        return pages::error_page(&Error::NotFound("action"), theme(&headers));
    };
    let mut sent = query.as_deref().map(pairs).unwrap_or_default();
    sent.extend(pairs(&body));
    run(&app, entry, visitor, &headers, sent).await
}

/// A drag: the shell's names for an item, its neighbours and its column.
async fn move_item(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    let noun = query.as_deref().unwrap_or_default();
    let name = match noun {
        "opportunity" => "move-opportunity",
        "roadmap" => "place-on-roadmap",
        "tree" => "put-under",
        _ => "move-work-item",
    };
    let Some(entry) = registry::entry(name) else {
        return pages::error_page(&Error::NotFound("action"), theme(&headers));
    };
    let all = pairs(&body);
    let get =
        |name: &str| all.iter().find(|(k, v)| k == name && !v.is_empty()).map(|(_, v)| v.clone());
    let mut sent = Vec::new();
    let named = if noun == "roadmap" { "item" } else { "key" };
    sent.extend(get("item").map(|v| (named.to_owned(), v)));
    let (before, after) = (get("before"), get("after"));
    let empty = before.is_none() && after.is_none();
    match (before, after) {
        _ if noun == "tree" => {}
        (Some(before), _) => sent.push(("before".into(), before)),
        (None, Some(after)) if matches!(noun, "" | "work-tree") => {
            sent.push(("after".into(), after))
        }
        _ => {}
    }
    match get("column") {
        Some(horizon) if noun == "roadmap" => sent.push(("horizon".into(), horizon)),
        Some(under) if matches!(noun, "tree" | "work-tree") => sent.push(("under".into(), under)),
        Some(state) if noun.is_empty() => sent.push(("state".into(), state)),
        None if empty && noun.is_empty() => sent.push(("to".into(), "bottom".into())),
        _ => {}
    }
    sent.extend(all.iter().filter(|(k, _)| k.starts_with('_')).cloned());
    run(&app, entry, visitor, &headers, sent).await
}

async fn run(
    app: &Shared,
    entry: &'static Entry,
    Visitor(actor): Visitor,
    headers: &HeaderMap,
    sent: Vec<(String, String)>,
) -> Response {
    let special = |name: &str| sent.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
    let fields: Vec<(String, String)> =
        sent.iter().filter(|(k, _)| !k.starts_with('_')).cloned().collect();
    let back = special("_back").filter(|b| is_local(b));
    let call = Call {
        input: Json::Object(typed(registry::schema(entry), fields.iter().cloned())),
        reason: special("_reason").filter(|r| !r.trim().is_empty()),
        submission: special("_submission").filter(|s| !s.is_empty() && s.len() <= 200),
        ..Call::default()
    };
    let done = entry.invoke(&app.db, &app.clock, actor.clone(), call).await;
    match done {
        Ok(done) => {
            app.metrics.changed(&done, "web");
            let key = done.output.word("key").map(|k| format!("/{k}"));
            let referer = headers
                .get(header::REFERER)
                .and_then(|v| v.to_str().ok())
                .and_then(|r| r.split_once("://"))
                .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
                .filter(|path| is_local(path));
            // What is kept in passing leaves one where one is.
            let stays = special("_stay").is_some();
            let to = match (back, stays) {
                (Some(back), _) => Some(back),
                (None, true) => referer.or(key),
                (None, false) => key.or(referer),
            };
            // A page of what was just made is named before its id is known.
            let id = done.output.word("id").unwrap_or_default();
            let to = to.unwrap_or_else(|| "/".into()).replace(ITS_ID, &id);
            let to = if is_local(&to) { to } else { "/".into() };
            let secret = done.output.word("secret");
            let change = done.change.map(|c| c.to_string()).unwrap_or_default();
            if let Some(secret) = secret {
                // An address is of use only whole.
                let site = pages::base(app, headers);
                let whole = if is_local(&secret) { format!("{site}{secret}") } else { secret };
                return pages::show_once(&whole, &to, theme(headers));
            }
            let ask = if done.unexplained { ".why" } else { "" };
            // Who stays where they were is told what they made.
            let made = done.output.word("key").filter(|key| to != format!("/{key}"));
            // Of many at once, how many.
            let made = made.or_else(|| done.output.json().get("changed").map(ToString::to_string));
            let made = made.map(|made| format!("@{made}")).unwrap_or_default();
            // Editing many is also how many are moved to the bin.
            let name = match special("bin").as_deref() {
                Some("true") => "bin-items",
                _ => entry.meta.name,
            };
            let toast = format!("{change}.{name}{made}{ask}");
            let cookie = set_cookie(app, TOAST, &toast, 60);
            // A script, as after a drag, asks what changed, so that it knows the echo as its own.
            if by_script(headers) {
                let change = ("x-change", change);
                return (StatusCode::NO_CONTENT, [change], [(header::SET_COOKIE, cookie)])
                    .into_response();
            }
            (StatusCode::SEE_OTHER, [(header::LOCATION, to)], [(header::SET_COOKIE, cookie)])
                .into_response()
        }
        Err(error) => {
            let error = with_names(app, actor, error).await;
            if by_script(headers) {
                return super::api::error_response(&error);
            }
            let to = format!("/do/{}", entry.meta.name);
            retry_page(entry, &to, &error, &sent, back.as_deref(), headers)
        }
    }
}

/// The error; of what two people changed it names the other, and the item.
pub(super) async fn with_names(app: &Shared, actor: Actor, error: Error) -> Error {
    let Error::Conflict(conflict) = error else { return error };
    let mut named = conflict.clone();
    let read = app.db.read(move |conn| {
        name_others(conn, &actor, &mut named)?;
        let item = title_of(conn, actor.workspace, named.object)?;
        named.item = item.map(|(key, title)| format!("{key} {}", shell::clipped(&title)));
        Ok(named)
    });
    match read.await {
        Ok(named) => Error::Conflict(named),
        // The conflict is the news, whoever it was.
        Err(error) => {
            tracing::warn!(%error, "a conflict names nobody");
            Error::Conflict(conflict)
        }
    }
}

/// Who changed the same meanwhile.
fn others(conflict: &Conflict) -> String {
    let mut names: Vec<&str> = Vec::new();
    for field in &conflict.fields {
        let name = field.by.as_deref().unwrap_or("Somebody else");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" and ")
}

/// Whether a script sent it, which shows the answer in its own place.
fn by_script(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|v| v == "application/json")
}

/// A path on this server, never another site.
pub(super) fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control())
}

/// What was wrong, with all that was typed; sending again needs no other page.
pub(super) fn retry_page(
    entry: &Entry,
    to: &str,
    error: &Error,
    sent: &[(String, String)],
    back: Option<&str>,
    headers: &HeaderMap,
) -> Response {
    if let Error::Internal(text) = error {
        tracing::error!(%text, action = entry.meta.name, "an action failed");
    }
    let (newest, title) = match error {
        Error::Conflict(conflict) => {
            let item = conflict.item.as_ref().map_or(String::new(), |item| format!("{item}: "));
            (Some(conflict.revision), format!("{item}{} changed the same", others(conflict)))
        }
        _ => (None, entry.meta.summary.to_owned()),
    };
    // An answer that is shown once, as links are, is a page that the browser itself asks for.
    let form = if to.starts_with("/do/") { shell::form } else { shell::plain_form };
    // Of what two people changed only that is to be settled; where it is none of the fields, all are shown.
    let some = sent.iter().any(|(name, _)| contested(error, name));
    let settled = |name: &str| some && !contested(error, name);
    let left = |name: &str| match error {
        Error::Conflict(conflict) => conflict.left.iter().any(|field| is_of(field, name)),
        _ => false,
    };
    let main = html! {
        h1 { (title) }
        // Scripts show it in the form that was sent, unless it is long.
        @if newest.is_some() { (explain(error)) }
        @else { div data-refused=(field_of(error)) { (explain(error)) } }
        p.soft { "Nothing was changed, and nothing you typed is lost." }
        (form(to, html! {
            @for (name, value) in sent.iter().filter(|(name, value)| (name != "_reason" || !value.is_empty()) && !left(name)) {
                @let value = match (name.as_str(), newest) {
                    ("revision", Some(newest)) => newest.to_string(),
                    _ => value.clone(),
                };
                @if settled(name) { (shell::hidden(name, &value)) } @else { (retry_field(name, &value)) }
            }
            @if matches!(error, Error::Invalid { field: Some("reason"), .. }) {
                (shell::textarea("Why you do it", "_reason").rows(2).required())
            }
            div.acts {
                (shell::submit("Send again"))
                a.btn href=(back.unwrap_or("/").trim_end_matches(ITS_ID).trim_end_matches('/')) { "Leave it" }
            }
        }))
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = Plain { theme: theme(headers), wide: true, ..Plain::new("Not done yet") };
    (status, page.render(main)).into_response()
}

/// The field that an error is about, if any.
fn field_of(error: &Error) -> &str {
    match error {
        Error::Invalid { field: Some(field), .. } => field,
        _ => "",
    }
}

/// Whether a field that was sent is one that somebody else changed meanwhile.
fn contested(error: &Error, name: &str) -> bool {
    let Error::Conflict(conflict) = error else { return false };
    conflict.fields.iter().any(|f| is_of(&f.field, name))
}

/// Whether a form sends a field of a record under this name.
fn is_of(field: &str, name: &str) -> bool {
    let sent = name.split('.').next().unwrap_or(name).trim_start_matches("set_");
    field.trim_end_matches("_id") == sent
}

fn retry_field(name: &str, value: &str) -> Markup {
    let quiet = name.starts_with('_')
        || ["key", "items", "revision", "product", "change", "comment"].contains(&name)
        // What a form keeps for itself tells nobody anything; what is chosen for an item may be one too.
        || (!name.contains('.') && value.parse::<Id>().is_ok());
    let own = name.strip_prefix("set_fields.").or_else(|| name.strip_prefix("fields."));
    let label = own.map_or_else(|| in_words(name), str::to_owned);
    html! {
        @if quiet { (shell::hidden(name, value)) }
        @else if value.len() > 80 || value.contains('\n') || ["body", "verbatim"].contains(&name) {
            (shell::textarea(&label, name).value(value).rows(8))
        } @else { (shell::field(&label, name).value(value)) }
    }
}

/// The name of a field as a label.
fn in_words(name: &str) -> String {
    let words = if name == "body" { "text".to_owned() } else { name.replace('_', " ") };
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// An error for a person; a conflict shows both texts.
pub(super) fn explain(error: &Error) -> Markup {
    let Error::Conflict(conflict) = error else {
        let text = match error {
            Error::Internal(_) => {
                "Something failed on our side and nothing was changed. Try again.".to_owned()
            }
            other => other.to_string(),
        };
        return shell::notice(Tone::Bad, html! { (text) });
    };
    let show = |v: &Json| match v {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    html! {
        (shell::notice(Tone::Warn, html! {
            (others(conflict)) " changed this meanwhile; nothing was overwritten. Below is what stood there when you opened it, what stands there now and what you wrote. Sending again puts yours in the place of what stands there now."
        }))
        @for field in &conflict.fields {
            @let now = format!("{}’s now", field.by.as_deref().unwrap_or("Somebody else"));
            (shell::section(&in_words(field.field.trim_end_matches("_id")), shell::two_of(
                ("When you opened it", &show(&field.was)),
                (&now, &show(&field.theirs)),
                ("Yours", &show(&field.yours)),
            )))
        }
    }
}
