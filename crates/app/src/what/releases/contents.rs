//! What a release holds: epics, stories and opportunities.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Release, ReleaseView};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::nouns::{View, any_by_key, by_key};
use crate::store::{Action, Change, Indexed, Meta};
use crate::{new_row, record, selects};

record! {
    /// Something that ships with a release.
    pub struct ReleaseItem in "release_item", versioned: false {
        pub product_id: Id,
        pub release_id: Id,
        pub object_kind: String,
        pub object_id: Id,
    }
}

impl Indexed for ReleaseItem {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    CONTENTS: ReleaseItem = "release_item", "release_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 1000";
    OF_OBJECT: ReleaseItem = "release_item", "object_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 20";
    PAIR: ReleaseItem = "release_item", "release_id = $2 AND object_id = $3 AND gone_at IS NULL LIMIT 1";
}

/// What a release holds, in the order in which it was added.
pub fn contents(conn: &mut Conn, ws: i64, release: Id) -> Result<Vec<ReleaseItem>> {
    CONTENTS.all(conn, ws, &[release.into()])
}

/// The releases that hold a record.
pub fn releases_of(conn: &mut Conn, ws: i64, object: Id) -> Result<Vec<ReleaseItem>> {
    OF_OBJECT.all(conn, ws, &[object.into()])
}

/// Add epics, stories or opportunities to a release.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddToRelease {
    pub key: String,
    /// Keys, up to 500; commas also separate.
    pub items: Vec<String>,
}

impl Action for AddToRelease {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "add-to-release",
        "Add epics, stories or opportunities to a release",
        "POST",
        "/releases/{key}/items",
    )
    .exercises(&[22]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (release, product) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        let keys: Vec<&str> = self.items.iter().flat_map(|k| k.split([',', ' '])).collect();
        let keys: Vec<&str> = keys.into_iter().filter(|k| !k.is_empty()).collect();
        if keys.is_empty() || keys.len() > 500 {
            return Err(Error::invalid("items", "Name between 1 and 500 keys."));
        }
        for key in keys {
            let item =
                any_by_key(cx.conn(), &actor, key, Access::Read).map_err(|e| e.of_key(key))?;
            if item.product.id != product.id {
                return Err(Error::invalid("items", format!("{key} belongs to another product.")));
            }
            if !["work_item", "opportunity"].contains(&item.kind.as_str()) {
                return Err(Error::invalid(
                    "items",
                    format!("{key} cannot ship: a release holds epics, stories and opportunities."),
                ));
            }
            let pair = [release.id.into(), item.id.into()];
            if PAIR.first(cx.conn(), actor.workspace, &pair)?.is_none() {
                cx.insert(&new_row!(
                    cx,
                    ReleaseItem {
                        product_id: product.id,
                        release_id: release.id,
                        object_kind: item.kind,
                        object_id: item.id,
                    }
                ))?;
            }
        }
        ReleaseView::of(cx.conn(), &actor, &release)
    }
}

/// Take something out of a release.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemoveFromRelease {
    pub key: String,
    pub item: String,
}

impl Action for RemoveFromRelease {
    type Output = ReleaseView;
    const META: Meta = Meta::action(
        "remove-from-release",
        "Take something out of a release",
        "DELETE",
        "/releases/{key}/items/{item}",
    )
    .exercises(&[22]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReleaseView> {
        let actor = cx.actor.clone();
        let (release, _) = by_key::<Release>(cx.conn(), &actor, &self.key, Access::Write)?;
        let item = any_by_key(cx.conn(), &actor, &self.item, Access::Read)?;
        let pair = [release.id.into(), item.id.into()];
        let held = PAIR
            .first(cx.conn(), actor.workspace, &pair)?
            .ok_or(Error::NotFound("item of this release"))?;
        cx.bin(&held)?;
        ReleaseView::of(cx.conn(), &actor, &release)
    }
}
