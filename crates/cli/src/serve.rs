//! Serving, and the demo world.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use axum::Router;
use axum::http::{StatusCode, header};
use clap::Args;
use tokio::net::TcpListener;
use wherefore_app::db::Db;
use wherefore_app::jobs::intake::take_mail;
use wherefore_app::jobs::letterbox;
use wherefore_app::jobs::mail::{Post, Settings, send_mail};
use wherefore_app::jobs::{Jobs, write_reads};
use wherefore_app::kernel::Clock;
use wherefore_app::people::{accounts, one_time};
use wherefore_app::surfaces::{App, router};
use wherefore_app::thread::reads::Reads;

use crate::door::Door;
use crate::files::FilePlace;
use crate::http::{self, Stop};
use crate::storage::Storage;

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    storage: Storage,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:7411")]
    listen: SocketAddr,
    /// The address that people use, behind a proxy with TLS.
    #[arg(long, env = "WHEREFORE_PUBLIC_URL")]
    public_url: Option<String>,
    /// How many requests a program may make each minute with one token; without it, as many as it
    /// likes.
    #[arg(long, env = "WHEREFORE_API_RATE")]
    api_rate: Option<u32>,
    #[command(flatten)]
    mail: Mail,
    #[command(flatten)]
    files: FilePlace,
}

#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    storage: Storage,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:7411")]
    listen: SocketAddr,
    /// Further work items, in products of their own, for seeing how a big world behaves.
    #[arg(long, default_value_t = 0)]
    items: usize,
    /// Lets the clock run this many days ahead: a world that is there already is seen as it will be
    /// then.
    #[arg(long, default_value_t = 0)]
    days_ahead: u32,
    #[command(flatten)]
    mail: Mail,
    #[command(flatten)]
    files: FilePlace,
}

/// How mail leaves.
#[derive(Args)]
struct Mail {
    /// The mail server, like smtps://user:password@mail.example.org or smtp://…?tls=required.
    #[arg(long, env = "WHEREFORE_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// The sender, like "Wherefore <wherefore@example.org>".
    #[arg(long, env = "WHEREFORE_MAIL_FROM")]
    mail_from: Option<String>,
    /// Where mail is written as .eml files while no mail server is set; the folder `mail` in the
    /// data folder if left out.
    #[arg(long, env = "WHEREFORE_MAIL_FOLDER")]
    mail_folder: Option<PathBuf>,
    /// Where incoming mail is put as `PRODUCT/NAME.eml`; the folder `intake` in the data folder if
    /// left out.
    #[arg(long, env = "WHEREFORE_INTAKE_FOLDER")]
    intake_folder: Option<PathBuf>,
    /// Takes mail by SMTP on this address, as 127.0.0.1:2525: `KEY@…` is the product's. For a mail server
    /// beside it, not for the open net. Off if left out.
    #[arg(long, env = "WHEREFORE_INTAKE_SMTP")]
    intake_smtp: Option<SocketAddr>,
}

impl Mail {
    fn intake(&self, data: Option<&Path>) -> Option<PathBuf> {
        self.intake_folder.clone().or_else(|| data.map(|data| data.join("intake")))
    }

    /// Where mail is taken by SMTP, if it is.
    async fn letterbox(&self, data: Option<&Path>) -> anyhow::Result<Option<TcpListener>> {
        let Some(address) = self.intake_smtp else { return Ok(None) };
        if self.intake(data).is_none() {
            bail!("--intake-smtp needs a folder for what comes in: give one with --intake-folder");
        }
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("{address} cannot be used for mail: another program may listen there. Choose another address with --intake-smtp")
        })?;
        println!("Mail is taken by SMTP on {}", listener.local_addr()?);
        Ok(Some(listener))
    }

    fn post(&self, data: Option<&Path>, base: &str) -> anyhow::Result<Arc<Post>> {
        let folder = self.mail_folder.clone().or_else(|| data.map(|data| data.join("mail")));
        let (smtp, from) = (self.smtp.clone(), self.mail_from.clone());
        Ok(Arc::new(Post::new(&Settings { smtp, folder, from, base: base.to_owned() })?))
    }
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<()> {
        let (listener, address) = bind(self.listen).await?;
        let stop = Stop::on_signals()?;
        let Some((listener, db)) = open(&self.storage, "wherefore-data", listener, &stop).await?
        else {
            return Ok(());
        };
        let base = self.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let base = base.trim_end_matches('/').to_owned();
        let folder = self.storage.folder("wherefore-data");
        self.files.open(&db, folder.as_deref()).await?;
        let post = self.mail.post(folder.as_deref(), &base)?;
        let door = Door::open(&folder, &base).await?;
        if db.read(accounts::is_empty).await? {
            let now = Clock::system().now();
            let link =
                db.write(move |tx| one_time::new(tx, "setup", None, None, None, now)).await?;
            println!("Set up this Wherefore with this link, which works once:");
            println!("{base}/setup/{}", link.reveal());
        } else {
            println!("{base}");
        }
        let intake = self.mail.intake(folder.as_deref());
        let letterbox = self.mail.letterbox(folder.as_deref()).await?;
        let out =
            Out { public_url: self.public_url, api_rate: self.api_rate, post, intake, letterbox };
        serve(listener, door, db, Clock::system(), out, stop).await
    }
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<()> {
        let (listener, address) = bind(self.listen).await?;
        let stop = Stop::on_signals()?;
        let Some((listener, db)) = open(&self.storage, "wherefore-demo", listener, &stop).await?
        else {
            return Ok(());
        };
        let clock = Clock::ahead(self.days_ahead);
        let base = format!("http://{address}");
        let folder = self.storage.folder("wherefore-demo");
        self.files.open(&db, folder.as_deref()).await?;
        let post = self.mail.post(folder.as_deref(), &base)?;
        let door = Door::open(&folder, &base).await?;
        tokio::select! {
            built = wherefore_demo::ensure(&db, clock.now(), self.items) => built?,
            () = stop.asked() => bail!("Stopped before the demo world was whole. The next start makes it anew."),
        }
        println!("{base}");
        for login in wherefore_demo::logins() {
            println!("{:<32} {:<28} {}", login.what, login.email, wherefore_demo::PASSWORD);
        }
        let intake = self.mail.intake(folder.as_deref());
        let letterbox = self.mail.letterbox(folder.as_deref()).await?;
        let out = Out { public_url: None, api_rate: None, post, intake, letterbox };
        serve(listener, door, db, clock, out, stop).await
    }
}

