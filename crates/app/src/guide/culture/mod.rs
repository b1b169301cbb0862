//! Culture before titles: changing a framework, an arrangement or titles asks which problem it shall
//! solve, and offers to change a practice first. It never blocks. The answer is kept with how the
//! signals stood, and looked back on at its day: keep, adapt or go back.

mod asking;
mod keeping;
mod looking;
mod practices;
mod records;
mod trying;
mod turning;

pub use asking::{Asked, Question};
pub use looking::{Compared, GetStep, ListSteps, LookBack, StepLine, StepView, view_of};
pub use practices::{PRACTICES, Practice, fitting, practice};
pub use records::{CultureStep, Stood, TitleChange, of_decision};
pub use trying::{ListPractices, OfferedPractice, TryPractice};
pub use turning::{Turned, Turning};
