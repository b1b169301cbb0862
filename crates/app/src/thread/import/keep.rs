//! Keeping uploaded files and starting imports; and looking after those that were cut off.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use wherefore_exchange::Backlog;

use super::IMPORT;
use super::choices::Choices;
use super::fit::fit;
use super::plan::plan;
use super::report::Report;
use super::run::{LONG, Run, SHORT, drop_file};
use super::views::CUT_OFF;
use crate::db::{Conn, Db, Tx, is_duplicate};
use crate::how::imports::{self, Import};
use crate::how::work_items::Names;
use crate::kernel::{Access, Actor, Clock, Error, Id, Result, Role, Time, Via};
use crate::new_row;
use crate::people::products::{self, product};
use crate::store::{Change, Upload, load};

/// Days that a file waits for somebody to decide.
const WAITS: i64 = 7;
/// Files of a workspace that may wait at once.
const FILES: i64 = 100;
/// Bytes of a part: short to write, so that nobody waits for it.
const PART: usize = 256 * 1024;

/// Large files are read one at a time, so that memory stays bounded.
static READING: Semaphore = Semaphore::const_new(1);

/// Reads an upload on a thread of its own; where somebody says which format it is, it has to be that.
pub(super) async fn read(packed: Vec<u8>, format: Option<String>) -> Result<Backlog> {
    let _turn = READING.acquire().await.map_err(Error::internal)?;
    let read = move || {
        let bytes = Upload::unpack(&packed)?;
        drop(packed);
        let checked = format.map_or(Ok(()), |format| wherefore_exchange::check(&format, &bytes));
        let read = checked.and_then(|()| wherefore_exchange::read(&bytes));
        let mut file = read.map_err(|e| Error::invalid("file", e.to_string()))?;
        fit(&mut file);
        Ok(file)
    };
    tokio::task::spawn_blocking(read).await.map_err(Error::internal)?
}

/// The file of an import, read again.
pub(super) async fn read_kept(db: &Db, ws: i64, import: Id) -> Result<Backlog> {
    let packed = db.read(move |conn| imports::packed(conn, ws, import)).await?;
    if packed.is_empty() {
        return Err(Error::refused("The file is no longer kept. Upload it again."));
    }
    read(packed, None).await
}

/// What an import of this backlog would do; nothing is written.
pub fn preview(
    conn: &mut Conn,
    actor: &Actor,
    product: &str,
    file: &Backlog,
    choices: &Choices,
) -> Result<Report> {
    Ok(plan(conn, actor, product, file, choices)?.report)
}

/// Keeps an uploaded file with its preview. The caller has read it: a broken one leaves nothing.
pub(super) async fn keep(
    db: &Db,
    actor: &Actor,
    product_key: &str,
    upload: &Arc<Upload>,
    (choices, report): (&Choices, &Report),
    now: Time,
) -> Result<Id> {
    let ws = actor.workspace;
    if db.read(move |conn| imports::files_kept(conn, ws)).await? >= FILES {
        return Err(Error::refused(format!(
            "{FILES} uploaded files wait already. Apply or discard one of them first."
        )));
    }
    let id = Id::new();
    let parts = i64::try_from(upload.packed().len().div_ceil(PART)).unwrap_or(i64::MAX);
    for part in 0..parts {
        let upload = upload.clone();
        let kept = db
            .write(move |tx| {
                let from = usize::try_from(part).unwrap_or_default() * PART;
                let bytes = &upload.packed()[from..(from + PART).min(upload.packed().len())];
                imports::add_part(tx, ws, id, part, bytes)
            })
            .await;
        if let Err(error) = kept {
            drop_file(db, ws, id).await?;
            return Err(error);
        }
    }
    let (actor, key, upload) = (actor.clone(), product_key.to_owned(), upload.clone());
    let choices = serde_json::to_string(choices).map_err(Error::internal)?;
    let report = serde_json::to_string(report).map_err(Error::internal)?;
    db.write(move |tx| {
        let product = product(tx, &actor, &key, Access::Write)?;
        Change::record(tx, actor.clone(), &IMPORT, now, |cx| {
            let mut import = new_row!(
                cx,
                Import {
                    product_id: product.id,
                    person_id: Some(cx.actor.person),
                    source: "jira-csv".to_owned(),
                    file_name: upload.name.clone(),
                    file_hash: upload.hash.clone(),
                    state: "uploaded".to_owned(),
                    choices: choices.clone(),
                    report: report.clone(),
                    note: String::new(),
                }
            );
            import.id = id;
            cx.insert(&import)
        })
    })
    .await?;
    Ok(id)
}

