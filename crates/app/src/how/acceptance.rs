//! Acceptance: whether a story does what was asked and serves its need; only added, never changed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::criteria::{self, CriterionView, judge};
use super::subtasks;
use super::work_items::{WorkItem, by_key, enter};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::charters::standing;
use crate::people::members::Person;
use crate::people::nouns::one_of;
use crate::people::policies;
use crate::people::products::check_text;
use crate::store::{Action, Change, Fields, Indexed, Meta, Place, Words, load};
use crate::{new_row, record, selects};

record! {
    /// A story accepted or sent back, by somebody at a time.
    pub struct Acceptance in "acceptance", versioned: false {
        pub product_id: Id,
        pub item_id: Id,
        /// `accepted` or `sent-back`.
        pub decision: String,
        /// Does it serve the need: one of [`SERVES`].
        pub serves: String,
        pub reason: String,
        /// How many criteria there were, and how many were met.
        pub criteria: i64,
        pub met: i64,
        /// Lines of the Definition of Done that were ticked.
        pub done: Words,
        pub person_id: Id,
        pub decided_at: Time,
    }
}

impl Indexed for Acceptance {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

/// Whether a story serves its need.
pub const SERVES: [&str; 3] = ["yes", "partly", "no"];

selects! {
    OF_ITEM: Acceptance = "acceptance", "item_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 50";
}

/// A decision as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct AcceptanceView {
    /// The story's key.
    pub key: String,
    pub decision: String,
    pub serves: String,
    pub reason: String,
    pub criteria: i64,
    pub met: i64,
    pub done: Vec<String>,
    pub by: String,
    pub at: Time,
    /// The state that the story is in now.
    pub state: String,
}

fn view(conn: &mut Conn, ws: i64, item: &WorkItem, a: &Acceptance) -> Result<AcceptanceView> {
    Ok(AcceptanceView {
        key: item.key.clone(),
        decision: a.decision.clone(),
        serves: a.serves.clone(),
        reason: a.reason.clone(),
        criteria: a.criteria,
        met: a.met,
        done: a.done.to_vec(),
        by: load::<Person>(conn, ws, a.person_id)?.map(|p| p.name).unwrap_or_default(),
        at: a.decided_at,
        state: item.state.clone(),
    })
}

/// What was decided about an item, the latest first.
pub fn of_item(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Vec<AcceptanceView>> {
    let rows = OF_ITEM.all(conn, ws, &[item.id.into()])?;
    rows.iter().map(|a| view(conn, ws, item, a)).collect()
}

/// Accept a story or send it back, with a verdict for each criterion and whether it serves its need.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AcceptStory {
    pub key: String,
    /// `accepted` or `sent-back`.
    pub decision: String,
    /// Does it serve the need: `yes`, `partly` or `no`.
    pub serves: Option<String>,
    /// Needed for sending back, and where it is accepted though something is open.
    pub because: String,
    /// Verdicts by criterion: `met`, `not-met` or `unsure`; those left out keep their latest one.
    pub verdicts: Fields,
    /// Lines of the Definition of Done that hold.
    pub done: Vec<String>,
}

impl Action for AcceptStory {
    type Output = AcceptanceView;
    const META: Meta = Meta::action(
        "accept-story",
        "Accept a story or send it back, with a verdict for each criterion and whether it serves its need",
        "POST",
        "/stories/{key}/acceptance",
    )
    .exercises(&[39]);

