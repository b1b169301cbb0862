//! What guides a company: the conversation with which a workspace begins, and the question that comes
//! before a framework, an arrangement or titles are changed.

pub mod culture;
pub mod fit;
pub mod onboarding;
