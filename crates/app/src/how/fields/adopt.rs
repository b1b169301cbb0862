//! Columns that items have without a definition, as imports bring them, and what would become of their
//! values in a field.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::{People, fit};
use super::{CustomField, Definitions, FieldOption, KINDS};
use crate::db::Conn;
use crate::kernel::{Access, Id, Result, Time};
use crate::people::nouns::one_of;
use crate::people::products;
use crate::statements;
use crate::store::{Fields, Listed, Meta, Query, Reader, Words};

statements! {
    LAST_ITEMS = "SELECT key, fields FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT $3";
}

/// Items that are looked at: the last ones of the order, where imports put theirs.
pub const LOOKED_AT: i64 = 5_000;

/// A column without a definition.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq)]
pub struct LooseColumn {
    pub name: String,
    /// Items that have a value, of those that were looked at.
    pub items: i64,
    /// The kind that fits the most of them.
    pub kind: String,
    /// Its most frequent values, up to five.
    pub examples: Vec<String>,
}

fn last_items(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<(String, Fields)>> {
    let values = [ws.into(), product.into(), LOOKED_AT.into()];
    conn.query(&LAST_ITEMS, &values, |r| Ok((r.get(0)?, r.get(1)?)))
}

/// How often each value of each column without a definition is there.
fn counted(
    items: &[(String, Fields)],
    known: &Definitions,
) -> BTreeMap<String, HashMap<String, i64>> {
    let mut all: BTreeMap<String, HashMap<String, i64>> = BTreeMap::new();
    for (name, value) in items.iter().flat_map(|(_, fields)| fields.iter()) {
        if known.stored(name).is_none() && !value.trim().is_empty() {
            *all.entry(name.clone()).or_default().entry(value.clone()).or_default() += 1;
        }
    }
    all
}

/// A field as it would be, for trying values on it.
fn supposed(kind: &str, options: Vec<String>) -> CustomField {
    let option = |name: String| FieldOption { value: name.clone(), name, gone: false };
    CustomField {
        product_id: Id::new(),
        name: String::new(),
        stored: String::new(),
        kind: kind.to_owned(),
        help: String::new(),
        options: Listed(options.into_iter().map(option).collect()),
        asked: false,
        levels: Words::default(),
        on_card: false,
        position: 0,
        state: "active".into(),
        id: Id::new(),
        revision: 1,
        created_at: Time(0),
        valid_from: Time(0),
        gone_at: None,
    }
}

/// The kind into which all values fit, from the narrowest.
fn guess(conn: &mut Conn, ws: i64, values: &HashMap<String, i64>) -> Result<String> {
    let mut people = People::default();
    for kind in ["number", "date", "yes-no", "link", "person"] {
        let field = supposed(kind, Vec::new());
        let mut all = true;
        for value in values.keys().take(200) {
            if fit(conn, ws, &mut people, &field, value)?.is_err() {
                all = false;
                break;
            }
        }
        if all {
            return Ok(kind.to_owned());
        }
    }
    let total: i64 = values.values().sum();
    let long = values.keys().any(|v| v.contains('\n') || v.chars().count() > 200);
    let few = values.len() <= 20 && total >= values.len() as i64 * 2;
    Ok(if long {
        "long-text"
    } else if few {
        "choice"
    } else {
        "text"
    }
    .to_owned())
}

/// The most frequent first.
fn by_count(values: &HashMap<String, i64>) -> Vec<(&String, i64)> {
    let mut all: Vec<(&String, i64)> = values.iter().map(|(v, n)| (v, *n)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    all
}

/// List the columns of a product's items that no field is defined for, as imports bring them.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListFieldColumns {
    pub product: String,
}

impl Query for ListFieldColumns {
    type Output = Vec<LooseColumn>;
    const META: Meta = Meta::query(
        "list-field-columns",
        "List the columns of a product's items that no field is defined for, as imports bring them",
        "/fields/columns",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<LooseColumn>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let known = Definitions::of(cx.conn, ws, product.id)?;
        let items = last_items(cx.conn, ws, product.id)?;
        let mut all = Vec::new();
        for (name, values) in counted(&items, &known).into_iter().take(200) {
            let clipped = |v: &String| v.chars().take(80).collect();
            let examples = by_count(&values).iter().take(5).map(|(v, _)| clipped(v)).collect();
            let kind = guess(cx.conn, ws, &values)?;
            all.push(LooseColumn { name, items: values.values().sum(), kind, examples });
        }
        Ok(all)
    }
}

/// A value that does not fit.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq)]
pub struct Unfit {
    pub value: String,
    /// Why not.
    pub because: String,
    pub items: i64,
    /// One of the items that have it.
    pub example: String,
}

/// What would become of a column's values.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Preview {
    pub column: String,
    pub kind: String,
    /// The choices that its values suggest, where it is a list.
    pub options: Vec<String>,
    /// Items that were looked at, the last ones of the order.
    pub looked_at: i64,
    pub items: i64,
    pub fitting: i64,
    /// What does not fit, the most frequent first, up to 100. It stays as it is and is shown so.
    pub unfit: Vec<Unfit>,
}

