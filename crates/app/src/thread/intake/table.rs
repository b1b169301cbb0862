//! A table of what users said, row by row as evidence. Rows that were taken in before are known again.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_exchange::evidence_csv::{self, Row};

use super::{Piece, keep};
use crate::kernel::secret::hash_of;
use crate::kernel::{Access, Day, Error, Result};
use crate::people::mail::check_address;
use crate::people::products;
use crate::store::{Change, Meta, Process, Site};
use crate::why::evidence::{KINDS, RELIABILITY, RecordEvidence, check_past};

/// Rows of one transaction, so that other people's writes need not wait.
const BATCH: usize = 100;
const MOST_ROWS: usize = 50_000;

/// Import a table of what users said as evidence; what is known already is left as it is.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ImportEvidence {
    pub product: String,
    /// The table as CSV, where it is no file of its own.
    pub text: String,
    /// What a column holds, by its name: `verbatim`, `title`, `source`, `email`, `company`,
    /// `segment`, `said_on`, `kind`, `url`, `consent`, `reliability`, `id`, or `-` for nothing.
    pub columns: BTreeMap<String, String>,
    /// Only tell what would be done.
    pub dry_run: bool,
}

/// What a column was taken for.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Column {
    pub name: String,
    /// Nothing where it is left out.
    pub field: Option<String>,
}

/// A row that was not taken, or not whole.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Refused {
    /// As a spreadsheet counts.
    pub row: usize,
    pub why: String,
}

/// What was done, or would be.
#[derive(Serialize, JsonSchema, Clone, Debug, Default)]
pub struct TableReport {
    pub columns: Vec<Column>,
    pub rows: usize,
    /// New pieces of evidence.
    pub added: usize,
    /// Rows that were imported before.
    pub known: usize,
    /// The first 100 rows that were not taken, with the reason.
    pub refused: Vec<Refused>,
    pub refused_rows: usize,
    /// Of the first 100 rows that were taken without something that was no good, what that was.
    pub noted: Vec<Refused>,
    /// The first rows, as they would be kept.
    pub first: Vec<BTreeMap<String, String>>,
}

const IMPORT: Meta = Meta::action(
    "import-evidence",
    "Import a table of what users said as evidence; what is known already is left as it is",
    "POST",
    "/evidence/import",
)
.exercises(&[7]);

impl Process for ImportEvidence {
    type Output = TableReport;
    const META: Meta = IMPORT;
    const TAKES: &'static [&'static str] = &["text/csv"];

    fn run(self, at: Site) -> BoxFuture<'static, Result<TableReport>> {
        Box::pin(async move { import(self, at).await })
    }
}

async fn import(input: ImportEvidence, at: Site) -> Result<TableReport> {
    let (actor, key) = (at.actor.clone(), input.product.clone());
    at.db.read(move |conn| products::product(conn, &actor, &key, Access::Write).map(drop)).await?;
    let bytes = match &at.file {
        Some(file) => crate::store::Upload::unpack(file.packed())?,
        None => input.text.clone().into_bytes(),
    };
    let wanted = input.columns.clone();
    let table = tokio::task::spawn_blocking(move || evidence_csv::read(&bytes, &wanted))
        .await
        .map_err(Error::internal)?
        .map_err(|e| Error::invalid("file", e.to_string()))?;
    if table.rows.len() > MOST_ROWS {
        return Err(Error::invalid("file", "More than 50,000 rows: cut the table in parts."));
    }
    let mut report = TableReport {
        rows: table.rows.len(),
        columns: table
            .columns
            .iter()
            .map(|(name, field)| Column { name: name.clone(), field: field.map(str::to_owned) })
            .collect(),
        first: table.rows.iter().take(5).map(shown).collect(),
        ..TableReport::default()
    };
    let mut pieces = Vec::new();
    for row in &table.rows {
        match piece(row, at.clock.now().day()) {
            Ok(piece) => {
                let email = piece.email.as_deref().unwrap_or_default();
                if !email.is_empty() && check_address(email).is_err() && report.noted.len() < 100 {
                    let why =
                        format!("“{email}” is no e-mail address: nobody can be answered there.");
                    report.noted.push(Refused { row: row.number, why });
                }
                pieces.push(piece);
            }
            Err(why) => {
                report.refused_rows += 1;
                if report.refused.len() < 100 {
                    report.refused.push(Refused { row: row.number, why: why.to_string() });
                }
            }
        }
    }
    let pieces = numbered(pieces);
    for batch in pieces.chunks(BATCH) {
        let added = take(&input, &at, batch.to_vec()).await?;
        report.added += added;
        report.known += batch.len() - added;
    }
    Ok(report)
}

fn shown(row: &Row) -> BTreeMap<String, String> {
    row.fields.iter().map(|(k, v)| ((*k).to_owned(), v.chars().take(200).collect())).collect()
}

/// Rows that say the same word for word are told apart by their place among them, so that a table
/// with two equal rows gives two pieces, each time the same.
fn numbered(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for piece in &mut pieces {
        let times = seen.entry(piece.mark.clone()).or_default();
        *times += 1;
        if *times > 1 && !piece.mark.starts_with("id:") {
            piece.mark = format!("{}:{times}", piece.mark);
        }
    }
    pieces
}

