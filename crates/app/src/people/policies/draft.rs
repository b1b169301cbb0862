//! Drafting a policy: from a preset or from what holds now, and editing each part of it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::presets::{fill, lay_over, overlays, preset};
use super::views::{PolicyView, view};
use super::{
    CEREMONIES, CLASSES, ESTIMATES, Owner, Policy, RHYTHMS, Rhythm, Transition, active, all_of,
    blank, owner, policy,
};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::nouns::{one_of, put_text};
use crate::store::{Action, Change, Fields, Listed, Meta, RowMeta, Scope, Words};

/// Draft a policy for a team or a product, from a framework or from what holds now.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DraftPolicy {
    pub team: Option<Id>,
    /// A product's key, for its own policy.
    pub product: Option<String>,
    /// `scrum`, `kanban`, `lightweight` or `hybrid`; what holds now if left out.
    pub preset: Option<String>,
    /// `lean`, `team-topologies`.
    pub overlays: Vec<String>,
}

impl Action for DraftPolicy {
    type Output = PolicyView;
    const META: Meta = Meta::action(
        "draft-policy",
        "Draft a policy for a team or a product, from a framework or from what holds now",
        "POST",
        "/policies",
    )
    .exercises(&[40])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<PolicyView> {
        let actor = cx.actor.clone();
        let owner = owner(cx.conn(), &actor, self.team, self.product.as_deref(), Access::Write)?;
        let draft = draft(cx, owner, self.preset.as_deref(), &self.overlays)?;
        view(cx.conn(), &actor, &draft)
    }
}

/// Writes a draft; an earlier one that was not put into force goes.
pub fn draft(
    cx: &mut Change<'_>,
    owner: Owner,
    wanted: Option<&str>,
    over: &[String],
) -> Result<Policy> {
    let ws = cx.workspace();
    let all = all_of(cx.conn(), ws, owner)?;
    let number = all.iter().map(|p| p.number).max().unwrap_or_default() + 1;
    for old in all.iter().filter(|p| p.state == "draft") {
        cx.bin(old)?;
    }
    let mut new = blank(cx, owner, number);
    match (wanted.filter(|p| !p.is_empty()), active(cx.conn(), ws, owner)?) {
        // Whoever only lays something over what they work by keeps what they made of it.
        (Some(name), Some(now)) if now.preset == name.trim() => new = copy(cx, &now, number),
        (Some(name), _) => fill(&mut new, preset(name)?),
        (None, Some(now)) => new = copy(cx, &now, number),
        (None, None) => {
            return Err(Error::invalid("preset", "Choose the framework to begin with."));
        }
    }
    if wanted.is_some() || !over.is_empty() {
        new.overlays = overlays(over)?;
        lay_over(&mut new);
    }
    cx.insert(&new)?;
    Ok(new)
}

/// A draft that says what another policy does.
fn copy(cx: &Change<'_>, of: &Policy, number: i64) -> Policy {
    let meta = cx.fresh();
    let mut new = Policy {
        number,
        state: "draft".to_owned(),
        author_id: Some(cx.actor.person),
        maps: Default::default(),
        since: None,
        id: meta.id,
        ..of.clone()
    };
    crate::store::Record::set_meta(&mut new, RowMeta { ..meta });
    new
}

/// Drafts a policy of the past again, word for word, to go back to it.
pub fn draft_again(cx: &mut Change<'_>, old: &Policy) -> Result<Policy> {
    let ws = cx.workspace();
    let all = all_of(cx.conn(), ws, old.owner())?;
    for open in all.iter().filter(|p| p.state == "draft") {
        cx.bin(open)?;
    }
    let number = all.iter().map(|p| p.number).max().unwrap_or_default() + 1;
    let new = copy(cx, old, number);
    cx.insert(&new)?;
    Ok(new)
}

/// A policy that is still a draft.
pub(super) fn open(cx: &mut Change<'_>, id: Id) -> Result<Policy> {
    let actor = cx.actor.clone();
    let found = policy(cx.conn(), &actor, id, Access::Write)?;
    if found.state != "draft" {
        return Err(Error::refused(format!(
            "This policy is {}, so it stays as it is. Draft a new one from it.",
            found.state
        )));
    }
    Ok(found)
}

