//! Who acts, and what access control lets them do. Charters are a different thing and never a wall.

use serde::{Deserialize, Serialize};

use super::{Error, Id, Result};

/// What is said where a workspace is closed for changes.
pub const ARCHIVED: &str = "This workspace is archived: everything can be read, nothing is changed. An owner opens it again under People.";

/// A person's role in the workspace, weakest first.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Guest,
    Member,
    Admin,
    Owner,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Guest, Self::Member, Self::Admin, Self::Owner];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text).ok_or_else(|| {
            Error::invalid(
                "role",
                format!("“{text}” is not a role: owner, admin, member or guest."),
            )
        })
    }
}

/// What an action or query needs, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Access {
    /// See it.
    Read,
    /// Comment and propose: what guests may do too.
    Propose,
    /// Change it.
    Write,
    /// People, settings and products.
    Admin,
    /// What only the owner decides.
    Owner,
}

impl Access {
    fn role(self) -> Role {
        match self {
            Self::Read | Self::Propose => Role::Guest,
            Self::Write => Role::Member,
            Self::Admin => Role::Admin,
            Self::Owner => Role::Owner,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Propose => "propose",
            Self::Write => "write",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

/// The surface a change came through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Via {
    Web,
    Api,
    Agent,
    Command,
    Import,
    /// A visitor of a public portal, who is no member.
    Portal,
    /// A rule, with the rights of whoever wrote it.
    Rule,
    /// The system itself, on a schedule; nobody acts.
    System,
}

impl Via {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Agent => "agent",
            Self::Command => "command",
            Self::Import => "import",
            Self::Portal => "portal",
            Self::Rule => "rule",
            Self::System => "system",
        }
    }
}

/// A person in one workspace, as authenticated for this request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub workspace: i64,
    pub person: Id,
    pub name: String,
    pub role: Role,
    /// A token that may only read, or anybody in a workspace that is closed for changes.
    pub read_only: bool,
    pub via: Via,
    /// The responsibilities of an agent's token, which is held to them; nothing for people and
    /// their own programs.
    pub grants: Option<Vec<u8>>,
}

impl Actor {
    /// Who is no person of the workspace; activity names no person then.
    pub const NOBODY: Id = Id(uuid::Uuid::nil());

    /// Somebody who is no person of the workspace: the system itself, a visitor, an operator.
    pub fn nobody(workspace: i64, name: &str, role: Role, via: Via) -> Self {
        let (person, name) = (Self::NOBODY, name.to_owned());
        Self { workspace, person, name, role, read_only: false, via, grants: None }
    }

    /// Whether this actor may do what needs `access`, said plainly if not.
    pub fn check(&self, access: Access) -> Result<()> {
        if self.read_only && access > Access::Read {
            // A browser is held to reading only where the workspace is closed.
            return Err(Error::Forbidden(match self.via {
                Via::Web => ARCHIVED.into(),
                _ => "This token may only read, or its workspace is archived. Make one that may write under Account, Tokens.".into(),
            }));
        }
        self.check_role(access)
    }

    /// Whether this actor's role may see what needs `access`: reading it is open to a token that may
    /// only read.
    pub fn check_role(&self, access: Access) -> Result<()> {
        if self.role < access.role() {
            return Err(Error::Forbidden(format!(
                "This needs the role {}; yours is {}. Ask an admin of the workspace.",
                access.role().as_str(),
                self.role.as_str()
            )));
        }
        Ok(())
    }

    /// Whether a person speaks here, not an agent with their token; `what` is what would be said.
    pub fn speaks_for_itself(&self, what: &str) -> Result<()> {
        if self.grants.is_some() {
            return Err(Error::Forbidden(format!(
                "“{what}” is a person's own word, and an agent's token does not speak for them. Ask the person whose token it is."
            )));
        }
        Ok(())
    }

    /// Whether non-private products are open without being named in them.
    pub fn sees_open_products(&self) -> bool {
        self.role >= Role::Member
    }
}
