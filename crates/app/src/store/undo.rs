//! Undo: a new action that restores what an earlier change changed, or says what stands in its way.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::record::{fields, load_revision, record_kinds};
use super::{Change, Record, load};
use crate::kernel::{Error, Id, Result};
use crate::statements;

statements! {
    PAST_OF_CHANGE = "SELECT effect, object_kind, object_id, changes, actor_id, revision, responsibilities FROM activity WHERE workspace_id = $1 AND change_id = $2 ORDER BY seq DESC";
    /// Who changed a field of a record last, after a revision.
    CHANGED_BY = "SELECT p.name FROM activity a JOIN person p ON p.workspace_id = a.workspace_id AND p.id = a.actor_id WHERE a.workspace_id = $1 AND a.object_id = $2 AND a.revision > $3 AND a.changes LIKE $4 ORDER BY a.seq DESC LIMIT 1";
    UNDONE_BY = "SELECT change_id FROM activity WHERE workspace_id = $1 AND undoes = $2 LIMIT 1";
}

/// One recorded effect of the change to undo.
pub struct Past {
    pub effect: String,
    pub kind: String,
    pub object: Id,
    pub changes: Map<String, Json>,
    pub actor: Option<Id>,
    /// What the record was at then.
    pub revision: i64,
    /// Numbers of the responsibilities that it exercised, with commas between.
    pub exercised: String,
    /// Whether the same change added the record, and did no more to it after this.
    pub last_of_new: bool,
}

/// Takes back all that `target` did, newest first, as part of `change`.
pub fn undo_change(change: &mut Change<'_>, target: Id) -> Result<usize> {
    let values = [change.workspace().into(), target.into()];
    let mut past = change.conn().query(&PAST_OF_CHANGE, &values, |row| {
        let changes: String = row.get(3)?;
        Ok(Past {
            effect: row.get(0)?,
            kind: row.get(1)?,
            object: row.get(2)?,
            changes: serde_json::from_str(&changes).map_err(Error::internal)?,
            actor: row.get(4)?,
            revision: row.get(5)?,
            exercised: row.get(6)?,
            last_of_new: false,
        })
    })?;
    if past.is_empty() {
        return Err(Error::NotFound("change"));
    }
    if change.conn().query_opt(&UNDONE_BY, &values, |row| row.get::<Id>(0))?.is_some() {
        return Err(Error::refused("This was undone already."));
    }
    change.undoes = Some(target);
    change.undoes_others = past.iter().any(|p| p.actor != Some(change.actor.person));
    let new: BTreeSet<Id> = past.iter().filter(|p| p.effect == "added").map(|p| p.object).collect();
    let mut met = BTreeSet::new();
    for row in &mut past {
        row.last_of_new = met.insert(row.object) && new.contains(&row.object);
    }
    for row in &past {
        let kind = record_kinds()
            .find(|k| k.kind == row.kind)
            .ok_or_else(|| Error::internal(format!("no record kind {}", row.kind)))?;
        change.exercised = Some(row.exercised.split(',').filter_map(|n| n.parse().ok()).collect());
        (kind.undo)(change, row)?;
    }
    change.exercised = None;
    Ok(past.len())
}

