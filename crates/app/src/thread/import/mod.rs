//! Importing a backlog from another tool. A file is uploaded and kept; its preview says what would
//! come and how, and takes other choices; then it is applied in the background: new items are
//! staged in short batches that nobody sees, one more shows all of them at once, and items that
//! were imported before take what changed in the file, unless it was changed here too.

mod actions;
mod choices;
mod compare;
mod defined;
mod fit;
mod keep;
mod keys;
mod known;
mod mapping;
mod nouns;
mod own;
mod people;
mod plan;
mod report;
mod run;
mod stage;
mod ties;
mod views;

pub use actions::{ApplyImport, DiscardImport, MapImport, UploadImport};
pub use choices::Choices;
pub use keep::{import, import_alone, look_after, preview};
pub use report::{ColumnLine, NounLine, PersonLine, Report, StatusLine, TypeLine};
pub use views::{GetImport, ImportView, ListImports};

use crate::kernel::Access;
use crate::store::{Meta, Scope};

/// What the batches are recorded as.
const IMPORT: Meta = Meta {
    name: "import",
    summary: "Import a backlog from another tool",
    method: "POST",
    path: "/imports",
    access: Access::Write,
    exercises: &[],
    scope: Scope::Product,
};
