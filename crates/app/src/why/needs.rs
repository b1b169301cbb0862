//! Needs: what the business, the users or an obligation ask for; supported only by evidence.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::kernel::{Access, Id, Result};
use crate::people::nouns::{after_id, by_key, one_of, put, put_text, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta};
use crate::{get_query, list_query, new_row, noun, record, selects, view};

record! {
    /// A need, said as a job to be done.
    pub struct Need in "need", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub body: String,
        /// `business`, `user` or `obligation`.
        pub kind: String,
        /// `draft`, `supported`, `met` or `retired`; supported follows from evidence.
        pub state: String,
        pub segment: String,
        pub sponsor: String,
        pub measure: String,
        pub baseline: Option<f64>,
        pub current: Option<f64>,
    }
}

noun! { Need is "need", text: |n| n.body.clone(), proposes: |n| n.state == "draft" }

/// Whose need it is.
pub const KINDS: [&str; 3] = ["business", "user", "obligation"];
const STATES: [&str; 4] = ["draft", "supported", "met", "retired"];

selects! {
    PAGE: Need = "need", "product_id = $2 AND gone_at IS NULL AND id > $3 ORDER BY id LIMIT $4";
}

view! {
    /// A need as programs and pages see it.
    pub struct NeedView of Need {
        pub key: String,
        pub title: String,
        pub body: String,
        pub kind: String,
        pub state: String,
        pub segment: String,
        pub sponsor: String,
        pub measure: String,
        pub baseline: Option<f64>,
        pub current: Option<f64>,
        pub revision: i64,
    }
}

/// Write down a need of the business, of users, or an obligation.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateNeed {
    pub product: String,
    /// The job to be done, in one line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// `user` (if left out), `business` or `obligation`.
    pub kind: Option<String>,
    pub segment: String,
    pub sponsor: String,
    pub measure: String,
    pub baseline: Option<f64>,
    pub current: Option<f64>,
}

impl Action for CreateNeed {
    type Output = NeedView;
    const META: Meta = Meta::action(
        "create-need",
        "Write down a need of the business, of users, or an obligation",
        "POST",
        "/needs",
    )
    .exercises(&[11, 12]);

    fn run(&self, cx: &mut Change<'_>) -> Result<NeedView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let kind = one_of("kind", self.kind.as_deref(), "user", &KINDS)?;
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let need = new_row!(
            cx,
            Need {
                product_id: product.id,
                key: key,
                title: title,
                body: check_text("body", &self.body)?,
                kind: kind,
                state: "draft".to_owned(),
                segment: self.segment.trim().to_owned(),
                sponsor: self.sponsor.trim().to_owned(),
                measure: self.measure.trim().to_owned(),
                baseline: self.baseline,
                current: self.current,
            }
        );
        cx.insert(&need)?;
        Ok((&need).into())
    }
}

/// Edit what you name of a need; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditNeed {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub kind: Option<String>,
    pub state: Option<String>,
    pub segment: Option<String>,
    pub sponsor: Option<String>,
    pub measure: Option<String>,
    pub baseline: Option<f64>,
    pub current: Option<f64>,
}

impl Action for EditNeed {
    type Output = NeedView;
    const META: Meta = Meta::action(
        "edit-need",
        "Edit what you name of a need; the rest stays",
        "PATCH",
        "/needs/{key}",
    )
    .exercises(&[11, 12]);

    fn run(&self, cx: &mut Change<'_>) -> Result<NeedView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Need>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.body, "body", self.body.as_ref())?;
        after.kind = one_of("kind", self.kind.as_deref(), &before.kind, &KINDS)?;
        after.state = one_of("state", self.state.as_deref(), &before.state, &STATES)?;
        put(&mut after.segment, self.segment.as_ref());
        put(&mut after.sponsor, self.sponsor.as_ref());
        put(&mut after.measure, self.measure.as_ref());
        after.baseline = self.baseline.or(after.baseline);
        after.current = self.current.or(after.current);
        Ok((&cx.edit(&before, after, self.revision)?).into())
    }
}

get_query! { GetNeed = "get-need", "Show one need", "/needs/{key}": Need as NeedView }

list_query! {
    ListNeeds = "list-needs", "List a product's needs", "/needs": PAGE as NeedView, 100 a page,
    after: |id| after_id(id, uuid::Uuid::nil())?, place: |n| n.id.to_string()
}
