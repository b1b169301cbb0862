//! Imports: what came from another tool, held back until it is complete; and what is kept beside
//! them: the uploaded file, how far a running one is, what items looked like in their file.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::db::{Conn, Engine, Tx};
use crate::kernel::{Id, Result, Time};
use crate::store::{Fields, Indexed, load};
use crate::{record, selects, statements};

record! {
    /// One import of a file into a product.
    pub struct Import in "import", versioned: false {
        pub product_id: Id,
        /// Who uploaded or ran it.
        pub person_id: Option<Id>,
        pub source: String,
        pub file_name: String,
        pub file_hash: String,
        /// One of [`STATES`].
        pub state: String,
        /// What was chosen in the preview, as JSON.
        pub choices: String,
        /// What was done and what was not, as JSON.
        pub report: String,
        /// Why it failed.
        pub note: String,
    }
}

/// The states of an import. What it brings is seen in `applied` only.
pub const STATES: [&str; 5] = ["uploaded", "running", "applied", "failed", "discarded"];

impl Indexed for Import {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    /// Names of people stand in reports and choices.
    fn erasable() -> &'static [&'static str] {
        &["choices", "report"]
    }
}

selects! {
    OF_PRODUCT: Import = "import", "product_id = $2 AND state <> 'discarded' AND gone_at IS NULL ORDER BY id DESC LIMIT 200";
    APPLIED: Import = "import", "product_id = $2 AND state = 'applied' AND gone_at IS NULL ORDER BY id DESC LIMIT 20";
    FIRST_APPLIED: Import = "import", "product_id = $2 AND state = 'applied' AND gone_at IS NULL ORDER BY id LIMIT 1";
    RUNNING: Import = "import", "product_id = $2 AND state = 'running' ORDER BY id LIMIT 1";
    OLD: Import = "import", "state IN ('uploaded', 'failed') AND valid_from < $2 AND EXISTS (SELECT 1 FROM import_file f WHERE f.workspace_id = import.workspace_id AND f.import_id = import.id) ORDER BY id LIMIT 50";
}

statements! {
    ADD_PART = "INSERT INTO import_file (workspace_id, import_id, part, bytes) VALUES ($1, $2, $3, $4)";
    PARTS = "SELECT bytes FROM import_file WHERE workspace_id = $1 AND import_id = $2 ORDER BY part";
    HAS_PARTS = "SELECT 1 FROM import_file WHERE workspace_id = $1 AND import_id = $2 LIMIT 1";
    DROP_PARTS = "DELETE FROM import_file WHERE workspace_id = $1 AND import_id = $2 AND part IN (SELECT part FROM import_file WHERE workspace_id = $1 AND import_id = $2 ORDER BY part LIMIT 16)";
    WAITING = "SELECT COUNT(DISTINCT import_id) FROM import_file WHERE workspace_id = $1";
    /// A beat that comes late starts nothing anew.
    BEAT = "UPDATE import_progress SET process = $3, step = $4, done = $5, total = $6, beat_at = $7 WHERE workspace_id = $1 AND import_id = $2";
    BEGIN = "INSERT INTO import_progress (workspace_id, import_id, process, step, done, total, beat_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, import_id) DO UPDATE SET process = excluded.process, step = excluded.step, done = excluded.done, total = excluded.total, beat_at = excluded.beat_at";
    PROGRESS = "SELECT process, step, done, total, beat_at FROM import_progress WHERE workspace_id = $1 AND import_id = $2";
    END_PROGRESS = "DELETE FROM import_progress WHERE workspace_id = $1 AND import_id = $2";
    /// Of every workspace of the installation: whoever starts looks after what was cut off.
    ALL_PROGRESS = "SELECT workspace_id, import_id, process, step, done, total, beat_at FROM import_progress";
    WORKSPACES = "SELECT id FROM workspace ORDER BY id";
    BASES = "SELECT original_key, item_id FROM import_base WHERE workspace_id = $1 AND product_id = $2 AND original_key > $3 ORDER BY original_key LIMIT 2000";
    BASE = "SELECT item_id, fields FROM import_base WHERE workspace_id = $1 AND product_id = $2 AND original_key = $3";
    KEEP_BASE = "INSERT INTO import_base (workspace_id, product_id, original_key, item_id, fields) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, product_id, original_key) DO UPDATE SET item_id = excluded.item_id, fields = excluded.fields";
    ALIAS = "SELECT person_id FROM import_person WHERE workspace_id = $1 AND alias = $2";
    KEEP_ALIAS = "INSERT INTO import_person (workspace_id, alias, person_id) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, alias) DO UPDATE SET person_id = excluded.person_id";
    WANT = "INSERT INTO import_wanted (workspace_id, wanted_key, item_id, relation) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, wanted_key, item_id, relation) DO NOTHING";
    WANTED = "SELECT item_id, relation FROM import_wanted WHERE workspace_id = $1 AND wanted_key = $2";
    ANY_WANTED = "SELECT 1 FROM import_wanted WHERE workspace_id = $1 LIMIT 1";
    WANT_NO_MORE = "DELETE FROM import_wanted WHERE workspace_id = $1 AND wanted_key = $2 AND item_id = $3 AND relation = $4";
}