    fn run(&self, cx: &mut Change<'_>) -> Result<AcceptanceView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let decision = one_of("decision", Some(&self.decision), "", &["accepted", "sent-back"])?;
        if matches!(before.category.as_str(), "accepted" | "dropped") {
            return Err(Error::refused(format!(
                "{} is in “{}” already. Move it back into review to decide anew.",
                before.key, before.state
            )));
        }
        let criteria = self.judged(cx, &before)?;
        let policy = policies::workflow(cx.conn(), ws, before.product_id, before.team_id)?;
        let accepted = decision == "accepted";
        self.check_charter(cx, &before)?;
        let unticked = subtasks::open_under(cx.conn(), ws, before.id)?;
        self.check(accepted, &criteria, &policy.done, unticked)?;
        let serves = match self.serves.as_deref().filter(|s| !s.is_empty()) {
            Some(given) => one_of("serves", Some(given), "", &SERVES)?,
            None => String::new(),
        };
        let row = new_row!(
            cx,
            Acceptance {
                product_id: before.product_id,
                item_id: before.id,
                decision: decision,
                serves: serves,
                reason: check_text("because", self.because.trim())?,
                criteria: criteria.len() as i64,
                met: criteria.iter().filter(|c| met(c)).count() as i64,
                done: Words(
                    policy.done.iter().filter(|l| self.done.contains(l)).cloned().collect()
                ),
                person_id: actor.person,
                decided_at: cx.happened,
            }
        );
        cx.insert(&row)?;
        // The clock may stop earlier than work is accepted.
        let last = policy.named(&policy.finished).filter(|s| s.category == "accepted");
        let last = last.or_else(|| policy.meaning("accepted"));
        let to = if accepted { last } else { policy.meaning("started") };
        let mut after = before.clone();
        if let Some(to) = to {
            enter(cx, &mut after, &to.name)?;
            cx.update(&before, &mut after)?;
        }
        view(cx.conn(), ws, &after, &row)
    }
}

fn met(criterion: &CriterionView) -> bool {
    criterion.verdict.as_ref().is_some_and(|v| v.verdict == "met")
}

impl AcceptStory {
    /// Notes the verdicts that are given, and answers with all.
    fn judged(&self, cx: &mut Change<'_>, item: &WorkItem) -> Result<Vec<CriterionView>> {
        let ws = cx.workspace();
        let all = criteria::of_item(cx.conn(), ws, item.id)?;
        for (id, verdict) in self.verdicts.iter().filter(|(_, v)| !v.trim().is_empty()) {
            let found = all.iter().find(|c| c.id.to_string() == *id).ok_or_else(|| {
                Error::invalid("verdicts", format!("{} has no criterion {id}.", item.key))
            })?;
            judge(cx, found, verdict, "")?;
        }
        criteria::views(cx.conn(), ws, item.id)
    }

    /// Whoever decides in the place of those whom the charter names says why; that is kept.
    fn check_charter(&self, cx: &mut Change<'_>, item: &WorkItem) -> Result<()> {
        const ACCEPTANCE: u8 = 39;
        let (ws, me, day) = (cx.workspace(), cx.actor.person, cx.happened.day());
        let place =
            Place { product: Some(item.product_id), part: item.part_id, team: item.team_id };
        if standing(cx.conn(), ws, &place, me, ACCEPTANCE, day)?.acts_freely() {
            return Ok(());
        }
        let because = self.because.trim();
        if cx.reason.is_none() && because.is_empty() {
            let message = "The charter gives acceptance here to somebody else. Say why you decide in their place; it is kept.";
            return Err(Error::invalid("because", message));
        }
        if cx.reason.is_none() {
            cx.reason = Some(because.to_owned());
        }
        Ok(())
    }

    /// What is open has to be said why.
    fn check(
        &self,
        accepted: bool,
        criteria: &[CriterionView],
        done: &[String],
        unticked: i64,
    ) -> Result<()> {
        if !self.because.trim().is_empty() {
            return Ok(());
        }
        if !accepted {
            let message = "Say what is missing, so that it can be mended.";
            return Err(Error::invalid("because", message));
        }
        let open = criteria.iter().filter(|c| !met(c)).count();
        let undone = done.iter().filter(|line| !self.done.contains(line)).count();
        let mut missing = Vec::new();
        if open > 0 {
            missing.push(format!("{open} of {} criteria are not met", criteria.len()));
        }
        if undone > 0 {
            missing.push(format!("{undone} lines of the Definition of Done are open"));
        }
        match unticked {
            0 => {}
            1 => missing.push("a sub-task is open".into()),
            n => missing.push(format!("{n} sub-tasks are open")),
        }
        match self.serves.as_deref().unwrap_or_default() {
            "yes" => {}
            "" => missing.push("nobody said whether it serves the need".into()),
            other => missing.push(format!("it serves the need: {other}")),
        }
        if missing.is_empty() {
            return Ok(());
        }
        let missing = missing.join("; ");
        Err(Error::invalid("because", format!("Accepted nevertheless? {missing}. Say why.")))
    }
}