/// Refuses where another import into the product runs.
fn alone(conn: &mut Conn, ws: i64, product: Id) -> Result<()> {
    let Some(other) = imports::running(conn, ws, product)? else { return Ok(()) };
    let by = Names::default().person(conn, ws, other.person_id)?;
    let by = by.map_or_else(String::new, |p| format!(" by {}", p.name));
    Err(Error::refused(format!(
        "“{}” is being imported into this product{by} at the moment. Wait until that is done, then start again; nothing was changed.",
        other.file_name
    )))
}

/// Of two that begin at once, the index lets one through.
fn one_at_a_time(error: Error) -> Error {
    if is_duplicate(&error) {
        return Error::refused(
            "Another import into this product began at the same moment. Wait until that is done, then start again; nothing was changed.",
        );
    }
    error
}

/// Marks an uploaded import as running, alone in its product.
pub(super) async fn claim(db: &Db, clock: &Clock, actor: &Actor, import: Id) -> Result<Import> {
    let (who, now) = (actor.clone(), clock.now());
    db.write(move |tx| {
        let (before, product) = super::views::import_of(tx, &who, import, Access::Write)?;
        alone(tx, who.workspace, product.id)?;
        if !matches!(before.state.as_str(), "uploaded" | "failed") {
            return Err(Error::refused("This import was applied or discarded already."));
        }
        if !imports::has_file(tx, who.workspace, import)? {
            return Err(Error::refused("The file is no longer kept. Upload it again."));
        }
        imports::begin(tx, who.workspace, import, now)?;
        Change::record(tx, who.clone(), &IMPORT, now, |cx| {
            let mut after = before.clone();
            "running".clone_into(&mut after.state);
            after.person_id = Some(cx.actor.person);
            after.note.clear();
            cx.update(&before, &mut after)?;
            Ok(after)
        })
    })
    .await
    .map_err(one_at_a_time)
}

/// Applies a claimed import in the background. However it ends, its record says so.
pub(super) fn spawn(run: Run, choices: Choices) {
    let (keeper, work) = (run.clone(), async move {
        match read_kept(&run.db, run.actor.workspace, run.import).await {
            Ok(file) => run.apply(Arc::new(file), choices).await.map(drop),
            Err(error) => {
                run.fail(&error.told()).await?;
                Err(error)
            }
        }
    });
    let work = tokio::spawn(work);
    tokio::spawn(async move {
        let failed = match work.await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                tracing::warn!(%error, import = %keeper.import, "an import failed");
                return;
            }
            Err(panic) => panic,
        };
        tracing::error!(%failed, import = %keeper.import, "an import broke off");
        let why = "Something failed on our side; nothing of this import is there.";
        if let Err(error) = keeper.fail(why).await {
            tracing::error!(%error, import = %keeper.import, "an import could not be cleared away");
        }
    });
}

/// Imports a backlog that was read, and waits for it. Run again, it changes nothing.
pub async fn import(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    product_key: &str,
    file_name: &str,
    file: Backlog,
) -> Result<Report> {
    apply(db, clock, actor, product_key, file_name, file, SHORT).await
}

/// The same in long batches, which is faster: for a database that nobody else works with yet.
pub async fn import_alone(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    product_key: &str,
    file_name: &str,
    file: Backlog,
) -> Result<Report> {
    apply(db, clock, actor, product_key, file_name, file, LONG).await
}

