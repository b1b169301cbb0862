//! Answers to a survey: entered by members, or sent by anybody who has the survey's link.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::surveys::{QUESTIONS, Survey, answer, find};
use crate::db::{Conn, Tx};
use crate::kernel::{Access, Actor, Error, Id, Result, Role, Time, Via};
use crate::people::nouns::title_of;
use crate::store::{Action, Change, Indexed, Meta};
use crate::{new_row, record, selects, statements};

record! {
    /// One person's two answers to one question.
    pub struct SurveyAnswer in "survey_answer", versioned: false {
        pub product_id: Id,
        pub question_id: Id,
        pub functional: String,
        pub dysfunctional: String,
        /// As they call themselves; may be empty.
        pub respondent: String,
        /// The member who entered it; none where it came through the link.
        pub entered_by: Option<Id>,
    }
}

impl Indexed for SurveyAnswer {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["respondent"]
    }
    fn append_only() -> bool {
        true
    }
}

/// Answers that one survey holds at most; a link that went astray must not fill the disk.
const MOST_ANSWERS: i64 = 20_000;

selects! {
    BY_TOKEN: Survey = "survey", "token = $2 AND state = 'open' AND gone_at IS NULL";
    ANSWERS: SurveyAnswer = "survey_answer", "question_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 20000";
}

statements! {
    /// A link is looked up before anybody knows of which workspace it is.
    WORKSPACE_OF_TOKEN = "SELECT workspace_id FROM survey WHERE token = $1 AND state = 'open' AND gone_at IS NULL";
    COUNT = "SELECT COUNT(*) FROM survey_answer a JOIN survey_question q ON q.workspace_id = a.workspace_id AND q.id = a.question_id WHERE a.workspace_id = $1 AND q.survey_id = $2";
}

/// The answers to a question.
pub(super) fn to(conn: &mut Conn, ws: i64, question: Id) -> Result<Vec<SurveyAnswer>> {
    ANSWERS.all(conn, ws, &[question.into()])
}

/// Answer a survey for somebody.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields)]
pub struct AnswerSurvey {
    pub survey: Id,
    /// Who answered, as they call themselves.
    #[serde(default)]
    pub respondent: String,
    /// By the key of an opportunity, how one would feel if it were solved: `like`, `expect`,
    /// `neutral`, `live-with` or `dislike`.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// By the key of an opportunity, how one would feel if it stayed as it is.
    #[serde(default)]
    pub without: BTreeMap<String, String>,
}

/// How many questions were answered.
#[derive(Serialize, JsonSchema)]
pub struct Answered {
    pub answered: usize,
}

const ANSWER: Meta = Meta::action(
    "answer-survey",
    "Answer a survey for somebody",
    "POST",
    "/surveys/{survey}/answers",
)
.access(Access::Propose)
.exercises(&[7]);

impl Action for AnswerSurvey {
    type Output = Answered;
    const META: Meta = ANSWER;

    fn run(&self, cx: &mut Change<'_>) -> Result<Answered> {
        let actor = cx.actor.clone();
        let (survey, _) = find(cx.conn(), &actor, self.survey, Access::Propose)?;
        answers(cx, &survey, self, Some(actor.person))
    }
}

fn answers(
    cx: &mut Change<'_>,
    survey: &Survey,
    given: &AnswerSurvey,
    by: Option<Id>,
) -> Result<Answered> {
    let ws = cx.workspace();
    if survey.state != "open" {
        return Err(Error::refused("This survey is closed; its answers stand."));
    }
    let respondent = given.respondent.trim();
    if respondent.chars().count() > 120 {
        return Err(Error::invalid("respondent", "A name has 120 letters at most."));
    }
    let count: i64 = cx.conn().query_one(&COUNT, &[ws.into(), survey.id.into()], |r| r.get(0))?;
    if count >= MOST_ANSWERS {
        return Err(Error::refused("This survey has all the answers that it can hold."));
    }
    let mut answered = 0;
    for question in QUESTIONS.all(cx.conn(), ws, &[survey.id.into()])? {
        let Some((key, _)) = title_of(cx.conn(), ws, question.opportunity_id)? else { continue };
        let word = |all: &BTreeMap<String, String>| -> Result<Option<String>> {
            let word =
                all.iter().find(|(k, _)| k.eq_ignore_ascii_case(&key)).map(|(_, w)| w.trim());
            match word.filter(|word| !word.is_empty()) {
                Some(word) if answer(word).is_none() => Err(Error::invalid(
                    "with",
                    format!(
                        "“{word}” is no answer. There are: like, expect, neutral, live-with, dislike."
                    ),
                )),
                word => Ok(word.map(str::to_owned)),
            }
        };
        match (word(&given.with)?, word(&given.without)?) {
            (Some(functional), Some(dysfunctional)) => {
                cx.insert(&new_row!(
                    cx,
                    SurveyAnswer {
                        product_id: survey.product_id,
                        question_id: question.id,
                        functional: functional,
                        dysfunctional: dysfunctional,
                        respondent: respondent.to_owned(),
                        entered_by: by,
                    }
                ))?;
                answered += 1;
            }
            (None, None) => {}
            _ => {
                return Err(Error::invalid(
                    "without",
                    "Each pair needs both answers: with it solved, and as it is. Or leave out the pair.",
                ));
            }
        }
    }
    if answered == 0 {
        return Err(Error::invalid(
            "with",
            "Nothing was answered yet. Choose both answers of at least one pair.",
        ));
    }
    Ok(Answered { answered })
}

/// What whoever has the link sees: the questions, none of the answers.
pub struct Asked {
    pub title: String,
    pub intro: String,
    /// Key of the opportunity, and the two questions about it.
    pub questions: Vec<(String, String, String)>,
}

fn by_token(conn: &mut Conn, token: &str) -> Result<(i64, Survey)> {
    let missing = || Error::NotFound("open survey");
    let ws: i64 =
        conn.query_opt(&WORKSPACE_OF_TOKEN, &[token.into()], |r| r.get(0))?.ok_or_else(missing)?;
    let survey = BY_TOKEN.first(conn, ws, &[token.into()])?.ok_or_else(missing)?;
    Ok((ws, survey))
}

/// The open survey behind a link.
pub fn asked(conn: &mut Conn, token: &str) -> Result<Asked> {
    let (ws, survey) = by_token(conn, token)?;
    let mut questions = Vec::new();
    for question in QUESTIONS.all(conn, ws, &[survey.id.into()])? {
        if let Some((key, _)) = title_of(conn, ws, question.opportunity_id)? {
            questions.push((key, question.functional, question.dysfunctional));
        }
    }
    Ok(Asked { title: survey.title, intro: survey.intro, questions })
}

/// Keeps the answers of somebody who came through the link and is nobody here.
pub fn answer_by_link(
    tx: &mut Tx,
    token: &str,
    given: &AnswerSurvey,
    now: Time,
) -> Result<Answered> {
    let (workspace, survey) = by_token(tx, token)?;
    let actor = Actor::nobody(workspace, "", Role::Guest, Via::Web);
    Change::record(tx, actor, &ANSWER, now, |cx| answers(cx, &survey, given, None))
}