/// Which process this is: a running import of another one may have been cut off.
static PROCESS: LazyLock<Id> = LazyLock::new(Id::new);

/// A process that shares the database and has not said anything for so long is gone.
const SILENCE: i64 = 15 * Time::SECOND;

/// Whether what an import brings may be seen.
pub fn is_applied(conn: &mut Conn, workspace: i64, import: Id) -> Result<bool> {
    Ok(load::<Import>(conn, workspace, import)?.is_some_and(|i| i.state == "applied"))
}

/// The imports into a product, newest first; the last 200.
pub fn of_product(conn: &mut Conn, workspace: i64, product: Id) -> Result<Vec<Import>> {
    OF_PRODUCT.all(conn, workspace, &[product.into()])
}

/// Those that were applied to a product, newest first; the last 20.
pub fn applied(conn: &mut Conn, workspace: i64, product: Id) -> Result<Vec<Import>> {
    APPLIED.all(conn, workspace, &[product.into()])
}

/// The first that was applied to a product.
pub fn first(conn: &mut Conn, workspace: i64, product: Id) -> Result<Option<Import>> {
    FIRST_APPLIED.first(conn, workspace, &[product.into()])
}

/// The one that is being applied to a product.
pub fn running(conn: &mut Conn, workspace: i64, product: Id) -> Result<Option<Import>> {
    RUNNING.first(conn, workspace, &[product.into()])
}

/// Those whose file has waited since before `than` for somebody to decide.
pub fn older(conn: &mut Conn, workspace: i64, than: Time) -> Result<Vec<Import>> {
    OLD.all(conn, workspace, &[than.into()])
}

/// The workspaces of the installation.
pub fn workspaces(conn: &mut Conn) -> Result<Vec<i64>> {
    conn.query(&WORKSPACES, &[], |r| r.get(0))
}

/// Keeps one part of an uploaded file.
pub fn add_part(tx: &Tx, workspace: i64, import: Id, part: i64, bytes: &[u8]) -> Result<()> {
    let values = [workspace.into(), import.into(), part.into(), bytes.into()];
    tx.execute(&ADD_PART, &values)?;
    Ok(())
}

/// The uploaded file, as it was packed; empty where it is kept no more.
pub fn packed(conn: &mut Conn, workspace: i64, import: Id) -> Result<Vec<u8>> {
    let parts: Vec<Vec<u8>> =
        conn.query(&PARTS, &[workspace.into(), import.into()], |r| r.get(0))?;
    Ok(parts.concat())
}

/// Whether the uploaded file is still kept.
pub fn has_file(conn: &mut Conn, workspace: i64, import: Id) -> Result<bool> {
    let values = [workspace.into(), import.into()];
    Ok(conn.query_opt(&HAS_PARTS, &values, |r| r.get::<i64>(0))?.is_some())
}

/// How many files of a workspace are kept.
pub fn files_kept(conn: &mut Conn, workspace: i64) -> Result<i64> {
    conn.query_one(&WAITING, &[workspace.into()], |r| r.get(0))
}

/// Removes some parts of a file; whether there may be more.
pub fn drop_parts(tx: &Tx, workspace: i64, import: Id) -> Result<bool> {
    Ok(tx.execute(&DROP_PARTS, &[workspace.into(), import.into()])? > 0)
}

/// How far a running import is.
#[derive(Clone, Debug)]
pub struct Progress {
    process: Id,
    pub step: String,
    pub done: i64,
    pub total: i64,
    beat_at: Time,
}

impl Progress {
    /// Whether the process that ran it is gone. A data folder belongs to one process at a time.
    pub fn is_cut_off(&self, engine: Engine, now: Time) -> bool {
        self.process != *PROCESS && (engine == Engine::Sqlite || self.beat_at.0 + SILENCE < now.0)
    }
}

/// This process begins to run an import.
pub fn begin(tx: &Tx, workspace: i64, import: Id, now: Time) -> Result<()> {
    let values = [
        workspace.into(),
        import.into(),
        (*PROCESS).into(),
        "Reading".into(),
        0_i64.into(),
        0_i64.into(),
        now.into(),
    ];
    tx.execute(&BEGIN, &values)?;
    Ok(())
}

