//! Releases: what ships together, to whom, by which strategy and in which steps; and, some weeks
//! later, what it moved.

mod contents;
mod review;
mod rollout;

pub use contents::{AddToRelease, ReleaseItem, RemoveFromRelease, contents, releases_of};
pub use review::{OutcomeReview, OutcomeReviewView, ReviewOutcome, reviews};
pub use rollout::{
    AddRolloutStep, FinishRolloutStep, RemoveRolloutStep, RolloutStep, StepView, steps,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::nouns::{View, after_id, by_key, one_of, put, put_text, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta};
use crate::{get_query, list_query, new_row, noun, record, selects};

record! {
    /// What ships together.
    pub struct Release in "release", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub body: String,
        /// For whom it is.
        pub audience: String,
        /// One of [`STRATEGIES`], or empty while none is set.
        pub strategy: String,
        /// `planned`, `rolling-out`, `released` or `rolled-back`.
        pub state: String,
        pub planned_on: Option<Day>,
        pub released_on: Option<Day>,
        /// What stops or turns back the rollout.
        pub stop_criteria: String,
        /// The go/no-go decision with its reason.
        pub verdict: String,
        /// Release notes, as Markdown.
        pub notes: String,
        pub owner_id: Option<Id>,
    }
}

noun! { Release is "release", text: |r| format!("{}\n\n{}", r.body, r.notes) }

/// How a release reaches its audience.
pub const STRATEGIES: [&str; 6] = ["big-bang", "phased", "canary", "flag", "dark", "beta"];

selects! {
    PAGE: Release = "release", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
}

/// A release as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ReleaseView {
    pub key: String,
    pub title: String,
    pub body: String,
    pub audience: String,
    pub strategy: String,
    pub state: String,
    pub planned_on: Option<Day>,
    pub released_on: Option<Day>,
    pub stop_criteria: String,
    pub verdict: String,
    pub notes: String,
    pub steps: Vec<StepView>,
    pub reviews: Vec<OutcomeReviewView>,
    pub revision: i64,
}

impl View<Release> for ReleaseView {
    fn of(conn: &mut Conn, actor: &Actor, r: &Release) -> Result<Self> {
        let ws = actor.workspace;
        Ok(Self {
            key: r.key.clone(),
            title: r.title.clone(),
            body: r.body.clone(),
            audience: r.audience.clone(),
            strategy: r.strategy.clone(),
            state: r.state.clone(),
            planned_on: r.planned_on,
            released_on: r.released_on,
            stop_criteria: r.stop_criteria.clone(),
            verdict: r.verdict.clone(),
            notes: r.notes.clone(),
            steps: steps(conn, ws, r.id)?.iter().map(Into::into).collect(),
            reviews: reviews(conn, ws, r.id)?.iter().map(Into::into).collect(),
            revision: r.revision,
        })
    }
}

/// Plan a release.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PlanRelease {
    pub product: String,
    /// Its name or version.
    pub title: String,
    /// What it is about, as Markdown.
    pub body: String,
    pub audience: String,
    /// `big-bang`, `phased`, `canary`, `flag`, `dark` or `beta`.
    pub strategy: Option<String>,
    pub planned_on: Option<Day>,
    pub stop_criteria: String,
}

impl Action for PlanRelease {
    type Output = ReleaseView;
    const META: Meta =
        Meta::action("plan-release", "Plan a release", "POST", "/releases").exercises(&[22]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let release = new_row!(
            cx,
            Release {
                product_id: product.id,
                key: key,
                title: title,
                body: check_text("body", &self.body)?,
                audience: self.audience.trim().to_owned(),
                strategy: strategy(self.strategy.as_deref(), "")?,
                state: "planned".to_owned(),
                planned_on: self.planned_on,
                released_on: None,
                stop_criteria: check_text("stop_criteria", &self.stop_criteria)?,
                verdict: String::new(),
                notes: String::new(),
                owner_id: Some(actor.person),
            }
        );
        cx.insert(&release)?;
        ReleaseView::of(cx.conn(), &actor, &release)
    }
}

fn strategy(given: Option<&str>, current: &str) -> Result<String> {
    match given.map(str::trim).filter(|s| !s.is_empty()) {
        Some(word) => one_of("strategy", Some(word), current, &STRATEGIES),
        None => Ok(current.to_owned()),
    }
}

