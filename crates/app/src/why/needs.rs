//! Needs: what the business, the users or an obligation ask for; supported only by evidence.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::{Page, after_id, by_key, cut, one_of, put, put_text, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta, Query, Reader, stood};
use crate::{get_query, new_row, noun, record, selects, statements, view};

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

statements! {
    SUPPORTED = "SELECT 1 FROM link WHERE workspace_id = $1 AND from_id = $2 AND to_kind = 'evidence' AND gone_at IS NULL LIMIT 1";
}

selects! {
    EVER: Need = "need", "product_id = $2 AND created_at < $5 AND id > $3 ORDER BY id LIMIT $4";
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

/// Whether evidence stands under a need.
pub fn is_supported(conn: &mut Conn, ws: i64, need: Id) -> Result<bool> {
    Ok(conn.query_opt(&SUPPORTED, &[ws.into(), need.into()], |r| r.get::<i64>(0))?.is_some())
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
    /// `met` once evidence supports it, `retired`, or `draft` to open it again; `supported` follows
    /// from evidence.
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
        after.state = self.state_of(cx, &before)?;
        put(&mut after.segment, self.segment.as_ref());
        put(&mut after.sponsor, self.sponsor.as_ref());
        put(&mut after.measure, self.measure.as_ref());
        after.baseline = self.baseline.or(after.baseline);
        after.current = self.current.or(after.current);
        Ok((&cx.edit(&before, after, self.revision)?).into())
    }
}

impl EditNeed {
    /// The state that is asked for: whether a need is supported follows from evidence alone.
    fn state_of(&self, cx: &mut Change<'_>, before: &Need) -> Result<String> {
        let asked = one_of("state", self.state.as_deref(), &before.state, &STATES)?;
        if asked == before.state || asked == "retired" {
            return Ok(asked);
        }
        let ws = cx.workspace();
        let supported = is_supported(cx.conn(), ws, before.id)?;
        let what = match asked.as_str() {
            "draft" => return Ok(if supported { "supported".to_owned() } else { asked }),
            "supported" => "A need is supported by evidence only",
            _ => "Nothing supports this need yet, so nobody can tell that it is met",
        };
        if supported {
            return Ok(asked);
        }
        Err(Error::invalid("state", format!("{what}. Link what somebody said to it first.")))
    }
}

get_query! { GetNeed = "get-need", "Show one need", "/needs/{key}": Need as NeedView }

/// List a product's needs.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListNeeds {
    pub product: String,
    /// What the page before named as `next`.
    pub after: Option<String>,
    /// 1 to 200; 100 if left out.
    pub limit: Option<i64>,
    /// As they stood at the end of a past day.
    pub at: Option<Day>,
}

/// A page of a product's needs, as they are or as they stood at the end of a day.
pub fn listed(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    (after, limit): (Option<&str>, i64),
    at: Option<Day>,
) -> Result<(Vec<Need>, Option<String>)> {
    let mut values = vec![product.into(), after_id(after, uuid::Uuid::nil())?, (limit + 1).into()];
    let Some(day) = at else {
        return Ok(cut(PAGE.all(conn, ws, &values)?, limit, |n| n.id.to_string()));
    };
    values.push(day.end().into());
    let (ever, next) = cut(EVER.all(conn, ws, &values)?, limit, |n: &Need| n.id.to_string());
    Ok((stood(conn, ws, &ever, day.end())?, next))
}

impl Query for ListNeeds {
    type Output = Page<NeedView>;
    const META: Meta = Meta::query("list-needs", "List a product's needs", "/needs");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page<NeedView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(100).clamp(1, 200);
        let from = (self.after.as_deref(), limit);
        let (rows, next) = listed(cx.conn, cx.actor.workspace, product.id, from, self.at)?;
        Ok(Page { items: rows.iter().map(Into::into).collect(), next })
    }
}
