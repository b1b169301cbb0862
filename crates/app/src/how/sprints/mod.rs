//! Iterations: sprints with a goal, planned, run, reviewed and closed. What is closed stays as it
//! was: its figures are written down when it ends.

mod close;
mod figures;
mod plan;
pub mod replay;
mod report;
mod retro;

pub use close::{CancelIteration, CloseIteration};
pub use figures::{GetVelocity, Outlook, Velocity, outlook, velocity};
pub use plan::{
    AddToIteration, EditIteration, PlanIteration, RemoveFromIteration, StartIteration, check_free,
    check_level, commit, give_back,
};
pub use report::{
    GetIteration, IterationDetail, IterationReport, IterationView, ListIterations, Moved,
    ReportItem, ScopeLine, view,
};
pub use retro::{
    ActOnRetroNote, AddRetroNote, GroupRetroNote, LANES, ListRetroNotes, NoteView, VoteRetroNote,
    notes,
};

use crate::db::Conn;
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Time};
use crate::people::products::{self, Product};
use crate::store::{Indexed, load};
use crate::{record, selects, statements};

record! {
    /// A sprint or phase.
    pub struct Sprint in "sprint", versioned: true {
        pub product_id: Id,
        pub name: String,
        pub goal: String,
        /// `planned`, `active`, `closed` or `cancelled`.
        pub state: String,
        pub starts: Option<Day>,
        pub ends: Option<Day>,
        pub team_id: Option<Id>,
        /// What the team can take on, in its estimates.
        pub capacity: Option<f64>,
        /// Holidays and the like, that explain the capacity.
        pub capacity_note: String,
        pub started_at: Option<Time>,
        pub closed_at: Option<Time>,
        /// Whether the goal was met: `met`, `partly`, `missed`, or empty while nobody has said.
        pub outcome: String,
        /// What the review found, or why it was cancelled.
        pub review: String,
        /// The phase that it lies in.
        pub phase_id: Option<Id>,
    }
}

impl Indexed for Sprint {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn settled(&self, _: &str) -> Option<&'static str> {
        self.is_over().then_some("This iteration has ended: it stays as it was. Plan the next one.")
    }
}

fn is_over(state: &str) -> bool {
    matches!(state, "closed" | "cancelled")
}

statements! {
    NEWEST = "SELECT id, name, state FROM sprint WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 200";
}

selects! {
    OF_PRODUCT: Sprint = "sprint", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
    BY_NAME: Sprint = "sprint", "product_id = $2 AND name = $3 AND gone_at IS NULL LIMIT 1";
    ACTIVE: Sprint = "sprint", "product_id = $2 AND state = 'active' AND gone_at IS NULL ORDER BY id DESC LIMIT 20";
    ITEMS: WorkItem = "work_item_now", "sprint_id = $2 AND level <> 'epic' ORDER BY rank LIMIT 500";
}

impl Sprint {
    /// Whether it has ended: nothing of it changes any more.
    pub fn is_over(&self) -> bool {
        is_over(&self.state)
    }

    /// Refuses to change what has ended.
    pub fn check_open(&self) -> Result<()> {
        if self.is_over() {
            return Err(Error::refused(format!(
                "“{}” is {}: it stays as it was. Plan the next one.",
                self.name, self.state
            )));
        }
        Ok(())
    }
}

/// An iteration by id with its product, if this actor may see it and do `access`.
pub fn iteration(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(Sprint, Product)> {
    let missing = || Error::NotFound("iteration");
    let found = load::<Sprint>(conn, actor.workspace, id)?;
    let found = found.filter(|s| s.gone_at.is_none()).ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, found.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((found, product))
}

/// What an iteration holds, in the order of the backlog; the first 500.
pub fn items(conn: &mut Conn, ws: i64, sprint: Id) -> Result<Vec<WorkItem>> {
    ITEMS.all(conn, ws, &[sprint.into()])
}

/// The iterations of a product that run now.
pub fn active(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Sprint>> {
    ACTIVE.all(conn, ws, &[product.into()])
}

/// An iteration to choose from.
pub struct Offered {
    pub id: Id,
    pub name: String,
    pub state: String,
}

impl Offered {
    pub fn is_over(&self) -> bool {
        is_over(&self.state)
    }
}

/// The iterations of a product, the newest first; up to 200.
pub fn newest(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Offered>> {
    conn.query(&NEWEST, &[ws.into(), product.into()], |r| {
        Ok(Offered { id: r.get(0)?, name: r.get(1)?, state: r.get(2)? })
    })
}

/// The iteration of that name.
pub fn named(conn: &mut Conn, ws: i64, product: Id, name: &str) -> Result<Option<Sprint>> {
    BY_NAME.first(conn, ws, &[product.into(), name.into()])
}
