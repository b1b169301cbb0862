//! The real program in a process of its own, asked over real HTTP.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tempfile::TempDir;
use xtask::user::User;

/// The built program and a folder for its data, run by a user without rights where we are root.
pub struct Program {
    file: PathBuf,
    user: User,
    folder: TempDir,
}

impl Program {
    /// Takes the program that cargo built, `env!("CARGO_BIN_EXE_wherefore")`.
    pub fn new(built: &str) -> Self {
        let user = User::choose().expect("there is a user to run the program");
        let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("ours");
        user.give(folder.path()).expect("given");
        // The repository may be where that user cannot go.
        let file = folder.path().join("wherefore");
        if fs::hard_link(built, &file).is_err() {
            fs::copy(built, &file).expect("the program can be copied");
        }
        Self { file, user, folder }
    }

    /// Where the program may write.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder, as an argument.
    pub fn data(&self) -> String {
        self.folder().join("data").display().to_string()
    }

    /// Makes a file or folder the program's user's.
    pub fn give(&self, path: &Path) {
        self.user.give(path).expect("given");
    }

    /// A command with the program, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.user.command(&self.file);
        command.args(arguments).current_dir(self.folder()).env("HOME", self.folder());
        command.stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs a command that has to be done, and gives what it prints.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {err}");
        out.trim_end().to_owned()
    }

    /// Runs a command that has to be refused, and gives what it says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(!output.status.success() && out.is_empty(), "{arguments:?}: {out}{err}");
        err
    }

    /// Starts `serve` on a free port and waits until it prints where it listens.
    pub fn serve(&self, arguments: &[&str]) -> Server {
        let mut server = self.start(arguments);
        server.wait_for_address();
        server
    }

    /// Starts `serve` on a free port and does not wait.
    pub fn start(&self, arguments: &[&str]) -> Server {
        let said = self.folder().join(format!("said-{:?}", Instant::now()).replace(' ', ""));
        let errors = fs::File::create(&said).expect("the folder is writable");
        let mut command = self.command(&["serve"]);
        command.args(arguments).stdout(Stdio::piped()).stderr(errors);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child = command.spawn().expect("the program starts");
        let printed = BufReader::new(child.stdout.take().expect("piped"));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        let (url, link) = (String::new(), None);
        Server { child, printed, said, agent: agent.into(), url, link }
    }
}

/// A running server; dropping it kills it.
pub struct Server {
    child: Child,
    printed: BufReader<std::process::ChildStdout>,
    said: PathBuf,
    agent: ureq::Agent,
    url: String,
    link: Option<String>,
}

impl Server {
    /// Waits until it prints where it listens.
    pub fn wait_for_address(&mut self) {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.printed.read_line(&mut line).expect("its output can be read");
            assert!(read > 0, "the server ended: {}", self.said());
            let Some(rest) = line.trim().strip_prefix("http://") else { continue };
            let host = rest.split('/').next().unwrap_or(rest);
            self.url = format!("http://{host}");
            if rest.contains("/setup/") {
                self.link = rest.find('/').map(|at| rest[at..].to_owned());
            }
            return;
        }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The path of the set-up link that it printed.
    pub fn link(&self) -> &str {
        self.link.as_deref().expect("an empty server prints a link")
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it said on standard error.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// A client for requests of any kind.
    pub fn agent(&self) -> &ureq::Agent {
        &self.agent
    }

    /// Asks the API; the path is without `/api/v1`. `None` where no answer came.
    pub fn try_api(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Json,
    ) -> Option<(u16, Json)> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.url))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json")
            .body(if body.is_null() { String::new() } else { body.to_string() })
            .expect("a request");
        let mut answer = self.agent.run(request).ok()?;
        let body = answer.body_mut().read_to_string().ok()?;
        Some((answer.status().as_u16(), serde_json::from_str(&body).unwrap_or(Json::Null)))
    }

    /// Asks the API for something that has to be answered.
    pub fn api(&self, token: &str, method: &str, path: &str, body: Json) -> (u16, Json) {
        self.try_api(token, method, path, body)
            .unwrap_or_else(|| panic!("{method} {path} was not answered: {}", self.said()))
    }

    /// The status and text of an address.
    pub fn get(&self, path: &str) -> (u16, String) {
        let answer = self.agent.get(format!("{}{path}", self.url)).call();
        let mut answer = answer.unwrap_or_else(|e| panic!("{path}: {e}: {}", self.said()));
        let text = answer.body_mut().read_to_string().expect("a text");
        (answer.status().as_u16(), text)
    }

    /// Asks it to stop, as an operator's system does.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.id().to_string()]).status();
        assert!(status.expect("kill can be run").success());
    }

    /// Kills it without a word, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// How it ended, if it did within the time.
    pub fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let started = Instant::now();
        while started.elapsed() < within {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