/// Edit what you name of a drafted policy; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditPolicy {
    pub policy: Id,
    pub revision: Option<i64>,
    /// `warn` or `block`: what happens where a limit is reached.
    pub wip_rule: Option<String>,
    /// Started items of one person; 0 for no limit.
    pub wip_person: Option<i64>,
    /// Started items of the whole team; 0 for no limit.
    pub wip_total: Option<i64>,
    /// Started items of a class of service: `expedite`, `fixed-date`, `standard`, `intangible`; what is left
    /// out has no limit.
    pub wip_classes: Option<Fields>,
    /// The state in which the clock of the cycle time starts.
    pub started: Option<String>,
    /// The state that stops it.
    pub finished: Option<String>,
    /// Service level expectation in days; 0 for none.
    pub sle_days: Option<i64>,
    /// In percent.
    pub sle_share: Option<i64>,
    /// Lines of the Definition of Ready.
    pub ready: Option<Vec<String>>,
    /// Lines of the Definition of Done.
    pub done: Option<Vec<String>>,
    /// `points`, `sizes`, `hours` or `none`.
    pub estimates: Option<String>,
    /// Days of a sprint, up to 31; 0 for no sprints.
    pub sprint_days: Option<i64>,
    /// What may follow what, as `Ready -> In progress`; none means that any may follow any.
    pub transitions: Option<Vec<String>>,
    pub artefacts: Option<Vec<String>>,
    pub metrics: Option<Vec<String>>,
    /// What each gate must meet.
    pub must_meet: Option<Vec<String>>,
    /// What each gate should meet.
    pub should_meet: Option<Vec<String>>,
    pub overlays: Option<Vec<String>>,
    /// Further agreements, as Markdown.
    pub notes: Option<String>,
}

/// The lines that a list or a field of many lines holds.
fn lines(given: &[String]) -> Words {
    let all = given.iter().flat_map(|text| text.lines()).map(str::trim);
    Words(all.filter(|line| !line.is_empty()).map(str::to_owned).take(100).collect())
}

fn class_limits(given: &Fields) -> Result<Fields> {
    let mut all = Fields::default();
    for (class, most) in given.iter() {
        let class = one_of("wip_classes", Some(class), "", &CLASSES)?;
        let number = most.trim().parse().map_err(|_| {
            Error::invalid("wip_classes", format!("“{most}” is no number of items."))
        })?;
        if let Some(most) = limit("wip_classes", number, 1000)? {
            all.0.insert(class, most.to_string());
        }
    }
    Ok(all)
}

fn limit(field: &'static str, value: i64, most: i64) -> Result<Option<i64>> {
    if !(0..=most).contains(&value) {
        return Err(Error::invalid(field, format!("Give a number up to {most}, or 0 for none.")));
    }
    Ok(Some(value).filter(|v| *v > 0))
}

impl Action for EditPolicy {
    type Output = PolicyView;
    const META: Meta = Meta::action(
        "edit-policy",
        "Edit what you name of a drafted policy; the rest stays",
        "PATCH",
        "/policies/{policy}",
    )
    .exercises(&[40])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<PolicyView> {
        let actor = cx.actor.clone();
        let before = open(cx, self.policy)?;
        let mut after = before.clone();
        self.numbers(&mut after)?;
        self.lists(&mut after)?;
        let usual = before.wip_rule.as_str();
        after.wip_rule = one_of("wip_rule", self.wip_rule.as_deref(), usual, &["warn", "block"])?;
        let usual = before.estimates.as_str();
        after.estimates = one_of("estimates", self.estimates.as_deref(), usual, &ESTIMATES)?;
        for (field, given) in [("started", &self.started), ("finished", &self.finished)] {
            let Some(name) = given.as_deref().filter(|n| !n.trim().is_empty()) else { continue };
            let Some(state) = before.named(name).map(|s| s.name.clone()) else {
                return Err(Error::invalid(field, format!("There is no state “{name}” in it.")));
            };
            if field == "started" { after.started = state } else { after.finished = state }
        }
        if after.place(&after.started) > after.place(&after.finished) {
            let message = "The clock has to start before the state that stops it.";
            return Err(Error::invalid("started", message));
        }
        put_text(&mut after.notes, "notes", self.notes.as_ref())?;
        let after = cx.edit(&before, after, self.revision)?;
        view(cx.conn(), &actor, &after)
    }
}

