//! Work in time: bars from start to due over weeks and months, and what falls on which day.

mod calendar;
mod expected;
mod timeline;

pub use calendar::{Calendar, Entry, GetCalendar, Month, Span};
pub use expected::Expected;
pub use timeline::{GetTimeline, Piece, SprintSpan, Timeline};
