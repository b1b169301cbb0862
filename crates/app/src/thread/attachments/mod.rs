//! Files attached to anything that has a page. Whoever may see the thing may have its files; the bytes
//! lie apart from the database, under their hash.

mod attach;
mod edit;
mod place;

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::files::{Files, may_show};
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::people::members;
use crate::store::{Indexed, Meta, Query, Reader, load};
use crate::{record, selects};

pub use attach::{AttachFile, attach, attach_in, attach_once, prepare};
pub use edit::{EraseAttachment, RemoveAttachment, RenameAttachment, RestoreAttachment};
pub use place::{Place, place, place_of};

record! {
    /// A file that hangs on something.
    pub struct Attachment in "attachment", versioned: false {
        pub product_id: Option<Id>,
        /// The kind of what it hangs on, as links name it; `product` for the product itself.
        pub object_kind: String,
        pub object_id: Id,
        pub name: String,
        /// The SHA-256 of its bytes, in hexadecimal.
        pub hash: String,
        pub size: i64,
        /// The media type, told by its content.
        pub media: String,
        /// Of a picture that may be shown.
        pub width: Option<i64>,
        pub height: Option<i64>,
        /// Something to know before opening it.
        pub facts: String,
        /// The beginning of a text.
        pub excerpt: String,
        pub author_id: Option<Id>,
    }
}

impl Indexed for Attachment {
    fn product(&self) -> Option<Id> {
        self.product_id
    }
    fn erasable() -> &'static [&'static str] {
        // A name may say who somebody is, and the hash whether somebody's file was here.
        &["name", "hash", "facts", "excerpt"]
    }
}

selects! {
    OF: Attachment = "attachment", "object_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 200";
    ON_COMMENTS: Attachment = "attachment", "object_kind = 'comment' AND gone_at IS NULL AND object_id IN (SELECT c.id FROM comment c WHERE c.workspace_id = $1 AND c.object_id = $2 AND c.gone_at IS NULL) ORDER BY id LIMIT 500";
    REMOVED: Attachment = "attachment", "object_id = $2 AND gone_at IS NOT NULL ORDER BY id DESC LIMIT 50";
}

/// An attached file as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct AttachmentView {
    pub id: Id,
    /// What it hangs on: a key, or the kind and the id, as `comment/0197…`.
    pub on: String,
    pub name: String,
    /// In bytes.
    pub size: i64,
    /// The media type, told by the file's content.
    pub media: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
    /// As “12 pages”.
    pub facts: String,
    /// The beginning of a text.
    pub excerpt: String,
    /// Who attached it.
    pub by: String,
    pub attached_at: Time,
    /// Since when it lies in the bin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Time>,
    /// Whether a browser may show it; everything else is only downloaded.
    pub shown: bool,
    /// Where its bytes are.
    pub url: String,
    /// Where a small copy of it is, of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small: Option<String>,
    /// What puts it into a text.
    pub markdown: String,
}

fn view(a: &Attachment, on: &str, by: String) -> AttachmentView {
    let shown = may_show(&a.media, a.width);
    let url = format!("/files/{}", a.id);
    let label: String = a.name.chars().filter(|c| !matches!(c, '[' | ']' | '\\' | '`')).collect();
    let mark = if shown && a.width.is_some() { "!" } else { "" };
    AttachmentView {
        id: a.id,
        on: on.to_owned(),
        name: a.name.clone(),
        size: a.size,
        media: a.media.clone(),
        width: a.width,
        height: a.height,
        facts: a.facts.clone(),
        excerpt: a.excerpt.clone(),
        by,
        attached_at: a.created_at,
        removed_at: a.gone_at,
        shown,
        small: (shown && a.width.is_some()).then(|| format!("{url}/small")),
        markdown: format!("{mark}[{label}]({url})"),
        url,
    }
}

fn views(conn: &mut Conn, ws: i64, on: &str, all: &[Attachment]) -> Result<Vec<AttachmentView>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let names = members::names(conn, ws)?;
    let by = |a: &Attachment| a.author_id.and_then(|id| names.get(&id).cloned());
    Ok(all.iter().map(|a| view(a, on, by(a).unwrap_or_default())).collect())
}

/// The files on something, in the order in which they came.
pub fn of(conn: &mut Conn, ws: i64, on: &str, object: Id) -> Result<Vec<AttachmentView>> {
    let all = OF.all(conn, ws, &[object.into()])?;
    views(conn, ws, on, &all)
}

/// The files on the comments on something, by comment.
pub fn of_comments(
    conn: &mut Conn,
    ws: i64,
    object: Id,
) -> Result<HashMap<Id, Vec<AttachmentView>>> {
    let all = ON_COMMENTS.all(conn, ws, &[object.into()])?;
    let mut found: HashMap<Id, Vec<AttachmentView>> = HashMap::new();
    for (file, shown) in all.iter().zip(views(conn, ws, "comment", &all)?) {
        found.entry(file.object_id).or_default().push(shown);
    }
    Ok(found)
}

/// The files that were removed from it and lie in the bin, the newest first.
pub fn removed_from(conn: &mut Conn, ws: i64, on: &str, object: Id) -> Result<Vec<AttachmentView>> {
    let all = REMOVED.all(conn, ws, &[object.into()])?;
    views(conn, ws, on, &all)
}

/// An attached file with what it hangs on, if this actor may see that and do `access`.
pub fn by_id(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(Attachment, Place)> {
    let missing = || Error::NotFound("file");
    let found = load::<Attachment>(conn, actor.workspace, id)?.ok_or_else(missing)?;
    let place = place_of(conn, actor, &found.object_kind, found.object_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((found, place))
}

/// List the files on something.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListAttachments {
    /// A key, a product's key, or `comment/ID`, `gate/ID`, `ceremony/ID`.
    pub on: String,
    /// Those that lie in the bin instead.
    pub removed: bool,
}

impl Query for ListAttachments {
    type Output = Vec<AttachmentView>;
    const META: Meta =
        Meta::query("list-attachments", "List the files on something", "/attachments");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<AttachmentView>> {
        let place = place(cx.conn, cx.actor, &self.on, Access::Read)?;
        let list = if self.removed { removed_from } else { of };
        list(cx.conn, cx.actor.workspace, &place.on, place.id)
    }
}

/// Show what is known of an attached file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAttachment {
    pub attachment: Id,
}

impl Query for GetAttachment {
    type Output = AttachmentView;
    const META: Meta = Meta::query(
        "get-attachment",
        "Show what is known of an attached file; its bytes are at its url",
        "/attachments/{attachment}",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<AttachmentView> {
        let (found, place) = by_id(cx.conn, cx.actor, self.attachment, Access::Read)?;
        let mut all = views(cx.conn, cx.actor.workspace, &place.on, &[found])?;
        all.pop().ok_or(Error::NotFound("file"))
    }
}

/// Removes the bytes of files that nothing has referred to for a day, as after a crash between keeping
/// a file and noting what it hangs on, or when the bin was emptied.
pub async fn sweep(db: &crate::db::Db, files: &Files, ws: i64, now: Time) -> Result<usize> {
    use crate::store::{doom_file, drop_file_note, files_to_sweep};
    let due = db.read(move |conn| files_to_sweep(conn, ws, now, 500)).await?;
    let mut gone = 0;
    for hash in due {
        let doomed = hash.clone();
        if !db.write(move |tx| doom_file(tx, ws, &doomed, now)).await? {
            continue;
        }
        files.remove(ws, &hash).await?;
        db.write(move |tx| drop_file_note(tx, ws, &hash, now)).await?;
        gone += 1;
    }
    Ok(gone)
}
