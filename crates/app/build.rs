//! Bundles `web/` into the binary: scripts, styles and fonts, hashed and compressed beforehand.
//!
//! Needs Node. Where there is none, `WHEREFORE_ASSETS` names a folder that
//! `node web/build.mjs FOLDER` has filled on another machine.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{env, fs};

type Outcome<T> = Result<T, String>;

fn main() {
    println!("cargo:rerun-if-env-changed=WHEREFORE_ASSETS");
    if let Err(why) = run() {
        eprintln!("{why}");
        std::process::exit(1);
    }
}

fn run() -> Outcome<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let folder = match env::var_os("WHEREFORE_ASSETS") {
        Some(folder) => {
            println!("cargo:rerun-if-changed={}", Path::new(&folder).display());
            PathBuf::from(folder)
        }
        None => build(&out)?,
    };
    let table = table(&folder)?;
    fs::write(out.join("assets.rs"), table).map_err(|e| format!("assets.rs: {e}"))
}

/// Runs the bundler into `OUT_DIR/assets`, installing its packages first where they are stale.
fn build(out: &Path) -> Outcome<PathBuf> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets it")?);
    let web = root.join("../../web");
    for part in ["src", "styles", "static", "package-lock.json", "build.mjs"] {
        println!("cargo:rerun-if-changed={}", web.join(part).display());
    }
    let installed = changed(&web.join("node_modules/.package-lock.json"));
    if installed.is_none() || changed(&web.join("package-lock.json")) > installed {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        step(Command::new(npm).args(["ci", "--ignore-scripts", "--no-audit"]).current_dir(&web))?;
    }
    let folder = out.join("assets");
    step(Command::new("node").arg("build.mjs").arg(&folder).current_dir(&web))?;
    Ok(folder)
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

fn step(command: &mut Command) -> Outcome<()> {
    let hint = "Install Node 20 or newer, or set WHEREFORE_ASSETS to a folder of built assets.";
    let output = command.output().map_err(|e| format!("{command:?} did not start: {e}. {hint}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed ({}).\n{said}\n{hint}", output.status))
}

/// The Rust table of what the folder's manifest lists, one `name path type` a line.
fn table(folder: &Path) -> Outcome<String> {
    let folder = folder.canonicalize().map_err(|e| format!("{}: {e}", folder.display()))?;
    let list = folder.join("manifest.txt");
    let manifest = fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    let mut table = String::from("&[\n");
    for line in manifest.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let [name, path, kind] = parts[..] else {
            return Err(format!("{}: “{line}” is not name, path, type", list.display()));
        };
        let packed = |end: &str| {
            let file = folder.join(format!("{path}.{end}"));
            if file.exists() {
                format!("Some(include_bytes!({file:?}))")
            } else {
                "None".to_owned()
            }
        };
        let (br, gz) = (packed("br"), packed("gz"));
        let plain = match &*gz {
            "None" => format!("Some(include_bytes!({:?}))", folder.join(path)),
            _ => "None".to_owned(),
        };
        let _ = writeln!(
            table,
            "Asset {{ name: {name:?}, path: {path:?}, kind: {kind:?}, plain: {plain}, br: {br}, gz: {gz} }},"
        );
    }
    table.push(']');
    Ok(table)
}
