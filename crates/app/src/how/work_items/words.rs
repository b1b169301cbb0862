//! The words that a filter of a product can be made of: for those who type one, and for forms.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::how::fields::{CustomField, Definitions, grouped_by, sorted_by};
use crate::how::filters::{GROUPS, Kind, SORTS, field_named, fields, of_field};
use crate::how::sprints;
use crate::kernel::{Access, Id, Result};
use crate::people::products::{self, Product};
use crate::people::{members, parts, policies, teams};
use crate::statements;
use crate::store::{Meta, Query, Reader};

statements! {
    /// Each step goes on behind the label before, so that it costs the same however many items bear one.
    LABELS = "WITH RECURSIVE known(label) AS (SELECT MIN(label) FROM item_label WHERE workspace_id = $1 AND product_id = $2 UNION ALL SELECT (SELECT MIN(i.label) FROM item_label i WHERE i.workspace_id = $1 AND i.product_id = $2 AND i.label > known.label) FROM known WHERE known.label IS NOT NULL) SELECT label FROM known WHERE label IS NOT NULL LIMIT 300";
}

/// The most words that are told at once.
const MOST: usize = 30;

/// Tell the words that a filter can be made of: fields, or what one of them takes.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListFilterWords {
    pub product: String,
    /// A field, as `state`; its fields if left out.
    pub field: Option<String>,
    /// What has been typed of it.
    pub begins: Option<String>,
}

/// Words that can follow.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct FilterWords {
    pub word: String,
    /// What it means, where the word does not say so.
    pub about: String,
}

impl Query for ListFilterWords {
    type Output = Vec<FilterWords>;
    const META: Meta = Meta::query(
        "list-filter-words",
        "Tell the words that a filter can be made of: fields, or what one of them takes",
        "/filter-words",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<FilterWords>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let begins = self.begins.as_deref().unwrap_or_default().trim().to_lowercase();
        let all = match self.field.as_deref().filter(|f| !f.is_empty()) {
            None => field_words(),
            Some("sort") => {
                let defined = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
                let custom = defined.active().filter(|f| sorted_by(&defined, &f.name).is_ok());
                let custom = custom.map(|f| of_field(&f.name));
                let all = SORTS.iter().map(|s| (*s).to_owned()).chain(custom);
                plain(
                    all.flat_map(|s| [s.clone(), format!("-{s}")]).collect::<Vec<_>>().into_iter(),
                )
            }
            Some("group") => {
                let defined = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
                let custom = defined.active().filter(|f| grouped_by(&defined, &f.name).is_ok());
                let own = GROUPS.iter().map(|g| (*g).to_owned());
                plain(own.chain(custom.map(|f| of_field(&f.name))).collect::<Vec<_>>().into_iter())
            }
            Some("field" | "custom") => {
                let defined = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
                custom_words(cx, &defined, &begins)?
            }
            Some(field) => values(cx, &product, field)?,
        };
        Ok(fitting(all, &begins))
    }
}

/// Those that begin as typed first, then those that have a word or a place that does.
fn fitting(all: Vec<FilterWords>, begins: &str) -> Vec<FilterWords> {
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for word in all {
        let low = word.word.to_lowercase();
        if low.starts_with(begins) {
            first.push(word);
        } else if low.contains(begins) {
            then.push(word);
        }
    }
    first.extend(then);
    first.truncate(MOST);
    first
}

fn field_words() -> Vec<FilterWords> {
    let sign = |kind: Kind| if matches!(kind, Kind::Number) { ">=" } else { ":" };
    let told = |word: String, about: &str| FilterWords { word, about: about.to_owned() };
    let all = fields().iter().map(|f| told(format!("{}{}", f.name, sign(f.kind)), f.about));
    let more = [
        told("sort:".to_owned(), "the order: due, priority, points, created, updated"),
        told("group:".to_owned(), "groups, one or two: state, assignee, label, sprint …"),
    ];
    all.chain(more).collect()
}

/// What `field:` takes: the names of the fields first, then what the one that was typed takes.
fn custom_words(
    cx: &mut Reader<'_>,
    defined: &Definitions,
    begins: &str,
) -> Result<Vec<FilterWords>> {
    let told = |word: String, about: &str| FilterWords { word, about: about.to_owned() };
    let typed = begins.split(['=', ':', '<', '>']).next().unwrap_or_default();
    let Some(field) = defined.named(typed).filter(|_| typed.len() < begins.len()) else {
        let of = |f: &CustomField| match f.kind.as_str() {
            "number" | "date" => format!("{}>=", f.name),
            _ => format!("{}=", f.name),
        };
        return Ok(defined.active().map(|f| told(of(f), &f.help)).collect());
    };
    let values: Vec<String> = match field.kind.as_str() {
        "choice" | "choices" => field.offered().map(|o| o.name.clone()).collect(),
        "yes-no" => vec!["yes".to_owned(), "no".to_owned()],
        "person" => {
            let people = members::all(cx.conn, cx.actor.workspace)?;
            let named = people.into_iter().filter(|p| p.active).map(|p| p.name);
            std::iter::once("me".to_owned()).chain(named).collect()
        }
        _ => Vec::new(),
    };
    let values = values.into_iter().chain(["any".to_owned(), "none".to_owned()]);
    Ok(values.map(|v| told(format!("{}={v}", field.name), "")).collect())
}

fn plain(words: impl Iterator<Item = String>) -> Vec<FilterWords> {
    words.map(|word| FilterWords { word, about: String::new() }).collect()
}

/// What a field takes in this product.
fn values(cx: &mut Reader<'_>, product: &Product, field: &str) -> Result<Vec<FilterWords>> {
    let ws = cx.actor.workspace;
    let Some(field) = field_named(field) else { return Ok(Vec::new()) };
    Ok(match (field.name, field.kind) {
        (_, Kind::Choice(words)) => plain(words.iter().map(|w| (*w).to_owned())),
        ("state", _) => plain(policies::state_names(cx.conn, ws, product.id)?.into_iter()),
        ("label", _) => plain(labels(cx.conn, ws, product.id)?.into_iter()),
        ("assignee" | "reporter", _) => {
            let people = members::all(cx.conn, ws)?;
            let me = FilterWords { word: "me".to_owned(), about: cx.actor.name.clone() };
            let named = people.into_iter().filter(|p| p.active);
            let named = named.map(|p| FilterWords { word: p.name, about: p.title });
            std::iter::once(me).chain(named).collect()
        }
        ("team", _) => plain(teams::active(cx.conn, ws)?.into_iter().map(|t| t.name)),
        ("part", _) => {
            plain(parts::of_product(cx.conn, ws, product.id)?.into_iter().map(|p| p.name))
        }
        ("sprint", _) => {
            let newest = sprints::newest(cx.conn, ws, product.id)?;
            let current =
                FilterWords { word: "current".to_owned(), about: "what runs now".to_owned() };
            let named = newest.into_iter().map(|s| FilterWords { word: s.name, about: s.state });
            std::iter::once(current).chain(named).collect()
        }
        ("priority", _) => plain(super::filter::PRIORITIES.iter().map(|p| (*p).to_owned())),
        (_, Kind::Day) => plain(
            ["today", "tomorrow", "yesterday", "+7d", "-7d", "-14d"].map(str::to_owned).into_iter(),
        ),
        (_, Kind::Number) => plain(["1", "2", "3", "5", "8", "13"].map(str::to_owned).into_iter()),
        _ => Vec::new(),
    })
}

/// The labels of a product, by their names; the first 300.
pub fn labels(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<String>> {
    conn.query(&LABELS, &[ws.into(), product.into()], |r| r.get(0))
}
