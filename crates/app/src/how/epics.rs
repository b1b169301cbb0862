//! Epics beyond their text: what they hold and leave out, how far they have come, and how they fare.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::experiments;
use super::work_items::{self, WorkItem};
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::{one_of, put_text};
use crate::people::policies;
use crate::people::products::check_text;
use crate::store::{Action, Change, Indexed, Meta};
use crate::{new_row, record, selects};

record! {
    /// What an epic holds and how far it has come; there from the first time that either is said.
    pub struct Epic in "epic", versioned: true {
        pub product_id: Id,
        pub item_id: Id,
        /// One of [`STATES`].
        pub state: String,
        /// What belongs to it.
        pub scope: String,
        /// What does not, so that nobody waits for it.
        pub out_of_scope: String,
        /// Why it went back, or out of order.
        pub because: String,
        /// Why it stands where it stands in the order, although a score puts it elsewhere.
        pub rank_reason: String,
    }
}

record! {
    /// How an epic fares, said on a day. Append-only.
    pub struct HealthUpdate in "health_update", versioned: false {
        pub product_id: Id,
        pub item_id: Id,
        /// One of [`HEALTH`].
        pub health: String,
        pub note: String,
        pub said_on: Day,
        pub author_id: Option<Id>,
    }
}

impl Indexed for Epic {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for HealthUpdate {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

/// How far an epic has come, in order.
pub const STATES: [&str; 7] =
    ["proposed", "discovery", "planned", IN_DELIVERY, "released", "outcome-reviewed", "closed"];
const IN_DELIVERY: &str = "in-delivery";
/// How it fares, best first.
pub const HEALTH: [&str; 3] = ["on-track", "at-risk", "off-track"];

selects! {
    OF_ITEM: Epic = "epic", "item_id = $2 AND gone_at IS NULL LIMIT 1";
    /// Those of a product that are under way.
    pub OF_PRODUCT: Epic = "epic", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 1000";
    UPDATES: HealthUpdate = "health_update", "item_id = $2 ORDER BY id DESC LIMIT 50";
    /// The newest of each epic of a product.
    pub LAST_UPDATES: HealthUpdate = "health_update", "product_id = $2 AND NOT EXISTS (SELECT 1 FROM health_update l WHERE l.workspace_id = health_update.workspace_id AND l.item_id = health_update.item_id AND l.id > health_update.id) ORDER BY id LIMIT 1000";
}

/// What was said of an epic's health.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct HealthView {
    pub health: String,
    pub note: String,
    pub said_on: Day,
}

impl From<&HealthUpdate> for HealthView {
    fn from(update: &HealthUpdate) -> Self {
        Self { health: update.health.clone(), note: update.note.clone(), said_on: update.said_on }
    }
}

/// An epic's own part.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct EpicPart {
    pub key: String,
    pub title: String,
    pub state: String,
    pub scope: String,
    pub out_of_scope: String,
    pub because: String,
    /// Why it stands where it stands in the order, although a score puts it elsewhere.
    pub rank_reason: String,
    /// Newest first.
    pub health: Vec<HealthView>,
}

/// What is known of an epic beyond its text; as a new one where nothing was said yet.
pub fn part(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<EpicPart> {
    let known = OF_ITEM.first(conn, ws, &[item.id.into()])?;
    let updates = UPDATES.all(conn, ws, &[item.id.into()])?;
    let (state, [scope, out_of_scope, because, rank_reason]) = match known {
        Some(e) => (e.state, [e.scope, e.out_of_scope, e.because, e.rank_reason]),
        None => (STATES[0].to_owned(), Default::default()),
    };
    Ok(EpicPart {
        key: item.key.clone(),
        title: item.title.clone(),
        state,
        scope,
        out_of_scope,
        because,
        rank_reason,
        health: updates.iter().map(Into::into).collect(),
    })
}

/// The epic of that key.
pub fn find(cx: &mut Change<'_>, key: &str) -> Result<WorkItem> {
    let actor = cx.actor.clone();
    let (item, _) = work_items::by_key(cx.conn(), &actor, key, Access::Write)?;
    if item.level != "epic" {
        return Err(Error::invalid("key", format!("{} is a {}, no epic.", item.key, item.level)));
    }
    Ok(item)
}

/// Writes an epic's own row, anew or for the first time.
fn write(
    cx: &mut Change<'_>,
    item: &WorkItem,
    change: impl Fn(&mut Epic) -> Result<()>,
) -> Result<EpicPart> {
    let ws = cx.workspace();
    let stands = OF_ITEM.first(cx.conn(), ws, &[item.id.into()])?;
    let mut after = stands.clone().unwrap_or_else(|| {
        new_row!(
            cx,
            Epic {
                product_id: item.product_id,
                item_id: item.id,
                state: STATES[0].to_owned(),
                scope: String::new(),
                out_of_scope: String::new(),
                because: String::new(),
                rank_reason: String::new(),
            }
        )
    });
    change(&mut after)?;
    match &stands {
        Some(before) => cx.update(before, &mut after)?,
        None => cx.insert(&after)?,
    }
    part(cx.conn(), ws, item)
}

/// Why an epic stands where it stands in the order; empty where nobody said.
pub fn order_reason(conn: &mut Conn, ws: i64, item: Id) -> Result<String> {
    let known = OF_ITEM.first(conn, ws, &[item.into()])?;
    Ok(known.map(|epic| epic.rank_reason).unwrap_or_default())
}

/// Keeps why an epic stands where it stands; an empty text takes it back.
pub fn explain(cx: &mut Change<'_>, item: &WorkItem, because: &str) -> Result<()> {
    let because = check_text("because", because.trim())?;
    let ws = cx.workspace();
    if because.is_empty() && order_reason(cx.conn(), ws, item.id)?.is_empty() {
        return Ok(());
    }
    write(cx, item, |epic| {
        epic.rank_reason.clone_from(&because);
        Ok(())
    })?;
    Ok(())
}

/// Say what an epic holds and what it leaves out.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeEpic {
    pub key: String,
    /// What belongs to it, as Markdown.
    pub scope: Option<String>,
    /// What does not.
    pub out_of_scope: Option<String>,
}

