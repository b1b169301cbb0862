//! What everything stands on: no SQL, no HTTP, no noun of the domain.

mod error;
mod id;
mod time;

pub use error::{Conflict, Error, FieldConflict, Result};
pub use id::Id;
pub use time::{Clock, Day, Time};
