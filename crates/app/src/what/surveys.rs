//! Kano surveys: for each opportunity, how one would feel with it solved and without, and what the
//! answers say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_choose::kano::{Answer, Category, Survey as Counts};

use super::opportunities::Opportunity;
use super::survey_answers;
use crate::db::Conn;
use crate::kernel::secret::Secret;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::nouns::{by_key, one_of, put_text, put_title, title_of};
use crate::people::products::{self, Product, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::{new_row, record, selects, statements};

record! {
    /// A survey of a product.
    pub struct Survey in "survey", versioned: true {
        pub product_id: Id,
        pub title: String,
        pub intro: String,
        /// What the public address ends with; whoever has it may answer, and nothing else.
        pub token: String,
        /// `open` or `closed`.
        pub state: String,
    }
}

record! {
    /// What a survey asks about one opportunity.
    pub struct SurveyQuestion in "survey_question", versioned: true {
        pub product_id: Id,
        pub survey_id: Id,
        pub opportunity_id: Id,
        /// How one would feel if it were solved.
        pub functional: String,
        /// How one would feel if it stayed as it is.
        pub dysfunctional: String,
    }
}

impl Indexed for Survey {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["token"]
    }
}

impl Indexed for SurveyQuestion {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

/// The five feelings, best first, with the words that people read.
pub const FEELINGS: [(&str, &str); 5] = [
    ("like", "I would like it"),
    ("expect", "I expect it"),
    ("neutral", "I do not mind"),
    ("live-with", "I can live with it"),
    ("dislike", "I would dislike it"),
];

selects! {
    OF_PRODUCT: Survey = "survey", "product_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 100";
    pub(super) QUESTIONS: SurveyQuestion = "survey_question", "survey_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 100";
}

statements! {
    OPEN_PROBLEMS = "SELECT id FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND state NOT IN ('not-now', 'rejected', 'solved', 'abandoned') ORDER BY rank LIMIT 20";
}

/// A survey as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct SurveyView {
    pub id: Id,
    pub title: String,
    pub intro: String,
    pub state: String,
    /// The public address, for those who may hand it on.
    pub path: Option<String>,
    pub questions: Vec<QuestionView>,
}

/// What a survey asks about one opportunity, and what the answers say.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct QuestionView {
    pub opportunity: String,
    pub title: String,
    pub functional: String,
    pub dysfunctional: String,
    pub answers: u32,
    /// How many answers put it into each category.
    pub attractive: u32,
    pub one_dimensional: u32,
    pub must_be: u32,
    pub indifferent: u32,
    pub reverse: u32,
    pub questionable: u32,
    /// Satisfaction won by having it, 0 to 1.
    pub better: Option<f64>,
    /// Satisfaction lost by not having it, −1 to 0.
    pub worse: Option<f64>,
    /// The category named most.
    pub category: Option<String>,
}

/// The answer that a word stands for.
pub(super) fn answer(word: &str) -> Option<Answer> {
    Some(match word {
        "like" => Answer::Like,
        "expect" => Answer::Expect,
        "neutral" => Answer::Neutral,
        "live-with" => Answer::LiveWith,
        "dislike" => Answer::Dislike,
        _ => return None,
    })
}

fn category(category: Category) -> &'static str {
    match category {
        Category::Attractive => "attractive",
        Category::OneDimensional => "one-dimensional",
        Category::MustBe => "must-be",
        Category::Indifferent => "indifferent",
        Category::Reverse => "reverse",
        Category::Questionable => "questionable",
    }
}

