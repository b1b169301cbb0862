//! Finds texts that say the same, and groups a heap of them into themes.
//!
//! [`Index`] is kept in step with edits: what it answers depends only on the texts in it, never on
//! the order in which they came or on those that have left. [`themes`] groups texts and names each
//! group. Both are deterministic, need no model and touch neither files nor the network.
//!
//! ```
//! use wherefore_similar::{Index, Text};
//!
//! let mut index = Index::new();
//! index.set(1, Text::new("Export to PDF loses the page numbers", ""));
//! index.set(2, Text::new("Dark mode for the editor", ""));
//! let hits = index.similar(Text::new("Page numbers missing in exported PDF", ""), 5);
//! assert_eq!(hits[0].key, 1);
//! ```

mod compare;
mod index;
mod label;

mod stem;
mod stop;
mod themes;

mod vocabulary;
mod words;

pub use index::{Hit, Index};
pub use stem::stem;
pub use themes::{Theme, Themes, themes};

pub use words::{Word, every_word, words};

/// What is compared: a headline, and what is said below it, either of which may be empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a> {
    pub title: &'a str,
    pub body: &'a str,
}

impl<'a> Text<'a> {
    pub fn new(title: &'a str, body: &'a str) -> Self {
        Self { title, body }
    }
}
