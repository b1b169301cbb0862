//! Wherefore: why, what and how of every product on one thread.
//!
//! The folders tell the mission; `ARCHITECTURE.md` at the root draws how they fit together.

pub mod db;
pub mod kernel;
pub mod people;
pub mod shell;
pub mod store;
