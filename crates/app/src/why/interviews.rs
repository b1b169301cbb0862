//! Interviews: conversations with users. What stands out in one becomes evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, EvidenceView, RecordEvidence, check_past};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::nouns::{View, after_id, by_key, put_text, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta, Words};
use crate::{get_query, list_query, new_row, noun, record, selects};

record! {
    /// A conversation with users.
    pub struct Interview in "interview", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub held_on: Day,
        /// Who took part from outside.
        pub participants: Words,
        /// Markdown.
        pub notes: String,
        pub author_id: Option<Id>,
    }
}

noun! { Interview is "interview", text: |i| i.notes.clone(), erasable: &["participants", "notes"] }

selects! {
    PAGE: Interview = "interview", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
    HIGHLIGHTS: Evidence = "evidence", "interview_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 200";
}

/// What became evidence of an interview, oldest first.
pub fn highlights(conn: &mut Conn, ws: i64, interview: Id) -> Result<Vec<Evidence>> {
    HIGHLIGHTS.all(conn, ws, &[interview.into()])
}

/// An interview with what stood out.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct InterviewView {
    pub key: String,
    pub title: String,
    pub held_on: Day,
    pub participants: Vec<String>,
    pub notes: String,
    /// What became evidence, oldest first.
    pub highlights: Vec<EvidenceView>,
    pub revision: i64,
}

impl View<Interview> for InterviewView {
    fn of(conn: &mut Conn, actor: &Actor, i: &Interview) -> Result<Self> {
        let ws = actor.workspace;
        let highlights = highlights(conn, ws, i.id)?;
        let highlights: Result<Vec<_>> =
            highlights.iter().map(|e| EvidenceView::of(conn, actor, e)).collect();
        Ok(Self {
            key: i.key.clone(),
            title: i.title.clone(),
            held_on: i.held_on,
            participants: i.participants.0.clone(),
            notes: i.notes.clone(),
            highlights: highlights?,
            revision: i.revision,
        })
    }
}

fn names(given: &[String]) -> Words {
    let split = given.iter().flat_map(|n| n.split(',')).map(str::trim).filter(|n| !n.is_empty());
    Words(split.map(str::to_owned).collect())
}

/// Keep an interview: who took part, and the notes.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RecordInterview {
    pub product: String,
    pub title: String,
    /// Today if left out.
    pub held_on: Option<Day>,
    /// Names; commas also separate.
    pub participants: Vec<String>,
    /// Markdown.
    pub notes: String,
}

impl Action for RecordInterview {
    type Output = InterviewView;
    const META: Meta = Meta::action(
        "record-interview",
        "Keep an interview: who took part, and the notes",
        "POST",
        "/interviews",
    )
    .access(Access::Propose)
    .exercises(&[7]);

    fn run(&self, cx: &mut Change<'_>) -> Result<InterviewView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Propose)?;
        let title = check_title("title", &self.title)?;
        check_past("held_on", self.held_on, cx.now.day())?;
        let participants = names(&self.participants);
        if participants.is_empty() {
            return Err(Error::invalid(
                "participants",
                "Say who took part, if only as “a commuter”: without a user it is no interview.",
            ));
        }
        let key = products::next_key(cx, &product)?;
        let interview = new_row!(
            cx,
            Interview {
                product_id: product.id,
                key: key,
                title: title,
                held_on: self.held_on.unwrap_or(cx.happened.day()),
                participants: participants,
                notes: check_text("notes", &self.notes)?,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&interview)?;
        InterviewView::of(cx.conn(), &actor, &interview)
    }
}

/// Edit what you name of an interview; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditInterview {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub held_on: Option<Day>,
    pub participants: Option<Vec<String>>,
    pub notes: Option<String>,
}

impl Action for EditInterview {
    type Output = InterviewView;
    const META: Meta = Meta::action(
        "edit-interview",
        "Edit what you name of an interview; the rest stays",
        "PATCH",
        "/interviews/{key}",
    )
    .exercises(&[7]);

    fn run(&self, cx: &mut Change<'_>) -> Result<InterviewView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Interview>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.notes, "notes", self.notes.as_ref())?;
        check_past("held_on", self.held_on, cx.now.day())?;
        after.held_on = self.held_on.unwrap_or(after.held_on);
        if let Some(given) = self.participants.as_deref().map(names).filter(|n| !n.is_empty()) {
            after.participants = given;
        }
        let after = cx.edit(&before, after, self.revision)?;
        InterviewView::of(cx.conn(), &actor, &after)
    }
}

/// Make a highlight of an interview evidence.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddHighlight {
    pub key: String,
    /// The words as they were said.
    pub verbatim: String,
    /// Who said them; the first participant if left out.
    pub source: String,
    pub segment: String,
}

impl Action for AddHighlight {
    type Output = EvidenceView;
    const META: Meta = Meta::action(
        "add-highlight",
        "Make a highlight of an interview evidence",
        "POST",
        "/interviews/{key}/highlights",
    )
    .access(Access::Propose)
    .exercises(&[7]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EvidenceView> {
        let actor = cx.actor.clone();
        let (interview, product) =
            by_key::<Interview>(cx.conn(), &actor, &self.key, Access::Propose)?;
        let first = interview.participants.first().cloned().unwrap_or_default();
        let said = self.source.trim();
        let words = RecordEvidence {
            product: product.key,
            verbatim: self.verbatim.clone(),
            kind: Some("interview".to_owned()),
            source: if said.is_empty() { first } else { said.to_owned() },
            segment: self.segment.clone(),
            said_on: Some(interview.held_on),
            reliability: Some("first-hand".to_owned()),
            ..RecordEvidence::default()
        };
        words.keep(cx, Some(interview.id))
    }
}

get_query! { GetInterview = "get-interview", "Show one interview with its highlights", "/interviews/{key}": Interview as InterviewView }

list_query! {
    ListInterviews = "list-interviews", "List a product's interviews, newest first", "/interviews":
    PAGE as InterviewView, 50 a page,
    after: |id| after_id(id, uuid::Uuid::max())?, place: |i| i.id.to_string()
}
