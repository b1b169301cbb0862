//! Telling everybody that a product ends: each who ever said something and was not answered gets a
//! letter, once. Where nobody can be written to, it is kept how they were told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answers::{Answer, askers, tell};
use super::portal::replies::told;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products;
use crate::selects;
use crate::store::{Action, Change, Meta, Query, Reader};
use crate::what::lifecycle::{Lifecycle, lifecycle, plan_of};
use crate::why::evidence::Evidence;

selects! {
    UNANSWERED: Evidence = "evidence", "product_id = $2 AND id > $3 AND gone_at IS NULL AND answered_on IS NULL AND state <> 'duplicate' AND kind <> 'market' AND kind <> 'analytics' ORDER BY id LIMIT 200";
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
    /// Those of them who left no address: say how they were told.
    pub unreachable: i64,
}

/// Pieces of evidence of one call, and pages of them that it looks through for people who can be
/// written to.
const AT_ONCE: usize = 200;
const PAGES: usize = 25;

/// Tell everybody who was never answered that the product ends, by letter: up to 200 at once.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TellRetirement {
    pub product: String,
    /// How those were told who left no address, as `by a notice in the app`; they wait while it is empty.
    pub how: String,
}

impl Action for TellRetirement {
    type Output = Told;
    const META: Meta = Meta::action(
        "tell-retirement",
        "Tell everybody who was never answered that the product ends, by letter: up to 200 at once",
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
        let (mut told, mut after) = (0, Id(uuid::Uuid::nil()));
        for _ in 0..PAGES {
            let page = UNANSWERED.all(cx.conn(), ws, &[product.id.into(), after.into()])?;
            for evidence in page.iter().take(AT_ONCE - told) {
                told += usize::from(self.tell(cx, evidence, &plan.message)?);
            }
            match page.last().filter(|_| page.len() == AT_ONCE && told < AT_ONCE) {
                Some(last) => after = last.id,
                None => break,
            }
        }
        let left = lifecycle(cx.conn(), ws, &product)?.retirement;
        let (waiting, unreachable) = left.map_or((0, 0), |plan| (plan.waiting, plan.unreachable));
        Ok(Told { told, waiting, unreachable })
    }
}

impl TellRetirement {
    /// Tells whoever said this; each mailbox gets one letter, however much was said from it.
    fn tell(&self, cx: &mut Change<'_>, evidence: &Evidence, message: &str) -> Result<bool> {
        let ws = cx.workspace();
        if self.how.trim().is_empty() && askers(cx.conn(), ws, evidence)?.is_empty() {
            return Ok(false);
        }
        let once = Some(format!("farewell:{}", evidence.product_id));
        let answer = Answer { text: message, more: "", how: &self.how, once };
        let letters = tell(cx, evidence, &answer)?;
        told(cx, evidence, message, letters)?;
        Ok(true)
    }
}
