//! Exports that are made in the background: asked for, made with the eyes of whoever asked, kept for a
//! day so that one can come back to them.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Format, Wanted, products, write};
use crate::db::{Conn, Db};
use crate::files::size_words;
use crate::kernel::{Access, Actor, Error, Id, Result, Role, Time, Via};
use crate::people::accounts;
use crate::people::members::Person;
use crate::people::products::{Product, product, product_by_id};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope, load, note_file};
use crate::{new_row, record, selects, statements};

record! {
    /// An export that was asked for.
    pub struct MadeExport in "made_export", versioned: false {
        pub person_id: Id,
        /// All products that its person sees, without one.
        pub product_id: Option<Id>,
        pub format: String,
        /// With the bytes of attached files.
        pub with_files: bool,
        /// `waiting`, `running`, `ready` or `failed`.
        pub state: String,
        /// Why it failed.
        pub note: String,
        /// What its archive is kept under.
        pub hash: String,
        pub size: i64,
        pub done_at: Option<Time>,
    }
}

/// It is its person's alone, whatever it is about.
impl Indexed for MadeExport {
    fn erasable() -> &'static [&'static str] {
        &["hash"]
    }
}

selects! {
    OWN: MadeExport = "made_export", "person_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 20";
    OPEN: MadeExport = "made_export", "state IN ('waiting', 'running') AND gone_at IS NULL ORDER BY id LIMIT 1";
}

statements! {
    /// Whether somebody has left a product since.
    LEFT_SINCE = "SELECT 1 FROM product_member WHERE workspace_id = $1 AND person_id = $2 AND gone_at >= $3 LIMIT 1";
    WORKSPACES = "SELECT DISTINCT m.workspace_id FROM made_export m JOIN workspace w ON w.id = m.workspace_id WHERE m.state IN ('waiting', 'running') AND w.archived_at IS NULL ORDER BY m.workspace_id";
}

/// Exports of one person that wait at once.
const WAITING: usize = 5;
/// How long an archive is kept, as every file that nothing refers to.
const KEPT: i64 = Time::DAY;

/// An export as its person sees it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct MadeExportView {
    pub id: Id,
    /// The product's key; all that one sees, without one.
    pub product: Option<String>,
    pub format: String,
    pub files: bool,
    /// `waiting`, `running`, `ready`, `failed`, or `gone` after its day.
    pub state: String,
    /// Why it failed.
    pub note: String,
    pub name: String,
    /// In bytes.
    pub size: i64,
    pub asked_at: Time,
    pub ready_at: Option<Time>,
    /// Until when it can be fetched.
    pub until: Option<Time>,
    /// Where its archive is, once it is ready.
    pub url: Option<String>,
}

impl MadeExport {
    fn wanted(&self, product: Option<String>) -> Result<Wanted> {
        Ok(Wanted { product, format: Format::parse(&self.format)?, files: self.with_files })
    }

    fn until(&self) -> Option<Time> {
        self.done_at.filter(|_| self.state == "ready").map(|at| Time(at.0 + KEPT))
    }
}

fn view(conn: &mut Conn, ws: i64, made: &MadeExport, now: Time) -> Result<MadeExportView> {
    let product = match made.product_id {
        Some(id) => load::<Product>(conn, ws, id)?.map(|p| p.key),
        None => None,
    };
    let over = made.until().is_some_and(|until| until <= now);
    let state = if over { "gone".to_owned() } else { made.state.clone() };
    Ok(MadeExportView {
        id: made.id,
        name: made.wanted(product.clone())?.file_name(),
        product,
        format: made.format.clone(),
        files: made.with_files,
        url: (state == "ready").then(|| format!("/exports/{}", made.id)),
        state,
        note: made.note.clone(),
        size: made.size,
        asked_at: made.created_at,
        ready_at: made.done_at,
        until: made.until(),
    })
}

/// Have an export made in the background; it can be fetched for a day.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MakeExport {
    /// A product's key; all products that you see if left out.
    pub product: Option<String>,
    /// `json` (if left out), `csv` or `markdown`.
    pub format: Option<String>,
    /// With attached files.
    pub files: bool,
}

