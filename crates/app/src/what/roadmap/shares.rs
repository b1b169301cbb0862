//! Links that show a roadmap as one audience sees it, without signing in: each ends by itself, can be
//! ended before, and is kept only as a hash.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AUDIENCES;
use crate::db::Conn;
use crate::kernel::secret::{Secret, hash_of};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::one_of;
use crate::people::products::{self, Product, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::{new_row, record, selects, statements};

record! {
    /// A link to a roadmap.
    pub struct RoadmapShare in "roadmap_share", versioned: false {
        pub product_id: Id,
        /// Whose view it shows: one of [`AUDIENCES`] beyond the team.
        pub audience: String,
        /// For whom it was made.
        pub label: String,
        pub token_hash: String,
        /// The last day on which it leads anywhere.
        pub expires_on: Day,
        pub ended_on: Option<Day>,
        pub author_id: Option<Id>,
    }
}

impl Indexed for RoadmapShare {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["token_hash"]
    }
    /// Whoever ended it may have had to: the link is known to somebody it should not be known to.
    fn settled(&self, field: &str) -> Option<&'static str> {
        (field == "ended_on" && self.ended_on.is_some())
            .then_some("This link was ended and stays ended. Share the roadmap anew.")
    }
}

/// The longest that a link may last.
const MOST_DAYS: i64 = 366;

selects! {
    OF_PRODUCT: RoadmapShare = "roadmap_share", "product_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 100";
    BY_HASH: RoadmapShare = "roadmap_share", "token_hash = $2 AND gone_at IS NULL AND ended_on IS NULL LIMIT 1";
}

statements! {
    WORKSPACE_OF_HASH = "SELECT workspace_id FROM roadmap_share WHERE token_hash = $1 AND gone_at IS NULL AND ended_on IS NULL";
}

/// A link as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ShareView {
    pub id: Id,
    pub audience: String,
    pub label: String,
    pub expires_on: Day,
    pub ended_on: Option<Day>,
    /// Whether it still leads to the roadmap.
    pub open: bool,
    /// The address, told this once when the link is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

fn view(share: &RoadmapShare, today: Day) -> ShareView {
    ShareView {
        id: share.id,
        audience: share.audience.clone(),
        label: share.label.clone(),
        expires_on: share.expires_on,
        ended_on: share.ended_on,
        open: share.ended_on.is_none() && share.expires_on >= today,
        secret: None,
    }
}

/// Share a roadmap, as one audience sees it, with whoever has the link.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ShareRoadmap {
    pub product: String,
    /// `executives`, `sales` or `customers`.
    pub audience: String,
    /// For whom it is: the board, the support team.
    pub label: String,
    /// The last day on which it works, at most a year away; in 30 days if left out.
    pub expires_on: Option<Day>,
}

impl Action for ShareRoadmap {
    type Output = ShareView;
    const META: Meta = Meta::action(
        "share-roadmap",
        "Share a roadmap, as one audience sees it, with whoever has the link",
        "POST",
        "/roadmap/shares",
    )
    .exercises(&[27]);
    const SHOWS_SECRET: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<ShareView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let today = cx.now.day();
        let expires_on = self.expires_on.unwrap_or(today.plus_days(30));
        if expires_on < today || expires_on > today.plus_days(MOST_DAYS) {
            return Err(Error::invalid(
                "expires_on",
                "A link ends today at the earliest and in a year at the latest.",
            ));
        }
        let secret = Secret::new("");
        let share = new_row!(
            cx,
            RoadmapShare {
                product_id: product.id,
                audience: one_of("audience", Some(&self.audience), "", &AUDIENCES[1..])?,
                label: check_title("label", &self.label)?,
                token_hash: secret.hash(),
                expires_on: expires_on,
                ended_on: None,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&share)?;
        let path = format!("/shared/roadmap/{}", secret.reveal());
        Ok(ShareView { secret: Some(path), ..view(&share, today) })
    }
}

/// End a link to a roadmap at once.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EndRoadmapShare {
    pub share: Id,
}

impl Action for EndRoadmapShare {
    type Output = ShareView;
    const META: Meta = Meta::action(
        "end-roadmap-share",
        "End a link to a roadmap at once",
        "DELETE",
        "/roadmap/shares/{share}",
    )
    .exercises(&[27]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ShareView> {
        let actor = cx.actor.clone();
        let missing = || Error::NotFound("link");
        let before = load::<RoadmapShare>(cx.conn(), actor.workspace, self.share)?
            .filter(|s| s.gone_at.is_none())
            .ok_or_else(missing)?;
        products::product_by_id(cx.conn(), &actor, before.product_id, Access::Write)
            .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
        let mut after = before.clone();
        after.ended_on = before.ended_on.or(Some(cx.now.day()));
        cx.update(&before, &mut after)?;
        Ok(view(&after, cx.now.day()))
    }
}

/// List the links to a product's roadmap, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListRoadmapShares {
    pub product: String,
}

impl Query for ListRoadmapShares {
    type Output = Vec<ShareView>;
    const META: Meta = Meta::query(
        "list-roadmap-shares",
        "List the links to a product's roadmap, newest first",
        "/roadmap/shares",
    )
    .access(Access::Write);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ShareView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = OF_PRODUCT.all(cx.conn, cx.actor.workspace, &[product.id.into()])?;
        Ok(all.iter().map(|share| view(share, cx.now.day())).collect())
    }
}

/// The link that a token belongs to, with its workspace and product, while it works.
pub fn share_by_token(
    conn: &mut Conn,
    token: &str,
    today: Day,
) -> Result<(i64, Product, RoadmapShare)> {
    let missing = || Error::NotFound("shared roadmap");
    let hash = hash_of(token);
    let ws: i64 = conn
        .query_opt(&WORKSPACE_OF_HASH, &[hash.clone().into()], |r| r.get(0))?
        .ok_or_else(missing)?;
    let share = BY_HASH
        .first(conn, ws, &[hash.into()])?
        .filter(|share| share.expires_on >= today)
        .ok_or_else(missing)?;
    let product = load::<Product>(conn, ws, share.product_id)?
        .filter(|p| p.gone_at.is_none())
        .ok_or_else(missing)?;
    Ok((ws, product, share))
}
