//! The public changelog: release notes that somebody published, in their public words.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Site;
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::by_key;
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::what::releases::Release;
use crate::{new_row, record, selects, view};

record! {
    /// An entry of a product's public changelog.
    pub struct PortalPost in "portal_post", versioned: true {
        pub product_id: Id,
        /// The release that it tells of.
        pub release_id: Option<Id>,
        pub title: String,
        /// Markdown.
        pub body: String,
        pub published_on: Day,
    }
}

impl Indexed for PortalPost {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    NEWEST: PortalPost = "portal_post", "product_id = $2 AND gone_at IS NULL ORDER BY published_on DESC, id DESC LIMIT 100";
    /// What was taken back is not told any more.
    PUBLIC: PortalPost = "portal_post", "product_id = $2 AND gone_at IS NULL AND (release_id IS NULL OR release_id IN (SELECT id FROM release WHERE workspace_id = $1 AND state = 'released' AND gone_at IS NULL)) ORDER BY published_on DESC, id DESC LIMIT 100";
    OF_RELEASE: PortalPost = "portal_post", "release_id = $2 AND gone_at IS NULL LIMIT 1";
}

view! {
    /// An entry of the public changelog as programs and pages see it.
    pub struct PostView of PortalPost {
        pub id: Id,
        pub title: String,
        pub body: String,
        pub published_on: Day,
        pub revision: i64,
    }
}

/// What the public reads, newest first.
pub fn published(conn: &mut Conn, site: &Site) -> Result<Vec<PortalPost>> {
    PUBLIC.all(conn, site.ws, &[site.product.id.into()])
}

/// Publish an entry of the changelog, from a release's notes or in words of its own.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PublishChange {
    pub product: String,
    /// The key of a release; its title and notes are taken where none are given.
    pub release: Option<String>,
    pub title: Option<String>,
    /// Markdown.
    pub body: Option<String>,
}

impl Action for PublishChange {
    type Output = PostView;
    const META: Meta = Meta::action(
        "publish-change",
        "Publish an entry of the changelog, from a release's notes or in words of its own",
        "POST",
        "/changelog",
    )
    .exercises(&[24]);

    fn run(&self, cx: &mut Change<'_>) -> Result<PostView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let given = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
        let release = match given(&self.release) {
            Some(key) => {
                let (release, of) = by_key::<Release>(cx.conn(), &actor, &key, Access::Read)?;
                if of.id != product.id {
                    return Err(Error::invalid("release", "It belongs to another product."));
                }
                if release.state != "released" {
                    return Err(Error::invalid(
                        "release",
                        format!(
                            "{} is {}: the public reads of it once it is released.",
                            release.key,
                            release.state.replace('-', " ")
                        ),
                    ));
                }
                let told = [release.id.into()];
                if OF_RELEASE.first(cx.conn(), actor.workspace, &told)?.is_some() {
                    return Err(Error::refused("This release is in the changelog already."));
                }
                Some(release)
            }
            None => None,
        };
        let notes = release.as_ref().map(|r| r.notes.clone());
        let title = given(&self.title).or_else(|| release.as_ref().map(|r| r.title.clone()));
        let post = new_row!(
            cx,
            PortalPost {
                product_id: product.id,
                release_id: release.as_ref().map(|r| r.id),
                title: check_title("title", &title.unwrap_or_default())?,
                body: check_text("body", &given(&self.body).or(notes).unwrap_or_default())?,
                published_on: cx.happened.day(),
            }
        );
        cx.insert(&post)?;
        Ok((&post).into())
    }
}

fn find(cx: &mut Change<'_>, id: Id) -> Result<PortalPost> {
    let missing = || Error::NotFound("entry of the changelog");
    let actor = cx.actor.clone();
    let post = load::<PortalPost>(cx.conn(), actor.workspace, id)?;
    let post = post.filter(|p| p.gone_at.is_none()).ok_or_else(missing)?;
    products::product_by_id(cx.conn(), &actor, post.product_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok(post)
}

/// Edit an entry of the changelog.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EditChange {
    pub post: Id,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
}

impl Action for EditChange {
    type Output = PostView;
    const META: Meta =
        Meta::action("edit-change", "Edit an entry of the changelog", "PATCH", "/changelog/{post}")
            .exercises(&[24]);

    fn run(&self, cx: &mut Change<'_>) -> Result<PostView> {
        let before = find(cx, self.post)?;
        let mut after = before.clone();
        crate::people::nouns::put_title(&mut after.title, self.title.as_ref())?;
        crate::people::nouns::put_text(&mut after.body, "body", self.body.as_ref())?;
        let after = cx.edit(&before, after, self.revision)?;
        Ok((&after).into())
    }
}

/// Take an entry off the changelog.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct WithdrawChange {
    pub post: Id,
}

impl Action for WithdrawChange {
    type Output = PostView;
    const META: Meta = Meta::action(
        "withdraw-change",
        "Take an entry off the changelog",
        "DELETE",
        "/changelog/{post}",
    )
    .exercises(&[24]);

    fn run(&self, cx: &mut Change<'_>) -> Result<PostView> {
        let post = find(cx, self.post)?;
        cx.bin(&post)?;
        Ok((&post).into())
    }
}

/// List a product's public changelog, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListChangelog {
    pub product: String,
}

impl Query for ListChangelog {
    type Output = Vec<PostView>;
    const META: Meta =
        Meta::query("list-changelog", "List a product's public changelog", "/changelog");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<PostView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = NEWEST.all(cx.conn, cx.actor.workspace, &[product.id.into()])?;
        Ok(all.iter().map(Into::into).collect())
    }
}
