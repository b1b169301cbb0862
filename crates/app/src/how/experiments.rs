//! Experiments: what one believes, how one finds out, and what came of it. What counts as success is
//! frozen when the experiment starts.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::{self, after_id, by_key, check_ahead, one_of, put, put_text, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta, OPEN};
use crate::{get_query, list_query, new_row, noun, record, selects, statements, view};

record! {
    /// A test of a belief.
    pub struct Experiment in "experiment", versioned: true {
        pub product_id: Id,
        pub key: String,
        /// The opportunity, option or epic whose risk it tests.
        pub about_id: Option<Id>,
        /// Which of these it is about, as the thread names kinds; empty where it is about none.
        pub about_kind: String,
        pub title: String,
        /// What must be true.
        pub belief: String,
        /// `value`, `usability`, `feasibility` or `viability`.
        pub risk: String,
        pub method: String,
        pub metric: String,
        /// What the metric must reach for the belief to hold.
        pub threshold: String,
        pub ends_on: Option<Day>,
        /// `planned`, `running`, `supported`, `refuted` or `inconclusive`.
        pub state: String,
        pub result: String,
        /// `pivot` or `persevere`, once concluded.
        pub verdict: String,
        pub started_on: Option<Day>,
        pub concluded_on: Option<Day>,
        pub author_id: Option<Id>,
    }
}

noun! {
    Experiment is "experiment",
    text: |e| [&*e.belief, &e.method, &e.metric, &e.result].join("\n\n"),
    edges: |e| nouns::step_to(("experiment", e.id), &e.about_kind, e.about_id),
    settled: |e, field| (e.state != "planned" && FROZEN.contains(&field)).then_some(STARTED)
}

/// What is frozen when it starts.
const FROZEN: [&str; 3] = ["belief", "metric", "threshold"];
const STARTED: &str =
    "The experiment has started: belief, metric and threshold are frozen. Plan another one.";

/// What may go wrong with an idea.
pub const RISKS: [&str; 4] = ["value", "usability", "feasibility", "viability"];
/// What an experiment may find.
pub const FINDINGS: [&str; 3] = ["supported", "refuted", "inconclusive"];
/// What follows from it.
pub const VERDICTS: [&str; 2] = ["persevere", "pivot"];

selects! {
    PAGE: Experiment = "experiment", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
    ABOUT: Experiment = "experiment", "about_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 100";
}

statements! {
    /// An experiment that was concluded about something that an item serves.
    TESTED_ABOVE = "SELECT 1 FROM edge s JOIN experiment e ON e.workspace_id = $1 AND e.about_id = s.upper_id AND e.gone_at IS NULL AND e.state IN ('supported', 'refuted', 'inconclusive') WHERE s.workspace_id = $1 AND s.lower_id = $2 AND s.valid_to = $3 LIMIT 1";
}

/// Whether an experiment was concluded about an item, or about the option or opportunity that it serves.
pub fn is_tested(conn: &mut Conn, ws: i64, item: Id) -> Result<bool> {
    let own = ABOUT.all(conn, ws, &[item.into()])?;
    if own.iter().any(|e| !matches!(e.state.as_str(), "planned" | "running")) {
        return Ok(true);
    }
    let values = [ws.into(), item.into(), OPEN.into()];
    Ok(conn.query_opt(&TESTED_ABOVE, &values, |r| r.get::<i64>(0))?.is_some())
}

view! {
    /// An experiment as programs and pages see it.
    pub struct ExperimentView of Experiment {
        pub key: String,
        pub title: String,
        pub belief: String,
        pub risk: String,
        pub method: String,
        pub metric: String,
        pub threshold: String,
        pub ends_on: Option<Day>,
        pub state: String,
        pub result: String,
        pub verdict: String,
        pub started_on: Option<Day>,
        pub concluded_on: Option<Day>,
        pub revision: i64,
    }
}

/// The experiments about a record, oldest first.
pub fn about(conn: &mut Conn, ws: i64, id: Id) -> Result<Vec<Experiment>> {
    ABOUT.all(conn, ws, &[id.into()])
}

/// Days from the start of an experiment to its end, both counted; none while it is not concluded.
pub fn loop_days(e: &Experiment) -> Option<i64> {
    Some(e.started_on?.days_until(e.concluded_on?) + 1)
}

/// Plan an experiment: a belief, the risk it tests, and what would make it hold.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PlanExperiment {
    pub product: String,
    pub title: String,
    /// What must be true.
    pub belief: String,
    /// `value` (if left out), `usability`, `feasibility` or `viability`.
    pub risk: Option<String>,
    pub method: String,
    pub metric: String,
    /// What the metric must reach; frozen when the experiment starts.
    pub threshold: String,
    pub ends_on: Option<Day>,
    /// The key of the opportunity, option or epic that it is about.
    pub about: Option<String>,
}

