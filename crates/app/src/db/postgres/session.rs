//! One connection, used from a synchronous job.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::{TryStreamExt, poll};
use rustc_hash::FxHashMap;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::address::Address;
use super::answers::{Answers, changes};
use super::rows::{adding, together};
use super::statement::{fault, unavailable};
use crate::db::row::Source;
use crate::db::{Asked, Fault, PLANNED_ONCE, Row, Shape, Value};
use crate::kernel::{Error, Result};

/// A thread's own connection and the runtime that drives it: a statement wakes no other thread.
pub(in crate::db) struct Session {
    runtime: Runtime,
    address: Address,
    /// What each connection says first; nothing, if empty.
    greeting: String,
    /// `None` before the first job, and once it was found unfit for another.
    link: Option<Link>,
    /// Changes that nobody waits for: they travel with the next statement.
    queued: RefCell<Vec<Queued>>,
    /// Answers that are here before the question.
    answers: RefCell<Answers<Vec<tokio_postgres::Row>>>,
}

struct Link {
    client: Client,
    driver: JoinHandle<()>,
    /// Texts are long and all our own, so they are hashed as quickly as can be.
    statements: RefCell<FxHashMap<String, Statement>>,
    /// Whether the server was told to plan without values; `None` where a failure may have taken that
    /// back.
    planning: Cell<Option<bool>>,
}

/// A change on its way.
struct Queued {
    sql: String,
    statement: Statement,
    values: Vec<Value>,
}

/// How many changes travel together at most.
const LARGEST: usize = 256;

const PLAN_ONCE: &str = "SET plan_cache_mode TO force_generic_plan";
const PLAN_EACH: &str = "SET plan_cache_mode TO auto";