impl Action for MakeExport {
    type Output = MadeExportView;
    const META: Meta = Meta::action(
        "make-export",
        "Have an export made in the background; it can be fetched for a day",
        "POST",
        "/exports",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<MadeExportView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let format = self.format.as_deref().filter(|f| !f.trim().is_empty()).unwrap_or("json");
        let format = Format::parse(format)?.as_str().to_owned();
        let of = match self.product.as_deref().filter(|key| !key.trim().is_empty()) {
            Some(key) => Some(product(cx.conn(), &actor, key, Access::Read)?.id),
            None => None,
        };
        let own = OWN.all(cx.conn(), ws, &[actor.person.into()])?;
        let open = |made: &&MadeExport| matches!(made.state.as_str(), "waiting" | "running");
        if own.iter().filter(open).count() >= WAITING {
            return Err(Error::refused(format!(
                "{WAITING} exports of yours are being made. Wait until one of them is ready."
            )));
        }
        let row = new_row!(
            cx,
            MadeExport {
                person_id: actor.person,
                product_id: of,
                format: format,
                with_files: self.files,
                state: "waiting".to_owned(),
                note: String::new(),
                hash: String::new(),
                size: 0,
                done_at: None,
            }
        );
        cx.insert(&row)?;
        let now = cx.now;
        view(cx.conn(), ws, &row, now)
    }
}

/// List the exports that you asked for, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListExports {}

impl Query for ListExports {
    type Output = Vec<MadeExportView>;
    const META: Meta = Meta::query(
        "list-exports",
        "List the exports that you asked for, newest first",
        "/exports",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<MadeExportView>> {
        let ws = cx.actor.workspace;
        let own = OWN.all(cx.conn, ws, &[cx.actor.person.into()])?;
        own.iter().map(|made| view(cx.conn, ws, made, cx.now)).collect()
    }
}

/// Show how far an export of yours is, and where it can be fetched.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetExport {
    pub export: Id,
}

