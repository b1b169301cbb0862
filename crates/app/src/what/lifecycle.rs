//! Where a product stands in its life, from idea to retired: decided with a reason, never overwritten;
//! and the plan by which it ends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::{check_ahead, one_of};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, load};
use crate::{new_row, record, selects, statements};

record! {
    /// A decision about a product's stage. Append-only: the last one holds.
    pub struct StageDecision in "stage_decision", versioned: false {
        pub product_id: Id,
        /// One of [`STAGES`].
        pub stage: String,
        pub because: String,
        pub decided_on: Day,
        pub author_id: Option<Id>,
    }
}

record! {
    /// How a product ends.
    pub struct Retirement in "retirement", versioned: true {
        pub product_id: Id,
        pub ends_on: Day,
        /// What comes in its place.
        pub successor: String,
        /// What everybody is told who ever asked for something.
        pub message: String,
    }
}

record! {
    /// A step of a retirement.
    pub struct RetirementStep in "retirement_step", versioned: true {
        pub product_id: Id,
        pub title: String,
        pub due: Option<Day>,
        pub done_on: Option<Day>,
    }
}

impl Indexed for StageDecision {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

impl Indexed for Retirement {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for RetirementStep {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

/// The stages of a product's life, in order.
pub const STAGES: [&str; 6] = ["idea", "launch", "growth", "maturity", "decline", "retired"];

/// What matters at a stage, in a sentence.
pub fn matters(stage: &str) -> &'static str {
    match stage {
        "idea" => {
            "Is the problem real, and would anybody change for a solution? Talk with users every week; test the riskiest belief before anything is built."
        }
        "launch" => {
            "Does it solve the problem for the first ones? Release in small steps, answer everybody who writes, and look at outcomes after 30 days."
        }
        "growth" => {
            "What brings more people to the value, and what stands in their way? Watch the North Star's inputs; keep what already works from breaking."
        }
        "maturity" => {
            "What keeps it worth its cost? Weigh business needs against upkeep, look at competitors twice a year, and say no in public."
        }
        "decline" => {
            "Who still needs it, and what would they use instead? Spend on safety and on the way out; decide when it ends."
        }
        "retired" => "Everybody who used it knows where to go, and their data went with them.",
        _ => "",
    }
}

selects! {
    DECISIONS: StageDecision = "stage_decision", "product_id = $2 ORDER BY id DESC LIMIT 100";
    PLAN: Retirement = "retirement", "product_id = $2 AND gone_at IS NULL LIMIT 1";
    STEPS: RetirementStep = "retirement_step", "product_id = $2 AND gone_at IS NULL ORDER BY due, id LIMIT 100";
}

statements! {
    /// Who said something and was never answered, as far as one counts.
    WAITING = "SELECT COUNT(*) FROM (SELECT 1 FROM evidence WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND answered_on IS NULL AND state <> 'duplicate' AND kind <> 'market' AND kind <> 'analytics' LIMIT 10000) AS few";
    /// Those of them who left no address.
    UNREACHABLE = "SELECT COUNT(*) FROM (SELECT 1 FROM evidence e JOIN verbatim v ON v.workspace_id = e.workspace_id AND v.id = e.verbatim_id WHERE e.workspace_id = $1 AND e.product_id = $2 AND e.gone_at IS NULL AND e.answered_on IS NULL AND e.state <> 'duplicate' AND e.kind <> 'market' AND e.kind <> 'analytics' AND v.email = '' LIMIT 10000) AS few";
}

/// One decision.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct StageView {
    pub stage: String,
    pub because: String,
    pub decided_on: Day,
}

/// A step of a retirement.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct RetirementStepView {
    pub id: Id,
    pub title: String,
    pub due: Option<Day>,
    pub done_on: Option<Day>,
}

/// How a product ends.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct RetirementView {
    pub ends_on: Day,
    pub successor: String,
    pub message: String,
    pub steps: Vec<RetirementStepView>,
    /// How many who said something still wait for an answer, up to 10,000.
    pub waiting: i64,
    /// Those of them who left no address.
    pub unreachable: i64,
}

