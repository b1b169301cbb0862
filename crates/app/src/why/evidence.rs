//! Evidence: a user's words, a ticket, an interview, a number. The words themselves stand in one
//! erasable place, the verbatim.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::mail::check_address;
use crate::people::nouns::{Page, View, after_id, by_key, cut, one_of, page, put, put_title};
use crate::people::products::{self, Product, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::{new_row, noun, record, selects};

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
        /// One of [`RELIABILITY`], or empty while nobody has said.
        pub reliability: String,
        /// How they were told, where no letter went: `by phone`.
        pub answered_how: String,
    }
}

record! {
    /// Somebody's own words and who said them: the one place to erase.
    pub struct Verbatim in "verbatim", versioned: false {
        pub text: String,
        pub source: String,
        /// Where an answer goes; empty where no address is known.
        pub email: String,
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
        &["text", "source", "email"]
    }
}

/// Where evidence comes from.
pub const KINDS: [&str; 6] =
    ["feedback", "interview", "support-ticket", "survey", "analytics", "market"];

/// How near one is to whoever said it.
pub const RELIABILITY: [&str; 3] = ["first-hand", "second-hand", "hearsay"];

/// What a person may set; the other states follow from what is done with it.
const SET: [&str; 3] = ["new", "triaged", "parked"];

/// How far ahead a day may lie: somebody east of us may already write tomorrow.
pub const AHEAD_DAYS: i64 = 1;

selects! {
    PAGE: Evidence = "evidence", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
    SAID_BY: Verbatim = "verbatim", "email = $2 AND email <> '' LIMIT 1000";
    OF_WORDS: Evidence = "evidence", "verbatim_id = $2 LIMIT 1";
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
    /// How they were told, where no letter went.
    pub answered_how: String,
    /// Whoever said it may be quoted outside.
    pub consent: bool,
    /// `first-hand`, `second-hand`, `hearsay`, or empty.
    pub reliability: String,
    /// An address is known to which an answer can go.
    pub reachable: bool,
    /// The address, for those who may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub revision: i64,
}

impl View<Evidence> for EvidenceView {
    fn of(conn: &mut Conn, actor: &Actor, e: &Evidence) -> Result<Self> {
        let ws = actor.workspace;
        let words = load::<Verbatim>(conn, ws, e.verbatim_id)?;
        let reachable = words.as_ref().is_some_and(|w| !w.email.is_empty());
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
            answered_how: e.answered_how.clone(),
            consent: e.consent,
            reliability: e.reliability.clone(),
            reachable,
            email: None,
            revision: e.revision,
        })
    }
}

/// Where an answer to a piece of evidence goes; only for those who may answer.
pub fn address(conn: &mut Conn, ws: i64, evidence: &Evidence) -> Result<String> {
    Ok(load::<Verbatim>(conn, ws, evidence.verbatim_id)?.map(|w| w.email).unwrap_or_default())
}

/// The kind of evidence in words; empty where whoever said it tells that already, as “Product analytics”.
pub fn kind_beside(kind: &str, source: &str) -> String {
    let kind = kind.replace('-', " ");
    if source.to_lowercase().contains(&kind) { String::new() } else { kind }
}

/// All words that came with an address.
pub fn said_by(conn: &mut Conn, ws: i64, email: &str) -> Result<Vec<Verbatim>> {
    SAID_BY.all(conn, ws, &[email.into()])
}

/// The evidence that holds these words.
pub fn of_words(conn: &mut Conn, ws: i64, words: Id) -> Result<Option<Evidence>> {
    OF_WORDS.first(conn, ws, &[words.into()])
}

/// A link as a person gave it: http and https only.
pub fn check_url(text: &str) -> Result<String> {
    let url = text.trim();
    if url.is_empty() || url.starts_with("https://") || url.starts_with("http://") {
        return Ok(url.to_owned());
    }
    Err(Error::invalid("url", "A link begins with https:// or http://."))
}

/// A day on which something was seen or said: never one to come.
pub fn check_past(field: &'static str, day: Option<Day>, today: Day) -> Result<()> {
    if day.is_some_and(|day| day > today.plus_days(AHEAD_DAYS)) {
        let what = "That day lies ahead. Give the day on which it was seen or said.";
        return Err(Error::invalid(field, what));
    }
    Ok(())
}

/// An address to answer to, or none.
fn check_email(given: &str) -> Result<String> {
    if given.trim().is_empty() { Ok(String::new()) } else { check_address(given) }
}

