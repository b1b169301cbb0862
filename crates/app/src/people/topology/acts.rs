//! Beginning, changing and ending an interaction between two teams.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::{Interaction, InteractionView, MODES, mode_words, running_of, views};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::new_row;
use crate::people::nouns::one_of;
use crate::people::products::check_title;
use crate::people::teams::{self, Team};
use crate::store::{Action, Change, Meta, Scope};

fn team(cx: &mut Change<'_>, field: &'static str, given: &str) -> Result<Team> {
    let workspace = cx.workspace();
    // An id of nothing here is not found; a closed team is one to choose anew.
    if let Ok(id) = given.trim().parse::<Id>() {
        cx.get::<Team>(id, "team")?;
    }
    let found = teams::chosen(cx.conn(), workspace, field, Some(given))?;
    found.ok_or_else(|| Error::invalid(field, "Name a team."))
}

fn check_end(starts: Day, ends: Option<Day>) -> Result<()> {
    if ends.is_some_and(|ends| ends < starts) {
        return Err(Error::invalid(
            "ends",
            format!("It starts on {starts}: it ends then or later."),
        ));
    }
    Ok(())
}

/// The same two teams in the same mode twice would be one interaction told twice.
fn check_once(cx: &mut Change<'_>, row: &Interaction) -> Result<()> {
    let workspace = cx.workspace();
    let pair = |i: &Interaction| (i.team_id.min(i.other_id), i.team_id.max(i.other_id));
    let all = running_of(cx.conn(), workspace, row.team_id)?;
    let same = |i: &&Interaction| i.id != row.id && i.mode == row.mode && pair(i) == pair(row);
    if let Some(there) = all.iter().find(same) {
        return Err(Error::refused(format!(
            "The two teams have this already since {}: {} for “{}”. Change that one, or end it first.",
            there.starts,
            mode_words(&there.mode),
            there.purpose
        )));
    }
    Ok(())
}

fn open(cx: &mut Change<'_>, id: Id) -> Result<Interaction> {
    cx.actor.check_role(Access::Write)?;
    let found = cx.get::<Interaction>(id, "interaction")?;
    if let Some(day) = found.ended_on {
        let message = format!("It ended on {day}. Begin another, or undo its end.");
        return Err(Error::refused(message));
    }
    Ok(found)
}

fn shown(cx: &mut Change<'_>, row: &Interaction) -> Result<InteractionView> {
    let (workspace, day) = (cx.workspace(), cx.now.day());
    let mut made = views(cx.conn(), workspace, std::slice::from_ref(row), day)?;
    made.pop().ok_or(Error::NotFound("interaction"))
}

/// Begin an interaction between two teams, with its purpose and its expected end.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct BeginInteraction {
    /// The team's id or name: who offers the service or facilitates; in a collaboration either.
    pub team: String,
    /// The other team's id or name.
    pub other: String,
    /// `collaboration`, `x-as-a-service` or `facilitating`.
    pub mode: String,
    /// What for, in one sentence.
    pub purpose: String,
    /// Today, if left out.
    pub starts: Option<Day>,
    /// When it is expected to end; a service may go on without.
    pub ends: Option<Day>,
}

impl Action for BeginInteraction {
    type Output = InteractionView;
    const META: Meta = Meta::action(
        "begin-interaction",
        "Begin an interaction between two teams, with its purpose and its expected end",
        "POST",
        "/teams/interactions",
    )
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<InteractionView> {
        cx.actor.check_role(Access::Write)?;
        let one = team(cx, "team", &self.team)?;
        let other = team(cx, "other", &self.other)?;
        if one.id == other.id {
            return Err(Error::invalid("other", "Name another team: one works with others."));
        }
        let starts = self.starts.unwrap_or_else(|| cx.now.day());
        check_end(starts, self.ends)?;
        let row = new_row!(
            cx,
            Interaction {
                team_id: one.id,
                other_id: other.id,
                mode: one_of("mode", Some(&self.mode), "", &MODES)?,
                purpose: check_title("purpose", &self.purpose)?,
                starts: starts,
                ends: self.ends,
                ended_on: None,
                because: String::new(),
            }
        );
        check_once(cx, &row)?;
        cx.insert(&row)?;
        shown(cx, &row)
    }
}

fn patch<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Option<Day>>, D::Error> {
    Option::<Day>::deserialize(d).map(Some)
}

/// Change an interaction between two teams: its mode, purpose or expected end.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EditInteraction {
    pub interaction: Id,
    pub revision: Option<i64>,
    pub mode: Option<String>,
    pub purpose: Option<String>,
    pub starts: Option<Day>,
    /// When it is expected to end; empty if it goes on.
    #[serde(default, deserialize_with = "patch")]
    pub ends: Option<Option<Day>>,
}

impl Action for EditInteraction {
    type Output = InteractionView;
    const META: Meta = Meta::action(
        "edit-interaction",
        "Change an interaction between two teams: its mode, purpose or expected end",
        "PATCH",
        "/teams/interactions/{interaction}",
    )
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<InteractionView> {
        let before = open(cx, self.interaction)?;
        let mut after = before.clone();
        after.mode = one_of("mode", self.mode.as_deref(), &before.mode, &MODES)?;
        if let Some(purpose) = &self.purpose {
            after.purpose = check_title("purpose", purpose)?;
        }
        after.starts = self.starts.unwrap_or(before.starts);
        after.ends = self.ends.unwrap_or(before.ends);
        check_end(after.starts, after.ends)?;
        check_once(cx, &after)?;
        let after = cx.edit(&before, after, self.revision)?;
        shown(cx, &after)
    }
}

/// End an interaction between two teams, and say why.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EndInteraction {
    pub interaction: Id,
    /// The first day without it; today, if left out.
    pub ended_on: Option<Day>,
    /// What came of it, in one sentence.
    pub because: String,
}

impl Action for EndInteraction {
    type Output = InteractionView;
    const META: Meta = Meta::action(
        "end-interaction",
        "End an interaction between two teams, and say why",
        "POST",
        "/teams/interactions/{interaction}/end",
    )
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<InteractionView> {
        let before = open(cx, self.interaction)?;
        let today = cx.now.day();
        let day = self.ended_on.unwrap_or(today);
        // What has not begun yet may be called off at once.
        if day > today || day < before.starts.min(today) {
            let message = format!("It ends between its start on {} and today.", before.starts);
            return Err(Error::invalid("ended_on", message));
        }
        if self.because.trim().is_empty() {
            let message = "Say in a few words what came of it; it is kept with the end.";
            return Err(Error::invalid("because", message));
        }
        let mut after = before.clone();
        after.ended_on = Some(day);
        after.because = check_title("because", &self.because)?;
        cx.update(&before, &mut after)?;
        shown(cx, &after)
    }
}
