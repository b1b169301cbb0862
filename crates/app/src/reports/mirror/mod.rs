//! The mirror: what somebody does beside what they hold, in neutral words. It is theirs: nobody else
//! looks into it until they share it.

mod answer;
mod events;
mod gather;
mod reckon;
mod share;
mod show;
mod team;
mod words;

pub use answer::{AdoptResponsibility, KeepResponsibility, Kept};
pub use events::{ListMirrorEvents, MirrorEvent};
pub use gather::letters;
pub use reckon::{Balance, FacetLine, Line, LinePlace, Role, RoleAnswer, Standing, is_external};
pub use share::{ListSharedMirrors, SHARES, Share, ShareMirror, SharedMirror};
pub use show::{GetMirror, Mirror};
pub use team::{GetTeamMirror, TeamLine, TeamMirror};
