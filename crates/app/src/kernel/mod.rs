//! What everything stands on: no SQL, no HTTP, no noun of the domain.

mod actor;
mod error;
mod id;
mod patch;
pub mod rank;
pub mod secret;
mod text;
mod time;

pub use actor::{ARCHIVED, Access, Actor, Role, Via};
pub use error::{Conflict, Error, FieldConflict, Result};
pub use id::Id;
pub use patch::{Patch, patch};
pub use text::{cut, turns};
pub use time::{Clock, Day, Time};
