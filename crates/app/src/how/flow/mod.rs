//! Flow: how work moves through the states, counted from what was recorded by the definitions that
//! hold now.

mod query;
pub mod read;

pub use query::{Aged, Flow, GetFlow, Layer, SpotView, WeekLine};