/// Preview what would become of a column's values in a field of some kind; nothing is changed.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PreviewField {
    pub product: String,
    /// The column, or the name of a field that would change its kind.
    pub column: String,
    pub kind: Option<String>,
    /// What can be chosen; what the values say if left out.
    pub options: Vec<String>,
}

impl Query for PreviewField {
    type Output = Preview;
    const META: Meta = Meta::query(
        "preview-field",
        "Preview what would become of a column's values in a field of some kind; nothing is changed",
        "/fields/preview",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Preview> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let kind = one_of("kind", self.kind.as_deref(), "text", &KINDS.map(|(word, _)| word))?;
        let known = Definitions::of(cx.conn, ws, product.id)?;
        let stored = known.named(&self.column).map_or(self.column.trim(), |f| &f.stored);
        let items = last_items(cx.conn, ws, product.id)?;
        let mut values: HashMap<String, i64> = HashMap::new();
        let mut example: HashMap<String, String> = HashMap::new();
        for (key, fields) in &items {
            if let Some(value) = fields.get(stored).filter(|v| !v.trim().is_empty()) {
                *values.entry(value.clone()).or_default() += 1;
                example.entry(value.clone()).or_insert_with(|| key.clone());
            }
        }
        let options = self.options_of(&kind, &values);
        let field = supposed(&kind, options.clone());
        let unfit = unfit(cx.conn, ws, &field, &values, &example)?;
        let total: i64 = values.values().sum();
        let out: i64 = unfit.iter().map(|u| u.items).sum();
        Ok(Preview {
            column: stored.to_owned(),
            kind,
            options,
            looked_at: items.len() as i64,
            items: total,
            fitting: total - out,
            unfit: unfit.into_iter().take(100).collect(),
        })
    }
}

impl PreviewField {
    fn options_of(&self, kind: &str, values: &HashMap<String, i64>) -> Vec<String> {
        let given: Vec<String> = self
            .options
            .iter()
            .flat_map(|o| o.lines())
            .map(|l| l.trim().to_owned())
            .filter(|l| !l.is_empty())
            .collect();
        if !given.is_empty() || !matches!(kind, "choice" | "choices") {
            return given;
        }
        let mut found: HashMap<String, i64> = HashMap::new();
        for (value, count) in values {
            let marks: &[char] = if kind == "choices" { &['\n', ',', ';'] } else { &['\n'] };
            for part in value.split(marks).map(str::trim).filter(|p| !p.is_empty()) {
                *found.entry(part.chars().take(200).collect()).or_default() += count;
            }
        }
        by_count(&found).into_iter().take(100).map(|(v, _)| v.clone()).collect()
    }
}

/// The values that do not fit a field, the most frequent first.
pub fn unfit(
    conn: &mut Conn,
    ws: i64,
    field: &CustomField,
    values: &HashMap<String, i64>,
    example: &HashMap<String, String>,
) -> Result<Vec<Unfit>> {
    let mut people = People::default();
    let mut all = Vec::new();
    for (value, items) in by_count(values) {
        if let Err(because) = fit(conn, ws, &mut people, field, value)? {
            let example = example.get(value).cloned().unwrap_or_default();
            all.push(Unfit { value: value.clone(), because, items, example });
        }
    }
    Ok(all)
}