fn question_view(
    conn: &mut Conn,
    ws: i64,
    question: &SurveyQuestion,
) -> Result<Option<QuestionView>> {
    let Some((opportunity, title)) = title_of(conn, ws, question.opportunity_id)? else {
        return Ok(None);
    };
    let answers = survey_answers::to(conn, ws, question.id)?;
    let pairs = answers.iter().filter_map(|a| answer(&a.functional).zip(answer(&a.dysfunctional)));
    let counts = Counts::of(pairs);
    Ok(Some(QuestionView {
        opportunity,
        title,
        functional: question.functional.clone(),
        dysfunctional: question.dysfunctional.clone(),
        answers: u32::try_from(answers.len()).unwrap_or(u32::MAX),
        attractive: counts.attractive,
        one_dimensional: counts.one_dimensional,
        must_be: counts.must_be,
        indifferent: counts.indifferent,
        reverse: counts.reverse,
        questionable: counts.questionable,
        better: counts.better(),
        worse: counts.worse(),
        category: counts.verdict().map(|c| category(c).to_owned()),
    }))
}

fn view(conn: &mut Conn, actor: &Actor, survey: &Survey) -> Result<SurveyView> {
    let ws = actor.workspace;
    let mut questions = Vec::new();
    for question in QUESTIONS.all(conn, ws, &[survey.id.into()])? {
        questions.extend(question_view(conn, ws, &question)?);
    }
    let hands_on = actor.check(Access::Write).is_ok() && survey.state == "open";
    Ok(SurveyView {
        id: survey.id,
        title: survey.title.clone(),
        intro: survey.intro.clone(),
        state: survey.state.clone(),
        path: hands_on.then(|| format!("/survey/{}", survey.token)),
        questions,
    })
}

/// The survey of that id, if this actor may see it and do `access`.
pub(super) fn find(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(Survey, Product)> {
    let missing = || Error::NotFound("survey");
    let survey = load::<Survey>(conn, actor.workspace, id)?
        .filter(|s| s.gone_at.is_none())
        .ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, survey.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((survey, product))
}

/// Start a Kano survey about a product's opportunities.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct StartSurvey {
    pub product: String,
    pub title: String,
    /// What people read first.
    pub intro: String,
    /// Keys of opportunities, up to 20; the first open ones if left out.
    pub about: Vec<String>,
}

impl Action for StartSurvey {
    type Output = SurveyView;
    const META: Meta = Meta::action(
        "start-survey",
        "Start a Kano survey about a product's opportunities",
        "POST",
        "/surveys",
    )
    .exercises(&[7]);

    fn run(&self, cx: &mut Change<'_>) -> Result<SurveyView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let survey = new_row!(
            cx,
            Survey {
                product_id: product.id,
                title: check_title("title", &self.title)?,
                intro: check_text("intro", self.intro.trim())?,
                token: Secret::new("").reveal().to_owned(),
                state: "open".to_owned(),
            }
        );
        cx.insert(&survey)?;
        let keys: Vec<&str> = self
            .about
            .iter()
            .flat_map(|keys| keys.split([',', ' ']))
            .filter(|k| !k.is_empty())
            .collect();
        if keys.len() > 20 {
            return Err(Error::invalid("about", "Ask about 20 at most: nobody answers more."));
        }
        if keys.is_empty() {
            let values = [actor.workspace.into(), product.id.into()];
            let open: Vec<Id> = cx.conn().query(&OPEN_PROBLEMS, &values, |r| r.get(0))?;
            for id in open {
                let problem = cx.get::<Opportunity>(id, "opportunity")?;
                ask(cx, &survey, &problem, None, None)?;
            }
        }
        for key in keys {
            let problem = about(cx.conn(), &actor, &product, key).map_err(|e| e.of_key(key))?;
            ask(cx, &survey, &problem, None, None)?;
        }
        view(cx.conn(), &actor, &survey)
    }
}

fn about(conn: &mut Conn, actor: &Actor, product: &Product, key: &str) -> Result<Opportunity> {
    let (problem, of) = by_key::<Opportunity>(conn, actor, key, Access::Read)?;
    if of.id != product.id {
        return Err(Error::invalid("about", format!("{key} is in another product.")));
    }
    Ok(problem)
}

