//! Nodes: anything with a key, as the thread shows it.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::db::Conn;
use crate::how::experiments::Experiment;
use crate::how::options::SolutionOption;
use crate::how::pages::DocPage;
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::people::products::{self, Product};
use crate::statements;
use crate::store::{Change, Document, Indexed, Record, load, load_as_of, load_many};
use crate::what::decisions::Decision;
use crate::what::opportunities::Opportunity;
use crate::what::releases::Release;
use crate::what::requirements::Requirement;
use crate::why::evidence::{Evidence, Verbatim, kind_beside};
use crate::why::interviews::Interview;
use crate::why::key_results::{KeyResult, progress};
use crate::why::metrics::Metric;
use crate::why::needs::Need;
use crate::why::objectives::Objective;

statements! {
    KEY_OWNER = "SELECT kind, object_id FROM item_key WHERE workspace_id = $1 AND key = $2";
}

/// A node of the thread.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Node {
    pub key: String,
    /// `epic`, `story`, `task`, `bug`, `opportunity`, `need`, `evidence`, `objective`, `key-result`,
    /// `decision`, `release`, `option`, `experiment`, `requirement`, `metric`, `interview`, `page`.
    pub kind: String,
    /// `why`, `what` or `how`; `none` for a page.
    pub facet: String,
    pub title: String,
    pub state: String,
    /// Whose need: `business`, `user`, `obligation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<String>,
    /// The user's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Who said them, or a key result's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// A key result's progress, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<f64>,
    #[serde(skip)]
    #[schemars(skip)]
    pub id: Id,
    #[serde(skip)]
    #[schemars(skip)]
    pub product: Id,
    #[serde(skip)]
    #[schemars(skip)]
    pub no_why_until: Option<crate::kernel::Day>,
    /// Accepted work.
    #[serde(skip)]
    #[schemars(skip)]
    pub done: bool,
}

/// Declares [`Keyed`] over all kinds of record that have a key, and what is the same for each.
macro_rules! keyed {
    ($($kind:ident),+) => {
        /// A record of any kind that has a key.
        #[allow(clippy::large_enum_variant, reason = "held one at a time, and soon taken apart")]
        pub enum Keyed {
            $($kind($kind)),+
        }

        impl Keyed {
            /// Every kind of record that has a key.
            pub const KINDS: &[&str] = &[$($kind::KIND),+];

            pub fn id(&self) -> Id {
                match self { $(Self::$kind(r) => r.id),+ }
            }

            /// The kind of record, as links and activity name it.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$kind(_) => $kind::KIND),+ }
            }

            pub fn revision(&self) -> i64 {
                match self { $(Self::$kind(r) => r.revision),+ }
            }

            pub fn gone_at(&self) -> Option<Time> {
                match self { $(Self::$kind(r) => r.gone_at),+ }
            }

            fn product(&self) -> Id {
                match self { $(Self::$kind(r) => r.product_id),+ }
            }

            /// What search finds of it.
            pub fn document(&self) -> Option<Document> {
                match self { $(Self::$kind(r) => r.document()),+ }
            }

            /// Moves it to the bin.
            pub fn bin(&self, cx: &mut Change<'_>) -> Result<()> {
                match self { $(Self::$kind(r) => cx.bin(r)),+ }
            }

            /// Takes it out of the bin.
            pub fn restore(&self, cx: &mut Change<'_>) -> Result<()> {
                match self { $(Self::$kind(r) => cx.restore(r)),+ }
            }
        }

        /// The kinds of records that have keys.
        pub const KINDS: &[&str] = &[$($kind::KIND),+];

        /// Records of one kind by their ids, as they are or as they stood just before `at`.
        pub fn load_many_keyed(
            conn: &mut Conn,
            ws: i64,
            kind: &str,
            ids: &[Id],
            at: Option<Time>,
        ) -> Result<Vec<Keyed>> {
            Ok(match kind {
                $($kind::KIND => {
                    let found = load_many::<$kind>(conn, ws, ids.iter().copied(), at)?;
                    found.into_values().map(Keyed::$kind).collect()
                })+
                _ => Vec::new(),
            })
        }

        /// A record by kind and id, as it is or as it stood just before `at`.
        pub fn load_keyed(
            conn: &mut Conn,
            ws: i64,
            kind: &str,
            id: Id,
            at: Option<Time>,
        ) -> Result<Option<Keyed>> {
            Ok(match kind {
                $($kind::KIND => load_at::<$kind>(conn, ws, id, at)?.map(Keyed::$kind),)+
                _ => None,
            })
        }
    };
}

