//! Opportunities: problems that may be worth solving. Whether and in which order are two records:
//! the verdict with its reason, and the rank.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result, rank};
use crate::people::products::{self, Product, check_text, check_title};
use crate::store::{Action, Change, Document, Indexed, Meta, Query, Reader, Scope, load};
use crate::{new_row, record, selects, statements};

record! {
    /// A problem that may be worth solving.
    pub struct Opportunity in "opportunity", versioned: true {
        pub product_id: Id,
        pub key: String,
        /// The problem, in one line.
        pub title: String,
        pub body: String,
        pub state: String,
        pub verdict_reason: String,
        pub rank: String,
        pub owner_id: Option<Id>,
        /// "No why yet", honest until this day.
        pub no_why_until: Option<Day>,
    }
}

impl Indexed for Opportunity {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn keys(&self) -> Vec<String> {
        vec![self.key.clone()]
    }
    fn document(&self) -> Option<Document> {
        Some(Document {
            product: self.product_id,
            key: self.key.clone(),
            title: self.title.clone(),
            body: self.body.clone(),
        })
    }
}

/// From open to solved or abandoned; what was turned down reopens with a reason.
const STATES: [&str; 9] = [
    "open",
    "assessing",
    "worth-solving",
    "not-now",
    "rejected",
    "in-discovery",
    "solving",
    "solved",
    "abandoned",
];
/// States that are a verdict and ask for its reason.
const VERDICTS: [&str; 4] = ["worth-solving", "not-now", "rejected", "abandoned"];

statements! {
    KEY_OWNER = "SELECT object_id FROM item_key WHERE workspace_id = $1 AND key = $2 AND kind = 'opportunity'";
    LAST_RANK = "SELECT rank FROM opportunity WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    RANK_BEFORE = "SELECT rank FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND rank < $3 ORDER BY rank DESC LIMIT 1";
}

selects! {
    PAGE: Opportunity = "opportunity", "product_id = $2 AND gone_at IS NULL AND rank > $3 ORDER BY rank LIMIT $4";
}

/// An opportunity as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct OpportunityView {
    pub key: String,
    pub title: String,
    pub body: String,
    pub state: String,
    pub verdict_reason: String,
    pub rank: String,
    pub no_why_until: Option<Day>,
    pub revision: i64,
}

/// The view of an opportunity.
pub fn view(o: &Opportunity) -> OpportunityView {
    OpportunityView {
        key: o.key.clone(),
        title: o.title.clone(),
        body: o.body.clone(),
        state: o.state.clone(),
        verdict_reason: o.verdict_reason.clone(),
        rank: o.rank.clone(),
        no_why_until: o.no_why_until,
        revision: o.revision,
    }
}

/// The opportunity of that key with its product, if this actor may see it and do `access`.
pub fn by_key(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    access: Access,
) -> Result<(Opportunity, Product)> {
    let values = [actor.workspace.into(), key.trim().to_uppercase().into()];
    let id: Option<Id> = conn.query_opt(&KEY_OWNER, &values, |r| r.get(0))?;
    let found = id.map(|id| load::<Opportunity>(conn, actor.workspace, id)).transpose()?.flatten();
    let opportunity =
        found.filter(|o| o.gone_at.is_none()).ok_or(Error::NotFound("opportunity"))?;
    let product = products::product_by_id(conn, actor, opportunity.product_id, access)?;
    Ok((opportunity, product))
}

/// Frame a problem that may be worth solving.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct FrameOpportunity {
    pub product: String,
    /// The problem, in one line.
    pub title: String,
    /// Markdown.
    pub body: String,
}

impl Action for FrameOpportunity {
    type Output = OpportunityView;
    const META: Meta = Meta {
        name: "frame-opportunity",
        summary: "Frame a problem that may be worth solving",
        method: "POST",
        path: "/opportunities",
        access: Access::Propose,
        exercises: &[13],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<OpportunityView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Propose)?;
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let values = [actor.workspace.into(), product.id.into()];
        let last: Option<String> = cx.conn().query_opt(&LAST_RANK, &values, |r| r.get(0))?;
        let opportunity = new_row!(
            cx,
            Opportunity {
                product_id: product.id,
                key: key,
                title: title,
                body: check_text("body", &self.body)?,
                state: "open".to_owned(),
                verdict_reason: String::new(),
                rank: rank::between(last.as_deref(), None)?,
                owner_id: Some(actor.person),
                no_why_until: None,
            }
        );
        cx.insert(&opportunity)?;
        Ok(view(&opportunity))
    }
}

/// Edit what you name of an opportunity; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditOpportunity {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub no_why_until: Option<Day>,
}

