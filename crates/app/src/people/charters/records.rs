//! What is kept of charters: the charters themselves in numbered versions, who signed them, what was
//! handed over since, and why somebody did what others answer for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::Arrangement;
use super::context::Context;
use super::matrix::Matrix;
use crate::kernel::{Day, Error, Id, Result};
use crate::record;
use crate::store::Indexed;

/// How wide a charter reaches, narrowest first.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ScopeKind {
    Part,
    Team,
    Product,
}

impl ScopeKind {
    pub const ALL: [Self; 3] = [Self::Part, Self::Team, Self::Product];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Team => "team",
            Self::Product => "product",
        }
    }

    pub fn parse(word: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|k| k.as_str() == word)
            .ok_or_else(|| Error::invalid("scope", "A charter is for a product, a part or a team."))
    }
}

record! {
    /// A charter. A draft is edited, an agreed one stands as it is until the next one takes its place.
    pub struct Charter in "charter", versioned: true {
        /// `product`, `part` or `team`.
        pub scope: String,
        pub scope_id: Id,
        pub product_id: Option<Id>,
        pub part_id: Option<Id>,
        pub team_id: Option<Id>,
        /// Counts the charters of its scope from 1.
        pub number: i64,
        /// `draft`, `agreed` or `superseded`.
        pub state: String,
        pub context: Context,
        pub arrangement: String,
        /// Why another arrangement was chosen than the advised one; empty where it was followed.
        pub because: String,
        pub matrix: Matrix,
        /// When to look at it again.
        pub review_on: Option<Day>,
        /// It holds from this day …
        pub agreed_on: Option<Day>,
        /// … and no more from this day.
        pub superseded_on: Option<Day>,
    }
}

record! {
    /// Somebody's agreement to a charter as it stood.
    pub struct Signature in "signature", versioned: false {
        pub charter_id: Id,
        pub product_id: Option<Id>,
        pub team_id: Option<Id>,
        pub person_id: Id,
    }
}

record! {
    /// One responsibility given from one person to another, in a scope, from a day, until a day.
    pub struct Handover in "handover", versioned: false {
        pub responsibility: i64,
        pub scope: String,
        pub scope_id: Id,
        pub product_id: Option<Id>,
        pub part_id: Option<Id>,
        pub team_id: Option<Id>,
        pub from_id: Id,
        pub to_id: Id,
        pub from_day: Day,
        /// The last day; open without.
        pub until_day: Option<Day>,
        pub reason: String,
    }
}

record! {
    /// Why somebody did what others answer for: said once for a responsibility, a scope and a day.
    pub struct OverrideReason in "override_reason", versioned: false {
        pub person_id: Id,
        pub day: Day,
        pub responsibility: i64,
        pub product_id: Option<Id>,
        pub part_id: Option<Id>,
        pub team_id: Option<Id>,
        pub change_id: Id,
        pub reason: String,
    }
}

impl Charter {
    pub fn kind(&self) -> ScopeKind {
        ScopeKind::parse(&self.scope).unwrap_or(ScopeKind::Product)
    }

    pub fn arrangement(&self) -> Arrangement {
        Arrangement::parse(&self.arrangement).unwrap_or(Arrangement::Both)
    }

    pub fn is_draft(&self) -> bool {
        self.state == "draft"
    }
}

impl Handover {
    pub fn kind(&self) -> ScopeKind {
        ScopeKind::parse(&self.scope).unwrap_or(ScopeKind::Product)
    }

    /// Whether it holds on a day.
    pub fn holds(&self, day: Day) -> bool {
        self.from_day <= day && self.until_day.is_none_or(|last| last >= day)
    }
}

impl Indexed for OverrideReason {
    fn product(&self) -> Option<Id> {
        self.product_id
    }
    fn part(&self) -> Option<Id> {
        self.part_id
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn append_only() -> bool {
        true
    }
}
