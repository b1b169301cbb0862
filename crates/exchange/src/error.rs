use thiserror::Error;

/// Why a file could not be read at all, in words for the person who chose it.
#[derive(Error, Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    #[error("The file is empty. Export it again from Jira and choose the new file.")]
    Empty,
    #[error(
        "The file is not a text file. In Jira choose Export, then CSV (all fields), and upload that file."
    )]
    NotText,
    #[error(
        "The file has no column for the {missing}, so it does not look like a Jira export. \
         Columns found: {found}. In Jira choose Export, then CSV (all fields)."
    )]
    MissingColumn { missing: &'static str, found: String },
    #[error(
        "No column holds what people said. Name one “feedback”, “text” or “verbatim”, or say which \
         one it is. Columns found: {found}."
    )]
    NoWords { found: String },
    #[error(
        "A quotation mark that opens in row {row} is never closed, so the rest of the file cannot be told apart. \
         The download may have been cut off: export it again."
    )]
    OpenQuote { row: usize },
    #[error(
        "The file is no export of a Wherefore product in JSON ({why}). Make one under Settings, \
         Export, or with “wherefore export --product KEY”."
    )]
    NoExport { why: String },
    #[error(
        "The export holds more than is imported at once: 256 MB, 500,000 rows or 5,000,000 values. \
         Move the installation as a whole, with “wherefore backup” and “wherefore restore”."
    )]
    TooMuch,
    #[error(
        "The file is a compressed archive, not a table. An export of Wherefore is imported as \
         wherefore-json; from Jira, upload the CSV file itself."
    )]
    Packed,
    #[error(
        "A cell in row {row} is larger than {limit_mb} MB. \
         Shorten it in Jira, or leave that issue out, and export again."
    )]
    CellTooLarge { row: usize, limit_mb: usize },
}
