//! Careers: how responsibilities usually shift with seniority, profiles of a workspace's own, and how
//! one's own work grew, to be taken along to a one-to-one by whoever it is about.

mod growth;
mod ladder;
mod profiles;
mod sheet;

pub use growth::{GetGrowth, Growth, Month, ProfileLine};
pub use ladder::{LEVELS, Ladder, ROLES, ladder};
pub use profiles::{CareerProfile, ListProfiles, ProfileView, RemoveProfile, Removed, SetProfile};
pub use sheet::{FORMATS, sheet};
