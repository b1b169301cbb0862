//! Trying a practice first: one team, until a day, then looked back on as any other step.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asking::Question;
use super::keeping::keep;
use super::looking::{StepView, view_of};
use super::practices::{Practice, fitting, practice};
use super::turning::{Turned, product_of_team};
use crate::kernel::{Access, Day, Error, Result};
use crate::people::products::{self, check_title};
use crate::people::teams;
use crate::reports::signals::{named, raised_now};
use crate::store::{Action, Change, Meta, Query, Reader, Scope};

/// A practice with whether it would lower what is raised.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct OfferedPractice {
    #[serde(flatten)]
    pub practice: Practice,
    /// Those of its signals that are raised, as `S3`.
    pub raised: Vec<String>,
}

/// List practices to try before a framework, an arrangement or titles are changed.
#[derive(Deserialize, JsonSchema, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct ListPractices {
    /// A product's key, whose raised signals decide the order.
    pub product: Option<String>,
    /// Or a team's id or name.
    pub team: Option<String>,
}

impl Query for ListPractices {
    type Output = Vec<OfferedPractice>;
    const META: Meta = Meta::query(
        "list-practices",
        "List practices to try before a framework, an arrangement or titles are changed",
        "/culture/practices",
    )
    .access(Access::Write)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<OfferedPractice>> {
        let ws = cx.actor.workspace;
        let given = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
        let scope = match (given(&self.team), given(&self.product)) {
            (Some(team), _) => {
                Some(teams::named(cx.conn, ws, &team)?.ok_or(Error::NotFound("team"))?.id)
            }
            (None, Some(key)) => Some(named(cx.conn, cx.actor, Some(&key), None)?.id()),
            _ => None,
        };
        let raised: Vec<u8> = match scope {
            Some(scope) => raised_now(cx.conn, ws, scope)?.iter().map(|s| s.number).collect(),
            None => Vec::new(),
        };
        let of = |practice: &Practice| OfferedPractice {
            practice: *practice,
            raised: practice
                .signals
                .iter()
                .filter(|n| raised.contains(n))
                .map(|n| format!("S{n}"))
                .collect(),
        };
        Ok(fitting(&raised).into_iter().map(of).collect())
    }
}

/// Try a practice with one team until a day, before anything else is changed.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TryPractice {
    /// A word of the catalogue, as `shared-interviews`; or your own in a line.
    pub practice: String,
    /// A team's id or name.
    pub team: String,
    /// The product in which the decision is kept; one of the team's if left out.
    pub product: Option<String>,
    /// The practice's own problem, if left out.
    pub problem: Option<String>,
    /// The last day; what the catalogue says if left out.
    pub until: Option<Day>,
}

impl Action for TryPractice {
    type Output = StepView;
    const META: Meta = Meta::action(
        "try-practice",
        "Try a practice with one team until a day, before anything else is changed",
        "POST",
        "/culture/practices",
    )
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<StepView> {
        let (ws, actor) = (cx.workspace(), cx.actor.clone());
        actor.check_role(Access::Write)?;
        let team = teams::named(cx.conn(), ws, &self.team)?.ok_or(Error::NotFound("team"))?;
        let product = match self.product.as_deref().filter(|p| !p.trim().is_empty()) {
            Some(key) => Some(products::product(cx.conn(), &actor, key, Access::Write)?),
            None => product_of_team(cx, team.id)?,
        };
        let known = practice(&self.practice);
        let name = match known {
            Some(known) => known.name.to_owned(),
            None => check_title("practice", &self.practice)?,
        };
        let usual = known.map_or(30, |p| p.days);
        let question = Question {
            problem: self
                .problem
                .clone()
                .filter(|p| !p.trim().is_empty())
                .or_else(|| known.map(|p| p.problem.to_owned())),
            problem_signals: known.map(|p| p.signals.iter().map(|n| format!("S{n}")).collect()),
            look_back_on: Some(self.until.unwrap_or_else(|| cx.now.day().plus_days(usual))),
        };
        let turned = Turned {
            kind: "practice",
            product,
            team: Some(team.id),
            subject: team.name,
            was: "what it did before".to_owned(),
            became: name,
            practice: known.map_or("", |p| p.slug),
            ..Turned::default()
        };
        let step = keep(cx, turned, &question)?;
        let today = cx.now.day();
        view_of(cx.conn(), &actor, &step, today)
    }
}
