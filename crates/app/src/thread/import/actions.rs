//! What one does with imports: upload, choose, apply, discard.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::choices::Choices;
use super::keep::{claim, keep, look_after, preview, read, read_kept, spawn};
use super::run::{Run, SHORT, drop_file};
use super::views::{ImportView, import_of, view};
use super::{GetImport, IMPORT};
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::products::product;
use crate::store::{Change, Meta, Process, Query, Reader, Site, Upload};

/// Upload an export of another tool to look at what it would bring.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct UploadImport {
    /// The product's key.
    pub product: String,
    /// `jira-csv` or `wherefore-json`; the file tells, if it is left out.
    pub format: Option<String>,
    /// What the file is called.
    pub file: String,
    /// The file's text, where it is not sent as the request's body.
    pub text: Option<String>,
    /// Only tell what it would do; the file is not kept.
    pub dry_run: bool,
    /// Apply it at once.
    pub apply: bool,
    /// Choices in place of what would be proposed.
    pub choices: Option<Choices>,
}

impl Process for UploadImport {
    type Output = ImportView;
    const META: Meta = Meta {
        name: "upload-import",
        summary: "Upload an export of another tool to look at what it would bring",
        ..IMPORT
    };
    const TAKES: &'static [&'static str] =
        &["text/csv", "application/gzip", "application/octet-stream"];

    fn run(self, at: Site) -> BoxFuture<'static, Result<ImportView>> {
        async move {
            let upload = self.upload(&at)?;
            let (actor, key) = (at.actor.clone(), self.product.clone());
            at.db.read(move |conn| product(conn, &actor, &key, Access::Write).map(drop)).await?;
            let file = read(upload.packed().to_vec(), self.format.clone()).await?;
            let choices = self.choices.clone().unwrap_or_default();
            let (actor, key, chosen) = (at.actor.clone(), self.product.clone(), choices.clone());
            let report =
                at.db.read(move |conn| preview(conn, &actor, &key, &file, &chosen)).await?;
            let now = at.clock.now();
            if self.dry_run {
                return Ok(ImportView {
                    id: None,
                    product: self.product.trim().to_uppercase(),
                    file: upload.name.clone(),
                    state: "preview".to_owned(),
                    progress: None,
                    note: String::new(),
                    by: at.actor.name.clone(),
                    created_at: now,
                    changed_at: now,
                    has_file: false,
                    choices,
                    report,
                });
            }
            let said = (&choices, &report);
            let id = keep(&at.db, &at.actor, &self.product, &upload, said, now).await?;
            if self.apply {
                return ApplyImport { import: id }.run(at).await;
            }
            shown(&at, id).await
        }
        .boxed()
    }
}

impl UploadImport {
    fn upload(&self, at: &Site) -> Result<Arc<Upload>> {
        let formats = wherefore_exchange::FORMATS;
        if self.format.as_deref().is_some_and(|format| !formats.contains(&format)) {
            let known = formats.join(", ");
            return Err(Error::invalid("format", format!("These can be imported: {known}.")));
        }
        match (&at.file, &self.text) {
            (Some(file), _) => Ok(file.clone()),
            (None, Some(text)) => Ok(Arc::new(Upload::of(&self.file, text.as_bytes())?)),
            (None, None) => Err(Error::invalid(
                "file",
                "There is no file. Choose Jira's CSV export, or an export of Wherefore in JSON.",
            )),
        }
    }
}

/// The import as it stands now.
async fn shown(at: &Site, import: Id) -> Result<ImportView> {
    let (actor, now) = (at.actor.clone(), at.clock.now());
    at.db.read(move |conn| GetImport { import }.run(&mut Reader { conn, actor: &actor, now })).await
}

/// Choose how an uploaded file's statuses, types and people map.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct MapImport {
    pub import: Id,
    /// All choices; what is not named is proposed again.
    #[serde(default)]
    pub choices: Choices,
}

impl Process for MapImport {
    type Output = ImportView;
    const META: Meta = Meta {
        name: "map-import",
        summary: "Choose how an uploaded file's statuses, types and people map",
        method: "PATCH",
        path: "/imports/{import}",
        ..IMPORT
    };

