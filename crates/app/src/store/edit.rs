//! Editing by several people: what one changed is merged with what others changed since, and where
//! both changed the same field nothing is overwritten.

use std::collections::BTreeSet;

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
        if let Some(seen) = seen.filter(|seen| !(1..=newest).contains(seen)) {
            let message = format!("There is no revision {seen}: it is at {newest}. Load it anew.");
            return Err(Error::invalid("revision", message));
        }
        if let Some(seen) = seen.filter(|seen| *seen < newest) {
            let base = load_revision::<R>(self.conn(), workspace, before.meta().id, seen)?;
            let base = base.ok_or_else(|| {
                Error::refused(
                    "Somebody changed it since you opened it; nothing was overwritten. Load it anew.",
                )
            })?;
            after = merge(&fields(&base)?, before, &after)?;
        }
        self.update(before, &mut after)?;
        Ok(after)
    }

    /// A record as an editor saw it at revision `seen`, where somebody has changed it since.
    pub fn as_seen<R: Record>(&mut self, now: &R, seen: Option<i64>) -> Result<Option<R>> {
        let meta = now.meta();
        let Some(seen) = seen.filter(|seen| *seen < meta.revision) else { return Ok(None) };
        let workspace = self.workspace();
        load_revision::<R>(self.conn(), workspace, meta.id, seen)
    }
}

/// Both changes of a map, entry by entry; nothing where both changed the same entry, differently.
fn entries(was: Option<&Json>, now: Option<&Json>, yours: &Json) -> Option<Json> {
    let (Some(Json::Object(was)), Some(Json::Object(now)), Json::Object(yours)) = (was, now, yours)
    else {
        return None;
    };
    let mut both = now.clone();
    let names: BTreeSet<&String> = was.keys().chain(yours.keys()).collect();
    for name in names {
        let (old, mine, theirs) = (was.get(name), yours.get(name), now.get(name));
        if old == mine {
            continue;
        }
        if old != theirs && mine != theirs {
            return None;
        }
        match mine {
            Some(mine) => both.insert(name.clone(), mine.clone()),
            None => both.remove(name),
        };
    }
    Some(Json::Object(both))
}

fn merge<R: Record>(base: &Map<String, Json>, current: &R, edited: &R) -> Result<R> {
    let (theirs, yours) = (fields(current)?, fields(edited)?);
    let mut merged = yours.clone();
    let (mut clashes, mut left) = (Vec::new(), Vec::new());
    for (field, yours) in &yours {
        let (was, now) = (base.get(field), theirs.get(field));
        if now == Some(yours) || was == now {
            continue;
        }
        if was == Some(yours) {
            left.push(field.clone());
            merged.insert(field.clone(), now.cloned().unwrap_or(Json::Null));
        } else if let Some(text) = merged_text(was, now, yours) {
            merged.insert(field.clone(), text.into());
        } else if let Some(both) = entries(was, now, yours) {
            merged.insert(field.clone(), both);
        } else {
            let [was, theirs] = [was, now].map(|value| value.cloned().unwrap_or(Json::Null));
            let (field, yours) = (field.clone(), yours.clone());
            clashes.push(FieldConflict { field, was, theirs, yours, by: None });
        }
    }
    let meta = current.meta();
    if !clashes.is_empty() {
        let (object, revision) = (meta.id, meta.revision);
        return Err(Error::Conflict(Box::new(Conflict {
            object,
            item: None,
            revision,
            fields: clashes,
            left,
        })));
    }
    merged.insert("revision".into(), meta.revision.into());
    for (field, value) in [("created_at", meta.created_at), ("valid_from", meta.valid_from)] {
        merged.insert(field.into(), serde_json::to_value(value).map_err(Error::internal)?);
    }
    R::deserialize(&merged).map_err(Error::internal)
}

/// A long text that both have changed in different lines, with the changes of both.
fn merged_text(was: Option<&Json>, theirs: Option<&Json>, yours: &Json) -> Option<String> {
    let (was, theirs, yours) = (was?.as_str()?, theirs?.as_str()?, yours.as_str()?);
    if !was.contains('\n') {
        return None;
    }
    // Without a line break at its end, a last line would never fit one that has grown by another.
    let ended = |text: &str| format!("{}\n", text.trim_end_matches('\n'));
    let merged = diffy::merge(&ended(was), &ended(theirs), &ended(yours)).ok()?;
    Some(merged.strip_suffix('\n').unwrap_or(&merged).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(was: &str, theirs: &str, yours: &str) -> Option<String> {
        merged_text(Some(&was.into()), Some(&theirs.into()), &yours.into())
    }

    #[test]
    fn changes_in_different_lines_are_kept_and_in_the_same_refused() {
        let was = "one\ntwo\nthree\nfour\nfive";
        assert_eq!(
            merged(was, "ONE\ntwo\nthree\nfour\nfive", "one\ntwo\nthree\nfour\nfive\nsix")
                .as_deref(),
            Some("ONE\ntwo\nthree\nfour\nfive\nsix")
        );
        assert_eq!(
            merged(was, "one\nTWO\nthree\nfour\nfive", "one\nzwei\nthree\nfour\nfive"),
            None
        );
        assert_eq!(merged("one", "two", "three"), None);
    }
}
