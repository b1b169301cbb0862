//! Charters: who answers for what in a product, a part or a team. The charter is the role; a title
//! is only a label. What a charter gives is done freely, and anybody else overrides it with a reason.

pub mod arrangement;
mod asking;
mod comparing;
pub mod context;
mod drafting;
mod editing;
mod ground;
mod handing;
pub mod judging;
pub mod matrix;
mod overrides;
pub mod presets;
pub mod records;
mod signing;
pub mod standing;
mod undoing;
mod versions;
mod views;

pub use asking::{ContextInput, known_context};
pub use comparing::{ComparePeople, Named, PeopleCompared};
pub use context::{Company, Context, Framework, Holder, ProductKind, Role, Seniority, Stage};
pub use drafting::{
    AddToCharter, ChooseArrangement, DraftCharter, EditCharter, RemoveFromCharter, ReviseCharter,
    draft_again,
};
pub use editing::{EditMatrix, SetLetter};
pub use ground::{Ground, charter, current, ground, ground_of, handovers_of, of_scope, signatures};
pub use handing::{EndHandover, HandOver, HandoverView, ListHandovers, handover_told};
pub use judging::judged_asked;
pub use matrix::{Letter, Matrix};
pub use overrides::{ExplainOverride, Explained, ListOverrides, Override, outside};
pub use records::{Charter, Handover, OverrideReason, ScopeKind, Signature};
pub use signing::{DiscardCharter, SignCharter, waits_for};
pub use standing::{Answer, Force, Standing, in_force, standing, who_answers};
pub use versions::{ChangedLetter, CharterVersion, CompareCharters, ListCharterVersions};
pub use views::{
    Advise, CharterLine, CharterPerson, CharterRow, CharterView, GetCharter, GetStanding,
    ListCharters, StandingRow, rows_of, view,
};
