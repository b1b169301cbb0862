//! Reads a user story into persona, action, entity and benefit, and points at what weakens it.
//!
//! Everything here is a pure function of its text: no files, no network, no model, and the same
//! answer every time. Findings are advice: each names its place, the reason, and what could stand
//! there instead.
//!
//! ```
//! use wherefore_storylint::{Options, check, read};
//!
//! let story = read("As a clerk, I want to enter and print an invoice, so that I am paid.");
//! assert_eq!(story.persona.as_ref().unwrap().text, "clerk");
//! assert_eq!(story.actions[0].text, "enter");
//! assert_eq!(story.entities[0].text, "invoice");
//! assert_eq!(check(&story, &Options::default())[0].criterion.name(), "atomic");
//! ```

mod checks;
mod frame;
mod joins;
mod phrase;
mod read;
mod span;
mod stems;
mod tokens;
mod words;

pub use checks::{Criterion, Finding, Options, check, check_backlog, check_criteria};
pub use read::{Story, read};
pub use span::{Piece, Span};
