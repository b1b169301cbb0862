//! When will these be done, how many by a date, will the goal hold: forecasts from what a team has
//! finished, and the flow measures they rest on.
//!
//! A forecast simulates futures from the weeks seen (weeks with nothing finished included), at a
//! pace that is uncertain and drifts, and is then corrected by how forecasts of this very team's
//! past would have held. It refuses thin data and says what it takes for granted. Nothing here
//! reads a file or a clock; the same input and seed give the same forecast.
//!
//! ```
//! use wherefore_forecast::{Settings, Throughput, Work, when_done};
//!
//! let history = Throughput::from_weeks(vec![3, 5, 0, 4, 6, 2, 5, 3, 4, 0, 6, 4]);
//! let when = when_done(&history, &Work::items(20), &Settings::default())?;
//! assert!(when.weeks[0] <= when.weeks[2]);
//! # Ok::<(), wherefore_forecast::Refusal>(())
//! ```

mod cycle;
pub mod flow;
mod forecast;
mod history;
mod learn;
mod random;
mod simulate;

pub use cycle::{Days, LEAST_CYCLE_TIMES, item_remaining, items_done, service_level};
pub use forecast::{
    Goal, HowMany, LEAST_RUNS, Outlook, Settings, When, Work, goal_holds, how_many, when_done,
};
pub use history::{Day, LEAST_FINISHED, LEAST_WEEKS, Refusal, Throughput};
pub use learn::{BackTest, LEVELS, PastForecast, back_test};
pub use simulate::Tuning;