impl Action for EditOpportunity {
    type Output = OpportunityView;
    const META: Meta = Meta {
        name: "edit-opportunity",
        summary: "Edit what you name of an opportunity; the rest stays",
        method: "PATCH",
        path: "/opportunities/{key}",
        access: Access::Write,
        exercises: &[13],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<OpportunityView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        let mut wanted = Vec::new();
        if let Some(title) = &self.title {
            after.title = check_title("title", title)?;
            wanted.push(("title", after.title.clone().into()));
        }
        if let Some(body) = &self.body {
            after.body = check_text("body", body)?;
            wanted.push(("body", after.body.clone().into()));
        }
        after.no_why_until = self.no_why_until.or(after.no_why_until);
        cx.check_conflict(&before, self.revision, &wanted)?;
        cx.update(&before, &mut after)?;
        Ok(view(&after))
    }
}

/// Decide whether a problem is worth solving, or say how far it has come.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DecideOpportunity {
    pub key: String,
    /// `open`, `assessing`, `worth-solving`, `not-now`, `rejected`, `in-discovery`, `solving`, `solved` or `abandoned`.
    pub state: String,
    /// Why; needed for a verdict and for reopening.
    pub because: String,
}

impl Action for DecideOpportunity {
    type Output = OpportunityView;
    const META: Meta = Meta {
        name: "decide-opportunity",
        summary: "Decide whether a problem is worth solving, or say how far it has come",
        method: "POST",
        path: "/opportunities/{key}/verdict",
        access: Access::Write,
        exercises: &[14],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<OpportunityView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let (state, because) = (self.state.as_str(), check_text("because", self.because.trim())?);
        if !STATES.contains(&state) {
            return Err(Error::invalid(
                "state",
                format!("A verdict is one of: {}.", STATES.join(", ")),
            ));
        }
        let closed = ["not-now", "rejected", "solved", "abandoned"];
        let reopens = closed.contains(&before.state.as_str()) && !closed.contains(&state);
        if because.is_empty() && (VERDICTS.contains(&state) || reopens) {
            return Err(Error::invalid("because", "Say why, in a sentence: others will ask."));
        }
        let mut after = before.clone();
        state.clone_into(&mut after.state);
        if !because.is_empty() {
            after.verdict_reason = because;
        }
        cx.update(&before, &mut after)?;
        Ok(view(&after))
    }
}

/// Move an opportunity directly before another, or to the end.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MoveOpportunity {
    pub key: String,
    pub before: Option<String>,
}

impl Action for MoveOpportunity {
    type Output = OpportunityView;
    const META: Meta = Meta {
        name: "move-opportunity",
        summary: "Move an opportunity directly before another, or to the end",
        method: "POST",
        path: "/opportunities/{key}/move",
        access: Access::Write,
        exercises: &[15],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<OpportunityView> {
        let actor = cx.actor.clone();
        let (_, product) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        products::lock_order(cx, product.id)?;
        let (current, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut values = vec![actor.workspace.into(), product.id.into()];
        let target = self.before.as_deref().filter(|k| !k.is_empty());
        let (low, high): (Option<String>, Option<String>) = match target {
            Some(key) => {
                let (next, of) = by_key(cx.conn(), &actor, key, Access::Read)?;
                if of.id != product.id {
                    return Err(Error::invalid("before", format!("{key} is in another product.")));
                }
                values.push(next.rank.clone().into());
                (cx.conn().query_opt(&RANK_BEFORE, &values, |r| r.get(0))?, Some(next.rank))
            }
            None => (cx.conn().query_opt(&LAST_RANK, &values, |r| r.get(0))?, None),
        };
        let own = Some(current.rank.as_str());
        if low.as_deref() == own || high.as_deref() == own {
            return Ok(view(&current));
        }
        let mut after = current.clone();
        after.rank = rank::between(low.as_deref(), high.as_deref())?;
        cx.update(&current, &mut after)?;
        Ok(view(&after))
    }
}

/// Show one opportunity.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetOpportunity {
    pub key: String,
}

impl Query for GetOpportunity {
    type Output = OpportunityView;
    const META: Meta = Meta {
        name: "get-opportunity",
        summary: "Show one opportunity",
        method: "GET",
        path: "/opportunities/{key}",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<OpportunityView> {
        Ok(view(&by_key(cx.conn, cx.actor, &self.key, Access::Read)?.0))
    }
}

/// List a product's opportunities in their order.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListOpportunities {
    pub product: String,
    /// Where the page before ended.
    pub after: Option<String>,
    /// 1 to 200; 100 if left out.
    pub limit: Option<i64>,
}

/// A page of opportunities and where the next one begins.
#[derive(Serialize, JsonSchema)]
pub struct OpportunityPage {
    pub items: Vec<OpportunityView>,
    pub next: Option<String>,
}

impl Query for ListOpportunities {
    type Output = OpportunityPage;
    const META: Meta = Meta {
        name: "list-opportunities",
        summary: "List a product's opportunities in their order",
        method: "GET",
        path: "/opportunities",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<OpportunityPage> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(100).clamp(1, 200);
        let after = self.after.clone().unwrap_or_default();
        let values = [product.id.into(), after.into(), (limit + 1).into()];
        let mut rows = PAGE.all(cx.conn, ws, &values)?;
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(100));
        let next = more.then(|| rows.last().map(|r| r.rank.clone())).flatten();
        Ok(OpportunityPage { items: rows.iter().map(view).collect(), next })
    }
}