/// Where a product stands.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Lifecycle {
    pub product: String,
    /// The stage that holds; none before the first decision.
    pub stage: Option<String>,
    /// What matters now.
    pub matters: String,
    /// Newest first.
    pub decisions: Vec<StageView>,
    pub retirement: Option<RetirementView>,
}

/// Where a product stands in its life.
pub fn lifecycle(conn: &mut Conn, ws: i64, product: &products::Product) -> Result<Lifecycle> {
    let decisions = DECISIONS.all(conn, ws, &[product.id.into()])?;
    let stage = decisions.first().map(|d| d.stage.clone());
    let retirement = match PLAN.first(conn, ws, &[product.id.into()])? {
        Some(plan) => Some(planned(conn, ws, plan)?),
        None => None,
    };
    Ok(Lifecycle {
        product: product.key.clone(),
        matters: matters(stage.as_deref().unwrap_or(STAGES[0])).to_owned(),
        stage,
        decisions: decisions
            .into_iter()
            .map(|d| StageView { stage: d.stage, because: d.because, decided_on: d.decided_on })
            .collect(),
        retirement,
    })
}

fn planned(conn: &mut Conn, ws: i64, plan: Retirement) -> Result<RetirementView> {
    let steps = STEPS.all(conn, ws, &[plan.product_id.into()])?;
    let of = [ws.into(), plan.product_id.into()];
    let waiting = conn.query_one(&WAITING, &of, |r| r.get(0))?;
    let unreachable = conn.query_one(&UNREACHABLE, &of, |r| r.get(0))?;
    Ok(RetirementView {
        ends_on: plan.ends_on,
        successor: plan.successor,
        message: plan.message,
        steps: steps
            .into_iter()
            .map(|s| RetirementStepView {
                id: s.id,
                title: s.title,
                due: s.due,
                done_on: s.done_on,
            })
            .collect(),
        waiting,
        unreachable,
    })
}

/// The plan by which a product ends, if there is one.
pub fn plan_of(conn: &mut Conn, ws: i64, product: Id) -> Result<Option<Retirement>> {
    PLAN.first(conn, ws, &[product.into()])
}

/// Decide which stage of its life a product is in.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DecideStage {
    pub product: String,
    /// `idea`, `launch`, `growth`, `maturity`, `decline` or `retired`.
    pub stage: String,
    /// What shows it.
    pub because: String,
}

impl Action for DecideStage {
    type Output = Lifecycle;
    const META: Meta = Meta::action(
        "decide-stage",
        "Decide which stage of its life a product is in",
        "POST",
        "/lifecycle",
    )
    .exercises(&[3]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Lifecycle> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let stage = one_of("stage", Some(&self.stage), "", &STAGES)?;
        let because = check_text("because", self.because.trim())?;
        if because.is_empty() {
            return Err(Error::invalid("because", "Say what shows it, in a sentence."));
        }
        let now = lifecycle(cx.conn(), actor.workspace, &product)?;
        if now.stage.as_deref() == Some(&stage) {
            return Err(Error::refused(format!("It is in {stage} already.")));
        }
        if stage == "retired" {
            may_retire(&now)?;
        }
        cx.insert(&new_row!(
            cx,
            StageDecision {
                product_id: product.id,
                stage: stage,
                because: because,
                decided_on: cx.happened.day(),
                author_id: Some(actor.person),
            }
        ))?;
        lifecycle(cx.conn(), actor.workspace, &product)
    }
}

/// Nothing ends before everybody knows where to go.
fn may_retire(now: &Lifecycle) -> Result<()> {
    let Some(plan) = &now.retirement else {
        return Err(Error::refused(
            "There is no plan yet by which it ends. Write one first: when, what comes instead, and what people are told.",
        ));
    };
    if plan.waiting > 0 {
        return Err(Error::refused(format!(
            "{} who said something were never answered. Tell them first.",
            plan.waiting
        )));
    }
    let open = plan.steps.iter().filter(|s| s.done_on.is_none()).count();
    if open > 0 {
        let left =
            if open == 1 { "One step of its retirement is" } else { "Steps of its retirement are" };
        return Err(Error::refused(format!("{left} not done: finish the plan first.")));
    }
    Ok(())
}

