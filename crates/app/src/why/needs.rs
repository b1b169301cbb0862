//! Needs: what the business, the users or an obligation ask for; supported only by evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::products::{self, Product, check_text, check_title};
use crate::store::{Action, Change, Document, Indexed, Meta, Query, Reader, Scope, load};
use crate::{new_row, record, selects, statements};

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

impl Indexed for Need {
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

/// Whose need it is.
pub const KINDS: [&str; 3] = ["business", "user", "obligation"];
const STATES: [&str; 4] = ["draft", "supported", "met", "retired"];

statements! {
    KEY_OWNER = "SELECT object_id FROM item_key WHERE workspace_id = $1 AND key = $2 AND kind = 'need'";
}

selects! {
    PAGE: Need = "need", "product_id = $2 AND gone_at IS NULL AND id > $3 ORDER BY id LIMIT $4";
}

/// A need as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct NeedView {
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

/// The view of a need.
pub fn view(n: &Need) -> NeedView {
    NeedView {
        key: n.key.clone(),
        title: n.title.clone(),
        body: n.body.clone(),
        kind: n.kind.clone(),
        state: n.state.clone(),
        segment: n.segment.clone(),
        sponsor: n.sponsor.clone(),
        measure: n.measure.clone(),
        baseline: n.baseline,
        current: n.current,
        revision: n.revision,
    }
}

/// The need of that key with its product, if this actor may see it and do `access`.
pub fn by_key(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    access: Access,
) -> Result<(Need, Product)> {
    let values = [actor.workspace.into(), key.trim().to_uppercase().into()];
    let id: Option<Id> = conn.query_opt(&KEY_OWNER, &values, |r| r.get(0))?;
    let found = id.map(|id| load::<Need>(conn, actor.workspace, id)).transpose()?.flatten();
    let need = found.filter(|n| n.gone_at.is_none()).ok_or(Error::NotFound("need"))?;
    let product = products::product_by_id(conn, actor, need.product_id, access)?;
    Ok((need, product))
}

fn check_kind(kind: &str) -> Result<String> {
    if KINDS.contains(&kind) {
        return Ok(kind.to_owned());
    }
    Err(Error::invalid("kind", "A need is business, user or obligation."))
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
    const META: Meta = Meta {
        name: "create-need",
        summary: "Write down a need of the business, of users, or an obligation",
        method: "POST",
        path: "/needs",
        access: Access::Write,
        exercises: &[11, 12],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<NeedView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let kind = self.kind.as_deref().filter(|k| !k.is_empty()).unwrap_or("user");
        let kind = check_kind(kind)?;
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
        Ok(view(&need))
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
    const META: Meta = Meta {
        name: "edit-need",
        summary: "Edit what you name of a need; the rest stays",
        method: "PATCH",
        path: "/needs/{key}",
        access: Access::Write,
        exercises: &[11, 12],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<NeedView> {
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
        if let Some(kind) = &self.kind {
            after.kind = check_kind(kind)?;
        }
        if let Some(state) = &self.state {
            if !STATES.contains(&state.as_str()) {
                return Err(Error::invalid("state", format!("A need is {}.", STATES.join(", "))));
            }
            after.state.clone_from(state);
        }
        for (field, given) in [
            (&mut after.segment, &self.segment),
            (&mut after.sponsor, &self.sponsor),
            (&mut after.measure, &self.measure),
        ] {
            if let Some(text) = given {
                text.trim().clone_into(field);
            }
        }
        after.baseline = self.baseline.or(after.baseline);
        after.current = self.current.or(after.current);
        cx.check_conflict(&before, self.revision, &wanted)?;
        cx.update(&before, &mut after)?;
        Ok(view(&after))
    }
}

/// Show one need.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetNeed {
    pub key: String,
}

impl Query for GetNeed {
    type Output = NeedView;
    const META: Meta = Meta {
        name: "get-need",
        summary: "Show one need",
        method: "GET",
        path: "/needs/{key}",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<NeedView> {
        Ok(view(&by_key(cx.conn, cx.actor, &self.key, Access::Read)?.0))
    }
}

/// List a product's needs.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListNeeds {
    pub product: String,
    /// Where the page before ended.
    pub after: Option<Id>,
    /// 1 to 200; 100 if left out.
    pub limit: Option<i64>,
}

/// A page of needs and where the next one begins.
#[derive(Serialize, JsonSchema)]
pub struct NeedPage {
    pub items: Vec<NeedView>,
    pub next: Option<Id>,
}

impl Query for ListNeeds {
    type Output = NeedPage;
    const META: Meta = Meta {
        name: "list-needs",
        summary: "List a product's needs",
        method: "GET",
        path: "/needs",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<NeedPage> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(100).clamp(1, 200);
        let after = self.after.unwrap_or(Id(uuid::Uuid::nil()));
        let values = [product.id.into(), after.into(), (limit + 1).into()];
        let mut rows = PAGE.all(cx.conn, ws, &values)?;
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(100));
        let next = more.then(|| rows.last().map(|r| r.id)).flatten();
        Ok(NeedPage { items: rows.iter().map(view).collect(), next })
    }
}
