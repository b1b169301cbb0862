//! Renaming, removing, taking back and erasing an attached file.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Map;

use super::{Attachment, AttachmentView, by_id, views};
use crate::files::clean_name;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::store::{Action, Change, Meta, purge, release_file};

fn found(cx: &mut Change<'_>, id: Id, access: Access) -> Result<(Attachment, String)> {
    let actor = cx.actor.clone();
    let (attachment, place) = by_id(cx.conn(), &actor, id, access)?;
    place.mark(cx);
    Ok((attachment, place.on))
}

fn shown(cx: &mut Change<'_>, attachment: Attachment, on: &str) -> Result<AttachmentView> {
    let ws = cx.workspace();
    let mut all = views(cx.conn(), ws, on, &[attachment])?;
    all.pop().ok_or(Error::NotFound("file"))
}

/// Rename an attached file.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RenameAttachment {
    pub attachment: Id,
    pub name: String,
}

impl Action for RenameAttachment {
    type Output = AttachmentView;
    const META: Meta = Meta::action(
        "rename-attachment",
        "Rename an attached file",
        "PATCH",
        "/attachments/{attachment}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<AttachmentView> {
        let (before, on) = found(cx, self.attachment, Access::Write)?;
        if before.gone_at.is_some() {
            return Err(Error::NotFound("file"));
        }
        if self.name.trim().is_empty() {
            return Err(Error::invalid("name", "A file needs a name."));
        }
        let mut after = before.clone();
        after.name = clean_name(&self.name);
        cx.update(&before, &mut after)?;
        shown(cx, after, &on)
    }
}

/// Move an attached file to the bin, where it stays for 30 days.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemoveAttachment {
    pub attachment: Id,
}

impl Action for RemoveAttachment {
    type Output = AttachmentView;
    const META: Meta = Meta::action(
        "remove-attachment",
        "Move an attached file to the bin, where it stays for 30 days",
        "DELETE",
        "/attachments/{attachment}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<AttachmentView> {
        let (before, on) = found(cx, self.attachment, Access::Write)?;
        if before.gone_at.is_some() {
            return Err(Error::refused("It lies in the bin already."));
        }
        cx.bin(&before)?;
        shown(cx, Attachment { gone_at: Some(cx.now), ..before }, &on)
    }
}

/// Take an attached file out of the bin.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RestoreAttachment {
    pub attachment: Id,
}

impl Action for RestoreAttachment {
    type Output = AttachmentView;
    const META: Meta = Meta::action(
        "restore-attachment",
        "Take an attached file out of the bin",
        "POST",
        "/attachments/{attachment}/restore",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<AttachmentView> {
        let (before, on) = found(cx, self.attachment, Access::Write)?;
        if before.gone_at.is_none() {
            return Err(Error::refused("It is not in the bin."));
        }
        cx.restore(&before)?;
        shown(cx, Attachment { gone_at: None, ..before }, &on)
    }
}

/// What remains of an erased file.
#[derive(serde::Serialize, JsonSchema)]
pub struct Erased {
    pub erased: bool,
}

/// Erase an attached file for good, as when the person whom it is about asks for it. That it was there
/// and who erased it stays known; its name and content do not.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EraseAttachment {
    pub attachment: Id,
}

impl Action for EraseAttachment {
    type Output = Erased;
    const META: Meta = Meta::action(
        "erase-attachment",
        "Erase an attached file for good, as when the person whom it is about asks for it",
        "POST",
        "/attachments/{attachment}/erase",
    )
    .access(Access::Admin);

    fn run(&self, cx: &mut Change<'_>) -> Result<Erased> {
        let (found, _) = found(cx, self.attachment, Access::Admin)?;
        let (ws, now) = (cx.workspace(), cx.now);
        cx.remark(&found, "erased", Map::new());
        purge(cx.exempt(), ws, "attachment", found.id, now)?;
        // Nobody waits a day with what somebody wants gone.
        release_file(cx.exempt(), ws, &found.hash, Time(0))?;
        Ok(Erased { erased: true })
    }
}
