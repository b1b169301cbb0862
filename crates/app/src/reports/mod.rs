//! Reports: read-only answers across why, what and how, each for a page, for paper and for programs.

pub mod careers;
pub mod learn;
pub mod mirror;
pub mod portfolio;
pub mod signals;
pub mod strategy;
pub mod topology;
pub mod voice;
