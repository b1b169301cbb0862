//! Custom fields of a product: what is asked of its items beyond what every item has. A definition
//! says how a value is written and read; the values themselves stand with the item, under a name that
//! never changes, so that renaming or retiring a field loses nothing.

mod adopt;
mod define;
mod filter;
mod index;
mod values;
mod views;

pub use adopt::{ListFieldColumns, LooseColumn, Preview, PreviewField, Unfit, unfit};
pub use define::{CreateField, EditField, MoveField, RestoreField, RetireField};
pub use filter::{Wanted, grouped_by, sorted_by, wanted};
pub use index::{begin_index, catch_up, is_unfinished, rows};
pub use values::{Fit, People, Readable, Shown, fit, readable, show, write};
pub use views::{FieldView, ListFields, view};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Id, Result};
use crate::store::{Indexed, Listed, Words};
use crate::{record, selects};

/// The kinds of field, in words.
pub const KINDS: [(&str, &str); 10] = [
    ("text", "text, one line"),
    ("long-text", "long text"),
    ("number", "number"),
    ("date", "date"),
    ("yes-no", "yes or no"),
    ("choice", "one of a list"),
    ("choices", "several of a list"),
    ("person", "person"),
    ("link", "link to the web"),
    ("item", "another item"),
];

/// What a kind is called.
pub fn kind_words(kind: &str) -> &str {
    KINDS.iter().find(|(word, _)| *word == kind).map_or(kind, |(_, words)| words)
}

/// One of the values that a field offers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FieldOption {
    /// As it is kept with the items; it never changes.
    pub value: String,
    /// As people read it.
    pub name: String,
    /// Not offered any more; it stays where it was chosen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

record! {
    /// A custom field of a product.
    pub struct CustomField in "custom_field", versioned: true {
        pub product_id: Id,
        pub name: String,
        /// The name under which items keep its values; it never changes.
        pub stored: String,
        /// One of [`KINDS`].
        pub kind: String,
        pub help: String,
        /// What can be chosen, in order.
        pub options: Listed<FieldOption>,
        /// Whether one is asked to fill it in; nothing is refused without.
        pub asked: bool,
        /// The levels of work that have it; empty is all of them.
        pub levels: Words,
        /// Whether cards of a board show it.
        pub on_card: bool,
        pub position: i64,
        /// `active` or `retired`.
        pub state: String,
    }
}

impl Indexed for CustomField {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn defines_fields() -> bool {
        true
    }
}

selects! {
    OF_PRODUCT: CustomField = "custom_field", "product_id = $2 AND gone_at IS NULL ORDER BY position, id LIMIT 200";
    STORED_AS: CustomField = "custom_field", "product_id = $2 AND stored = $3 LIMIT 1";
}

/// The most fields of a product, retired ones among them.
pub const MOST: usize = 200;

impl CustomField {
    pub fn is_active(&self) -> bool {
        self.state == "active"
    }

    /// Whether items of a level have it.
    pub fn is_for(&self, level: &str) -> bool {
        self.levels.is_empty() || self.levels.iter().any(|l| l == level)
    }

    /// What can be chosen now.
    pub fn offered(&self) -> impl Iterator<Item = &FieldOption> {
        self.options.iter().filter(|o| !o.gone)
    }
}

/// The fields of a product, in their order.
#[derive(Clone, Default, Debug)]
pub struct Definitions(pub Vec<CustomField>);

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

impl Definitions {
    pub fn of(conn: &mut Conn, workspace: i64, product: Id) -> Result<Self> {
        OF_PRODUCT.all(conn, workspace, &[product.into()]).map(Self)
    }

    /// A field by id, by its name, or by the one under which its values are kept.
    pub fn named(&self, name: &str) -> Option<&CustomField> {
        let name = name.trim();
        if let Ok(id) = name.parse::<Id>() {
            return self.0.iter().find(|f| f.id == id);
        }
        let active = self.active().find(|f| same(&f.name, name));
        active.or_else(|| self.stored(name)).or_else(|| self.0.iter().find(|f| same(&f.name, name)))
    }

    /// The field whose values are kept under a name.
    pub fn stored(&self, stored: &str) -> Option<&CustomField> {
        self.0.iter().find(|f| f.stored == stored)
    }

    pub fn active(&self) -> impl Iterator<Item = &CustomField> {
        self.0.iter().filter(|f| f.is_active())
    }

    /// Those that items of a level have.
    pub fn on<'d>(&'d self, level: &'d str) -> impl Iterator<Item = &'d CustomField> {
        self.active().filter(move |f| f.is_for(level))
    }
}
