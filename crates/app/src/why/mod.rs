//! Why: the users' words, the needs they show, and the goals that the business sets.

pub mod companies;
pub mod competitors;
pub mod directions;
pub mod evidence;
pub mod interviews;
pub mod key_results;
pub mod metrics;
pub mod needs;
pub mod objectives;
pub mod stakeholder_talks;
pub mod stakeholders;
pub mod strategy;
pub mod values;
