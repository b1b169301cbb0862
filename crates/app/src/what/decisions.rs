//! Decisions: what was chosen and why, so that nobody has to guess later. An accepted decision never
//! changes; a later one supersedes it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::notify::{Notice, settle};
use crate::people::nouns::{
    self, View, after_id, by_key, check_ahead, one_of, put_text, put_title,
};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta, load};
use crate::{get_query, list_query, new_row, noun, record, selects};

record! {
    /// A decision with its context and consequences.
    pub struct Decision in "decision", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub context: String,
        /// What could have been chosen.
        pub options: String,
        pub choice: String,
        pub consequences: String,
        /// `proposed`, `accepted`, `rejected` or `superseded`.
        pub state: String,
        /// When to look at it again.
        pub review_on: Option<Day>,
        pub about_id: Option<Id>,
        pub supersedes_id: Option<Id>,
        pub author_id: Option<Id>,
        pub decided_on: Option<Day>,
    }
}

noun! {
    Decision is "decision",
    text: |d| [&*d.context, &d.options, &d.choice, &d.consequences].join("\n\n"),
    proposes: |d| d.state == "proposed",
    settled: |d, field| (d.state != "proposed" && TEXTS.contains(&field))
        .then_some("A settled decision never changes. Propose a new one that supersedes it.")
}

/// What stays as it was when it was settled.
const TEXTS: [&str; 5] = ["title", "context", "options", "choice", "consequences"];

selects! {
    SUPERSEDER: Decision = "decision", "supersedes_id = $2 AND state IN ('accepted', 'superseded') AND gone_at IS NULL ORDER BY id DESC LIMIT 1";
    PAGE: Decision = "decision", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
    ABOUT: Decision = "decision", "about_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 100";
}

/// A decision as programs and pages see it.
#[derive(Clone, serde::Serialize, JsonSchema, Debug)]
pub struct DecisionView {
    pub key: String,
    pub title: String,
    pub context: String,
    pub options: String,
    pub choice: String,
    pub consequences: String,
    pub state: String,
    pub review_on: Option<Day>,
    pub decided_on: Option<Day>,
    /// The decision that this one replaces.
    pub supersedes: Option<String>,
    /// The decision that replaced this one.
    pub superseded_by: Option<String>,
    pub revision: i64,
}

impl View<Decision> for DecisionView {
    fn of(conn: &mut Conn, actor: &Actor, d: &Decision) -> Result<Self> {
        let ws = actor.workspace;
        let older = match d.supersedes_id {
            Some(id) => load::<Decision>(conn, ws, id)?.map(|older| older.key),
            None => None,
        };
        let newer = match d.state.as_str() {
            "superseded" => SUPERSEDER.first(conn, ws, &[d.id.into()])?.map(|newer| newer.key),
            _ => None,
        };
        Ok(Self {
            key: d.key.clone(),
            title: d.title.clone(),
            context: d.context.clone(),
            options: d.options.clone(),
            choice: d.choice.clone(),
            consequences: d.consequences.clone(),
            state: d.state.clone(),
            review_on: d.review_on,
            decided_on: d.decided_on,
            supersedes: older,
            superseded_by: newer,
            revision: d.revision,
        })
    }
}

/// The decisions about a record, newest first.
pub fn about(conn: &mut Conn, ws: i64, id: Id) -> Result<Vec<Decision>> {
    ABOUT.all(conn, ws, &[id.into()])
}

/// Propose a decision, or write down one that was taken.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ProposeDecision {
    pub product: String,
    /// What is decided, in one line.
    pub title: String,
    /// Markdown, as the other texts.
    pub context: String,
    pub options: String,
    pub choice: String,
    pub consequences: String,
    pub review_on: Option<Day>,
    /// The key of what it is about.
    pub about: Option<String>,
    /// The key of the decision that this one shall replace.
    pub supersedes: Option<String>,
    /// `proposed` (if left out) or `accepted`.
    pub state: Option<String>,
}

impl Action for ProposeDecision {
    type Output = DecisionView;
    const META: Meta = Meta::action(
        "propose-decision",
        "Propose a decision, or write down one that was taken",
        "POST",
        "/decisions",
    )
    .exercises(&[27]);

    fn run(&self, cx: &mut Change<'_>) -> Result<DecisionView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let state = one_of("state", self.state.as_deref(), "proposed", &["proposed", "accepted"])?;
        check_ahead(cx, "review_on", self.review_on)?;
        let older = match self.supersedes.as_deref().filter(|k| !k.trim().is_empty()) {
            Some(key) => {
                let (older, of) = by_key::<Decision>(cx.conn(), &actor, key, Access::Write)?;
                if of.id != product.id {
                    let message = format!("{key} belongs to another product.");
                    return Err(Error::invalid("supersedes", message));
                }
                check_newest(cx, &older)?;
                Some(older.id)
            }
            None => None,
        };
        if state == "accepted" {
            check_choice(&self.choice)?;
        }
        let about = nouns::about(cx.conn(), &actor, &product, self.about.as_deref())?;
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let decided = (state == "accepted").then(|| cx.happened.day());
        let decision = new_row!(
            cx,
            Decision {
                product_id: product.id,
                key: key,
                title: title,
                context: check_text("context", &self.context)?,
                options: check_text("options", &self.options)?,
                choice: check_text("choice", &self.choice)?,
                consequences: check_text("consequences", &self.consequences)?,
                state: state,
                review_on: self.review_on,
                about_id: about,
                supersedes_id: older,
                author_id: Some(actor.person),
                decided_on: decided,
            }
        );
        cx.insert(&decision)?;
        if decided.is_some() {
            supersede(cx, &decision)?;
        }
        DecisionView::of(cx.conn(), &actor, &decision)
    }
}

