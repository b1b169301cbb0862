//! Rules: when something happens, or a day comes, something is done. A rule does what its author may do
//! and nothing else; each run is one change that names the rule as its cause, and a rule that would set
//! itself off again is stopped.

mod act;
mod calendar;
mod cursor;
mod define;
mod known;
mod neglect;
mod outcome;
mod recorded;
mod rules;
mod run;
mod stale;
mod trial;
mod views;

pub use define::{CreateAutomation, EditAutomation, RemoveAutomation, SetAutomation};
pub use rules::{DOES, ONLY, WHEN};
pub use run::{by_events, by_time};
pub use stale::{CloseStale, KeepStale, ListStale, StaleItem, proposed};
pub use trial::{TestAutomation, Trial, TrialLine};
pub use views::{AutomationView, GetAutomation, ListAutomations, RunView};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::people::products::{self, Product};
use crate::store::{Change, Fields, Indexed, Words, load};
use crate::{record, selects};

record! {
    /// A rule of a product.
    pub struct Automation in "automation", versioned: true {
        pub product_id: Id,
        pub name: String,
        /// `off`, `on`, or `stopped` where it went wrong.
        pub state: String,
        /// What sets it off: one of [`WHEN`].
        pub happens: String,
        /// More about that, by the words that [`WHEN`] names.
        pub args: Fields,
        /// What an item has to be like: `level`, `team`, `label`, `category`, `priority`, `words`.
        pub fits: Fields,
        /// What is done, a line each, as `state In review`.
        pub steps: Words,
        /// Why it was stopped.
        pub note: String,
        /// Since when it is on, and the place in the activity from which it looks.
        pub on_since: Option<Time>,
        pub on_seq: Option<i64>,
        /// Whose rights it has.
        pub author_id: Option<Id>,
    }
}

record! {
    /// One run of a rule. Append-only.
    pub struct AutomationRun in "automation_run", versioned: false {
        pub product_id: Id,
        pub automation_id: Id,
        /// The item that it was about; the one that it made, for what comes again and again.
        pub item_id: Option<Id>,
        /// The event that set it off.
        pub event_seq: Option<i64>,
        /// What of an item or a calendar it stands for, so that it happens once.
        pub mark: Option<String>,
        /// `done`, `skipped`, `refused` or `loop`.
        pub outcome: String,
        /// What was done, or why not, in words.
        pub told: String,
        /// The change that it made.
        pub change_id: Option<Id>,
        /// Rules that led to it, the first one first, itself left out.
        pub chain: Words,
    }
}

impl Indexed for Automation {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    /// A rule that was taken back is looked at before it runs again, and never runs with the rights of
    /// somebody who did not say so.
    fn undoing(&self, after: Option<&mut Self>, change: &mut Change<'_>) -> Result<()> {
        if let Some(after) = after {
            "off".clone_into(&mut after.state);
            (after.on_since, after.on_seq) = (None, None);
            after.author_id = Some(change.actor.person);
        }
        Ok(())
    }
}

impl Indexed for AutomationRun {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

selects! {
    OF_PRODUCT: Automation = "automation", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 100";
    ON: Automation = "automation", "state = 'on' AND gone_at IS NULL ORDER BY id LIMIT 1000";
    RUNS: AutomationRun = "automation_run", "automation_id = $2 ORDER BY id DESC LIMIT 50";
    RUN_OF_CHANGE: AutomationRun = "automation_run", "change_id = $2 LIMIT 1";
    RUN_OF_ITEM: AutomationRun = "automation_run", "automation_id = $2 AND item_id = $3 AND mark = $4 LIMIT 1";
    LAST_OF_ITEM: AutomationRun = "automation_run", "automation_id = $2 AND item_id = $3 AND outcome = 'done' ORDER BY id DESC LIMIT 1";
    LAST_MADE: AutomationRun = "automation_run", "automation_id = $2 AND outcome = 'done' AND item_id IS NOT NULL ORDER BY id DESC LIMIT 1";
    STAGED_RUNS: AutomationRun = "automation_run", "automation_id = $2 AND outcome = 'done' ORDER BY id DESC LIMIT 300";
    RUN_OF_MARK: AutomationRun = "automation_run", "automation_id = $2 AND mark = $3 ORDER BY id DESC LIMIT 1";
}

/// A rule by id with its product, if this actor may see it and do `access`.
pub fn automation(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(Automation, Product)> {
    let missing = || Error::NotFound("rule");
    let found = load::<Automation>(conn, actor.workspace, id)?.filter(|a| a.gone_at.is_none());
    let rule = found.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, rule.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((rule, product))
}
