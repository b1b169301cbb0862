//! Who runs servers in tests: ourselves, or someone without rights where we are root. PostgreSQL
//! refuses root, and root is not held by permissions, so that tests of them would show nothing.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::tools;

/// A user and group to step down to; `None` where we are not root.
pub struct User(Option<(u32, u32)>);

impl User {
    /// Chooses the user.
    pub fn choose() -> anyhow::Result<Self> {
        if !tools::is_root() {
            return Ok(Self(None));
        }
        let users = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        let ids = ["postgres", "nobody"].iter().find_map(|name| ids_of(&users, name));
        let ids = ids.context(
            "Tests are run as root, and there is no user postgres or nobody to run servers as. \
             Create one: useradd --system postgres",
        )?;
        Ok(Self(Some(ids)))
    }

    /// Makes a file or folder theirs.
    pub fn give(&self, path: &Path) -> anyhow::Result<()> {
        let Some((user, group)) = self.0 else { return Ok(()) };
        chown(path, Some(user), Some(group))
            .with_context(|| format!("{} cannot be given away", path.display()))
    }

    /// A command that they run.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

fn ids_of(users: &str, name: &str) -> Option<(u32, u32)> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
