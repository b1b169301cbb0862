//! Objectives: what a product wants to reach in a period.

mod views;

pub use views::{GetObjective, ListObjectives, ObjectiveView, open};

use schemars::JsonSchema;
use serde::Deserialize;

use super::key_results::{self, OF_OBJECTIVE};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::nouns::{by_key, one_of, put, put_text, put_title, referred};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Edge, Meta, load};
use crate::{new_row, noun, record, selects};

record! {
    /// What a product wants to reach in a period.
    pub struct Objective in "objective", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub body: String,
        pub period: String,
        /// `committed` or `aspirational`.
        pub kind: String,
        /// `draft`, `active` or `closed`.
        pub state: String,
        pub owner_id: Option<Id>,
        /// `company`, `product` or `team`.
        pub level: String,
        /// The objective that it serves.
        pub parent_id: Option<Id>,
        /// 0 to 1, given when it closes.
        pub score: Option<f64>,
        /// What was learned, said when it closes.
        pub lesson: String,
    }
}

noun! {
    Objective is "objective",
    text: |o| o.body.clone(),
    edges: |o| o.parent_id.map_or_else(Vec::new, |parent| vec![Edge {
        lower: ("objective".into(), o.id),
        upper: ("objective".into(), parent),
    }])
}

const KINDS: [&str; 2] = ["committed", "aspirational"];
const STATES: [&str; 3] = ["draft", "active", "closed"];
/// Whose objective it is.
pub const LEVELS: [&str; 3] = ["company", "product", "team"];

selects! {
    UNDER: Objective = "objective", "parent_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 200";
}

/// Set an objective.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetObjective {
    pub product: String,
    pub title: String,
    pub body: String,
    /// Like `2026 Q4`.
    pub period: String,
    /// `committed` (if left out) or `aspirational`.
    pub kind: Option<String>,
    /// `company`, `product` (if left out) or `team`.
    pub level: Option<String>,
    /// The key of the objective that it serves, in this product or another one.
    pub serves: Option<String>,
    /// `active` (if left out), or `draft` while it is still talked about.
    pub state: Option<String>,
}

impl Action for SetObjective {
    type Output = ObjectiveView;
    const META: Meta =
        Meta::action("set-objective", "Set an objective", "POST", "/objectives").exercises(&[17]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ObjectiveView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let kind = one_of("kind", self.kind.as_deref(), "committed", &KINDS)?;
        let title = check_title("title", &self.title)?;
        let level = one_of("level", self.level.as_deref(), "product", &LEVELS)?;
        let parent_id = served(cx, &level, self.serves.as_deref(), None)?;
        let state = one_of("state", self.state.as_deref(), "active", &STATES[..2])?;
        let key = products::next_key(cx, &product)?;
        let objective = new_row!(
            cx,
            Objective {
                product_id: product.id,
                key: key,
                title: title,
                body: check_text("body", &self.body)?,
                period: self.period.trim().to_owned(),
                kind: kind,
                state: state,
                owner_id: Some(actor.person),
                level: level,
                parent_id: parent_id,
                score: None,
                lesson: String::new(),
            }
        );
        cx.insert(&objective)?;
        ObjectiveView::seen(cx.conn(), &actor, &objective)
    }
}

/// How wide a level is: the company's is the widest.
fn width(level: &str) -> Option<usize> {
    LEVELS.iter().position(|l| *l == level)
}

/// The objective that another one serves, by key, in any product that the actor sees; it is as wide
/// or wider, and there is no circle.
fn served(
    cx: &mut Change<'_>,
    level: &str,
    key: Option<&str>,
    own: Option<Id>,
) -> Result<Option<Id>> {
    const DEEPEST: usize = 20;
    let Some(key) = key.map(str::trim).filter(|k| !k.is_empty()) else { return Ok(None) };
    let actor = cx.actor.clone();
    let (parent, _) = by_key::<Objective>(cx.conn(), &actor, key, Access::Read)?;
    check_width(level, &parent)?;
    let mut above = Some(parent.id);
    for _ in 0..DEEPEST {
        let Some(id) = above else { return Ok(Some(parent.id)) };
        if Some(id) == own {
            return Err(Error::invalid("serves", "That would close a circle."));
        }
        above = load::<Objective>(cx.conn(), actor.workspace, id)?.and_then(|o| o.parent_id);
    }
    Err(Error::invalid("serves", "That is more than 20 levels deep."))
}

fn check_width(level: &str, parent: &Objective) -> Result<()> {
    if width(&parent.level) > width(level) {
        return Err(Error::invalid(
            "serves",
            format!(
                "{} is a {} objective: a {level} objective is wider and cannot serve it. Let it be the other way round.",
                parent.key, parent.level
            ),
        ));
    }
    Ok(())
}

/// An objective that still changes: what is closed and scored stays as it was.
pub(super) fn check_open(objective: &Objective) -> Result<()> {
    if objective.state == "closed" {
        return Err(Error::refused(format!(
            "{} is closed and scored, and stays as it was. Set a new objective for what goes on.",
            objective.key
        )));
    }
    Ok(())
}

