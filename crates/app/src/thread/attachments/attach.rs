//! Attaching: the file is noted, kept, and then hung on its place, in this order, so that no place ever
//! names a file that is not there.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Attachment, AttachmentView, OF, REMOVED, place, view};
use crate::db::Db;
use crate::files::Staged;
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::new_row;
use crate::people::products::product;
use crate::store::{Change, Meta, Process, Site, claim_file, note_file};

/// Files on one thing.
const MOST: usize = 200;

/// Attach a file to something that has a page.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AttachFile {
    /// A key, a product's key, or `comment/ID`, `gate/ID`, `ceremony/ID`.
    pub on: String,
    /// What the file is called, where it does not come with the request's body.
    pub name: String,
    /// Its text, where it is not sent as the request's body.
    pub text: Option<String>,
    /// Its bytes in base64, the same.
    pub content: Option<String>,
}

impl Process for AttachFile {
    type Output = AttachmentView;
    const META: Meta = Meta::action(
        "attach-file",
        "Attach a file to something that has a page",
        "POST",
        "/attachments",
    );
    const TAKES: &'static [&'static str] = &["application/octet-stream"];
    const STAGES: bool = true;

    fn run(self, at: Site) -> BoxFuture<'static, Result<AttachmentView>> {
        async move {
            let staged = match at.staged.clone() {
                Some(staged) => staged,
                None => Arc::new(self.stage(&at.db).await?),
            };
            let now = at.clock.now();
            Ok(attach(&at.db, &at.actor, &self.on, staged, now).await?.0)
        }
        .boxed()
    }
}

impl AttachFile {
    /// What came in the input itself.
    async fn stage(&self, db: &Db) -> Result<Staged> {
        let bytes = match (&self.text, &self.content) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(content)) => {
                let packed: String = content.split_whitespace().collect();
                STANDARD.decode(packed).map_err(|_| {
                    Error::invalid("content", "The content is not base64. Send it anew.")
                })?
            }
            (None, None) => {
                return Err(Error::invalid(
                    "file",
                    "No file came along. Choose one and send it again.",
                ));
            }
        };
        db.files()?.stage_bytes(&self.name, &bytes).await
    }
}

/// Attaches a staged file; also gives the change, for taking it back.
pub async fn attach(
    db: &Db,
    actor: &Actor,
    on: &str,
    staged: Arc<Staged>,
    now: Time,
) -> Result<(AttachmentView, Id)> {
    actor.check(Access::Write)?;
    if staged.size == 0 {
        return Err(Error::invalid(
            "file",
            format!("“{}” is empty, so there is nothing to keep.", staged.name),
        ));
    }
    prepare(db, actor, Some(on), &staged, now).await?;
    let (actor, on) = (actor.clone(), on.to_owned());
    db.write(move |tx| {
        Change::record(tx, actor.clone(), &AttachFile::META, now, |cx| {
            Ok((attach_in(cx, &on, &staged)?, cx.id))
        })
    })
    .await
}

/// Attaches a staged file of an import to an item of that product, unless the item had it before, also
/// if it was removed since; whether it was attached now.
pub async fn attach_once(
    db: &Db,
    actor: &Actor,
    (product_key, on): (&str, &str),
    staged: Arc<Staged>,
    now: Time,
) -> Result<bool> {
    let (who, key, wanted, file) =
        (actor.clone(), product_key.to_owned(), on.to_owned(), staged.clone());
    let had = db
        .read(move |conn| {
            let product = product(conn, &who, &key, Access::Write)?;
            let place = place(conn, &who, &wanted, Access::Write)?;
            // Another product may have imported the same key before.
            if place.product != Some(product.id) {
                return Err(Error::NotFound("item"));
            }
            let mut all = OF.all(conn, who.workspace, &[place.id.into()])?;
            all.extend(REMOVED.all(conn, who.workspace, &[place.id.into()])?);
            Ok(all.iter().any(|a| a.hash == file.hash && a.name == file.name))
        })
        .await?;
    if had {
        return Ok(false);
    }
    attach(db, actor, on, staged, now).await?;
    Ok(true)
}

/// Keeps a staged file, so that [`attach_in`] can hang it on something.
pub async fn prepare(
    db: &Db,
    actor: &Actor,
    on: Option<&str>,
    staged: &Arc<Staged>,
    now: Time,
) -> Result<()> {
    let files = db.files()?;
    let quota = files.limits().workspace.map(|most| i64::try_from(most).unwrap_or(i64::MAX));
    let ws = actor.workspace;
    let (actor, on, noted) = (actor.clone(), on.map(str::to_owned), staged.clone());
    db.write(move |tx| {
        if let Some(on) = &on {
            place(tx, &actor, on, Access::Write)?;
        }
        let size = i64::try_from(noted.size).unwrap_or(i64::MAX);
        note_file(tx, ws, (&noted.hash, size), quota, now)
    })
    .await?;
    files.keep(ws, staged.clone()).await
}

/// Hangs a kept file on something, as part of a change.
pub fn attach_in(cx: &mut Change<'_>, on: &str, staged: &Staged) -> Result<AttachmentView> {
    let actor = cx.actor.clone();
    let ws = actor.workspace;
    let on = place(cx.conn(), &actor, on, Access::Write)?;
    if OF.all(cx.conn(), ws, &[on.id.into()])?.len() >= MOST {
        return Err(Error::refused(format!(
            "{MOST} files hang here already. Remove some first, or attach it to another item."
        )));
    }
    on.mark(cx);
    claim_file(cx.exempt(), ws, &staged.hash)?;
    let kind = staged.kind.clone();
    let attachment = new_row!(
        cx,
        Attachment {
            product_id: on.product,
            object_kind: on.kind,
            object_id: on.id,
            name: staged.name.clone(),
            hash: staged.hash.clone(),
            size: i64::try_from(staged.size).unwrap_or(i64::MAX),
            media: kind.media,
            width: kind.width,
            height: kind.height,
            facts: kind.facts,
            excerpt: kind.excerpt,
            author_id: Some(actor.person),
        }
    );
    cx.insert(&attachment)?;
    Ok(view(&attachment, &on.on, actor.name))
}
