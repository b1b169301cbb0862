//! Another Wherefore's export of one product: its work items with their comments, links, sprints and
//! acceptance criteria, and the rows of all that stands beside them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Read};

use flate2::read::GzDecoder;
use serde_json::{Map, Value as Json};

use crate::{
    Backlog, Category, Column, Comment, Item, Level, Link, Mapping, More, Noun, PersonRef,
    ReadError, Warning,
};

/// What is unpacked, and kept of it, at most: an archive of a few bytes can hold any number of them.
const LARGEST: u64 = 256 << 20;
const LONGEST_LINE: u64 = 16 << 20;
const MOST_ROWS: usize = 500_000;
const MOST_VALUES: usize = 5_000_000;

/// Nouns that are for reading alone, or stay where they are: they are counted.
const COUNTED: [&str; 2] = ["files", "history"];

/// Whether a file is compressed as an export is.
pub fn is_export(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

type Row = Map<String, Json>;

/// Reads a whole export and checks it before anything is returned.
///
/// # Errors
/// Where it is no export of one product in JSON, or is cut off.
pub fn read(bytes: &[u8]) -> Result<Backlog, ReadError> {
    let mut found = Found::of(bytes)?;
    let iterations = names(&found.rows("iterations"), "id", "name");
    let parts = names(&found.rows("parts"), "id", "name");
    let mut comments = grouped(&found.rows("comments"), "object");
    let mut items = Vec::new();
    for (at, row) in found.rows("work-items").into_iter().enumerate() {
        let Some(key) = text(&row, "key") else { continue };
        let said = comments.remove(&key).unwrap_or_default();
        items.push(item(at + 1, key, &row, (&iterations, &parts), &said));
    }
    let places: HashMap<String, usize> =
        items.iter().enumerate().map(|(at, item)| (item.key.clone(), at)).collect();
    let mut others = Vec::new();
    for row in found.rows("links") {
        let ends = (text(&row, "from"), text(&row, "to"), text(&row, "kind"));
        match ends {
            (Some(from), Some(target), Some(kind)) if places.contains_key(&target) => {
                match places.get(&from) {
                    Some(at) => items[*at].links.push(Link { kind, outward: true, target }),
                    None => others.push(row),
                }
            }
            _ => others.push(row),
        }
    }
    found.nouns.insert("links".into(), others);
    // Those on items came with their items.
    found.nouns.insert("comments".into(), comments.into_values().flatten().collect());
    let columns = columns(&items);
    let warnings = left_out(&found);
    let (source, nouns) = ("wherefore-json".into(), found.beside());
    Ok(Backlog { source, columns, items, nouns, warnings })
}

/// What an export holds for reading alone, or leaves where it was.
fn left_out(found: &Found) -> Vec<Warning> {
    let mut all = Vec::new();
    let count = |noun: &str| found.counted.get(noun).copied().unwrap_or_default();
    if count("files") > 0 {
        let message = format!(
            "{} attached files: they stay in the archive. Attach them to what they belong to.",
            count("files")
        );
        all.push(Warning::left_out_of_file(message));
    }
    if count("history") > 0 {
        let message = format!(
            "{} lines of history, which tell who changed what: here it begins with the import. What a backup restores keeps it.",
            count("history")
        );
        all.push(Warning::left_out_of_file(message));
    }
    all
}

/// The lines of each noun of the one product.
#[derive(Default)]
struct Found {
    nouns: BTreeMap<String, Vec<Row>>,
    counted: BTreeMap<String, usize>,
    products: BTreeSet<String>,
    head: bool,
    rows: usize,
    values: usize,
}

impl Found {
    fn of(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut tar = tar::Archive::new(GzDecoder::new(bytes).take(LARGEST));
        let mut found = Self::default();
        let read = found.read(&mut tar);
        let mut rest = tar.into_inner();
        // The checksum of all stands at the very end.
        let whole = std::io::copy(&mut rest, &mut std::io::sink());
        if rest.limit() == 0 {
            return Err(ReadError::TooMuch);
        }
        read?;
        whole.map_err(broken)?;
        match (found.head, found.products.len()) {
            (false, _) => Err(broken("it holds no export.json")),
            (true, 0 | 1) => Ok(found),
            (true, n) => Err(broken(format!("it holds {n} products; export one of them"))),
        }
    }

    fn read(&mut self, tar: &mut tar::Archive<impl Read>) -> Result<(), ReadError> {
        for entry in tar.entries().map_err(broken)? {
            let entry = entry.map_err(broken)?;
            let name = entry.path().map_err(broken)?.display().to_string();
            self.head |= name == "export.json";
            let Some((product, file)) = name.split_once('/') else { continue };
            // The bytes of attached files stay where they are.
            if file.starts_with("files/") {
                continue;
            }
            let Some(noun) = file.strip_suffix(".jsonl") else {
                return Err(broken(format!("{name} is not written as JSON lines")));
            };
            self.products.insert(product.to_owned());
            // A large noun has several files.
            let noun = noun.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
            let mut lines = BufReader::new(entry);
            while let Some(line) = line(&mut lines)? {
                if COUNTED.contains(&noun) {
                    *self.counted.entry(noun.to_owned()).or_default() += 1;
                    continue;
                }
                let row: Row =
                    serde_json::from_str(&line).map_err(|e| broken(format!("{name}: {e}")))?;
                self.rows += 1;
                self.values += row.values().map(values).sum::<usize>();
                if self.rows > MOST_ROWS || self.values > MOST_VALUES {
                    return Err(ReadError::TooMuch);
                }
                self.nouns.entry(noun.to_owned()).or_default().push(row);
            }
        }
        Ok(())
    }

    fn rows(&self, noun: &str) -> Vec<Row> {
        self.nouns.get(noun).cloned().unwrap_or_default()
    }

    /// What stands beside the items; what was done there is not done here.
    fn beside(self) -> Vec<Noun> {
        let others =
            self.nouns.into_iter().filter(|(n, rows)| n != "work-items" && !rows.is_empty());
        others.map(|(name, rows)| Noun { name, rows }).collect()
    }
}

fn broken(why: impl std::fmt::Display) -> ReadError {
    ReadError::NoExport { why: why.to_string() }
}

/// The next line; none at the end.
fn line(lines: &mut impl BufRead) -> Result<Option<String>, ReadError> {
    let mut line = String::new();
    let read = lines.take(LONGEST_LINE).read_line(&mut line).map_err(broken)?;
    match (read as u64, line.ends_with('\n')) {
        (0, _) => Ok(None),
        (LONGEST_LINE, false) => Err(ReadError::TooMuch),
        _ => Ok(Some(line)),
    }
}

/// How many values one holds, itself among them.
fn values(value: &Json) -> usize {
    1 + match value {
        Json::Array(all) => all.iter().map(values).sum(),
        Json::Object(all) => all.values().map(values).sum(),
        _ => 0,
    }
}

fn item(
    row_number: usize,
    key: String,
    row: &Row,
    (iterations, parts): (&HashMap<String, String>, &HashMap<String, String>),
    said: &[Row],
) -> Item {
    let sprint = text(row, "sprint_id").and_then(|id| iterations.get(&id).cloned());
    let fields = row.get("fields").and_then(Json::as_object);
    let labels = row.get("labels").and_then(Json::as_array).into_iter().flatten();
    Item {
        key,
        source_id: None,
        row: row_number,
        level: level(row),
        type_name: text(row, "level").unwrap_or_default(),
        title: text(row, "title").unwrap_or_default(),
        description: text(row, "body").unwrap_or_default(),
        status: text(row, "state").unwrap_or_default(),
        category: category(row),
        resolution: None,
        priority: text(row, "priority"),
        labels: labels.filter_map(Json::as_str).map(str::to_owned).collect(),
        reporter: person(row, "reporter"),
        assignee: person(row, "assignee"),
        points: row.get("points").and_then(Json::as_f64),
        created: time(row, "created_at"),
        updated: None,
        resolved: time(row, "done_at"),
        due: text(row, "due"),
        parent: text(row, "parent"),
        sprints: sprint.into_iter().collect(),
        links: Vec::new(),
        comments: said.iter().map(comment).collect(),
        attachments: Vec::new(),
        custom: fields
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        more: More {
            id: text(row, "id"),
            started: time(row, "started_at"),
            service: text(row, "service"),
            severity: text(row, "severity"),
            no_why_until: text(row, "no_why_until"),
            part: text(row, "part_id").and_then(|id| parts.get(&id).cloned()),
            team: text(row, "team"),
            broke: text(row, "broke"),
            split_from: text(row, "split_from"),
        },
    }
}

fn comment(row: &Row) -> Comment {
    Comment {
        at: time(row, "said_at"),
        author: text(row, "author").or_else(|| text(row, "author_name")),
        body: text(row, "body").unwrap_or_default(),
    }
}

fn level(row: &Row) -> Level {
    match row.get("level").and_then(Json::as_str) {
        Some("epic") => Level::Epic,
        Some("task") => Level::Task,
        Some("bug") => Level::Bug,
        _ => Level::Story,
    }
}

fn category(row: &Row) -> Category {
    match row.get("category").and_then(Json::as_str) {
        Some("unstarted") => Category::Unstarted,
        Some("started") => Category::Started,
        Some("in-review") => Category::InReview,
        Some("accepted") => Category::Accepted,
        Some("dropped") => Category::Dropped,
        _ => Category::Backlog,
    }
}

fn person(row: &Row, name: &str) -> Option<PersonRef> {
    let id = text(row, &format!("{name}_id"));
    text(row, name).map(|name| PersonRef { name, id })
}

/// A text that says something.
fn text(row: &Row, name: &str) -> Option<String> {
    row.get(name).and_then(Json::as_str).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// Microseconds since 1970.
fn time(row: &Row, name: &str) -> Option<i64> {
    let stamp: jiff::Timestamp = row.get(name)?.as_str()?.parse().ok()?;
    Some(stamp.as_microsecond())
}

fn names(rows: &[Row], id: &str, name: &str) -> HashMap<String, String> {
    rows.iter().filter_map(|row| Some((text(row, id)?, text(row, name)?))).collect()
}

fn grouped(rows: &[Row], by: &str) -> HashMap<String, Vec<Row>> {
    let mut all: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows {
        if let Some(key) = text(row, by) {
            all.entry(key).or_default().push(row.clone());
        }
    }
    all
}

/// The fields that hold something, as the columns of a table would tell it.
fn columns(items: &[Item]) -> Vec<Column> {
    type Holds = fn(&Item) -> bool;
    let known: [(&str, Mapping, Holds); 17] = [
        ("key", Mapping::Key, |i| !i.key.is_empty()),
        ("level", Mapping::Type, |i| !i.type_name.is_empty()),
        ("title", Mapping::Title, |i| !i.title.is_empty()),
        ("body", Mapping::Description, |i| !i.description.is_empty()),
        ("state", Mapping::Status, |i| !i.status.is_empty()),
        ("category", Mapping::StatusCategory, |_| true),
        ("priority", Mapping::Priority, |i| i.priority.is_some()),
        ("labels", Mapping::Labels, |i| !i.labels.is_empty()),
        ("reporter", Mapping::Reporter, |i| i.reporter.is_some()),
        ("assignee", Mapping::Assignee, |i| i.assignee.is_some()),
        ("points", Mapping::Points, |i| i.points.is_some()),
        ("created_at", Mapping::Created, |i| i.created.is_some()),
        ("done_at", Mapping::Resolved, |i| i.resolved.is_some()),
        ("due", Mapping::Due, |i| i.due.is_some()),
        ("parent", Mapping::Parent, |i| i.parent.is_some()),
        ("sprint", Mapping::Sprint, |i| !i.sprints.is_empty()),
        ("comments", Mapping::Comment, |i| !i.comments.is_empty()),
    ];
    let mut all: Vec<Column> = known
        .into_iter()
        .map(|(name, maps_to, holds)| {
            let filled = items.iter().filter(|i| holds(i)).count();
            Column { name: name.to_owned(), count: 1, filled, maps_to }
        })
        .filter(|column| column.filled > 0)
        .collect();
    let mut custom: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in items.iter().flat_map(|i| &i.custom) {
        *custom.entry(name).or_default() += 1;
    }
    all.extend(custom.into_iter().map(|(name, filled)| {
        let maps_to = Mapping::Custom(name.to_owned());
        Column { name: name.to_owned(), count: 1, filled, maps_to }
    }));
    all
}
