//! Planning an iteration and starting it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::report::{IterationView, view};
use super::{Sprint, iteration, named};
use crate::how::phases;
use crate::how::work_items::{WorkItem, by_key, enter};
use crate::kernel::{Access, Day, Error, Id, Patch, Result, patch};
use crate::people::products::{self, check_text, check_title};
use crate::people::{policies, teams};
use crate::store::{Action, Change, Meta};
use crate::{new_row, selects};

selects! {
    STARTED_OF_TEAM: Sprint = "sprint", "team_id = $2 AND state = 'active' AND gone_at IS NULL LIMIT 1";
}

/// Plan an iteration: a sprint of a product, of a team where one is named.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PlanIteration {
    pub product: String,
    pub name: String,
    pub goal: String,
    /// A team's id or name.
    pub team: Option<String>,
    /// Today if left out.
    pub starts: Option<Day>,
    /// As long as the team's policy says if left out, else two weeks.
    pub ends: Option<Day>,
    /// What the team can take on, in its estimates.
    pub capacity: Option<f64>,
    pub capacity_note: String,
    /// The phase that it lies in, by id or name.
    pub phase: Option<String>,
}

/// The phase that is named; a sprint lies within its days.
fn inside(
    cx: &mut Change<'_>,
    product: Id,
    phase: Option<&str>,
    (starts, ends): (Option<Day>, Option<Day>),
) -> Result<Option<Id>> {
    let Some(name) = phase.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
    let ws = cx.workspace();
    let phase = phases::named(cx.conn(), ws, product, name)?;
    if phase.state == "closed" {
        return Err(Error::invalid("phase", format!("“{}” is over.", phase.name)));
    }
    let early = phase.starts.zip(starts).is_some_and(|(first, day)| day < first);
    let late = phase.ends.zip(ends).is_some_and(|(last, day)| day > last);
    if early || late {
        let words = |day: Option<Day>| day.map_or("…".to_owned(), |d| d.to_string());
        return Err(Error::invalid(
            "phase",
            format!(
                "“{}” goes from {} to {}; the sprint has to lie within it.",
                phase.name,
                words(phase.starts),
                words(phase.ends)
            ),
        ));
    }
    Ok(Some(phase.id))
}

/// The days have to be in order, and no sprint is longer than the framework knows.
fn check_days(starts: Option<Day>, ends: Option<Day>) -> Result<()> {
    if let (Some(starts), Some(ends)) = (starts, ends) {
        if ends < starts {
            return Err(Error::invalid("ends", "It ends before it starts."));
        }
        if starts.days_until(ends) > 366 {
            return Err(Error::invalid("ends", "An iteration lasts up to a year."));
        }
    }
    Ok(())
}

fn check_capacity(capacity: Option<f64>) -> Result<Option<f64>> {
    match capacity {
        Some(c) if !(0.0..=100_000.0).contains(&c) => {
            Err(Error::invalid("capacity", "A capacity goes from 0 to 100,000."))
        }
        other => Ok(other),
    }
}

impl Action for PlanIteration {
    type Output = IterationView;
    const META: Meta = Meta::action(
        "plan-iteration",
        "Plan an iteration: a sprint of a product, of a team where one is named",
        "POST",
        "/iterations",
    )
    .exercises(&[41]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IterationView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let team = teams::chosen(cx.conn(), ws, "team", self.team.as_deref())?.map(|t| t.id);
        let policy = policies::workflow(cx.conn(), ws, product.id, team)?;
        let starts = self.starts.unwrap_or(cx.happened.day());
        let length = policy.sprint_days.unwrap_or(14);
        let ends = self.ends.unwrap_or_else(|| starts.plus_days(length - 1));
        check_days(Some(starts), Some(ends))?;
        let name = check_title("name", &self.name)?;
        if named(cx.conn(), ws, product.id, &name)?.is_some() {
            let message = format!("There is an iteration “{name}” already. Choose another name.");
            return Err(Error::invalid("name", message));
        }
        let days = (Some(starts), Some(ends));
        let phase = inside(cx, product.id, self.phase.as_deref(), days)?;
        let sprint = new_row!(
            cx,
            Sprint {
                product_id: product.id,
                name: name,
                goal: check_text("goal", self.goal.trim())?,
                state: "planned".to_owned(),
                starts: Some(starts),
                ends: Some(ends),
                team_id: team,
                capacity: check_capacity(self.capacity)?,
                capacity_note: check_text("capacity_note", self.capacity_note.trim())?,
                started_at: None,
                closed_at: None,
                outcome: String::new(),
                review: String::new(),
                phase_id: phase,
            }
        );
        cx.insert(&sprint)?;
        let now = cx.now;
        view(cx.conn(), &actor, &sprint, now)
    }
}

