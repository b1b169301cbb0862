//! Records: rows of workspace data that change only through a [`Change`](super::Change).

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{Change, KnownFields, Past};
use crate::db::{Asked, Conn, Row, Value, planned_once};
use crate::kernel::{Id, Result, Time};

/// What every record carries beside its own fields.
#[derive(Clone, Copy, Debug)]
pub struct RowMeta {
    pub id: Id,
    /// Counts the changes; the first is 1.
    pub revision: i64,
    pub created_at: Time,
    /// Since when the row reads as it does.
    pub valid_from: Time,
    /// Since when it lies in the bin.
    pub gone_at: Option<Time>,
}

/// One kind of row. Made by the [`record!`](crate::record) macro, never by hand.
pub trait Record: Indexed + Serialize + DeserializeOwned + Clone + Send + 'static {
    const KIND: &'static str;
    const TABLE: &'static str;
    /// Own columns, then the common ones; `workspace_id` stands apart.
    const COLUMNS: &'static [&'static str];
    /// Whether superseded rows are kept for reading the past.
    const VERSIONED: bool;

    fn sql() -> &'static RecordSql;
    fn from_row(row: &Row<'_>) -> Result<Self>;
    fn values(&self) -> Vec<Value>;
    fn meta(&self) -> RowMeta;
    fn set_meta(&mut self, meta: RowMeta);
}

/// What is derived from a record in the same transaction. Each method has a harmless default.
pub trait Indexed {
    /// The product that the record belongs to.
    fn product(&self) -> Option<Id> {
        None
    }
    fn part(&self) -> Option<Id> {
        None
    }
    fn team(&self) -> Option<Id> {
        None
    }
    /// Steps of the thread that start or pass here: (lower, upper), each with its kind.
    fn edges(&self) -> Vec<Edge> {
        Vec::new()
    }
    /// Keys that lead here, own key first.
    fn keys(&self) -> Vec<String> {
        Vec::new()
    }
    fn labels(&self) -> &[String] {
        &[]
    }
    /// The map of its custom fields, with the place in the order that finds it.
    fn custom(&self) -> Option<(&super::Fields, &str)> {
        None
    }
    /// What lists filter and sort its custom fields by.
    fn field_rows(
        &self,
        _conn: &mut crate::db::Conn,
        _workspace: i64,
        _known: &mut KnownFields,
    ) -> crate::kernel::Result<Vec<FieldRow>> {
        Ok(Vec::new())
    }
    /// Whether it says how fields are read: rows of items written after it are made by it.
    fn defines_fields() -> bool {
        false
    }
    /// What search finds.
    fn document(&self) -> Option<Document> {
        None
    }
    /// Text that search finds as part of this record's, though it stands elsewhere so that it can be
    /// erased.
    fn words(&self, _conn: &mut crate::db::Conn, _workspace: i64) -> crate::kernel::Result<String> {
        Ok(String::new())
    }
    /// Fields whose text is never copied into the activity record, so that it can be erased.
    fn erasable() -> &'static [&'static str] {
        &[]
    }
    /// The responsibilities that an effect on it exercises, where the changed fields tell more than
    /// the verb; nothing leaves it to the verb.
    fn exercises(
        &self,
        _verb: &[u8],
        _effect: &str,
        _changes: &serde_json::Map<String, Json>,
    ) -> Option<Vec<u8>> {
        None
    }
    /// Whether adding it as it is only proposes something, which anybody may.
    fn is_proposal(&self) -> bool {
        false
    }
    /// Whether undo finds what erasable fields held before in its versions, where they are erased too.
    fn erased_with_versions() -> bool {
        false
    }
    /// Why undo puts a field of it back no more: what was agreed, started or closed stays as it reads.
    /// What settled it can be taken back as a whole.
    fn settled(&self, _field: &str) -> Option<&'static str> {
        None
    }
    /// Looks at an undo that would make `after` of it, or put it into the bin, and sees to the rest.
    fn undoing(
        &self,
        _after: Option<&mut Self>,
        _change: &mut Change<'_>,
    ) -> crate::kernel::Result<()>
    where
        Self: Sized,
    {
        Ok(())
    }
    /// Append-only records are corrected by a further record, never undone.
    fn append_only() -> bool {
        false
    }
}

