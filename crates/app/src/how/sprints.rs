//! Sprints, as imports bring them; planning them comes with the frameworks.

use crate::kernel::{Day, Id};
use crate::record;
use crate::store::Indexed;

record! {
    /// A sprint or phase.
    pub struct Sprint in "sprint", versioned: true {
        pub product_id: Id,
        pub name: String,
        pub goal: String,
        pub state: String,
        pub starts: Option<Day>,
        pub ends: Option<Day>,
    }
}

impl Indexed for Sprint {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}
