//! Suggests story points from a team's own finished stories.
//!
//! [`Estimator`] learns from the titles, descriptions and points of past stories, oldest first, and
//! suggests points for a new one with a range and the five past stories most like it. Where it
//! knows too little it says so ([`TooLittle`]). It is deterministic, needs no model and touches
//! neither files nor the network.
//!
//! ```
//! use wherefore_estimate::{Estimator, Past, Story};
//!
//! let past = (0..40).map(|n| {
//!     let big = n % 2 == 0;
//!     let title = if big { "Migrate the database schema" } else { "Fix a typo on the page" };
//!     Past { story: Story::new(title, ""), points: if big { 8.0 } else { 1.0 } }
//! });
//! let estimator = Estimator::from_history(past);
//! let suggestion = estimator.suggest(Story::new("Fix another typo", "")).unwrap();
//! assert_eq!(suggestion.points, 1.0);
//! ```

mod blend;
mod estimator;
mod lad;
mod prior;
mod terms;

pub use estimator::{Alike, Estimator, LEAST, Suggestion, TooLittle};
pub use prior::Prior;

/// A story before anyone has estimated it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Story<'a> {
    pub title: &'a str,
    pub description: &'a str,
}

impl<'a> Story<'a> {
    pub fn new(title: &'a str, description: &'a str) -> Self {
        Self { title, description }
    }
}

/// A story of the past with the points it was given.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    pub story: Story<'a>,
    pub points: f64,
}

/// Points on the scale on which they are learned: 1 to 2 weighs as much as 8 to 13.
fn scaled(points: f64) -> f64 {
    (points.max(0.0) + 0.5).ln()
}

/// The points at a place on that scale.
fn unscaled(place: f64) -> f64 {
    place.exp() - 0.5
}

/// The middle value; 0 of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    if n == 0 { 0.0 } else { (values[n / 2] + values[(n - 1) / 2]) / 2.0 }
}
