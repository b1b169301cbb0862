//! The steps in which a release reaches its audience.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Release, ReleaseView};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::nouns::{View, by_key};
use crate::people::products::{check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta};
use crate::{new_row, record, selects, view};

record! {
    /// A step of a rollout.
    pub struct RolloutStep in "rollout_step", versioned: true {
        pub product_id: Id,
        pub release_id: Id,
        pub position: i64,
        pub title: String,
        /// Percent of the audience that is reached with this step.
        pub share: i64,
        /// `planned`, `done` or `stopped`.
        pub state: String,
        pub note: String,
    }
}

impl Indexed for RolloutStep {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    STEPS: RolloutStep = "rollout_step", "release_id = $2 AND gone_at IS NULL ORDER BY position, id LIMIT 100";
}

view! {
    /// A step as programs and pages see it.
    pub struct StepView of RolloutStep {
        pub position: i64,
        pub title: String,
        pub share: i64,
        pub state: String,
        pub note: String,
    }
}

/// The steps of a release, in order.
pub fn steps(conn: &mut Conn, ws: i64, release: Id) -> Result<Vec<RolloutStep>> {
    STEPS.all(conn, ws, &[release.into()])
}

/// A rollout is done when each of its steps is.
pub(super) fn check_finished(key: &str, steps: &[RolloutStep]) -> Result<()> {
    let Some(step) = steps.iter().find(|s| s.state != "done") else { return Ok(()) };
    let (was, then) = match step.state.as_str() {
        "stopped" => ("was stopped", "Finish it once that is mended, or roll back."),
        _ => ("is not done", "Finish it, or take it out of the rollout."),
    };
    Err(Error::refused(format!(
        "{key} is not out yet: step {}, “{}”, {was}. {then}",
        step.position, step.title
    )))
}

/// Lets every step wait to be done.
pub(super) fn begin_again(cx: &mut Change<'_>, steps: &[RolloutStep]) -> Result<()> {
    for before in steps.iter().filter(|s| s.state != "planned") {
        let mut after = before.clone();
        "planned".clone_into(&mut after.state);
        after.note.clear();
        cx.update(before, &mut after)?;
    }
    Ok(())
}

/// Add a step to a release's rollout.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddRolloutStep {
    pub key: String,
    pub title: String,
    /// Percent of the audience that is reached, 1 to 100.
    pub share: i64,
}

impl Action for AddRolloutStep {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "add-rollout-step",
        "Add a step to a release's rollout",
        "POST",
        "/releases/{key}/steps",
    )
    .exercises(&[22]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (release, _) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        if release.state == "released" {
            return Err(Error::refused("It is released: everybody has it, and no step is left."));
        }
        if !(1..=100).contains(&self.share) {
            return Err(Error::invalid(
                "share",
                "A step reaches 1 to 100 percent of the audience.",
            ));
        }
        let all = steps(cx.conn(), actor.workspace, release.id)?;
        if all.len() >= 100 {
            return Err(Error::refused("A rollout has up to 100 steps."));
        }
        let last = all.last().map_or(0, |s| s.position);
        cx.insert(&new_row!(
            cx,
            RolloutStep {
                product_id: release.product_id,
                release_id: release.id,
                position: last + 1,
                title: check_title("title", &self.title)?,
                share: self.share,
                state: "planned".to_owned(),
                note: String::new(),
            }
        ))?;
        ReleaseView::of(cx.conn(), &actor, &release)
    }
}

/// Finish the next step of a rollout, or stop at it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct FinishRolloutStep {
    pub key: String,
    /// The step's place in the order.
    pub position: i64,
    /// A stop criterion was met; `note` says which.
    pub stopped: bool,
    pub note: String,
}

impl Action for FinishRolloutStep {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "finish-rollout-step",
        "Finish the next step of a rollout, or stop at it",
        "POST",
        "/releases/{key}/steps/{position}",
    )
    .exercises(&[22]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (release, _) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        if release.state != "rolling-out" {
            return Err(Error::refused("The rollout has not begun. Decide to go first."));
        }
        let all = steps(cx.conn(), actor.workspace, release.id)?;
        let before =
            all.iter().find(|s| s.position == self.position).ok_or(Error::NotFound("step"))?;
        if all.iter().any(|s| s.position < self.position && s.state != "done") {
            return Err(Error::refused("A step before this one is not done."));
        }
        let note = check_text("note", self.note.trim())?;
        if self.stopped && note.is_empty() {
            return Err(Error::invalid("note", "Say which stop criterion was met."));
        }
        let mut after = before.clone();
        after.state = if self.stopped { "stopped" } else { "done" }.to_owned();
        after.note = note;
        cx.update(before, &mut after)?;
        ReleaseView::of(cx.conn(), &actor, &release)
    }
}

/// Take a step that was not begun out of a release's rollout.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemoveRolloutStep {
    pub key: String,
    /// The step's place in the order.
    pub position: i64,
}

impl Action for RemoveRolloutStep {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "remove-rollout-step",
        "Take a step that was not begun out of a release's rollout",
        "DELETE",
        "/releases/{key}/steps/{position}",
    )
    .exercises(&[22]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (release, _) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        let all = steps(cx.conn(), actor.workspace, release.id)?;
        let step =
            all.iter().find(|s| s.position == self.position).ok_or(Error::NotFound("step"))?;
        if step.state != "planned" {
            let state = &step.state;
            return Err(Error::refused(format!("This step is {state}: it stays in the record.")));
        }
        cx.bin(step)?;
        ReleaseView::of(cx.conn(), &actor, &release)
    }
}
