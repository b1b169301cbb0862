//! The one way of change: rows, versions, derived rows and activity in one transaction.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::grounds::Moved;
use super::purge::{hush, hush_activity};
use super::record::fields;
use super::{KnownFields, Meta, Record, RecordSql, RowMeta, load};
use crate::db::{Conn, Tx, Value};
use crate::kernel::{Access, Actor, Error, Id, Result, Time};

/// The end of what still holds.
pub const OPEN: i64 = i64::MAX;

/// A unit of work by one actor: everything written through it is recorded when it finishes.
pub struct Change<'t> {
    pub(super) tx: &'t mut Tx,
    pub actor: Actor,
    /// The change's own id: one action may touch many records, and undo takes all of them back.
    pub id: Id,
    pub now: Time,
    /// When it happened in the world, for facts that come from elsewhere.
    pub happened: Time,
    pub reason: Option<String>,
    /// Part and team of what the change is about, for records that have none of their own.
    pub part: Option<Id>,
    pub team: Option<Id>,
    /// What is exercised, where neither the verb nor the record tells it.
    pub exercised: Option<Vec<u8>>,
    /// The import that holds the rows back until it is complete.
    pub staged: Option<Id>,
    /// Who was told of what by this change, object and person: nobody is told twice of one thing.
    pub told: BTreeSet<(Id, Id)>,
    pub(super) undoes: Option<Id>,
    /// What is undone was not all done by the same person.
    pub(super) undoes_others: bool,
    pub(super) fields: KnownFields,
    pub(super) moved: Moved,
    pub(super) meta: &'static Meta,
    /// The action that is under way: the change's own, or the one that a rule's step stands for.
    doing: &'static Meta,
    pub(super) pending: Vec<Pending>,
}

/// An effect that is recorded when the change finishes.
pub(super) struct Pending {
    pub verb: &'static str,
    pub effect: &'static str,
    pub kind: &'static str,
    pub object: Id,
    pub product: Option<Id>,
    pub part: Option<Id>,
    pub team: Option<Id>,
    pub revision: i64,
    pub happened: Time,
    pub changes: Map<String, Json>,
    pub exercises: Vec<u8>,
    /// What the action that it is part of may exercise at most.
    pub declared: &'static [u8],
    pub proposal: bool,
}

/// One effect of a change, as a [`Teller`] sees it.
pub struct Effect<'a> {
    /// `added`, `changed`, `binned` or `restored`.
    pub effect: &'static str,
    pub kind: &'static str,
    pub object: Id,
    /// What each changed field held before and after.
    pub changes: &'a Map<String, Json>,
}

/// Who tells people of a change once all of it is done, whatever action did it. A teller writes no
/// records; the store knows of none by name.
pub struct Teller(pub fn(&mut Change<'_>, &[Effect<'_>]) -> Result<()>);

inventory::collect!(Teller);

impl<'t> Change<'t> {
    pub(super) fn new(tx: &'t mut Tx, actor: Actor, meta: &'static Meta, now: Time) -> Self {
        Self {
            tx,
            actor,
            id: Id::new(),
            now,
            happened: now,
            reason: None,
            part: None,
            team: None,
            exercised: None,
            staged: None,
            told: BTreeSet::new(),
            undoes: None,
            undoes_others: false,
            fields: KnownFields::default(),
            moved: Moved::default(),
            meta,
            doing: meta,
            pending: Vec::new(),
        }
    }

