//! Hearing a webhook: proven, read, linked to the items it names, which come into the states that were
//! agreed. Hearing the same again changes nothing.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;
use wherefore_exchange::git::{self, Event, Host, Standing};

use super::{GitRef, GitSource, ONE_REF, SAME_REF};
use crate::db::{Conn, Tx};
use crate::how::work_items::{EditWorkItem, WorkItem, by_key};
use crate::kernel::{Access, Actor, Error, Id, Result, Role, Time, Via, secret};
use crate::people::products::Product;
use crate::store::{Action, Change, Meta, load};
use crate::{new_row, statements};

statements! {
    WORKSPACE_OF = "SELECT workspace_id FROM git_source WHERE id = $1 AND gone_at IS NULL LIMIT 1";
}

/// What each message is recorded as.
static HEAR: Meta = Meta::action("hear-git", "Hear of a repository", "POST", "/git-sources");

const HOUR: i64 = 3600 * Time::SECOND;

/// What came of a message.
#[derive(Clone, Copy, Default, Debug, Serialize)]
pub struct Heard {
    /// Links that are new or changed.
    pub linked: usize,
    /// Items that came into another state.
    pub moved: usize,
}

/// The bytes that hexadecimal digits stand for.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    let whole = hex.len().is_multiple_of(2);
    let all: Option<Vec<u8>> =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    all.filter(|_| whole)
}

/// Whether a message was sent by somebody who knows the secret. GitLab shows the secret itself; the
/// others sign with it: it is longer than a block of SHA-256, so that its hash, which is all that is
/// kept, is the key. Both are compared in a time that tells nothing.
fn is_proven(host: Host, hash: &str, proof: &str, body: &[u8]) -> bool {
    if host == Host::GitLab {
        return secret::same(&secret::hash_of(proof), hash);
    }
    let Some(key) = bytes(hash) else { return false };
    let signature = proof.strip_prefix("sha256=").unwrap_or(proof);
    let Some(signature) = bytes(signature).filter(|s| !s.is_empty()) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return false };
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

/// Somebody who sends a message: a connection that is known, of which the headers say nothing wrong.
#[derive(Clone, Debug)]
pub struct Caller {
    source: GitSource,
    workspace: i64,
    host: Host,
    proof: String,
    event: String,
}

/// What a message told that was proven.
pub struct Told {
    source: GitSource,
    workspace: i64,
    events: Vec<Event>,
}

/// The same answer, whether there is no such connection or the proof is wrong.
fn refused() -> Error {
    Error::Unauthenticated("The secret is another one.".into())
}

/// Who sends this, by the headers alone, so that whoever knows no secret is refused before the
/// message itself is taken: where it is signed, something has to look like a signature.
pub fn caller(
    conn: &mut Conn,
    source: Id,
    header: impl Fn(&str) -> Option<String>,
) -> Result<Caller> {
    // Whoever sends it names no workspace.
    let ws: Option<i64> = conn.query_opt(&WORKSPACE_OF, &[source.into()], |r| r.get(0))?;
    let workspace = ws.ok_or_else(refused)?;
    let source = load::<GitSource>(conn, workspace, source)?;
    let source = source.filter(|s| s.gone_at.is_none()).ok_or_else(refused)?;
    let host = Host::parse(&source.host).ok_or_else(|| Error::internal("a host without a name"))?;
    let proof = header(host.proof_header()).unwrap_or_default();
    let plausible = match host {
        Host::GitLab => is_proven(host, &source.secret_hash, &proof, b""),
        _ => bytes(proof.strip_prefix("sha256=").unwrap_or(&proof)).is_some_and(|s| s.len() == 32),
    };
    if !plausible {
        return Err(refused());
    }
    let event = header(host.event_header()).unwrap_or_default();
    Ok(Caller { source, workspace, host, proof, event })
}

impl Caller {
    /// Reads what they sent, once it is proven.
    pub fn told(self, body: &[u8]) -> Result<Told> {
        if !is_proven(self.host, &self.source.secret_hash, &self.proof, body) {
            return Err(refused());
        }
        if !self.source.listening {
            return Err(Error::refused("This connection is switched off."));
        }
        let told = git::read(self.host, &self.event, body);
        let events = told.map_err(Error::unread)?;
        Ok(Told { source: self.source, workspace: self.workspace, events })
    }
}

