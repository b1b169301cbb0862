//! What: which problem is worth solving, and which first.

pub mod amounts;
pub mod decisions;
pub mod lifecycle;
pub mod methods;
pub mod opportunities;
pub mod order;
pub mod ranking;
pub mod releases;
pub mod requirements;
pub mod roadmap;
pub mod scores;
pub mod survey_answers;
pub mod surveys;
