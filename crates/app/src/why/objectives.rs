//! Objectives: what a product wants to reach in a period.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key_results::{KeyResult, KeyResultView, OF_OBJECTIVE, OF_PRODUCT};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::nouns::{View, by_key, one_of, put, put_text, put_title, title_of};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Edge, Meta, Query, Reader, load};
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
        /// `company`, `product` or `team`.
        pub level: String,
        /// The objective that it serves.
        pub parent_id: Option<Id>,
        /// 0 to 1, given when it closes.
        pub score: Option<f64>,
        /// What was learned, said when it closes.
        pub lesson: String,
    }
}

noun! {
    Objective is "objective",
    text: |o| o.body.clone(),
    edges: |o| o.parent_id.map_or_else(Vec::new, |parent| vec![Edge {
        lower: ("objective".into(), o.id),
        upper: ("objective".into(), parent),
    }])
}

const KINDS: [&str; 2] = ["committed", "aspirational"];
const STATES: [&str; 3] = ["draft", "active", "closed"];
/// Whose objective it is.
pub const LEVELS: [&str; 3] = ["company", "product", "team"];

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
    pub level: String,
    /// The key of the objective that it serves.
    pub serves: Option<String>,
    pub score: Option<f64>,
    pub lesson: String,
    pub key_results: Vec<KeyResultView>,
    pub revision: i64,
}

impl ObjectiveView {
    fn new(o: &Objective, results: &[KeyResult], serves: Option<String>) -> Self {
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
            level: o.level.clone(),
            serves,
            score: o.score,
            lesson: o.lesson.clone(),
            // The sum of nothing is -0.
            progress: key_results.iter().map(|k| k.progress).sum::<f64>() / count + 0.0,
            key_results,
            revision: o.revision,
        }
    }
}

impl View<Objective> for ObjectiveView {
    fn of(conn: &mut Conn, workspace: i64, o: &Objective) -> Result<Self> {
        let serves = match o.parent_id {
            Some(id) => title_of(conn, workspace, id)?.map(|(key, _)| key),
            None => None,
        };
        Ok(Self::new(o, &OF_OBJECTIVE.all(conn, workspace, &[o.id.into()])?, serves))
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
    /// `company`, `product` (if left out) or `team`.
    pub level: Option<String>,
    /// The key of the objective that it serves.
    pub serves: Option<String>,
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
                level: one_of("level", self.level.as_deref(), "product", &LEVELS)?,
                parent_id: served(cx, product.id, self.serves.as_deref(), None)?,
                score: None,
                lesson: String::new(),
            }
        );
        cx.insert(&objective)?;
        ObjectiveView::of(cx.conn(), actor.workspace, &objective)
    }
}

/// The objective that another one serves, by key; without a circle.
fn served(
    cx: &mut Change<'_>,
    product: Id,
    key: Option<&str>,
    own: Option<Id>,
) -> Result<Option<Id>> {
    const DEEPEST: usize = 20;
    let Some(key) = key.map(str::trim).filter(|k| !k.is_empty()) else { return Ok(None) };
    let actor = cx.actor.clone();
    let (parent, _) = by_key::<Objective>(cx.conn(), &actor, key, Access::Read)?;
    if parent.product_id != product {
        return Err(Error::invalid("serves", format!("{key} belongs to another product.")));
    }
    let mut above = Some(parent.id);
    for _ in 0..DEEPEST {
        let Some(id) = above else { return Ok(Some(parent.id)) };
        if Some(id) == own {
            return Err(Error::invalid("serves", "That would close a circle."));
        }
        above = load::<Objective>(cx.conn(), actor.workspace, id)?.and_then(|o| o.parent_id);
    }
    Err(Error::invalid("serves", "That is more than 20 levels deep."))
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
    /// `company`, `product` or `team`.
    pub level: Option<String>,
    /// The key of the objective that it serves.
    pub serves: Option<String>,
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
        after.level = one_of("level", self.level.as_deref(), &before.level, &LEVELS)?;
        if let Some(parent) =
            served(cx, before.product_id, self.serves.as_deref(), Some(before.id))?
        {
            after.parent_id = Some(parent);
        }
        let after = cx.edit(&before, after, self.revision)?;
        ObjectiveView::of(cx.conn(), actor.workspace, &after)
    }
}

/// Close an objective with a score and what was learned.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CloseObjective {
    pub key: String,
    /// 0 to 1; the mean of its key results if left out.
    pub score: Option<f64>,
    /// What was learned.
    pub lesson: String,
}

impl Action for CloseObjective {
    type Output = ObjectiveView;
    const META: Meta = Meta::action(
        "close-objective",
        "Close an objective with a score and what was learned",
        "POST",
        "/objectives/{key}/close",
    )
    .exercises(&[18]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ObjectiveView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Objective>(cx.conn(), &actor, &self.key, Access::Write)?;
        if before.score.is_some() {
            return Err(Error::refused(format!("{} is closed and scored already.", before.key)));
        }
        let reached = ObjectiveView::of(cx.conn(), actor.workspace, &before)?.progress;
        let score = self.score.unwrap_or(reached);
        if !(0.0..=1.0).contains(&score) {
            return Err(Error::invalid("score", "A score goes from 0 to 1; 0.7 is good."));
        }
        let mut after = before.clone();
        "closed".clone_into(&mut after.state);
        (after.score, after.lesson) = (Some(score), check_text("lesson", self.lesson.trim())?);
        cx.update(&before, &mut after)?;
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
        let mut views = Vec::new();
        for o in &all {
            let known = all.iter().find(|p| Some(p.id) == o.parent_id).map(|p| p.key.clone());
            let serves = match (known, o.parent_id) {
                (None, Some(id)) => title_of(cx.conn, ws, id)?.map(|(key, _)| key),
                (known, _) => known,
            };
            views.push(ObjectiveView::new(o, &results, serves));
        }
        Ok(views)
    }
}

get_query! {
    GetObjective = "get-objective", "Show one objective with its key results", "/objectives/{key}":
    Objective as ObjectiveView
}
