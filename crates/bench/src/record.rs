//! Records what the product does for each request: its statements with their values, and the
//! bytes it sends.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;
use wherefore_app::db::{Db, Value, observe};
use wherefore_app::jobs::mail::{Post, Settings};
use wherefore_app::kernel::{Clock, Id, Time};
use wherefore_app::people::{accounts, tokens};
use wherefore_app::surfaces::{App, router};
use wherefore_app::thread::reads::Reads;

use crate::cases::{self, Case, PRODUCT, Secrets};
use crate::replay::{Arg, Page, Script, Step, mark};
use crate::world::World;

/// What the requests need, and what the floors will do.
pub struct Recording {
    pub secrets: Secrets,
    pub cases: Vec<Case>,
    pub script: Script,
}

static SEEN: Mutex<Vec<Step>> = Mutex::new(Vec::new());

fn note(sql: &str, args: &[Value]) {
    if matches!(sql, "BEGIN" | "COMMIT") {
        return;
    }
    if let Ok(mut seen) = SEEN.lock() {
        seen.push(Step { sql: sql.to_owned(), args: args.iter().map(Arg::from).collect() });
    }
}

const OWNER: &str = "SELECT account_id, id FROM person WHERE workspace_id = 1 AND role = 'owner'";
const COUNT: &str = "SELECT COUNT(*) FROM work_item WHERE workspace_id = 1 AND product_id = \
                     (SELECT id FROM product WHERE workspace_id = 1 AND key = $1)";
const STORY: &str = "SELECT key FROM work_item WHERE workspace_id = 1 AND product_id = \
                     (SELECT id FROM product WHERE workspace_id = 1 AND key = $1) \
                     AND level = 'story' ORDER BY rank LIMIT 1 OFFSET $2";
const OPEN: &str = "SELECT key FROM work_item WHERE workspace_id = 1 AND product_id = \
                    (SELECT id FROM product WHERE workspace_id = 1 AND key = $1) \
                    AND gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped' \
                    ORDER BY rank LIMIT 100";

/// Asks the product for each case once, in this process.
pub async fn record(world: &World) -> anyhow::Result<Recording> {
    let db = Db::open(&world.target).await?;
    let secrets = secrets(&db).await?;
    let total: i64 = one(&db, COUNT, vec![PRODUCT.into()]).await?;
    let mut stories = Vec::new();
    for n in 0..20 {
        stories
            .push(one(&db, STORY, vec![PRODUCT.into(), (total * 6 / 10 * n / 20).into()]).await?);
    }
    let open = db.read(|conn| conn.query(OPEN, &[PRODUCT.into()], |r| r.get::<String>(0)));
    let cases = cases::all(&stories, &open.await?);
    observe(note);
    let app = App {
        db: db.clone(),
        clock: Clock::system(),
        public_url: None,
        reads: Reads::default(),
        api_rate: None,
        post: std::sync::Arc::new(Post::new(&Settings::default())?),
    };
    let app = router(app);
    let mut pages = Vec::new();
    for case in &cases {
        // One recorded move stands for all: the floor moves one item to and fro.
        let asked = if case.writes { &case.requests[..1] } else { &case.requests[..] };
        for asked in asked {
            pages.push(ask(&app, case, asked, &secrets).await?);
        }
    }
    Ok(Recording { secrets, cases, script: Script { pages } })
}

async fn one<T>(db: &Db, sql: &'static str, args: Vec<Value>) -> anyhow::Result<T>
where
    T: wherefore_app::db::FromColumn + Send + 'static,
{
    Ok(db.read(move |conn| conn.query_one(sql, &args, |r| r.get(0))).await?)
}

async fn secrets(db: &Db) -> anyhow::Result<Secrets> {
    let made = db.write(|tx| {
        let now = Clock::system().now();
        let (account, person): (Id, Id) =
            tx.query_one(OWNER, &[], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let session = accounts::new_session(tx, account, 1, now)?;
        let until = Some(Time(now.0 + 300 * Time::DAY));
        let (_, token) = tokens::new(tx, 1, person, "bench", &tokens::Reach::Full, now, until)?;
        Ok(Secrets { session: session.reveal().into(), token: token.reveal().into() })
    });
    Ok(made.await?)
}

async fn ask(
    app: &axum::Router,
    case: &Case,
    asked: &cases::Asked,
    secrets: &Secrets,
) -> anyhow::Result<Page> {
    let mut request = Request::builder().method(asked.method).uri(&asked.path);
    for (name, value) in asked.headers(secrets) {
        request = request.header(name, value);
    }
    let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    if let Ok(mut seen) = SEEN.lock() {
        seen.clear();
    }
    let answer = app.clone().oneshot(request.body(Body::from(asked.body.clone()))?).await?;
    let status = answer.status();
    let kind = answer.headers().get("content-type").and_then(|v| v.to_str().ok());
    let content_type = kind.unwrap_or("text/plain").to_owned();
    let body = answer.into_body().collect().await?.to_bytes().to_vec();
    if !status.is_success() {
        bail!(
            "{} {} answered {status}: {}",
            asked.method,
            asked.path,
            String::from_utf8_lossy(&body)
        );
    }
    let mut steps = std::mem::take(&mut *SEEN.lock().ok().context("a recorder panicked")?);
    if case.writes {
        let made: serde_json::Value = serde_json::from_slice(&body)?;
        let key = made["key"].as_str().filter(|_| case.name == "create");
        mark(&mut steps, u64::try_from(began.as_millis())?, key);
    }
    Ok(Page { case: case.name.into(), writes: case.writes, steps, content_type, body })
}
