//! The demo world, from either engine to the other and back: nothing of it is lost on the way.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use wherefore_app::db::copy::{Attached, back_up, restore};
use wherefore_app::db::{Db, Target};
use wherefore_app::kernel::{Time, Via};
use wherefore_app::people::{accounts, members};
use wherefore_app::store::{Query, Reader};
use wherefore_app::thread::check::check;
use wherefore_app::thread::history::{GetAsOf, GetOrderAsOf};
use wherefore_app::thread::search::Search;
use wherefore_testkit::{both_engines, empty_postgres, fresh_sqlite};

const END: Time = Time(1_767_268_800_000_000);

async fn copy(target: &Target) -> Vec<u8> {
    let target = target.clone();
    let copied = tokio::task::spawn_blocking(move || {
        let mut out = Vec::new();
        back_up(&target, Attached::Folder(None), "now".into(), &mut out, &mut |_, _| ())
            .map(|_| out)
    });
    copied.await.unwrap().unwrap()
}

/// Attached files go to a folder of their own: a database has none.
async fn fill(target: &Target, archive: Vec<u8>) {
    let (target, files) = (target.clone(), fresh_sqlite());
    let filled = tokio::task::spawn_blocking(move || {
        let files = files.path().join("files");
        restore(&target, Some(&files), archive.as_slice(), &mut |_, _| ()).map(drop)
    });
    filled.await.unwrap().unwrap();
}

/// The rows of each table with their columns, in no order.
fn tables(archive: &[u8]) -> BTreeMap<String, Vec<String>> {
    let mut tar = tar::Archive::new(GzDecoder::new(archive));
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let Some(rest) = name.strip_prefix("tables/") else { continue };
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let table = rest.split('/').next().unwrap().to_owned();
        all.entry(table).or_default().extend(text.lines().map(str::to_owned));
    }
    all.values_mut().for_each(|rows| {
        rows.sort();
        rows.dedup();
    });
    all
}

/// What pages show of now and of a past day.
async fn shown(db: &Db) -> Vec<String> {
    db.read(|conn| {
        let people = members::all(conn, 1)?;
        let owner = people.iter().find(|p| p.role == "owner").unwrap();
        let actor = accounts::actor(1, owner, false, Via::Web)?.unwrap();
        let mut cx = Reader { conn, actor: &actor, now: END };
        let mut all = Vec::new();
        for day in ["2025-06-30", "2025-10-31"] {
            let at = day.parse().unwrap();
            let then = GetOrderAsOf { product: "RIDE".into(), at }.run(&mut cx)?;
            all.push(serde_json::to_string(&then).unwrap());
            if let Ok(item) = (GetAsOf { key: "RIDE-28".into(), at }).run(&mut cx) {
                all.push(serde_json::to_string(&item).unwrap());
            }
        }
        for q in ["refund", "commuter ticket"] {
            let found =
                Search { q: q.into(), product: None, near: None, kinds: None }.run(&mut cx)?;
            all.push(serde_json::to_string(&found).unwrap());
        }
        Ok(all)
    })
    .await
    .unwrap()
}

both_engines! {
    async fn the_world_moves_to_the_other_engine_and_back(app) {
        wherefore_demo::ensure(&app.db, END, 0).await.unwrap();
        let found = app.db.read(check).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
        let (here, first) = (app.target(), copy(&app.target()).await);
        let (folder, database) = (fresh_sqlite(), empty_postgres().await);
        let there = match &here {
            Target::Sqlite(_) => Target::Postgres(database.url().to_owned()),
            Target::Postgres(_) => Target::Sqlite(folder.path().join("there")),
        };
        fill(&there, first.clone()).await;
        let second = copy(&there).await;
        let back_folder = fresh_sqlite();
        let back_database = empty_postgres().await;
        let back = match &here {
            Target::Sqlite(_) => Target::Sqlite(back_folder.path().join("back")),
            Target::Postgres(_) => Target::Postgres(back_database.url().to_owned()),
        };
        fill(&back, second.clone()).await;
        let third = copy(&back).await;
        let (was, moved, again) = (tables(&first), tables(&second), tables(&third));
        assert!(was.len() > 80 && was["activity"].len() > 2_000);
        for (table, rows) in &was {
            assert_eq!(rows.len(), moved[table].len(), "{table}");
            assert_eq!(rows, &moved[table], "{table}");
            assert_eq!(rows, &again[table], "{table}");
        }
        assert_eq!(was.len(), moved.len());
        let (old, new) = (shown(&app.db).await, shown(&Db::open(&there).await.unwrap()).await);
        assert_eq!(old, new);
        assert!(old.iter().any(|text| text.contains("RIDE-")));
    }
}
