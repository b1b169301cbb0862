//! Values in PostgreSQL's binary form, and its errors in plain words.

use std::error::Error as StdError;

use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::db::{ColumnRef, DUPLICATE, Fault, ORPHAN, OVERTAKEN, Value};
use crate::kernel::{Error, Id, Result};

type Anything = Box<dyn StdError + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Anything> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => int_to_sql(*value, ty, out),
            Self::Real(value) if *ty == Type::FLOAT4 => (*value as f32).to_sql(ty, out),
            Self::Real(value) if *ty == Type::FLOAT8 => value.to_sql(ty, out),
            Self::Bool(value) if *ty == Type::BOOL => value.to_sql(ty, out),
            Self::Text(value) if <&str as ToSql>::accepts(ty) => value.to_sql(ty, out),
            Self::Id(value) if *ty == Type::UUID => value.0.to_sql(ty, out),
            Self::Bytes(value) if *ty == Type::BYTEA => value.to_sql(ty, out),
            other => Err(format!("{other:?} is not a value of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn int_to_sql(value: i64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Anything> {
    match *ty {
        Type::INT8 => value.to_sql(ty, out),
        Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(value)?.to_sql(ty, out),
        Type::FLOAT8 => (value as f64).to_sql(ty, out),
        _ => Err(format!("a whole number is not a value of type {ty}").into()),
    }
}

pub(in crate::db) fn column(row: &tokio_postgres::Row, index: usize) -> Result<ColumnRef<'_>> {
    row.try_get(index).map_err(|cause| Error::Internal(text(&cause)))
}

impl<'a> FromSql<'a> for ColumnRef<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Anything> {
        Ok(match *ty {
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(ty, raw)?.into()),
            Type::NUMERIC => numeric(raw)?,
            Type::UUID => Self::Id(Id(uuid::Uuid::from_sql(ty, raw)?)),
            Type::BYTEA => Self::Bytes(raw),
            _ => Self::Text(<&str>::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Anything> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        let plain = [Type::BOOL, Type::INT8, Type::INT4, Type::INT2, Type::FLOAT8, Type::FLOAT4];
        let other = [Type::NUMERIC, Type::UUID, Type::BYTEA, Type::VOID];
        plain.contains(ty) || other.contains(ty) || <&str as FromSql>::accepts(ty)
    }
}

/// A sum of whole numbers is NUMERIC there: digits to the base of 10,000, the first of them worth
/// 10,000 to the power of the weight.
fn numeric(raw: &[u8]) -> Result<ColumnRef<'static>, Anything> {
    let words: Vec<i32> =
        raw.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]]).into()).collect();
    let [count, weight, sign, _, digits @ ..] = words.as_slice() else {
        return Err("a numeric value that is cut short".into());
    };
    let negative = match *sign {
        0 => false,
        0x4000 => true,
        _ => return Err("a numeric value that is not a number".into()),
    };
    if count - 1 <= *weight && *weight < 5 {
        let whole = (0..=*weight).fold(0_i128, |sum, place| {
            sum * 10_000 + i128::from(digits.get(place as usize).copied().unwrap_or(0))
        });
        let whole = i64::try_from(if negative { -whole } else { whole })?;
        return Ok(ColumnRef::Int(whole));
    }
    let real = digits
        .iter()
        .zip(0..)
        .fold(0.0, |sum, (digit, place)| sum + f64::from(*digit) * 10_000_f64.powi(weight - place));
    Ok(ColumnRef::Real(if negative { -real } else { real }))
}

/// An error of a statement in plain words.
pub(in crate::db) fn fault(cause: tokio_postgres::Error, sql: &str) -> Fault {
    let Some(state) = cause.code() else {
        if cause.is_closed() || find_io(&cause) {
            return Fault::Statement(lost());
        }
        return Fault::Statement(Error::Internal(format!("{} in: {sql}", text(&cause))));
    };
    let error = match *state {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            return Fault::Again(Error::Unavailable(OVERTAKEN.into()));
        }
        SqlState::UNIQUE_VIOLATION => Error::refused(DUPLICATE),
        SqlState::FOREIGN_KEY_VIOLATION => Error::refused(ORPHAN),
        SqlState::DISK_FULL => Error::Unavailable(
            "The database's disk is full, so nothing was saved. Free some space and try again."
                .into(),
        ),
        SqlState::READ_ONLY_SQL_TRANSACTION => Error::Unavailable(
            "The database can only be read, so nothing was saved. Point Wherefore at the primary \
             server."
                .into(),
        ),
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
            lost()
        }
        SqlState::QUERY_CANCELED => Error::Unavailable(
            "The database gave up on this because it took too long. Try again.".into(),
        ),
        _ => Error::Internal(format!("{} in: {sql}", text(&cause))),
    };
    Fault::Statement(error)
}

fn lost() -> Error {
    Error::Unavailable(
        "The connection to the database was lost. Wherefore connects again by itself; try again \
         in a moment."
            .into(),
    )
}

/// An error while connecting: always that the database cannot be used, with the reason.
pub(in crate::db) fn unavailable(cause: tokio_postgres::Error) -> Error {
    let why = text(&cause);
    Error::Unavailable(format!(
        "The PostgreSQL database cannot be used: {why}. Check that it runs and that its address, \
         user and password are right."
    ))
}

/// Whether a failure to connect may pass by itself: nobody answers, or not yet.
pub(in crate::db) fn passes(cause: &tokio_postgres::Error) -> bool {
    match cause.code() {
        Some(state) => [
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::TOO_MANY_CONNECTIONS,
        ]
        .contains(state),
        None => cause.is_closed() || find_io(cause),
    }
}

fn find_io(cause: &tokio_postgres::Error) -> bool {
    // A certificate that is refused comes as an error of this kind, and will be refused again.
    let io = cause.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    io.is_some_and(|error| error.kind() != std::io::ErrorKind::InvalidData)
}

/// What the server said, or else the whole chain of causes.
pub(in crate::db) fn text(cause: &tokio_postgres::Error) -> String {
    if let Some(told) = cause.as_db_error() {
        return told.message().to_owned();
    }
    let mut text = cause.to_string();
    let mut source = cause.source();
    while let Some(next) = source {
        text = format!("{text}: {next}");
        source = next.source();
    }
    text
}
