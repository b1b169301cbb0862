//! A throw-away PostgreSQL cluster for tests: fresh for each run, gone with it.
//!
//! A small shell keeps watch over the server. It stops the server and removes its folder as soon as
//! our end of its standard input closes, which happens however this process ends, even by SIGKILL.
//! A line on that input stops the server but keeps its folder.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::tools;
use crate::user::User;

/// Tells the tests where the server is.
pub const URL_VARIABLE: &str = "WHEREFORE_TEST_POSTGRES";

const START_LIMIT: Duration = Duration::from_secs(60);

/// Durability is off: a test cluster is never needed again after a crash.
const SETTINGS: [&str; 9] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=4GB",
    "timezone=UTC",
    "log_min_messages=warning",
];

/// What measuring needs beyond that: a server that keeps its word, and memory as one in use has.
const DURABLE: [&str; 4] =
    ["fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=512MB"];

const WATCH: &str = r#"
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r keep <&3; [ -z "$keep" ] || : >"$folder/keep"; kill -INT "$server"; } &
watch=$!
wait "$server"
code=$?
kill "$watch" 2>/dev/null
[ -e "$folder/keep" ] || rm -rf "$folder"
rm -f "$folder/keep"
exit "$code"
"#;

/// A running server; dropping it stops it and removes its data.
pub struct Postgres {
    owner: User,
    folder: PathBuf,
    port: u16,
    /// `None` while it is stopped.
    watch: Option<Child>,
    durable: bool,
}

impl Postgres {
    /// Makes a fresh cluster and waits until it answers.
    pub fn start() -> anyhow::Result<Self> {
        let mut postgres = Self::prepare()?;
        postgres.serve()?;
        Ok(postgres)
    }

    /// The same with nothing left out that makes a commit last: for measuring.
    pub fn start_durable() -> anyhow::Result<Self> {
        let mut postgres = Self::prepare()?;
        postgres.durable = true;
        postgres.serve()?;
        Ok(postgres)
    }

    /// Makes a fresh cluster, which answers once [`Postgres::serve`] is called.
    pub fn prepare() -> anyhow::Result<Self> {
        let owner = User::choose()?;
        let (folder, port) = (new_folder(&owner)?, free_port()?);
        let postgres = Self { owner, folder, port, watch: None, durable: false };
        init(&postgres.owner, &postgres.folder)?;
        Ok(postgres)
    }

    /// The address for clients, naming the superuser and the maintenance database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops the server, cutting off its clients; the data stay for the next [`Postgres::serve`].
    pub fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(mut watch) = self.watch.take() {
            let input = watch.stdin.take().context("the watch has no input")?;
            (&input).write_all(b"keep\n")?;
            drop(input);
            watch.wait()?;
        }
        Ok(())
    }

    /// Starts the server on its data and waits until it answers.
    pub fn serve(&mut self) -> anyhow::Result<()> {
        let log = tools::target().join(format!("postgres-{}.log", self.port));
        let log_file =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = command(&self.owner, "sh", &self.folder);
        command.arg("-c").arg(WATCH).arg("watch").arg(&self.folder);
        command.arg(program("postgres")?).arg("-D").arg(self.folder.join("data"));
        command.arg("-p").arg(self.port.to_string());
        let durable = DURABLE.iter().filter(|_| self.durable);
        for setting in SETTINGS.iter().chain(durable) {
            command.args(["-c", setting]);
        }
        // Its own process group: Ctrl-C is for us, and the server follows in order.
        command.process_group(0).stdin(Stdio::piped()).stdout(log_file.try_clone()?);
        let watch = command.stderr(log_file).spawn().context("PostgreSQL could not be started")?;
        self.watch = Some(watch);
        self.wait_until_ready(&log)?;
        // Worth keeping only where it tells why the server did not come up.
        let _ = fs::remove_file(&log);
        Ok(())
    }

    fn wait_until_ready(&mut self, log: &Path) -> anyhow::Result<()> {
        let ready = program("pg_isready")?;
        let port = self.port.to_string();
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if let Some(watch) = &mut self.watch
                && let Some(status) = watch.try_wait()?
            {
                let said = fs::read_to_string(log).unwrap_or_default();
                bail!("PostgreSQL ended at once ({status}). It said:\n{said}");
            }
            if tools::answers(Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &port])) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL did not answer within {START_LIMIT:?}; see {}", log.display())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut watch) = self.watch.take() {
            drop(watch.stdin.take());
            let _ = watch.wait();
        }
        // The watch has done so already, unless the server was stopped or never came up.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A folder that only the owner can read. It lies in the system's temporary folder, since the
/// repository may be where an unprivileged user cannot go.
fn new_folder(owner: &User) -> anyhow::Result<PathBuf> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("wherefore-postgres-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    owner.give(&folder)?;
    Ok(folder)
}

fn command(owner: &User, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = owner.command(program);
    command.current_dir(folder).env("HOME", folder).stdin(Stdio::null());
    command
}

fn init(owner: &User, folder: &Path) -> anyhow::Result<()> {
    let output = command(owner, program("initdb")?, folder)
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
        .args(["--locale=C.UTF-8", "--no-sync", "--no-instructions", "-D"])
        .arg(folder.join("data"))
        .output()
        .context("initdb could not be started")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("initdb could not create a PostgreSQL cluster. It said:\n{said}");
    }
    Ok(())
}

fn program(name: &str) -> anyhow::Result<PathBuf> {
    tools::postgres_program(name)
        .with_context(|| format!("{name} of PostgreSQL is missing. Install the package postgresql"))
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("there is no free port")?;
    Ok(listener.local_addr()?.port())
}
