//! Objectives: what a product wants to reach in a period.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key_results::{KeyResult, KeyResultView, OF_OBJECTIVE, OF_PRODUCT};
use crate::db::Conn;
use crate::kernel::{Access, Id, Result};
use crate::people::nouns::{View, by_key, one_of, put, put_text, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta, Query, Reader};
use crate::{get_query, new_row, noun, record, selects};

record! {
    /// What a product wants to reach in a period.
    pub struct Objective in "objective", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub body: String,
        pub period: String,
        /// `committed` or `aspirational`.
        pub kind: String,
        /// `draft`, `active` or `closed`.
        pub state: String,
        pub owner_id: Option<Id>,
    }
}

noun! { Objective is "objective", text: |o| o.body.clone() }

const KINDS: [&str; 2] = ["committed", "aspirational"];
const STATES: [&str; 3] = ["draft", "active", "closed"];

selects! {
    OBJECTIVES: Objective = "objective", "product_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 200";
}

/// An objective with its key results.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ObjectiveView {
    pub key: String,
    pub title: String,
    pub body: String,
    pub period: String,
    pub kind: String,
    pub state: String,
    /// The mean of its key results, 0 to 1.
    pub progress: f64,
    pub key_results: Vec<KeyResultView>,
    pub revision: i64,
}

impl ObjectiveView {
    fn new(o: &Objective, results: &[KeyResult]) -> Self {
        let key_results: Vec<KeyResultView> =
            results.iter().filter(|k| k.objective_id == o.id).map(Into::into).collect();
        let count = key_results.len().max(1) as f64;
        Self {
            key: o.key.clone(),
            title: o.title.clone(),
            body: o.body.clone(),
            period: o.period.clone(),
            kind: o.kind.clone(),
            state: o.state.clone(),
            progress: key_results.iter().map(|k| k.progress).sum::<f64>() / count,
            key_results,
            revision: o.revision,
        }
    }
}

impl View<Objective> for ObjectiveView {
    fn of(conn: &mut Conn, workspace: i64, o: &Objective) -> Result<Self> {
        Ok(Self::new(o, &OF_OBJECTIVE.all(conn, workspace, &[o.id.into()])?))
    }
}

/// Set an objective.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetObjective {
    pub product: String,
    pub title: String,
    pub body: String,
    /// Like `2026 Q4`.
    pub period: String,
    /// `committed` (if left out) or `aspirational`.
    pub kind: Option<String>,
}

impl Action for SetObjective {
    type Output = ObjectiveView;
    const META: Meta =
        Meta::action("set-objective", "Set an objective", "POST", "/objectives").exercises(&[17]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ObjectiveView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let kind = one_of("kind", self.kind.as_deref(), "committed", &KINDS)?;
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let objective = new_row!(
            cx,
            Objective {
                product_id: product.id,
                key: key,
                title: title,
                body: check_text("body", &self.body)?,
                period: self.period.trim().to_owned(),
                kind: kind,
                state: "active".to_owned(),
                owner_id: Some(actor.person),
            }
        );
        cx.insert(&objective)?;
        Ok(ObjectiveView::new(&objective, &[]))
    }
}

/// Edit what you name of an objective; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditObjective {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub period: Option<String>,
    pub state: Option<String>,
}

impl Action for EditObjective {
    type Output = ObjectiveView;
    const META: Meta = Meta::action(
        "edit-objective",
        "Edit what you name of an objective; the rest stays",
        "PATCH",
        "/objectives/{key}",
    )
    .exercises(&[17]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ObjectiveView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Objective>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.body, "body", self.body.as_ref())?;
        put(&mut after.period, self.period.as_ref());
        after.state = one_of("state", self.state.as_deref(), &before.state, &STATES)?;
        let after = cx.edit(&before, after, self.revision)?;
        ObjectiveView::of(cx.conn(), actor.workspace, &after)
    }
}

/// List a product's objectives with their key results.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListObjectives {
    pub product: String,
}

impl Query for ListObjectives {
    type Output = Vec<ObjectiveView>;
    const META: Meta = Meta::query(
        "list-objectives",
        "List a product's objectives with their key results",
        "/objectives",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ObjectiveView>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let results = OF_PRODUCT.all(cx.conn, ws, &[product.id.into()])?;
        let all = OBJECTIVES.all(cx.conn, ws, &[product.id.into()])?;
        Ok(all.iter().map(|o| ObjectiveView::new(o, &results)).collect())
    }
}

get_query! {
    GetObjective = "get-objective", "Show one objective with its key results", "/objectives/{key}":
    Objective as ObjectiveView
}
