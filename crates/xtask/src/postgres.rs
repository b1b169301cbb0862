//! A throw-away PostgreSQL cluster for tests: fresh for each run, gone with it.
//!
//! A small shell keeps watch over the server. It stops the server and removes its folder as soon as
//! our end of its standard input closes, which happens however this process ends, even by SIGKILL.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::tools;

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

const WATCH: &str = r#"
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -INT "$server"; } &
watch=$!
wait "$server"
code=$?
kill "$watch" 2>/dev/null
rm -rf "$folder"
exit "$code"
"#;

/// A running server; dropping it stops it and removes its data.
pub struct Postgres {
    watch: Child,
    port: u16,
}

impl Postgres {
    /// Makes a fresh cluster and waits until it answers.
    pub fn start() -> anyhow::Result<Self> {
        let owner = Owner::choose()?;
        let folder = owner.new_folder()?;
        let running = owner.init(&folder).and_then(|()| Self::serve(&owner, &folder));
        if running.is_err() {
            // Where a server did come up, its watch removes the folder as well.
            let _ = fs::remove_dir_all(&folder);
        }
        running
    }

    /// The address for clients, naming the superuser and the maintenance database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn serve(owner: &Owner, folder: &Path) -> anyhow::Result<Self> {
        let port = free_port()?;
        let log = tools::target().join("postgres.log");
        let log_file =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = owner.command("sh", folder);
        command.arg("-c").arg(WATCH).arg("watch").arg(folder);
        command.arg(program("postgres")?).arg("-D").arg(folder.join("data"));
        command.arg("-p").arg(port.to_string());
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        // Its own process group: Ctrl-C is for us, and the server follows in order.
        command.process_group(0).stdin(Stdio::piped()).stdout(log_file.try_clone()?);
        let watch = command.stderr(log_file).spawn().context("PostgreSQL could not be started")?;
        let mut postgres = Self { watch, port };
        postgres.wait_until_ready(&log)?;
        Ok(postgres)
    }

    fn wait_until_ready(&mut self, log: &Path) -> anyhow::Result<()> {
        let ready = program("pg_isready")?;
        let port = self.port.to_string();
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if let Some(status) = self.watch.try_wait()? {
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
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

/// Who runs the server: ourselves, or someone without rights where we are root.
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn choose() -> anyhow::Result<Self> {
        if !tools::is_root() {
            return Ok(Self(None));
        }
        let users = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        let ids = ["postgres", "nobody"].iter().find_map(|name| ids_of(&users, name));
        let ids = ids.context(
            "PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it \
             as. Create one: useradd --system postgres",
        )?;
        Ok(Self(Some(ids)))
    }

    /// A folder that only the owner can read. It lies in the system's temporary folder, since the
    /// repository may be where an unprivileged user cannot go.
    fn new_folder(&self) -> anyhow::Result<PathBuf> {
        let name = format!("wherefore-postgres-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        if let Some((user, group)) = self.0 {
            chown(&folder, Some(user), Some(group))?;
        }
        Ok(folder)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env("HOME", folder).stdin(Stdio::null());
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }

    fn init(&self, folder: &Path) -> anyhow::Result<()> {
        let output = self
            .command(program("initdb")?, folder)
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
}

fn ids_of(users: &str, name: &str) -> Option<(u32, u32)> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn program(name: &str) -> anyhow::Result<PathBuf> {
    tools::postgres_program(name)
        .with_context(|| format!("{name} of PostgreSQL is missing. Install the package postgresql"))
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("there is no free port")?;
    Ok(listener.local_addr()?.port())
}
