//! Two people of a charter beside each other: what both do, what each does alone, and what nobody
//! answers for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ground;
use super::views::view;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::responsibilities::names;
use crate::store::{Meta, Query, Reader};

/// A responsibility by number and name.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq, Eq)]
pub struct Named {
    pub number: u8,
    pub name: String,
}

/// Two people beside each other.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct PeopleCompared {
    pub first: Id,
    pub first_name: String,
    pub second: Id,
    pub second_name: String,
    /// What both answer for or do.
    pub shared: Vec<Named>,
    pub first_only: Vec<Named>,
    pub second_only: Vec<Named>,
    /// What nobody answers for.
    pub unowned: Vec<Named>,
    /// They hold exactly the same: one role, whatever their titles say.
    pub one_role: bool,
}

/// Compare two people of a charter: what they share, what each has alone, what nobody has.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ComparePeople {
    pub charter: Id,
    /// A person's id or name.
    pub first: String,
    /// A person's id or name.
    pub second: String,
}

impl Query for ComparePeople {
    type Output = PeopleCompared;
    const META: Meta = Meta::query(
        "compare-people",
        "Compare two people of a charter: what they share, what each has alone, what nobody has",
        "/charters/{charter}/people/compared",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<PeopleCompared> {
        let ws = cx.actor.workspace;
        let (charter, ground) = ground::charter(cx.conn, cx.actor, self.charter, Access::Read)?;
        let shown = view(cx.conn, cx.actor, &charter, &ground, cx.now.day())?;
        let find = |field: &'static str, who: &str| {
            let who = who.trim();
            let id = who.parse::<Id>().ok();
            let found = shown.people.iter().find(|p| Some(p.id) == id || p.name == who);
            let message = format!("“{who}” has no letter in this charter.");
            found.ok_or_else(|| Error::invalid(field, message))
        };
        let (first, second) = (find("first", &self.first)?, find("second", &self.second)?);
        if first.id == second.id {
            return Err(Error::invalid("second", "Name somebody else: they are compared."));
        }
        let compared = charter.matrix.compare(first.id, second.id);
        let names = names(cx.conn, ws)?;
        let named = |all: Vec<u8>| -> Vec<Named> {
            let name = |number| names.get(&number).cloned().unwrap_or_default();
            all.into_iter().map(|number| Named { number, name: name(number) }).collect()
        };
        let same = compared.first_only.is_empty() && compared.second_only.is_empty();
        Ok(PeopleCompared {
            first: first.id,
            first_name: first.name.clone(),
            second: second.id,
            second_name: second.name.clone(),
            one_role: same && !compared.shared.is_empty(),
            shared: named(compared.shared),
            first_only: named(compared.first_only),
            second_only: named(compared.second_only),
            unowned: named(compared.unowned),
        })
    }
}