/// A step of the thread, from what serves to what is served.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    pub lower: (String, Id),
    pub upper: (String, Id),
}

/// A value of a custom field as lists filter and sort by it.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldRow {
    pub field: Id,
    /// In small letters, the first of them.
    pub text: String,
    pub number: Option<f64>,
    pub day: Option<crate::kernel::Day>,
}

/// A record as search sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    pub product: Id,
    pub key: String,
    pub title: String,
    pub body: String,
}

/// Rows of a page where all of a kind are gone through.
pub(super) const PAGE: usize = 200;

/// The statements that each kind of record needs.
pub struct RecordSql {
    pub insert: String,
    pub update: String,
    pub keep_version: Option<String>,
    pub by_id: String,
    /// Some rows after an id, also from the bin.
    pub page: String,
    pub as_of: Option<String>,
    /// Up to [`ASKED`] rows by their ids.
    pub by_ids: String,
    /// The same as they stood at a time.
    pub by_ids_as_of: Option<String>,
    pub at_revision: Option<String>,
    /// What has lain in the bin since before a time.
    pub in_bin: String,
    /// The row, then its versions: removed for good.
    pub purge: Vec<String>,
    /// All rows and versions of the kind.
    pub wipe: Vec<String>,
}

impl RecordSql {
    pub fn of<R: Record>() -> Self {
        let columns = R::COLUMNS;
        let list = columns.join(", ");
        let marks: Vec<String> = (2..columns.len() + 2).map(|n| format!("${n}")).collect();
        let sets: Vec<String> =
            columns.iter().zip(2..).map(|(c, n)| format!("{c} = ${n}")).collect();
        let id = columns.iter().position(|c| *c == "id").map_or(2, |p| p + 2);
        let table = R::TABLE;
        let tables: Vec<String> = std::iter::once(table.to_owned())
            .chain(R::VERSIONED.then(|| format!("{table}_version")))
            .collect();
        Self {
            insert: format!(
                "INSERT INTO {table} (workspace_id, {list}) VALUES ($1, {})",
                marks.join(", ")
            ),
            update: format!(
                "UPDATE {table} SET {} WHERE workspace_id = $1 AND id = ${id} AND revision = ${}",
                sets.join(", "),
                columns.len() + 2
            ),
            keep_version: R::VERSIONED.then(|| {
                format!(
                    "INSERT INTO {table}_version (workspace_id, {list}, valid_to) \
                     SELECT workspace_id, {list}, CAST($3 AS BIGINT) FROM {table} \
                     WHERE workspace_id = $1 AND id = $2"
                )
            }),
            by_id: format!("SELECT {list} FROM {table} WHERE workspace_id = $1 AND id = $2"),
            page: format!(
                "SELECT {list} FROM {table} WHERE workspace_id = $1 AND id > $2 \
                 ORDER BY id LIMIT {PAGE}"
            ),
            as_of: R::VERSIONED.then(|| {
                format!(
                    "SELECT {list} FROM {table} \
                     WHERE workspace_id = $1 AND id = $2 AND valid_from < $3 \
                     UNION ALL SELECT {list} FROM {table}_version \
                     WHERE workspace_id = $1 AND id = $2 AND valid_from < $3 AND valid_to >= $3"
                )
            }),
            by_ids: planned_once(&format!(
                "SELECT {list} FROM {table} WHERE workspace_id = $1 AND id IN ({})",
                marks_from(2)
            )),
            by_ids_as_of: R::VERSIONED.then(|| {
                let some = marks_from(3);
                format!(
                    "SELECT {list} FROM {table} \
                     WHERE workspace_id = $1 AND valid_from < $2 AND id IN ({some}) \
                     UNION ALL SELECT {list} FROM {table}_version \
                     WHERE workspace_id = $1 AND valid_from < $2 AND valid_to >= $2 \
                     AND id IN ({some})"
                )
            }),
            at_revision: R::VERSIONED.then(|| {
                format!(
                    "SELECT {list} FROM {table}_version \
                     WHERE workspace_id = $1 AND id = $2 AND revision = $3"
                )
            }),
            in_bin: format!(
                "SELECT id FROM {table} WHERE workspace_id = $1 AND gone_at < $2 \
                 ORDER BY gone_at LIMIT $3"
            ),
            purge: tables
                .iter()
                .map(|t| format!("DELETE FROM {t} WHERE workspace_id = $1 AND id = $2"))
                .collect(),
            wipe: tables.iter().map(|t| format!("DELETE FROM {t}")).collect(),
        }
    }