impl Session {
    pub(in crate::db) fn new(address: Address, greeting: &str) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let greeting = greeting.to_owned();
        let (queued, answers) = (RefCell::default(), RefCell::default());
        Ok(Self { runtime, address, greeting, link: None, queued, answers })
    }

    /// Makes sure of a connection before a job begins.
    pub(in crate::db) fn connect(&mut self) -> Result<()> {
        self.answers.borrow_mut().clear();
        if let Some(link) = &self.link {
            // What the server has said meanwhile, a farewell perhaps, is heard only now.
            self.runtime.block_on(async {
                for _ in 0..3 {
                    tokio::task::yield_now().await;
                }
            });
            if !link.client.is_closed() && !link.driver.is_finished() {
                return Ok(());
            }
        }
        let made = self.runtime.block_on(async {
            let (client, connection) = self.address.connect().await?;
            // How it ended is told by the statements that fail then.
            let driver = tokio::spawn(async move { drop(connection.await) });
            if !self.greeting.is_empty() {
                client.batch_execute(&self.greeting).await?;
            }
            let (statements, planning) = (RefCell::default(), Cell::new(Some(false)));
            Ok(Link { client, driver, statements, planning })
        });
        self.link = Some(made.map_err(unavailable)?);
        Ok(())
    }

    pub(in crate::db) fn query(
        &self,
        sql: &str,
        args: &[Value],
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<(), Fault> {
        let answered = self.answers.borrow_mut().take(sql, args);
        let rows = match answered {
            Some(rows) => rows,
            None => {
                self.changing(sql);
                let link = self.link()?;
                let rows = self.runtime.block_on(async {
                    let asked = prepared(link, sql, args).await?;
                    let before = self.before(link, sql.ends_with(PLANNED_ONCE)).await?;
                    after(link, &before, ask(link, &asked, sql)).await
                })?;
                Arc::new(rows)
            }
        };
        for row in rows.iter() {
            if !each(&Row(Source::Postgres(row))).map_err(Fault::Row)? {
                break;
            }
        }
        Ok(())
    }

    /// Asks for what the next queries will ask, all at once.
    pub(in crate::db) fn ahead(&self, asked: &[&Asked<'_>]) -> Result<(), Fault> {
        let lacking = self.answers.borrow().lacking(asked);
        // One alone is asked as soon when it is asked for.
        if lacking.len() < 2 {
            return Ok(());
        }
        let told = self.tell(&lacking)?;
        self.answers.borrow_mut().expect(&lacking, told);
        Ok(())
    }

    /// The same, and behind it for what is asked more than once.
    pub(in crate::db) fn ahead_keeping(
        &self,
        next: &[&Asked<'_>],
        kept: &[&Asked<'_>],
    ) -> Result<(), Fault> {
        let kept = self.answers.borrow().unkept(kept);
        let mut told = self.tell(&[next, &kept].concat())?;
        let of_kept = told.split_off(next.len());
        let mut answers = self.answers.borrow_mut();
        answers.expect(next, told);
        answers.keep(&kept, of_kept);
        Ok(())
    }

    pub(in crate::db) fn keeps(&self, sql: &str, args: &[Value]) -> bool {
        self.answers.borrow().keeps(sql, args)
    }

    fn tell(&self, asked: &[&Asked<'_>]) -> Result<Vec<Vec<tokio_postgres::Row>>, Fault> {
        asked.iter().for_each(|(sql, _)| self.changing(sql));
        let link = self.link()?;
        self.runtime.block_on(async {
            let mut all = Vec::with_capacity(asked.len());
            for (sql, args) in asked {
                all.push((prepared(link, sql, args).await?, *sql));
            }
            let once = asked.iter().all(|(sql, _)| sql.ends_with(PLANNED_ONCE));
            let all = try_join_all(all.iter().map(|(asked, sql)| ask(link, asked, sql)));
            after(link, &self.before(link, once).await?, all).await
        })
    }

    /// Takes note of a statement that tells rows and may change some.
    fn changing(&self, sql: &str) {
        if changes(sql) {
            self.answers.borrow_mut().changed(sql);
        }
    }

    /// Gives rows to `each` as they arrive: the server waits while they are worked on.
    pub(in crate::db) fn stream(
        &self,
        sql: &str,
        each: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<(), Fault> {
        let client = &self.link()?.client;
        self.runtime.block_on(async {
            let none = std::iter::empty::<&Value>();
            let rows = client.query_raw(sql, none).await.map_err(|cause| fault(cause, sql))?;
            let mut rows = std::pin::pin!(rows);
            while let Some(row) = rows.try_next().await.map_err(|cause| fault(cause, sql))? {
                each(&Row(Source::Postgres(&row))).map_err(Fault::Row)?;
            }
            Ok(())
        })
    }

    pub(in crate::db) fn execute(&self, sql: &str, args: &[Value]) -> Result<u64, Fault> {
        self.answers.borrow_mut().changed(sql);
        let link = self.link()?;
        self.runtime.block_on(async {
            let (statement, values) = prepared(link, sql, args).await?;
            let change = link.client.execute(&statement, &values);
            let change = async { change.await.map_err(|cause| fault(cause, sql)) };
            after(link, &self.under_way(link).await?, change).await
        })
    }

    /// Runs a change together with the next statement, which also tells of its failure.
    pub(in crate::db) fn queue(&self, sql: &str, args: &[Value]) -> Result<(), Fault> {
        self.answers.borrow_mut().changed(sql);
        let link = self.link()?;
        let (statement, values) = self.runtime.block_on(prepared(link, sql, args))?;
        let values = args[..values.len()].to_vec();
        self.queued.borrow_mut().push(Queued { sql: sql.to_owned(), statement, values });
        if self.queued.borrow().len() < LARGEST {
            return Ok(());
        }
        self.flush()
    }

    /// Waits for the changes under way.
    pub(in crate::db) fn flush(&self) -> Result<(), Fault> {
        let link = self.link()?;
        self.runtime.block_on(async {
            let queued = self.under_way(link).await?;
            after(link, &queued, async { Ok(()) }).await
        })
    }

    /// What is sent before a query: the changes that wait, and how it is to be planned.
    async fn before(&self, link: &Link, once: bool) -> Result<Vec<Queued>, Fault> {
        let mut before = self.under_way(link).await?;
        if link.planning.replace(Some(once)) != Some(once) {
            let sql = if once { PLAN_ONCE } else { PLAN_EACH };
            let statement = link.statement(sql).await.map_err(|cause| fault(cause, sql))?;
            before.push(Queued { sql: sql.to_owned(), statement, values: Vec::new() });
        }
        Ok(before)
    }

    /// The changes that wait to be sent, rows of one table together.
    async fn under_way(&self, link: &Link) -> Result<Vec<Queued>, Fault> {
        let mut sent = Vec::new();
        for mut group in together(self.queued.take(), |change| (&change.sql, &change.values)) {
            let many = adding(&group[0].sql, group.len()).filter(|_| group.len() > 1);
            if let Some(sql) = many {
                let statement = link.statement(&sql).await.map_err(|cause| fault(cause, &sql))?;
                let values = group.drain(..).flat_map(|change| change.values).collect();
                group = vec![Queued { sql, statement, values }];
            }
            sent.append(&mut group);
        }
        Ok(sent)
    }

    /// Forgets changes that were not sent yet.
    pub(super) fn forget(&self) {
        self.answers.borrow_mut().clear();
        self.queued.take();
        if let Some(link) = &self.link {
            link.planning.set(None);
        }
    }

    pub(in crate::db) fn shape(&self, sql: &str) -> Result<Shape, Fault> {
        let link = self.link()?;
        let statement = self.runtime.block_on(link.statement(sql));
        let statement = statement.map_err(|cause| fault(cause, sql))?;
        Ok(Shape {
            parameters: statement.params().len(),
            columns: statement.columns().iter().map(|column| column.name().to_owned()).collect(),
        })
    }

    /// Runs a word of transaction control.
    pub(in crate::db) fn control(&self, sql: &str) -> Result<(), Fault> {
        let done = self.runtime.block_on(self.link()?.client.batch_execute(sql));
        done.map_err(|cause| fault(cause, sql))
    }

    /// Closes the connection: the next job gets another one.
    pub(super) fn discard(&mut self) {
        self.link = None;
    }

    fn link(&self) -> Result<&Link, Fault> {
        self.link.as_ref().ok_or_else(|| {
            Fault::Statement(Error::Unavailable(
                "The connection to the database was lost. Try again in a moment.".into(),
            ))
        })
    }
}

impl Link {
    /// The statement, prepared once in a connection's life.
    async fn statement(&self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        let known = self.statements.borrow().get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// The rows of a query, sent when this is first polled.
async fn ask(
    link: &Link,
    (statement, values): &(Statement, Parameters<'_>),
    sql: &str,
) -> Result<Vec<tokio_postgres::Row>, Fault> {
    link.client.query(statement, values).await.map_err(|cause| fault(cause, sql))
}

/// Sends the changes and then the statement, all at once, and waits for all of them in that order.
async fn after<T>(
    link: &Link,
    queued: &[Queued],
    last: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    type Change<'a> = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + 'a>>;
    let mut under_way: Vec<(&Queued, Change<'_>)> = Vec::with_capacity(queued.len());
    let mut failed = None;
    for change in queued {
        let values = change.values.iter().map(|value| value as &(dyn ToSql + Sync));
        let values: Vec<_> = values.collect();
        let mut sent: Change<'_> =
            Box::pin(async move { link.client.execute(&change.statement, &values).await });
        // The first poll sends it.
        match poll!(&mut sent) {
            std::task::Poll::Pending => under_way.push((change, sent)),
            std::task::Poll::Ready(Ok(_)) => {}
            std::task::Poll::Ready(Err(cause)) => {
                failed.get_or_insert_with(|| fault(cause, &change.sql));
            }
        }
    }
    let mut last = std::pin::pin!(last);
    let early = poll!(&mut last);
    for (change, sent) in under_way {
        if let Err(cause) = sent.await {
            // What follows a failure fails only because of it.
            failed.get_or_insert_with(|| fault(cause, &change.sql));
        }
    }
    let told = match early {
        std::task::Poll::Ready(told) => told,
        std::task::Poll::Pending => last.await,
    };
    let told = failed.map_or(told, Err);
    if told.is_err() {
        link.planning.set(None);
    }
    told
}

type Parameters<'a> = Vec<&'a (dyn ToSql + Sync)>;

/// The statement, and as many of the values as it takes.
async fn prepared<'a>(
    link: &Link,
    sql: &str,
    args: &'a [Value],
) -> Result<(Statement, Parameters<'a>), Fault> {
    let statement = link.statement(sql).await.map_err(|cause| fault(cause, sql))?;
    let wanted = statement.params().len();
    let Some(args) = args.get(..wanted) else {
        let text = format!("{} values for {wanted} parameters: {sql}", args.len());
        return Err(Fault::Statement(Error::Internal(text)));
    };
    Ok((statement, args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()))
}
