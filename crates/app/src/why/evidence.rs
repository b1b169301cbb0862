//! Evidence: a user's words, a ticket, an interview, a number. The words themselves stand in one
//! erasable place, the verbatim.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::products::{self, Product, check_text, check_title};
use crate::store::{Action, Change, Document, Indexed, Meta, Query, Reader, Scope, load};
use crate::{new_row, record, selects, statements};

record! {
    /// A piece of evidence.
    pub struct Evidence in "evidence", versioned: true {
        pub product_id: Id,
        pub key: String,
        /// The gist, in one line.
        pub title: String,
        pub kind: String,
        pub state: String,
        pub verbatim_id: Id,
        pub company: String,
        pub segment: String,
        pub said_on: Option<Day>,
        pub url: String,
        pub author_id: Option<Id>,
    }
}

record! {
    /// Somebody's own words and who said them: the one place to erase.
    pub struct Verbatim in "verbatim", versioned: false {
        pub text: String,
        pub source: String,
    }
}

impl Indexed for Evidence {
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
            body: format!("{} {}", self.company, self.segment),
        })
    }
}

impl Indexed for Verbatim {
    fn erasable() -> &'static [&'static str] {
        &["text", "source"]
    }
}

/// Where evidence comes from.
pub const KINDS: [&str; 6] =
    ["feedback", "interview", "support-ticket", "survey", "analytics", "market"];

statements! {
    KEY_OWNER = "SELECT object_id FROM item_key WHERE workspace_id = $1 AND key = $2 AND kind = 'evidence'";
}

selects! {
    PAGE: Evidence = "evidence", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
}

/// Evidence as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct EvidenceView {
    pub key: String,
    pub title: String,
    pub kind: String,
    pub state: String,
    pub verbatim: String,
    pub source: String,
    pub company: String,
    pub segment: String,
    pub said_on: Option<Day>,
    pub url: String,
    pub revision: i64,
}

/// The view of a piece of evidence with its words.
pub fn view(conn: &mut Conn, ws: i64, e: &Evidence) -> Result<EvidenceView> {
    let words = load::<Verbatim>(conn, ws, e.verbatim_id)?;
    let (verbatim, source) = words.map(|w| (w.text, w.source)).unwrap_or_default();
    Ok(EvidenceView {
        key: e.key.clone(),
        title: e.title.clone(),
        kind: e.kind.clone(),
        state: e.state.clone(),
        verbatim,
        source,
        company: e.company.clone(),
        segment: e.segment.clone(),
        said_on: e.said_on,
        url: e.url.clone(),
        revision: e.revision,
    })
}

/// The evidence of that key with its product, if this actor may see it and do `access`.
pub fn by_key(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    access: Access,
) -> Result<(Evidence, Product)> {
    let values = [actor.workspace.into(), key.trim().to_uppercase().into()];
    let id: Option<Id> = conn.query_opt(&KEY_OWNER, &values, |r| r.get(0))?;
    let found = id.map(|id| load::<Evidence>(conn, actor.workspace, id)).transpose()?.flatten();
    let evidence = found.filter(|e| e.gone_at.is_none()).ok_or(Error::NotFound("evidence"))?;
    let product = products::product_by_id(conn, actor, evidence.product_id, access)?;
    Ok((evidence, product))
}

/// A link as a person gave it: http and https only.
pub fn check_url(text: &str) -> Result<String> {
    let url = text.trim();
    if url.is_empty() || url.starts_with("https://") || url.starts_with("http://") {
        return Ok(url.to_owned());
    }
    Err(Error::invalid("url", "A link begins with https:// or http://."))
}

/// Record what a user said, a ticket, an interview or a number.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RecordEvidence {
    pub product: String,
    /// The words as they were said.
    pub verbatim: String,
    /// The gist; the beginning of the words if left out.
    pub title: Option<String>,
    /// `feedback` (if left out), `interview`, `support-ticket`, `survey`, `analytics` or `market`.
    pub kind: Option<String>,
    /// Who said it.
    pub source: String,
    pub company: String,
    pub segment: String,
    pub said_on: Option<Day>,
    pub url: String,
}

