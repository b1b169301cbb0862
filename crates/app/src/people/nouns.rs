//! Nouns: records of a product that have a key, `PAY-123`. How they are loaded, shown and listed is
//! the same for all, so it is written once.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use serde::Serialize;

use super::products::{self, Product};
use crate::db::{Conn, Value};
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Via};
use crate::statements;
use crate::store::{
    ASKED, Change, Composed, Edge, Reader, Record, Select, load, marks_from, with_ids,
};

statements! {
    ANY = "SELECT d.object_kind, d.object_id, d.key, d.title, d.product_id FROM item_key k JOIN search_doc d ON d.workspace_id = k.workspace_id AND d.object_id = k.object_id WHERE k.workspace_id = $1 AND k.key = $2";
    BY_ID = "SELECT object_kind, object_id, key, title, product_id FROM search_doc WHERE workspace_id = $1 AND object_id = $2";
    KEY_OWNER = "SELECT object_id FROM item_key WHERE workspace_id = $1 AND key = $2 AND kind = $3";
}

fn by_ids() -> String {
    let ids = marks_from(2);
    format!(
        "SELECT object_id, key, title FROM search_doc WHERE workspace_id = $1 AND object_id IN ({ids})"
    )
}

static BY_IDS: LazyLock<String> = LazyLock::new(by_ids);
inventory::submit! { Composed { name: "nouns::BY_IDS", text: by_ids } }

/// A record with a key of its own in a product; made by the [`noun!`](crate::noun) macro.
pub trait Noun: Record {
    /// What people call it.
    const WORD: &'static str;

    fn product_id(&self) -> Id;
}

/// The record of that key with its product, if this actor may see it and do `access`.
pub fn by_key<R: Noun>(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    access: Access,
) -> Result<(R, Product)> {
    let missing = || Error::NotFound(R::WORD);
    let values = [actor.workspace.into(), key.trim().to_uppercase().into(), R::KIND.into()];
    let id: Id = conn.query_opt(&KEY_OWNER, &values, |r| r.get(0))?.ok_or_else(missing)?;
    let found = load::<R>(conn, actor.workspace, id)?.filter(|r| r.meta().gone_at.is_none());
    let record = found.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, record.product_id(), access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((record, product))
}

/// Anything that has a key, as other records refer to it.
#[derive(Clone, Debug)]
pub struct Referred {
    pub kind: String,
    pub id: Id,
    pub key: String,
    pub title: String,
    pub product: Product,
}

/// Whatever live thing has this key or alias, if this actor may see it and do `access`.
pub fn any_by_key(conn: &mut Conn, actor: &Actor, key: &str, access: Access) -> Result<Referred> {
    let missing = || Error::NotFound("item");
    let values = [actor.workspace.into(), key.trim().to_uppercase().into()];
    let found: Option<(String, Id, String, String, Id)> = conn.query_opt(&ANY, &values, |r| {
        Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
    })?;
    let (kind, id, key, title, product) = found.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, product, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok(Referred { kind, id, key, title, product })
}

/// The same by id; nothing where it is gone or out of this actor's sight.
pub fn referred(conn: &mut Conn, actor: &Actor, id: Id) -> Result<Option<Referred>> {
    let values = [actor.workspace.into(), id.into()];
    let found: Option<(String, Id, String, String, Id)> = conn.query_opt(&BY_ID, &values, |r| {
        Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
    })?;
    let Some((kind, id, key, title, product)) = found else { return Ok(None) };
    match products::product_by_id(conn, actor, product, Access::Read) {
        Ok(product) => Ok(Some(Referred { kind, id, key, title, product })),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The key and title of whatever live thing has this id, for views of what refers to it within the
/// same product.
pub fn title_of(conn: &mut Conn, workspace: i64, id: Id) -> Result<Option<(String, String)>> {
    conn.query_opt(&BY_ID, &[workspace.into(), id.into()], |r| Ok((r.get(2)?, r.get(3)?)))
}

/// The same of many, by id.
pub fn titles(
    conn: &mut Conn,
    workspace: i64,
    ids: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, (String, String)>> {
    let ids: Vec<Id> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut all = HashMap::with_capacity(ids.len());
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[workspace.into()], some);
        let rows = conn.query_text(&BY_IDS, &values, |r| {
            Ok((r.get::<Id>(0)?, (r.get::<String>(1)?, r.get::<String>(2)?)))
        })?;
        all.extend(rows);
    }
    Ok(all)
}

/// What a record is about, given by key; it must belong to `product`.
pub fn about(
    conn: &mut Conn,
    actor: &Actor,
    product: &Product,
    key: Option<&str>,
) -> Result<Option<Id>> {
    Ok(about_any(conn, actor, product, key)?.map(|found| found.id))
}

/// The step of the thread from a record to what it is about.
pub fn step_to(lower: (&str, Id), about_kind: &str, about: Option<Id>) -> Vec<Edge> {
    let upper = about.filter(|_| !about_kind.is_empty());
    let step = |upper| Edge {
        lower: (lower.0.to_owned(), lower.1),
        upper: (about_kind.to_owned(), upper),
    };
    upper.map(step).into_iter().collect()
}

/// The same, with all that others tell of it.
pub fn about_any(
    conn: &mut Conn,
    actor: &Actor,
    product: &Product,
    key: Option<&str>,
) -> Result<Option<Referred>> {
    let Some(key) = key.map(str::trim).filter(|k| !k.is_empty()) else { return Ok(None) };
    let found = any_by_key(conn, actor, key, Access::Read)?;
    if found.product.id != product.id {
        return Err(Error::invalid("about", format!("{key} belongs to another product.")));
    }
    Ok(Some(found))
}

/// A record as programs and pages see it, without what `actor` may not; plain ones come from the
/// [`view!`](crate::view) macro.
pub trait View<R>: Sized {
    fn of(conn: &mut Conn, actor: &Actor, record: &R) -> Result<Self>;
}

/// A page of a list, and where the next one begins.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Page<V> {
    pub items: Vec<V>,
    /// What `after` takes to go on; nothing at the end.
    pub next: Option<String>,
}

