//! Editing by several people: what one changed is merged with what others changed since, and where
//! both changed the same field nothing is overwritten.

use serde_json::{Map, Value as Json};

use super::record::{fields, load_revision};
use super::{Change, Record};
use crate::kernel::{Conflict, Error, FieldConflict, Result};

impl Change<'_> {
    /// Writes `after`, an edit of `before` made while looking at revision `seen`. Fields that the
    /// editor left as they were seen keep what others have written since; a field that both have
    /// changed, differently, refuses the whole edit with both values.
    pub fn edit<R: Record>(&mut self, before: &R, mut after: R, seen: Option<i64>) -> Result<R> {
        let (workspace, newest) = (self.workspace(), before.meta().revision);
        if let Some(seen) = seen.filter(|seen| *seen < newest)
            && let Some(base) = load_revision::<R>(self.conn(), workspace, before.meta().id, seen)?
        {
            after = merge(&fields(&base)?, before, &after)?;
        }
        self.update(before, &mut after)?;
        Ok(after)
    }
}

fn merge<R: Record>(base: &Map<String, Json>, current: &R, edited: &R) -> Result<R> {
    let (theirs, yours) = (fields(current)?, fields(edited)?);
    let mut merged = yours.clone();
    let mut clashes = Vec::new();
    for (field, yours) in &yours {
        let (was, now) = (base.get(field), theirs.get(field));
        if now == Some(yours) || was == now {
            continue;
        }
        if was == Some(yours) {
            merged.insert(field.clone(), now.cloned().unwrap_or(Json::Null));
        } else {
            let theirs = now.cloned().unwrap_or(Json::Null);
            clashes.push(FieldConflict { field: field.clone(), theirs, yours: yours.clone() });
        }
    }
    if !clashes.is_empty() {
        let revision = current.meta().revision;
        return Err(Error::Conflict(Box::new(Conflict { revision, fields: clashes })));
    }
    let meta = current.meta();
    merged.insert("revision".into(), meta.revision.into());
    for (field, value) in [("created_at", meta.created_at), ("valid_from", meta.valid_from)] {
        merged.insert(field.into(), serde_json::to_value(value).map_err(Error::internal)?);
    }
    serde_json::from_value(Json::Object(merged)).map_err(Error::internal)
}
