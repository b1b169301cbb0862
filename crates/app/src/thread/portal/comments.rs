//! What contacts and the team say under an idea.

use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::products::{self, Product};
use crate::store::{Change, Indexed, load};
use crate::{new_row, record, selects};

use super::ideas::Idea;

record! {
    /// A remark under an idea, by a contact or by a member in the product's name.
    pub struct IdeaComment in "idea_comment", versioned: false {
        pub product_id: Id,
        pub idea_id: Id,
        pub contact_id: Option<Id>,
        pub person_id: Option<Id>,
        pub text: String,
        /// `waiting`, `public` or `hidden`.
        pub state: String,
    }
}

impl Indexed for IdeaComment {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["text"]
    }
}

selects! {
    BY_CONTACT: IdeaComment = "idea_comment", "contact_id = $2 AND gone_at IS NULL LIMIT 2000";
    WAITING: IdeaComment = "idea_comment", "product_id = $2 AND state = 'waiting' AND gone_at IS NULL ORDER BY id LIMIT 50";
    SHOWN: IdeaComment = "idea_comment", "idea_id = $2 AND state = 'public' AND gone_at IS NULL ORDER BY id LIMIT 200";
}

/// What a contact said.
pub(super) fn by_contact(conn: &mut Conn, ws: i64, contact: Id) -> Result<Vec<IdeaComment>> {
    BY_CONTACT.all(conn, ws, &[contact.into()])
}

/// What waits to be let in, oldest first.
pub(super) fn waiting(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<IdeaComment>> {
    WAITING.all(conn, ws, &[product.into()])
}

/// What everybody sees under an idea, oldest first.
pub(super) fn shown(conn: &mut Conn, ws: i64, idea: Id) -> Result<Vec<IdeaComment>> {
    SHOWN.all(conn, ws, &[idea.into()])
}

/// A comment of a product that this actor sees and may do `access` to.
pub(super) fn find(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(IdeaComment, Product)> {
    let missing = || Error::NotFound("comment");
    let found = load::<IdeaComment>(conn, actor.workspace, id)?.filter(|c| c.gone_at.is_none());
    let comment = found.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, comment.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((comment, product))
}

/// Who says something.
pub(super) enum By {
    Contact(Id),
    Person(Id),
}

/// Keeps a remark.
pub(super) fn say(
    cx: &mut Change<'_>,
    idea: &Idea,
    by: &By,
    text: &str,
    state: &str,
) -> Result<IdeaComment> {
    let (contact, person) = match by {
        By::Contact(id) => (Some(*id), None),
        By::Person(id) => (None, Some(*id)),
    };
    let comment = new_row!(
        cx,
        IdeaComment {
            product_id: idea.product_id,
            idea_id: idea.id,
            contact_id: contact,
            person_id: person,
            text: text.to_owned(),
            state: state.to_owned(),
        }
    );
    cx.insert(&comment)?;
    Ok(comment)
}
