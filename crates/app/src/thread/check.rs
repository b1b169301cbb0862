//! Whether what belongs together stands together. For an operator: it goes through everything, so no
//! page asks for it.

use serde::Serialize;

use crate::db::Conn;
use crate::kernel::Result;
use crate::statements;

statements! {
    WORKSPACES = "SELECT id, name FROM workspace ORDER BY id";
    NO_OWNER = "SELECT CASE WHEN EXISTS (SELECT 1 FROM person WHERE workspace_id = $1 AND role = 'owner' AND active = TRUE AND gone_at IS NULL) THEN 0 ELSE 1 END";
    ACCOUNTS = "SELECT COUNT(*) FROM person p WHERE p.workspace_id = $1 AND p.account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM account a WHERE a.id = p.account_id)";
    TOKENS = "SELECT COUNT(*) FROM token t WHERE t.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM person p WHERE p.workspace_id = t.workspace_id AND p.id = t.person_id)";
    PARENTS = "SELECT COUNT(*) FROM work_item w WHERE w.workspace_id = $1 AND w.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM work_item p WHERE p.workspace_id = w.workspace_id AND p.id = w.parent_id)";
    ASSIGNEES = "SELECT COUNT(*) FROM work_item w WHERE w.workspace_id = $1 AND w.assignee_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person p WHERE p.workspace_id = w.workspace_id AND p.id = w.assignee_id)";
    SPRINTS = "SELECT COUNT(*) FROM work_item w WHERE w.workspace_id = $1 AND w.sprint_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sprint s WHERE s.workspace_id = w.workspace_id AND s.id = w.sprint_id)";
    PRODUCTS = "SELECT COUNT(*) FROM work_item w WHERE w.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM product p WHERE p.workspace_id = w.workspace_id AND p.id = w.product_id)";
    VERBATIMS = "SELECT COUNT(*) FROM evidence e WHERE e.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM verbatim v WHERE v.workspace_id = e.workspace_id AND v.id = e.verbatim_id)";
    KEY_RESULTS = "SELECT COUNT(*) FROM key_result k WHERE k.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM objective o WHERE o.workspace_id = k.workspace_id AND o.id = k.objective_id)";
    COMMENTS = "SELECT COUNT(*) FROM comment c WHERE c.workspace_id = $1 AND c.object_kind = 'work_item' AND c.gone_at IS NULL AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.workspace_id = c.workspace_id AND w.id = c.object_id)";
    LINKS = "SELECT COUNT(*) FROM link l WHERE l.workspace_id = $1 AND l.gone_at IS NULL AND ((l.from_kind = 'work_item' AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.workspace_id = l.workspace_id AND w.id = l.from_id)) OR (l.to_kind = 'work_item' AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.workspace_id = l.workspace_id AND w.id = l.to_id)))";
    RANKS = "SELECT COUNT(*) FROM (SELECT product_id, rank FROM work_item WHERE workspace_id = $1 AND gone_at IS NULL GROUP BY product_id, rank HAVING COUNT(*) > 1) AS twice";
    KEYS = "SELECT COUNT(*) FROM work_item w WHERE w.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM item_key k WHERE k.workspace_id = w.workspace_id AND k.key = w.key AND k.object_id = w.id)";
    PARENT_EDGES = "SELECT COUNT(*) FROM work_item_now w WHERE w.workspace_id = $1 AND w.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM edge e WHERE e.workspace_id = w.workspace_id AND e.lower_id = w.id AND e.upper_id = w.parent_id AND e.valid_to = 9223372036854775807)";
    GROUNDS = "WITH RECURSIVE found(id) AS (SELECT id FROM need WHERE workspace_id = $1 AND gone_at IS NULL UNION SELECT e.lower_id FROM found JOIN edge e ON e.workspace_id = $1 AND e.upper_id = found.id AND e.valid_to = 9223372036854775807 JOIN search_doc d ON d.workspace_id = e.workspace_id AND d.object_id = e.lower_id) SELECT COUNT(*) FROM work_item_now w WHERE w.workspace_id = $1 AND (w.grounded = TRUE) <> (w.id IN (SELECT id FROM found))";
    UNFOUND = "SELECT COUNT(*) FROM work_item_now w WHERE w.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM search_doc d WHERE d.workspace_id = w.workspace_id AND d.object_id = w.id)";
    STRAY = "SELECT COUNT(*) FROM search_doc d WHERE d.workspace_id = $1 AND d.object_kind = 'work_item' AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.workspace_id = d.workspace_id AND w.id = d.object_id)";
    VERSIONS = "SELECT COUNT(*) FROM work_item_version v JOIN work_item w ON w.workspace_id = v.workspace_id AND w.id = v.id WHERE v.workspace_id = $1 AND v.revision >= w.revision";
    SEQ = "SELECT COUNT(*) FROM activity a JOIN workspace w ON w.id = a.workspace_id WHERE a.workspace_id = $1 AND a.seq > w.seq";
}

const REINDEX: &str = "wherefore admin reindex writes them anew";
const RESTORE: &str = "restore a backup, or report it with what was done before";

const CHECKS: [(&crate::db::Sql, &str, &str); 19] = [
    (&NO_OWNER, "workspace without an active owner", "make somebody one: wherefore admin owner"),
    (&ACCOUNTS, "people whose account is missing", "deactivate and invite them again"),
    (&TOKENS, "tokens of nobody", "they open nothing; they go when they run out"),
    (&PARENTS, "work items whose parent is missing", RESTORE),
    (&ASSIGNEES, "work items assigned to nobody known", "assign them to somebody"),
    (&SPRINTS, "work items in an unknown sprint", "plan them again"),
    (&PRODUCTS, "work items of no product", RESTORE),
    (&VERBATIMS, "evidence without its words", RESTORE),
    (&KEY_RESULTS, "key results of no objective", RESTORE),
    (&COMMENTS, "comments on missing work items", RESTORE),
    (&LINKS, "links to or from missing work items", "remove them on the item's page"),
    (&RANKS, "places in an order that two items share", "move one of them"),
    (&KEYS, "work items that their key does not find", RESTORE),
    (&PARENT_EDGES, "work items whose step to their parent is missing", RESTORE),
    (&GROUNDS, "work items that are not marked as having a why, or wrongly", RESTORE),
    (&UNFOUND, "work items that search does not know", REINDEX),
    (&STRAY, "texts in the search of items that are missing", REINDEX),
    (&VERSIONS, "past states that are newer than the present one", RESTORE),
    (&SEQ, "activity beyond the workspace's count", RESTORE),
];

/// What is not as it should be.
#[derive(Serialize, Debug, Clone)]
pub struct Finding {
    pub workspace: String,
    pub count: i64,
    pub what: &'static str,
    /// What mends it.
    pub mend: &'static str,
}

/// Goes through all workspaces; nothing found is an empty list.
pub fn check(conn: &mut Conn) -> Result<Vec<Finding>> {
    let workspaces: Vec<(i64, String)> =
        conn.query(&WORKSPACES, &[], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let mut found = Vec::new();
    for (id, name) in workspaces {
        for (sql, what, mend) in CHECKS {
            let count: i64 = conn.query_one(sql, &[id.into()], |r| r.get(0))?;
            if count > 0 {
                found.push(Finding { workspace: name.clone(), count, what, mend });
            }
        }
    }
    Ok(found)
}

/// How many things are looked at.
pub const LOOKED_AT: usize = CHECKS.len();
