//! Picks what to build under a capacity, and ranks what competes for it.
//!
//! * [`choose`] solves the next release problem: the set of greatest value whose effort fits, with
//!   all that it needs. Exact where time allows; cut short, it still proves how far from the optimum
//!   its answer can be at most.
//! * [`scores`], [`formula`], [`kano`] and [`ranking`] are the prioritisation formulas, on plain numbers and on
//!   ranges.
//!
//! Nothing here reads a file, a clock beyond the time limit, or a random source beyond the seed.
//!
//! ```
//! use wherefore_choose::{Candidate, Limits, plan};
//!
//! let pay = Candidate { value: 8.0, effort: 5.0, ..Candidate::default() };
//! let refund = Candidate { value: 6.0, effort: 2.0, needs: vec![0], ..Candidate::default() };
//! let theme = Candidate { value: 5.0, effort: 4.0, ..Candidate::default() };
//! let plan = plan(&[pay, refund, theme], 8.0, &Limits::default())?;
//! assert_eq!((plan.chosen, plan.value, plan.optimal), (vec![0, 1], 14.0, true));
//! # Ok::<(), wherefore_choose::Mistake>(())
//! ```

mod amounts;
mod core;
pub mod formula;
mod greedy;
pub mod kano;
mod network;
pub mod nrp;
mod problem;
mod random;
pub mod ranking;
mod relax;
pub mod scores;
mod search;

pub use amounts::{Candidate, Plan, plan};
pub use problem::{Item, Lock, Mistake, Problem};
pub use search::{Choice, Limits, choose};
