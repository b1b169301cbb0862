//! Drafting a charter: the context, the arrangement that is advised or chosen, and the matrix that
//! follows; then who is in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::arrangement::{Arrangement, advise};
use super::context::{Company, Context, Framework, Holder, ProductKind, Role, Seniority, Stage};
use super::ground::{self, Ground};
use super::matrix::Matrix;
use super::presets;
use super::records::Charter;
use super::standing;
use super::views::{CharterView, view};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::new_row;
use crate::people::members::{self, Person};
use crate::people::nouns::check_ahead;
use crate::people::products::check_text;
use crate::people::{parts, teams};
use crate::store::{Action, Change, Meta, load};

/// What an arrangement depends on, as it is asked; what is left out is taken from what is known.
#[derive(Deserialize, JsonSchema, Clone, Default, Debug)]
#[serde(deny_unknown_fields, default)]
pub struct ContextInput {
    /// `startup`, `scale-up`, `established`, `large` or `multinational`.
    pub company: Option<String>,
    /// `search` (before product-market fit), `launch`, `growth`, `maturity` or `decline`.
    pub stage: Option<String>,
    /// How many teams work on the product.
    pub teams: Option<i64>,
    /// `scrum`, `kanban`, `lightweight` or `hybrid`.
    pub framework: Option<String>,
    /// `platform`, `regulated`, `internal-tool`, `consumer`, `hardware`; `none` for nothing special.
    pub kinds: Option<Vec<String>>,
    /// What people are there as, by their ids: `head`, `product-manager`, `product-owner`,
    /// `designer`, `developer`, `stakeholder`; `none` leaves somebody out.
    pub roles: BTreeMap<String, String>,
    /// `junior` to `head`, by people's ids; what their profile says if left out.
    pub seniority: BTreeMap<String, String>,
}

fn word<T>(given: Option<&String>, usual: T, parse: impl Fn(&str) -> Result<T>) -> Result<T> {
    match given.map(|g| g.trim()).filter(|g| !g.is_empty()) {
        Some(word) => parse(word),
        None => Ok(usual),
    }
}

impl ContextInput {
    /// The context: what was given over what `known` says.
    pub fn over(&self, conn: &mut Conn, workspace: i64, known: &Context) -> Result<Context> {
        let teams = match self.teams {
            Some(n) if !(1..=1000).contains(&n) => {
                return Err(Error::invalid("teams", "One team at least, and up to 1,000."));
            }
            Some(n) => u32::try_from(n).unwrap_or(1),
            None => known.teams,
        };
        let people = if self.roles.is_empty() {
            known.people.clone()
        } else {
            self.people(conn, workspace)?
        };
        Ok(Context {
            company: word(self.company.as_ref(), known.company, Company::parse)?,
            stage: word(self.stage.as_ref(), known.stage, Stage::parse)?,
            teams,
            framework: word(self.framework.as_ref(), known.framework, Framework::parse)?,
            kinds: match &self.kinds {
                Some(given) => kinds(given)?,
                None => known.kinds.clone(),
            },
            people,
        })
    }

    fn people(&self, conn: &mut Conn, workspace: i64) -> Result<Vec<Holder>> {
        let mut people = Vec::new();
        for (id, role) in &self.roles {
            if matches!(role.trim(), "" | "none") {
                continue;
            }
            let role = Role::parse(role)?;
            let person = person(conn, workspace, "person", id)?;
            let said = self.seniority.get(id);
            let seniority = word(said, seniority_of(&person), Seniority::parse)?;
            people.push(Holder { person: person.id, role, seniority });
        }
        Ok(people)
    }
}

fn kinds(given: &[String]) -> Result<Vec<ProductKind>> {
    let words = given.iter().flat_map(|g| g.split(',')).map(str::trim);
    let words = words.filter(|w| !matches!(*w, "" | "none"));
    let mut kinds: Vec<ProductKind> = words.map(ProductKind::parse).collect::<Result<_>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

/// How senior a person's profile says they are.
pub(super) fn seniority_of(person: &Person) -> Seniority {
    Seniority::parse(&person.seniority).unwrap_or(Seniority::Mid)
}

/// A person of the workspace by id or name.
pub(super) fn person(
    conn: &mut Conn,
    workspace: i64,
    field: &'static str,
    who: &str,
) -> Result<Person> {
    let found = match who.trim().parse::<Id>() {
        Ok(id) => load::<Person>(conn, workspace, id)?.filter(|p| p.gone_at.is_none()),
        Err(_) => members::by_name(conn, workspace, who.trim())?,
    };
    let message = || Error::invalid(field, format!("Nobody here is called “{}”.", who.trim()));
    found.ok_or_else(message)
}

/// What the workspace knows of a scope's context: its last charter's, or its teams and their people.
pub fn known_context(conn: &mut Conn, actor: &Actor, ground: &Ground) -> Result<Context> {
    let workspace = actor.workspace;
    if let Some(last) = ground::of_scope(conn, workspace, ground.id)?.into_iter().next() {
        return Ok(last.context);
    }
    let team_ids: Vec<Id> = match (ground.place.team, ground.place.product) {
        (Some(team), _) => vec![team],
        (None, Some(product)) => {
            let mut ids: Vec<Id> = parts::of_product(conn, workspace, product)?
                .into_iter()
                .filter_map(|p| p.team_id)
                .collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        _ => Vec::new(),
    };
    let mut people: Vec<Person> = Vec::new();
    for team in &team_ids {
        people.extend(teams::members_of(conn, workspace, *team)?);
    }
    if people.is_empty() {
        people = members::all(conn, workspace)?.into_iter().filter(|p| p.active).take(12).collect();
    }
    let mut holders: Vec<Holder> = Vec::new();
    for person in people {
        if holders.iter().all(|h| h.person != person.id) {
            let role = Role::of_title(&person.title);
            holders.push(Holder { person: person.id, role, seniority: seniority_of(&person) });
        }
    }
    let teams = u32::try_from(team_ids.len().max(1)).unwrap_or(1);
    Ok(Context { teams, people: holders, ..Context::default() })
}

/// What was chosen against the advice needs a reason; what was advised has its own.
fn chosen(
    context: &Context,
    given: Option<&String>,
    because: &str,
) -> Result<(Arrangement, String)> {
    let advised = advise(context).arrangement;
    let arrangement = word(given, advised, Arrangement::parse)?;
    let because = check_text("because", because.trim())?;
    if arrangement != advised && because.is_empty() {
        let message = format!(
            "The advice is “{}”. Choosing otherwise is yours; say in a sentence why, so that it can be looked at later.",
            advised.label()
        );
        return Err(Error::invalid("because", message));
    }
    Ok((arrangement, because))
}

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
