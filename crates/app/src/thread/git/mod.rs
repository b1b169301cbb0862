//! Git: repositories whose webhooks are heard, and the branches, commits and pull requests that name
//! items, each kept beside its item.

mod hear;
mod sources;
mod views;

pub use hear::{Caller, Heard, Told, caller, hear};
pub use sources::{ConnectGit, Connected, DisconnectGit, EditGitSource, MOVES, RenewGitSecret};
pub use views::{GitRefView, GitSourceView, ListGitRefs, ListGitSources, branch_name, refs};

use crate::kernel::{Id, Time};
use crate::store::{Fields, Indexed};
use crate::{record, selects};

record! {
    /// A repository, or several, that tells this product what happens.
    pub struct GitSource in "git_source", versioned: true {
        pub product_id: Id,
        pub name: String,
        /// `github`, `gitlab` or `gitea`.
        pub host: String,
        /// The hash of the secret that its messages are proven with.
        pub secret_hash: String,
        /// Whether it is listened to.
        pub listening: bool,
        /// Into which state what brings an item: one of [`MOVES`] to a state or what it means.
        pub moves: Fields,
        /// When it was last heard, to the hour.
        pub heard_at: Option<Time>,
        pub author_id: Option<Id>,
    }
}

record! {
    /// A branch, commit or pull request that names an item.
    pub struct GitRef in "git_ref", versioned: false {
        pub product_id: Id,
        pub source_id: Id,
        pub item_id: Id,
        /// `branch`, `commit` or `pull-request`.
        pub kind: String,
        /// The branch's name, the commit's id, the pull request's number.
        pub name: String,
        pub title: String,
        pub url: String,
        /// `open`, `merged` or `closed`; of a branch `open` or `gone`; of a commit `pushed`.
        pub state: String,
        pub author: String,
        /// Whether it says that it closes the item.
        pub closes: bool,
    }
}

impl Indexed for GitSource {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    /// It proves messages, so it is not copied into the activity.
    fn erasable() -> &'static [&'static str] {
        &["secret_hash"]
    }
}

impl Indexed for GitRef {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    SOURCES: GitSource = "git_source", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 50";
    REFS_OF_ITEM: GitRef = "git_ref", "item_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 100";
    ONE_REF: GitRef = "git_ref", "source_id = $2 AND kind = $3 AND name = $4 AND item_id = $5 AND gone_at IS NULL LIMIT 1";
    SAME_REF: GitRef = "git_ref", "source_id = $2 AND kind = $3 AND name = $4 AND gone_at IS NULL ORDER BY id LIMIT 50";
}
