//! Values on their way out of a row.

use crate::kernel::{Day, Error, Id, Result, Time};

use super::{postgres, sqlite};

/// A row of either engine, valid while the query runs.
pub struct Row<'a>(pub(super) Source<'a>);

pub(super) enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The value of a column, counted from 0.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T> {
        T::from_column(self.column(index)?, index)
    }

    /// What a column holds, whatever it is.
    pub fn column(&self, index: usize) -> Result<ColumnRef<'_>> {
        match &self.0 {
            Source::Sqlite(row) => sqlite::statement::column(row, index),
            Source::Postgres(row) => postgres::statement::column(row, index),
        }
    }
}

/// What a column holds. SQLite has no truth values and no identifiers of its own: it gives `Int`
/// and `Bytes` for them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnRef<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(&'a str),
    Id(Id),
    Bytes(&'a [u8]),
}

/// What can be read from a column, whose place is told for what is said where it cannot.
pub trait FromColumn: Sized {
    fn from_column(column: ColumnRef<'_>, index: usize) -> Result<Self>;
}

macro_rules! read {
    ($($type:ty { $($pattern:pat => $value:expr,)* })*) => {$(
        impl FromColumn for $type {
            fn from_column(column: ColumnRef<'_>, index: usize) -> Result<Self> {
                let value = match column {
                    $($pattern => $value,)*
                    _ => None,
                };
                value.ok_or_else(|| {
                    let wanted = stringify!($type);
                    Error::Internal(format!("column {index} holds {column:?}, which is no {wanted}"))
                })
            }
        }
    )*};
}

read! {
    bool {
        ColumnRef::Bool(v) => Some(v),
        ColumnRef::Int(v) => Some(v != 0),
    }
    i64 {
        ColumnRef::Int(v) => Some(v),
    }
    f64 {
        ColumnRef::Real(v) => Some(v),
        ColumnRef::Int(v) => Some(v as f64),
    }
    String {
        ColumnRef::Text(v) => Some(v.to_owned()),
    }
    Id {
        ColumnRef::Id(v) => Some(v),
        ColumnRef::Bytes(v) => uuid::Uuid::from_slice(v).ok().map(Id),
    }
    Time {
        ColumnRef::Int(v) => Some(Time(v)),
    }
    Day {
        ColumnRef::Text(v) => v.parse().ok(),
    }
    Vec<u8> {
        ColumnRef::Bytes(v) => Some(v.to_vec()),
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(column: ColumnRef<'_>, index: usize) -> Result<Self> {
        match column {
            ColumnRef::Null => Ok(None),
            held => T::from_column(held, index).map(Some),
        }
    }
}
