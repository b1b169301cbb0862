//! SQL constants, all in one list, so that a test can show each to both engines.

/// A statement with a name for logs and tests.
#[derive(Debug)]
pub struct Sql {
    pub name: &'static str,
    pub text: &'static str,
}

impl AsRef<str> for Sql {
    fn as_ref(&self) -> &str {
        self.text
    }
}

/// A statement as the list holds it; [`statements!`](crate::statements) makes them.
pub struct Listed(pub &'static Sql);

inventory::collect!(Listed);

/// Every statement of the product, by name.
pub fn all_statements() -> Vec<&'static Sql> {
    let mut all: Vec<_> = inventory::iter::<Listed>().map(|entry| entry.0).collect();
    all.sort_by_key(|sql| sql.name);
    all
}

/// Ends a statement that has the same plan whatever its values are, as of one that looks rows up by
/// their ids: PostgreSQL plans it once for each connection. Planning what is asked of a table with many
/// indexes takes it longer than the answer. Not for what an import asks while its tables grow.
pub const PLANNED_ONCE: &str = " /* planned once */";

/// The statement, planned once.
pub fn planned_once(sql: &str) -> String {
    format!("{sql}{PLANNED_ONCE}")
}

/// Declares SQL constants: `pub ITEM_BY_ID = "SELECT …";` becomes a `pub static ITEM_BY_ID: Sql`.
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $text:expr;)*) => {$(
        $(#[$meta])*
        $vis static $name: $crate::db::Sql = $crate::db::Sql {
            name: concat!(module_path!(), "::", stringify!($name)),
            text: $text,
        };
        inventory::submit! { $crate::db::Listed(&$name) }
    )*};
}
