//! The rules: each takes a source file and tells the lines that break it, with a sentence.

use std::sync::LazyLock;

use super::source::Source;

type Broken = Vec<(usize, String)>;

/// The folders and what each may use besides itself. `shell` gives pages to whoever has views.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("kernel", &[]),
    ("files", &["kernel"]),
    ("db", &["kernel", "files"]),
    ("store", &["kernel", "db", "files"]),
    ("shell", &["kernel"]),
    ("people", &["kernel", "db", "store", "shell"]),
    ("why", &["kernel", "db", "store", "shell", "people"]),
    ("what", &["kernel", "db", "store", "shell", "people", "why"]),
    ("how", &["kernel", "db", "store", "shell", "people", "why", "what"]),
    ("thread", &["kernel", "files", "db", "store", "shell", "people", "why", "what", "how"]),
    ("reports", &["kernel", "db", "store", "shell", "people", "why", "what", "how", "thread"]),
    (
        "guide",
        &["kernel", "db", "store", "shell", "people", "why", "what", "how", "thread", "reports"],
    ),
    (
        "jobs",
        &["kernel", "db", "store", "shell", "people", "why", "what", "how", "thread", "reports"],
    ),
    (
        "surfaces",
        &[
            "kernel", "files", "db", "store", "shell", "people", "why", "what", "how", "thread",
            "reports", "guide", "jobs",
        ],
    ),
];

/// Macros live at the crate's root, but belong to the folder that defines them.
static MACROS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut found = Vec::new();
    super::each_source(|source, _| {
        const DEFINES: &str = "macro_rules! ";
        for at in source.finds(DEFINES) {
            let rest = &source.code[at + DEFINES.len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            found.push((rest[..end].to_owned(), source.folder().unwrap_or("").to_owned()));
        }
    });
    found
});

/// Files that write rows which are no record of a workspace.
const MAY_WRITE: [(&str, &str); 20] = [
    ("people/access.rs", "sessions, links and whether a workspace is closed are no records"),
    (
        "thread/leaving.rs",
        "what is known of a person is erased from the past too, where no record reaches",
    ),
    ("people/accounts.rs", "accounts and sessions outlive workspaces"),
    ("people/one_time.rs", "one-time links are kept as hashes and spent before anybody is known"),
    ("people/tokens.rs", "tokens are kept as hashes, beside the records of whom they stand for"),
    ("people/sign_in.rs", "failed tries are counted before anybody is known"),
    ("how/imports.rs", "an uploaded file, how far it is and what it said are no records"),
    ("people/products.rs", "the counter hands out key numbers and has no versions"),
    ("people/tidy.rs", "what has run out is nobody's record any more"),
    ("thread/reads.rs", "who opened what is nobody's visible history"),
    ("people/contacts.rs", "sign-in links and sessions of a portal are keyed by their hashes"),
    ("thread/portal/ideas.rs", "how many ask is counted beside the record that says who"),
    ("thread/intake/mod.rs", "what was taken in is marked, so that it is kept once"),
    ("people/digests.rs", "when somebody wants their digest is theirs alone"),
    ("people/mail.rs", "a letter on its way is no record, and goes when it was sent"),
    ("people/notify.rs", "what concerns one person is theirs alone"),
    (
        "reports/signals/snapshot.rs",
        "what signals said on a day is derived and can be reckoned again",
    ),
    ("how/fields/index.rs", "how far items were gone through for a new field is no record"),
    ("thread/automations/cursor.rs", "how far rules have looked is no record"),
    ("jobs/lease.rs", "a lease says which node works, nothing about a workspace"),
];

pub fn layers(source: &Source) -> Broken {
    // What lies beside the folders (lib.rs, say) ties them together.
    let Some(folder) = source.folder() else { return Vec::new() };
    let Some((_, may)) = MAY_USE.iter().find(|(name, _)| *name == folder) else {
        return vec![(1, format!("{folder}/ has no place in the order yet; add it to MAY_USE"))];
    };
    let mut broken = Vec::new();
    for (line, name) in source.uses() {
        let used = MACROS.iter().find(|(m, _)| *m == name).map_or(name.as_str(), |(_, f)| f);
        if used != folder && !may.contains(&used) {
            let list = if may.is_empty() { "nothing else".into() } else { may.join(", ") };
            broken.push((line, format!("{folder} may not use {used}; it may use {list}")));
        }
    }
    broken
}

pub fn engines(source: &Source) -> Broken {
    if source.folder() == Some("db") {
        return Vec::new();
    }
    let mut broken = Vec::new();
    for driver in ["rusqlite", "tokio_postgres", "deadpool_postgres"] {
        for at in source.finds(driver) {
            let sentence = format!("only db names an engine; take {driver} behind db's own words");
            broken.push((source.line(at), sentence));
        }
    }
    broken
}

pub fn no_sql_on_the_surface(source: &Source) -> Broken {
    let shows = source.has_part(&["views", "views.rs", "html.rs"])
        || matches!(source.folder(), Some("surfaces" | "shell"));
    if !shows {
        return Vec::new();
    }
    let mut broken = Vec::new();
    for at in source.finds("\"") {
        let word = source.code[at + 1..].trim_start().split(char::is_whitespace).next();
        if let Some(verb @ ("SELECT" | "INSERT" | "UPDATE" | "DELETE")) = word {
            let sentence = format!("no SQL where things are shown; move this {verb} to a query");
            broken.push((source.line(at), sentence));
        }
    }
    broken
}

pub fn writing(source: &Source) -> Broken {
    let exempt = MAY_WRITE.iter().any(|(file, _)| *file == source.name);
    if exempt || matches!(source.folder(), Some("store" | "db")) {
        return Vec::new();
    }
    let mut broken = Vec::new();
    for verb in ["INSERT INTO ", "DELETE FROM ", "UPDATE "] {
        for at in source.finds(verb) {
            // `FOR UPDATE` and `DO UPDATE SET` are no statements of their own.
            let mut after = source.code[at + verb.len()..].split_whitespace();
            if verb == "UPDATE " && after.nth(1) != Some("SET") {
                continue;
            }
            let verb = verb.trim_end();
            let sentence = format!("only store/ writes; make this {verb} a change of a record");
            broken.push((source.line(at), sentence));
        }
    }
    broken
}
