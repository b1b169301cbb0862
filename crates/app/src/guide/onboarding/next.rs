//! What comes next in a workspace that has just begun: a short list that is reckoned from what is
//! there, and is gone when all of it is done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answers::current;
use crate::db::Sql;
use crate::kernel::{Access, Id, Result};
use crate::people::charters::{current as charters, waits_for};
use crate::people::products::{self, Product};
use crate::people::{charters::Charter, one_time};
use crate::statements;
use crate::store::{Meta, Query, Reader, Scope};

statements! {
    EVIDENCE = "SELECT 1 FROM evidence WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL LIMIT 1";
    SUPPORTED = "SELECT 1 FROM need WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND state IN ('supported', 'met') LIMIT 1";
    VISION = "SELECT 1 FROM strategy_text WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL LIMIT 1";
    PROBLEM = "SELECT 1 FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL LIMIT 1";
    BEGUN = "SELECT 1 FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND started_at IS NOT NULL LIMIT 1";
}

/// One thing to do next.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema, Debug)]
pub struct NextStep {
    pub title: String,
    /// Why it is worth doing now.
    pub because: String,
    /// The page where it is done.
    pub href: String,
    pub done: bool,
}

fn step(done: bool, title: impl Into<String>, because: &str, href: impl Into<String>) -> NextStep {
    NextStep { title: title.into(), because: because.to_owned(), href: href.into(), done }
}

/// The next steps of whoever asks, in the product with which the workspace began; none where it did
/// not begin by the conversation, or all is done.
pub fn next_steps(cx: &mut Reader<'_>) -> Result<Vec<NextStep>> {
    let ws = cx.actor.workspace;
    let Some(begun) = current(cx.conn, ws)?.filter(|o| o.state == "done") else {
        return Ok(Vec::new());
    };
    let visible = products::visible(cx.conn, cx.actor)?;
    let own = visible.iter().find(|p| Some(p.id) == begun.product_id);
    let Some(product) = own.or_else(|| visible.first()).cloned() else { return Ok(Vec::new()) };
    let mut steps = Vec::new();
    steps.extend(sign(cx, &product)?);
    if cx.actor.check_role(Access::Admin).is_ok() && begun.people.len() > 1 {
        let now = cx.now;
        let waited = one_time::invited(cx.conn, ws, now)?.len();
        let because = "What they are given in the charter holds once they are here.";
        let title = if waited == 1 {
            "One invited person joins".to_owned()
        } else {
            format!("{waited} invited people join")
        };
        let title =
            if waited == 0 { "Everybody who was invited has joined".to_owned() } else { title };
        steps.push(step(waited == 0, title, because, "/people"));
    }
    let there = |cx: &mut Reader<'_>, sql: &'static Sql| -> Result<bool> {
        let values = [ws.into(), product.id.into()];
        Ok(cx.conn.query_opt(sql, &values, |r| r.get::<i64>(0))?.is_some())
    };
    let page = |word: &str| format!("/p/{}/{word}", product.key);
    let key = begun.item_key.as_str();
    steps.push(step(
        there(cx, &EVIDENCE)?,
        "Note what one user said",
        "Press q on any page. One sentence in their own words is worth more than a page of ours.",
        page("evidence"),
    ));
    steps.push(step(
        there(cx, &SUPPORTED)?,
        if key.is_empty() {
            "Let a need rest on it".to_owned()
        } else {
            format!("Let the why of {key} rest on it")
        },
        "A need without evidence is a belief. Link the user's words to it.",
        if key.is_empty() { page("needs") } else { format!("/{key}/why") },
    ));
    steps.push(step(
        there(cx, &VISION)?,
        "Write the vision in three sentences",
        "It is what everybody measures an idea by.",
        page("strategy"),
    ));
    steps.push(step(
        there(cx, &PROBLEM)?,
        "Frame the problem that is worth solving first",
        "Which problem, and which first: that is the what.",
        page("opportunities"),
    ));
    steps.push(step(
        there(cx, &BEGUN)?,
        "Begin the first item",
        "The board shows the workflow that was chosen.",
        page("board"),
    ));
    if steps.iter().all(|s| s.done) {
        steps.clear();
    }
    Ok(steps)
}

/// The charter's signature, where it concerns the one who asks or all wait for it.
fn sign(cx: &mut Reader<'_>, product: &Product) -> Result<Option<NextStep>> {
    let (ws, day) = (cx.actor.workspace, cx.now.day());
    let own = |c: &&Charter| c.scope_id == product.id;
    let all = charters(cx.conn, ws)?;
    let Some(charter) = all.iter().filter(own).max_by_key(|c| c.number) else { return Ok(None) };
    let href = format!("/charters/{}", charter.id);
    if charter.state == "agreed" {
        let because = "Who answers for what is agreed. Look at it again when the company changes.";
        return Ok(Some(step(true, "The charter is agreed", because, href)));
    }
    let waiting: Vec<Id> = waits_for(cx.conn, ws, charter, day)?;
    let because =
        "It says who answers for what, and holds when all who do something by it have signed.";
    let title = if waiting.contains(&cx.actor.person) {
        "Read the charter and sign it".to_owned()
    } else {
        format!("The charter waits for {} more", waiting.len())
    };
    Ok(Some(step(false, title, because, href)))
}

/// List what comes next in a workspace that has just begun.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListNextSteps {}

impl Query for ListNextSteps {
    type Output = Vec<NextStep>;
    const META: Meta = Meta::query(
        "list-next-steps",
        "List what comes next in a workspace that has just begun",
        "/onboarding/next",
    )
    .access(Access::Write)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<NextStep>> {
        next_steps(cx)
    }
}
