use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::dates::{Evidence, Order};
use super::header::{self, Header};
use super::item::{Draft, Reading};
use super::table::{self, Place, Row, Table};
use super::{encoding, relations};
use crate::{Backlog, Mapping, ReadError, Warning};

/// Reads a whole export and checks it before anything is returned.
///
/// # Errors
/// Where the file as a whole cannot be understood; what ails single rows is a [`Warning`].
pub fn read(bytes: &[u8]) -> Result<Backlog, ReadError> {
    let mut warnings = Vec::new();
    let text = encoding::decode(bytes, &mut warnings)?;
    let table = table::open(&text)?;
    let header = header::map(&table.header)?;
    let orders = orders(&table, &header, &mut warnings)?;
    let mut reading = Reading {
        header: &header,
        orders,
        unzoned: false,
        unknown_statuses: BTreeMap::new(),
        filled: vec![0; header.columns.len()],
        warnings,
    };
    let mut drafts = drafts(&table, &mut reading)?;
    let Reading { unzoned, unknown_statuses, filled, mut warnings, .. } = reading;
    notes(unzoned, &unknown_statuses, drafts.is_empty(), &mut warnings);
    relations::settle(&mut drafts, &header, &mut warnings);
    warnings.sort_by_key(|warning| warning.row);
    Ok(Backlog {
        source: "jira-csv".to_owned(),
        columns: header::describe(&table.header, &header, &filled),
        items: drafts.into_iter().map(|draft| draft.finished(&header)).collect(),
        nouns: Vec::new(),
        warnings,
    })
}

/// One draft for each key; a key that comes again is merged or said.
fn drafts(table: &Table, reading: &mut Reading) -> Result<Vec<Draft>, ReadError> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut seen: HashMap<String, Place> = HashMap::new();
    table.each_row(|row| {
        if repeats_header(&row, &table.header) {
            reading
                .warnings
                .push(Warning::at(row.number, "The header comes again; the row is left out."));
            return;
        }
        let before = reading.warnings.len();
        let draft = reading.draft(row.number, &row.cells);
        match seen.get(&draft.item.key) {
            None => {
                seen.insert(draft.item.key.clone(), row.place());
                drafts.push(draft);
            }
            Some(first) => {
                // What was said of a row that is left out would only confuse.
                reading.warnings.truncate(before);
                // It was read before, so it can be read again.
                if let Ok(Some(first)) = first.read() {
                    let message = again(&draft.item.key, &first, &row, &table.header);
                    reading.warnings.push(Warning::left_out(row.number, message));
                }
            }
        }
    })?;
    Ok(drafts)
}

fn repeats_header(row: &Row, header: &[Cow<str>]) -> bool {
    let names = header.iter().filter(|name| !name.trim().is_empty()).count();
    row.cells.len() == names
        && row.cells.iter().all(|(column, cell)| {
            header.get(*column).is_some_and(|name| name.trim() == cell.trim())
        })
}

/// Says which cells of a repeated key differ, so that none is lost silently.
fn again(key: &str, first: &Row, row: &Row, header: &[Cow<str>]) -> String {
    let held: HashMap<usize, &str> =
        first.cells.iter().map(|(column, cell)| (*column, cell.trim())).collect();
    let differing: Vec<String> = row
        .cells
        .iter()
        .filter(|(column, cell)| held.get(column) != Some(&cell.trim()))
        .map(|(column, cell)| {
            format!("{}: {}", header.get(*column).map_or("", |name| name.trim()), cell.trim())
        })
        .collect();
    if differing.is_empty() {
        return format!(
            "{key} comes again and is the same as row {}; it is imported once.",
            first.number
        );
    }
    format!(
        "{key} comes again with other values; row {} is imported. Left out: {}",
        first.number,
        differing.join("; ")
    )
}

/// Decides for every column whether 3/4 is a day in April or in March.
fn orders(
    table: &Table,
    header: &Header,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Order>, ReadError> {
    let mut columns = vec![Evidence::default(); header.columns.len()];
    table.each_row(|row| {
        for (column, cell) in &row.cells {
            let Some(place) = header.columns.get(*column) else { continue };
            match place.maps_to {
                Mapping::Comment | Mapping::Attachment => {
                    columns[*column].see(cell.split(';').next().unwrap_or_default());
                }
                Mapping::Created | Mapping::Updated | Mapping::Resolved | Mapping::Due => {
                    columns[*column].see(cell);
                }
                _ => {}
            }
        }
    })?;
    let mut file = Evidence::default();
    columns.iter().for_each(|evidence| file.add(*evidence));
    let common = file.proven().unwrap_or_else(|| file.assumed());
    if file.proven().is_none() && file.ambiguous > 0 {
        let order = match common {
            Order::DayFirst => "day/month/year",
            Order::MonthFirst => "month/day/year",
        };
        warnings.push(Warning::file(format!(
            "The dates can be read in two ways; they were read as {order}. Check one of them."
        )));
    }
    Ok(columns.iter().map(|evidence| evidence.proven().unwrap_or(common)).collect())
}

fn notes(
    unzoned: bool,
    unknown: &BTreeMap<String, usize>,
    empty: bool,
    warnings: &mut Vec<Warning>,
) {
    if empty {
        warnings.push(Warning::file("The file has a header but no issues."));
    }
    if unzoned {
        warnings.push(Warning::file("The dates name no time zone; they were read as UTC."));
    }
    for (status, count) in unknown {
        warnings.push(Warning::file(format!(
            "The status “{status}” ({count} issues) is not known; it counts as not started."
        )));
    }
}
