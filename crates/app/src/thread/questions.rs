//! Questions on any item, above all "why": who asked, who answered, and how long it took.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::{find, load_keyed, nodes};
use super::notifications;
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::members::Person;
use crate::people::notify::{About, Notice, notify, settle};
use crate::people::nouns::one_of;
use crate::people::products::{self, check_text};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load_many};
use crate::{new_row, record, selects};

record! {
    /// A question about a record, and its answer.
    pub struct Question in "question", versioned: true {
        pub product_id: Id,
        pub object_kind: String,
        pub object_id: Id,
        /// `why` or `other`.
        pub kind: String,
        pub body: String,
        pub asked_by: Option<Id>,
        pub asked_at: Time,
        pub answer: String,
        pub answered_by: Option<Id>,
        pub answered_at: Option<Time>,
    }
}

impl Indexed for Question {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

const KINDS: [&str; 2] = ["why", "other"];

selects! {
    OF_OBJECT: Question = "question", "object_id = $2 AND gone_at IS NULL ORDER BY asked_at LIMIT 200";
    OPEN: Question = "question", "product_id = $2 AND answered_at IS NULL AND gone_at IS NULL ORDER BY asked_at LIMIT 200";
    ANSWERED: Question = "question", "product_id = $2 AND answered_at > $3 AND gone_at IS NULL ORDER BY answered_at DESC LIMIT 200";
}

/// A question as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct QuestionView {
    pub id: Id,
    /// The key of the item that it is about.
    pub item: String,
    pub kind: String,
    pub body: String,
    pub asked_by: String,
    pub asked_at: Time,
    pub answer: String,
    pub answered_by: Option<String>,
    pub answered_at: Option<Time>,
    /// Hours from the question to its answer.
    pub hours: Option<f64>,
}

fn view(conn: &mut Conn, ws: i64, q: &Question) -> Result<Option<QuestionView>> {
    Ok(views(conn, ws, std::slice::from_ref(q))?.pop())
}

/// Questions as they are shown, without those whose item is gone: what they name is looked up together.
fn views(conn: &mut Conn, ws: i64, all: &[Question]) -> Result<Vec<QuestionView>> {
    let about = nodes(conn, ws, all.iter().map(|q| (q.object_kind.clone(), q.object_id)), None)?;
    let people = all.iter().flat_map(|q| [q.asked_by, q.answered_by]).flatten();
    let people = load_many::<Person>(conn, ws, people, None)?;
    let name = |id: Id| people.get(&id).map(|p| p.name.clone()).unwrap_or_default();
    let shown = all.iter().filter_map(|q| Some((q, about.get(&q.object_id)?)));
    let views = shown.map(|(q, about)| QuestionView {
        id: q.id,
        item: about.key.clone(),
        kind: q.kind.clone(),
        body: q.body.clone(),
        asked_by: q.asked_by.map(name).unwrap_or_default(),
        asked_at: q.asked_at,
        answer: q.answer.clone(),
        answered_by: q.answered_by.map(name),
        answered_at: q.answered_at,
        hours: q.answered_at.map(|at| (at.0 - q.asked_at.0) as f64 / 3_600_000_000.0),
    });
    Ok(views.collect())
}

/// The questions on a record, oldest first.
pub fn questions(conn: &mut Conn, ws: i64, object: Id) -> Result<Vec<QuestionView>> {
    let all = OF_OBJECT.all(conn, ws, &[object.into()])?;
    views(conn, ws, &all)
}

/// Ask about an item: why it is there, or anything else.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AskQuestion {
    pub key: String,
    /// `why` (if left out) or `other`.
    pub kind: Option<String>,
    /// The question; "Why is this worth doing?" if a why is left without words.
    pub body: String,
}

impl Action for AskQuestion {
    type Output = QuestionView;
    const META: Meta = Meta::action(
        "ask-question",
        "Ask about an item: why it is there, or anything else",
        "POST",
        "/items/{key}/questions",
    )
    .access(Access::Propose);

