//! Backups: what was copied from either engine fills the other, whole or not at all.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;
use wherefore_app::db::copy::{Attached, back_up, restore};
use wherefore_app::db::{Db, Target};
use wherefore_app::kernel::{Result, Role};
use wherefore_app::people::{accounts, members};
use wherefore_app::store::Call;
use wherefore_app::surfaces::registry::entry;
use wherefore_testkit::{
    Persona, TempPostgres, TestApp, World, both_engines, empty_postgres, fresh_sqlite, run,
};

/// A place for a copy, of the other kind than `of`.
struct Other {
    target: Target,
    _kept: (TempDir, Option<TempPostgres>),
}

async fn other(of: &Target) -> Other {
    let folder = fresh_sqlite();
    match of {
        Target::Sqlite(_) => {
            let database = empty_postgres().await;
            let target = Target::Postgres(database.url().to_owned());
            Other { target, _kept: (folder, Some(database)) }
        }
        Target::Postgres(_) => {
            let target = Target::Sqlite(folder.path().join("data"));
            Other { target, _kept: (folder, None) }
        }
    }
}

async fn copy(target: &Target, files: Option<&Path>) -> Vec<u8> {
    let (target, files) = (target.clone(), files.map(Path::to_owned));
    let copied = tokio::task::spawn_blocking(move || {
        let mut out = Vec::new();
        let made = "2026-03-02T12:00:00Z".to_owned();
        let files = Attached::Folder(files.as_deref());
        back_up(&target, files, made, &mut out, &mut |_, _| ()).map(|_| out)
    });
    copied.await.expect("it ends").expect("it can be copied")
}

async fn fill(target: &Target, files: Option<&Path>, archive: Vec<u8>) -> Result<u64> {
    let (target, files) = (target.clone(), files.map(Path::to_owned));
    let filled = tokio::task::spawn_blocking(move || {
        restore(&target, files.as_deref(), archive.as_slice(), &mut |_, _| ()).map(|s| s.rows())
    });
    filled.await.expect("it ends")
}

type Entries = Vec<(String, Vec<u8>)>;

/// Every entry of an archive by its name.
fn entries(archive: &[u8]) -> Entries {
    let mut tar = tar::Archive::new(GzDecoder::new(archive));
    let all = tar.entries().expect("a tar").map(|entry| {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a path").display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("readable");
        (name, bytes)
    });
    all.collect()
}

fn unpacked(archive: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(archive).read_to_end(&mut bytes).map(|_| bytes)
}

fn packed(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, bytes.as_slice()).expect("packed");
    }
    tar.into_inner().and_then(GzEncoder::finish).expect("packed")
}

/// The rows of each table, in no order.
fn tables(archive: &[u8]) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, bytes) in entries(archive) {
        let Some(table) = name.strip_prefix("tables/").and_then(|n| n.split('/').next()) else {
            continue;
        };
        let text = String::from_utf8(bytes).expect("text");
        let mut lines = text.lines();
        let columns: Value = serde_json::from_str(lines.next().expect("a head")).expect("JSON");
        // Columns that were added later stand at the end on both engines.
        let rows = lines.map(|line| format!("{} {line}", columns["columns"]));
        all.entry(table.to_owned()).or_default().extend(rows);
    }
    all.values_mut().for_each(|rows| rows.sort());
    all
}

/// A little of everything, with a past.
async fn lived_in(app: TestApp) -> World {
    let world = World::new(app).await;
    let item = json!({ "product": "OPEN", "title": "Pay by card\twith a tab, \\ and “ümlauts”", "points": 0.1 });
    let item = world.post(Persona::Member, "/work-items", item).await;
    let key = item["key"].as_str().expect("a key").to_owned();
    let said = json!({ "product": "OPEN", "title": "They ask", "verbatim": "I could not pay\nat all", "source": "Ana" });
    world.post(Persona::Member, "/evidence", said).await;
    let edit = json!({ "title": "Pay by card, changed" });
    let path = format!("/api/v1/work-items/{key}");
    assert_eq!(world.api(Persona::Member, "PATCH", &path, edit).await.0, 200);
    let words = json!({ "body": "Seen \\N and \\." });
    world.post(Persona::Member, &format!("/items/{key}/comments"), words).await;
    world
}

