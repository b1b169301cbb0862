//! Options: the solutions that were compared for a problem. Choosing one keeps the rejected with
//! their reasons.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::nouns::{any_by_key, by_key, put, put_text, put_title, step_to};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta, Query, Reader};
use crate::{get_query, new_row, noun, record, selects, view};

record! {
    /// One way to solve a problem.
    pub struct SolutionOption in "solution_option", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub about_id: Id,
        /// What it would solve: `opportunity` or `work_item`, an epic.
        pub about_kind: String,
        pub title: String,
        /// The sketch, as Markdown.
        pub body: String,
        /// In the team's own words: `2 weeks`, `13 points`.
        pub effort: String,
        /// `open`, `chosen` or `rejected`.
        pub state: String,
        pub reason: String,
        pub author_id: Option<Id>,
    }
}

noun! {
    SolutionOption is "option",
    text: |o| o.body.clone(),
    edges: |o| step_to(("solution_option", o.id), &o.about_kind, Some(o.about_id)),
    proposes: |_o| true
}

selects! {
    ABOUT: SolutionOption = "solution_option", "about_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 100";
}

view! {
    /// An option as programs and pages see it.
    pub struct OptionView of SolutionOption {
        pub key: String,
        pub title: String,
        pub body: String,
        pub effort: String,
        pub state: String,
        pub reason: String,
        pub revision: i64,
    }
}

/// The options for a record, oldest first.
pub fn about(conn: &mut Conn, ws: i64, id: Id) -> Result<Vec<SolutionOption>> {
    ABOUT.all(conn, ws, &[id.into()])
}

/// Sketch an option: one way to solve an opportunity.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SketchOption {
    /// The key of the opportunity or epic that it would solve.
    pub about: String,
    pub title: String,
    /// Markdown.
    pub body: String,
    pub effort: String,
}

impl Action for SketchOption {
    type Output = OptionView;
    const META: Meta = Meta::action(
        "sketch-option",
        "Sketch an option: one way to solve an opportunity",
        "POST",
        "/options",
    )
    .access(Access::Propose)
    .exercises(&[28]);

    fn run(&self, cx: &mut Change<'_>) -> Result<OptionView> {
        let actor = cx.actor.clone();
        let problem = any_by_key(cx.conn(), &actor, &self.about, Access::Propose)?;
        if !["opportunity", "work_item"].contains(&problem.kind.as_str()) {
            return Err(Error::invalid("about", "An option solves an opportunity or an epic."));
        }
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &problem.product)?;
        let option = new_row!(
            cx,
            SolutionOption {
                product_id: problem.product.id,
                key: key,
                about_id: problem.id,
                about_kind: problem.kind,
                title: title,
                body: check_text("body", &self.body)?,
                effort: self.effort.trim().to_owned(),
                state: "open".to_owned(),
                reason: String::new(),
                author_id: Some(actor.person),
            }
        );
        cx.insert(&option)?;
        Ok((&option).into())
    }
}

/// Edit what you name of an option; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditOption {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub effort: Option<String>,
}

impl Action for EditOption {
    type Output = OptionView;
    const META: Meta = Meta::action(
        "edit-option",
        "Edit what you name of an option; the rest stays",
        "PATCH",
        "/options/{key}",
    )
    .exercises(&[28]);

    fn run(&self, cx: &mut Change<'_>) -> Result<OptionView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<SolutionOption>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.body, "body", self.body.as_ref())?;
        put(&mut after.effort, self.effort.as_ref());
        Ok((&cx.edit(&before, after, self.revision)?).into())
    }
}

/// Choose one option of a problem, with the reason; the others that are open are rejected by it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ChooseOption {
    pub key: String,
    /// Why this one; kept also with those rejected.
    pub because: String,
}

impl Action for ChooseOption {
    type Output = OptionView;
    const META: Meta = Meta::action(
        "choose-option",
        "Choose one option of a problem, with the reason",
        "POST",
        "/options/{key}/choose",
    )
    .exercises(&[28]);

    fn run(&self, cx: &mut Change<'_>) -> Result<OptionView> {
        let actor = cx.actor.clone();
        let (chosen, _) = by_key::<SolutionOption>(cx.conn(), &actor, &self.key, Access::Write)?;
        let because = check_text("because", self.because.trim())?;
        if because.is_empty() {
            return Err(Error::invalid(
                "because",
                "Say why this one, in a sentence: others will ask.",
            ));
        }
        let mut answer = (&chosen).into();
        for before in about(cx.conn(), actor.workspace, chosen.about_id)? {
            let mut after = before.clone();
            if before.id == chosen.id {
                (after.state, after.reason) = ("chosen".to_owned(), because.clone());
                cx.update(&before, &mut after)?;
                answer = (&after).into();
            } else if before.state != "rejected" {
                after.state = "rejected".to_owned();
                after.reason = format!("{} was chosen: {because}", chosen.key);
                cx.update(&before, &mut after)?;
            }
        }
        Ok(answer)
    }
}

get_query! { GetOption = "get-option", "Show one option", "/options/{key}": SolutionOption as OptionView }

/// List the options of an opportunity or epic, oldest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListOptions {
    /// The key of the opportunity or epic.
    pub key: String,
}

impl Query for ListOptions {
    type Output = Vec<OptionView>;
    const META: Meta = Meta::query(
        "list-options",
        "List the options of an opportunity or epic",
        "/items/{key}/options",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<OptionView>> {
        let problem = any_by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        Ok(about(cx.conn, cx.actor.workspace, problem.id)?.iter().map(Into::into).collect())
    }
}