    /// Runs `work` as one change by `actor` and records it: for what happens outside an action's
    /// own call, as setting up.
    pub fn record<T>(
        tx: &mut Tx,
        actor: Actor,
        meta: &'static Meta,
        now: Time,
        work: impl FnOnce(&mut Change<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut change = Change::new(tx, actor, meta, now);
        let value = work(&mut change)?;
        change.finish()?;
        Ok(value)
    }

    /// Does a part of this change as `meta` says: it exercises what that action does when it is called.
    pub fn doing<T>(
        &mut self,
        meta: &'static Meta,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let around = std::mem::replace(&mut self.doing, meta);
        let done = work(self);
        self.doing = around;
        done
    }

    /// For reading inside the transaction.
    pub fn conn(&mut self) -> &mut Conn {
        self.tx
    }

    /// The transaction, for tables that are exempt from the activity rule.
    pub(crate) fn exempt(&mut self) -> &mut Tx {
        self.tx
    }

    pub fn workspace(&self) -> i64 {
        self.actor.workspace
    }

    /// A fresh row's common fields.
    pub fn fresh(&self) -> RowMeta {
        RowMeta {
            id: Id::new(),
            revision: 1,
            created_at: self.happened,
            valid_from: self.now,
            gone_at: None,
        }
    }

    /// Adds a record.
    pub fn insert<R: Record>(&mut self, record: &R) -> Result<()> {
        let mut values = vec![self.workspace().into()];
        values.extend(record.values());
        self.tx.queue(&R::sql().insert, &values)?;
        self.derive(None, Some(record))?;
        let changes = added(fields(record)?, R::erasable());
        self.note::<R>(record, "added", changes);
        Ok(())
    }

    /// Replaces `before` by `after`; nothing is written where nothing differs.
    pub fn update<R: Record>(&mut self, before: &R, after: &mut R) -> Result<()> {
        let changes = differing(&fields(before)?, fields(after)?, R::erasable());
        if changes.is_empty() {
            return Ok(());
        }
        let meta = before.meta();
        after.set_meta(RowMeta {
            revision: meta.revision + 1,
            valid_from: self.now,
            gone_at: after.meta().gone_at,
            ..meta
        });
        self.replace(R::sql(), &meta, after.values())?;
        self.derive(Some(before), Some(after))?;
        let effect = match (before.meta().gone_at, after.meta().gone_at) {
            (None, Some(_)) => "binned",
            (Some(_), None) => "restored",
            _ => "changed",
        };
        self.note::<R>(after, effect, changes);
        Ok(())
    }

    /// Writes a row in place of the one before, which is kept where versions are.
    fn replace(&mut self, sql: &RecordSql, before: &RowMeta, after: Vec<Value>) -> Result<()> {
        let workspace = self.workspace();
        if let Some(keep) = &sql.keep_version {
            let values = [workspace.into(), before.id.into(), self.now.into()];
            self.tx.queue(keep, &values)?;
        }
        let mut values: Vec<Value> = vec![workspace.into()];
        values.extend(after);
        values.push(before.revision.into());
        if self.tx.execute_text(&sql.update, &values)? == 0 {
            return Err(Error::refused(
                "Somebody changed this at the same moment; nothing was overwritten. Try again.",
            ));
        }
        Ok(())
    }

    /// Moves a record to the bin, where it stays for 30 days.
    pub fn bin<R: Record>(&mut self, before: &R) -> Result<()> {
        let mut after = before.clone();
        after.set_meta(RowMeta { gone_at: Some(self.now), ..before.meta() });
        self.update(before, &mut after)
    }

    /// Takes a record out of the bin.
    pub fn restore<R: Record>(&mut self, before: &R) -> Result<()> {
        let mut after = before.clone();
        after.set_meta(RowMeta { gone_at: None, ..before.meta() });
        self.update(before, &mut after)
    }

    /// Takes what fields of an object held out of the activity, of this change and of all before: that
    /// they changed stays.
    pub fn forget(&mut self, object: Id, fields: &[&str]) -> Result<()> {
        for noted in self.pending.iter_mut().filter(|p| p.object == object) {
            hush(&mut noted.changes, fields);
        }
        hush_activity(self.tx, self.actor.workspace, object, fields)
    }

    /// Notes something about a record that changes no field of it: a read, an acknowledgement.
    pub fn remark<R: Record>(
        &mut self,
        record: &R,
        effect: &'static str,
        changes: Map<String, Json>,
    ) {
        self.note::<R>(record, effect, changes);
    }

    /// The same about a record that belongs to no product, done for one.
    pub fn remark_in<R: Record>(
        &mut self,
        record: &R,
        effect: &'static str,
        changes: Map<String, Json>,
        product: Option<Id>,
    ) {
        self.note::<R>(record, effect, changes);
        if let Some(noted) = self.pending.last_mut() {
            noted.product = product;
        }
    }

    fn note<R: Record>(&mut self, record: &R, effect: &'static str, changes: Map<String, Json>) {
        let meta = record.meta();
        let told = record.exercises(self.doing.exercises, effect, &changes);
        let exercises = match (self.exercised.clone(), told) {
            // Taking back exercises what doing it did, and what it comes to.
            (Some(did), Some(told)) if self.undoes.is_some() => [did, told].concat(),
            (did, told) => did.or(told).unwrap_or_else(|| self.doing.exercises.to_vec()),
        };
        let proposal =
            effect == "added" && (self.doing.access <= Access::Propose || record.is_proposal());
        self.pending.push(Pending {
            verb: self.doing.name,
            effect,
            kind: R::KIND,
            object: meta.id,
            product: record.product(),
            part: record.part().or(self.part),
            team: record.team().or(self.team),
            revision: meta.revision,
            happened: self.happened,
            changes,
            exercises,
            declared: self.doing.exercises,
            proposal,
        });
    }

    /// A live record by id, or "not found" in plain words.
    pub fn get<R: Record>(&mut self, id: Id, what: &'static str) -> Result<R> {
        let workspace = self.workspace();
        load::<R>(self.tx, workspace, id)?
            .filter(|r| r.meta().gone_at.is_none())
            .ok_or(Error::NotFound(what))
    }
}

/// What an added record holds, as the activity keeps it.
fn added(after: Map<String, Json>, erasable: &[&str]) -> Map<String, Json> {
    let kept = after.into_iter().filter(|(_, value)| !value.is_null());
    kept.map(|(field, value)| {
        let shown = if erasable.contains(&field.as_str()) { json!("…") } else { value };
        (field, json!([null, shown]))
    })
    .collect()
}

/// What differs between two states of a record, as the activity keeps it.
fn differing(
    old: &Map<String, Json>,
    new: Map<String, Json>,
    erasable: &[&str],
) -> Map<String, Json> {
    let mut changes = Map::new();
    for (field, value) in new {
        let was = old.get(&field).cloned().unwrap_or(Json::Null);
        if was != value {
            let hidden = erasable.contains(&field.as_str());
            let pair = if hidden { json!(["…", "…"]) } else { json!([was, value]) };
            changes.insert(field, pair);
        }
    }
    changes
}
