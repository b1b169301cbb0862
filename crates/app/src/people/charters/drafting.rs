//! Drafting a charter: the context, the arrangement that is advised or chosen, and the matrix that
//! follows; then who is in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::arrangement::Arrangement;
use super::asking::{ContextInput, chosen, known_context, person, seniority_of, word};
use super::context::{Context, Holder, Role};
use super::ground::{self, Ground};
use super::matrix::Matrix;
use super::presets;
use super::records::Charter;
use super::standing;
use super::views::{CharterView, view};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::new_row;
use crate::people::nouns::check_ahead;
use crate::store::{Action, Change, Meta};

/// Draft a charter for a product, a part of one, or a team.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DraftCharter {
    /// A product's key; nothing for a team.
    pub product: Option<String>,
    /// A part's id or name, within the product.
    pub part: Option<String>,
    /// A team's id or name.
    pub team: Option<String>,
    pub company: Option<String>,
    pub stage: Option<String>,
    pub teams: Option<i64>,
    pub framework: Option<String>,
    pub kinds: Option<Vec<String>>,
    /// What people are there as, by their ids; `none` leaves somebody out.
    pub roles: BTreeMap<String, String>,
    pub seniority: BTreeMap<String, String>,
    /// The one that is advised, if left out.
    pub arrangement: Option<String>,
    /// Why another one than is advised.
    pub because: String,
    pub review_on: Option<Day>,
}

impl DraftCharter {
    fn context(&self) -> ContextInput {
        ContextInput {
            company: self.company.clone(),
            stage: self.stage.clone(),
            teams: self.teams,
            framework: self.framework.clone(),
            kinds: self.kinds.clone(),
            roles: self.roles.clone(),
            seniority: self.seniority.clone(),
        }
    }
}

impl Action for DraftCharter {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "draft-charter",
        "Draft a charter for a product, a part of one, or a team",
        "POST",
        "/charters",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let actor = cx.actor.clone();
        let (product, part, team) =
            (self.product.as_deref(), self.part.as_deref(), self.team.as_deref());
        let ground = ground::ground(cx.conn(), &actor, product, part, team, Access::Write)?;
        let known = known_context(cx.conn(), &actor, &ground)?;
        let context = self.context().over(cx.conn(), actor.workspace, &known)?;
        let (arrangement, because) = chosen(&context, self.arrangement.as_ref(), &self.because)?;
        check_ahead(cx, "review_on", self.review_on)?;
        let review = self.review_on.unwrap_or_else(|| cx.now.day().plus_days(180));
        let matrix = presets::suggest(arrangement, &context, ground.scope).matrix;
        let charter = begin(cx, &ground, context, arrangement, because, matrix, review)?;
        let today = cx.now.day();
        view(cx.conn(), &actor, &charter, &ground, today)
    }
}

/// A new draft of a scope, which has one at a time.
fn begin(
    cx: &mut Change<'_>,
    ground: &Ground,
    context: Context,
    arrangement: Arrangement,
    because: String,
    matrix: Matrix,
    review: Day,
) -> Result<Charter> {
    let workspace = cx.workspace();
    let earlier = ground::of_scope(cx.conn(), workspace, ground.id)?;
    if earlier.iter().any(|c| c.state == "draft") {
        return Err(Error::refused(format!(
            "There is a draft for {} already. Change that one, or discard it.",
            ground.name
        )));
    }
    let charter = new_row!(
        cx,
        Charter {
            scope: ground.scope.as_str().to_owned(),
            scope_id: ground.id,
            product_id: ground.place.product,
            part_id: ground.place.part,
            team_id: ground.place.team,
            number: earlier.first().map_or(0, |c| c.number) + 1,
            state: "draft".to_owned(),
            context: context,
            arrangement: arrangement.as_str().to_owned(),
            because: because,
            matrix: matrix,
            review_on: Some(review),
            agreed_on: None,
            superseded_on: None,
        }
    );
    cx.insert(&charter)?;
    Ok(charter)
}

/// Begin a new draft from the charter that holds, as it stands today.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ReviseCharter {
    pub charter: Id,
}

impl Action for ReviseCharter {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "revise-charter",
        "Begin a new draft from the charter that holds, as it stands today",
        "POST",
        "/charters/{charter}/revise",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let (actor, today) = (cx.actor.clone(), cx.now.day());
        let (old, ground) = ground::charter(cx.conn(), &actor, self.charter, Access::Write)?;
        let mut lasting = ground::handovers_of(cx.conn(), actor.workspace, ground.id)?;
        lasting.retain(|h| h.until_day.is_none() && h.from_day <= today);
        let matrix = standing::as_handed_over(&old, &lasting);
        let arrangement = old.arrangement();
        let review = today.plus_days(180);
        let (context, because) = (old.context.clone(), old.because.clone());
        let charter = begin(cx, &ground, context, arrangement, because, matrix, review)?;
        let today = cx.now.day();
        view(cx.conn(), &actor, &charter, &ground, today)
    }
}