/// Notes how far an import is, and that its process lives.
pub fn beat(
    tx: &Tx,
    workspace: i64,
    import: Id,
    step: &str,
    (done, total): (i64, i64),
    now: Time,
) -> Result<()> {
    let values = [
        workspace.into(),
        import.into(),
        (*PROCESS).into(),
        step.into(),
        done.into(),
        total.into(),
        now.into(),
    ];
    tx.execute(&BEAT, &values)?;
    Ok(())
}

/// How far an import is, while it runs.
pub fn progress(conn: &mut Conn, workspace: i64, import: Id) -> Result<Option<Progress>> {
    conn.query_opt(&PROGRESS, &[workspace.into(), import.into()], |r| {
        Ok(Progress {
            process: r.get(0)?,
            step: r.get(1)?,
            done: r.get(2)?,
            total: r.get(3)?,
            beat_at: r.get(4)?,
        })
    })
}

/// Every import that some process runs or ran: workspace, import, how far.
pub fn all_progress(conn: &mut Conn) -> Result<Vec<(i64, Id, Progress)>> {
    conn.query(&ALL_PROGRESS, &[], |r| {
        let progress = Progress {
            process: r.get(2)?,
            step: r.get(3)?,
            done: r.get(4)?,
            total: r.get(5)?,
            beat_at: r.get(6)?,
        };
        Ok((r.get(0)?, r.get(1)?, progress))
    })
}

/// It runs no more.
pub fn end_progress(tx: &Tx, workspace: i64, import: Id) -> Result<()> {
    tx.execute(&END_PROGRESS, &[workspace.into(), import.into()])?;
    Ok(())
}

/// Every item of a product that an import brought: its key at its origin, in capitals, and its id.
pub fn bases(conn: &mut Conn, workspace: i64, product: Id) -> Result<HashMap<String, Id>> {
    let mut all = HashMap::new();
    let mut after = String::new();
    loop {
        let values = [workspace.into(), product.into(), after.clone().into()];
        let page: Vec<(String, Id)> =
            conn.query(&BASES, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
        let Some((last, _)) = page.last() else { return Ok(all) };
        after.clone_from(last);
        all.extend(page);
    }
}

/// What an item looked like in its file, to tell whose edit is newer.
pub fn base(
    conn: &mut Conn,
    workspace: i64,
    product: Id,
    key: &str,
) -> Result<Option<(Id, Fields)>> {
    let values = [workspace.into(), product.into(), key.into()];
    conn.query_opt(&BASE, &values, |r| Ok((r.get(0)?, r.get(1)?)))
}

/// Keeps what an item looks like in its file.
pub fn keep_base(
    tx: &Tx,
    workspace: i64,
    product: Id,
    key: &str,
    item: Id,
    fields: Fields,
) -> Result<()> {
    let values = [workspace.into(), product.into(), key.into(), item.into(), fields.into()];
    tx.queue(&KEEP_BASE, &values)?;
    Ok(())
}

/// Who was meant by an alias in earlier imports.
pub fn alias(conn: &mut Conn, workspace: i64, alias: &str) -> Result<Option<Id>> {
    conn.query_opt(&ALIAS, &[workspace.into(), alias.into()], |r| r.get(0))
}

/// Keeps who is meant by an alias.
pub fn keep_alias(tx: &Tx, workspace: i64, alias: &str, person: Id) -> Result<()> {
    tx.execute(&KEEP_ALIAS, &[workspace.into(), alias.into(), person.into()])?;
    Ok(())
}

/// Remembers that an item names another that is not here yet, as its parent or in a link.
pub fn want(tx: &Tx, workspace: i64, key: &str, item: Id, relation: &str) -> Result<()> {
    let values = [workspace.into(), key.into(), item.into(), relation.into()];
    tx.queue(&WANT, &values)?;
    Ok(())
}

/// Whether anything is remembered at all.
pub fn any_wanted(conn: &mut Conn, workspace: i64) -> Result<bool> {
    Ok(conn.query_opt(&ANY_WANTED, &[workspace.into()], |r| r.get::<i64>(0))?.is_some())
}

/// Which items named this key, and how.
pub fn wanted(conn: &mut Conn, workspace: i64, key: &str) -> Result<Vec<(Id, String)>> {
    conn.query(&WANTED, &[workspace.into(), key.into()], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// It is here now.
pub fn want_no_more(tx: &Tx, workspace: i64, key: &str, item: Id, relation: &str) -> Result<()> {
    let values = [workspace.into(), key.into(), item.into(), relation.into()];
    tx.execute(&WANT_NO_MORE, &values)?;
    Ok(())
}
