//! A person's digest: one mail, at their own frequency, of what concerns them. Nothing where there
//! is nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::node;
use super::path::Sight;
use crate::db::{Conn, Sql, Tx, Value};
use crate::kernel::{Access, Actor, Day, Id, Result, Time, Via};
use crate::people::digests::{self, FREQUENCIES, Setting};
use crate::people::mail::{Letter, post};
use crate::people::members::Person;
use crate::people::nouns::one_of;
use crate::people::{accounts, digests::keep};
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader, Scope, load};
use crate::why::key_results::STALE;

statements! {
    NOTICES = "SELECT object_kind, object_id, kind FROM notification WHERE workspace_id = $1 AND person_id = $2 AND read_at IS NULL AND created_at >= $3 AND kind NOT LIKE '%-due' ORDER BY created_at DESC LIMIT 30";
    QUESTIONS = "SELECT q.object_kind, q.object_id, q.body FROM question q WHERE q.workspace_id = $1 AND q.answered_at IS NULL AND q.gone_at IS NULL AND (q.asked_by IS NULL OR q.asked_by <> $2) AND (EXISTS (SELECT 1 FROM work_item w WHERE w.workspace_id = $1 AND w.id = q.object_id AND w.assignee_id = $2) OR EXISTS (SELECT 1 FROM opportunity o WHERE o.workspace_id = $1 AND o.id = q.object_id AND o.owner_id = $2) OR EXISTS (SELECT 1 FROM key_result k WHERE k.workspace_id = $1 AND k.id = q.object_id AND k.owner_id = $2) OR EXISTS (SELECT 1 FROM decision d WHERE d.workspace_id = $1 AND d.id = q.object_id AND d.author_id = $2)) ORDER BY q.asked_at LIMIT 20";
    CHECK_INS = "SELECT 'key_result', id, COALESCE(checked_on, '') FROM key_result WHERE workspace_id = $1 AND owner_id = $2 AND state = 'active' AND gone_at IS NULL AND (checked_on IS NULL OR checked_on < $3) ORDER BY checked_on, id LIMIT 20";
    DECISIONS = "SELECT 'decision', id, COALESCE(review_on, '') FROM decision WHERE workspace_id = $1 AND author_id = $2 AND state = 'accepted' AND gone_at IS NULL AND review_on <= $3 ORDER BY review_on, id LIMIT 20";
    OUTCOMES = "SELECT 'release', r.id, COALESCE(r.released_on, '') FROM release r WHERE r.workspace_id = $1 AND r.owner_id = $2 AND r.state = 'released' AND r.gone_at IS NULL AND r.released_on <= $3 AND NOT EXISTS (SELECT 1 FROM outcome_review o WHERE o.workspace_id = $1 AND o.release_id = r.id) ORDER BY r.released_on DESC, r.id LIMIT 20";
}

/// Something that concerns its reader.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Item {
    pub key: String,
    pub title: String,
    /// What is to be done, or what happened.
    pub note: String,
}

/// Things of one sort.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Section {
    pub title: String,
    pub items: Vec<Item>,
}

/// When one's digest comes, and what would be in it now.
#[derive(Serialize, JsonSchema)]
pub struct DigestView {
    /// `off`, `daily` or `weekly`.
    pub frequency: String,
    /// 1 is Monday.
    pub weekday: i64,
    pub hour: i64,
    pub zone: String,
    pub next_at: Option<Time>,
    pub sections: Vec<Section>,
}

/// A title, the statement that finds what stands under it, what it takes beside the person, and how
/// the found word is told.
type Asked = (&'static str, &'static Sql, Option<Value>, fn(&str) -> String);

/// What concerns a person now; news since `since`.
fn sections(conn: &mut Conn, actor: &Actor, since: Time, now: Time) -> Result<Vec<Section>> {
    let news: Asked = ("Said to you", &NOTICES, Some(since.into()), |kind| match kind {
        "mention" => "somebody mentioned you".into(),
        "assigned" => "it is yours now".into(),
        "rule" => "a rule tells you".into(),
        "moved" => "you follow it, and its state changed".into(),
        "commented" => "you follow it, and somebody commented".into(),
        "judged" => "you follow it, and it was accepted or sent back".into(),
        "decided" => "you framed it, and something was decided about it".into(),
        _ => "somebody answered".into(),
    });
    let mut all = answered(conn, actor, vec![news])?;
    all.extend(waiting(conn, actor, now)?);
    Ok(all)
}

/// A day as people read it.
fn in_words(day: &str) -> String {
    day.parse().map_or_else(|_| day.to_owned(), Day::words)
}

/// What waits for a person: questions, check-ins, decisions to look at again, outcomes.
pub(super) fn waiting(conn: &mut Conn, actor: &Actor, now: Time) -> Result<Vec<Section>> {
    let today = now.day();
    let before = |days: i64| -> Value { today.plus_days(-days).into() };
    let asked: [Asked; 4] = [
        ("Questions that wait for you", &QUESTIONS, None, |body| body.chars().take(140).collect()),
        ("Check-ins", &CHECK_INS, Some(before(STALE)), |day| match day {
            "" => "no check-in yet".into(),
            day => format!("the last check-in was on {}", in_words(day)),
        }),
        ("Decisions to look at again", &DECISIONS, Some(before(0)), |day| {
            format!("to be reviewed on {}", in_words(day))
        }),
        ("What did it move?", &OUTCOMES, Some(before(30)), |day| {
            format!("released on {}, its outcome was not reviewed", in_words(day))
        }),
    ];
    answered(conn, actor, asked.into())
}