/// Hears what was told, in one transaction.
pub fn hear(tx: &mut Tx, told: &Told, now: Time) -> Result<Heard> {
    let ws = told.workspace;
    // It may have been given another secret, or be gone, since the message was proven.
    let same = |s: &GitSource| {
        s.gone_at.is_none() && s.listening && s.secret_hash == told.source.secret_hash
    };
    let source = load::<GitSource>(tx, ws, told.source.id)?.filter(same).ok_or_else(refused)?;
    let product = load::<Product>(tx, ws, source.product_id)?
        .filter(|p| p.gone_at.is_none())
        .ok_or_else(refused)?;
    let actor = Actor::nobody(ws, &source.name, Role::Owner, Via::System);
    Change::record(tx, actor, &HEAR, now, |cx| {
        if source.heard_at.is_none_or(|at| at.0 + HOUR <= now.0) {
            let mut after = source.clone();
            after.heard_at = Some(now);
            cx.update(&source, &mut after)?;
        }
        let mut ear = Ear { cx, source: &source, product: &product, heard: Heard::default() };
        for event in &told.events {
            ear.event(event)?;
        }
        Ok(ear.heard)
    })
}

/// One thing that names an item.
struct Named<'a> {
    kind: &'static str,
    name: String,
    title: &'a str,
    url: &'a str,
    author: &'a str,
    state: &'static str,
    /// What it says, in which keys are looked for.
    texts: Vec<&'a str>,
    /// The part of it in which “closes” counts.
    closing: String,
}

struct Ear<'c, 't, 's> {
    cx: &'c mut Change<'t>,
    source: &'s GitSource,
    product: &'s Product,
    heard: Heard,
}