impl Query for GetExport {
    type Output = MadeExportView;
    const META: Meta = Meta::query(
        "get-export",
        "Show how far an export of yours is, and where it can be fetched",
        "/exports/{export}",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<MadeExportView> {
        let made = own(cx.conn, cx.actor, self.export)?;
        view(cx.conn, cx.actor.workspace, &made, cx.now)
    }
}

/// An export of whoever asks, if they still see what it is of.
fn own(conn: &mut Conn, actor: &Actor, id: Id) -> Result<MadeExport> {
    let missing = || Error::NotFound("export");
    let made = load::<MadeExport>(conn, actor.workspace, id)?
        .filter(|made| made.gone_at.is_none() && made.person_id == actor.person)
        .ok_or_else(missing)?;
    if let Some(product) = made.product_id {
        product_by_id(conn, actor, product, Access::Read).map_err(|_| missing())?;
    } else {
        // One of all products holds those that they see no more.
        let values = [actor.workspace.into(), actor.person.into(), made.created_at.into()];
        if conn.query_opt(&LEFT_SINCE, &values, |row| row.get::<i64>(0))?.is_some() {
            return Err(missing());
        }
    }
    Ok(made)
}

/// The archive of an export: what it is kept under, its size and its name.
pub fn archive(conn: &mut Conn, actor: &Actor, id: Id, now: Time) -> Result<(String, u64, String)> {
    let made = own(conn, actor, id)?;
    let shown = view(conn, actor.workspace, &made, now)?;
    match shown.state.as_str() {
        "ready" => Ok((made.hash, u64::try_from(made.size).unwrap_or_default(), shown.name)),
        "gone" => Err(Error::refused(
            "This export was kept for a day and is gone. Have another one made.",
        )),
        "failed" => Err(Error::refused(format!("This export could not be made: {}", made.note))),
        _ => Err(Error::refused("This export is still being made. Come back in a moment.")),
    }
}

const MAKE: Meta = MakeExport::META;

/// Makes what waits, one after the other. What was cut off is made anew.
pub async fn make_waiting(db: &Db, now: Time) -> Result<()> {
    if db.files().is_err() {
        return Ok(());
    }
    let all: Vec<i64> = db.read(|conn| conn.query(&WORKSPACES, &[], |r| r.get(0))).await?;
    for ws in all {
        while let Some(made) = db.read(move |conn| OPEN.first(conn, ws, &[])).await? {
            make(db, ws, made, now).await?;
        }
    }
    Ok(())
}

async fn make(db: &Db, ws: i64, made: MadeExport, now: Time) -> Result<()> {
    let id = made.person_id;
    let person = db.read(move |conn| load::<Person>(conn, ws, id)).await?;
    let actor = person.map(|p| accounts::actor(ws, &p, true, Via::System)).transpose()?.flatten();
    let done = match &actor {
        Some(actor) => {
            set(db, actor, &made, now, |row| "running".clone_into(&mut row.state)).await?;
            pack(db, actor, &made, now).await
        }
        None => Err(Error::refused("Whoever asked for it is here no more.")),
    };
    let by = actor.unwrap_or_else(|| Actor::nobody(ws, "Wherefore", Role::Guest, Via::System));
    match done {
        Ok((hash, size)) => {
            set(db, &by, &made, now, move |row| {
                "ready".clone_into(&mut row.state);
                row.hash.clone_from(&hash);
                (row.size, row.done_at) = (size, Some(now));
            })
            .await
        }
        Err(error) => {
            let note = match &error {
                Error::Internal(text) => {
                    tracing::error!(%text, "an export failed");
                    "Something failed on our side. Ask for it again.".to_owned()
                }
                other => other.to_string(),
            };
            set(db, &by, &made, now, move |row| {
                "failed".clone_into(&mut row.state);
                row.note.clone_from(&note);
                row.done_at = Some(now);
            })
            .await
        }
    }
}

/// Notes how far it is: the system does it, for whoever asked.
async fn set(
    db: &Db,
    by: &Actor,
    made: &MadeExport,
    now: Time,
    mut change: impl FnMut(&mut MadeExport) + Send + 'static,
) -> Result<()> {
    let (by, id) = (by.clone(), made.id);
    db.write(move |tx| {
        Change::record(tx, by.clone(), &MAKE, now, |cx| {
            let before: MadeExport = cx.get(id, "export")?;
            let mut after = before.clone();
            change(&mut after);
            cx.update(&before, &mut after)
        })
    })
    .await
}

/// Writes the archive to where files are kept; nothing claims it there, so it goes after a day.
async fn pack(db: &Db, actor: &Actor, made: &MadeExport, now: Time) -> Result<(String, i64)> {
    let (ws, of) = (actor.workspace, made.product_id);
    let key = match of {
        Some(id) => {
            let who = actor.clone();
            Some(db.read(move |conn| product_by_id(conn, &who, id, Access::Read)).await?.key)
        }
        None => None,
    };
    let wanted = made.wanted(key)?;
    let all = products(db, actor, &wanted).await?;
    let files = db.files()?;
    let mut staging = files.stage_own().await?;
    let (out, mut pieces) = tokio::sync::mpsc::channel(4);
    let writing = async {
        let out = out;
        write(db, actor, all, &wanted, now, &out).await
    };
    let taking = async {
        while let Some(piece) = pieces.recv().await {
            let piece: Vec<u8> = piece;
            if let Err(error) = staging.add(&piece).await {
                pieces.close();
                return Err(error);
            }
        }
        Ok(())
    };
    let (written, taken) = tokio::join!(writing, taking);
    taken?;
    written?;
    let staged = Arc::new(staging.finish(&wanted.file_name()).await?);
    let quota = files.limits().workspace.map(|most| i64::try_from(most).unwrap_or(i64::MAX));
    let (hash, size) = (staged.hash.clone(), i64::try_from(staged.size).unwrap_or(i64::MAX));
    let noted = hash.clone();
    db.write(move |tx| note_file(tx, ws, (&noted, size), quota, now)).await?;
    tracing::info!(size = size_words(staged.size), "an export is ready");
    files.keep(ws, staged).await?;
    Ok((hash, size))
}