keyed!(
    WorkItem,
    Opportunity,
    Need,
    Evidence,
    Objective,
    KeyResult,
    Decision,
    Release,
    SolutionOption,
    Experiment,
    Requirement,
    Metric,
    Interview,
    DocPage
);

fn load_at<R: Record>(conn: &mut Conn, ws: i64, id: Id, at: Option<Time>) -> Result<Option<R>> {
    match at {
        Some(at) => load_as_of(conn, ws, id, at),
        None => load(conn, ws, id),
    }
}

impl Keyed {
    pub fn is_gone(&self) -> bool {
        self.gone_at().is_some()
    }

    /// As the thread shows it; evidence without its words.
    pub fn node(&self) -> Node {
        let base = |key: &str, kind: &str, facet: &str, title: &str, state: &str| Node {
            key: key.to_owned(),
            kind: kind.to_owned(),
            facet: facet.to_owned(),
            title: title.to_owned(),
            state: state.to_owned(),
            need: None,
            words: None,
            detail: None,
            progress: None,
            id: self.id(),
            product: self.product(),
            no_why_until: None,
            done: false,
        };
        match self {
            Self::WorkItem(r) => {
                let facet = if r.level == "epic" { "what" } else { "how" };
                Node {
                    no_why_until: r.no_why_until,
                    done: r.category == "accepted",
                    ..base(&r.key, &r.level, facet, &r.title, &r.state)
                }
            }
            Self::Opportunity(r) => Node {
                no_why_until: r.no_why_until,
                ..base(&r.key, "opportunity", "what", &r.title, &r.state)
            },
            Self::Need(r) => Node {
                need: Some(r.kind.clone()),
                ..base(&r.key, "need", "why", &r.title, &r.state)
            },
            Self::Evidence(r) => base(&r.key, "evidence", "why", &r.title, &r.state),
            Self::Decision(r) => base(&r.key, "decision", "what", &r.title, &r.state),
            Self::Release(r) => base(&r.key, "release", "what", &r.title, &r.state),
            Self::SolutionOption(r) => base(&r.key, "option", "how", &r.title, &r.state),
            Self::Requirement(r) => base(&r.key, "requirement", "what", &r.title, &r.state),
            Self::DocPage(r) => base(&r.key, "page", "none", &r.title, ""),
            Self::Interview(r) => base(&r.key, "interview", "why", &r.title, "held"),
            Self::Metric(r) => base(&r.key, "metric", "why", &r.title, &r.role),
            Self::Experiment(r) => base(&r.key, "experiment", "how", &r.title, &r.state),
            Self::Objective(r) => base(&r.key, "objective", "why", &r.title, &r.state),
            Self::KeyResult(r) => Node {
                detail: Some(format!(
                    "from {} to {} {}, now {}",
                    r.baseline, r.target, r.unit, r.current
                )),
                progress: Some(progress(r.baseline, r.target, r.current)),
                ..base(&r.key, "key-result", "why", &r.title, &r.state)
            },
        }
    }
}

/// A live node by kind and id, evidence with its words.
pub fn node(
    conn: &mut Conn,
    ws: i64,
    kind: &str,
    id: Id,
    at: Option<Time>,
) -> Result<Option<Node>> {
    let found = load_keyed(conn, ws, kind, id, at)?;
    let found = live(conn, ws, found, at)?;
    Ok(told(conn, ws, &found)?.remove(&id))
}

/// Live nodes of any kinds, by id; evidence comes without its words.
pub fn nodes(
    conn: &mut Conn,
    ws: i64,
    wanted: impl IntoIterator<Item = (String, Id)>,
    at: Option<Time>,
) -> Result<HashMap<Id, Node>> {
    let found = together(conn, ws, wanted, at)?;
    Ok(found.iter().map(|keyed| (keyed.id(), keyed.node())).collect())
}