/// Takes back one effect on one record.
pub fn undo_one<R: Record>(change: &mut Change<'_>, past: &Past) -> Result<()> {
    if R::append_only() {
        return Err(Error::refused(
            "This record is append-only: correct it by adding a further one.",
        ));
    }
    let workspace = change.workspace();
    let current: R =
        load(change.conn(), workspace, past.object)?.ok_or(Error::NotFound("record"))?;
    if past.last_of_new && current.meta().revision != past.revision {
        return Err(Error::refused(
            "Somebody has worked on it since it was added. Move it to the bin instead.",
        ));
    }
    match past.effect.as_str() {
        "added" => {
            current.undoing(None, change)?;
            return change.bin(&current);
        }
        "changed" | "binned" | "restored" => {}
        _ => return Ok(()),
    }
    let mut now = fields(&current)?;
    let settling = past.changes.contains_key("state");
    for (field, pair) in &past.changes {
        if let Some(why) = current.settled(field).filter(|_| !settling) {
            return Err(Error::refused(why));
        }
        if R::erasable().contains(&field.as_str()) {
            if let Some(was) = earlier::<R>(change, past, field, now.get(field))? {
                now.insert(field.clone(), was);
                continue;
            }
            return Err(Error::refused(format!("The earlier {field} was not kept; edit it anew.")));
        }
        let (was, became) = (&pair[0], &pair[1]);
        if let Some(back) = now.get(field).and_then(|now| entries_back(was, became, now)) {
            now.insert(field.clone(), back);
            continue;
        }
        if now.get(field) != Some(became) {
            return Err(overwrites(change, past, field, &now)?);
        }
        now.insert(field.clone(), was.clone());
    }
    let meta = current.meta();
    now.insert("revision".into(), meta.revision.into());
    now.insert("valid_from".into(), meta.valid_from.to_string().into());
    now.insert("created_at".into(), meta.created_at.to_string().into());
    let mut after = R::deserialize(&now).map_err(Error::internal)?;
    current.undoing(Some(&mut after), change)?;
    change.update(&current, &mut after)
}

/// Says whose later change of a field undoing would overwrite, of a record that is now so.
fn overwrites(
    change: &mut Change<'_>,
    past: &Past,
    field: &str,
    now: &Map<String, Json>,
) -> Result<Error> {
    const SHORT: usize = 60;
    let of_field = format!("%\"{field}\":%");
    let values =
        [change.workspace().into(), past.object.into(), past.revision.into(), of_field.into()];
    let who: Option<String> = change.conn().query_opt(&CHANGED_BY, &values, |r| r.get(0))?;
    let what = field.trim_end_matches("_id").replace('_', " ");
    let of = now.get("key").and_then(Json::as_str).map(|key| format!(" of {key}"));
    let is = now.get(field).and_then(Json::as_str).filter(|_| !field.ends_with("_id"));
    let is = is.filter(|is| !is.is_empty() && is.chars().nth(SHORT).is_none());
    let is = is.map(|is| format!(" to “{is}”"));
    let by = who.map(|name| format!(" by {name}"));
    let [of, is, by] = [of, is, by].map(Option::unwrap_or_default);
    Ok(Error::refused(format!(
        "“{what}”{of} was changed{is}{by} since, so undoing would overwrite that. Edit it instead."
    )))
}

/// What an erasable field held before, as far as the record's versions tell and it stands as it became.
fn earlier<R: Record>(
    change: &mut Change<'_>,
    past: &Past,
    field: &str,
    now: Option<&Json>,
) -> Result<Option<Json>> {
    if !R::erased_with_versions() {
        return Ok(None);
    }
    let workspace = change.workspace();
    let mut at = |revision: i64| -> Result<Option<Json>> {
        let row = load_revision::<R>(change.conn(), workspace, past.object, revision)?;
        Ok(row.map(|row| fields(&row)).transpose()?.and_then(|mut all| all.remove(field)))
    };
    let (was, became) = (at(past.revision - 1)?, at(past.revision)?);
    // The newest row is no version yet.
    let stands = became.is_none_or(|became| Some(&became) == now);
    Ok(was.filter(|_| stands))
}

/// A map without what was done to its entries; nothing where one of them was changed since.
fn entries_back(was: &Json, became: &Json, now: &Json) -> Option<Json> {
    let (Json::Object(was), Json::Object(became), Json::Object(now)) = (was, became, now) else {
        return None;
    };
    let mut back = now.clone();
    let names: BTreeSet<&String> = was.keys().chain(became.keys()).collect();
    for name in names.into_iter().filter(|name| was.get(*name) != became.get(*name)) {
        if now.get(name) != became.get(name) {
            return None;
        }
        match was.get(name) {
            Some(value) => back.insert(name.clone(), value.clone()),
            None => back.remove(name),
        };
    }
    Some(Json::Object(back))
}