/// Drafts a charter of the past again, word for word, to go back to it once it is signed.
pub fn draft_again(cx: &mut Change<'_>, old: Id) -> Result<CharterView> {
    let (actor, today) = (cx.actor.clone(), cx.now.day());
    let (old, ground) = ground::charter(cx.conn(), &actor, old, Access::Write)?;
    let (context, because, matrix) = (old.context.clone(), old.because.clone(), old.matrix.clone());
    let review = today.plus_days(180);
    let charter = begin(cx, &ground, context, old.arrangement(), because, matrix, review)?;
    view(cx.conn(), &actor, &charter, &ground, today)
}

/// A draft that this actor may change.
pub(super) fn draft(cx: &mut Change<'_>, id: Id) -> Result<(Charter, Ground)> {
    let actor = cx.actor.clone();
    let (charter, ground) = ground::charter(cx.conn(), &actor, id, Access::Write)?;
    if charter.state != "draft" {
        return Err(Error::refused(
            "An agreed charter stays as it was signed. Revise it: that begins a new draft.",
        ));
    }
    Ok((charter, ground))
}

/// Writes a changed draft; what was signed was another text, so signatures are taken back.
pub(super) fn redraw(
    cx: &mut Change<'_>,
    before: &Charter,
    mut after: Charter,
    ground: &Ground,
) -> Result<CharterView> {
    let actor = cx.actor.clone();
    if before.matrix != after.matrix {
        for signed in ground::signatures(cx.conn(), actor.workspace, before.id)? {
            cx.bin(&signed)?;
        }
    }
    cx.update(before, &mut after)?;
    let today = cx.now.day();
    view(cx.conn(), &actor, &after, ground, today)
}

/// Choose the arrangement of a draft, with what it depends on; the matrix begins anew from it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ChooseArrangement {
    pub charter: Id,
    pub company: Option<String>,
    pub stage: Option<String>,
    pub teams: Option<i64>,
    pub framework: Option<String>,
    pub kinds: Option<Vec<String>>,
    pub roles: BTreeMap<String, String>,
    pub seniority: BTreeMap<String, String>,
    /// The one that is advised, if left out.
    pub arrangement: Option<String>,
    /// Why another one than is advised.
    pub because: String,
}

impl Action for ChooseArrangement {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "choose-arrangement",
        "Choose the arrangement of a draft, with what it depends on",
        "POST",
        "/charters/{charter}/arrangement",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let (before, ground) = draft(cx, self.charter)?;
        let input = ContextInput {
            company: self.company.clone(),
            stage: self.stage.clone(),
            teams: self.teams,
            framework: self.framework.clone(),
            kinds: self.kinds.clone(),
            roles: self.roles.clone(),
            seniority: self.seniority.clone(),
        };
        let workspace = cx.workspace();
        let context = input.over(cx.conn(), workspace, &before.context)?;
        let (arrangement, because) = chosen(&context, self.arrangement.as_ref(), &self.because)?;
        let mut after = before.clone();
        after.matrix = presets::suggest(arrangement, &context, ground.scope).matrix;
        arrangement.as_str().clone_into(&mut after.arrangement);
        (after.context, after.because) = (context, because);
        redraw(cx, &before, after, &ground)
    }
}

/// Set when a charter is looked at again.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EditCharter {
    pub charter: Id,
    pub review_on: Day,
}

impl Action for EditCharter {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "edit-charter",
        "Set when a charter is looked at again",
        "PATCH",
        "/charters/{charter}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let actor = cx.actor.clone();
        let (before, ground) = ground::charter(cx.conn(), &actor, self.charter, Access::Write)?;
        if before.review_on != Some(self.review_on) {
            check_ahead(cx, "review_on", Some(self.review_on))?;
        }
        let mut after = before.clone();
        after.review_on = Some(self.review_on);
        redraw(cx, &before, after, &ground)
    }
}

/// Add somebody to a draft.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct AddToCharter {
    pub charter: Id,
    /// A person's id or name.
    pub person: String,
    /// What they are there as; what their title says if left out.
    pub role: Option<String>,
}

impl Action for AddToCharter {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "add-to-charter",
        "Add somebody to a draft",
        "POST",
        "/charters/{charter}/people",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let (before, ground) = draft(cx, self.charter)?;
        let workspace = cx.workspace();
        let person = person(cx.conn(), workspace, "person", &self.person)?;
        let usual = Role::of_title(&person.title);
        let role = word(self.role.as_ref(), usual, Role::parse)?;
        let mut after = before.clone();
        after.context.people.retain(|h| h.person != person.id);
        let seniority = seniority_of(&person);
        after.context.people.push(Holder { person: person.id, role, seniority });
        redraw(cx, &before, after, &ground)
    }
}

/// Take somebody out of a draft, with all their letters.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemoveFromCharter {
    pub charter: Id,
    pub person: Id,
}

impl Action for RemoveFromCharter {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "remove-from-charter",
        "Take somebody out of a draft, with all their letters",
        "DELETE",
        "/charters/{charter}/people/{person}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let (before, ground) = draft(cx, self.charter)?;
        let mut after = before.clone();
        after.context.people.retain(|h| h.person != self.person);
        let numbers: Vec<u8> = after.matrix.0.keys().copied().collect();
        for number in numbers {
            // Taking a letter away is never refused.
            let _ = after.matrix.set(number, self.person, None);
        }
        redraw(cx, &before, after, &ground)
    }
}
