//! What the signals said on a day: measured once a day in the background or when somebody asks, kept
//! in derived rows, so that pages read and never reckon.

use std::collections::{BTreeSet, HashMap};

use super::catalogue::SIGNALS;
use super::gather::gather;
use super::measure::Finding;
use super::scope::{Frame, Scope, scopes};
use super::settings::thresholds;
use crate::db::{Conn, Db, Tx};
use crate::kernel::{Day, Id, Result, Time};
use crate::people::notify::tell_signals;
use crate::people::teams;
use crate::statements;

/// How many days rows are kept, so that a trend of a year can be shown.
const KEPT: i64 = 400;

statements! {
    WORKSPACES = "SELECT id FROM workspace WHERE archived_at IS NULL ORDER BY id";
    KEEP = "INSERT INTO signal_day (workspace_id, scope_id, signal, day, value, counted, total, threshold, enough, raised, instead, sentence, items, measured_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (workspace_id, scope_id, signal, day) DO UPDATE SET value = excluded.value, counted = excluded.counted, total = excluded.total, threshold = excluded.threshold, enough = excluded.enough, raised = excluded.raised, instead = excluded.instead, sentence = excluded.sentence, items = excluded.items, measured_at = excluded.measured_at";
    LAST_DAY = "SELECT MAX(day) FROM signal_day WHERE workspace_id = $1 AND scope_id = $2 AND signal = 1";
    RAISED_ON = "SELECT signal FROM signal_day WHERE workspace_id = $1 AND scope_id = $2 AND day = $3 AND raised = TRUE ORDER BY signal";
    LAST_VALUES = "SELECT signal, value, enough, raised FROM signal_day WHERE workspace_id = $1 AND scope_id = $2 AND day = (SELECT MAX(day) FROM signal_day WHERE workspace_id = $1 AND scope_id = $2 AND signal = 1 AND day <= $3) ORDER BY signal";
    PRUNE = "DELETE FROM signal_day WHERE workspace_id = $1 AND day < $2";
}

/// A finding with what stands behind it.
#[derive(Clone, Debug)]
pub struct Measured {
    pub finding: Finding,
    /// Keys of items, or names of responsibilities, that it rests on; some are for one person's eyes.
    pub items: Vec<Behind>,
    /// Something else is told in place of the signal: the load, where one person has both roles.
    pub instead: bool,
}

/// One thing behind a signal.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Behind {
    /// The key of an item; empty for a responsibility.
    pub key: String,
    pub note: String,
    /// Shown to this person only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Id>,
}

/// Items that are kept of each signal.
pub(super) const ITEMS: usize = 40;

/// What was looked at and whom it concerns.
pub struct Look {
    pub measured: Vec<Measured>,
    /// The product people and, for a team, its members.
    pub concerned: Vec<Id>,
    /// A product of the scope.
    pub product: Option<Id>,
}

/// Measures all signals of a scope as it stands.
pub fn look(conn: &mut Conn, ws: i64, scope: &Scope, now: Time) -> Result<Look> {
    let frame = Frame::of(conn, ws, scope, now)?;
    let limits: HashMap<u8, f64> = thresholds(conn, ws)?;
    let measured = gather(conn, &frame, &limits)?;
    let mut concerned = frame.product_people();
    if let Some(team) = frame.team {
        concerned.extend(teams::members_of(conn, ws, team)?.iter().map(|p| p.id));
    }
    concerned.sort_unstable();
    concerned.dedup();
    Ok(Look { measured, concerned, product: frame.products.first().copied() })
}