/// What is accepted says what was chosen.
fn check_choice(choice: &str) -> Result<()> {
    if choice.trim().is_empty() {
        return Err(Error::invalid("choice", "Say what was chosen: that is what others look for."));
    }
    Ok(())
}

/// A chain has one end: only what holds now can be replaced, and once.
fn check_newest(cx: &mut Change<'_>, older: &Decision) -> Result<()> {
    let ws = cx.workspace();
    let what = match older.state.as_str() {
        "accepted" => return Ok(()),
        "superseded" => match SUPERSEDER.first(cx.conn(), ws, &[older.id.into()])? {
            Some(newer) => format!("was superseded by {} already. Supersede that one", newer.key),
            None => "was superseded already. Propose a new one".to_owned(),
        },
        state => format!("is {state}, and only what was accepted is superseded. Settle it first"),
    };
    Err(Error::invalid("supersedes", format!("{} {what}.", older.key)))
}

/// Marks what an accepted decision replaces.
fn supersede(cx: &mut Change<'_>, decision: &Decision) -> Result<()> {
    let Some(id) = decision.supersedes_id else { return Ok(()) };
    let older: Decision = cx.get(id, "decision")?;
    let mut after = older.clone();
    "superseded".clone_into(&mut after.state);
    settle(cx, Notice::ReviewDue, older.id)?;
    cx.update(&older, &mut after)
}

/// Edit what you name of a decision that is still proposed; of a settled one only the day to look
/// at it again.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditDecision {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub context: Option<String>,
    pub options: Option<String>,
    pub choice: Option<String>,
    pub consequences: Option<String>,
    pub review_on: Option<Day>,
}

impl Action for EditDecision {
    type Output = DecisionView;
    const META: Meta = Meta::action(
        "edit-decision",
        "Edit what you name of a decision that is still proposed",
        "PATCH",
        "/decisions/{key}",
    )
    .exercises(&[27]);

    fn run(&self, cx: &mut Change<'_>) -> Result<DecisionView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Decision>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.context, "context", self.context.as_ref())?;
        put_text(&mut after.options, "options", self.options.as_ref())?;
        put_text(&mut after.choice, "choice", self.choice.as_ref())?;
        put_text(&mut after.consequences, "consequences", self.consequences.as_ref())?;
        let texts = |d: &Decision| {
            [&d.title, &d.context, &d.options, &d.choice, &d.consequences].map(String::clone)
        };
        if before.state != "proposed" && texts(&before) != texts(&after) {
            return Err(Error::refused(format!(
                "{} is {}, and a settled decision never changes. Propose a new one that supersedes it.",
                before.key, before.state
            )));
        }
        after.review_on = self.review_on.or(after.review_on);
        if after.review_on != before.review_on {
            check_ahead(cx, "review_on", after.review_on)?;
        }
        let after = cx.edit(&before, after, self.revision)?;
        if after.review_on != before.review_on {
            settle(cx, Notice::ReviewDue, after.id)?;
        }
        DecisionView::of(cx.conn(), &actor, &after)
    }
}

/// Accept or reject a proposed decision.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SettleDecision {
    pub key: String,
    /// `accepted` or `rejected`.
    pub state: String,
    /// What was chosen, where that was not written yet.
    pub choice: Option<String>,
}

impl Action for SettleDecision {
    type Output = DecisionView;
    const META: Meta = Meta::action(
        "settle-decision",
        "Accept or reject a proposed decision",
        "POST",
        "/decisions/{key}/settle",
    )
    .exercises(&[27]);

    fn run(&self, cx: &mut Change<'_>) -> Result<DecisionView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Decision>(cx.conn(), &actor, &self.key, Access::Write)?;
        if before.state != "proposed" {
            return Err(Error::refused(format!("{} is {} already.", before.key, before.state)));
        }
        let mut after = before.clone();
        after.state = one_of("state", Some(&self.state), "", &["accepted", "rejected"])?;
        after.decided_on = Some(cx.happened.day());
        if self.choice.as_deref().is_some_and(|c| !c.trim().is_empty()) {
            put_text(&mut after.choice, "choice", self.choice.as_ref())?;
        }
        if after.state == "accepted" {
            check_choice(&after.choice)?;
            if let Some(id) = after.supersedes_id {
                let older: Decision = cx.get(id, "decision")?;
                check_newest(cx, &older)?;
            }
        }
        cx.update(&before, &mut after)?;
        if after.state == "accepted" {
            supersede(cx, &after)?;
        }
        DecisionView::of(cx.conn(), &actor, &after)
    }
}

get_query! { GetDecision = "get-decision", "Show one decision", "/decisions/{key}": Decision as DecisionView }

list_query! {
    ListDecisions = "list-decisions", "List a product's decisions, newest first", "/decisions":
    PAGE as DecisionView, 100 a page,
    after: |id| after_id(id, uuid::Uuid::max())?, place: |d| d.id.to_string()
}
