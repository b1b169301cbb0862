//! Statements on bare tokio-postgres, one after the other as the product's handlers would.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Config, NoTls};
use wherefore_app::db::PLANNED_ONCE;

use super::{Counts, Served};
use crate::replay::{Arg, Fill, Page, Step};

const CONNECTIONS: usize = 24;

pub struct Floor {
    pool: Pool,
}

impl Floor {
    pub fn open(url: &str) -> anyhow::Result<Self> {
        let setup = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let mut config: Config = url.parse()?;
        config.options("-c random_page_cost=1.1 -c jit=off");
        let manager = Manager::from_config(config, NoTls, setup);
        Ok(Self { pool: Pool::builder(manager).max_size(CONNECTIONS).build()? })
    }

    pub async fn run(&self, served: &Served) -> anyhow::Result<()> {
        let client = self.pool.get().await?;
        let session = Session { client, once: AtomicBool::new(false) };
        let done = if served.page.writes {
            write(&session, &served.page, &served.counts).await
        } else {
            read(&session, &served.page).await
        };
        session.plan(false).await?;
        done
    }
}

/// A connection that knows how its next statement is planned; it goes back as it came.
struct Session {
    client: Object,
    once: AtomicBool,
}

impl Session {
    /// Has statements planned once or, by what they ask for, each time, as the product does.
    async fn plan(&self, once: bool) -> anyhow::Result<()> {
        if self.once.swap(once, Ordering::Relaxed) == once {
            return Ok(());
        }
        let mode = if once { "force_generic_plan" } else { "auto" };
        Ok(self.client.batch_execute(&format!("SET plan_cache_mode TO {mode}")).await?)
    }
}

async fn read(session: &Session, page: &Page) -> anyhow::Result<()> {
    for step in &page.steps {
        run(session, step, &step.args).await?;
    }
    Ok(())
}

async fn write(session: &Session, page: &Page, counts: &Counts) -> anyhow::Result<()> {
    let mut fill = counts.fill();
    let client = &session.client;
    client.batch_execute("BEGIN").await?;
    for step in &page.steps {
        if let Err(error) = change(session, step, &mut fill, counts).await {
            client.batch_execute("ROLLBACK").await?;
            // Its settings went back with it.
            session.once.store(false, Ordering::Relaxed);
            return Err(error);
        }
    }
    client.batch_execute("COMMIT").await?;
    Ok(())
}

async fn change(
    session: &Session,
    step: &Step,
    fill: &mut Fill,
    counts: &Counts,
) -> anyhow::Result<()> {
    if step.sql.starts_with("UPDATE work_item SET") {
        fill.revision = revision(&session.client, step, counts).await?;
    }
    let args: Vec<Arg> = step.args.iter().map(|arg| fill.fill(arg)).collect();
    let rows = run(session, step, &args).await?;
    if step.sql.contains("RETURNING seq") {
        let Arg::Int(count) = args[1] else { anyhow::bail!("no count of places") };
        let last: i64 = rows.first().map_or(0, |row| row.get(0));
        fill.first_seq = last - count + 1;
    }
    Ok(())
}

/// The revision of the item that a move changes; the order's lock is held, so it is the last.
async fn revision(client: &Object, step: &Step, counts: &Counts) -> anyhow::Result<i64> {
    let known = counts.revision.fetch_add(1, Ordering::Relaxed);
    if known > 0 {
        return Ok(known);
    }
    let id = step.args.iter().rev().find_map(|arg| match arg {
        Arg::Id(id) => Some(*id),
        _ => None,
    });
    let id = id.ok_or_else(|| anyhow::anyhow!("an update of nothing"))?;
    let sql = "SELECT revision FROM work_item WHERE workspace_id = 1 AND id = $1";
    let now: i64 = client.query_one(sql, &[&id]).await?.get(0);
    counts.revision.store(now + 1, Ordering::Relaxed);
    Ok(now)
}

/// Runs a statement and looks at every column of every row.
async fn run(
    session: &Session,
    step: &Step,
    args: &[Arg],
) -> anyhow::Result<Vec<tokio_postgres::Row>> {
    let client = &session.client;
    let statement = client.prepare_cached(&step.sql).await?;
    let args = args.iter().take(statement.params().len());
    let values: Vec<_> = args.map(|arg| arg as &(dyn ToSql + Sync)).collect();
    let planned = session.plan(step.sql.ends_with(PLANNED_ONCE));
    // Both are sent at once, in this order.
    let (planned, rows) = tokio::join!(biased; planned, client.query(&statement, &values));
    planned?;
    let rows = rows?;
    for row in &rows {
        for column in 0..row.len() {
            std::hint::black_box(row.try_get::<_, Seen>(column)?);
        }
    }
    Ok(rows)
}

/// A column's bytes, looked at and not kept.
struct Seen;

impl<'a> FromSql<'a> for Seen {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        std::hint::black_box(raw);
        Ok(Self)
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Arg {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Bool(value) => value.to_sql(ty, out),
            Self::Int(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Self::Int(value) if *ty == Type::FLOAT8 => (*value as f64).to_sql(ty, out),
            Self::Int(value) => value.to_sql(ty, out),
            Self::Real(value) => value.to_sql(ty, out),
            Self::Text(value) => value.to_sql(ty, out),
            Self::Id(value) => value.to_sql(ty, out),
            Self::Bytes(value) => value.to_sql(ty, out),
            _ => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