/// Edit what you name of an iteration that has not ended; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditIteration {
    pub iteration: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    pub goal: Option<String>,
    pub starts: Option<Day>,
    pub ends: Option<Day>,
    #[serde(deserialize_with = "patch")]
    pub capacity: Patch<f64>,
    pub capacity_note: Option<String>,
    /// The phase that it lies in, by id or name; empty for none.
    pub phase: Option<String>,
}

impl Action for EditIteration {
    type Output = IterationView;
    const META: Meta = Meta::action(
        "edit-iteration",
        "Edit what you name of an iteration that has not ended; the rest stays",
        "PATCH",
        "/iterations/{iteration}",
    )
    .exercises(&[41]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IterationView> {
        let actor = cx.actor.clone();
        let (before, product) = iteration(cx.conn(), &actor, self.iteration, Access::Write)?;
        before.check_open()?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
            let ws = cx.workspace();
            let taken = named(cx.conn(), ws, product.id, &after.name)?;
            if taken.is_some_and(|s| s.id != before.id) {
                return Err(Error::invalid("name", "Another iteration has this name."));
            }
        }
        crate::people::nouns::put_text(&mut after.goal, "goal", self.goal.as_ref())?;
        let note = self.capacity_note.as_ref();
        crate::people::nouns::put_text(&mut after.capacity_note, "capacity_note", note)?;
        after.starts = self.starts.or(after.starts);
        after.ends = self.ends.or(after.ends);
        after.capacity = check_capacity(self.capacity.unwrap_or(after.capacity))?;
        check_days(after.starts, after.ends)?;
        let days = (after.starts, after.ends);
        let phase = match (&self.phase, after.phase_id) {
            (Some(phase), _) => Some(phase.clone()),
            // Where it moves, it still has to lie within its phase.
            (None, Some(id)) if days != (before.starts, before.ends) => Some(id.to_string()),
            _ => None,
        };
        if let Some(phase) = phase {
            after.phase_id = inside(cx, product.id, Some(&phase), days)?;
        }
        let after = cx.edit(&before, after, self.revision)?;
        let now = cx.now;
        view(cx.conn(), &actor, &after, now)
    }
}

/// Start a planned iteration: from now on it is told how its scope changes.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct StartIteration {
    pub iteration: Id,
}

impl Action for StartIteration {
    type Output = IterationView;
    const META: Meta = Meta::action(
        "start-iteration",
        "Start a planned iteration: from now on it is told how its scope changes",
        "POST",
        "/iterations/{iteration}/start",
    )
    .exercises(&[41]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IterationView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, _) = iteration(cx.conn(), &actor, self.iteration, Access::Write)?;
        before.check_open()?;
        if before.state == "active" {
            return Err(Error::refused("It has started already."));
        }
        if before.goal.is_empty() {
            let message = "Say first what it is for: without a goal it is only a list of items.";
            return Err(Error::invalid("goal", message));
        }
        if let Some(team) = before.team_id
            && let Some(other) = STARTED_OF_TEAM.first(cx.conn(), ws, &[team.into()])?
        {
            return Err(Error::refused(format!(
                "The team is in “{}”. Close it first; a team has one sprint at a time.",
                other.name
            )));
        }
        for item in super::items(cx.conn(), ws, before.id)? {
            let mut taken = item.clone();
            commit(cx, &mut taken)?;
            cx.update(&item, &mut taken)?;
        }
        let mut after = before.clone();
        "active".clone_into(&mut after.state);
        after.started_at = Some(cx.happened);
        if after.starts.is_none_or(|day| day > cx.happened.day()) {
            after.starts = Some(cx.happened.day());
        }
        cx.update(&before, &mut after)?;
        let now = cx.now;
        view(cx.conn(), &actor, &after, now)
    }
}

/// Brings what has not begun into the last state before the start, as what is in a running sprint is.
pub fn commit(cx: &mut Change<'_>, item: &mut WorkItem) -> Result<()> {
    if !matches!(item.category.as_str(), "backlog" | "unstarted") {
        return Ok(());
    }
    let ws = cx.workspace();
    let policy = policies::workflow(cx.conn(), ws, item.product_id, item.team_id)?;
    match policy.states.iter().rfind(|s| s.category == "unstarted") {
        Some(last) => enter(cx, item, &last.name),
        None => Ok(()),
    }
}