    pub fn texts(&self) -> Vec<&str> {
        let mut all =
            vec![&*self.insert, &*self.update, &*self.by_id, &*self.by_ids, &*self.in_bin];
        all.push(&self.page);
        all.extend(self.by_ids_as_of.as_deref());
        all.extend(self.purge.iter().chain(&self.wipe).map(String::as_str));
        all.extend(self.keep_version.as_deref());
        all.extend(self.as_of.as_deref());
        all.extend(self.at_revision.as_deref());
        all
    }
}

/// A kind of record as undo and the statement test find it.
pub struct RecordKind {
    pub kind: &'static str,
    pub sql: fn() -> &'static RecordSql,
    pub undo: fn(&mut Change<'_>, &Past) -> Result<()>,
    pub reindex: fn(&mut crate::db::Tx, i64, Id) -> Result<super::Part>,
}

inventory::collect!(RecordKind);

/// All kinds of record.
pub fn record_kinds() -> impl Iterator<Item = &'static RecordKind> {
    inventory::iter::<RecordKind>.into_iter()
}

/// A select of whole records; made by the [`selects!`](crate::selects) macro.
pub struct Select<R> {
    pub source: &'static str,
    pub tail: &'static str,
    text: OnceLock<String>,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Select<R> {
    pub const fn new(source: &'static str, tail: &'static str) -> Self {
        Self { source, tail, text: OnceLock::new(), record: PhantomData }
    }

    pub fn text(&self) -> &str {
        self.text.get_or_init(|| select_text::<R>(self.source, self.tail))
    }

    /// The statement and its values, as [`Conn::ahead`] takes them.
    pub fn asked(&self, workspace: i64, values: &[Value]) -> Asked<'_> {
        let mut all = Vec::with_capacity(values.len() + 1);
        all.push(Value::Int(workspace));
        all.extend_from_slice(values);
        (self.text(), all)
    }

    /// All matching rows; `$1` is the workspace, `values` follow.
    pub fn all(&self, conn: &mut Conn, workspace: i64, values: &[Value]) -> Result<Vec<R>> {
        let (text, all) = self.asked(workspace, values);
        conn.query_text(text, &all, |row| R::from_row(row))
    }

    /// The first matching row.
    pub fn first(&self, conn: &mut Conn, workspace: i64, values: &[Value]) -> Result<Option<R>> {
        Ok(self.all(conn, workspace, values)?.into_iter().next())
    }
}

/// `SELECT` of whole records from a table or view of theirs.
pub fn select_text<R: Record>(source: &str, tail: &str) -> String {
    format!("SELECT {} FROM {source} WHERE workspace_id = $1 AND {tail}", R::COLUMNS.join(", "))
}

/// A composed statement, listed for the test that prepares all of them.
pub struct Composed {
    pub name: &'static str,
    pub text: fn() -> String,
}

inventory::collect!(Composed);

impl Composed {
    /// All composed statements.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        inventory::iter::<Self>.into_iter()
    }
}

