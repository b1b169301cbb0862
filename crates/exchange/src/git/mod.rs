//! What GitHub, GitLab and Gitea tell of a repository by their webhooks: branches, commits and pull
//! requests, read into the same few events, and the keys of items that their texts name.

mod github;
mod gitlab;
mod keys;

pub use keys::{closed, keys};

use serde_json::Value;

/// Who sends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Host {
    GitHub,
    GitLab,
    Gitea,
}

impl Host {
    pub const ALL: [Self; 3] = [Self::GitHub, Self::GitLab, Self::Gitea];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
        }
    }

    /// The one of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.as_str() == text.trim())
    }

    /// The header that says what happened.
    pub fn event_header(self) -> &'static str {
        match self {
            Self::GitHub => "x-github-event",
            Self::GitLab => "x-gitlab-event",
            Self::Gitea => "x-gitea-event",
        }
    }

    /// The header that proves who sent it.
    pub fn proof_header(self) -> &'static str {
        match self {
            Self::GitHub => "x-hub-signature-256",
            Self::GitLab => "x-gitlab-token",
            Self::Gitea => "x-gitea-signature",
        }
    }
}

/// How a pull request stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Open,
    Merged,
    Closed,
}

/// A commit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Commit {
    pub id: String,
    pub message: String,
    pub url: String,
    pub author: String,
}

/// What happened to a repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A branch is there, or is there no more.
    Branch { name: String, url: String, gone: bool },
    /// Commits came; `main` where they came to the branch that others start from.
    Commits { branch: String, main: bool, commits: Vec<Commit> },
    PullRequest {
        number: i64,
        title: String,
        body: String,
        branch: String,
        url: String,
        author: String,
        standing: Standing,
    },
}

/// The most commits of one message that are looked at.
const MOST: usize = 200;

/// Reads a message; what concerns no item gives nothing. Broken JSON is an error in words.
pub fn read(host: Host, event: &str, body: &[u8]) -> Result<Vec<Event>, String> {
    let value: Value = serde_json::from_slice(body).map_err(|e| {
        format!("The message is no JSON: {e}. Choose the content type application/json.")
    })?;
    Ok(match host {
        Host::GitLab => gitlab::read(&value),
        Host::GitHub | Host::Gitea => github::read(event, &value),
    })
}

fn text(value: &Value, path: &str) -> String {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn commits(value: &Value) -> Vec<Commit> {
    let all = value["commits"].as_array().into_iter().flatten();
    all.take(MOST)
        .map(|c| Commit {
            id: text(c, "/id"),
            message: text(c, "/message"),
            url: text(c, "/url"),
            author: text(c, "/author/name"),
        })
        .collect()
}

/// The events of a push: the branch that appeared or went, and the commits on it.
fn push(value: &Value, default: &str, address: &str) -> Vec<Event> {
    let Some(branch) = value["ref"].as_str().and_then(|r| r.strip_prefix("refs/heads/")) else {
        return Vec::new();
    };
    let nothing = |field: &str| {
        let id = value[field].as_str().unwrap_or_default();
        !id.is_empty() && id.bytes().all(|b| b == b'0')
    };
    let (name, url) = (branch.to_owned(), format!("{address}{branch}"));
    if nothing("after") {
        return vec![Event::Branch { name, url, gone: true }];
    }
    let mut all = Vec::new();
    if nothing("before") {
        all.push(Event::Branch { name, url, gone: false });
    }
    let commits = commits(value);
    if !commits.is_empty() {
        all.push(Event::Commits { branch: branch.to_owned(), main: branch == default, commits });
    }
    all
}