fn check_reliability(given: Option<&str>, stands: &str) -> Result<String> {
    match given.map(str::trim) {
        None => Ok(stands.to_owned()),
        Some("") => Ok(String::new()),
        word => one_of("reliability", word, "", &RELIABILITY),
    }
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
    /// Where an answer to them goes, if they may be written to.
    pub email: String,
    pub company: String,
    pub segment: String,
    /// Today if left out.
    pub said_on: Option<Day>,
    pub url: String,
    /// Whoever said it may be quoted outside.
    pub consent: bool,
    /// `first-hand`, `second-hand` or `hearsay`.
    pub reliability: Option<String>,
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
        EvidenceView::of(cx.conn(), &actor, &evidence)
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
        check_past("said_on", self.said_on, cx.now.day())?;
        let verbatim = new_row!(
            cx,
            Verbatim {
                text: text,
                source: self.source.trim().to_owned(),
                email: check_email(&self.email)?,
            }
        );
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
                reliability: check_reliability(self.reliability.as_deref(), "")?,
                answered_how: String::new(),
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
    /// `new`, `triaged` or `parked`; `linked`, `duplicate` and `answered` follow from linking,
    /// triage and answering.
    pub state: Option<String>,
    /// Who said it.
    pub source: Option<String>,
    /// Where an answer to them goes; an empty text takes it away.
    pub email: Option<String>,
    pub company: Option<String>,
    pub segment: Option<String>,
    pub said_on: Option<Day>,
    pub url: Option<String>,
    pub consent: Option<bool>,
    /// `first-hand`, `second-hand`, `hearsay`, or an empty text.
    pub reliability: Option<String>,
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
        after.state = self.state_of(&before)?;
        put(&mut after.company, self.company.as_ref());
        put(&mut after.segment, self.segment.as_ref());
        check_past("said_on", self.said_on, cx.now.day())?;
        after.said_on = self.said_on.or(after.said_on);
        if let Some(url) = &self.url {
            after.url = check_url(url)?;
        }
        after.consent = self.consent.unwrap_or(after.consent);
        after.reliability = check_reliability(self.reliability.as_deref(), &before.reliability)?;
        let after = cx.edit(&before, after, self.revision)?;
        self.put_words(cx, &after)?;
        EvidenceView::of(cx.conn(), &actor, &after)
    }
}

impl EditEvidence {
    /// The state that is asked for: only what nothing else tells can be set by hand.
    fn state_of(&self, before: &Evidence) -> Result<String> {
        let asked = self.state.as_deref().map(str::trim).filter(|s| !s.is_empty());
        let Some(asked) = asked.filter(|asked| *asked != before.state) else {
            return Ok(before.state.clone());
        };
        let instead = match asked {
            "linked" => "Link a need to it: that makes it linked.",
            "answered" => "Answer whoever said it: that makes it answered.",
            "duplicate" => "Say in triage which evidence says the same.",
            _ => return one_of("state", Some(asked), "", &SET),
        };
        Err(Error::invalid("state", instead))
    }

    /// Who said it and where an answer goes, which stand with the words.
    fn put_words(&self, cx: &mut Change<'_>, evidence: &Evidence) -> Result<()> {
        if self.source.is_none() && self.email.is_none() {
            return Ok(());
        }
        let before: Verbatim = cx.get(evidence.verbatim_id, "evidence")?;
        let mut after = before.clone();
        put(&mut after.source, self.source.as_ref());
        if let Some(email) = &self.email {
            after.email = check_email(email)?;
        }
        cx.update(&before, &mut after)
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
    const META: Meta = Meta::query("get-evidence", "Show one piece of evidence", "/evidence/{key}");

    fn run(&self, cx: &mut Reader<'_>) -> Result<EvidenceView> {
        let ws = cx.actor.workspace;
        let (evidence, _) = by_key::<Evidence>(cx.conn, cx.actor, &self.key, Access::Read)?;
        let mut view = EvidenceView::of(cx.conn, cx.actor, &evidence)?;
        // The words are for all who see the product, the address only for those who may answer.
        if cx.actor.check_role(Access::Write).is_ok() {
            view.email = Some(address(cx.conn, ws, &evidence)?).filter(|email| !email.is_empty());
        }
        Ok(view)
    }
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
        let items: Result<Vec<_>> =
            rows.iter().map(|e| EvidenceView::of(cx.conn, cx.actor, e)).collect();
        Ok(Page { items: items?, next })
    }
}
