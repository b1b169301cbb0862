//! The door of a running server for commands on the folder that it holds. The server listens on this
//! machine alone and leaves address and secret in the folder, in a file that only its user can read.

use std::fs::File;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio_stream::wrappers::ReceiverStream;
use wherefore_app::db::Db;
use wherefore_app::kernel::secret::{Secret, same};
use wherefore_app::thread::export::Wanted;

use crate::errand::Errand;
use crate::http::{self, Stop};

const FILE: &str = "wherefore.door";

/// What the file says.
#[derive(Serialize, Deserialize)]
struct Sign {
    address: SocketAddr,
    secret: String,
    /// What links to this server begin with.
    base: String,
}

/// The server's side. The sign goes when this does.
pub struct Door {
    listener: TcpListener,
    secret: String,
    sign: PathBuf,
}

impl Door {
    /// Opens it for the folder that this process holds; a database needs none.
    pub async fn open(folder: &Option<PathBuf>, base: &str) -> anyhow::Result<Option<Self>> {
        let Some(folder) = folder else { return Ok(None) };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("no port of this machine is free for commands on the data folder")?;
        let sign = Sign {
            address: listener.local_addr()?,
            secret: Secret::new("wfd_").reveal().to_owned(),
            base: base.to_owned(),
        };
        let path = folder.join(FILE);
        put_up(&path, &sign)
            .with_context(|| format!("the data folder cannot be written: {}", path.display()))?;
        Ok(Some(Self { listener, secret: sign.secret, sign: path }))
    }

    /// Runs the errands of commands until the server is asked to stop.
    pub async fn serve(mut self, db: Db, stop: Stop) -> anyhow::Result<()> {
        let app = Router::new()
            .route("/", post(receive))
            .route("/export", post(export))
            .layer(DefaultBodyLimit::disable())
            .with_state((db, std::mem::take(&mut self.secret)));
        let (listener, sign) = (self.listener, Remove(self.sign));
        let done = http::serve(listener, app, stop).await;
        drop(sign);
        done
    }
}

struct Remove(PathBuf);

impl Drop for Remove {
    fn drop(&mut self) {
        // One that stays behind leads nowhere: the folder's lock says whether a server runs.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn put_up(path: &Path, sign: &Sign) -> anyhow::Result<()> {
    let new = path.with_extension("new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&new)?.write_all(serde_json::to_string(sign)?.as_bytes())?;
    std::fs::rename(&new, path)?;
    Ok(())
}

/// One errand: a line that says what, then the bytes that belong to it.
async fn receive(
    State((db, secret)): State<(Db, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let shown = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    if !shown.is_some_and(|shown| same(shown, &secret)) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let end = body.iter().position(|byte| *byte == b'\n').unwrap_or(body.len());
    let bytes = body.get(end + 1..).unwrap_or_default();
    let done = match serde_json::from_slice::<Errand>(&body[..end]) {
        Ok(errand) => errand.run(&db, bytes).await,
        Err(error) => Err(anyhow::anyhow!(
            "The running server is of another version and does not know this command ({error}). \
             Use the program that the server was started with."
        )),
    };
    let answer = match done {
        Ok(answer) => json!({ "answer": answer }),
        Err(error) => json!({ "error": format!("{error:#}") }),
    };
    axum::Json(answer).into_response()
}

/// An export, sent while it is made.
async fn export(
    State((db, secret)): State<(Db, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let shown = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    if !shown.is_some_and(|shown| same(shown, &secret)) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let made = match serde_json::from_slice(&body) {
        Ok(wanted) => crate::export::pieces(db, wanted).await,
        Err(error) => Err(error.into()),
    };
    match made {
        Ok(pieces) => Body::from_stream(ReceiverStream::new(pieces)).into_response(),
        Err(error) => (StatusCode::CONFLICT, format!("{error:#}")).into_response(),
    }
}

/// The command's side.
pub struct Knock(Sign);

impl Knock {
    /// Finds the server that holds a folder.
    pub fn at(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        let told = match std::fs::read(&path) {
            Ok(told) => told,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
                "It is a command that runs, or a server that is just starting: wait until it is \
                 done and try again"
            ),
            Err(error) => bail!(
                "The server can only be reached by the user who runs it ({}: {error}): run the \
                 command as that user",
                path.display()
            ),
        };
        let sign = serde_json::from_slice(&told)
            .with_context(|| format!("{} cannot be understood", path.display()))?;
        Ok(Self(sign))
    }

    /// What links to the server begin with.
    pub fn base(&self) -> &str {
        &self.0.base
    }

    /// Has the server make an export.
    pub fn export(&self, wanted: &Wanted, out: &mut impl Write) -> anyhow::Result<()> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut answer = agent
            .post(format!("http://{}/export", self.0.address))
            .header("Authorization", &self.0.secret)
            .send(&serde_json::to_vec(wanted)?)
            .context("The server that holds the data folder takes no commands now. Try again")?;
        if !answer.status().is_success() {
            bail!("{}", answer.body_mut().read_to_string()?);
        }
        crate::export::copy(answer.into_body().into_reader(), out)
    }

    /// Has the server run an errand.
    pub fn ask(&self, errand: &Errand, bytes: &[u8]) -> anyhow::Result<Json> {
        let mut body = serde_json::to_vec(errand)?;
        body.push(b'\n');
        body.extend_from_slice(bytes);
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut answer = agent
            .post(format!("http://{}/", self.0.address))
            .header("Authorization", &self.0.secret)
            .send(&body)
            .context(
                "Another Wherefore holds the data folder but takes no commands now: it is \
                 starting, stopping or itself a command. Try again in a moment",
            )?;
        if !answer.status().is_success() {
            bail!(
                "The server that holds the data folder does not know this command's secret. Try again"
            );
        }
        let mut answer: Json = answer.body_mut().with_config().limit(u64::MAX).read_json()?;
        match answer["error"].as_str() {
            Some(error) => bail!("{error}"),
            None => Ok(answer["answer"].take()),
        }
    }
}
