//! Picks what to build under a capacity: the next release problem, solved or bounded.
