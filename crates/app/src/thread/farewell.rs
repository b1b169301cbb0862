//! Telling everybody that a product ends: each who ever said something and was not answered hears it,
//! once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::triage::AnswerEvidence;
use crate::kernel::{Access, Error, Result};
use crate::people::products;
use crate::selects;
use crate::store::{Action, Change, Meta, Query, Reader};
use crate::what::lifecycle::{Lifecycle, lifecycle, plan_of};
use crate::why::evidence::Evidence;

selects! {
    UNANSWERED: Evidence = "evidence", "product_id = $2 AND gone_at IS NULL AND answered_on IS NULL AND state <> 'duplicate' AND kind <> 'market' AND kind <> 'analytics' ORDER BY id LIMIT 200";
}

/// Show where a product stands in its life, what matters now, and how it ends if that is planned.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetLifecycle {
    pub product: String,
}

impl Query for GetLifecycle {
    type Output = Lifecycle;
    const META: Meta = Meta::query(
        "get-lifecycle",
        "Show where a product stands in its life, what matters now, and how it ends",
        "/lifecycle",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Lifecycle> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        lifecycle(cx.conn, cx.actor.workspace, &product)
    }
}

/// How many were told, and how many still wait.
#[derive(Serialize, JsonSchema)]
pub struct Told {
    pub told: usize,
    /// Up to 10,000.
    pub waiting: i64,
}

/// Tell everybody who was never answered that the product ends: up to 200 at once.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TellRetirement {
    pub product: String,
}

impl Action for TellRetirement {
    type Output = Told;
    const META: Meta = Meta::action(
        "tell-retirement",
        "Tell everybody who was never answered that the product ends: up to 200 at once",
        "POST",
        "/lifecycle/retirement/answers",
    )
    .exercises(&[3, 45]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Told> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let plan = plan_of(cx.conn(), ws, product.id)?.ok_or_else(|| {
            Error::refused(
                "There is no plan yet by which it ends. Write what people are told first.",
            )
        })?;
        let waiting = UNANSWERED.all(cx.conn(), ws, &[product.id.into()])?;
        for evidence in &waiting {
            let answer = plan.message.clone();
            AnswerEvidence { key: evidence.key.clone(), answer }.run(cx)?;
        }
        let left = lifecycle(cx.conn(), ws, &product)?.retirement.map_or(0, |plan| plan.waiting);
        Ok(Told { told: waiting.len(), waiting: left })
    }
}
