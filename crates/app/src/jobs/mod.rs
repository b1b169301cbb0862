//! Work in the background: what the system does by itself, on a schedule.
//!
//! A [`Job`] has a name and a rhythm. One that belongs to the whole installation runs on one node
//! at a time, held by a lease in the database; one that belongs to a process (writing down what it
//! keeps in memory) runs on each. [`Jobs::start`] is what the server does; tests set the clock and
//! call [`Jobs::run_due`].

pub mod digests;
pub mod intake;
mod lease;
pub mod letterbox;
pub mod mail;
pub mod reminders;
mod standard;

pub use standard::write_reads;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::db::Db;
use crate::kernel::{Clock, Error, Id, Result, Time};

/// How often the runner looks whether something is due.
const TICK: Duration = Duration::from_secs(1);
/// How long a job that failed waits before it is tried again, unless it runs more often anyway.
const RETRY: i64 = 5 * 60 * Time::SECOND;
/// A run ends before its lease does, so that no other node begins meanwhile.
const LONGEST_RUN: Duration = Duration::from_secs(14 * 60);

type Work = Box<dyn Fn(Db, Time) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// Something to be done again and again.
pub struct Job {
    name: &'static str,
    /// Microseconds from one run to the next.
    every: i64,
    each_node: bool,
    work: Work,
}

impl Job {
    /// A job of the installation: of several nodes, one runs it. It works in short transactions
    /// and can be interrupted between any two of them.
    pub fn on_one_node<F, W>(name: &'static str, every: i64, work: W) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
        W: Fn(Db, Time) -> F + Send + Sync + 'static,
    {
        let work: Work = Box::new(move |db, now| Box::pin(work(db, now)));
        Self { name, every, each_node: false, work }
    }

    /// A job of this process, which runs once more when the process stops.
    pub fn on_each_node<F, W>(name: &'static str, every: i64, work: W) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
        W: Fn(Db, Time) -> F + Send + Sync + 'static,
    {
        Self { each_node: true, ..Self::on_one_node(name, every, work) }
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub job: &'static str,
    pub result: Result<()>,
}

/// The jobs of this process.
pub struct Jobs {
    db: Db,
    clock: Clock,
    node: Id,
    /// Each with the time at which this node looks at it again.
    jobs: Vec<(Job, Mutex<Time>)>,
}

impl Jobs {
    /// No jobs yet.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, node: Id::new(), jobs: Vec::new() }
    }

    /// The jobs that every installation has.
    pub fn standard(db: Db, clock: Clock) -> Self {
        standard::all().into_iter().fold(Self::new(db, clock), Self::with)
    }

    /// One job more.
    #[must_use]
    pub fn with(mut self, job: Job) -> Self {
        self.jobs.push((job, Mutex::new(Time(0))));
        self
    }

    /// Runs what is due, one after the other, and says how each ended.
    pub async fn run_due(&self) -> Vec<Ran> {
        let mut all = Vec::new();
        for (job, next) in &self.jobs {
            let now = self.clock.now();
            if now < *next.lock().unwrap_or_else(PoisonError::into_inner) {
                continue;
            }
            let (again, result) = if job.each_node {
                (Time(now.0 + job.every), Some(self.run(job, now).await))
            } else {
                self.run_leased(job, now).await
            };
            *next.lock().unwrap_or_else(PoisonError::into_inner) = again;
            if let Some(result) = result {
                if let Err(error) = &result {
                    tracing::warn!(job = job.name, %error, "a background job failed");
                }
                all.push(Ran { job: job.name, result });
            }
        }
        all
    }

    /// Runs a job if its lease is free and it is due; and when to look again.
    async fn run_leased(&self, job: &Job, now: Time) -> (Time, Option<Result<()>>) {
        let failed = |error| (Time(now.0 + RETRY.min(job.every)), Some(Err(error)));
        match lease::take(&self.db, job.name, self.node, now).await {
            Ok(lease::Taken::Ours) => {}
            Ok(lease::Taken::NotBefore(at)) => return (at, None),
            Err(error) => return failed(error),
        }
        let result = self.run(job, now).await;
        let wait = if result.is_ok() { job.every } else { RETRY.min(job.every) };
        let next = Time(self.clock.now().0 + wait);
        let error = result.as_ref().err().map(ToString::to_string);
        match lease::give_back(&self.db, job.name, self.node, now, next, error).await {
            Ok(()) => (next, Some(result)),
            Err(error) => failed(error),
        }
    }

    async fn run(&self, job: &Job, now: Time) -> Result<()> {
        let work = AssertUnwindSafe((job.work)(self.db.clone(), now)).catch_unwind();
        match tokio::time::timeout(LONGEST_RUN, work).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Error::internal(format!("the job {} panicked", job.name))),
            Err(_) => Err(Error::Unavailable(format!(
                "The job {} was stopped after 14 minutes and goes on at its next run.",
                job.name
            ))),
        }
    }

    /// Runs the jobs on a task of their own until it is told to stop.
    pub fn start(self) -> Running {
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            tokio::select! {
                () = self.run_on() => {}
                _ = stopped.wait_for(|stop| *stop) => {}
            }
            self.wind_up().await;
        });
        Running { stop, task }
    }

    async fn run_on(&self) {
        loop {
            self.run_due().await;
            tokio::time::sleep(TICK).await;
        }
    }

    /// Gives leases back and lets this process's own jobs write down what is left.
    pub async fn wind_up(&self) {
        let now = self.clock.now();
        for (job, _) in self.jobs.iter().filter(|(job, _)| job.each_node) {
            if let Err(error) = self.run(job, now).await {
                tracing::warn!(job = job.name, %error, "a background job failed at the end");
            }
        }
        if let Err(error) = lease::give_back_all(&self.db, self.node).await {
            tracing::warn!(%error, "leases were not given back; they run out by themselves");
        }
    }
}

/// Jobs at work. Without [`Running::stop`] they end with the process.
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Ends between two transactions, and returns when all is written down.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the background jobs ended badly");
        }
    }
}