async fn asked(db: &Db, name: &str, input: Value) -> Value {
    let owner = db.read(|conn| {
        let workspace = accounts::first_workspace(conn)?.expect("a workspace");
        let all = members::all(conn, workspace)?;
        let owner = all.iter().find(|p| p.role == Role::Owner.as_str()).expect("an owner");
        accounts::actor(workspace, owner, false, wherefore_app::kernel::Via::Command)
    });
    let owner = owner.await.expect("readable").expect("active");
    let clock = wherefore_app::kernel::Clock::system();
    let call = Call { input, ..Call::default() };
    let done = entry(name).expect("an entry").invoke(db, &clock, owner, call).await;
    done.expect("answered").output.json()
}

both_engines! {
    async fn a_copy_fills_the_other_engine_and_comes_back(app) {
        let world = lived_in(app).await;
        let here = world.app.target();
        let attached = fresh_sqlite();
        std::fs::create_dir(attached.path().join("ab")).expect("writable");
        std::fs::write(attached.path().join("ab/plan.txt"), vec![7; 100_000]).expect("writable");
        std::fs::write(attached.path().join(".unfinished"), "no").expect("writable");
        let first = copy(&here, Some(attached.path())).await;

        let there = other(&here).await;
        let files = fresh_sqlite().path().join("files");
        let rows = fill(&there.target, Some(&files), first.clone()).await.expect("it can be restored");
        assert!(rows > 50, "only {rows} rows");
        assert_eq!(std::fs::read(files.join("ab/plan.txt")).expect("restored"), vec![7; 100_000]);
        assert!(!files.join(".unfinished").exists());

        let second = copy(&there.target, Some(&files)).await;
        let (was, is) = (tables(&first), tables(&second));
        assert_eq!(was.keys().collect::<Vec<_>>(), is.keys().collect::<Vec<_>>());
        for (table, rows) in &was {
            assert_eq!(rows, &is[table], "{table}");
        }
        assert!(!was["work_item_version"].is_empty() && was["activity"].len() > 5);

        // It is a whole Wherefore: it finds, it knows the past, and it goes on counting.
        let db = Db::open(&there.target).await.expect("it opens");
        for name in ["search"] {
            let input = json!({ "q": "card" });
            let (old, new) =
                (asked(&world.app.db, name, input.clone()).await, asked(&db, name, input).await);
            assert!(old.to_string().contains("Pay by card"), "{old}");
            assert_eq!(old, new);
        }
        let item = json!({ "product": "OPEN", "title": "After it" });
        let made = asked(&db, "create-work-item", item.clone()).await;
        let next = asked(&world.app.db, "create-work-item", item).await;
        assert_eq!(made["key"], next["key"]);
        let found = asked(&db, "search", json!({ "q": "After" })).await;
        assert!(found.to_string().contains("After it"), "{found}");
    }

    async fn nobody_gets_in_by_a_backup(app) {
        let world = lived_in(app).await;
        let person = world.person(Persona::Member).to_string();
        let fields = [("person", person.as_str()), ("email", "new@example.org"), ("role", "guest")];
        for path in ["/people/reset", "/people/invite"] {
            world.form(Persona::Admin, path, &fields[usize::from(path.ends_with("invite"))..]).await;
        }
        let archive = copy(&world.app.target(), None).await;
        let all = tables(&archive);
        let doors = ["session", "token", "one_time_link", "portal_session", "portal_link", "submission"];
        for door in doors {
            assert!(!all.contains_key(door), "{door} is in it");
        }
        let letters = all["outbox"].join("");
        assert!(!letters.contains("/reset/") && !letters.contains("/join/"), "{letters}");
        assert!(!all["account"].is_empty(), "people keep their passwords");
        // An older archive has them still; they stay out of what is restored.
        let mut old = entries(&archive);
        let mut hash = sha2::Sha256::default();
        let line = b"[\"old\"]\n";
        sha2::Digest::update(&mut hash, line);
        let last = old.len() - 1;
        let mut manifest: Value = serde_json::from_slice(&old[last].1).expect("JSON");
        let sum: String = sha2::Digest::finalize(hash).iter().map(|b| format!("{b:02x}")).collect();
        manifest["tables"]["session"] = json!({ "count": 1, "sha256": sum });
        old[last].1 = manifest.to_string().into_bytes();
        let mut part = json!({ "table": "session", "columns": ["token_hash"] }).to_string().into_bytes();
        part.extend(b"\n");
        part.extend(line);
        old.insert(last, ("tables/session/000001.jsonl".into(), part));
        let there = other(&world.app.target()).await;
        let files = fresh_sqlite().path().join("files");
        fill(&there.target, Some(&files), packed(&old)).await.expect("it can be restored");
        let db = Db::open(&there.target).await.expect("it opens");
        for door in doors {
            let sql = format!("SELECT COUNT(*) FROM {door}");
            let left = db.read(move |c| c.query_text(&sql, &[], |r| r.get::<i64>(0))).await;
            assert_eq!(left.expect("readable"), vec![0], "{door}");
        }
    }

    async fn a_backup_that_is_harmed_restores_nothing(app) {
        let world = lived_in(app).await;
        let whole = copy(&world.app.target(), None).await;
        let all = entries(&whole);
        let harmed = |change: &dyn Fn(&mut Entries)| {
            let mut all = all.clone();
            change(&mut all);
            packed(&all)
        };
        let newer = harmed(&|all| {
            let mut head: Value = serde_json::from_slice(&all[0].1).expect("JSON");
            head["steps"].as_array_mut().expect("steps").push(json!(9_999));
            all[0].1 = head.to_string().into_bytes();
        });
        let other_row = harmed(&|all| {
            let table = all.iter_mut().find(|(n, _)| n.starts_with("tables/work_item/"));
            let bytes = &mut table.expect("items").1;
            let text = String::from_utf8(bytes.clone()).expect("text");
            *bytes = text.replacen("changed", "Changed", 1).into_bytes();
        });
        let outside = harmed(&|all| {
            let last = all.len() - 1;
            all.insert(last, ("files/x/y".into(), b"more".to_vec()));
        });
        let no_end = harmed(&|all| drop(all.pop()));
        let after = harmed(&|all| all.push(("files/x".into(), b"more".to_vec())));
        let flip = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x40;
            bytes
        };
        // The packing has a bit here and there that says nothing, or the same in other words.
        let flipped = (whole.len() / 2..)
            .map(flip)
            .find(|bytes| unpacked(bytes).ok() != unpacked(&whole).ok())
            .expect("a bit that matters");
        let other_sum = flip(whole.len() - 6);
        let behind = [whole.as_slice(), b"more"].concat();
        let cut = whole[..whole.len() - 100].to_vec();
        let mut nothing = Vec::new();
        nothing.write_all(b"not an archive").expect("written");
        let there = other(&world.app.target()).await;
        let folder = fresh_sqlite();
        let files = folder.path().join("files");
        for (what, archive, said) in [
            ("newer", newer, "newer Wherefore"),
            ("another row", other_row, "checksum of work_item"),
            ("another file", outside, "something else than it says"),
            ("no end", no_end, "end is missing"),
            ("more after it", after, "more follows"),
            ("a flipped bit", flipped, "damaged"),
            ("another checksum of all", other_sum, "damaged"),
            ("more behind all", behind, "more follows"),
            ("cut off", cut, "damaged"),
            ("no archive", nothing, "no backup of Wherefore"),
        ] {
            let error = fill(&there.target, Some(&files), archive).await.expect_err(what);
            assert!(error.to_string().contains(said), "{what}: {error}");
            assert!(!files.exists(), "{what}");
        }
        // After all that it is still empty, and takes the whole one; after that it is not.
        fill(&there.target, Some(&files), whole.clone()).await.expect("it was empty");
        let again = fill(&there.target, None, whole).await.expect_err("it is full");
        assert!(again.to_string().contains("not empty"), "{again}");
    }
}

#[test]
fn attached_files_need_a_place() {
    run(async {
        let world = lived_in(TestApp::sqlite().await).await;
        let files = fresh_sqlite();
        std::fs::write(files.path().join("a"), "a").expect("writable");
        let archive = copy(&world.app.target(), Some(files.path())).await;
        let there = other(&world.app.target()).await;
        let error = fill(&there.target, None, archive).await.expect_err("no place");
        assert!(error.to_string().contains("--files"), "{error}");
        assert!(fill(&Target::Sqlite(world_folder(&world)), None, Vec::new()).await.is_err());
    });
}

fn world_folder(world: &World) -> std::path::PathBuf {
    match world.app.target() {
        Target::Sqlite(folder) => folder,
        Target::Postgres(_) => unreachable!("it is SQLite"),
    }
}
