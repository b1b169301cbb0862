//! What the planner is told of the tables. A database begins empty and may be open for months, so
//! there is no good time to measure; without numbers SQLite takes the workspace, which all rows
//! share, for as telling as an identifier, and walks through whole tables. Fixed numbers make the
//! same plan on every day of a database's life.

use rusqlite::{Connection, Result};

const INDEXES: &str = "SELECT t.name, i.name, i.\"unique\" FROM sqlite_schema t, pragma_index_list(t.name) i \
                       WHERE t.type = 'table' AND t.name NOT LIKE 'search_text%' AND t.name NOT LIKE 'sqlite_%' \
                       ORDER BY t.name, i.name";
const COLUMNS: &str = "SELECT COALESCE(name, '') FROM pragma_index_info(?1) ORDER BY seqno";

/// Tables that grow with the work; the others stay small.
const LARGE: [&str; 11] = [
    "work_item",
    "activity",
    "item_key",
    "item_label",
    "edge",
    "grounded",
    "link",
    "comment",
    "search_doc",
    "import_base",
    "read_mark",
];

/// One row of statistics: table, index, numbers.
type Row = (String, String, String);

/// Makes the statistics what they should be, where they are not.
pub(super) fn fix(connection: &mut Connection) -> Result<()> {
    let tx = connection.transaction()?;
    let wanted = wanted(&tx)?;
    // Makes the table, and has it read again.
    tx.execute_batch("ANALYZE sqlite_schema")?;
    if there(&tx)? != wanted {
        tx.execute("DELETE FROM sqlite_stat1", [])?;
        for row in &wanted {
            tx.execute(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)",
                (&row.0, &row.1, &row.2),
            )?;
        }
        tx.execute_batch("ANALYZE sqlite_schema")?;
    }
    tx.commit()
}

fn there(connection: &Connection) -> Result<Vec<Row>> {
    let mut select =
        connection.prepare("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx")?;
    let rows = select.query_map([], |r| {
        Ok((r.get(0)?, r.get::<_, Option<String>>(1)?.unwrap_or_default(), r.get(2)?))
    })?;
    rows.collect()
}

fn wanted(connection: &Connection) -> Result<Vec<Row>> {
    let mut indexes = connection.prepare(INDEXES)?;
    let mut columns = connection.prepare(COLUMNS)?;
    let all = indexes.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    all.map(|index| {
        let (table, name, unique): (String, String, bool) = index?;
        let of = columns.query_map([&name], |r| r.get(0))?.collect::<Result<Vec<String>>>()?;
        let stat = numbers(&table, &name, &of, unique);
        Ok((table, name, stat))
    })
    .collect()
}

/// How many rows the index has, then how many share the first column, the first two, and so on.
fn numbers(table: &str, index: &str, columns: &[String], unique: bool) -> String {
    // An index of exceptions is small whatever its table is.
    let exceptions = index.ends_with("_long_rank");
    let large = LARGE.contains(&table.trim_end_matches("_version")) && !exceptions;
    let rows: u64 = match large {
        // Most work is done work: an index of what is open is the shorter way to it.
        true if index.contains("_open") => 50_000,
        true => 1_000_000,
        false => 1_000,
    };
    let (mut share, mut text) = (rows, rows.to_string());
    for (n, column) in columns.iter().enumerate() {
        let parts = match column.as_str() {
            "workspace_id" => 1,
            "gone_at" | "staged_by" | "valid_to" | "active" => 2,
            "product_id" | "state" | "level" | "category" | "kind" | "team_id" | "part_id" => 5,
            "assignee_id" | "label" | "sprint_id" => 50,
            _ => 200_000,
        };
        share = (share / parts).max(1);
        if unique && n + 1 == columns.len() {
            share = 1;
        }
        text.push_str(&format!(" {share}"));
    }
    text
}
