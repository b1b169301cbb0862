//! Evidence: a user's words, a ticket, an interview, a number. The words themselves stand in one
//! erasable place, the verbatim.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::nouns::{Page, View, after_id, by_key, cut, one_of, page, put, put_title};
use crate::people::products::{self, Product, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::{get_query, new_row, noun, record, selects};

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
        /// The interview that it was said in.
        pub interview_id: Option<Id>,
        /// The evidence that says the same.
        pub duplicate_of: Option<Id>,
        /// What whoever said it was told.
        pub answer: String,
        pub answered_on: Option<Day>,
        /// Whoever said it may be quoted outside.
        pub consent: bool,
    }
}

record! {
    /// Somebody's own words and who said them: the one place to erase.
    pub struct Verbatim in "verbatim", versioned: false {
        pub text: String,
        pub source: String,
    }
}

noun! {
    Evidence is "evidence",
    text: |e| format!("{} {}", e.company, e.segment),
    words: |e, conn, ws| {
        Ok(load::<Verbatim>(conn, ws, e.verbatim_id)?.map(|said| said.text).unwrap_or_default())
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

const STATES: [&str; 6] = ["new", "triaged", "linked", "answered", "duplicate", "parked"];

selects! {
    PAGE: Evidence = "evidence", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
    OF_COMPANY: Evidence = "evidence", "product_id = $2 AND company = $3 AND company <> '' AND gone_at IS NULL AND id < $4 ORDER BY id DESC LIMIT $5";
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
    /// What whoever said it was told, and when.
    pub answer: String,
    pub answered_on: Option<Day>,
    /// Whoever said it may be quoted outside.
    pub consent: bool,
    pub revision: i64,
}

impl View<Evidence> for EvidenceView {
    fn of(conn: &mut Conn, ws: i64, e: &Evidence) -> Result<Self> {
        let words = load::<Verbatim>(conn, ws, e.verbatim_id)?;
        let (verbatim, source) = words.map(|w| (w.text, w.source)).unwrap_or_default();
        Ok(Self {
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
            answer: e.answer.clone(),
            answered_on: e.answered_on,
            consent: e.consent,
            revision: e.revision,
        })
    }
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
#[derive(Deserialize, JsonSchema, Clone, Default, Debug)]
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
    /// Whoever said it may be quoted outside.
    pub consent: bool,
}

impl Action for RecordEvidence {
    type Output = EvidenceView;
    const META: Meta = Meta::action(
        "record-evidence",
        "Record what a user said, a ticket, an interview or a number",
        "POST",
        "/evidence",
    )
    .access(Access::Propose)
    .exercises(&[7]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EvidenceView> {
        self.keep(cx, None)
    }
}

impl RecordEvidence {
    /// Keeps it, as a highlight of `interview` where there is one.
    pub(super) fn keep(&self, cx: &mut Change<'_>, interview: Option<Id>) -> Result<EvidenceView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Propose)?;
        let evidence = self.keep_in(cx, &product, interview)?;
        EvidenceView::of(cx.conn(), actor.workspace, &evidence)
    }

    /// Keeps it in a product that the caller may write to, whoever acts: for what comes from outside.
    pub fn keep_in(
        &self,
        cx: &mut Change<'_>,
        product: &Product,
        interview: Option<Id>,
    ) -> Result<Evidence> {
        let author = Some(cx.actor.person).filter(|person| *person != Actor::NOBODY);
        let text = check_text("verbatim", &self.verbatim)?;
        let given = self.title.as_deref().filter(|t| !t.trim().is_empty());
        let title = match given {
            Some(title) => check_title("title", title)?,
            None => check_title("verbatim", &text.chars().take(120).collect::<String>())?,
        };
        let kind = one_of("kind", self.kind.as_deref(), "feedback", &KINDS)?;
        let verbatim = new_row!(cx, Verbatim { text: text, source: self.source.trim().to_owned() });
        cx.insert(&verbatim)?;
        let key = products::next_key(cx, product)?;
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
                author_id: author,
                interview_id: interview,
                duplicate_of: None,
                answer: String::new(),
                answered_on: None,
                consent: self.consent,
            }
        );
        cx.insert(&evidence)?;
        Ok(evidence)
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
    const META: Meta = Meta::action(
        "edit-evidence",
        "Edit what you name of a piece of evidence; the rest stays",
        "PATCH",
        "/evidence/{key}",
    )
    .exercises(&[8]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EvidenceView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Evidence>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        after.kind = one_of("kind", self.kind.as_deref(), &before.kind, &KINDS)?;
        after.state = one_of("state", self.state.as_deref(), &before.state, &STATES)?;
        put(&mut after.company, self.company.as_ref());
        put(&mut after.segment, self.segment.as_ref());
        if let Some(url) = &self.url {
            after.url = check_url(url)?;
        }
        let after = cx.edit(&before, after, self.revision)?;
        EvidenceView::of(cx.conn(), actor.workspace, &after)
    }
}

get_query! {
    GetEvidence = "get-evidence", "Show one piece of evidence", "/evidence/{key}":
    Evidence as EvidenceView
}

/// List a product's evidence, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListEvidence {
    pub product: String,
    /// Only what somebody of this company said, as evidence names it.
    pub company: Option<String>,
    /// What the page before named as `next`.
    pub after: Option<String>,
    /// 1 to 200; 50 if left out.
    pub limit: Option<i64>,
}

impl Query for ListEvidence {
    type Output = Page<EvidenceView>;
    const META: Meta =
        Meta::query("list-evidence", "List a product's evidence, newest first", "/evidence");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page<EvidenceView>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(50).clamp(1, 200);
        let after = after_id(self.after.as_deref(), uuid::Uuid::max())?;
        let company = self.company.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let Some(company) = company else {
            return page(cx, &PAGE, &product, after, limit, |e| e.id.to_string());
        };
        let values = [product.id.into(), company.into(), after, (limit + 1).into()];
        let (rows, next) = cut(OF_COMPANY.all(cx.conn, ws, &values)?, limit, |e| e.id.to_string());
        let items: Result<Vec<_>> = rows.iter().map(|e| EvidenceView::of(cx.conn, ws, e)).collect();
        Ok(Page { items: items?, next })
    }
}