async fn apply(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    product_key: &str,
    file_name: &str,
    mut file: Backlog,
    batch: Duration,
) -> Result<Report> {
    fit(&mut file);
    look_after(db, clock).await?;
    let (who, key, now) = (actor.clone(), product_key.to_owned(), clock.now());
    let (name, source) = (file_name.to_owned(), file.source.clone());
    let import = db
        .write(move |tx| {
            let product = product(tx, &who, &key, Access::Write)?;
            alone(tx, who.workspace, product.id)?;
            Change::record(tx, who.clone(), &IMPORT, now, |cx| {
                let import = new_row!(
                    cx,
                    Import {
                        product_id: product.id,
                        person_id: Some(cx.actor.person),
                        source: source.clone(),
                        file_name: name.clone(),
                        file_hash: String::new(),
                        state: "running".to_owned(),
                        choices: "{}".to_owned(),
                        report: "{}".to_owned(),
                        note: String::new(),
                    }
                );
                let ws = cx.workspace();
                imports::begin(cx.exempt(), ws, import.id, now)?;
                cx.insert(&import)?;
                Ok(import.id)
            })
        })
        .await
        .map_err(one_at_a_time)?;
    let run = Run {
        db: db.clone(),
        clock: clock.clone(),
        actor: actor.clone(),
        import,
        product: product_key.to_owned(),
        batch,
    };
    run.apply(Arc::new(file), Choices::default()).await
}

/// Clears away imports whose process is gone, completes those that were all but done, and drops
/// files that nobody asked for any more. Called at start and now and then.
pub async fn look_after(db: &Db, clock: &Clock) -> Result<()> {
    let (engine, now) = (db.engine(), clock.now());
    let cut_off = db
        .read(move |conn| {
            let all = imports::all_progress(conn)?;
            let gone = all.into_iter().filter(|(_, _, p)| p.is_cut_off(engine, now));
            Ok(gone.map(|(ws, id, _)| (ws, id)).collect::<Vec<_>>())
        })
        .await?;
    for (ws, id) in cut_off {
        if let Some((run, import)) = stand_in(db, clock, ws, id).await? {
            // Ours from now on: no other node mends it too.
            db.write(move |tx| imports::begin(tx, ws, id, now)).await?;
            mend(run, import).await?;
        } else {
            db.write(move |tx: &mut Tx| imports::end_progress(tx, ws, id)).await?;
        }
    }
    let than = now.plus_days(-WAITS);
    for ws in db.read(imports::workspaces).await? {
        for import in db.read(move |conn| imports::older(conn, ws, than)).await? {
            drop_file(db, ws, import.id).await?;
        }
    }
    Ok(())
}

/// What is to be done for an import whose process is gone.
async fn mend(run: Run, import: Import) -> Result<()> {
    if import.state != "applied" {
        return run.fail(CUT_OFF).await;
    }
    // All that is new was shown already: complete the rest. Without the file, its note says that it
    // is to be imported again.
    let (ws, id) = (run.actor.workspace, run.import);
    if !run.db.read(move |conn| imports::has_file(conn, ws, id)).await? {
        return run.db.write(move |tx| imports::end_progress(tx, ws, id)).await;
    }
    let choices = serde_json::from_str(&import.choices).unwrap_or_default();
    let report = serde_json::from_str(&import.report).unwrap_or_default();
    let file = read_kept(&run.db, ws, id).await?;
    run.resume(Arc::new(file), choices, report).await.map(drop)
}

/// An import with somebody to act for whoever began it.
async fn stand_in(db: &Db, clock: &Clock, ws: i64, id: Id) -> Result<Option<(Run, Import)>> {
    let found = db
        .read(move |conn| {
            let Some(import) = load::<Import>(conn, ws, id)? else { return Ok(None) };
            let person = import.person_id.unwrap_or(import.id);
            let actor = Actor {
                workspace: ws,
                person,
                name: String::new(),
                role: Role::Owner,
                read_only: false,
                via: Via::Import,
                grants: None,
            };
            let product = products::product_by_id(conn, &actor, import.product_id, Access::Write)?;
            Ok(Some((actor, product.key, import)))
        })
        .await?;
    Ok(found.map(|(actor, product, import)| {
        let (db, clock, import_id) = (db.clone(), clock.clone(), import.id);
        let run = Run { db, clock, actor, import: import_id, product, batch: SHORT };
        (run, import)
    }))
}
