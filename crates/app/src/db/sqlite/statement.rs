//! Statements on SQLite: binding, running, reading columns, and its errors in plain words.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql, ffi};

use crate::db::row::Source;
use crate::db::{ColumnRef, DUPLICATE, Fault, ORPHAN, Row, Shape, Value};
use crate::kernel::{Error, Result};

pub(in crate::db) fn query(
    connection: &Connection,
    sql: &str,
    args: &[Value],
    each: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
) -> Result<(), Fault> {
    let mut statement = bound(connection, sql, args)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|cause| fault(cause, sql))? {
        if !each(&Row(Source::Sqlite(row))).map_err(Fault::Row)? {
            break;
        }
    }
    Ok(())
}

pub(in crate::db) fn execute(
    connection: &Connection,
    sql: &str,
    args: &[Value],
) -> Result<u64, Fault> {
    let mut statement = bound(connection, sql, args)?;
    let rows = statement.raw_execute().map_err(|cause| fault(cause, sql))?;
    Ok(rows as u64)
}

pub(in crate::db) fn shape(connection: &Connection, sql: &str) -> Result<Shape, Fault> {
    let statement = connection.prepare_cached(sql).map_err(|cause| fault(cause, sql))?;
    let mut parameters = 0;
    for index in 1..=statement.parameter_count() {
        parameters = parameters.max(number(&statement, index, sql)?);
    }
    let columns = statement.column_names().map(str::to_owned).collect();
    Ok(Shape { parameters, columns })
}

/// The prepared statement with every `$n` bound to the n-th value.
fn bound<'c>(
    connection: &'c Connection,
    sql: &str,
    args: &[Value],
) -> Result<CachedStatement<'c>, Fault> {
    let mut statement = connection.prepare_cached(sql).map_err(|cause| fault(cause, sql))?;
    let numbers = numbers(sql);
    let told = numbers.len() == statement.parameter_count();
    for index in 1..=statement.parameter_count() {
        let number = if told { numbers[index - 1] } else { number(&statement, index, sql)? };
        let value = args.get(number - 1);
        let value = value.ok_or_else(|| wrong(format!("no value for ${number}: {sql}")))?;
        // A statement comes from the cache with nothing bound, which is what `Null` says.
        if !matches!(value, Value::Null) {
            statement.raw_bind_parameter(index, value).map_err(|cause| fault(cause, sql))?;
        }
    }
    Ok(statement)
}

/// The parameters of a text in the order in which SQLite counts them, each where it is met first. The
/// driver would look each up in a list; where a text holds a `$` that is none, that is done.
fn numbers(sql: &str) -> Vec<usize> {
    let mut all = Vec::with_capacity(64);
    let mut known = [false; 256];
    for piece in sql.split('$').skip(1) {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(number) = piece[..digits].parse::<usize>() else { return Vec::new() };
        let Some(met) = known.get_mut(number) else { return Vec::new() };
        if !std::mem::replace(met, true) {
            all.push(number);
        }
    }
    all
}

/// The n of a parameter `$n`.
fn number(statement: &CachedStatement<'_>, index: usize, sql: &str) -> Result<usize, Fault> {
    let name = statement.parameter_name(index).and_then(|name| name.strip_prefix('$'));
    let number = name.and_then(|name| name.parse().ok()).filter(|number| *number > 0);
    number.ok_or_else(|| wrong(format!("a parameter that is not $1, $2 …: {sql}")))
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer((*value).into()),
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Id(value) => ValueRef::Blob(value.0.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

pub(in crate::db) fn column<'a>(row: &'a rusqlite::Row<'_>, index: usize) -> Result<ColumnRef<'a>> {
    Ok(match row.get_ref(index).map_err(error)? {
        ValueRef::Null => ColumnRef::Null,
        ValueRef::Integer(value) => ColumnRef::Int(value),
        ValueRef::Real(value) => ColumnRef::Real(value),
        ValueRef::Text(value) => {
            ColumnRef::Text(std::str::from_utf8(value).map_err(Error::internal)?)
        }
        ValueRef::Blob(value) => ColumnRef::Bytes(value),
    })
}

fn wrong(text: String) -> Fault {
    Fault::Statement(Error::Internal(text))
}

fn fault(cause: rusqlite::Error, sql: &str) -> Fault {
    Fault::Statement(match error(cause) {
        Error::Internal(text) => Error::Internal(format!("{text} in: {sql}")),
        told => told,
    })
}

/// An error of SQLite in plain words.
pub(in crate::db) fn error(cause: rusqlite::Error) -> Error {
    let Some(code) = cause.sqlite_error().copied() else {
        return Error::internal(cause);
    };
    let text = match code.code {
        ErrorCode::DiskFull => "The disk is full, so nothing was saved. Free some space and try \
                                again."
            .into(),
        ErrorCode::ReadOnly => "The database can only be read, so nothing was saved. Make the \
                                data folder writable for this user and try again."
            .into(),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "The database is held by another program. Close that one and try again.".into()
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            format!("The database file is damaged ({cause}). Restore the latest backup.")
        }
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => format!(
            "The database file cannot be read or written ({cause}). Check the disk and the rights \
             on the data folder."
        ),
        ErrorCode::ConstraintViolation => return constraint(&cause, code.extended_code),
        _ => return Error::internal(cause),
    };
    Error::Unavailable(text)
}

fn constraint(cause: &rusqlite::Error, extended: i32) -> Error {
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => Error::refused(DUPLICATE),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::refused(ORPHAN),
        _ => Error::internal(cause),
    }
}

/// An error while opening: always that the storage cannot be used, with the reason.
pub(in crate::db) fn unavailable(cause: rusqlite::Error) -> Error {
    match error(cause) {
        told @ Error::Unavailable(_) => told,
        other => Error::Unavailable(format!("The database cannot be opened: {other}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_as_the_database_does() {
        let connection = Connection::open_in_memory().expect("a database");
        for sql in [
            "SELECT $1, $2, $3",
            "SELECT $3, $1, $3, $2, $12, $1",
            "SELECT 1",
            "SELECT $1 || '$ 5', $2",
        ] {
            let statement = connection.prepare_cached(sql).expect("prepared");
            let named: Vec<usize> = (1..=statement.parameter_count())
                .filter_map(|index| number(&statement, index, sql).ok())
                .collect();
            assert_eq!(named.len(), statement.parameter_count());
            let read = numbers(sql);
            assert!(read == named || read.is_empty(), "{sql}: {read:?}, not {named:?}");
        }
        assert_eq!(numbers("SELECT $3, $1, $3"), [3, 1]);
        assert!(numbers("SELECT '$ 5', $1").is_empty(), "these are looked up");
    }
}