impl Ear<'_, '_, '_> {
    fn event(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Branch { name, url, gone: true } => self.end("branch", name, url),
            Event::Branch { name, url, gone: false } => self.named(&Named {
                kind: "branch",
                name: name.clone(),
                title: name,
                url,
                author: "",
                state: "open",
                texts: vec![name],
                closing: String::new(),
            }),
            Event::Commits { branch: _, main, commits } => {
                for commit in commits {
                    let title = commit.message.lines().next().unwrap_or_default();
                    let closing = if *main { commit.message.clone() } else { String::new() };
                    self.named(&Named {
                        kind: "commit",
                        name: commit.id.clone(),
                        title,
                        url: &commit.url,
                        author: &commit.author,
                        state: if *main { "merged" } else { "pushed" },
                        texts: vec![&commit.message],
                        closing,
                    })?;
                }
                Ok(())
            }
            Event::PullRequest { number, title, body, branch, url, author, standing } => self
                .named(&Named {
                    kind: "pull-request",
                    name: number.to_string(),
                    title,
                    url,
                    author,
                    state: match standing {
                        Standing::Open => "open",
                        Standing::Merged => "merged",
                        Standing::Closed => "closed",
                    },
                    texts: vec![title, branch, body],
                    closing: format!("{title}\n{body}"),
                }),
        }
    }

    /// Links it to every item of the product that it names.
    fn named(&mut self, named: &Named<'_>) -> Result<()> {
        let closed = git::closed(&named.closing);
        let mut keys: Vec<String> = Vec::new();
        for key in named.texts.iter().flat_map(|t| git::keys(t)) {
            if !keys.contains(&key) && keys.len() < 20 {
                keys.push(key);
            }
        }
        for key in keys {
            let actor = self.cx.actor.clone();
            // What names nothing of ours, or something of another product, is none of our business.
            let Ok((item, of)) = by_key(self.cx.conn(), &actor, &key, Access::Write) else {
                continue;
            };
            if of.id == self.product.id {
                self.link(&item, named, closed.contains(&key))?;
            }
        }
        Ok(())
    }

    fn link(&mut self, item: &WorkItem, named: &Named<'_>, closes: bool) -> Result<()> {
        let (ws, short) = (self.cx.workspace(), |text: &str, most: usize| -> String {
            text.chars().take(most).collect()
        });
        // Only addresses of the web are links.
        let web = ["https://", "http://"].iter().any(|p| named.url.starts_with(p));
        let url = if web { short(named.url, 1000) } else { String::new() };
        let name = short(&named.name, 250);
        let values =
            [self.source.id.into(), named.kind.into(), name.clone().into(), item.id.into()];
        let known = ONE_REF.first(self.cx.conn(), ws, &values)?;
        let (title, author) = (short(named.title, 250), short(named.author, 100));
        let before = known.as_ref().map(|k| k.state.clone());
        match known {
            Some(known) => {
                let mut after = known.clone();
                (after.title, after.url, after.closes) = (title, url, closes);
                named.state.clone_into(&mut after.state);
                let same = (&known.title, &known.state, known.closes);
                if same == (&after.title, &after.state, after.closes) {
                    return Ok(());
                }
                self.cx.update(&known, &mut after)?;
            }
            None => {
                let row = new_row!(
                    self.cx,
                    GitRef {
                        product_id: self.product.id,
                        source_id: self.source.id,
                        item_id: item.id,
                        kind: named.kind.to_owned(),
                        name: name,
                        title: title,
                        url: url,
                        state: named.state.to_owned(),
                        author: author,
                        closes: closes,
                    }
                );
                self.cx.insert(&row)?;
            }
        }
        self.heard.linked += 1;
        if before.as_deref() == Some(named.state) {
            return Ok(());
        }
        self.bring(item, named, closes)
    }

    /// Brings an item into the state that was agreed for this; never back, and never out of what is done.
    fn bring(&mut self, item: &WorkItem, named: &Named<'_>, closes: bool) -> Result<()> {
        let waits = ["backlog", "unstarted"];
        let (what, from): (&str, &[&str]) = match (named.kind, named.state) {
            ("branch", "open") => ("branch", &waits),
            ("pull-request", "open") => ("opened", &["backlog", "unstarted", "started"]),
            (_, "merged") if closes => {
                ("closes", &["backlog", "unstarted", "started", "in-review"])
            }
            ("pull-request", "merged") => {
                ("merged", &["backlog", "unstarted", "started", "in-review"])
            }
            _ => return Ok(()),
        };
        let to = self.source.moves.get(what).map_or("", |t| t.trim()).to_owned();
        if to.is_empty() || !from.contains(&item.category.as_str()) {
            return Ok(());
        }
        let words = match named.kind {
            "pull-request" => format!("Pull request {} is {}", named.name, named.state),
            "commit" => "A commit closes it".to_owned(),
            _ => format!("The branch {} is there", named.name),
        };
        self.cx.reason = Some(words);
        let edit =
            EditWorkItem { key: item.key.clone(), state: Some(to), ..EditWorkItem::default() };
        match edit.run(self.cx) {
            Ok(after) => self.heard.moved += usize::from(after.state != item.state),
            // A limit or a transition holds it back: the link stands, somebody moves it by hand.
            Err(Error::Refused(_) | Error::Invalid { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// A branch is there no more.
    fn end(&mut self, kind: &str, name: &str, _url: &str) -> Result<()> {
        let ws = self.cx.workspace();
        let values = [self.source.id.into(), kind.into(), name.to_owned().into()];
        for known in SAME_REF.all(self.cx.conn(), ws, &values)? {
            let mut after = known.clone();
            "gone".clone_into(&mut after.state);
            self.cx.update(&known, &mut after)?;
            self.heard.linked += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(secret: &str, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(body);
        mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn the_hash_of_a_long_secret_proves_what_was_signed_with_it() {
        let secret = secret::Secret::new("wfgit_");
        assert!(secret.reveal().len() > 64, "longer than a block");
        let (hash, body) = (secret.hash(), b"{}".as_slice());
        let signature = signed(secret.reveal(), body);
        assert!(is_proven(Host::Gitea, &hash, &signature, body));
        assert!(is_proven(Host::GitHub, &hash, &format!("sha256={signature}"), body));
        assert!(is_proven(Host::GitLab, &hash, secret.reveal(), body));
        for wrong in ["", "sha256=", "00", "zz", &signature[..62], &hash, "é"] {
            assert!(!is_proven(Host::GitHub, &hash, wrong, body), "{wrong}");
            assert!(!is_proven(Host::GitLab, &hash, wrong, body), "{wrong}");
        }
        assert!(!is_proven(Host::GitHub, &hash, &signature, b"{ }"));
        assert!(!is_proven(Host::GitHub, &secret::Secret::new("wfgit_").hash(), &signature, body));
    }
}