impl Action for ScopeEpic {
    type Output = EpicPart;
    const META: Meta = Meta::action(
        "scope-epic",
        "Say what an epic holds and what it leaves out",
        "PATCH",
        "/epics/{key}",
    )
    .exercises(&[21]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EpicPart> {
        let item = find(cx, &self.key)?;
        write(cx, &item, |epic| {
            put_text(&mut epic.scope, "scope", self.scope.as_ref())?;
            put_text(&mut epic.out_of_scope, "out_of_scope", self.out_of_scope.as_ref())
        })
    }
}

/// Move an epic to its next state; back, or past one, with a reason.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MoveEpic {
    pub key: String,
    /// `proposed`, `discovery`, `planned`, `in-delivery`, `released`, `outcome-reviewed` or `closed`.
    pub state: String,
    /// Needed for going back or skipping a state.
    pub because: String,
}

impl Action for MoveEpic {
    type Output = EpicPart;
    const META: Meta = Meta::action(
        "move-epic",
        "Move an epic to its next state; back, or past one, with a reason",
        "POST",
        "/epics/{key}/state",
    )
    .exercises(&[21]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EpicPart> {
        let item = find(cx, &self.key)?;
        let state = one_of("state", Some(&self.state), "", &STATES)?;
        let because = check_text("because", self.because.trim())?;
        let place = |word: &str| STATES.iter().position(|s| *s == word).unwrap_or_default();
        if place(&state) >= place(IN_DELIVERY) && because.is_empty() {
            check_tested(cx, &item)?;
        }
        write(cx, &item, |epic| {
            let usual = place(&epic.state) + 1 == place(&state);
            if !usual && epic.state != state && because.is_empty() {
                let (from, to) = (epic.state.replace('-', " "), state.replace('-', " "));
                return Err(Error::invalid(
                    "because",
                    format!("From {from} to {to} is not the usual step. Say why."),
                ));
            }
            epic.state.clone_from(&state);
            epic.because.clone_from(&because);
            Ok(())
        })
    }
}

/// Where a team works by lean startup, nothing is delivered before its riskiest assumption was tested;
/// whoever goes on all the same says why.
fn check_tested(cx: &mut Change<'_>, item: &WorkItem) -> Result<()> {
    let ws = cx.workspace();
    let policy = policies::workflow(cx.conn(), ws, item.product_id, item.team_id)?;
    let lean = policy.overlays.iter().any(|overlay| overlay == "lean");
    let begun =
        |epic: &Epic| STATES.iter().skip_while(|s| **s != IN_DELIVERY).any(|s| epic.state == **s);
    let delivered = OF_ITEM.first(cx.conn(), ws, &[item.id.into()])?.as_ref().is_some_and(begun);
    if !lean || delivered || experiments::is_tested(cx.conn(), ws, item.id)? {
        return Ok(());
    }
    Err(Error::invalid(
        "because",
        "Its team works by lean startup, and no experiment about it was concluded. Test its riskiest assumption first, or say why it is delivered without.",
    ))
}

/// Say how an epic fares: on track, at risk or off track, and why.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ReportHealth {
    pub key: String,
    /// `on-track`, `at-risk` or `off-track`.
    pub health: String,
    /// What makes it so, and what is done about it; needed unless it is on track.
    pub note: String,
}

impl Action for ReportHealth {
    type Output = EpicPart;
    const META: Meta = Meta::action(
        "report-health",
        "Say how an epic fares: on track, at risk or off track, and why",
        "POST",
        "/epics/{key}/health",
    )
    .exercises(&[21]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EpicPart> {
        let item = find(cx, &self.key)?;
        let health = one_of("health", Some(&self.health), "", &HEALTH)?;
        let note = check_text("note", self.note.trim())?;
        if note.is_empty() && health != HEALTH[0] {
            return Err(Error::invalid(
                "note",
                "Say what is in the way, and what is done about it.",
            ));
        }
        cx.insert(&new_row!(
            cx,
            HealthUpdate {
                product_id: item.product_id,
                item_id: item.id,
                health: health,
                note: note,
                said_on: cx.happened.day(),
                author_id: Some(cx.actor.person),
            }
        ))?;
        let ws = cx.workspace();
        part(cx.conn(), ws, &item)
    }
}
