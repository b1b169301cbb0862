//! Spreading ranks anew where they have grown long. The order stays as it is and as it was: the
//! superseded rows keep their ranks, all rows of one stretch change at one moment, and no person's
//! activity tells of it, since nobody has ordered anything.

use serde_json::json;

use super::finish::{ADD_ACTIVITY, NEXT_SEQ};
use super::record::record_kinds;
use crate::db::{Conn, Tx, Value};
use crate::kernel::{Error, Id, Result, Time, Via, rank};
use crate::statements;
use crate::store::{Composed, RecordSql};

statements! {
    LOCK_ORDER = "UPDATE counter SET next = next WHERE workspace_id = $1 AND product_id = $2";
}

/// Rows on each side of a long rank that share in the room there is.
const REACH: i64 = 60;

/// The statements for one kind of record that has a place in a product's order.
struct Ordered {
    kind: &'static str,
    long: String,
    before: String,
    from: String,
    set: String,
}

/// Kinds of record that have a rank within their product.
const KINDS: [&str; 2] = ["work_item", "opportunity"];

fn ordered(kind: &'static str) -> Ordered {
    let rows = format!("SELECT id, rank, valid_from FROM {kind} WHERE workspace_id = $1");
    Ordered {
        kind,
        long: format!(
            "SELECT product_id, rank FROM {kind} \
             WHERE workspace_id = $1 AND LENGTH(rank) > {} ORDER BY LENGTH(rank) DESC LIMIT 8",
            rank::LONG
        ),
        before: format!("{rows} AND product_id = $2 AND rank < $3 ORDER BY rank DESC LIMIT $4"),
        from: format!("{rows} AND product_id = $2 AND rank >= $3 ORDER BY rank, id LIMIT $4"),
        set: format!(
            "UPDATE {kind} SET rank = $3, revision = revision + 1, valid_from = $4 \
             WHERE workspace_id = $1 AND id = $2"
        ),
    }
}

inventory::submit! { Composed { name: "ranks::LONG", text: || ordered(KINDS[0]).long } }
inventory::submit! { Composed { name: "ranks::BEFORE", text: || ordered(KINDS[0]).before } }
inventory::submit! { Composed { name: "ranks::FROM", text: || ordered(KINDS[0]).from } }
inventory::submit! { Composed { name: "ranks::SET", text: || ordered(KINDS[0]).set } }
inventory::submit! { Composed { name: "ranks::LONG_OPPORTUNITY", text: || ordered(KINDS[1]).long } }
inventory::submit! { Composed { name: "ranks::BEFORE_OPPORTUNITY", text: || ordered(KINDS[1]).before } }
inventory::submit! { Composed { name: "ranks::FROM_OPPORTUNITY", text: || ordered(KINDS[1]).from } }
inventory::submit! { Composed { name: "ranks::SET_OPPORTUNITY", text: || ordered(KINDS[1]).set } }

/// A row's place in its order.
struct Place {
    id: Id,
    rank: String,
    since: Time,
}

fn places(conn: &Conn, sql: &str, values: &[Value]) -> Result<Vec<Place>> {
    conn.query_text(sql, values, |r| Ok(Place { id: r.get(0)?, rank: r.get(1)?, since: r.get(2)? }))
}

/// Gives one stretch of an order new, shorter ranks; `false` where none is long any more, or where
/// the long ones have no room beside them.
pub fn spread_one(tx: &mut Tx, workspace: i64, now: Time) -> Result<bool> {
    for kind in KINDS {
        let sql = ordered(kind);
        // The longest stands where most was put in, so the room beside it is the widest.
        let longest: Vec<(Id, String)> =
            tx.query_text(&sql.long, &[workspace.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        for (product, long) in longest {
            if spread(tx, workspace, &sql, product, &long, now)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn spread(
    tx: &mut Tx,
    workspace: i64,
    sql: &Ordered,
    product: Id,
    long: &str,
    now: Time,
) -> Result<bool> {
    tx.execute(&LOCK_ORDER, &[workspace.into(), product.into()])?;
    // One row more on each side: between those two the stretch lies.
    let values = [workspace.into(), product.into(), long.into(), (REACH + 1).into()];
    let mut stretch = places(tx, &sql.before, &values)?;
    stretch.reverse();
    stretch.extend(places(tx, &sql.from, &values)?);
    let reach = usize::try_from(REACH).unwrap_or_default();
    let first = stretch.iter().position(|p| p.rank.as_str() >= long).unwrap_or_default();
    let low = (first > reach).then(|| stretch.remove(0).rank);
    let first = first.min(reach);
    let high = (stretch.len() > first + reach).then(|| stretch.pop()).flatten().map(|p| p.rank);
    let Ok(ranks) = rank::evenly(low.as_deref(), high.as_deref(), stretch.len()) else {
        return Ok(false);
    };
    if ranks.iter().map(String::len).max() >= stretch.iter().map(|p| p.rank.len()).max() {
        return Ok(false);
    }
    let changed: Vec<(&Place, String)> =
        stretch.iter().zip(ranks).filter(|(place, rank)| place.rank != *rank).collect();
    // Later than anything that is known of these rows, so that each moment has one order.
    let latest = changed.iter().map(|(place, _)| place.since.0 + 1).max().unwrap_or_default();
    let at = Time(now.0.max(latest));
    let keep = keep_version(sql.kind)?;
    for (place, rank) in &changed {
        tx.queue(keep, &[workspace.into(), place.id.into(), at.into()])?;
        let values = [workspace.into(), place.id.into(), rank.clone().into(), at.into()];
        tx.queue(&sql.set, &values)?;
    }
    note(tx, workspace, product, sql.kind, changed.len(), at)?;
    Ok(true)
}

fn keep_version(kind: &str) -> Result<&'static str> {
    let sql: Option<&'static RecordSql> =
        record_kinds().find(|k| k.kind == kind).map(|k| (k.sql)());
    let keep = sql.and_then(|sql| sql.keep_version.as_deref());
    keep.ok_or_else(|| Error::internal(format!("{kind} keeps no versions")))
}

/// Tells of a stretch as one thing that the system did to the product.
fn note(
    tx: &mut Tx,
    workspace: i64,
    product: Id,
    kind: &str,
    count: usize,
    at: Time,
) -> Result<()> {
    let seq: i64 = tx.query_one(&NEXT_SEQ, &[workspace.into(), 1.into()], |row| row.get(0))?;
    let values: [Value; 21] = [
        workspace.into(),
        seq.into(),
        Id::new().into(),
        None::<Id>.into(),
        None::<Id>.into(),
        Via::System.as_str().into(),
        "spread-ranks".into(),
        "spread".into(),
        "product".into(),
        product.into(),
        product.into(),
        None::<Id>.into(),
        None::<Id>.into(),
        0.into(),
        json!({ kind: [null, count] }).to_string().into(),
        "".into(),
        None::<String>.into(),
        at.into(),
        at.into(),
        None::<Id>.into(),
        false.into(),
    ];
    tx.execute(&ADD_ACTIVITY, &values)?;
    // Nothing that a page shows has changed, so nobody is told.
    Ok(())
}
