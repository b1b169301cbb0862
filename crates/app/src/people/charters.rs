//! Charters: who answers for what in a product, a part or a team. The charter is the role; a title
//! is only a label. What a charter gives is done freely, and anybody else overrides it with a reason.

pub mod arrangement;
pub mod context;
pub mod judging;
pub mod matrix;
pub mod presets;
pub mod records;
pub mod standing;

pub use context::{Company, Context, Framework, Holder, ProductKind, Role, Seniority, Stage};
pub use matrix::{Letter, Matrix};
pub use records::{Charter, Handover, OverrideReason, ScopeKind, Signature};
pub use standing::{Answer, Standing, in_force, standing, who_answers};