/// Loads one record by its id, also from the bin.
pub fn load<R: Record>(conn: &mut Conn, workspace: i64, id: Id) -> Result<Option<R>> {
    let mut rows =
        conn.query_text(&R::sql().by_id, &[workspace.into(), id.into()], |row| R::from_row(row))?;
    Ok(rows.pop())
}

/// Ids that one statement asks for; fewer are made up with nothing.
pub const ASKED: usize = 50;

/// The marks of [`ASKED`] ids, from `$first` on.
pub fn marks_from(first: usize) -> String {
    let marks: Vec<String> = (first..first + ASKED).map(|n| format!("${n}")).collect();
    marks.join(", ")
}

/// `values`, then `ids` made up to [`ASKED`].
pub fn with_ids(values: &[Value], ids: &[Id]) -> Vec<Value> {
    let mut all = values.to_vec();
    all.extend(ids.iter().map(|id| Value::from(*id)));
    all.resize(values.len() + ASKED, Value::Null);
    all
}

/// Loads many records by their ids, also from the bin, [`ASKED`] at a time; as they are, or as they
/// stood just before `at`.
pub fn load_many<R: Record>(
    conn: &mut Conn,
    workspace: i64,
    ids: impl IntoIterator<Item = Id>,
    at: Option<Time>,
) -> Result<HashMap<Id, R>> {
    let ids: Vec<Id> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut found: HashMap<Id, R> = HashMap::with_capacity(ids.len());
    for some in ids.chunks(ASKED) {
        let (sql, values) = match (at, &R::sql().by_ids_as_of) {
            (Some(at), Some(sql)) => (sql, with_ids(&[workspace.into(), at.into()], some)),
            _ => (&R::sql().by_ids, with_ids(&[workspace.into()], some)),
        };
        for row in conn.query_text(sql, &values, |row| R::from_row(row))? {
            let meta = row.meta();
            if found.get(&meta.id).is_none_or(|known| known.meta().revision < meta.revision) {
                found.insert(meta.id, row);
            }
        }
    }
    Ok(found)
}

/// Rows as they stood just before `at`, in the order of `now`, which has those in the bin too.
pub fn stood<R: Record>(conn: &mut Conn, workspace: i64, now: &[R], at: Time) -> Result<Vec<R>> {
    let mut then = load_many::<R>(conn, workspace, now.iter().map(|r| r.meta().id), Some(at))?;
    let rows = now.iter().filter_map(|r| then.remove(&r.meta().id));
    Ok(rows.filter(|r| r.meta().gone_at.is_none()).collect())
}

/// Loads one record as it stood just before `at`.
pub fn load_as_of<R: Record>(
    conn: &mut Conn,
    workspace: i64,
    id: Id,
    at: Time,
) -> Result<Option<R>> {
    let Some(sql) = &R::sql().as_of else { return load(conn, workspace, id) };
    let values = [workspace.into(), id.into(), at.into()];
    let rows = conn.query_text(sql, &values, |row| R::from_row(row))?;
    Ok(rows.into_iter().max_by_key(|r| r.meta().revision))
}

/// Loads one record as its superseded `revision` read; none where versions are not kept.
pub(super) fn load_revision<R: Record>(
    conn: &mut Conn,
    workspace: i64,
    id: Id,
    revision: i64,
) -> Result<Option<R>> {
    let Some(sql) = &R::sql().at_revision else { return Ok(None) };
    let values = [workspace.into(), id.into(), revision.into()];
    let rows = conn.query_text(sql, &values, |row| R::from_row(row))?;
    Ok(rows.into_iter().next())
}

/// A record's fields as JSON, without what changes with every write.
pub(super) fn fields<R: Record>(record: &R) -> Result<serde_json::Map<String, Json>> {
    match serde_json::to_value(record) {
        Ok(Json::Object(mut map)) => {
            for common in ["revision", "valid_from", "created_at"] {
                map.remove(common);
            }
            Ok(map)
        }
        Ok(_) => Err(crate::kernel::Error::internal("a record is not an object")),
        Err(e) => Err(crate::kernel::Error::internal(e)),
    }
}
