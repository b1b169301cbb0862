//! Why: the users' words, the needs they show, and the goals that the business sets.

pub mod evidence;
pub mod key_results;
pub mod needs;
pub mod objectives;