/// One page of `select`, whose values are the product, where to begin, and how many rows at most;
/// `place` is where a row stands in its order.
pub fn page<R: Record, V: View<R>>(
    cx: &mut Reader<'_>,
    select: &Select<R>,
    product: &Product,
    after: Value,
    limit: i64,
    place: impl Fn(&R) -> String,
) -> Result<Page<V>> {
    let workspace = cx.actor.workspace;
    let values = [product.id.into(), after, (limit + 1).into()];
    let (rows, next) = cut(select.all(cx.conn, workspace, &values)?, limit, place);
    let items: Result<Vec<V>> = rows.iter().map(|r| V::of(cx.conn, cx.actor, r)).collect();
    Ok(Page { items: items?, next })
}

/// The first `limit` of rows of which one more was asked for, and where the next page begins.
pub fn cut<R>(
    mut rows: Vec<R>,
    limit: i64,
    place: impl Fn(&R) -> String,
) -> (Vec<R>, Option<String>) {
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let next = more.then(|| rows.last().map(place)).flatten();
    (rows, next)
}

/// Reads where a list ordered by id goes on.
pub fn after_id(text: Option<&str>, first: uuid::Uuid) -> Result<Value> {
    let id = match text.filter(|t| !t.is_empty()) {
        Some(text) => text.parse().map_err(|_| {
            Error::invalid("after", "Give what the page before named as `next`, or nothing.")
        })?,
        None => Id(first),
    };
    Ok(id.into())
}

/// One of the words that a field takes; `usual` where nothing was given.
pub fn one_of(
    field: &'static str,
    given: Option<&str>,
    usual: &str,
    words: &[&str],
) -> Result<String> {
    let word = given.map(str::trim).filter(|w| !w.is_empty()).unwrap_or(usual);
    if words.contains(&word) {
        return Ok(word.to_owned());
    }
    let known = words.join(", ");
    Err(Error::invalid(field, format!("“{word}” is no {field} here. There are: {known}.")))
}

/// A day that is planned for: never one that has passed, except in what is brought in from elsewhere.
pub fn check_ahead(cx: &Change<'_>, field: &'static str, day: Option<Day>) -> Result<()> {
    let passed = day.is_some_and(|day| day < cx.happened.day());
    if passed && cx.actor.via != Via::Import {
        return Err(Error::invalid(field, "That day has passed. Give today or a later one."));
    }
    Ok(())
}

/// Puts a given text in place of what stood there, without the space around it.
pub fn put(field: &mut String, given: Option<&String>) {
    if let Some(text) = given {
        text.trim().clone_into(field);
    }
}

/// Puts a given title in place of what stood there.
pub fn put_title(field: &mut String, given: Option<&String>) -> Result<()> {
    if let Some(title) = given {
        *field = products::check_title("title", title)?;
    }
    Ok(())
}

/// Puts a given long text in place of what stood there.
pub fn put_text(field: &mut String, name: &'static str, given: Option<&String>) -> Result<()> {
    if let Some(text) = given {
        *field = products::check_text(name, text)?;
    }
    Ok(())
}

