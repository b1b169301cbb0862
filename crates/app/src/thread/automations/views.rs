//! Rules as programs and pages see them, with what they did.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::sentence;
use super::{Automation, AutomationRun, OF_PRODUCT, RUNS, automation};
use crate::db::Conn;
use crate::how::work_items::{Named, WorkItem};
use crate::kernel::{Access, Id, Result, Time};
use crate::people::members::Person;
use crate::people::products::{self, Product};
use crate::store::{Fields, Meta, Query, Reader, load};

/// A rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AutomationView {
    pub id: Id,
    /// The product's key.
    pub product: String,
    pub name: String,
    /// `off`, `on`, or `stopped` where it went wrong.
    pub state: String,
    /// What sets it off.
    pub when: String,
    pub args: Fields,
    pub only: Fields,
    pub steps: Vec<String>,
    /// All of it as a sentence.
    pub sentence: String,
    /// Why it was stopped.
    pub note: String,
    /// Whose rights it has.
    pub author: Option<String>,
    pub on_since: Option<Time>,
    /// What it did last, the newest first, up to 50.
    pub runs: Vec<RunView>,
    pub revision: i64,
}

/// One run of a rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunView {
    pub at: Time,
    /// The item that it was about, or that it made.
    pub item: Option<Named>,
    /// `done`, `refused` or `loop`.
    pub outcome: String,
    pub told: String,
    /// What undo takes back.
    pub change: Option<Id>,
}

fn run_view(conn: &mut Conn, ws: i64, run: &AutomationRun) -> Result<RunView> {
    let item = match run.item_id {
        Some(id) => load::<WorkItem>(conn, ws, id)?.map(|i| Named { id: i.key, name: i.title }),
        None => None,
    };
    Ok(RunView {
        at: run.created_at,
        item,
        outcome: run.outcome.clone(),
        told: run.told.clone(),
        change: run.change_id,
    })
}

/// The view of a rule.
pub(super) fn view(
    conn: &mut Conn,
    ws: i64,
    rule: &Automation,
    product: &Product,
) -> Result<AutomationView> {
    let author = match rule.author_id {
        Some(id) => load::<Person>(conn, ws, id)?.map(|p| p.name),
        None => None,
    };
    let mut runs = Vec::new();
    for run in RUNS.all(conn, ws, &[rule.id.into()])? {
        runs.push(run_view(conn, ws, &run)?);
    }
    Ok(AutomationView {
        id: rule.id,
        product: product.key.clone(),
        name: rule.name.clone(),
        state: rule.state.clone(),
        when: rule.happens.clone(),
        args: rule.args.clone(),
        only: rule.fits.clone(),
        steps: rule.steps.to_vec(),
        sentence: sentence(&rule.happens, &rule.args, &rule.fits, &rule.steps),
        note: rule.note.clone(),
        author,
        on_since: rule.on_since,
        runs,
        revision: rule.revision,
    })
}

/// List a product's rules with what they did.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListAutomations {
    pub product: String,
}

impl Query for ListAutomations {
    type Output = Vec<AutomationView>;
    const META: Meta = Meta::query(
        "list-automations",
        "List a product's rules with what they did",
        "/automations",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<AutomationView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let all = OF_PRODUCT.all(cx.conn, ws, &[product.id.into()])?;
        all.iter().map(|rule| view(cx.conn, ws, rule, &product)).collect()
    }
}

/// Show a rule with what it did.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAutomation {
    pub automation: Id,
}

impl Query for GetAutomation {
    type Output = AutomationView;
    const META: Meta =
        Meta::query("get-automation", "Show a rule with what it did", "/automations/{automation}");

    fn run(&self, cx: &mut Reader<'_>) -> Result<AutomationView> {
        let (rule, product) = automation(cx.conn, cx.actor, self.automation, Access::Read)?;
        view(cx.conn, cx.actor.workspace, &rule, &product)
    }
}
