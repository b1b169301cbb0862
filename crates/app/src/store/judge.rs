//! What a change exercises, and whether that was for somebody else to do. The store writes it down;
//! who answers for what is known to `people`, which hands in the judge.

use super::Meta;
use crate::db::{Conn, Tx, Value};
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Time};
use crate::statements;

statements! {
    ADD_EXERCISED = "INSERT INTO exercised (workspace_id, seq, responsibility, change_id, day, person_id, product_id, part_id, team_id, outside, via, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    DROP_EXERCISED = "DELETE FROM exercised WHERE workspace_id = $1 AND change_id = $2";
    EXPLAIN = "UPDATE exercised SET reason = $3 WHERE workspace_id = $1 AND change_id = $2 AND person_id = $4 AND outside = TRUE AND reason IS NULL";
}

/// Where something is done: the narrowest of these that has a charter says who answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Place {
    pub product: Option<Id>,
    pub part: Option<Id>,
    pub team: Option<Id>,
}

/// One effect of a change, as the judge sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Deed {
    /// The action that it is part of.
    pub verb: &'static str,
    /// What it exercises; the judge may add a workspace's own.
    pub responsibilities: Vec<u8>,
    pub place: Place,
    /// What that action may exercise at most.
    pub declared: &'static [u8],
    /// It waits for somebody else to take it up, so it overrides nobody.
    pub proposal: bool,
}

/// What a change is about to be recorded as.
pub struct Doing<'a> {
    pub access: Access,
    pub now: Time,
    pub reason: Option<&'a str>,
    pub deeds: &'a [Deed],
}

/// What a deed came to, for one responsibility.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    pub responsibility: u8,
    /// A charter gives it to others and not to this actor.
    pub outside: bool,
    /// Why, where it was said for the day already.
    pub reason: Option<String>,
}

/// For each deed what it exercised.
pub type Verdict = Vec<Vec<Judged>>;

/// Who judges, or says why the change may not be made.
pub struct Judge(pub fn(&mut Conn, &Actor, &Doing<'_>) -> Result<Verdict>);

inventory::collect!(Judge);

pub(super) fn judge(conn: &mut Conn, actor: &Actor, doing: &Doing<'_>) -> Result<Verdict> {
    if let Some(Judge(judge)) = inventory::iter::<Judge>.into_iter().next() {
        return judge(conn, actor, doing);
    }
    let plain = |deed: &Deed| {
        let numbers = deed.responsibilities.iter();
        numbers.map(|n| Judged { responsibility: *n, outside: false, reason: None }).collect()
    };
    Ok(doing.deeds.iter().map(plain).collect())
}

/// Holds an agent to its grants, whatever comes of the verb.
pub(super) fn hold(actor: &Actor, meta: &Meta) -> Result<()> {
    let Some(held) = &actor.grants else { return Ok(()) };
    let own =
        meta.access <= Access::Propose || meta.exercises.iter().any(|number| held.contains(number));
    if own {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "This token was not granted what “{}” is part of. Ask the person whose token it is.",
        meta.name
    )))
}

/// Where an exercise is written down.
pub(super) struct Exercise<'a> {
    pub workspace: i64,
    pub seq: i64,
    pub change: Id,
    pub person: Id,
    pub day: Day,
    pub place: Place,
    pub via: &'static str,
    pub reason: Option<&'a str>,
}

impl Exercise<'_> {
    pub(super) fn write(&self, tx: &mut Tx, judged: &[Judged]) -> Result<()> {
        for one in judged {
            let reason = self.reason.map(str::to_owned).or_else(|| one.reason.clone());
            let values: [Value; 12] = [
                self.workspace.into(),
                self.seq.into(),
                i64::from(one.responsibility).into(),
                self.change.into(),
                self.day.into(),
                self.person.into(),
                self.place.product.into(),
                self.place.part.into(),
                self.place.team.into(),
                one.outside.into(),
                self.via.into(),
                reason.filter(|_| one.outside).into(),
            ];
            tx.queue(&ADD_EXERCISED, &values)?;
        }
        Ok(())
    }
}

/// What was taken back was not exercised.
pub(super) fn forget(tx: &mut Tx, workspace: i64, change: Id) -> Result<()> {
    tx.queue(&DROP_EXERCISED, &[workspace.into(), change.into()])
}

/// Notes why a person did what others answer for, where that was not said yet. How many lines.
pub fn explain(tx: &Tx, workspace: i64, change: Id, person: Id, reason: &str) -> Result<u64> {
    tx.execute(&EXPLAIN, &[workspace.into(), change.into(), reason.into(), person.into()])
}