async fn bind(listen: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("{listen} cannot be used: another program may listen there. Choose another address with --listen")
    })?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Opens the database. One that does not answer yet is waited for, while browsers are told so;
/// `None` where the program was asked to stop meanwhile.
async fn open(
    storage: &Storage,
    folder: &str,
    listener: TcpListener,
    stop: &Stop,
) -> anyhow::Result<Option<(TcpListener, Db)>> {
    let target = storage.target(folder);
    let (first, second) = twice(listener)?;
    let mut meanwhile = None;
    let mut told = String::new();
    let mut waiting = Some(first);
    let tell = |error: &wherefore_app::kernel::Error| {
        let text = error.to_string();
        if told != text {
            eprintln!("{text} Wherefore waits for it and tries again by itself; Ctrl-C ends it.");
            told = text;
        }
        if let Some(listener) = waiting.take() {
            meanwhile = Some(tokio::spawn(http::serve(listener, not_yet(), stop.clone())));
        }
    };
    let db = tokio::select! {
        db = Db::open_patiently(&target, tell) => db?,
        () = stop.asked() => return Ok(None),
    };
    if let Some(task) = meanwhile {
        task.abort();
    }
    Ok(Some((second, db)))
}

/// The same address for two servers, one after the other, so that no client is turned away.
fn twice(listener: TcpListener) -> std::io::Result<(TcpListener, TcpListener)> {
    let one = listener.into_std()?;
    let other = one.try_clone()?;
    Ok((TcpListener::from_std(one)?, TcpListener::from_std(other)?))
}

/// What every address answers until the database does.
fn not_yet() -> Router {
    Router::new().fallback(|| async {
        let wait = [(header::RETRY_AFTER, "5"), (header::CONNECTION, "close")];
        let text = "Wherefore waits for its database, which does not answer yet. Try again in a \
                    moment.\n";
        (StatusCode::SERVICE_UNAVAILABLE, wait, text)
    })
}

/// What the operator says of the world around.
struct Out {
    public_url: Option<String>,
    api_rate: Option<u32>,
    post: Arc<Post>,
    intake: Option<PathBuf>,
    letterbox: Option<TcpListener>,
}

async fn serve(
    listener: TcpListener,
    door: Option<Door>,
    db: Db,
    clock: Clock,
    mut out: Out,
    stop: Stop,
) -> anyhow::Result<()> {
    let reads = Reads::default();
    let mut jobs = Jobs::standard(db.clone(), clock.clone())
        .with(write_reads(reads.clone()))
        .with(send_mail(out.post.clone()));
    if let Some(folder) = out.intake.clone() {
        jobs = jobs.with(take_mail(folder));
    }
    let letterbox =
        out.letterbox.take().zip(out.intake.clone()).map(|(listener, folder)| {
            tokio::spawn(letterbox::listen(listener, folder, db.clone()))
        });
    let jobs = jobs.start();
    let app = {
        let Out { public_url, api_rate, post, .. } = out;
        router(App { db: db.clone(), clock, public_url, reads, api_rate, post })
    };
    let people = http::serve(listener, app, stop.clone());
    let served = match door {
        Some(door) => tokio::try_join!(people, door.serve(db, stop)).map(|_| ()),
        None => people.await,
    };
    if let Some(task) = letterbox {
        task.abort();
    }
    jobs.stop().await;
    served
}