/// Brings what has not begun back to where it stood before a sprint took it.
pub fn give_back(cx: &mut Change<'_>, item: &mut WorkItem) -> Result<()> {
    if item.category != "unstarted" {
        return Ok(());
    }
    let ws = cx.workspace();
    let policy = policies::workflow(cx.conn(), ws, item.product_id, item.team_id)?;
    match policy.meaning("unstarted") {
        Some(first) => enter(cx, item, &first.name.clone()),
        None => Ok(()),
    }
}

/// Add items to an iteration that has not ended.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddToIteration {
    pub iteration: Id,
    /// Keys, up to 200.
    pub items: Vec<String>,
}

impl Action for AddToIteration {
    type Output = IterationView;
    const META: Meta = Meta::action(
        "add-to-iteration",
        "Add items to an iteration that has not ended",
        "POST",
        "/iterations/{iteration}/items",
    )
    .exercises(&[41]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IterationView> {
        let actor = cx.actor.clone();
        let (sprint, product) = iteration(cx.conn(), &actor, self.iteration, Access::Write)?;
        sprint.check_open()?;
        if self.items.is_empty() || self.items.len() > 200 {
            return Err(Error::invalid("items", "Name between 1 and 200 items."));
        }
        for key in &self.items {
            let (before, of) =
                by_key(cx.conn(), &actor, key, Access::Write).map_err(|e| e.of_key(key))?;
            if of.id != product.id {
                let message = format!("{key} belongs to another product.");
                return Err(Error::invalid("items", message));
            }
            check_level(&before, "items")?;
            check_free(cx, &before)?;
            let mut after = before.clone();
            after.sprint_id = Some(sprint.id);
            if after.team_id.is_none() {
                after.team_id = sprint.team_id;
            }
            let fits = after.team_id != before.team_id;
            if fits {
                crate::how::work_items::fit(cx, &mut after)?;
            }
            if sprint.state == "active" {
                commit(cx, &mut after)?;
            }
            cx.update(&before, &mut after)?;
        }
        let now = cx.now;
        view(cx.conn(), &actor, &sprint, now)
    }
}

/// Refuses epics: they last longer than a sprint, which holds their stories.
pub fn check_level(item: &WorkItem, field: &'static str) -> Result<()> {
    match item.level.as_str() {
        "epic" => {
            let message = format!("{} is an epic. Take its stories into the sprint.", item.key);
            Err(Error::invalid(field, message))
        }
        _ => Ok(()),
    }
}

/// What was finished in an iteration that has ended stays there.
pub fn check_free(cx: &mut Change<'_>, item: &WorkItem) -> Result<()> {
    let Some(id) = item.sprint_id.filter(|_| item.category == "accepted") else { return Ok(()) };
    let ws = cx.workspace();
    match crate::store::load::<Sprint>(cx.conn(), ws, id)? {
        Some(sprint) if sprint.is_over() => Err(Error::refused(format!(
            "{} was finished in “{}”, which is {}: it stays there.",
            item.key, sprint.name, sprint.state
        ))),
        _ => Ok(()),
    }
}

/// Take an item out of an iteration that has not ended.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemoveFromIteration {
    pub iteration: Id,
    pub item: String,
}

impl Action for RemoveFromIteration {
    type Output = IterationView;
    const META: Meta = Meta::action(
        "remove-from-iteration",
        "Take an item out of an iteration that has not ended",
        "DELETE",
        "/iterations/{iteration}/items/{item}",
    )
    .exercises(&[41]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IterationView> {
        let actor = cx.actor.clone();
        let (sprint, _) = iteration(cx.conn(), &actor, self.iteration, Access::Write)?;
        sprint.check_open()?;
        let (before, _) = by_key(cx.conn(), &actor, &self.item, Access::Write)?;
        if before.sprint_id != Some(sprint.id) {
            return Err(Error::NotFound("item in this iteration"));
        }
        release(cx, &before, None)?;
        let now = cx.now;
        view(cx.conn(), &actor, &sprint, now)
    }
}

/// Lets an item go, to another iteration or back into the backlog.
pub(super) fn release(cx: &mut Change<'_>, before: &WorkItem, to: Option<&Sprint>) -> Result<()> {
    let mut after = before.clone();
    after.sprint_id = to.map(|s| s.id);
    match to {
        Some(next) if next.state == "active" => commit(cx, &mut after)?,
        _ => give_back(cx, &mut after)?,
    }
    cx.update(before, &mut after)
}
