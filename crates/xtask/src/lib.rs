//! What the chores and the tests share: a throw-away PostgreSQL, a user without rights, and where
//! programs are.

pub mod postgres;
pub mod tools;
pub mod user;