/// Says of a record that it is a noun: its word, its text for search (and text for it that stands in
/// another place), the steps of the thread that start at it, and whether adding it as it is only proposes something, which anybody may. It
/// has a `product_id`, a `key` and a `title`.
#[macro_export]
macro_rules! noun {
    ($record:ident is $word:literal, text: |$this:ident| $body:expr $(, words: |$said:ident, $conn:ident, $ws:ident| $words:expr)? $(, edges: |$own:ident| $edges:expr)? $(, proposes: |$one:ident| $proposes:expr)? $(, settled: |$now:ident, $field:ident| $settled:expr)? $(, erasable: $erasable:expr)?) => {
        impl $crate::people::nouns::Noun for $record {
            const WORD: &'static str = $word;

            fn product_id(&self) -> $crate::kernel::Id {
                self.product_id
            }
        }

        impl $crate::store::Indexed for $record {
            fn product(&self) -> Option<$crate::kernel::Id> {
                Some(self.product_id)
            }
            fn keys(&self) -> Vec<String> {
                vec![self.key.clone()]
            }
            fn document(&self) -> Option<$crate::store::Document> {
                let $this = self;
                Some($crate::store::Document {
                    product: self.product_id,
                    key: self.key.clone(),
                    title: self.title.clone(),
                    body: $body,
                })
            }
            $(fn words(&self, $conn: &mut $crate::db::Conn, $ws: i64) -> $crate::kernel::Result<String> {
                let $said = self;
                $words
            })?
            $(fn edges(&self) -> Vec<$crate::store::Edge> {
                let $own = self;
                $edges
            })?
            $(fn is_proposal(&self) -> bool {
                let $one = self;
                $proposes
            })?
            $(fn settled(&self, $field: &str) -> Option<&'static str> {
                let $now = self;
                $settled
            })?
            $(fn erasable() -> &'static [&'static str] {
                $erasable
            }
            fn erased_with_versions() -> bool {
                true
            })?
        }
    };
}

/// Declares the view of a record whose fields are shown as they are.
#[macro_export]
macro_rules! view {
    ($(#[$doc:meta])* pub struct $name:ident of $record:ident {
        $($(#[$fdoc:meta])* pub $field:ident: $ty:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, serde::Serialize, schemars::JsonSchema, Debug)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $ty,)*
        }

        impl From<&$record> for $name {
            fn from(record: &$record) -> Self {
                Self { $($field: record.$field.clone(),)* }
            }
        }

        impl $crate::people::nouns::View<$record> for $name {
            fn of(_: &mut $crate::db::Conn, _: &$crate::kernel::Actor, record: &$record) -> $crate::kernel::Result<Self> {
                Ok(record.into())
            }
        }
    };
}

/// Declares the query that shows one record by its key.
#[macro_export]
macro_rules! get_query {
    ($query:ident = $name:literal, $summary:literal, $path:literal: $record:ty as $view:ty) => {
        #[doc = concat!($summary, ".")]
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $query {
            pub key: String,
        }

        impl $crate::store::Query for $query {
            type Output = $view;
            const META: $crate::store::Meta = $crate::store::Meta::query($name, $summary, $path);

            fn run(&self, cx: &mut $crate::store::Reader<'_>) -> $crate::kernel::Result<$view> {
                let access = $crate::kernel::Access::Read;
                let (record, _) =
                    $crate::people::nouns::by_key::<$record>(cx.conn, cx.actor, &self.key, access)?;
                $crate::people::nouns::View::of(cx.conn, cx.actor, &record)
            }
        }
    };
}

/// Declares the query that lists a product's records, page by page, in the order of `select`.
#[macro_export]
macro_rules! list_query {
    ($query:ident = $name:literal, $summary:literal, $path:literal:
        $select:ident as $view:ty, $limit:literal a page,
        after: |$after:ident| $start:expr, place: |$row:ident| $place:expr) => {
        #[doc = concat!($summary, ".")]
        #[derive(serde::Deserialize, schemars::JsonSchema, Default)]
        #[serde(deny_unknown_fields, default)]
        pub struct $query {
            pub product: String,
            /// What the page before named as `next`.
            pub after: Option<String>,
            #[doc = concat!("1 to 200; ", $limit, " if left out.")]
            pub limit: Option<i64>,
        }

        impl $crate::store::Query for $query {
            type Output = $crate::people::nouns::Page<$view>;
            const META: $crate::store::Meta = $crate::store::Meta::query($name, $summary, $path);

            fn run(
                &self,
                cx: &mut $crate::store::Reader<'_>,
            ) -> $crate::kernel::Result<Self::Output> {
                let access = $crate::kernel::Access::Read;
                let product =
                    $crate::people::products::product(cx.conn, cx.actor, &self.product, access)?;
                let limit = self.limit.unwrap_or($limit).clamp(1, 200);
                let $after = self.after.as_deref();
                let after: $crate::db::Value = $start;
                $crate::people::nouns::page(cx, &$select, &product, after, limit, |$row| $place)
            }
        }
    };
}
