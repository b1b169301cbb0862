//! Templates: what an item is made from, so that nobody writes the same text twice.

mod edit;
mod make;
mod skeleton;

pub use edit::{
    CreateTemplate, EditTemplate, ListTemplates, RestoreTemplate, RetireTemplate, TemplateView,
};
pub use make::create;

use crate::db::Conn;
use crate::kernel::{Id, Result};
use crate::store::{Fields, Indexed, Words, load};
use crate::{record, selects};

record! {
    /// What an item of a product can be made from.
    pub struct ItemTemplate in "item_template", versioned: true {
        pub product_id: Id,
        pub name: String,
        /// The level of what is made.
        pub level: String,
        /// What its title begins with.
        pub title: String,
        /// Markdown.
        pub body: String,
        /// Acceptance criteria as they are typed.
        pub criteria: String,
        pub labels: Words,
        /// Custom fields, by the name under which items keep them.
        pub fields: Fields,
        /// Titles of the tasks under it.
        pub subtasks: Words,
        pub position: i64,
        /// `active` or `retired`.
        pub state: String,
    }
}

impl Indexed for ItemTemplate {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    OF_PRODUCT: ItemTemplate = "item_template", "product_id = $2 AND gone_at IS NULL ORDER BY position, id LIMIT 200";
}

/// The templates of a product, retired ones among them.
pub fn of_product(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<ItemTemplate>> {
    OF_PRODUCT.all(conn, ws, &[product.into()])
}

/// A template that is in use, by id or name.
pub fn named(conn: &mut Conn, ws: i64, product: Id, name: &str) -> Result<Option<ItemTemplate>> {
    let fits =
        |t: &ItemTemplate| t.gone_at.is_none() && t.state == "active" && t.product_id == product;
    if let Ok(id) = name.trim().parse::<Id>() {
        return Ok(load::<ItemTemplate>(conn, ws, id)?.filter(fits));
    }
    let name = name.trim().to_lowercase();
    let all = of_product(conn, ws, product)?;
    Ok(all.into_iter().filter(fits).find(|t| t.name.to_lowercase() == name))
}
