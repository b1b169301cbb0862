//! Serving, and the demo world.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Args;
use wherefore_app::db::Db;
use wherefore_app::jobs::{Jobs, write_reads};
use wherefore_app::kernel::Clock;
use wherefore_app::people::accounts;
use wherefore_app::surfaces::{App, router};
use wherefore_app::thread::reads::Reads;

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
}

#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    storage: Storage,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:7411")]
    listen: SocketAddr,
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<()> {
        let (listener, address) = bind(self.listen).await?;
        let db = self.storage.open("wherefore-data").await?;
        let base = self.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let base = base.trim_end_matches('/').to_owned();
        if db.read(accounts::is_empty).await? {
            let now = Clock::system().now();
            let link =
                db.write(move |tx| accounts::new_link(tx, "setup", None, None, None, now)).await?;
            println!("Set up this Wherefore with this link, which works once:");
            println!("{base}/setup/{}", link.reveal());
        } else {
            println!("{base}");
        }
        serve(listener, db, self.public_url).await
    }
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<()> {
        let (listener, address) = bind(self.listen).await?;
        let db = self.storage.open("wherefore-demo").await?;
        if db.read(accounts::is_empty).await? {
            wherefore_demo::build(&db, Clock::system().now()).await?;
        }
        println!("http://{address}");
        for login in wherefore_demo::logins() {
            println!("{:<32} {:<28} {}", login.what, login.email, wherefore_demo::PASSWORD);
        }
        serve(listener, db, None).await
    }
}

async fn bind(listen: SocketAddr) -> anyhow::Result<(tokio::net::TcpListener, SocketAddr)> {
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| {
        format!("{listen} cannot be used: another program may listen there. Choose another address with --listen")
    })?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn serve(
    listener: tokio::net::TcpListener,
    db: Db,
    public_url: Option<String>,
) -> anyhow::Result<()> {
    let clock = Clock::system();
    let reads = Reads::default();
    let jobs = Jobs::standard(db.clone(), clock.clone()).with(write_reads(reads.clone())).start();
    let app = router(App { db, clock, public_url, reads });
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    // Event streams never end by themselves, so waiting for all connections would hang.
    let served = tokio::select! {
        served = axum::serve(listener, service) => served,
        () = asked_to_stop() => Ok(()),
    };
    jobs.stop().await;
    Ok(served?)
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminate =
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(signal) => signal,
                Err(_) => return drop(interrupt.await),
            };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
