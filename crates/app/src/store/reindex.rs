//! What search finds, made anew from the records: for when it was lost or harmed. A text that stands as
//! it should is left alone, so that what was written last is still found first.

use super::derive::{ADD_DOCUMENT, REMOVE_DOCUMENT};
use super::record::{Record, record_kinds};
use crate::db::{Tx, Value};
use crate::kernel::{Id, Result};
use crate::statements;

statements! {
    STANDS = "SELECT key, title, body FROM search_doc WHERE workspace_id = $1 AND object_id = $2";
}

/// A part of the work: how many texts were wrong, and where the next part begins.
pub struct Part {
    pub mended: u64,
    pub next: Option<Id>,
}

/// The kinds of record, in the order in which they are gone through.
pub fn reindexed_kinds() -> Vec<&'static str> {
    let mut kinds: Vec<_> = record_kinds().map(|kind| kind.kind).collect();
    kinds.sort_unstable();
    kinds
}

/// Goes through some records of a kind.
pub fn reindex_some(tx: &mut Tx, workspace: i64, kind: &str, after: Id) -> Result<Part> {
    match record_kinds().find(|known| known.kind == kind) {
        Some(known) => (known.reindex)(tx, workspace, after),
        None => Ok(Part { mended: 0, next: None }),
    }
}

/// The same for one type of record; the [`record!`](crate::record) macro hands it in.
pub fn reindex_page<R: Record>(tx: &mut Tx, workspace: i64, after: Id) -> Result<Part> {
    let values = [workspace.into(), after.into()];
    let rows = tx.query_text(&R::sql().page, &values, |row| R::from_row(row))?;
    let mut mended = 0;
    for row in &rows {
        mended += u64::from(reindex_one(tx, workspace, row)?);
    }
    let next = rows.last().filter(|_| rows.len() == super::record::PAGE).map(|r| r.meta().id);
    Ok(Part { mended, next })
}

/// Writes what search finds of one record, where that is not what stands there.
pub fn reindex_one<R: Record>(tx: &mut Tx, workspace: i64, record: &R) -> Result<bool> {
    let id = record.meta().id;
    let wanted = match record.document().filter(|_| record.meta().gone_at.is_none()) {
        Some(doc) => {
            let words = record.words(tx, workspace)?;
            let body = if words.is_empty() { doc.body } else { format!("{}\n{words}", doc.body) };
            Some((doc.product, [doc.key, doc.title, body]))
        }
        None => None,
    };
    let object: [Value; 2] = [workspace.into(), id.into()];
    let stands: Option<[String; 3]> =
        tx.query_opt(&STANDS, &object, |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?]))?;
    if stands.as_ref() == wanted.as_ref().map(|(_, texts)| texts) {
        return Ok(false);
    }
    if stands.is_some() {
        tx.execute(&REMOVE_DOCUMENT, &object)?;
    }
    if let Some((product, [key, title, body])) = wanted {
        let [workspace, id] = object;
        let values =
            [workspace, id, R::KIND.into(), product.into(), key.into(), title.into(), body.into()];
        tx.execute(&ADD_DOCUMENT, &values)?;
    }
    Ok(true)
}
