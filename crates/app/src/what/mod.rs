//! What: which problem is worth solving, and which first.

pub mod opportunities;
