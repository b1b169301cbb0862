//! What every reader gives back: a backlog that is checked but not yet anybody's.

use serde::Serialize;

/// A whole export, read and checked.
#[derive(Serialize, Debug, Clone, PartialEq)]
pub struct Backlog {
    /// Which reader made it, for example `jira-csv`.
    pub source: String,
    /// The columns found, each name once, in the order of the file.
    pub columns: Vec<Column>,
    pub items: Vec<Item>,
    /// What stands beside the items, where the source knows more than items.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nouns: Vec<Noun>,
    /// What a person should know before they accept the import.
    pub warnings: Vec<Warning>,
}

/// The rows of one noun of another Wherefore, as its export has them.
#[derive(Serialize, Debug, Clone, PartialEq)]
pub struct Noun {
    /// As its file is called: `needs`.
    pub name: String,
    pub rows: Vec<serde_json::Map<String, serde_json::Value>>,
}

/// A column of the export and where its cells go.
#[derive(Serialize, Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    /// How many columns carry this name.
    pub count: usize,
    /// How many of their cells hold something.
    pub filled: usize,
    pub maps_to: Mapping,
}

/// The place of a column's cells in an [`Item`].
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Mapping {
    Key,
    Id,
    Type,
    Title,
    Description,
    Status,
    StatusCategory,
    Resolution,
    Priority,
    Labels,
    Reporter,
    ReporterId,
    Assignee,
    AssigneeId,
    Points,
    Created,
    Updated,
    Resolved,
    Due,
    ParentKey,
    Parent,
    ParentId,
    EpicLink,
    SubTasks,
    Sprint,
    Comment,
    Attachment,
    Link { kind: String, outward: bool },
    Custom(String),
}

/// Something that was read differently from how it was written, or not understood.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The row as a spreadsheet counts it (the header is row 1), or none for the whole file.
    pub row: Option<usize>,
    pub message: String,
    /// Whether it tells of cells that are in no item.
    pub left_out: bool,
}

impl Warning {
    /// A warning about one row.
    pub(crate) fn at(row: usize, message: impl Into<String>) -> Self {
        Self { row: Some(row), message: message.into(), left_out: false }
    }

    /// A row whose cells are in no item.
    pub(crate) fn left_out(row: usize, message: impl Into<String>) -> Self {
        Self { row: Some(row), message: message.into(), left_out: true }
    }

    /// What of the whole file is in no item.
    pub(crate) fn left_out_of_file(message: impl Into<String>) -> Self {
        Self { row: None, message: message.into(), left_out: true }
    }

    /// A warning about the whole file.
    pub(crate) fn file(message: impl Into<String>) -> Self {
        Self { row: None, message: message.into(), left_out: false }
    }
}

/// One issue of the export.
#[derive(Serialize, Debug, Clone, PartialEq)]
pub struct Item {
    /// The key it had at its origin.
    pub key: String,
    pub source_id: Option<String>,
    /// The row as a spreadsheet counts it.
    pub row: usize,
    pub level: Level,
    pub type_name: String,
    pub title: String,
    /// Markdown.
    pub description: String,
    pub status: String,
    pub category: Category,
    pub resolution: Option<String>,
    pub priority: Option<String>,
    pub labels: Vec<String>,
    pub reporter: Option<PersonRef>,
    pub assignee: Option<PersonRef>,
    pub points: Option<f64>,
    /// Microseconds since 1970, UTC.
    pub created: Option<i64>,
    /// Microseconds since 1970, UTC.
    pub updated: Option<i64>,
    /// Microseconds since 1970, UTC.
    pub resolved: Option<i64>,
    /// `YYYY-MM-DD`.
    pub due: Option<String>,
    /// The key of the epic or parent; as written where the file does not hold it.
    pub parent: Option<String>,
    pub sprints: Vec<String>,
    pub links: Vec<Link>,
    pub comments: Vec<Comment>,
    pub attachments: Vec<Attachment>,
    /// Every other non-empty cell, in column order; repeated columns are joined.
    pub custom: Vec<(String, String)>,
    #[serde(skip)]
    pub more: More,
}

/// What another Wherefore knows of an item beyond what other tools do.
#[derive(Serialize, Debug, Clone, Default, PartialEq)]
pub struct More {
    /// Its identifier there, by which other rows of the export name it.
    pub id: Option<String>,
    /// Microseconds since 1970, UTC.
    pub started: Option<i64>,
    pub service: Option<String>,
    pub severity: Option<String>,
    /// `YYYY-MM-DD`.
    pub no_why_until: Option<String>,
    /// Names.
    pub part: Option<String>,
    pub team: Option<String>,
    /// Keys.
    pub broke: Option<String>,
    pub split_from: Option<String>,
}

/// The rung of an item.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Epic,
    Story,
    Task,
    Bug,
    SubTask,
}

/// What a status means, whatever it is called.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Backlog,
    Unstarted,
    Started,
    InReview,
    Accepted,
    Dropped,
}

/// A person as the export names them.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct PersonRef {
    /// The name, or the id where there is no name.
    pub name: String,
    pub id: Option<String>,
}

/// A link from one item to another.
#[derive(Serialize, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    /// `blocks`, `relates`, `duplicates`, or the tool's own word.
    pub kind: String,
    /// True: this item blocks the target. False: the target blocks this item.
    pub outward: bool,
    pub target: String,
}

/// A comment on an item.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Microseconds since 1970, UTC.
    pub at: Option<i64>,
    pub author: Option<String>,
    /// Markdown.
    pub body: String,
}

/// A file that hangs on an item; the export holds its address, not its bytes.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Microseconds since 1970, UTC.
    pub at: Option<i64>,
    pub author: Option<String>,
    pub name: String,
    pub url: String,
}
