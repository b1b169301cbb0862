//! The rows by which lists filter and sort. Each item writes its own; for a field that is defined later
//! the items that are there are gone through in their order, some at a time.

use super::values::{People, fit};
use super::{CustomField, Definitions};
use crate::db::{Conn, Db, Tx};
use crate::kernel::{Day, Id, Result};
use crate::statements;
use crate::store::{Change, FieldRow, Fields, KnownFields, load, write_field_rows};

statements! {
    BEGIN = "INSERT INTO field_index (workspace_id, field_id, product_id, after_rank) VALUES ($1, $2, $3, '') ON CONFLICT (workspace_id, field_id) DO UPDATE SET after_rank = ''";
    UNFINISHED = "SELECT workspace_id, field_id, product_id, after_rank FROM field_index ORDER BY workspace_id, field_id LIMIT 1";
    OF_FIELD = "SELECT after_rank FROM field_index WHERE workspace_id = $1 AND field_id = $2";
    FARTHER = "UPDATE field_index SET after_rank = $3 WHERE workspace_id = $1 AND field_id = $2";
    DONE = "DELETE FROM field_index WHERE workspace_id = $1 AND field_id = $2";
    NEXT_ITEMS = "SELECT id, rank, fields FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND rank > $3 ORDER BY rank LIMIT $4";
}

/// Items gone through in one transaction.
const STEP: i64 = 500;

/// The first characters of a text are what it is found and sorted by.
const HEAD: usize = 200;

fn head(text: &str) -> String {
    text.to_lowercase().chars().take(HEAD).collect()
}

/// A value's rows: one, or one for each that was chosen. What does not fit is found by its text.
fn rows_of(
    conn: &mut Conn,
    ws: i64,
    people: &mut People,
    field: &CustomField,
    kept: &str,
) -> Result<Vec<FieldRow>> {
    if kept.trim().is_empty() {
        return Ok(Vec::new());
    }
    let row = |text: &str| FieldRow { field: field.id, text: head(text), number: None, day: None };
    let value = match fit(conn, ws, people, field, kept)? {
        Ok(value) => value,
        Err(_) => return Ok(vec![row(kept.trim())]),
    };
    Ok(match field.kind.as_str() {
        "choices" => value.lines().map(row).collect(),
        "number" => vec![FieldRow { number: value.parse().ok(), ..row(&value) }],
        // Sorted as its choices are.
        "choice" => {
            let at = field.options.iter().position(|o| o.value == value);
            vec![FieldRow { number: at.map(|at| at as f64), ..row(&value) }]
        }
        "date" => vec![FieldRow { day: value.parse::<Day>().ok(), ..row(&value) }],
        _ => vec![row(&value)],
    })
}

/// The rows of an item's fields.
pub fn rows(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    fields: &Fields,
    known: &mut KnownFields,
) -> Result<Vec<FieldRow>> {
    let mut all = Vec::new();
    if fields.is_empty() {
        return Ok(all);
    }
    let mut people = People::default();
    for field in &known.of(product, || Definitions::of(conn, ws, product))?.0 {
        if let Some(kept) = fields.get(&field.stored) {
            all.extend(rows_of(conn, ws, &mut people, field, kept)?);
        }
    }
    Ok(all)
}

/// Begins to go through the items for a field that is new or reads differently now. What is small is
/// done at once.
pub(super) fn begin(cx: &mut Change<'_>, field: &CustomField) -> Result<()> {
    let ws = cx.workspace();
    let tx = cx.exempt();
    tx.execute(&BEGIN, &[ws.into(), field.id.into(), field.product_id.into()])?;
    some(tx, ws, field, "")?;
    Ok(())
}

/// The same for a field that came with an import.
pub fn begin_index(cx: &mut Change<'_>, field: Id) -> Result<()> {
    let ws = cx.workspace();
    match load::<CustomField>(cx.conn(), ws, field)? {
        Some(field) => begin(cx, &field),
        None => Ok(()),
    }
}

/// Whether items are still gone through for a field.
pub fn is_unfinished(conn: &mut Conn, ws: i64, field: Id) -> Result<bool> {
    Ok(conn.query_opt(&OF_FIELD, &[ws.into(), field.into()], |r| r.get::<String>(0))?.is_some())
}

/// Goes through the next items; whether there are more.
fn some(tx: &mut Tx, ws: i64, field: &CustomField, after: &str) -> Result<bool> {
    let values = [ws.into(), field.product_id.into(), after.into(), STEP.into()];
    let items: Vec<(Id, String, Fields)> =
        tx.query(&NEXT_ITEMS, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let mut people = People::default();
    for (id, _, fields) in &items {
        let rows = match fields.get(&field.stored) {
            Some(kept) => rows_of(tx, ws, &mut people, field, kept)?,
            None => continue,
        };
        write_field_rows(tx, ws, field.product_id, *id, Some(field.id), &rows)?;
    }
    let own = [ws.into(), field.id.into()];
    match items.last().filter(|_| items.len() as i64 == STEP) {
        Some((_, rank, _)) => {
            let [ws, id] = own;
            tx.execute(&FARTHER, &[ws, id, rank.clone().into()])?;
            Ok(true)
        }
        None => {
            tx.execute(&DONE, &own)?;
            Ok(false)
        }
    }
}

/// Goes on with whatever is unfinished, a transaction for some items at a time.
pub async fn catch_up(db: &Db) -> Result<()> {
    while db
        .write(|tx| {
            let next: Option<(i64, Id, String)> =
                tx.query_opt(&UNFINISHED, &[], |r| Ok((r.get(0)?, r.get(1)?, r.get(3)?)))?;
            let Some((ws, id, after)) = next else { return Ok(false) };
            match load::<CustomField>(tx, ws, id)? {
                Some(field) => some(tx, ws, &field, &after)?,
                None => {
                    tx.execute(&DONE, &[ws.into(), id.into()])?;
                    true
                }
            };
            Ok(true)
        })
        .await?
    {}
    Ok(())
}
