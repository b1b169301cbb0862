//! A real app on a temporary database of either engine, for tests.
//!
//! ```ignore
//! use wherefore_testkit::both_engines;
//!
//! both_engines! {
//!     async fn a_moved_item_keeps_its_key(app) {
//!         app.db.read(…).await…
//!     }
//! }
//! ```
//!
//! Use it from `tests/` folders: inside a crate that this one depends on, its types are others.

mod postgres;
mod program;
mod world;

use std::future::Future;

use tempfile::TempDir;
use wherefore_app::db::{Db, Target};
use wherefore_app::files::{Files, Limits};

pub use ::xtask::postgres::Postgres;
pub use postgres::{TempPostgres, empty_postgres, fresh_postgres, postgres_url};
pub use program::{Program, Server};
pub use world::{Persona, World};

/// The product on a database of its own, which goes when this is dropped.
pub struct TestApp {
    /// The database, migrated and empty.
    pub db: Db,
    // Below `db`, so that the database is closed before its data is removed.
    storage: Storage,
}

/// Holds a temporary database for as long as a test needs it.
enum Storage {
    Sqlite(TempDir),
    Postgres(TempPostgres, #[allow(dead_code, reason = "kept for its Drop")] TempDir),
}

impl TestApp {
    /// Where its data lies.
    pub fn target(&self) -> Target {
        match &self.storage {
            Storage::Sqlite(folder) => Target::Sqlite(folder.path().to_owned()),
            Storage::Postgres(database, _) => Target::Postgres(database.url().to_owned()),
        }
    }

    /// On SQLite in a temporary data folder.
    pub async fn sqlite() -> Self {
        let folder = fresh_sqlite();
        let db = open(&Target::Sqlite(folder.path().to_owned())).await;
        Self { db, storage: Storage::Sqlite(folder) }
    }

    /// On PostgreSQL in a temporary database.
    pub async fn postgres() -> Self {
        let database = fresh_postgres().await;
        let db = open(&Target::Postgres(database.url().to_owned())).await;
        let files = fresh_sqlite();
        db.keep_files_in(Files::in_folder(files.path(), Limits::default()));
        Self { db, storage: Storage::Postgres(database, files) }
    }

    /// Another one on the same engine, for what has to begin anew within a test.
    pub async fn fresh(&self) -> Self {
        match self.storage {
            Storage::Sqlite(_) => Self::sqlite().await,
            Storage::Postgres(..) => Self::postgres().await,
        }
    }
}

async fn open(target: &Target) -> Db {
    match Db::open(target).await {
        Ok(db) => db,
        Err(error) => panic!("the test's database {target:?} could not be opened: {error}"),
    }
}

/// An empty data folder.
pub fn fresh_sqlite() -> TempDir {
    tempfile::tempdir().expect("the system's temporary folder is writable")
}

/// Runs a test's body as the server runs requests: on several threads.
pub fn run<T>(body: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().expect("a runtime starts").block_on(body)
}

/// Makes of each function two tests, `name::sqlite` and `name::postgres`, and gives it the
/// [`TestApp`] of that engine.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$about:meta])* async fn $name:ident($app:ident) $body:block)+) => {$(
        $(#[$about])*
        mod $name {
            #[allow(unused_imports, reason = "a body need not use what surrounds it")]
            use super::*;

            async fn body($app: $crate::TestApp) $body

            #[test]
            fn sqlite() {
                $crate::run(async { body($crate::TestApp::sqlite().await).await });
            }

            #[test]
            fn postgres() {
                $crate::run(async { body($crate::TestApp::postgres().await).await });
            }
        }
    )+};
}
