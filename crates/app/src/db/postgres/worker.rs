//! The threads that work on the database. They are started as they are needed, up to a number, and
//! each keeps its connection.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::oneshot;

use super::address::Address;
use super::{PATIENCE, Session, write};
use crate::db::conn::Link;
use crate::db::{Conn, ReadJob, Tx, WriteJob, guarded};
use crate::kernel::{Error, Result};

/// Connections to the server at most.
const LARGEST: usize = 16;

/// What a worker can be asked for.
pub(super) enum Work {
    Read(ReadJob),
    Write(WriteJob),
}

struct Job {
    work: Work,
    since: Instant,
    done: oneshot::Sender<Result<()>>,
}

/// The threads of one database.
pub(super) struct Workers {
    /// `None` only while they are being ended.
    queue: Option<Sender<Job>>,
    crew: Arc<Crew>,
}

struct Crew {
    jobs: Receiver<Job>,
    address: Address,
    channel: String,
    greeting: String,
    /// Workers that wait for a job.
    idle: AtomicUsize,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Workers {
    /// Each connection says `greeting` first.
    pub fn new(address: Address, channel: String, greeting: String) -> Self {
        let (queue, jobs) = crossbeam_channel::unbounded();
        let (idle, threads) = (AtomicUsize::new(0), Mutex::default());
        let crew = Arc::new(Crew { jobs, address, channel, greeting, idle, threads });
        Self { queue: Some(queue), crew }
    }

    pub fn waiting(&self) -> usize {
        self.crew.jobs.len()
    }

    /// Has a job done by the next worker that is free.
    pub async fn work(&self, work: Work) -> Result<()> {
        let (done, answer) = oneshot::channel();
        let job = Job { work, since: Instant::now(), done };
        let sent = self.queue.as_ref().is_some_and(|queue| queue.send(job).is_ok());
        if sent {
            self.crew.grow()?;
            if let Ok(result) = answer.await {
                return result;
            }
        }
        Err(Error::Unavailable("Wherefore is shutting down. Try again in a moment.".into()))
    }
}

impl Drop for Workers {
    /// Lets queued jobs finish and their connections be closed.
    fn drop(&mut self) {
        self.queue = None;
        let threads = || self.crew.threads.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(thread) = threads() {
            // A job may have held the last handle, and a thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl Crew {
    /// One worker more where a job waits and nobody is free.
    fn grow(self: &Arc<Self>) -> Result<()> {
        if self.jobs.len() <= self.idle.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        if threads.len() >= LARGEST {
            return Ok(());
        }
        let failed = |error: std::io::Error| {
            Error::Unavailable(format!("No thread could be started for the database: {error}."))
        };
        let session = Session::new(self.address.clone(), &self.greeting).map_err(failed)?;
        let crew = self.clone();
        let named = thread::Builder::new().name("db-worker".into());
        threads.push(named.spawn(move || crew.serve(session)).map_err(failed)?);
        Ok(())
    }

    /// A worker's life: jobs one after the other.
    fn serve(self: Arc<Self>, session: Session) {
        let mut tx = Tx::new(Conn::new(Link::Postgres(Box::new(session))));
        loop {
            self.idle.fetch_add(1, Ordering::SeqCst);
            let job = self.jobs.recv();
            self.idle.fetch_sub(1, Ordering::SeqCst);
            let Ok(Job { work, since, done }) = job else { return };
            // Whoever sent a job while this one seemed to be free may need another one.
            if let Err(error) = self.grow() {
                tracing::warn!(%error, "the database has fewer workers than it needs");
            }
            // Nobody waits for what it would read any more.
            if matches!(work, Work::Read(_)) && done.is_closed() {
                continue;
            }
            let _ = done.send(self.run(&mut tx, work, since));
        }
    }

    fn run(&self, tx: &mut Tx, work: Work, since: Instant) -> Result<()> {
        if since.elapsed() > PATIENCE {
            return Err(Error::Unavailable(
                "The database is too busy to answer. Wait a moment and try again.".into(),
            ));
        }
        if let Link::Postgres(session) = &mut tx.link {
            session.connect()?;
        }
        match work {
            Work::Read(run) => {
                let result = guarded(|| run(&mut *tx));
                tx.settle(result)
            }
            Work::Write(mut run) => write(tx, &mut run, &self.channel),
        }
    }
}