/// Edit what you name of an objective; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditObjective {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub period: Option<String>,
    /// `active` begins a draft; `draft` takes an active one back while nothing was checked in.
    /// Closing it, with its score, is an action of its own.
    pub state: Option<String>,
    /// `committed` or `aspirational`.
    pub kind: Option<String>,
    /// `company`, `product` or `team`.
    pub level: Option<String>,
    /// The key of the objective that it serves; an empty text takes it away.
    pub serves: Option<String>,
}

impl Action for EditObjective {
    type Output = ObjectiveView;
    const META: Meta = Meta::action(
        "edit-objective",
        "Edit what you name of an objective; the rest stays",
        "PATCH",
        "/objectives/{key}",
    )
    .exercises(&[17]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ObjectiveView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Objective>(cx.conn(), &actor, &self.key, Access::Write)?;
        check_open(&before)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.body, "body", self.body.as_ref())?;
        put(&mut after.period, self.period.as_ref());
        after.kind = one_of("kind", self.kind.as_deref(), &before.kind, &KINDS)?;
        after.state = self.state_of(cx, &before)?;
        after.level = one_of("level", self.level.as_deref(), &before.level, &LEVELS)?;
        if self.keeps_unseen(cx, &before)? {
            // What one does not see, one does not take away by leaving a field empty.
        } else if self.serves.is_some() {
            after.parent_id = served(cx, &after.level, self.serves.as_deref(), Some(before.id))?;
        } else if after.level != before.level
            && let Some(id) = before.parent_id
        {
            let parent: Objective = cx.get(id, "objective")?;
            check_width(&after.level, &parent)?;
        }
        if after.level != before.level {
            for child in UNDER.all(cx.conn(), actor.workspace, &[before.id.into()])? {
                if width(&after.level) > width(&child.level) {
                    return Err(Error::invalid(
                        "level",
                        "A wider objective serves it. Take that one away first.",
                    ));
                }
            }
        }
        let after = cx.edit(&before, after, self.revision)?;
        if after.state != before.state {
            key_results::follow(cx, &after)?;
        }
        ObjectiveView::seen(cx.conn(), &actor, &after)
    }
}

impl EditObjective {
    fn keeps_unseen(&self, cx: &mut Change<'_>, before: &Objective) -> Result<bool> {
        let empty = self.serves.as_deref().is_some_and(|key| key.trim().is_empty());
        let actor = cx.actor.clone();
        Ok(match before.parent_id.filter(|_| empty) {
            Some(id) => referred(cx.conn(), &actor, id)?.is_none(),
            None => false,
        })
    }

    fn state_of(&self, cx: &mut Change<'_>, before: &Objective) -> Result<String> {
        let state = one_of("state", self.state.as_deref(), &before.state, &STATES)?;
        let ws = cx.workspace();
        match (before.state.as_str(), state.as_str()) {
            (_, "closed") => Err(Error::invalid(
                "state",
                "An objective is closed with its score and what was learned: close it.",
            )),
            ("active", "draft")
                if OF_OBJECTIVE
                    .all(cx.conn(), ws, &[before.id.into()])?
                    .iter()
                    .any(|k| k.checked_on.is_some()) =>
            {
                Err(Error::refused(format!(
                    "{} has check-ins: it has begun, and is no draft any more.",
                    before.key
                )))
            }
            _ => Ok(state),
        }
    }
}

/// Close an objective with a score and what was learned.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CloseObjective {
    pub key: String,
    /// 0 to 1; the mean of its key results if left out.
    pub score: Option<f64>,
    /// What was learned.
    pub lesson: String,
}

impl Action for CloseObjective {
    type Output = ObjectiveView;
    const META: Meta = Meta::action(
        "close-objective",
        "Close an objective with a score and what was learned",
        "POST",
        "/objectives/{key}/close",
    )
    .exercises(&[18]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ObjectiveView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Objective>(cx.conn(), &actor, &self.key, Access::Write)?;
        if before.state == "closed" && before.score.is_some() {
            return Err(Error::refused(format!("{} is closed and scored already.", before.key)));
        }
        if before.state == "draft" {
            return Err(Error::refused(format!(
                "{} is a draft: nobody has pursued it. Make it active first, or move it to the bin.",
                before.key
            )));
        }
        let reached = ObjectiveView::seen(cx.conn(), &actor, &before)?.progress;
        let score = self.score.unwrap_or(reached);
        if !(0.0..=1.0).contains(&score) {
            return Err(Error::invalid("score", "A score goes from 0 to 1; 0.7 is good."));
        }
        let mut after = before.clone();
        "closed".clone_into(&mut after.state);
        (after.score, after.lesson) = (Some(score), check_text("lesson", self.lesson.trim())?);
        cx.update(&before, &mut after)?;
        key_results::follow(cx, &after)?;
        ObjectiveView::seen(cx.conn(), &actor, &after)
    }
}