/// Keeps a batch, and says how many were new; a look only counts them.
async fn take(input: &ImportEvidence, at: &Site, batch: Vec<Piece>) -> Result<usize> {
    let (actor, key, now) = (at.actor.clone(), input.product.clone(), at.clock.now());
    if input.dry_run {
        return at
            .db
            .read(move |conn| {
                let product = products::product(conn, &actor, &key, Access::Write)?;
                let mut new = 0;
                for piece in &batch {
                    let own =
                        [actor.workspace.into(), product.id.into(), piece.mark.clone().into()];
                    let known: Option<crate::kernel::Id> =
                        conn.query_opt(&super::KNOWN, &own, |r| r.get(0))?;
                    new += usize::from(known.is_none());
                }
                Ok(new)
            })
            .await;
    }
    at.db
        .write(move |tx| {
            let product = products::product(tx, &actor, &key, Access::Write)?;
            Change::record(tx, actor.clone(), &IMPORT, now, |cx| {
                let mut new = 0;
                for piece in &batch {
                    new += usize::from(keep(cx, &product, piece)?);
                }
                Ok(new)
            })
        })
        .await
}

/// A row as a piece of evidence, or why it is none.
fn piece(row: &Row, today: Day) -> Result<Piece> {
    let get = |field: &str| row.fields.get(field).map(String::as_str).unwrap_or_default();
    let verbatim = get("verbatim").replace('\0', "");
    if verbatim.trim().is_empty() {
        return Err(Error::refused("Nothing was said in it."));
    }
    let kind = get("kind").to_lowercase().replace([' ', '_'], "-");
    let kind = match kind.as_str() {
        "" => None,
        known if KINDS.contains(&known) => Some(kind),
        "support" | "ticket" => Some("support-ticket".to_owned()),
        // Other tools have other words; what was said counts.
        _ => Some("feedback".to_owned()),
    };
    let said_on = match get("said_on") {
        "" => None,
        text => Some(day(text)?),
    };
    check_past("said_on", said_on, today)?;
    let url = crate::why::evidence::check_url(get("url"))?;
    let mark = match get("id") {
        "" => {
            let said = [&verbatim, get("source"), get("email"), get("company"), get("said_on")];
            format!("row:{}", hash_of(&said.join("\u{1f}")))
        }
        id => format!("id:{}", hash_of(id)),
    };
    let one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let email = Some(get("email").to_owned()).filter(|e| !e.is_empty());
    let source = match (one(get("source")), &email) {
        (name, Some(email)) if name.is_empty() => email.clone(),
        (name, _) => name,
    };
    Ok(Piece {
        mark,
        email,
        evidence: RecordEvidence {
            verbatim,
            title: Some(one(get("title"))).filter(|t| !t.is_empty()),
            kind,
            source,
            company: one(get("company")),
            segment: one(get("segment")),
            said_on,
            url,
            reliability: reliability(get("reliability")),
            consent: ["yes", "true", "1", "y"].contains(&get("consent").to_lowercase().as_str()),
            ..RecordEvidence::default()
        },
    })
}

/// How near one is to whoever said it, as far as the word is one of ours.
fn reliability(text: &str) -> Option<String> {
    let word = text.trim().to_lowercase().replace([' ', '_'], "-");
    RELIABILITY.contains(&word.as_str()).then_some(word)
}

/// A day in the forms that leave no doubt.
fn day(text: &str) -> Result<Day> {
    let first = text.split(['T', ' ']).next().unwrap_or_default().replace('/', "-");
    // Where points stand between the numbers, the day comes first and the year last.
    let first = match first.split('.').collect::<Vec<_>>()[..] {
        [day, month, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => first,
    };
    first.parse::<Day>().map_err(|_| {
        Error::refused(format!(
            "“{text}” is no day that can be read without doubt: write it like 2026-03-31."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_doubt_are_read_and_others_refused() {
        assert_eq!(day("2026-03-31T10:00:00Z").expect("a day").to_string(), "2026-03-31");
        assert_eq!(day("2026/03/31").expect("a day").to_string(), "2026-03-31");
        assert_eq!(day("31.3.2026").expect("a day").to_string(), "2026-03-31");
        assert!(day("03/04/2026").is_err() && day("soon").is_err() && day("31.03.26").is_err());
    }

    #[test]
    fn equal_rows_are_told_apart_in_the_same_way_each_time() {
        let one = Piece { mark: "row:a".into(), ..Piece::default() };
        let marks = |pieces: Vec<Piece>| pieces.into_iter().map(|p| p.mark).collect::<Vec<_>>();
        assert_eq!(marks(numbered(vec![one.clone(), one.clone()])), ["row:a", "row:a:2"]);
        let named = Piece { mark: "id:a".into(), ..Piece::default() };
        assert_eq!(marks(numbered(vec![named.clone(), named])), ["id:a", "id:a"]);
    }
}
