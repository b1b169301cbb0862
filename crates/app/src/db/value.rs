//! Values as both engines take and give them.

use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut};

use crate::kernel::{Day, Error, Id, Result, Time};

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Id(Id),
    Bytes(Vec<u8>),
}

macro_rules! from {
    ($($ty:ty => |$v:ident| $to:expr;)*) => {
        $(impl From<$ty> for Value {
            fn from($v: $ty) -> Self {
                $to
            }
        })*
    };
}

from! {
    bool => |v| Value::Bool(v);
    i64 => |v| Value::Int(v);
    f64 => |v| Value::Real(v);
    &str => |v| Value::Text(v.to_owned());
    String => |v| Value::Text(v);
    Id => |v| Value::Id(v);
    Time => |v| Value::Int(v.0);
    Day => |v| Value::Text(v.to_string());
    Vec<u8> => |v| Value::Bytes(v);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Owned::Null),
            Self::Bool(v) => ToSqlOutput::Owned(Owned::Integer(i64::from(*v))),
            Self::Int(v) => ToSqlOutput::Owned(Owned::Integer(*v)),
            Self::Real(v) => ToSqlOutput::Owned(Owned::Real(*v)),
            Self::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Self::Id(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v.0.as_bytes())),
            Self::Bytes(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
        })
    }
}

type Encoded = std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Encoded {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(v) => v.to_sql(ty, out),
            Self::Int(v) => match *ty {
                Type::INT4 => i32::try_from(*v)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*v)?.to_sql(ty, out),
                _ => v.to_sql(ty, out),
            },
            Self::Real(v) => v.to_sql(ty, out),
            Self::Text(v) => v.to_sql(ty, out),
            Self::Id(v) => v.0.to_sql(ty, out),
            Self::Bytes(v) => v.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// A row of either engine; columns by position.
pub enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T> {
        T::from_column(self, index)
    }
}

/// What can be read from a column.
pub trait FromColumn: Sized {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self>;
}

macro_rules! plain {
    ($($ty:ty),*) => {
        $(
            impl FromColumn for $ty {
                fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
                    match row {
                        Row::Sqlite(row) => row.get(index).map_err(Error::internal),
                        Row::Postgres(row) => row.try_get(index).map_err(Error::internal),
                    }
                }
            }
            impl FromColumn for Option<$ty> {
                fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
                    match row {
                        Row::Sqlite(row) => row.get(index).map_err(Error::internal),
                        Row::Postgres(row) => row.try_get(index).map_err(Error::internal),
                    }
                }
            }
        )*
    };
}

plain!(bool, i64, f64, String, Vec<u8>);

impl FromColumn for Option<Id> {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        match row {
            Row::Sqlite(row) => {
                let bytes: Option<[u8; 16]> = row.get(index).map_err(Error::internal)?;
                Ok(bytes.map(|b| Id(uuid::Uuid::from_bytes(b))))
            }
            Row::Postgres(row) => {
                let id: Option<uuid::Uuid> = row.try_get(index).map_err(Error::internal)?;
                Ok(id.map(Id))
            }
        }
    }
}

impl FromColumn for Option<Time> {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        Ok(Option::<i64>::from_column(row, index)?.map(Time))
    }
}

impl FromColumn for Option<Day> {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
        let text = Option::<String>::from_column(row, index)?;
        text.map(|t| t.parse().map_err(Error::internal)).transpose()
    }
}

macro_rules! required {
    ($($ty:ty),*) => {
        $(impl FromColumn for $ty {
            fn from_column(row: &Row<'_>, index: usize) -> Result<Self> {
                Option::<$ty>::from_column(row, index)?
                    .ok_or_else(|| Error::internal(format!("column {index} is null")))
            }
        })*
    };
}

required!(Id, Time, Day);
