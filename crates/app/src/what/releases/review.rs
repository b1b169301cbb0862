//! Outcome reviews: 30, 60 or 90 days after a release, did it move what it was for? Append-only.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Release, ReleaseView};
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::notify::{Notice, settle};
use crate::people::nouns::{View, by_key, one_of};
use crate::people::products::check_text;
use crate::store::{Action, Change, Indexed, Meta};
use crate::{new_row, record, selects, view};

record! {
    /// What was found some time after a release.
    pub struct OutcomeReview in "outcome_review", versioned: false {
        pub product_id: Id,
        pub release_id: Id,
        /// 30, 60 or 90.
        pub after_days: i64,
        pub held_on: Day,
        pub finding: String,
        /// `moved`, `not-moved` or `unclear`.
        pub verdict: String,
        /// The measure before and at the review, in its own unit.
        pub measure_before: Option<f64>,
        pub measure_now: Option<f64>,
        pub author_id: Option<Id>,
    }
}

impl Indexed for OutcomeReview {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

selects! {
    REVIEWS: OutcomeReview = "outcome_review", "release_id = $2 ORDER BY id LIMIT 100";
}

view! {
    /// An outcome review as programs and pages see it.
    pub struct OutcomeReviewView of OutcomeReview {
        pub after_days: i64,
        pub held_on: Day,
        pub finding: String,
        pub verdict: String,
        pub measure_before: Option<f64>,
        pub measure_now: Option<f64>,
    }
}

/// The reviews of a release, oldest first.
pub fn reviews(conn: &mut Conn, ws: i64, release: Id) -> Result<Vec<OutcomeReview>> {
    REVIEWS.all(conn, ws, &[release.into()])
}

/// What is out can be looked at once its time has passed; a day is given for zones of time.
fn check_due(release: &Release, after_days: i64, today: Day) -> Result<()> {
    if release.state == "rolled-back" {
        return Err(Error::refused("It was rolled back: there is no outcome to review."));
    }
    let released = release
        .released_on
        .filter(|_| release.state == "released")
        .ok_or_else(|| Error::refused("It has not been released: there is no outcome yet."))?;
    let due = released.plus_days(after_days);
    if today.plus_days(1) < due {
        return Err(Error::refused(format!(
            "It was released on {}. What it moved after {after_days} days can be told from {} on.",
            released.words(),
            due.words()
        )));
    }
    Ok(())
}

/// Review the outcome of a release 30, 60 or 90 days after it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewOutcome {
    pub key: String,
    /// 30, 60 or 90.
    pub after_days: i64,
    /// Did the need's measure and the key result move, and why?
    pub finding: String,
    /// `moved`, `not-moved` or `unclear`.
    pub verdict: String,
    pub measure_before: Option<f64>,
    pub measure_now: Option<f64>,
}

impl Action for ReviewOutcome {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "review-outcome",
        "Review the outcome of a release 30, 60 or 90 days after it",
        "POST",
        "/releases/{key}/reviews",
    )
    .exercises(&[44]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (release, _) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        if ![30, 60, 90].contains(&self.after_days) {
            return Err(Error::invalid("after_days", "A review is held after 30, 60 or 90 days."));
        }
        check_due(&release, self.after_days, cx.happened.day())?;
        let finding = check_text("finding", self.finding.trim())?;
        if finding.is_empty() {
            return Err(Error::invalid("finding", "Say what moved, with the number."));
        }
        let words = ["moved", "not-moved", "unclear"];
        cx.insert(&new_row!(
            cx,
            OutcomeReview {
                product_id: release.product_id,
                release_id: release.id,
                after_days: self.after_days,
                held_on: cx.happened.day(),
                finding: finding,
                verdict: one_of("verdict", Some(&self.verdict), "", &words)?,
                measure_before: self.measure_before,
                measure_now: self.measure_now,
                author_id: Some(actor.person),
            }
        ))?;
        settle(cx, Notice::OutcomeDue, release.id)?;
        ReleaseView::of(cx.conn(), &actor, &release)
    }
}