/// The same, evidence with its words.
pub fn told_nodes(
    conn: &mut Conn,
    ws: i64,
    wanted: impl IntoIterator<Item = (String, Id)>,
    at: Option<Time>,
) -> Result<HashMap<Id, Node>> {
    let found = together(conn, ws, wanted, at)?;
    told(conn, ws, &found)
}

/// Live records of any kinds; those of one kind are looked up together.
fn together(
    conn: &mut Conn,
    ws: i64,
    wanted: impl IntoIterator<Item = (String, Id)>,
    at: Option<Time>,
) -> Result<Vec<Keyed>> {
    let mut by_kind: BTreeMap<String, Vec<Id>> = BTreeMap::new();
    for (kind, id) in wanted {
        by_kind.entry(kind).or_default().push(id);
    }
    let mut found = Vec::new();
    for (kind, ids) in by_kind {
        found.extend(load_many_keyed(conn, ws, &kind, &ids, at)?);
    }
    live(conn, ws, found, at)
}

/// Those that are neither in the bin nor still staged by an import.
fn live(
    conn: &mut Conn,
    ws: i64,
    all: impl IntoIterator<Item = Keyed>,
    at: Option<Time>,
) -> Result<Vec<Keyed>> {
    let mut applied: HashMap<Id, bool> = HashMap::new();
    let mut found = Vec::new();
    for keyed in all {
        let gone = match at {
            Some(at) => keyed.gone_at().is_some_and(|gone| gone < at),
            None => keyed.is_gone(),
        };
        if gone {
            continue;
        }
        if let Keyed::WorkItem(WorkItem { staged_by: Some(import), .. }) = &keyed {
            if !applied.contains_key(import) {
                let whole = crate::how::imports::is_applied(conn, ws, *import)?;
                applied.insert(*import, whole);
            }
            if !applied[import] {
                continue;
            }
        }
        found.push(keyed);
    }
    Ok(found)
}

/// As the thread shows them, evidence with its words.
fn told(conn: &mut Conn, ws: i64, found: &[Keyed]) -> Result<HashMap<Id, Node>> {
    let said = found.iter().filter_map(|keyed| match keyed {
        Keyed::Evidence(e) => Some(e.verbatim_id),
        _ => None,
    });
    let words = load_many::<Verbatim>(conn, ws, said, None)?;
    let node = |keyed: &Keyed| {
        let mut node = keyed.node();
        if let Keyed::Evidence(e) = keyed
            && let Some(words) = words.get(&e.verbatim_id)
        {
            node.words = Some(words.text.chars().take(400).collect());
            let day = e.said_on.map(|d| d.words()).unwrap_or_default();
            let parts = [words.source.clone(), kind_beside(&e.kind, &words.source), day];
            let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
            node.detail = Some(parts.join(", "));
        }
        (keyed.id(), node)
    };
    Ok(found.iter().map(node).collect())
}

/// Whatever has this key or alias, also from the bin, with its product.
pub fn find_any(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    access: Access,
) -> Result<(Keyed, Product)> {
    let missing = || Error::NotFound("item");
    let values = [actor.workspace.into(), key.trim().to_uppercase().into()];
    let (kind, id): (String, Id) =
        conn.query_opt(&KEY_OWNER, &values, |r| Ok((r.get(0)?, r.get(1)?)))?.ok_or_else(missing)?;
    let keyed = load_keyed(conn, actor.workspace, &kind, id, None)?.ok_or_else(missing)?;
    if let Keyed::WorkItem(item) = &keyed
        && let Some(import) = item.staged_by
        && !crate::how::imports::is_applied(conn, actor.workspace, import)?
    {
        return Err(missing());
    }
    let product = products::product_by_id(conn, actor, keyed.product(), access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((keyed, product))
}

/// The same, but not from the bin.
pub fn find(conn: &mut Conn, actor: &Actor, key: &str, access: Access) -> Result<(Keyed, Product)> {
    let found = find_any(conn, actor, key, access)?;
    if found.0.is_gone() { Err(Error::NotFound("item")) } else { Ok(found) }
}
