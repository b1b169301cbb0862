//! A PostgreSQL database for one test: a copy of a template that was migrated once.

use std::future::Future;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls};
use wherefore_app::db::{Db, Target};

/// Tells tests where a PostgreSQL server is whose superuser they may be.
const URL_VARIABLE: &str = "WHEREFORE_TEST_POSTGRES";
const TEMPLATE: &str = "wherefore_template";
const TEMPLATE_IN_THE_MAKING: &str = "wherefore_template_in_the_making";
/// Held by the one test process that makes the template. Any number that nobody else uses.
const TEMPLATE_LOCK: i64 = 741_100;

/// The server for tests, from WHEREFORE_TEST_POSTGRES.
///
/// # Panics
/// Where that is not set.
pub fn postgres_url() -> String {
    std::env::var(URL_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{URL_VARIABLE} is not set, so there is no PostgreSQL for this test. Run it through \
             `cargo xtask test` or `cargo xtask postgres -- cargo nextest run`."
        )
    })
}

/// A migrated, empty database; dropped with this.
pub struct TempPostgres {
    name: String,
    url: String,
}

impl TempPostgres {
    /// The database's address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TempPostgres {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        in_a_runtime_of_its_own(async move {
            let server = connect().await;
            // Left behind, it goes with the server; that is no reason to fail a test.
            let _ = server.batch_execute(&drop).await;
        });
    }
}

/// Makes a database for one test, in tens of milliseconds.
pub async fn fresh_postgres() -> TempPostgres {
    let server = connect().await;
    make_template_once(&server).await;
    made_like(&server, TEMPLATE).await
}

/// Makes a database without a table.
pub async fn empty_postgres() -> TempPostgres {
    made_like(&connect().await, "template1").await
}

async fn made_like(server: &Client, template: &str) -> TempPostgres {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    // Left over from a process of the same number that was killed.
    run(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    run(server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    TempPostgres { url: url_of(&name), name }
}

async fn make_template_once(server: &Client) {
    run(server, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    let exists = server
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&TEMPLATE])
        .await
        .expect("the list of databases can be read");
    if exists.is_none() {
        make_template(server).await;
    }
    run(server, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).await;
}

/// Takes its name only when it is whole, so that a killed test leaves no half-made template.
async fn make_template(server: &Client) {
    let making = TEMPLATE_IN_THE_MAKING;
    run(server, &format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await;
    run(server, &format!("CREATE DATABASE {making}")).await;
    let target = Target::Postgres(url_of(making));
    // Its runtime ends with it, and so do all connections, which would keep it from being copied.
    in_a_runtime_of_its_own(async move {
        if let Err(error) = Db::open(&target).await {
            panic!("the migrations failed on PostgreSQL: {error}");
        }
    });
    run(server, &format!("ALTER DATABASE {making} ALLOW_CONNECTIONS false")).await;
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{making}'"
    );
    let rename = format!("ALTER DATABASE {making} RENAME TO {TEMPLATE}");
    for _ in 0..100 {
        run(server, &end).await;
        if server.batch_execute(&rename).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    run(server, &rename).await;
}

fn url_of(database: &str) -> String {
    let url = postgres_url();
    let (server, _) = url.rsplit_once('/').unwrap_or((&url, ""));
    format!("{server}/{database}")
}

async fn connect() -> Client {
    let url = postgres_url();
    let config = Config::from_str(&url)
        .unwrap_or_else(|error| panic!("{URL_VARIABLE} is not an address of PostgreSQL: {error}"));
    match config.connect(NoTls).await {
        Ok((client, connection)) => {
            tokio::spawn(connection);
            client
        }
        Err(error) => panic!("the PostgreSQL for tests at {url} does not answer: {error}"),
    }
}

async fn run(server: &Client, statement: &str) {
    if let Err(error) = server.batch_execute(statement).await {
        let said = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
        panic!("PostgreSQL refused “{statement}”: {said}");
    }
}

fn in_a_runtime_of_its_own(work: impl Future<Output = ()> + Send + 'static) {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime starts").block_on(work);
    });
    // A panic has been printed from its thread; passing it on while a test unwinds would abort.
    if thread.join().is_err() && !std::thread::panicking() {
        panic!("preparing a PostgreSQL database for a test failed");
    }
}