    fn run(&self, cx: &mut Change<'_>) -> Result<QuestionView> {
        let actor = cx.actor.clone();
        let (found, product) = find(cx.conn(), &actor, &self.key, Access::Propose)?;
        let kind = one_of("kind", self.kind.as_deref(), "why", &KINDS)?;
        let mut body = check_text("body", self.body.trim())?;
        if body.is_empty() && kind == "why" {
            "Why is this worth doing?".clone_into(&mut body);
        }
        if body.is_empty() {
            return Err(Error::invalid(
                "body",
                "The question is empty. Write what you want to know.",
            ));
        }
        let question = new_row!(
            cx,
            Question {
                product_id: product.id,
                object_kind: found.kind().to_owned(),
                object_id: found.id(),
                kind: kind,
                body: body,
                asked_by: Some(actor.person),
                asked_at: cx.happened,
                answer: String::new(),
                answered_by: None,
                answered_at: None,
            }
        );
        cx.insert(&question)?;
        notifications::asked(cx, &found, &product, &question.body)?;
        view(cx.conn(), actor.workspace, &question)?.ok_or(Error::NotFound("item"))
    }
}

/// Answer a question.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct AnswerQuestion {
    pub question: Id,
    pub answer: String,
}

impl Action for AnswerQuestion {
    type Output = QuestionView;
    const META: Meta = Meta::action(
        "answer-question",
        "Answer a question",
        "POST",
        "/questions/{question}/answer",
    )
    .access(Access::Propose)
    .exercises(&[37]);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<QuestionView> {
        let actor = cx.actor.clone();
        let missing = || Error::NotFound("question");
        let before: Question = cx.get(self.question, "question")?;
        products::product_by_id(cx.conn(), &actor, before.product_id, Access::Propose)
            .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
        if let Some(at) = before.answered_at {
            let day = at.day();
            return Err(Error::refused(format!(
                "It was answered on {day}. Comment on the item to add to it."
            )));
        }
        let mut after = before.clone();
        after.answer = check_text("answer", self.answer.trim())?;
        if after.answer.is_empty() {
            return Err(Error::invalid("answer", "The answer is empty. Write a sentence."));
        }
        (after.answered_by, after.answered_at) = (Some(actor.person), Some(cx.happened));
        cx.update(&before, &mut after)?;
        settle(cx, Notice::AnswerDue, after.object_id)?;
        let on = load_keyed(cx.conn(), actor.workspace, &after.object_kind, after.object_id, None)?;
        if let (Some(on), Some(asker)) = (on, after.asked_by) {
            let (kind, object) = (on.kind(), on.id());
            let about = About { kind, object, product: after.product_id, comment: None };
            notify(cx, asker, Notice::Answered, about)?;
        }
        view(cx.conn(), actor.workspace, &after)?.ok_or_else(missing)
    }
}

/// The questions of a product.
#[derive(Serialize, JsonSchema)]
pub struct Questions {
    /// Oldest first.
    pub open: Vec<QuestionView>,
    /// The last 90 days, newest first.
    pub answered: Vec<QuestionView>,
    /// Median hours from a "why" to its answer over those 90 days.
    pub median_hours: Option<f64>,
}

/// List a product's open questions, those answered in the last 90 days, and how long it took.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuestions {
    pub product: String,
}

impl Query for ListQuestions {
    type Output = Questions;
    const META: Meta = Meta::query(
        "list-questions",
        "List a product's open questions, those answered in the last 90 days, and how long it took",
        "/questions",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Questions> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let since = cx.now.plus_days(-90);
        let open = OPEN.all(cx.conn, ws, &[product.id.into()])?;
        let open = views(cx.conn, ws, &open)?;
        let answered = ANSWERED.all(cx.conn, ws, &[product.id.into(), since.into()])?;
        let answered = views(cx.conn, ws, &answered)?;
        let mut hours: Vec<f64> =
            answered.iter().filter(|q| q.kind == "why").filter_map(|q| q.hours).collect();
        hours.sort_by(f64::total_cmp);
        let middle = hours.len() / 2;
        let median_hours = match hours.len() {
            0 => None,
            n if n % 2 == 1 => Some(hours[middle]),
            _ => Some(f64::midpoint(hours[middle - 1], hours[middle])),
        };
        Ok(Questions { open, answered, median_hours })
    }
}
