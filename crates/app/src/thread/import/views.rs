//! Imports as programs and pages see them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choices::Choices;
use super::report::Report;
use crate::db::Conn;
use crate::how::imports::{self, Import};
use crate::how::work_items::Names;
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::people::products::{self, Product};
use crate::store::{Meta, Query, Reader, Scope, load};

/// An import: uploaded, under way, done or failed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImportView {
    /// None for a dry run, which keeps nothing.
    pub id: Option<Id>,
    /// The product's key.
    pub product: String,
    pub file: String,
    /// `preview` (a dry run), `uploaded`, `running`, `applied`, `failed` or `discarded`.
    pub state: String,
    /// What a running import does now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<ProgressView>,
    /// Why it failed, or what remains to be done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who uploaded it.
    pub by: String,
    /// When it was uploaded.
    pub created_at: Time,
    /// When it last changed.
    pub changed_at: Time,
    /// Whether the file is still kept, so that it can be applied.
    pub has_file: bool,
    /// What was chosen in place of the proposal.
    pub choices: Choices,
    /// What it would do, or did.
    pub report: Report,
}

/// How far a running import is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProgressView {
    pub step: String,
    pub done: i64,
    pub total: i64,
}

/// An import with its product, for an actor who may do what needs `access` there: loading is
/// authorising.
pub(super) fn import_of(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(Import, Product)> {
    let missing = || Error::NotFound("import");
    let import = load::<Import>(conn, actor.workspace, id)?
        .filter(|i| i.gone_at.is_none())
        .ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, import.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((import, product))
}

/// An import as it stands; one that was cut off says so.
pub(super) fn view(
    conn: &mut Conn,
    ws: i64,
    import: &Import,
    product: &Product,
    now: Time,
) -> Result<ImportView> {
    let engine = conn.engine();
    // The row and its progress may be read at two moments: first the progress, then the row, so that
    // what is said to be over is read as it ended; and once more where it has just begun.
    let mut progress = imports::progress(conn, ws, import.id)?;
    let import = &load::<Import>(conn, ws, import.id)?.unwrap_or_else(|| import.clone());
    if progress.is_none() && import.state == "running" {
        progress = imports::progress(conn, ws, import.id)?;
    }
    let cut_off = match &progress {
        Some(progress) => progress.is_cut_off(engine, now),
        None => import.state == "running",
    };
    let (mut state, mut note) = (import.state.clone(), import.note.clone());
    if cut_off && state == "running" {
        "failed".clone_into(&mut state);
        CUT_OFF.clone_into(&mut note);
    }
    let progress = progress.filter(|_| !cut_off).map(|p| ProgressView {
        step: p.step,
        done: p.done,
        total: p.total,
    });
    let by = Names::default().person(conn, ws, import.person_id)?;
    Ok(ImportView {
        id: Some(import.id),
        product: product.key.clone(),
        file: import.file_name.clone(),
        state,
        progress,
        note,
        by: by.map_or_else(String::new, |named| named.name.clone()),
        created_at: import.created_at,
        changed_at: import.valid_from,
        has_file: imports::has_file(conn, ws, import.id)?,
        choices: serde_json::from_str(&import.choices).unwrap_or_default(),
        report: serde_json::from_str(&import.report).unwrap_or_default(),
    })
}

/// What is said of an import whose process ended.
pub(super) const CUT_OFF: &str =
    "The server stopped in the middle. Nothing of this import is there; start it again.";

/// List the imports into a product, newest first, without their reports' lines.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListImports {
    pub product: String,
}

impl Query for ListImports {
    type Output = Vec<ImportView>;
    const META: Meta = Meta {
        name: "list-imports",
        summary: "List the imports into a product, newest first",
        method: "GET",
        path: "/imports",
        access: Access::Write,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ImportView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let mut all = Vec::new();
        for import in imports::of_product(cx.conn, ws, product.id)? {
            let mut line = view(cx.conn, ws, &import, &product, cx.now)?;
            line.report = line.report.counts();
            all.push(line);
        }
        Ok(all)
    }
}

/// Show an import: what it would bring, how far it is, or what it did.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetImport {
    pub import: Id,
}

impl Query for GetImport {
    type Output = ImportView;
    const META: Meta = Meta {
        name: "get-import",
        summary: "Show an import: what it would bring, how far it is, or what it did",
        method: "GET",
        path: "/imports/{import}",
        access: Access::Write,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<ImportView> {
        let (import, product) = import_of(cx.conn, cx.actor, self.import, Access::Read)?;
        view(cx.conn, cx.actor.workspace, &import, &product, cx.now)
    }
}