/// Writes down what a look found, and tells those whom it concerns if other signals are raised than
/// before.
pub fn keep(tx: &mut Tx, ws: i64, scope: &Scope, look: &Look, now: Time) -> Result<()> {
    let id = scope.id();
    let last: Option<Day> =
        tx.query_one(&LAST_DAY, &[ws.into(), id.into()], |r| r.get::<Option<Day>>(0))?;
    let before = match last {
        Some(day) => Some(raised_on(tx, ws, id, day)?),
        None => None,
    };
    for one in &look.measured {
        let f = &one.finding;
        let items = serde_json::to_string(&one.items).map_err(crate::kernel::Error::internal)?;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let values = [
            ws.into(),
            id.into(),
            i64::from(f.signal).into(),
            now.day().into(),
            f.value.into(),
            count(f.counted).into(),
            count(f.of).into(),
            f.threshold.into(),
            f.enough.into(),
            f.raised.into(),
            one.instead.into(),
            f.sentence.clone().into(),
            items.into(),
            now.into(),
        ];
        tx.execute(&KEEP, &values)?;
    }
    let raised: BTreeSet<i64> = look
        .measured
        .iter()
        .filter(|m| m.finding.raised)
        .map(|m| i64::from(m.finding.signal))
        .collect();
    let changed = before.map_or(!raised.is_empty(), |before| before != raised);
    if changed && let Some(product) = look.product {
        tell_signals(tx, ws, &look.concerned, (scope.word(), id, product), now)?;
    }
    Ok(())
}

fn raised_on(conn: &mut Conn, ws: i64, scope: Id, day: Day) -> Result<BTreeSet<i64>> {
    let values = [ws.into(), scope.into(), day.into()];
    Ok(conn.query(&RAISED_ON, &values, |r| r.get::<i64>(0))?.into_iter().collect())
}

/// The signals that are raised in a scope since its last look, with the day of it.
pub(super) fn last_raised(conn: &mut Conn, ws: i64, scope: Id) -> Result<Option<(Day, Vec<u8>)>> {
    let values = [ws.into(), scope.into()];
    let Some(day) = conn.query_one(&LAST_DAY, &values, |r| r.get::<Option<Day>>(0))? else {
        return Ok(None);
    };
    let raised = raised_on(conn, ws, scope, day)?;
    let known = |n: &i64| SIGNALS.iter().map(|s| s.number).find(|k| i64::from(*k) == *n);
    Ok(Some((day, raised.iter().filter_map(known).collect())))
}

/// A signal's number, its value, whether there was enough to say anything, and whether it was raised.
pub type Last = (i64, Option<f64>, bool, bool);

/// The signals of a scope as they were measured last, up to a day.
pub fn last_values(conn: &mut Conn, ws: i64, scope: Id, day: Day) -> Result<Vec<Last>> {
    let values = [ws.into(), scope.into(), day.into()];
    conn.query(&LAST_VALUES, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
}

/// Looks and writes down in one transaction: for a scope that is small, and for the demo's past.
pub fn take(tx: &mut Tx, ws: i64, scope: &Scope, now: Time) -> Result<()> {
    let found = look(tx, ws, scope, now)?;
    keep(tx, ws, scope, &found, now)
}

/// The same for a scope of any size: reads first, then one short transaction.
pub(super) async fn take_apart(db: &Db, ws: i64, scope: Scope, now: Time) -> Result<()> {
    let looked = scope.clone();
    let found = db.read(move |conn| look(conn, ws, &looked, now)).await?;
    db.write(move |tx| keep(tx, ws, &scope, &found, now)).await
}

/// Measures every product and team of every workspace that is not archived, and lets go of what is older than a year.
pub async fn take_all(db: Db, now: Time) -> Result<()> {
    let workspaces: Vec<i64> = db.read(|conn| conn.query(&WORKSPACES, &[], |r| r.get(0))).await?;
    for ws in workspaces {
        for scope in db.read(move |conn| scopes(conn, ws)).await? {
            take_apart(&db, ws, scope, now).await?;
        }
        let oldest = now.day().plus_days(-KEPT);
        db.write(move |tx| tx.execute(&PRUNE, &[ws.into(), oldest.into()]).map(|_| ())).await?;
    }
    Ok(())
}
