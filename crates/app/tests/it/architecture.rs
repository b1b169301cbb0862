//! Who may use whom, read from the source itself. `ARCHITECTURE.md` tells the reasons.

mod rules;
mod source;

use std::path::{Path, PathBuf};

use source::Source;

/// Longer files hold more than one thing.
const MOST_LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All files below `folder` that end in one of `endings`, in a stable order.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path.extension().is_some_and(|e| endings.iter().any(|ending| e == *ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The folders of code we write: every crate, and the scripts and styles of the pages.
fn source_folders() -> Vec<PathBuf> {
    let crates = std::fs::read_dir(root().join("crates")).expect("the crates");
    let mut folders: Vec<PathBuf> = crates.flatten().map(|c| c.path().join("src")).collect();
    folders.push(root().join("web/src"));
    folders
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn fail_if_any(broken: &[String]) {
    assert!(broken.is_empty(), "{} broken:\n{}\n", broken.len(), broken.join("\n"));
}

/// Visits every file of the app's source, with its path as shown to people.
fn each_source(mut visit: impl FnMut(&Source, &str)) {
    let src = root().join("crates/app/src");
    let found = files(&src, &["rs"]);
    assert!(found.len() > 10, "the source is not where this test looks: {}", src.display());
    for path in found {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let inside = path.strip_prefix(&src).expect("a file below src");
        visit(&Source::new(inside, &text), &shown(&path));
    }
}

fn check_app(rule: impl Fn(&Source) -> Vec<(usize, String)>) {
    let mut broken = Vec::new();
    each_source(|source, path| {
        let found = rule(source).into_iter();
        broken.extend(found.map(|(line, sentence)| format!("{path}:{line}: {sentence}")));
    });
    fail_if_any(&broken);
}

#[test]
fn a_folder_uses_only_what_it_may() {
    check_app(rules::layers);
}

#[test]
fn only_db_knows_the_engines() {
    check_app(rules::engines);
}

#[test]
fn pages_and_surfaces_hold_no_sql() {
    check_app(rules::no_sql_on_the_surface);
}

#[test]
fn only_the_store_writes() {
    check_app(rules::writing);
}

#[test]
fn files_stay_readable() {
    let mut broken = Vec::new();
    for path in source_folders().iter().flat_map(|folder| files(folder, &["rs", "ts", "css"])) {
        let lines = std::fs::read_to_string(&path).expect("a readable file").lines().count();
        if lines > MOST_LINES {
            broken.push(format!(
                "{}:{MOST_LINES}: a file has at most {MOST_LINES} lines, this one has {lines}; split it by noun or verb",
                shown(&path)
            ));
        }
    }
    fail_if_any(&broken);
}

/// The rules see what they are meant to see: each planted fault is found, on its line.
#[test]
fn planted_faults_are_found() {
    type Rule = fn(&Source) -> Vec<(usize, String)>;
    let faults: [(&str, &str, Rule); 15] = [
        ("kernel/x.rs", "use crate::db::Db;", rules::layers),
        ("why/x.rs", "use crate::how::Story;", rules::layers),
        ("why/needs/mod.rs", "use super::super::what::Epic;", rules::layers),
        ("people/mod.rs", "use super::{kernel::Id, why};", rules::layers),
        ("people/x.rs", "use crate::{\n    kernel::{Id, Time}, surfaces::x};", rules::layers),
        ("db/x.rs", "crate::record! { }", rules::layers),
        ("shell/x.rs", "fn f() { crate::people::x() }", rules::layers),
        ("mystery/x.rs", "", rules::layers),
        ("people/x.rs", "use rusqlite::Connection;", rules::engines),
        ("surfaces/x.rs", "tokio_postgres::connect()", rules::engines),
        ("shell/x.rs", "f(\"select\", \" SELECT 1\")", rules::no_sql_on_the_surface),
        ("why/needs/views.rs", "r#\"\n DELETE FROM x\"#", rules::no_sql_on_the_surface),
        ("why/x.rs", "\"UPDATE need SET title = $1\"", rules::writing),
        ("how/x.rs", "\"WITH a AS (SELECT 1) INSERT INTO story\"", rules::writing),
        ("reports/x.rs", "// fine\n\"DELETE FROM x\"", rules::writing),
    ];
    for (path, text, rule) in faults {
        let found = rule(&Source::new(Path::new(path), text));
        assert_eq!(found.len(), 1, "{path}: {text} gave {found:?}");
    }
    let fine: [(&str, &str, Rule); 9] = [
        ("why/x.rs", "use crate::{people::x, statements, record};", rules::layers),
        ("why/needs/mod.rs", "use super::super::people; use super::objectives;", rules::layers),
        ("kernel/x.rs", "/// See [`crate::db`].\n/* crate::db */", rules::layers),
        ("kernel/x.rs", "#[cfg(test)]\nmod tests { use crate::db::Db; }", rules::layers),
        ("how/views.rs", "use crate::shell::page;", rules::layers),
        ("db/x.rs", "use rusqlite::Connection;", rules::engines),
        ("shell/x.rs", "\"Select one\" // \"SELECT 1\"", rules::no_sql_on_the_surface),
        ("store/x.rs", "\"INSERT INTO x\"", rules::writing),
        ("why/x.rs", "\"SELECT x FROM y WHERE z = 'http://a' FOR UPDATE \"", rules::writing),
    ];
    for (path, text, rule) in fine {
        let found = rule(&Source::new(Path::new(path), text));
        assert!(found.is_empty(), "{path}: {text} gave {found:?}");
    }
    let second_line = rules::writing(&Source::new(Path::new("why/x.rs"), "\n\"DELETE FROM x\""));
    assert_eq!(second_line[0].0, 2);
}
