//! Onboarding: the conversation with which a workspace begins. Its answers are kept step by step, so
//! that it can be left and taken up again; what they lead to is made in one change.

mod answers;
mod found;
mod keeping;
mod next;
mod presets;

pub use answers::{Answers, Held, Newcomer, Onboarding, STEPS, current, in_front};
pub use found::{Invitation, Onboard, Onboarded};
pub use keeping::{GetOnboarding, KeepOnboarding, OnboardingView};
pub use next::{ListNextSteps, NextStep, next_steps};
pub use presets::{PRESETS, Preset, preset_of};
