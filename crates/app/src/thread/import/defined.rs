//! Columns of a file that go into the custom fields of the product.

use std::collections::{BTreeMap, HashMap};

use wherefore_exchange::Backlog;

use super::plan::Plan;
use crate::db::Conn;
use crate::how::fields::{CustomField, Definitions, kind_words, unfit};
use crate::kernel::{Id, Result};

/// What an import keeps beside the columns of the file, by these names.
const KEPT: [&str; 8] =
    ["Resolution", "Issue id", "Type", "Updated", "Resolved", "Summary", "Sprints", "Attachments"];

/// The fields that a file's columns go into.
#[derive(Default)]
pub(super) struct Defined {
    fields: Vec<CustomField>,
    /// Name of a column → place of its field.
    columns: HashMap<String, usize>,
}

impl Defined {
    pub fn of(all: Definitions, file: &Backlog) -> Self {
        let named = file.columns.iter().map(|c| c.name.as_str());
        let custom = file.items.iter().flat_map(|i| i.custom.iter().map(|(name, _)| name.as_str()));
        let mut columns: HashMap<String, usize> = HashMap::new();
        if all.0.is_empty() {
            return Self::default();
        }
        let place = |name: &str| {
            let id = all.named(name)?.id;
            all.0.iter().position(|f| f.id == id)
        };
        let mut seen = std::collections::HashSet::new();
        for name in named.chain(custom).chain(KEPT) {
            if seen.insert(name)
                && let Some(place) = place(name)
            {
                columns.insert(name.to_owned(), place);
            }
        }
        Self { fields: all.0, columns }
    }
}

/// The values of a field in a file: how often each is there, and the key of an item with it.
type Values = (HashMap<String, i64>, HashMap<String, String>);

impl Plan {
    /// Values under the names by which the product's fields keep them.
    pub(super) fn renamed(&self, fields: BTreeMap<String, String>) -> BTreeMap<String, String> {
        let defined = &self.defined;
        if defined.columns.is_empty() {
            return fields;
        }
        let stored = |name: String| match defined.columns.get(&name) {
            Some(place) => defined.fields[*place].stored.clone(),
            None => name,
        };
        fields.into_iter().map(|(name, text)| (stored(name), text)).collect()
    }

    /// Says which columns go into which field, and what of them does not fit.
    pub(super) fn map_fields(&mut self, conn: &mut Conn, ws: i64, file: &Backlog) -> Result<()> {
        for line in &mut self.report.columns {
            if let Some(place) = self.defined.columns.get(&line.name)
                && line.place.starts_with("the field")
            {
                let field = &self.defined.fields[*place];
                line.place = format!("the field “{}”, {}", field.name, kind_words(&field.kind));
            }
        }
        let mut all: HashMap<Id, Values> = HashMap::new();
        for item in &file.items {
            for (name, text) in item.custom.iter().filter(|(_, text)| !text.trim().is_empty()) {
                let Some(place) = self.defined.columns.get(name) else { continue };
                let id = self.defined.fields[*place].id;
                let (values, example) = all.entry(id).or_default();
                *values.entry(text.clone()).or_default() += 1;
                example.entry(text.clone()).or_insert_with(|| item.key.clone());
            }
        }
        for field in self.defined.fields.iter().filter(|f| f.is_active()) {
            let Some((values, example)) = all.get(&field.id) else { continue };
            let odd = unfit(conn, ws, field, values, example)?;
            let Some(first) = odd.first() else { continue };
            let count: i64 = odd.iter().map(|u| u.items).sum();
            let why: String = first.because.chars().take(200).collect();
            self.report.warnings.push(format!(
                "{}: {count} of {} values do not fit, as of {}: {why}. They come along as they are.",
                field.name,
                values.values().sum::<i64>(),
                first.example,
            ));
        }
        Ok(())
    }
}