    fn run(self, at: Site) -> BoxFuture<'static, Result<ImportView>> {
        async move {
            let (actor, id) = (at.actor.clone(), self.import);
            let (import, product) =
                at.db.read(move |conn| import_of(conn, &actor, id, Access::Write)).await?;
            if !matches!(import.state.as_str(), "uploaded" | "failed") {
                return Err(Error::refused("This import was started already; its choices stand."));
            }
            let file = read_kept(&at.db, at.actor.workspace, id).await?;
            let (actor, choices, now) = (at.actor.clone(), self.choices.clone(), at.clock.now());
            let report = at
                .db
                .read(move |conn| preview(conn, &actor, &product.key, &file, &choices))
                .await?;
            let report = serde_json::to_string(&report).map_err(Error::internal)?;
            let choices = serde_json::to_string(&self.choices).map_err(Error::internal)?;
            let actor = at.actor.clone();
            at.db
                .write(move |tx| {
                    let (before, _) = import_of(tx, &actor, id, Access::Write)?;
                    if !matches!(before.state.as_str(), "uploaded" | "failed") {
                        return Err(Error::refused(
                            "This import was started meanwhile; its choices stand.",
                        ));
                    }
                    Change::record(tx, actor.clone(), &Self::META, now, |cx| {
                        let mut after = before.clone();
                        after.choices.clone_from(&choices);
                        after.report.clone_from(&report);
                        cx.update(&before, &mut after)
                    })
                })
                .await?;
            shown(&at, id).await
        }
        .boxed()
    }
}

/// Apply an uploaded file in the background.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ApplyImport {
    pub import: Id,
}

impl Process for ApplyImport {
    type Output = ImportView;
    const META: Meta = Meta {
        name: "apply-import",
        summary: "Apply an uploaded file in the background",
        method: "POST",
        path: "/imports/{import}/apply",
        ..IMPORT
    };

    fn run(self, at: Site) -> BoxFuture<'static, Result<ImportView>> {
        async move {
            let (actor, id) = (at.actor.clone(), self.import);
            let (import, product) =
                at.db.read(move |conn| import_of(conn, &actor, id, Access::Write)).await?;
            look_after(&at.db, &at.clock).await?;
            if matches!(import.state.as_str(), "running" | "applied") {
                // A button pressed twice: it runs, or is done.
                return shown(&at, id).await;
            }
            let import = claim(&at.db, &at.clock, &at.actor, id).await?;
            let choices = serde_json::from_str(&import.choices).unwrap_or_default();
            let run = Run {
                db: at.db.clone(),
                clock: at.clock.clone(),
                actor: at.actor.clone(),
                import: id,
                product: product.key,
                batch: SHORT,
            };
            spawn(run, choices);
            shown(&at, id).await
        }
        .boxed()
    }
}

/// Discard an uploaded file, or one whose import failed.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct DiscardImport {
    pub import: Id,
}

impl Process for DiscardImport {
    type Output = ImportView;
    const META: Meta = Meta {
        name: "discard-import",
        summary: "Discard an uploaded file, or one whose import failed",
        method: "DELETE",
        path: "/imports/{import}",
        ..IMPORT
    };

    fn run(self, at: Site) -> BoxFuture<'static, Result<ImportView>> {
        async move {
            let (actor, id, now): (Actor, Id, _) =
                (at.actor.clone(), self.import, at.clock.now());
            let ws = actor.workspace;
            let last = at
                .db
                .write(move |tx| {
                    let (before, product) = import_of(tx, &actor, id, Access::Write)?;
                    if !matches!(before.state.as_str(), "uploaded" | "failed") {
                        return Err(Error::refused(
                            "Only a file that waits, or an import that failed, can be discarded. What was imported can be moved to the bin.",
                        ));
                    }
                    let mut after = before.clone();
                    "discarded".clone_into(&mut after.state);
                    let mut done = after.clone();
                    Change::record(tx, actor.clone(), &Self::META, now, |cx| {
                        cx.update(&before, &mut done)
                    })?;
                    view(tx, ws, &done, &product, now)
                })
                .await?;
            drop_file(&at.db, ws, id).await?;
            Ok(ImportView { has_file: false, ..last })
        }
        .boxed()
    }
}
