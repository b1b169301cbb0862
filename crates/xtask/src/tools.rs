//! Finds the programs that the chores rely on, and installs them where that is possible.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Where cargo builds to.
pub fn target() -> PathBuf {
    // A relative folder is meant from where cargo was called, which need not be the root.
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), absolute)
}

fn absolute(folder: OsString) -> PathBuf {
    std::path::absolute(&folder).unwrap_or_else(|_| folder.into())
}

/// The cargo that called us, so that a chosen toolchain stays chosen.
pub fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Takes back what cargo told this program of its own package: build scripts that look at it (ring's)
/// would otherwise be run anew, and all that stands on them built anew, whenever a command comes
/// through here and the next one does not.
pub fn as_if_from_a_shell(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start))
        });
        if own {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a command runs and succeeds, its output aside.
pub fn answers(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// rustfmt and clippy, which minimal toolchains come without.
pub fn need_rust_components() -> anyhow::Result<()> {
    let has = |tool: &str| answers(Command::new(cargo()).args([tool, "--version"]));
    if has("fmt") && has("clippy") {
        return Ok(());
    }
    let added = Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]).status();
    if !added.is_ok_and(|status| status.success()) {
        bail!("rustfmt or clippy is missing. Install both: rustup component add rustfmt clippy");
    }
    Ok(())
}

/// Node and npm.
pub fn need_node() -> anyhow::Result<()> {
    if find("node").is_some() && find("npm").is_some() {
        return Ok(());
    }
    install("Node.js with npm", &["nodejs", "npm"])
}

/// The server programs of PostgreSQL.
pub fn need_postgres() -> anyhow::Result<()> {
    if postgres_program("initdb").is_some() && postgres_program("postgres").is_some() {
        return Ok(());
    }
    install("the PostgreSQL server", &["postgresql"])
}

/// Chromium for the browser journeys.
pub fn need_chromium() -> anyhow::Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM") {
        return Ok(chosen.into());
    }
    if let Some(found) = chromium() {
        return Ok(found);
    }
    install("Chromium", &["chromium"])?;
    chromium().context("Chromium was installed but is still not on the PATH")
}

fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| find(name))
}

/// A program of the PostgreSQL server, which Debian keeps off the PATH.
pub fn postgres_program(name: &str) -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = Path::new("/usr/lib/postgresql")
        .read_dir()
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin").join(name)))
        })
        .filter(|(_, program)| program.is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, program)| program).or_else(|| find(name))
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Whether this process is root, which PostgreSQL and some tests have to step down from.
pub fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Installs Debian packages where we may, else says what to install.
fn install(what: &str, packages: &[&str]) -> anyhow::Result<()> {
    let may = is_root() || answers(Command::new("sudo").args(["-n", "true"]));
    if find("apt-get").is_none() || !may {
        bail!(
            "{what} is missing and cannot be installed from here. Install it with your system's \
             packages (on Debian and Ubuntu: sudo apt-get install {}) and run this again.",
            packages.join(" ")
        );
    }
    println!("── installing {what}");
    // Package lists may be absent or old; where they cannot be renewed, installing may still work.
    let _ = apt_get(&["update"]);
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    if !apt_get(&arguments)? {
        bail!("{what} could not be installed: apt-get {} failed", arguments.join(" "));
    }
    Ok(())
}

fn apt_get(arguments: &[&str]) -> anyhow::Result<bool> {
    let mut command = if is_root() { Command::new("env") } else { Command::new("sudo") };
    if !is_root() {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]).args(arguments);
    let status = command.stdin(Stdio::null()).status().context("apt-get could not be started")?;
    Ok(status.success())
}
