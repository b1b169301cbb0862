//! What an import that never completed has left behind. Nobody has seen it, so it goes without trace.

use crate::db::Tx;
use crate::kernel::{Id, Result};
use crate::statements;

statements! {
    DROP_KEYS = "DELETE FROM item_key WHERE workspace_id = $1 AND object_id IN (SELECT id FROM work_item WHERE workspace_id = $1 AND staged_by = $2)";
    DROP_DOCUMENTS = "DELETE FROM search_doc WHERE workspace_id = $1 AND object_id IN (SELECT id FROM work_item WHERE workspace_id = $1 AND staged_by = $2)";
    DROP_LABELS = "DELETE FROM item_label WHERE workspace_id = $1 AND object_id IN (SELECT id FROM work_item WHERE workspace_id = $1 AND staged_by = $2)";
    DROP_EDGES = "DELETE FROM edge WHERE workspace_id = $1 AND lower_id IN (SELECT id FROM work_item WHERE workspace_id = $1 AND staged_by = $2)";
    DROP_COMMENTS = "DELETE FROM comment WHERE workspace_id = $1 AND object_id IN (SELECT id FROM work_item WHERE workspace_id = $1 AND staged_by = $2)";
    DROP_BASES = "DELETE FROM import_base WHERE workspace_id = $1 AND item_id IN (SELECT id FROM work_item WHERE workspace_id = $1 AND staged_by = $2)";
    DROP_ACTIVITY = "DELETE FROM activity WHERE workspace_id = $1 AND staged_by = $2";
    DROP_ITEMS = "DELETE FROM work_item WHERE workspace_id = $1 AND staged_by = $2";
}

/// Removes all that one unfinished import has staged.
pub fn discard(tx: &Tx, workspace: i64, import: Id) -> Result<()> {
    let values = [workspace.into(), import.into()];
    let all = [
        &DROP_KEYS,
        &DROP_DOCUMENTS,
        &DROP_LABELS,
        &DROP_EDGES,
        &DROP_COMMENTS,
        &DROP_BASES,
        &DROP_ACTIVITY,
        &DROP_ITEMS,
    ];
    for sql in all {
        tx.execute(sql, &values)?;
    }
    Ok(())
}