/// What is found of each, as far as the person sees it.
fn answered(conn: &mut Conn, actor: &Actor, asked: Vec<Asked>) -> Result<Vec<Section>> {
    let (ws, person) = (actor.workspace, actor.person);
    let sight = Sight::of(conn, actor)?;
    let mut all = Vec::new();
    for (title, sql, third, note) in asked {
        let mut values: Vec<Value> = vec![ws.into(), person.into()];
        values.extend(third);
        let rows: Vec<(String, Id, String)> =
            conn.query(sql, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let mut items: Vec<Item> = Vec::new();
        for (kind, id, word) in rows {
            if let Some(node) = node(conn, ws, &kind, id, None)?
                && sight.sees(node.product)
                && !items.iter().any(|i| i.key == node.key)
            {
                items.push(Item { key: node.key, title: node.title, note: note(&word) });
            }
        }
        if !items.is_empty() {
            all.push(Section { title: title.to_owned(), items });
        }
    }
    Ok(all)
}

/// A week back where none was sent before.
fn since(setting: &Setting, now: Time) -> Time {
    setting.last_at.unwrap_or(now.plus_days(-7))
}

fn view(conn: &mut Conn, actor: &Actor, setting: &Setting, now: Time) -> Result<DigestView> {
    Ok(DigestView {
        frequency: setting.frequency.clone(),
        weekday: setting.weekday,
        hour: setting.hour,
        zone: setting.zone.clone(),
        next_at: Some(setting.next_at).filter(|_| setting.frequency != "off"),
        sections: sections(conn, actor, since(setting, now), now)?,
    })
}

/// Show when your digest comes and what would be in it now.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetDigest {}

impl Query for GetDigest {
    type Output = DigestView;
    const META: Meta = Meta::query(
        "get-digest",
        "Show when your digest comes and what would be in it now",
        "/digest",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<DigestView> {
        let setting = digests::of_person(cx.conn, cx.actor.workspace, cx.actor.person)?;
        view(cx.conn, cx.actor, &setting, cx.now)
    }
}

/// Say when your digest comes: never, daily or weekly.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetDigest {
    /// `off`, `daily` or `weekly`.
    pub frequency: String,
    /// 1 is Monday, for weekly.
    pub weekday: Option<i64>,
    /// 0 to 23, in your time zone.
    pub hour: Option<i64>,
    /// Like `Europe/Berlin`.
    pub zone: Option<String>,
}

impl Action for SetDigest {
    type Output = DigestView;
    const META: Meta = Meta::action(
        "set-digest",
        "Say when your digest comes: never, daily or weekly",
        "PATCH",
        "/digest",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<DigestView> {
        let (actor, now) = (cx.actor.clone(), cx.now);
        let mut wanted = digests::of_person(cx.conn(), actor.workspace, actor.person)?;
        wanted.frequency = one_of("frequency", Some(&self.frequency), "", &FREQUENCIES)?;
        wanted.weekday = self.weekday.unwrap_or(wanted.weekday);
        wanted.hour = self.hour.unwrap_or(wanted.hour);
        if let Some(zone) = self.zone.clone().filter(|z| !z.trim().is_empty()) {
            wanted.zone = zone;
        }
        let kept = keep(cx, &wanted)?;
        view(cx.conn(), &actor, &kept, now)
    }
}

/// The text of a digest.
fn text(sections: &[Section], today: Day, token: &str) -> String {
    let mut text = format!("What concerns you, on {}.", today.words());
    for section in sections {
        text.push_str(&format!("\n\n{}", section.title));
        for item in &section.items {
            text.push_str(&format!("\n- {}: {}. {{base}}/{}", item.title, item.note, item.key));
        }
    }
    text.push_str(&format!(
        "\n\nChange when this comes: {{base}}/account/digest\nNo more of it: {{base}}/unsubscribe/{token}"
    ));
    text
}

/// Writes the digest of one person, if there is anything to tell, and sets when the next one is due.
pub fn write(tx: &mut Tx, ws: i64, setting: &Setting, now: Time) -> Result<bool> {
    digests::done(tx, ws, setting, now)?;
    let Some(person) = load::<Person>(tx, ws, setting.person)? else { return Ok(false) };
    let Some(actor) = accounts::actor(ws, &person, true, Via::System)? else { return Ok(false) };
    let Some(account) = person.account_id else { return Ok(false) };
    let told = sections(tx, &actor, since(setting, now), now)?;
    if told.is_empty() {
        return Ok(false);
    }
    let count: usize = told.iter().map(|s| s.items.len()).sum();
    let things = if count == 1 { "thing concerns" } else { "things concern" };
    let letter = Letter {
        kind: "digest",
        to: accounts::email_of(tx, account)?,
        name: person.name.clone(),
        subject: format!("{count} {things} you"),
        text: text(&told, now.day(), &setting.token),
        once: Some(format!("digest:{}:{}", person.id, setting.next_at.0)),
        unsubscribe: Some(format!("/unsubscribe/{}", setting.token)),
    };
    post(tx, ws, &letter, now)
}