/// Edit what you name of a release; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditRelease {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub audience: Option<String>,
    pub strategy: Option<String>,
    pub planned_on: Option<Day>,
    pub stop_criteria: Option<String>,
}

impl Action for EditRelease {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "edit-release",
        "Edit what you name of a release; the rest stays",
        "PATCH",
        "/releases/{key}",
    )
    .exercises(&[22]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.body, "body", self.body.as_ref())?;
        put(&mut after.audience, self.audience.as_ref());
        after.strategy = strategy(self.strategy.as_deref(), &before.strategy)?;
        after.planned_on = self.planned_on.or(after.planned_on);
        put_text(&mut after.stop_criteria, "stop_criteria", self.stop_criteria.as_ref())?;
        let after = cx.edit(&before, after, self.revision)?;
        ReleaseView::of(cx.conn(), &actor, &after)
    }
}

/// Decide whether a release goes out: go, no-go, done or rolled back.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DecideRelease {
    pub key: String,
    /// `go` starts the rollout, `no-go` keeps it planned, `done` ends it, `roll-back` takes it back.
    pub decision: String,
    /// Why; needed for no-go and for rolling back, and where no strategy is set.
    pub because: String,
}

/// Moves of a release: the decision, the states it is taken in, and the state that follows.
const MOVES: [(&str, &[&str], &str); 4] = [
    ("go", &["planned", "rolled-back"], "rolling-out"),
    ("no-go", &["planned"], "planned"),
    ("done", &["rolling-out"], "released"),
    ("roll-back", &["rolling-out", "released"], "rolled-back"),
];

impl Action for DecideRelease {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "decide-release",
        "Decide whether a release goes out: go, no-go, done or rolled back",
        "POST",
        "/releases/{key}/decision",
    )
    .exercises(&[23]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        let words = MOVES.map(|(word, _, _)| word);
        let decision = one_of("decision", Some(&self.decision), "", &words)?;
        let because = check_text("because", self.because.trim())?;
        let step = MOVES.iter().find(|(word, _, _)| *word == decision);
        let (_, from, to) = step.ok_or_else(|| Error::internal("a decision without a move"))?;
        if !from.contains(&before.state.as_str()) {
            let state = before.state.replace('-', " ");
            return Err(Error::refused(format!("{} is {state}: no {decision} now.", before.key)));
        }
        let open_strategy = decision == "go" && before.strategy.is_empty();
        if because.is_empty() && (open_strategy || ["no-go", "roll-back"].contains(&&*decision)) {
            let what = if open_strategy {
                "No strategy is set. Set one, or say why this rollout starts without."
            } else {
                "Say why, in a sentence: others will ask."
            };
            return Err(Error::invalid("because", what));
        }
        let steps = steps(cx.conn(), actor.workspace, before.id)?;
        match decision.as_str() {
            "done" => rollout::check_finished(&before.key, &steps)?,
            // A rollout that was taken back begins again at its first step.
            "go" => rollout::begin_again(cx, &steps)?,
            _ => {}
        }
        let mut after = before.clone();
        (*to).clone_into(&mut after.state);
        match *to {
            "released" => after.released_on = Some(cx.happened.day()),
            "rolled-back" => after.released_on = None,
            _ => {}
        }
        let day = cx.happened.day().words();
        after.verdict = if because.is_empty() {
            format!("{decision} on {day}")
        } else {
            format!("{decision} on {day}: {because}")
        };
        cx.update(&before, &mut after)?;
        ReleaseView::of(cx.conn(), &actor, &after)
    }
}

/// Write the release notes.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct WriteReleaseNotes {
    pub key: String,
    pub revision: Option<i64>,
    /// Markdown, in the groups Added, Changed, Fixed, Removed, Security.
    pub notes: String,
}

impl Action for WriteReleaseNotes {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "write-release-notes",
        "Write the release notes",
        "PATCH",
        "/releases/{key}/notes",
    )
    .exercises(&[24]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        after.notes = check_text("notes", &self.notes)?;
        let after = cx.edit(&before, after, self.revision)?;
        ReleaseView::of(cx.conn(), &actor, &after)
    }
}

get_query! { GetRelease = "get-release", "Show one release", "/releases/{key}": Release as ReleaseView }

list_query! {
    ListReleases = "list-releases", "List a product's releases, newest first", "/releases":
    PAGE as ReleaseView, 50 a page,
    after: |id| after_id(id, uuid::Uuid::max())?, place: |r| r.id.to_string()
}
