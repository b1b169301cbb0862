//! The catalogue of responsibilities: what somebody may answer for in a product, whatever their
//! title says. The 45 are the field's; a workspace adds its own from number 100 on.

mod catalogue;
mod own;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use catalogue::CATALOGUE;
pub use own::{
    AddResponsibility, EditResponsibility, FIRST_OWN, ListResponsibilities, NoteExercise, Own,
    ResponsibilityView, SetStrict, all_views, known, names, owns, owns_asked,
};

/// Which of the three questions a responsibility belongs to.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    Why,
    What,
    How,
}

impl Facet {
    pub const ALL: [Self; 3] = [Self::Why, Self::What, Self::How];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Why => "why",
            Self::What => "what",
            Self::How => "how",
        }
    }

    /// The facet of that word; nothing else is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == word)
    }
}

/// The groups in which arrangements give responsibilities to roles.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    Direction,
    Discovery,
    Choosing,
    Goals,
    Shaping,
    Solution,
    Backlog,
    Delivery,
    Outcome,
}

/// One responsibility of the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Responsibility {
    pub number: u8,
    pub name: &'static str,
    pub facet: Facet,
    pub group: Group,
    /// Who usually answers for it: `product manager`, `product owner`, `designer`, `developers`, `team`.
    pub accountable: &'static str,
    /// What somebody does who exercises it.
    pub exercised_by: &'static str,
    /// What it is, in one sentence.
    pub definition: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
}

/// The responsibility of that number in the catalogue; a workspace's own are no part of it.
pub fn by_number(number: u8) -> Option<&'static Responsibility> {
    CATALOGUE.get(usize::from(number).checked_sub(1)?)
}

/// The numbers of the catalogue, in order.
pub fn numbers() -> impl Iterator<Item = u8> {
    CATALOGUE.iter().map(|r| r.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_name_places_and_all_is_said() {
        assert_eq!(CATALOGUE.len(), 45);
        for (at, one) in CATALOGUE.iter().enumerate() {
            assert_eq!(usize::from(one.number), at + 1);
            assert_eq!(by_number(one.number), Some(one));
            for text in [one.name, one.accountable, one.exercised_by, one.source] {
                assert!(!text.is_empty(), "{}", one.number);
            }
            assert!(one.definition.ends_with('.') && one.definition.len() > 30, "{}", one.number);
        }
        assert_eq!((by_number(0), by_number(46)), (None, None));
        let names: std::collections::HashSet<_> = CATALOGUE.iter().map(|r| r.name).collect();
        assert_eq!(names.len(), 45, "each has a name of its own");
    }

    #[test]
    fn each_question_has_its_own() {
        let count = |facet| CATALOGUE.iter().filter(|r| r.facet == facet).count();
        assert_eq!(Facet::ALL.map(count), [19, 10, 16]);
    }
}