impl EditPolicy {
    fn numbers(&self, after: &mut Policy) -> Result<()> {
        if let Some(value) = self.wip_person {
            after.wip_person = limit("wip_person", value, 100)?;
        }
        if let Some(value) = self.wip_total {
            after.wip_total = limit("wip_total", value, 1000)?;
        }
        if let Some(given) = &self.wip_classes {
            after.wip_classes = class_limits(given)?;
        }
        if let Some(value) = self.sle_days {
            after.sle_days = limit("sle_days", value, 1000)?;
        }
        if let Some(value) = self.sprint_days {
            after.sprint_days = limit("sprint_days", value, 31)?;
        }
        if let Some(share) = self.sle_share {
            if !(1..=99).contains(&share) {
                return Err(Error::invalid("sle_share", "Give a share from 1 to 99 %."));
            }
            after.sle_share = share;
        }
        Ok(())
    }

    fn lists(&self, after: &mut Policy) -> Result<()> {
        let pairs = [
            (&self.ready, &mut after.ready),
            (&self.done, &mut after.done),
            (&self.artefacts, &mut after.artefacts),
            (&self.metrics, &mut after.metrics),
            (&self.must_meet, &mut after.must_meet),
            (&self.should_meet, &mut after.should_meet),
        ];
        for (given, kept) in pairs {
            if let Some(given) = given {
                *kept = lines(given);
            }
        }
        if let Some(given) = &self.overlays {
            after.overlays = overlays(given)?;
            lay_over(after);
        }
        if let Some(given) = &self.transitions {
            after.transitions = transitions(after, given)?;
        }
        Ok(())
    }
}

fn transitions(policy: &Policy, given: &[String]) -> Result<Listed<Transition>> {
    let mut all = Vec::new();
    for line in lines(given).iter() {
        let line = line.replace('→', "->");
        let ends = line.split_once("->");
        let state = |name: &str| policy.named(name).map(|s| s.name.clone());
        match ends.and_then(|(from, to)| Some((state(from)?, state(to)?))) {
            Some((from, to)) => all.push(Transition { from, to }),
            None => {
                let message = format!(
                    "“{line}” names no two states of this policy. Write it like “{} -> {}”.",
                    policy.started, policy.finished
                );
                return Err(Error::invalid("transitions", message));
            }
        }
    }
    Ok(Listed(all))
}

/// Set how often a ceremony comes in a drafted policy, or that it comes no more.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetRhythm {
    pub policy: Id,
    /// `planning`, `refinement`, `daily`, `review`, `retro`, `replenishment`, `delivery-planning`,
    /// `service-review`, `demo`, `steering`, `build-measure-learn` or `interaction-review`.
    pub kind: String,
    /// `day`, `week`, `two-weeks`, `month`, `quarter`, `sprint`, `gate`, or `never`.
    pub every: String,
    /// The timebox; 60 if left out.
    pub minutes: Option<i64>,
}

impl Action for SetRhythm {
    type Output = PolicyView;
    const META: Meta = Meta::action(
        "set-rhythm",
        "Set how often a ceremony comes in a drafted policy, or that it comes no more",
        "POST",
        "/policies/{policy}/cadence",
    )
    .exercises(&[40, 42])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<PolicyView> {
        let actor = cx.actor.clone();
        let before = open(cx, self.policy)?;
        let mut after = before.clone();
        let kind = one_of("kind", Some(&self.kind), "", &CEREMONIES)?;
        after.cadence.0.retain(|r| r.kind != kind);
        if self.every.trim() != "never" {
            let every = one_of("every", Some(&self.every), "", &RHYTHMS)?;
            let minutes = self.minutes.unwrap_or(60);
            if !(5..=960).contains(&minutes) {
                return Err(Error::invalid("minutes", "A timebox is 5 to 960 minutes."));
            }
            after.cadence.0.push(Rhythm { kind, every, minutes });
        }
        cx.update(&before, &mut after)?;
        view(cx.conn(), &actor, &after)
    }
}

/// Discard a drafted policy.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct DiscardPolicy {
    pub policy: Id,
}

impl Action for DiscardPolicy {
    type Output = PolicyView;
    const META: Meta =
        Meta::action("discard-policy", "Discard a drafted policy", "DELETE", "/policies/{policy}")
            .exercises(&[40])
            .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<PolicyView> {
        let actor = cx.actor.clone();
        let before = open(cx, self.policy)?;
        cx.bin(&before)?;
        view(cx.conn(), &actor, &before)
    }
}
