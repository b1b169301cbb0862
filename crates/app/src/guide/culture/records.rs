//! What is kept of a step: what changed, for which problem, how the signals stood, and what came of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::{Conn, Value};
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::products;
use crate::store::{Indexed, Listed, Words, load};
use crate::{record, selects};

/// How a signal stood on a day.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Stood {
    pub signal: i64,
    pub value: Option<f64>,
    pub enough: bool,
    pub raised: bool,
}

/// A title before and after.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct TitleChange {
    pub person: Id,
    pub was: String,
    pub became: String,
}

record! {
    /// A change of framework, arrangement or titles, or a practice on trial.
    pub struct CultureStep in "culture_step", versioned: true {
        /// `framework`, `arrangement`, `titles` or `practice`.
        pub kind: String,
        pub product_id: Option<Id>,
        pub team_id: Option<Id>,
        /// The policy, charter or person that it was made on.
        pub subject_id: Option<Id>,
        /// Whose: a team's, a product's or a part's name.
        pub subject: String,
        pub was: String,
        pub became: String,
        pub titles: Listed<TitleChange>,
        /// Empty where no reason was given.
        pub problem: String,
        /// The word of the practice that is on trial.
        pub practice: String,
        /// The signals that it should lower, as `S3`.
        pub signals: Words,
        pub decision_id: Option<Id>,
        pub made_by: Id,
        pub made_on: Day,
        pub review_on: Day,
        /// All signals of the scope as they were measured last before it.
        pub signals_before: Listed<Stood>,
        /// Empty until it was looked back on: `keep`, `adapt`, `back`, or `replaced`.
        pub outcome: String,
        pub outcome_note: String,
        pub reviewed_on: Option<Day>,
        /// The policy or charter to go back to.
        pub back_id: Option<Id>,
    }
}

impl Indexed for CultureStep {
    fn product(&self) -> Option<Id> {
        self.product_id
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn erasable() -> &'static [&'static str] {
        &["titles"]
    }
}

selects! {
    OF_DECISION: CultureStep = "culture_step", "decision_id = $2 AND gone_at IS NULL LIMIT 1";
    OF_SUBJECT: CultureStep = "culture_step", "subject_id = $2 AND outcome = '' AND gone_at IS NULL ORDER BY id DESC LIMIT 1";
    PAGE: CultureStep = "culture_step", "gone_at IS NULL AND id < $2 ORDER BY id DESC LIMIT $3";
}

/// The step that a decision stands for.
pub fn of_decision(conn: &mut Conn, ws: i64, decision: Id) -> Result<Option<CultureStep>> {
    OF_DECISION.first(conn, ws, &[decision.into()])
}

/// The last step on a subject that nobody looked back on.
pub(super) fn open_on(conn: &mut Conn, ws: i64, subject: Id) -> Result<Option<CultureStep>> {
    OF_SUBJECT.first(conn, ws, &[subject.into()])
}

/// Steps before an id, the newest first.
pub(super) fn page(conn: &mut Conn, ws: i64, before: Value, most: i64) -> Result<Vec<CultureStep>> {
    PAGE.all(conn, ws, &[before, most.into()])
}

/// Whether this actor sees a step: what belongs to a product they do not see is not there for them.
pub(super) fn seen(conn: &mut Conn, actor: &Actor, step: &CultureStep) -> Result<bool> {
    actor.check_role(Access::Write)?;
    match step.product_id {
        None => Ok(true),
        Some(id) => match products::product_by_id(conn, actor, id, Access::Read) {
            Ok(_) => Ok(true),
            Err(Error::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        },
    }
}

/// A step by id, if this actor sees it.
pub(super) fn step(conn: &mut Conn, actor: &Actor, id: Id) -> Result<CultureStep> {
    let found = load::<CultureStep>(conn, actor.workspace, id)?.filter(|s| s.gone_at.is_none());
    let found = found.ok_or(Error::NotFound("step"))?;
    if seen(conn, actor, &found)? { Ok(found) } else { Err(Error::NotFound("step")) }
}