/// Plan how a product ends, or change the plan.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PlanRetirement {
    pub product: String,
    pub ends_on: Option<Day>,
    /// What comes in its place.
    pub successor: Option<String>,
    /// What everybody is told who ever asked for something.
    pub message: Option<String>,
}

impl Action for PlanRetirement {
    type Output = Lifecycle;
    const META: Meta = Meta::action(
        "plan-retirement",
        "Plan how a product ends, or change the plan",
        "POST",
        "/lifecycle/retirement",
    )
    .exercises(&[3]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Lifecycle> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let stands = PLAN.first(cx.conn(), ws, &[product.id.into()])?;
        if self.ends_on != stands.as_ref().map(|p| p.ends_on) {
            check_ahead(cx, "ends_on", self.ends_on)?;
        }
        let ends_on = self.ends_on.or(stands.as_ref().map(|p| p.ends_on));
        let ends_on =
            ends_on.ok_or_else(|| Error::invalid("ends_on", "Say the day on which it ends."))?;
        let text = |given: &Option<String>, was: Option<&String>, name: &'static str| {
            check_text(name, given.as_ref().or(was).map_or("", |t| t.trim()))
        };
        let successor = text(&self.successor, stands.as_ref().map(|p| &p.successor), "successor")?;
        let message = text(&self.message, stands.as_ref().map(|p| &p.message), "message")?;
        if message.is_empty() {
            return Err(Error::invalid(
                "message",
                "Write what people are told: why it ends, when, and where to go.",
            ));
        }
        match &stands {
            Some(before) => {
                let mut after = Retirement { ends_on, successor, message, ..before.clone() };
                cx.update(before, &mut after)?;
            }
            None => cx.insert(&new_row!(
                cx,
                Retirement {
                    product_id: product.id,
                    ends_on: ends_on,
                    successor: successor,
                    message: message,
                }
            ))?,
        }
        lifecycle(cx.conn(), ws, &product)
    }
}

/// Add a step to a product's retirement.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddRetirementStep {
    pub product: String,
    pub title: String,
    pub due: Option<Day>,
}

impl Action for AddRetirementStep {
    type Output = Lifecycle;
    const META: Meta = Meta::action(
        "add-retirement-step",
        "Add a step to a product's retirement",
        "POST",
        "/lifecycle/retirement/steps",
    )
    .exercises(&[3]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Lifecycle> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        if PLAN.first(cx.conn(), actor.workspace, &[product.id.into()])?.is_none() {
            return Err(Error::refused("There is no plan yet by which it ends. Write it first."));
        }
        if STEPS.all(cx.conn(), actor.workspace, &[product.id.into()])?.len() >= 100 {
            return Err(Error::refused("A retirement has up to 100 steps."));
        }
        cx.insert(&new_row!(
            cx,
            RetirementStep {
                product_id: product.id,
                title: check_title("title", &self.title)?,
                due: self.due,
                done_on: None,
            }
        ))?;
        lifecycle(cx.conn(), actor.workspace, &product)
    }
}

/// Say that a step of a retirement is done.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct FinishRetirementStep {
    pub step: Id,
}

impl Action for FinishRetirementStep {
    type Output = RetirementStepView;
    const META: Meta = Meta::action(
        "finish-retirement-step",
        "Say that a step of a retirement is done",
        "POST",
        "/lifecycle/retirement/steps/{step}",
    )
    .exercises(&[3]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RetirementStepView> {
        let actor = cx.actor.clone();
        let missing = || Error::NotFound("step");
        let before = load::<RetirementStep>(cx.conn(), actor.workspace, self.step)?
            .filter(|s| s.gone_at.is_none())
            .ok_or_else(missing)?;
        products::product_by_id(cx.conn(), &actor, before.product_id, Access::Write)
            .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
        let mut after = before.clone();
        after.done_on = before.done_on.or(Some(cx.happened.day()));
        cx.update(&before, &mut after)?;
        Ok(RetirementStepView {
            id: after.id,
            title: after.title,
            due: after.due,
            done_on: after.done_on,
        })
    }
}
