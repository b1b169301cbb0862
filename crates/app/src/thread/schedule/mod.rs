//! Work in time: bars from start to due over weeks and months, and what falls on which day.

mod calendar;
mod timeline;

pub use calendar::{Calendar, Entry, GetCalendar, Month, Span};
pub use timeline::{GetTimeline, Piece, SprintSpan, Timeline};
