//! Statements: each a named constant, listed so that a test prepares all of them on both engines.

/// One statement, the same text for both engines, with `$1` parameters.
pub struct Sql {
    pub name: &'static str,
    pub text: &'static str,
}

/// A statement as the list holds it.
pub struct Listed(pub &'static Sql);

inventory::collect!(Listed);

/// All statements declared with [`statements!`](crate::statements).
pub fn all_statements() -> Vec<&'static Sql> {
    inventory::iter::<Listed>.into_iter().map(|l| l.0).collect()
}

/// Declares statements: `NAME = "SELECT …";`.
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $text:literal;)*) => {
        $(
            $(#[$doc])*
            $vis static $name: $crate::db::Sql =
                $crate::db::Sql { name: stringify!($name), text: $text };
            inventory::submit! { $crate::db::Listed(&$name) }
        )*
    };
}