impl Action for PlanExperiment {
    type Output = ExperimentView;
    const META: Meta = Meta::action(
        "plan-experiment",
        "Plan an experiment: a belief, the risk it tests, and what would make it hold",
        "POST",
        "/experiments",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<ExperimentView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let risk = one_of("risk", self.risk.as_deref(), "value", &RISKS)?;
        check_ahead(cx, "ends_on", self.ends_on)?;
        let about = nouns::about_any(cx.conn(), &actor, &product, self.about.as_deref())?;
        let (about, about_kind) = about.map_or((None, String::new()), |a| (Some(a.id), a.kind));
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let experiment = new_row!(
            cx,
            Experiment {
                product_id: product.id,
                key: key,
                about_id: about,
                about_kind: about_kind,
                title: title,
                belief: check_text("belief", &self.belief)?,
                risk: risk,
                method: check_text("method", &self.method)?,
                metric: self.metric.trim().to_owned(),
                threshold: self.threshold.trim().to_owned(),
                ends_on: self.ends_on,
                state: "planned".to_owned(),
                result: String::new(),
                verdict: String::new(),
                started_on: None,
                concluded_on: None,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&experiment)?;
        Ok((&experiment).into())
    }
}

/// Edit what you name of an experiment; once it runs, belief, metric and threshold are frozen.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditExperiment {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub belief: Option<String>,
    pub risk: Option<String>,
    pub method: Option<String>,
    pub metric: Option<String>,
    pub threshold: Option<String>,
    pub ends_on: Option<Day>,
}

impl Action for EditExperiment {
    type Output = ExperimentView;
    const META: Meta = Meta::action(
        "edit-experiment",
        "Edit what you name of an experiment; the rest stays",
        "PATCH",
        "/experiments/{key}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<ExperimentView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Experiment>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.belief, "belief", self.belief.as_ref())?;
        put_text(&mut after.method, "method", self.method.as_ref())?;
        put(&mut after.metric, self.metric.as_ref());
        put(&mut after.threshold, self.threshold.as_ref());
        after.risk = one_of("risk", self.risk.as_deref(), &before.risk, &RISKS)?;
        if self.ends_on != before.ends_on {
            check_ahead(cx, "ends_on", self.ends_on)?;
        }
        after.ends_on = self.ends_on.or(after.ends_on);
        let frozen = |e: &Experiment| [&e.belief, &e.metric, &e.threshold].map(String::clone);
        if before.state != "planned" && frozen(&before) != frozen(&after) {
            return Err(Error::refused(STARTED));
        }
        Ok((&cx.edit(&before, after, self.revision)?).into())
    }
}

/// Start a planned experiment; its threshold is frozen from now on.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct StartExperiment {
    pub key: String,
}

impl Action for StartExperiment {
    type Output = ExperimentView;
    const META: Meta = Meta::action(
        "start-experiment",
        "Start a planned experiment; its threshold is frozen from now on",
        "POST",
        "/experiments/{key}/start",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<ExperimentView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Experiment>(cx.conn(), &actor, &self.key, Access::Write)?;
        if before.state != "planned" {
            return Err(Error::refused(format!("{} is {} already.", before.key, before.state)));
        }
        if before.metric.is_empty() || before.threshold.is_empty() {
            return Err(Error::invalid(
                "threshold",
                "Say first what is measured and what it must reach; afterwards everything looks like success.",
            ));
        }
        let mut after = before.clone();
        "running".clone_into(&mut after.state);
        after.started_on = Some(cx.happened.day());
        cx.update(&before, &mut after)?;
        Ok((&after).into())
    }
}

/// Conclude an experiment: what it found, and whether to pivot or persevere.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ConcludeExperiment {
    pub key: String,
    /// `supported`, `refuted` or `inconclusive`.
    pub state: String,
    /// What was seen.
    pub result: String,
    /// `persevere` or `pivot`.
    pub verdict: String,
}

impl Action for ConcludeExperiment {
    type Output = ExperimentView;
    const META: Meta = Meta::action(
        "conclude-experiment",
        "Conclude an experiment: what it found, and whether to pivot or persevere",
        "POST",
        "/experiments/{key}/conclude",
    )
    .exercises(&[29]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ExperimentView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Experiment>(cx.conn(), &actor, &self.key, Access::Write)?;
        if before.state != "running" {
            return Err(Error::refused(format!(
                "{} is {}, not running.",
                before.key, before.state
            )));
        }
        let mut after = before.clone();
        after.state = one_of("state", Some(&self.state), "", &FINDINGS)?;
        after.verdict = one_of("verdict", Some(&self.verdict), "", &VERDICTS)?;
        after.result = check_text("result", self.result.trim())?;
        if after.result.is_empty() {
            return Err(Error::invalid("result", "Say what was seen, with the number."));
        }
        after.concluded_on = Some(cx.happened.day());
        cx.update(&before, &mut after)?;
        Ok((&after).into())
    }
}

get_query! { GetExperiment = "get-experiment", "Show one experiment", "/experiments/{key}": Experiment as ExperimentView }

list_query! {
    ListExperiments = "list-experiments", "List a product's experiments, newest first", "/experiments":
    PAGE as ExperimentView, 100 a page,
    after: |id| after_id(id, uuid::Uuid::max())?, place: |e| e.id.to_string()
}
