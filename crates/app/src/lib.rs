//! Wherefore: why, what and how of every product on one thread.
//!
//! The folders tell the mission; `ARCHITECTURE.md` at the root draws how they fit together.

pub mod db;
pub mod files;
pub mod guide;
pub mod how;
pub mod jobs;
pub mod kernel;
pub mod people;
pub mod reports;
pub mod shell;
pub mod store;
pub mod surfaces;
pub mod thread;
pub mod what;
pub mod why;
