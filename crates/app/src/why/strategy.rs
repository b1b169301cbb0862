//! Vision, strategy and product goal: texts of which every version stays, with what changed and why,
//! and who has acknowledged which. Published versions never change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::audience::audience;
use crate::people::members;
use crate::people::products::{self, check_text};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader};
use crate::{new_row, record, selects};

record! {
    /// One version of a text that gives direction.
    pub struct StrategyText in "strategy_text", versioned: false {
        pub product_id: Id,
        /// `vision`, `strategy` or `product-goal`.
        pub kind: String,
        /// 1 for the first.
        pub number: i64,
        pub body: String,
        /// What changed against the version before, and why.
        pub changed: String,
        pub because: String,
        pub author_id: Option<Id>,
        pub published_on: Day,
    }
}

record! {
    /// A person has read a version and works by it.
    pub struct Acknowledgement in "acknowledgement", versioned: false {
        pub product_id: Id,
        pub text_id: Id,
        pub person_id: Id,
    }
}

impl Indexed for StrategyText {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

impl Indexed for Acknowledgement {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

/// The texts, from the farthest to the nearest.
pub const KINDS: [&str; 3] = ["vision", "strategy", "product-goal"];

selects! {
    VERSIONS: StrategyText = "strategy_text", "product_id = $2 AND kind = $3 ORDER BY number DESC LIMIT 200";
    ACKNOWLEDGED: Acknowledgement = "acknowledgement", "text_id = $2 ORDER BY id LIMIT 2000";
}

/// One version as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct TextView {
    pub kind: String,
    pub number: i64,
    pub body: String,
    pub changed: String,
    pub because: String,
    pub author: String,
    pub published_on: Day,
    /// Names of those who have acknowledged it.
    pub acknowledged: Vec<String>,
    /// Whether you have.
    pub by_you: bool,
    /// Names of those whom the current version directs and who have not acknowledged it: members who
    /// see the product, besides its author.
    pub awaited: Vec<String>,
}

fn view(
    conn: &mut Conn,
    actor: &crate::kernel::Actor,
    text: &StrategyText,
    names: &std::collections::HashMap<Id, String>,
) -> Result<TextView> {
    let read = ACKNOWLEDGED.all(conn, actor.workspace, &[text.id.into()])?;
    let name = |id: Id| names.get(&id).cloned().unwrap_or_default();
    Ok(TextView {
        kind: text.kind.clone(),
        number: text.number,
        body: text.body.clone(),
        changed: text.changed.clone(),
        because: text.because.clone(),
        author: text.author_id.map(name).unwrap_or_default(),
        published_on: text.published_on,
        acknowledged: read.iter().map(|a| name(a.person_id)).collect(),
        by_you: read.iter().any(|a| a.person_id == actor.person),
        awaited: Vec::new(),
    })
}

/// Whom the current version of a text directs and who has not acknowledged it.
fn awaited(
    cx: &mut Reader<'_>,
    product: &products::Product,
    text: &StrategyText,
) -> Result<Vec<String>> {
    let ws = cx.actor.workspace;
    let read = ACKNOWLEDGED.all(cx.conn, ws, &[text.id.into()])?;
    let mut people = audience(cx.conn, ws, product)?;
    people.retain(|p| {
        p.role != "guest"
            && Some(p.id) != text.author_id
            && !read.iter().any(|a| a.person_id == p.id)
    });
    Ok(people.into_iter().map(|p| p.name).collect())
}

fn publish(cx: &mut Change<'_>, kind: &str, input: &NewText) -> Result<TextView> {
    let actor = cx.actor.clone();
    let product = products::product(cx.conn(), &actor, &input.product, Access::Write)?;
    // The order's lock, so that two versions published at once follow each other.
    products::lock_order(cx, product.id)?;
    let body = check_text("body", input.body.trim())?;
    if body.is_empty() {
        return Err(Error::invalid("body", format!("The {kind} is empty. Write a sentence.")));
    }
    let values = [product.id.into(), kind.to_owned().into()];
    let last = VERSIONS.first(cx.conn(), actor.workspace, &values)?;
    let because = check_text("because", input.because.trim())?;
    if last.is_some() && because.is_empty() {
        return Err(Error::invalid(
            "because",
            "Say why it changes: people worked by the last one.",
        ));
    }
    let text = new_row!(
        cx,
        StrategyText {
            product_id: product.id,
            kind: kind.to_owned(),
            number: last.map_or(0, |l| l.number) + 1,
            body: body,
            changed: check_text("changed", input.changed.trim())?,
            because: because,
            author_id: Some(actor.person),
            published_on: cx.happened.day(),
        }
    );
    cx.insert(&text)?;
    let names = members::names(cx.conn(), actor.workspace)?;
    view(cx.conn(), &actor, &text, &names)
}

/// A new version of a text.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct NewText {
    pub product: String,
    /// Markdown.
    pub body: String,
    /// What changed.
    pub changed: String,
    /// Why; needed from the second version on.
    pub because: String,
}

