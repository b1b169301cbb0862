//! Where and on what it was measured.

use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// The machine and the versions.
#[derive(Serialize, Deserialize, Clone)]
pub struct Machine {
    pub date: String,
    pub processor: String,
    pub cores: usize,
    pub memory: String,
    pub kernel: String,
    pub rust: String,
    pub commit: String,
    pub sqlite: String,
    pub postgres: String,
    /// Bytes.
    pub binary: u64,
}

impl Machine {
    pub fn look(program: &Path) -> anyhow::Result<Self> {
        let field = |file: &str, name: &str| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(name));
            line.and_then(|l| l.split_once(':')).map_or_else(String::new, |l| l.1.trim().to_owned())
        };
        Ok(Self {
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
            processor: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism()?.get(),
            memory: field("/proc/meminfo", "MemTotal"),
            kernel: said("uname", &["-sr"]),
            rust: said("rustc", &["--version"]),
            commit: said("git", &["rev-parse", "--short", "HEAD"]),
            sqlite: rusqlite::version().to_owned(),
            postgres: postgres(),
            binary: std::fs::metadata(program)?.len(),
        })
    }
}

fn said(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output();
    output.map_or_else(|_| "unknown".into(), |o| String::from_utf8_lossy(&o.stdout).trim().into())
}

fn postgres() -> String {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed.map(|entry| entry.path().join("bin/postgres")).max();
    newest.map_or_else(|| "unknown".into(), |path| said(&path.display().to_string(), &["-V"]))
}
