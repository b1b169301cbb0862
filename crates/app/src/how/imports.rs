//! Imports: what came from another tool, held back until it is complete.

use crate::db::Conn;
use crate::kernel::{Id, Result};
use crate::record;
use crate::store::{Fields, Indexed, load};

record! {
    /// One import of a file into a product.
    pub struct Import in "import", versioned: false {
        pub product_id: Id,
        pub source: String,
        pub file_name: String,
        pub file_hash: String,
        /// `staged`, `applied` or `failed`.
        pub state: String,
        /// What was done and what was not, as JSON.
        pub report: String,
    }
}

record! {
    /// What an item looked like in the file that brought it, to tell whose edit is newer.
    pub struct ImportBase in "import_base", versioned: false {
        pub product_id: Id,
        pub original_key: String,
        pub item_id: Id,
        pub fields: Fields,
    }
}

impl Indexed for Import {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for ImportBase {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

/// Whether what an import brings may be seen.
pub fn is_applied(conn: &mut Conn, workspace: i64, import: Id) -> Result<bool> {
    Ok(load::<Import>(conn, workspace, import)?.is_some_and(|i| i.state == "applied"))
}
