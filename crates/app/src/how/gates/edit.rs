//! Setting up a gate, and saying how its criteria stand.

use schemars::JsonSchema;
use serde::Deserialize;

use super::views::{GateView, view};
use super::{Gate, GateCriterion, by_id, still_open};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::new_row;
use crate::people::members::{self, Person};
use crate::people::nouns::{one_of, put};
use crate::people::products::{self, check_text, check_title};
use crate::people::{policies, teams};
use crate::store::{Action, Change, Listed, Meta, Words, load};

/// How a criterion may stand.
pub const STANDINGS: [&str; 3] = ["open", "met", "not-met"];

/// Set up a gate; its criteria come from the team's or the product's policy.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateGate {
    pub product: String,
    pub name: String,
    /// The phase that it ends.
    pub phase: String,
    pub due: Option<Day>,
    /// A team's id or name.
    pub team: Option<String>,
    /// Ids or names of those who decide; lines or commas between them.
    pub approvers: Vec<String>,
    /// What must be met, a line each; the policy's if left out.
    pub must: Vec<String>,
    /// What should be met, a line each; the policy's if left out.
    pub should: Vec<String>,
}

fn criteria(given: &[String], usual: &[String]) -> Result<Listed<GateCriterion>> {
    let lines = |all: &[String]| -> Vec<String> {
        let all = all.iter().flat_map(|t| t.lines()).map(str::trim);
        all.filter(|l| !l.is_empty()).map(str::to_owned).collect()
    };
    let own = lines(given);
    let all = if own.is_empty() { lines(usual) } else { own };
    if all.len() > 50 {
        return Err(Error::invalid("must", "A gate has up to 50 criteria of a kind."));
    }
    let new =
        |text: String| GateCriterion { text, standing: "open".to_owned(), note: String::new() };
    Ok(Listed(all.into_iter().map(new).collect()))
}

fn approvers(cx: &mut Change<'_>, given: &[String]) -> Result<Words> {
    let ws = cx.workspace();
    let mut all: Vec<String> = Vec::new();
    let names = given.iter().flat_map(|t| t.split([',', '\n'])).map(str::trim);
    for name in names.filter(|n| !n.is_empty()).take(20) {
        let found = match name.parse::<Id>() {
            Ok(id) => load::<Person>(cx.conn(), ws, id)?.filter(|p| p.gone_at.is_none()),
            Err(_) => members::by_name(cx.conn(), ws, name)?,
        };
        let message = format!("Nobody here is called “{name}”. Choose from the people.");
        let id = found.ok_or_else(|| Error::invalid("approvers", message))?.id.to_string();
        if !all.contains(&id) {
            all.push(id);
        }
    }
    Ok(Words(all))
}

impl Action for CreateGate {
    type Output = GateView;
    const META: Meta = Meta::action(
        "create-gate",
        "Set up a gate; its criteria come from the team's or the product's policy",
        "POST",
        "/gates",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<GateView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let ws = actor.workspace;
        let team = teams::chosen(cx.conn(), ws, "team", self.team.as_deref())?.map(|t| t.id);
        let policy = policies::workflow(cx.conn(), ws, product.id, team)?;
        let name = check_title("name", &self.name)?;
        let approvers = approvers(cx, &self.approvers)?;
        let gate = new_row!(
            cx,
            Gate {
                product_id: product.id,
                team_id: team,
                name: name,
                phase: check_text("phase", self.phase.trim())?,
                due: self.due,
                must: criteria(&self.must, &policy.must_meet)?,
                should: criteria(&self.should, &policy.should_meet)?,
                approvers: approvers,
                state: "pending".to_owned(),
                author_id: Some(actor.person),
            }
        );
        cx.insert(&gate)?;
        view(cx.conn(), ws, &gate, &product)
    }
}

/// Edit what you name of a gate that is not decided for good; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditGate {
    pub gate: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    pub phase: Option<String>,
    pub due: Option<Day>,
    /// Ids or names of those who decide.
    pub approvers: Option<Vec<String>>,
}

impl Action for EditGate {
    type Output = GateView;
    const META: Meta = Meta::action(
        "edit-gate",
        "Edit what you name of a gate that is not decided for good; the rest stays",
        "PATCH",
        "/gates/{gate}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<GateView> {
        let actor = cx.actor.clone();
        let (before, product) = by_id(cx.conn(), &actor, self.gate, Access::Write)?;
        still_open(&before)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
        }
        put(&mut after.phase, self.phase.as_ref());
        after.due = self.due.or(after.due);
        if let Some(given) = &self.approvers {
            after.approvers = approvers(cx, given)?;
        }
        let after = cx.edit(&before, after, self.revision)?;
        view(cx.conn(), actor.workspace, &after, &product)
    }
}

/// Say how a criterion of a gate stands, or add one.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetGateCriterion {
    pub gate: Id,
    /// `must` or `should`.
    pub kind: String,
    /// The criterion, word by word; what the gate does not ask for yet is added.
    pub text: String,
    /// `open`, `met` or `not-met`.
    pub standing: Option<String>,
    /// What shows it.
    pub note: Option<String>,
}

impl Action for SetGateCriterion {
    type Output = GateView;
    const META: Meta = Meta::action(
        "set-gate-criterion",
        "Say how a criterion of a gate stands, or add one",
        "POST",
        "/gates/{gate}/criteria",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<GateView> {
        let actor = cx.actor.clone();
        let (before, product) = by_id(cx.conn(), &actor, self.gate, Access::Write)?;
        still_open(&before)?;
        let mut after = before.clone();
        let kind = one_of("kind", Some(&self.kind), "", &["must", "should"])?;
        let all = if kind == "must" { &mut after.must.0 } else { &mut after.should.0 };
        let text = check_title("text", &self.text)?;
        let at = all.iter().position(|c| c.text == text);
        if at.is_none() && all.len() >= 50 {
            return Err(Error::invalid("text", "A gate has up to 50 criteria of a kind."));
        }
        let usual = at.and_then(|at| all.get(at)).map_or("open", |c| c.standing.as_str());
        let standing = one_of("standing", self.standing.as_deref(), usual, &STANDINGS)?;
        let mut new = GateCriterion { text, standing, note: String::new() };
        match at.and_then(|at| all.get_mut(at)) {
            Some(own) => {
                new.note.clone_from(&own.note);
                put(&mut new.note, self.note.as_ref());
                *own = new;
            }
            None => {
                put(&mut new.note, self.note.as_ref());
                all.push(new);
            }
        }
        cx.update(&before, &mut after)?;
        view(cx.conn(), actor.workspace, &after, &product)
    }
}

/// Remove a gate at which nothing was decided.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemoveGate {
    pub gate: Id,
}

impl Action for RemoveGate {
    type Output = GateView;
    const META: Meta = Meta::action(
        "remove-gate",
        "Remove a gate at which nothing was decided",
        "DELETE",
        "/gates/{gate}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<GateView> {
        let actor = cx.actor.clone();
        let (before, product) = by_id(cx.conn(), &actor, self.gate, Access::Write)?;
        if before.state != "pending" {
            return Err(Error::refused(
                "Something was decided at this gate, so it stays, with its record.",
            ));
        }
        cx.bin(&before)?;
        view(cx.conn(), actor.workspace, &before, &product)
    }
}