/// Asks about an opportunity, or asks otherwise than before.
fn ask(
    cx: &mut Change<'_>,
    survey: &Survey,
    problem: &Opportunity,
    functional: Option<&String>,
    dysfunctional: Option<&String>,
) -> Result<()> {
    let ws = cx.workspace();
    let stands = QUESTIONS
        .all(cx.conn(), ws, &[survey.id.into()])?
        .into_iter()
        .find(|q| q.opportunity_id == problem.id);
    let mut after = stands.clone().unwrap_or_else(|| {
        new_row!(
            cx,
            SurveyQuestion {
                product_id: survey.product_id,
                survey_id: survey.id,
                opportunity_id: problem.id,
                functional: format!("“{}”: how would you feel if this were solved?", problem.title),
                dysfunctional: "And if it stayed as it is?".to_owned(),
            }
        )
    });
    put_text(&mut after.functional, "functional", functional.filter(|t| !t.trim().is_empty()))?;
    put_text(
        &mut after.dysfunctional,
        "dysfunctional",
        dysfunctional.filter(|t| !t.trim().is_empty()),
    )?;
    match &stands {
        Some(before) => cx.update(before, &mut after),
        None => cx.insert(&after),
    }
}

/// Edit a survey, close it, or open it again.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields)]
pub struct EditSurvey {
    pub survey: Id,
    pub title: Option<String>,
    pub intro: Option<String>,
    /// `open` or `closed`.
    pub state: Option<String>,
}

impl Action for EditSurvey {
    type Output = SurveyView;
    const META: Meta = Meta::action(
        "edit-survey",
        "Edit a survey, close it, or open it again",
        "PATCH",
        "/surveys/{survey}",
    )
    .exercises(&[7]);

    fn run(&self, cx: &mut Change<'_>) -> Result<SurveyView> {
        let actor = cx.actor.clone();
        let (before, _) = find(cx.conn(), &actor, self.survey, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.intro, "intro", self.intro.as_ref())?;
        after.state = one_of("state", self.state.as_deref(), &before.state, &["open", "closed"])?;
        cx.update(&before, &mut after)?;
        view(cx.conn(), &actor, &after)
    }
}

/// Ask about an opportunity in a survey, or in other words than before.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields)]
pub struct AskInSurvey {
    pub survey: Id,
    /// The key of an opportunity.
    pub about: String,
    /// How one would feel if it were solved.
    pub functional: Option<String>,
    /// How one would feel if it stayed as it is.
    pub dysfunctional: Option<String>,
}

impl Action for AskInSurvey {
    type Output = SurveyView;
    const META: Meta = Meta::action(
        "ask-in-survey",
        "Ask about an opportunity in a survey, or in other words than before",
        "POST",
        "/surveys/{survey}/questions",
    )
    .exercises(&[7]);

    fn run(&self, cx: &mut Change<'_>) -> Result<SurveyView> {
        let actor = cx.actor.clone();
        let (survey, product) = find(cx.conn(), &actor, self.survey, Access::Write)?;
        let problem = about(cx.conn(), &actor, &product, &self.about)?;
        ask(cx, &survey, &problem, self.functional.as_ref(), self.dysfunctional.as_ref())?;
        view(cx.conn(), &actor, &survey)
    }
}

/// List a product's surveys with what the answers say, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListSurveys {
    pub product: String,
}

impl Query for ListSurveys {
    type Output = Vec<SurveyView>;
    const META: Meta = Meta::query(
        "list-surveys",
        "List a product's surveys with what the answers say, newest first",
        "/surveys",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<SurveyView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = OF_PRODUCT.all(cx.conn, cx.actor.workspace, &[product.id.into()])?;
        all.iter().map(|survey| view(cx.conn, cx.actor, survey)).collect()
    }
}

/// Show a survey with what the answers say.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct GetSurvey {
    pub survey: Id,
}

impl Query for GetSurvey {
    type Output = SurveyView;
    const META: Meta =
        Meta::query("get-survey", "Show a survey with what the answers say", "/surveys/{survey}");

    fn run(&self, cx: &mut Reader<'_>) -> Result<SurveyView> {
        let (survey, _) = find(cx.conn, cx.actor, self.survey, Access::Read)?;
        view(cx.conn, cx.actor, &survey)
    }
}
