//! What: which problem is worth solving, and which first.

pub mod decisions;
pub mod methods;
pub mod opportunities;
pub mod ranking;
pub mod releases;
pub mod requirements;
pub mod roadmap;
pub mod scores;
