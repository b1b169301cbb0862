//! The macros by which the kinds of record, their selects and fresh rows are declared.

/// Declares a kind of record: its struct, columns and statements.
#[macro_export]
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident in $table:literal, versioned: $versioned:literal {
        $($(#[$fdoc:meta])* pub $field:ident: $ty:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $ty,)*
            pub id: $crate::kernel::Id,
            pub revision: i64,
            pub created_at: $crate::kernel::Time,
            pub valid_from: $crate::kernel::Time,
            pub gone_at: Option<$crate::kernel::Time>,
        }

        impl $crate::store::Record for $name {
            const KIND: &'static str = $table;
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[
                $(stringify!($field),)* "id", "revision", "created_at", "valid_from", "gone_at",
            ];
            const VERSIONED: bool = $versioned;

            fn sql() -> &'static $crate::store::RecordSql {
                static SQL: std::sync::OnceLock<$crate::store::RecordSql> =
                    std::sync::OnceLock::new();
                SQL.get_or_init($crate::store::RecordSql::of::<$name>)
            }

            fn from_row(row: &$crate::db::Row<'_>) -> $crate::kernel::Result<Self> {
                let mut column = 0..;
                let mut next = || column.next().unwrap_or_default();
                Ok(Self {
                    $($field: row.get(next())?,)*
                    id: row.get(next())?,
                    revision: row.get(next())?,
                    created_at: row.get(next())?,
                    valid_from: row.get(next())?,
                    gone_at: row.get(next())?,
                })
            }

            fn values(&self) -> Vec<$crate::db::Value> {
                vec![
                    $(self.$field.clone().into(),)*
                    self.id.into(), self.revision.into(), self.created_at.into(),
                    self.valid_from.into(), self.gone_at.into(),
                ]
            }

            fn meta(&self) -> $crate::store::RowMeta {
                $crate::store::RowMeta {
                    id: self.id, revision: self.revision, created_at: self.created_at,
                    valid_from: self.valid_from, gone_at: self.gone_at,
                }
            }

            fn set_meta(&mut self, meta: $crate::store::RowMeta) {
                self.id = meta.id;
                self.revision = meta.revision;
                self.created_at = meta.created_at;
                self.valid_from = meta.valid_from;
                self.gone_at = meta.gone_at;
            }
        }

        inventory::submit! {
            $crate::store::RecordKind {
                kind: $table,
                sql: <$name as $crate::store::Record>::sql,
                undo: $crate::store::undo_one::<$name>,
                reindex: $crate::store::reindex_page::<$name>,
            }
        }
    };
}

/// Declares selects of whole records: `NAME: Record from "table or view" where "…";`.
#[macro_export]
macro_rules! selects {
    ($($(#[$doc:meta])* $vis:vis $name:ident: $record:ty = $source:literal, $tail:literal;)*) => {
        $(
            $(#[$doc])*
            $vis static $name: $crate::store::Select<$record> =
                $crate::store::Select::new($source, $tail);
            inventory::submit! {
                $crate::store::Composed {
                    name: stringify!($name),
                    text: || $name.text().to_owned(),
                }
            }
        )*
    };
}

/// A fresh row of a record: its own fields, the common ones from the change.
#[macro_export]
macro_rules! new_row {
    ($cx:expr, $name:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let meta = $cx.fresh();
        $name {
            $($field: $value,)*
            id: meta.id,
            revision: meta.revision,
            created_at: meta.created_at,
            valid_from: meta.valid_from,
            gone_at: meta.gone_at,
        }
    }};
}