impl Action for RecordEvidence {
    type Output = EvidenceView;
    const META: Meta = Meta {
        name: "record-evidence",
        summary: "Record what a user said, a ticket, an interview or a number",
        method: "POST",
        path: "/evidence",
        access: Access::Propose,
        exercises: &[7],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<EvidenceView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Propose)?;
        let text = check_text("verbatim", &self.verbatim)?;
        let given = self.title.as_deref().filter(|t| !t.trim().is_empty());
        let title = match given {
            Some(title) => check_title("title", title)?,
            None => check_title("verbatim", &text.chars().take(120).collect::<String>())?,
        };
        let kind = self.kind.clone().filter(|k| !k.is_empty()).unwrap_or("feedback".into());
        if !KINDS.contains(&kind.as_str()) {
            return Err(Error::invalid(
                "kind",
                format!("Evidence is one of: {}.", KINDS.join(", ")),
            ));
        }
        let verbatim = new_row!(cx, Verbatim { text: text, source: self.source.trim().to_owned() });
        cx.insert(&verbatim)?;
        let key = products::next_key(cx, &product)?;
        let evidence = new_row!(
            cx,
            Evidence {
                product_id: product.id,
                key: key,
                title: title,
                kind: kind,
                state: "new".to_owned(),
                verbatim_id: verbatim.id,
                company: self.company.trim().to_owned(),
                segment: self.segment.trim().to_owned(),
                said_on: self.said_on.or(Some(cx.happened.day())),
                url: check_url(&self.url)?,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&evidence)?;
        view(cx.conn(), actor.workspace, &evidence)
    }
}

/// Edit what you name of a piece of evidence; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditEvidence {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub kind: Option<String>,
    /// `new`, `triaged`, `linked`, `answered`, `duplicate` or `parked`.
    pub state: Option<String>,
    pub company: Option<String>,
    pub segment: Option<String>,
    pub url: Option<String>,
}

impl Action for EditEvidence {
    type Output = EvidenceView;
    const META: Meta = Meta {
        name: "edit-evidence",
        summary: "Edit what you name of a piece of evidence; the rest stays",
        method: "PATCH",
        path: "/evidence/{key}",
        access: Access::Write,
        exercises: &[8],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<EvidenceView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        if let Some(title) = &self.title {
            after.title = check_title("title", title)?;
        }
        if let Some(kind) = &self.kind {
            if !KINDS.contains(&kind.as_str()) {
                return Err(Error::invalid(
                    "kind",
                    format!("Evidence is one of: {}.", KINDS.join(", ")),
                ));
            }
            after.kind.clone_from(kind);
        }
        if let Some(state) = &self.state {
            const STATES: [&str; 6] =
                ["new", "triaged", "linked", "answered", "duplicate", "parked"];
            if !STATES.contains(&state.as_str()) {
                return Err(Error::invalid("state", format!("Evidence is {}.", STATES.join(", "))));
            }
            after.state.clone_from(state);
        }
        if let Some(company) = &self.company {
            after.company = company.trim().to_owned();
        }
        if let Some(segment) = &self.segment {
            after.segment = segment.trim().to_owned();
        }
        if let Some(url) = &self.url {
            after.url = check_url(url)?;
        }
        let mut wanted = Vec::new();
        if self.title.is_some() {
            wanted.push(("title", after.title.clone().into()));
        }
        cx.check_conflict(&before, self.revision, &wanted)?;
        cx.update(&before, &mut after)?;
        view(cx.conn(), actor.workspace, &after)
    }
}

/// Show one piece of evidence.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetEvidence {
    pub key: String,
}

impl Query for GetEvidence {
    type Output = EvidenceView;
    const META: Meta = Meta {
        name: "get-evidence",
        summary: "Show one piece of evidence",
        method: "GET",
        path: "/evidence/{key}",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<EvidenceView> {
        let (evidence, _) = by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        view(cx.conn, cx.actor.workspace, &evidence)
    }
}

/// List a product's evidence, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListEvidence {
    pub product: String,
    /// Where the page before ended.
    pub after: Option<Id>,
    /// 1 to 200; 50 if left out.
    pub limit: Option<i64>,
}

/// A page of evidence and where the next one begins.
#[derive(Serialize, JsonSchema)]
pub struct EvidencePage {
    pub items: Vec<EvidenceView>,
    pub next: Option<Id>,
}

impl Query for ListEvidence {
    type Output = EvidencePage;
    const META: Meta = Meta {
        name: "list-evidence",
        summary: "List a product's evidence, newest first",
        method: "GET",
        path: "/evidence",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<EvidencePage> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(50).clamp(1, 200);
        let after = self.after.unwrap_or(Id(uuid::Uuid::max()));
        let values = [product.id.into(), after.into(), (limit + 1).into()];
        let mut rows = PAGE.all(cx.conn, ws, &values)?;
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(50));
        let next = more.then(|| rows.last().map(|r| r.id)).flatten();
        let items = rows.iter().map(|e| view(cx.conn, ws, e)).collect::<Result<Vec<_>>>()?;
        Ok(EvidencePage { items, next })
    }
}
