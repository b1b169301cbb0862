//! What an import that never completed has left behind. Nobody has seen it, so it goes without
//! trace, in steps that keep nobody else waiting.

use super::field_values::DROP_VALUES;
use crate::db::Tx;
use crate::kernel::{Id, Result};
use crate::statements;

statements! {
    STAGED = "SELECT id, product_id, key, original_key FROM work_item WHERE workspace_id = $1 AND staged_by = $2 LIMIT 100";
    DROP_KEY = "DELETE FROM item_key WHERE workspace_id = $1 AND key = $2 AND object_id = $3";
    DROP_NAMINGS = "DELETE FROM naming WHERE workspace_id = $1 AND object_id = $2";
    DROP_DOCUMENT = "DELETE FROM search_doc WHERE workspace_id = $1 AND object_id = $2";
    LABELS = "SELECT labels FROM work_item WHERE workspace_id = $1 AND id = $2";
    DROP_LABEL = "DELETE FROM item_label WHERE workspace_id = $1 AND product_id = $2 AND label = $3 AND object_id = $4";
    DROP_UP = "DELETE FROM edge WHERE workspace_id = $1 AND lower_id = $2";
    DROP_GROUND = "DELETE FROM grounded WHERE workspace_id = $1 AND object_id = $2";
    DROP_DOWN = "DELETE FROM edge WHERE workspace_id = $1 AND upper_id = $2";
    DROP_COMMENTS = "DELETE FROM comment WHERE workspace_id = $1 AND object_id = $2";
    DROP_LINKS_FROM = "DELETE FROM link WHERE workspace_id = $1 AND from_id = $2";
    DROP_LINKS_TO = "DELETE FROM link WHERE workspace_id = $1 AND to_id = $2";
    DROP_BASE = "DELETE FROM import_base WHERE workspace_id = $1 AND product_id = $2 AND original_key = $3";
    DROP_WANTED = "DELETE FROM import_wanted WHERE workspace_id = $1 AND item_id = $2";
    DROP_ITEM = "DELETE FROM work_item WHERE workspace_id = $1 AND id = $2";
    DROP_ACTIVITY = "DELETE FROM activity WHERE workspace_id = $1 AND seq IN (SELECT seq FROM activity WHERE workspace_id = $1 AND staged_by = $2 LIMIT 500)";
}

/// Removes a part of what one unfinished import has staged; whether there may be more.
pub fn discard_some(tx: &Tx, workspace: i64, import: Id) -> Result<bool> {
    let values = [workspace.into(), import.into()];
    let staged: Vec<(Id, Id, String, Option<String>)> =
        tx.query(&STAGED, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    for (id, product, key, original) in &staged {
        let one = [workspace.into(), (*id).into()];
        for key in std::iter::once(key).chain(original) {
            tx.execute(&DROP_KEY, &[workspace.into(), key.to_uppercase().into(), (*id).into()])?;
        }
        let labels: super::Words = tx.query_one(&LABELS, &one, |r| r.get(0))?;
        for label in labels.iter() {
            let values = [workspace.into(), (*product).into(), label.clone().into(), (*id).into()];
            tx.execute(&DROP_LABEL, &values)?;
        }
        if let Some(original) = original {
            let values = [workspace.into(), (*product).into(), original.to_uppercase().into()];
            tx.execute(&DROP_BASE, &values)?;
        }
        let all = [
            &DROP_DOCUMENT,
            &DROP_NAMINGS,
            &DROP_UP,
            &DROP_DOWN,
            &DROP_GROUND,
            &DROP_COMMENTS,
            &DROP_LINKS_FROM,
            &DROP_LINKS_TO,
            &DROP_WANTED,
            &DROP_VALUES,
            &DROP_ITEM,
        ];
        for sql in all {
            tx.execute(sql, &one)?;
        }
    }
    if !staged.is_empty() {
        return Ok(true);
    }
    Ok(tx.execute(&DROP_ACTIVITY, &values)? > 0)
}