/// Declares the action that publishes a version of one kind of text.
macro_rules! publishes {
    ($action:ident: $kind:literal, $name:literal, $summary:literal, $path:literal, $exercises:expr) => {
        #[doc = concat!($summary, ".")]
        #[derive(Deserialize, JsonSchema, Clone, Default)]
        #[serde(transparent)]
        pub struct $action(pub NewText);

        impl Action for $action {
            type Output = TextView;
            const META: Meta = Meta::action($name, $summary, "POST", $path).exercises($exercises);

            fn run(&self, cx: &mut Change<'_>) -> Result<TextView> {
                publish(cx, $kind, &self.0)
            }
        }
    };
}

publishes! { PublishVision: "vision", "publish-vision", "Publish a version of the vision", "/vision", &[1] }
publishes! { PublishStrategy: "strategy", "publish-strategy", "Publish a version of the strategy", "/strategy", &[2] }
publishes! { PublishProductGoal: "product-goal", "publish-product-goal", "Publish a version of the product goal", "/product-goal", &[6] }

/// Acknowledge the current version of a text: you have read it and work by it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Acknowledge {
    pub product: String,
    /// `vision`, `strategy` or `product-goal`.
    pub kind: String,
    /// The version that you have read; where a newer one stands, it is refused.
    pub number: i64,
}

impl Action for Acknowledge {
    type Output = TextView;
    const META: Meta = Meta::action(
        "acknowledge",
        "Acknowledge the current version of the vision, strategy or product goal",
        "POST",
        "/acknowledgements",
    )
    .access(Access::Propose);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<TextView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Propose)?;
        let values = [product.id.into(), self.kind.clone().into()];
        let current = VERSIONS
            .first(cx.conn(), actor.workspace, &values)?
            .ok_or(Error::NotFound("published text"))?;
        if current.number != self.number {
            return Err(Error::refused(format!(
                "Version {} stands now. Read it first.",
                current.number
            )));
        }
        let read = ACKNOWLEDGED.all(cx.conn(), actor.workspace, &[current.id.into()])?;
        if !read.iter().any(|a| a.person_id == actor.person) {
            cx.insert(&new_row!(
                cx,
                Acknowledgement {
                    product_id: product.id,
                    text_id: current.id,
                    person_id: actor.person,
                }
            ))?;
        }
        let names = members::names(cx.conn(), actor.workspace)?;
        view(cx.conn(), &actor, &current, &names)
    }
}

/// The version of a text that holds, or held at the end of a day.
pub fn newest(
    cx: &mut Reader<'_>,
    product: &products::Product,
    kind: &str,
    at: Option<Day>,
) -> Result<Option<TextView>> {
    let values = [product.id.into(), kind.to_owned().into()];
    let all = VERSIONS.all(cx.conn, cx.actor.workspace, &values)?;
    let held = |t: &StrategyText| at.is_none_or(|day| t.published_on <= day);
    let Some(text) = all.into_iter().find(held) else { return Ok(None) };
    let names = members::names(cx.conn, cx.actor.workspace)?;
    view(cx.conn, cx.actor, &text, &names).map(Some)
}

/// List the versions of a product's vision, strategy or goal, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListTexts {
    pub product: String,
    /// `vision` (if left out), `strategy` or `product-goal`.
    pub kind: Option<String>,
    /// Only what stood at the end of this day.
    pub at: Option<Day>,
}

impl Query for ListTexts {
    type Output = Vec<TextView>;
    const META: Meta = Meta::query(
        "list-vision",
        "List the versions of a product's vision, strategy or goal, newest first",
        "/vision",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<TextView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let kind = crate::people::nouns::one_of("kind", self.kind.as_deref(), KINDS[0], &KINDS)?;
        let values = [product.id.into(), kind.into()];
        let mut all = VERSIONS.all(cx.conn, cx.actor.workspace, &values)?;
        all.retain(|t| self.at.is_none_or(|day| t.published_on <= day));
        let names = members::names(cx.conn, cx.actor.workspace)?;
        let views: Result<Vec<_>> =
            all.iter().map(|t| view(cx.conn, cx.actor, t, &names)).collect();
        let mut views = views?;
        if let (Some(first), Some(text), None) = (views.first_mut(), all.first(), self.at) {
            first.awaited = awaited(cx, &product, text)?;
        }
        Ok(views)
    }
}
