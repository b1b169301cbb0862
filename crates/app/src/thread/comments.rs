//! Comments on anything that has a key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::{Keyed, find, load_keyed};
use super::notifications;
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::products::{check_text, product_by_id};
use crate::people::tokens::Ended;
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope};
use crate::{new_row, record, selects};

record! {
    /// A comment.
    pub struct Comment in "comment", versioned: false {
        pub product_id: Id,
        pub object_kind: String,
        pub object_id: Id,
        pub author_id: Option<Id>,
        /// For authors that an import knows by name only.
        pub author_name: String,
        pub body: String,
        pub said_at: Time,
    }
}

impl Indexed for Comment {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    OF: Comment = "comment", "object_id = $2 AND gone_at IS NULL ORDER BY said_at, id LIMIT 500";
}

/// A comment as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CommentView {
    pub id: Id,
    pub author: String,
    pub body: String,
    pub said_at: Time,
    #[serde(skip)]
    #[schemars(skip)]
    pub author_id: Option<Id>,
}

/// The comments on a record, oldest first; the first 500.
pub fn comments(conn: &mut Conn, ws: i64, object: Id) -> Result<Vec<CommentView>> {
    let mut names = crate::how::work_items::Names::default();
    OF.all(conn, ws, &[object.into()])?
        .into_iter()
        .map(|c| {
            let author =
                names.person(conn, ws, c.author_id)?.map_or(c.author_name, |n| n.name.clone());
            Ok(CommentView {
                id: c.id,
                author,
                body: c.body,
                said_at: c.said_at,
                author_id: c.author_id,
            })
        })
        .collect()
}

/// Comment on an item; `@Name` mentions a person.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddComment {
    pub key: String,
    /// Markdown.
    pub body: String,
}

/// What a comment may hold; imports bring longer ones as they are.
const MOST_CHARS: usize = 20_000;

/// A comment's words, or why they are none.
fn check_words(body: &str) -> Result<String> {
    let body = check_text("body", body.trim())?;
    if body.is_empty() {
        return Err(Error::invalid("body", "The comment is empty. Write what you want to say."));
    }
    let long = body.chars().count();
    if long > MOST_CHARS {
        let message = format!(
            "The comment has {long} characters; {MOST_CHARS} fit. Attach a file, or write a page and link it here."
        );
        return Err(Error::invalid("body", message));
    }
    Ok(body)
}

impl Action for AddComment {
    type Output = CommentView;
    const META: Meta = Meta {
        name: "add-comment",
        summary: "Comment on an item",
        method: "POST",
        path: "/items/{key}/comments",
        access: Access::Propose,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<CommentView> {
        let actor = cx.actor.clone();
        let (found, product) = find(cx.conn(), &actor, &self.key, Access::Propose)?;
        if let Keyed::WorkItem(item) = &found {
            (cx.part, cx.team) = (item.part_id, item.team_id);
        }
        let body = check_words(&self.body)?;
        let comment = new_row!(
            cx,
            Comment {
                product_id: product.id,
                object_kind: found.kind().to_owned(),
                object_id: found.id(),
                author_id: Some(actor.person),
                author_name: String::new(),
                body: body,
                said_at: cx.happened,
            }
        );
        cx.insert(&comment)?;
        notifications::tell(cx, &found, &product, &comment, None)?;
        Ok(CommentView {
            id: comment.id,
            author: actor.name,
            body: comment.body,
            said_at: comment.said_at,
            author_id: comment.author_id,
        })
    }
}

/// Edit your comment.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EditComment {
    pub comment: Id,
    pub body: String,
}

/// A comment with which this actor may do something: whoever wrote it, and to put it away an admin too.
fn own(cx: &mut Change<'_>, id: Id, admins: bool) -> Result<Comment> {
    let comment: Comment = cx.get(id, "comment")?;
    let actor = cx.actor.clone();
    product_by_id(cx.conn(), &actor, comment.product_id, Access::Propose).map_err(|e| {
        if matches!(e, Error::NotFound(_)) { Error::NotFound("comment") } else { e }
    })?;
    let may = comment.author_id == Some(actor.person)
        || (admins && actor.role >= crate::kernel::Role::Admin);
    if !may {
        return Err(Error::Forbidden(if admins {
            "Only its author or an admin removes a comment.".into()
        } else {
            "What somebody said is reworded by nobody else. An admin may remove it.".into()
        }));
    }
    Ok(comment)
}

impl Action for EditComment {
    type Output = CommentView;
    const META: Meta = Meta {
        name: "edit-comment",
        summary: "Edit your comment",
        method: "PATCH",
        path: "/comments/{comment}",
        access: Access::Propose,
        exercises: &[],
        scope: Scope::Product,
    };
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<CommentView> {
        let before = own(cx, self.comment, false)?;
        let mut after = before.clone();
        after.body = check_words(&self.body)?;
        cx.update(&before, &mut after)?;
        let actor = cx.actor.clone();
        if let Some(on) =
            load_keyed(cx.conn(), actor.workspace, &after.object_kind, after.object_id, None)?
        {
            let product = product_by_id(cx.conn(), &actor, after.product_id, Access::Propose)?;
            notifications::tell(cx, &on, &product, &after, Some(&before.body))?;
        }
        let author = cx.actor.name.clone();
        Ok(CommentView {
            id: after.id,
            author,
            body: after.body,
            said_at: after.said_at,
            author_id: after.author_id,
        })
    }
}

/// Move your comment to the bin.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemoveComment {
    pub comment: Id,
}

impl Action for RemoveComment {
    type Output = Ended;
    const META: Meta = Meta {
        name: "remove-comment",
        summary: "Move your comment to the bin",
        method: "DELETE",
        path: "/comments/{comment}",
        access: Access::Propose,
        exercises: &[],
        scope: Scope::Product,
    };
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Self::Output> {
        let comment = own(cx, self.comment, true)?;
        cx.bin(&comment)?;
        Ok(Ended { ended: true })
    }
}

/// List the comments on an item, oldest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListComments {
    pub key: String,
}

impl Query for ListComments {
    type Output = Vec<CommentView>;
    const META: Meta = Meta {
        name: "list-comments",
        summary: "List the comments on an item, oldest first",
        method: "GET",
        path: "/items/{key}/comments",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<CommentView>> {
        let (found, _) = find(cx.conn, cx.actor, &self.key, Access::Read)?;
        comments(cx.conn, cx.actor.workspace, found.id())
    }
}
