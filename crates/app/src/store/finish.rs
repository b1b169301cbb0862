//! The end of a change: what it exercised is judged, its activity written, and told to who listens.

use super::Change;
use super::change::{Effect, Pending, Teller};
use super::judge::{self, Deed, Doing, Exercise, Judged, Place};
use crate::kernel::{ARCHIVED, Actor, Error, Result, Time, Via};
use crate::statements;

statements! {
    /// Takes the next places in the workspace's order; the row lock makes it the commit order.
    pub(super) NEXT_SEQ = "UPDATE workspace SET seq = seq + $2 WHERE id = $1 RETURNING seq, archived_at";
    pub(super) ADD_ACTIVITY = "INSERT INTO activity (workspace_id, seq, change_id, undoes, actor_id, via, verb, effect, object_kind, object_id, product_id, part_id, team_id, revision, changes, responsibilities, reason, happened_at, recorded_at, staged_by, outside) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
}

/// What came of a change.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Finished {
    pub changed: bool,
    /// Somebody else answers for it, and no reason was given yet.
    pub unexplained: bool,
}

impl Change<'_> {
    /// Whether what is recorded counts as somebody's doing: what is brought in, taken back or done by
    /// the system does not.
    fn counts(&self) -> bool {
        self.staged.is_none()
            && self.undoes.is_none()
            && !matches!(self.actor.via, Via::Import | Via::System | Via::Rule)
            && self.actor.person != Actor::NOBODY
    }

    /// Whether what does not count must still give a reason where one is asked first: a rule acts for
    /// whoever wrote it, and what others did is not taken back in silence.
    fn answers(&self) -> bool {
        let person = self.actor.person != Actor::NOBODY;
        person && self.staged.is_none() && (self.actor.via == Via::Rule || self.undoes_others)
    }

    fn judge(&mut self) -> Result<Vec<Vec<Judged>>> {
        if self.undoes.is_some() && self.actor.grants.is_some() {
            return Err(Error::Forbidden(
                "An agent's token takes nothing back. Ask the person whose token it is.".into(),
            ));
        }
        let counts = self.counts();
        if !counts && !self.answers() {
            return Ok(vec![Vec::new(); self.pending.len()]);
        }
        let deeds: Vec<Deed> = self
            .pending
            .iter()
            .map(|p| Deed {
                verb: p.verb,
                responsibilities: p.exercises.clone(),
                place: Place { product: p.product, part: p.part, team: p.team },
                declared: p.declared,
                proposal: p.proposal,
            })
            .collect();
        let doing = Doing {
            access: self.meta.access,
            now: self.now,
            reason: self.reason.as_deref().filter(|_| self.actor.via != Via::Rule),
            deeds: &deeds,
        };
        let judged = judge::judge(self.tx, &self.actor, &doing)?;
        Ok(if counts { judged } else { vec![Vec::new(); self.pending.len()] })
    }

    /// Writes the activity, with what it exercised, and tells who listens.
    pub(super) fn finish(mut self) -> Result<Finished> {
        if self.pending.is_empty() {
            judge::hold(&self.actor, self.meta)?;
            return Ok(Finished::default());
        }
        let judged = self.judge()?;
        let count = i64::try_from(self.pending.len()).unwrap_or(i64::MAX);
        let workspace = self.actor.workspace;
        let next = [workspace.into(), count.into()];
        let (last, archived): (i64, Option<Time>) =
            self.tx.query_one(&NEXT_SEQ, &next, |row| Ok((row.get(0)?, row.get(1)?)))?;
        // Whoever it is: rules, visitors and programs of other sites carry no role that says so.
        if archived.is_some() {
            return Err(Error::Forbidden(ARCHIVED.into()));
        }
        self.ground()?;
        if let Some(target) = self.undoes {
            judge::forget(self.tx, workspace, target)?;
        }
        let unexplained = self.reason.is_none()
            && judged.iter().flatten().any(|j| j.outside && j.reason.is_none());
        let pending = std::mem::take(&mut self.pending);
        self.tell(&pending)?;
        for ((seq, p), judged) in (last - count + 1..).zip(pending).zip(&judged) {
            self.write(seq, p, judged)?;
        }
        // What nobody may see yet is no news.
        if self.staged.is_none() {
            self.tx.notify(workspace, last);
        }
        Ok(Finished { changed: true, unexplained })
    }

    /// Lets those who follow things hear of it. What is brought in from elsewhere is no news.
    fn tell(&mut self, pending: &[Pending]) -> Result<()> {
        if self.staged.is_some() || self.actor.via == Via::Import {
            return Ok(());
        }
        let effects: Vec<Effect<'_>> = pending
            .iter()
            .map(|p| Effect {
                effect: p.effect,
                kind: p.kind,
                object: p.object,
                changes: &p.changes,
            })
            .collect();
        inventory::iter::<Teller>.into_iter().try_for_each(|teller| (teller.0)(self, &effects))
    }

    fn write(&mut self, seq: i64, p: Pending, judged: &[Judged]) -> Result<()> {
        let workspace = self.actor.workspace;
        let person = Some(self.actor.person).filter(|person| *person != Actor::NOBODY);
        let numbers: Vec<String> = if judged.is_empty() {
            p.exercises.iter().map(u8::to_string).collect()
        } else {
            judged.iter().map(|j| j.responsibility.to_string()).collect()
        };
        let outside = judged.iter().any(|j| j.outside);
        let said = judged.iter().find_map(|j| j.reason.clone());
        let changes = serde_json::to_string(&p.changes).map_err(Error::internal)?;
        let values = [
            workspace.into(),
            seq.into(),
            self.id.into(),
            self.undoes.into(),
            person.into(),
            self.actor.via.as_str().into(),
            self.meta.name.into(),
            p.effect.into(),
            p.kind.into(),
            p.object.into(),
            p.product.into(),
            p.part.into(),
            p.team.into(),
            p.revision.into(),
            changes.into(),
            numbers.join(",").into(),
            self.reason.clone().or(said).into(),
            p.happened.into(),
            self.now.into(),
            self.staged.into(),
            outside.into(),
        ];
        self.tx.queue(&ADD_ACTIVITY, &values)?;
        let exercise = Exercise {
            workspace,
            seq,
            change: self.id,
            person: self.actor.person,
            day: p.happened.day(),
            place: Place { product: p.product, part: p.part, team: p.team },
            via: self.actor.via.as_str(),
            reason: self.reason.as_deref(),
        };
        exercise.write(self.tx, judged)
    }
}
