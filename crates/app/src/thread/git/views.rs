//! Connections and what they linked, as programs and pages see them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GitRef, GitSource, REFS_OF_ITEM, SOURCES};
use crate::db::Conn;
use crate::how::work_items::by_key;
use crate::kernel::{Access, Id, Result, Time};
use crate::people::products::{self, Product};
use crate::store::{Fields, Meta, Query, Reader};

/// A git connection; its secret is told by nobody.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GitSourceView {
    pub id: Id,
    /// The product's key.
    pub product: String,
    pub name: String,
    pub host: String,
    pub listening: bool,
    pub moves: Fields,
    /// Where its webhooks go, below the address of this server.
    pub path: String,
    pub heard_at: Option<Time>,
}

/// The view of a connection.
pub(super) fn view(source: &GitSource, product: &Product) -> GitSourceView {
    GitSourceView {
        id: source.id,
        product: product.key.clone(),
        name: source.name.clone(),
        host: source.host.clone(),
        listening: source.listening,
        moves: source.moves.clone(),
        path: format!("/hooks/git/{}", source.id),
        heard_at: source.heard_at,
    }
}

/// List a product's git connections.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListGitSources {
    pub product: String,
}

impl Query for ListGitSources {
    type Output = Vec<GitSourceView>;
    const META: Meta =
        Meta::query("list-git-sources", "List a product's git connections", "/git-sources");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<GitSourceView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = SOURCES.all(cx.conn, cx.actor.workspace, &[product.id.into()])?;
        Ok(all.iter().map(|s| view(s, &product)).collect())
    }
}

/// A branch, commit or pull request of an item.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GitRefView {
    pub id: Id,
    /// `branch`, `commit` or `pull-request`.
    pub kind: String,
    pub name: String,
    pub title: String,
    pub url: String,
    pub state: String,
    pub author: String,
    /// Whether it says that it closes the item.
    pub closes: bool,
    pub at: Time,
}

impl From<&GitRef> for GitRefView {
    fn from(r: &GitRef) -> Self {
        Self {
            id: r.id,
            kind: r.kind.clone(),
            name: r.name.clone(),
            title: r.title.clone(),
            url: r.url.clone(),
            state: r.state.clone(),
            author: r.author.clone(),
            closes: r.closes,
            at: r.valid_from,
        }
    }
}

/// What is linked to an item, the newest first; up to 100.
pub fn refs(conn: &mut Conn, ws: i64, item: Id) -> Result<Vec<GitRefView>> {
    Ok(REFS_OF_ITEM.all(conn, ws, &[item.into()])?.iter().map(Into::into).collect())
}

/// List the branches, commits and pull requests of an item, the newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListGitRefs {
    pub key: String,
}

impl Query for ListGitRefs {
    type Output = Vec<GitRefView>;
    const META: Meta = Meta::query(
        "list-git-refs",
        "List the branches, commits and pull requests of an item, the newest first",
        "/work-items/{key}/git",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<GitRefView>> {
        let (item, _) = by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        refs(cx.conn, cx.actor.workspace, item.id)
    }
}

/// What a branch for an item may be called, so that it is found: `pay-12-refunds-are-clear`.
pub fn branch_name(key: &str, title: &str) -> String {
    let words = title.to_lowercase();
    let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    let mut name = key.to_lowercase();
    for word in words {
        if name.len() + word.len() > 48 {
            break;
        }
        name.push('-');
        name.push_str(word);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::branch_name;

    #[test]
    fn a_branch_is_called_by_its_item() {
        assert_eq!(branch_name("PAY-12", "Refunds are clear!"), "pay-12-refunds-are-clear");
        assert_eq!(branch_name("PAY-12", "Ü"), "pay-12");
        assert!(branch_name("PAY-12", &"word ".repeat(40)).len() <= 48);
    }
}
