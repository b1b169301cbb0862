//! What: which problem is worth solving, and which first.

pub mod decisions;
pub mod opportunities;
pub mod releases;
pub mod requirements;
pub mod roadmap;
