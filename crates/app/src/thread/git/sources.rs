//! Connecting repositories.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_exchange::git::Host;

use super::views::{GitSourceView, view};
use super::{GitSource, SOURCES};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result, secret};
use crate::new_row;
use crate::people::policies;
use crate::people::products::{self, Product, check_title};
use crate::store::{Action, Change, Fields, Meta, load};

/// What may bring an item into another state, in words.
pub const MOVES: [(&str, &str, &str); 4] = [
    ("branch", "A branch for it appears", "started"),
    ("opened", "A pull request for it is opened", "in-review"),
    ("merged", "A pull request for it is merged", ""),
    ("closes", "What closes it is merged", "accepted"),
];

/// A source by id with its product, if this actor may do `access` there.
pub(super) fn source(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(GitSource, Product)> {
    let missing = || Error::NotFound("git connection");
    let found = load::<GitSource>(conn, actor.workspace, id)?.filter(|s| s.gone_at.is_none());
    let source = found.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, source.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((source, product))
}

/// Moves as they are kept; a state must be one that items of the product can be in.
fn checked(cx: &mut Change<'_>, product: Id, given: &Fields) -> Result<Fields> {
    let ws = cx.workspace();
    let policy = policies::of_product(cx.conn(), ws, product)?;
    let names = policies::state_names(cx.conn(), ws, product)?;
    let mut all = Fields::default();
    for (what, _, usual) in MOVES {
        let to = given.get(what).map_or(usual, |t| t.trim());
        let known = names.iter().any(|n| n.eq_ignore_ascii_case(to));
        if !to.is_empty() && to != "nothing" && !known {
            policies::resolve(cx.conn(), ws, &policy, product, to)
                .map_err(|e| Error::invalid("moves", e.to_string()))?;
        }
        let kept = if to == "nothing" { "" } else { to };
        all.0.insert(what.to_owned(), kept.to_owned());
    }
    match given.keys().find(|k| !MOVES.iter().any(|(what, ..)| what == k)) {
        Some(odd) => Err(Error::invalid("moves", format!("Nothing is called “{odd}” there."))),
        None => Ok(all),
    }
}

/// A source with its secret, which is told this once.
#[derive(Serialize, JsonSchema)]
pub struct Connected {
    #[serde(flatten)]
    pub source: GitSourceView,
    pub secret: String,
}

/// Connect a repository: its webhooks link branches, commits and pull requests to the items they name.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectGit {
    pub product: String,
    pub name: String,
    /// `github`, `gitlab` or `gitea`.
    pub host: String,
    /// Into which state an item comes by what happens: `branch`, `opened`, `merged`, `closes`, each to a
    /// state, to what a state means, or to `nothing`.
    pub moves: Fields,
}

impl Action for ConnectGit {
    type Output = Connected;
    const META: Meta = Meta::action(
        "connect-git",
        "Connect a repository: its webhooks link branches, commits and pull requests to the items they name",
        "POST",
        "/git-sources",
    )
    .access(Access::Admin);
    const SHOWS_SECRET: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Connected> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let product = products::product(cx.conn(), &actor, &self.product, Access::Admin)?;
        let host = Host::parse(&self.host).ok_or_else(|| {
            Error::invalid("host", format!("“{}” is none of: github, gitlab, gitea.", self.host))
        })?;
        if SOURCES.all(cx.conn(), ws, &[product.id.into()])?.len() >= 50 {
            return Err(Error::refused("A product has up to 50 connections. Remove one first."));
        }
        let moves = checked(cx, product.id, &self.moves)?;
        let secret = secret::Secret::new("wfgit_");
        let row = new_row!(
            cx,
            GitSource {
                product_id: product.id,
                name: check_title("name", &self.name)?,
                host: host.as_str().to_owned(),
                secret_hash: secret.hash(),
                listening: true,
                moves: moves,
                heard_at: None,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&row)?;
        Ok(Connected { source: view(&row, &product), secret: secret.reveal().to_owned() })
    }
}

/// Edit what you name of a git connection.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditGitSource {
    pub source: Id,
    pub name: Option<String>,
    /// Whether it is listened to.
    pub listening: Option<bool>,
    /// As when it is connected.
    pub moves: Option<Fields>,
}

impl Action for EditGitSource {
    type Output = GitSourceView;
    const META: Meta = Meta::action(
        "edit-git-source",
        "Edit what you name of a git connection",
        "PATCH",
        "/git-sources/{source}",
    )
    .access(Access::Admin);

    fn run(&self, cx: &mut Change<'_>) -> Result<GitSourceView> {
        let actor = cx.actor.clone();
        let (before, product) = source(cx.conn(), &actor, self.source, Access::Admin)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
        }
        after.listening = self.listening.unwrap_or(before.listening);
        if let Some(moves) = &self.moves {
            after.moves = checked(cx, product.id, moves)?;
        }
        cx.update(&before, &mut after)?;
        Ok(view(&after, &product))
    }
}

/// Make a new secret for a git connection; the one before holds no more.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RenewGitSecret {
    pub source: Id,
}

impl Action for RenewGitSecret {
    type Output = Connected;
    const META: Meta = Meta::action(
        "renew-git-secret",
        "Make a new secret for a git connection; the one before holds no more",
        "POST",
        "/git-sources/{source}/secret",
    )
    .access(Access::Admin);
    const SHOWS_SECRET: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Connected> {
        let actor = cx.actor.clone();
        let (before, product) = source(cx.conn(), &actor, self.source, Access::Admin)?;
        let secret = secret::Secret::new("wfgit_");
        let mut after = before.clone();
        after.secret_hash = secret.hash();
        cx.update(&before, &mut after)?;
        Ok(Connected { source: view(&after, &product), secret: secret.reveal().to_owned() })
    }
}

/// Remove a git connection; what it linked stays.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct DisconnectGit {
    pub source: Id,
}

impl Action for DisconnectGit {
    type Output = GitSourceView;
    const META: Meta = Meta::action(
        "disconnect-git",
        "Remove a git connection; what it linked stays",
        "DELETE",
        "/git-sources/{source}",
    )
    .access(Access::Admin);

    fn run(&self, cx: &mut Change<'_>) -> Result<GitSourceView> {
        let actor = cx.actor.clone();
        let (before, product) = source(cx.conn(), &actor, self.source, Access::Admin)?;
        cx.bin(&before)?;
        Ok(view(&before, &product))
    }
}
