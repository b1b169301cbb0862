//! How the responsibilities of a role usually shift from junior to head: read off the same presets
//! that suggest a charter. Pure.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::kernel::{Error, Id, Result};
use crate::people::charters::arrangement::Arrangement;
use crate::people::charters::presets::suggest;
use crate::people::charters::{Context, Holder, Letter, Role, ScopeKind, Seniority};

/// The roles whose ladders are shown.
pub const ROLES: [Role; 2] = [Role::ProductManager, Role::ProductOwner];

/// The rungs, lowest first. Who heads products is there as head and no more as manager or owner.
pub const LEVELS: [Seniority; 6] = [
    Seniority::Junior,
    Seniority::Mid,
    Seniority::Senior,
    Seniority::Lead,
    Seniority::Principal,
    Seniority::Head,
];

/// Letters by responsibility.
pub type Letters = BTreeMap<u8, Letter>;

/// A role's letters on each rung.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ladder {
    pub role: Role,
    pub rungs: Vec<(Seniority, Letters)>,
}

/// Somebody of the cast, told apart by a number.
fn cast(number: u128, role: Role, seniority: Seniority) -> Holder {
    Holder { person: Id(Uuid::from_u128(number)), role, seniority }
}

/// What a role holds on a rung, beside people in all the other roles who are mid.
fn rung(role: Role, level: Seniority) -> Letters {
    const SELF: u128 = 1;
    let others = [
        cast(2, Role::Head, Seniority::Head),
        cast(3, Role::ProductManager, Seniority::Mid),
        cast(4, Role::ProductOwner, Seniority::Mid),
        cast(5, Role::Designer, Seniority::Mid),
        cast(6, Role::Developer, Seniority::Mid),
    ];
    let own = if level == Seniority::Head { Role::Head } else { role };
    let mut people: Vec<Holder> = others.into_iter().filter(|h| h.role != own).collect();
    people.push(cast(SELF, own, level));
    let mut context = Context { people, ..Context::default() };
    if level == Seniority::Head {
        // What a head answers for is what passes to them from somebody junior.
        for holder in context.people.iter_mut().filter(|h| h.role == Role::ProductManager) {
            holder.seniority = Seniority::Junior;
        }
    }
    // Where a manager works close to the backlog, the ladder shows how that is handed over; where an
    // owner does not answer for why and what, how they grow into it.
    let arrangement = match role {
        Role::ProductOwner => Arrangement::Coexist,
        _ => Arrangement::Overlap,
    };
    let matrix = suggest(arrangement, &context, ScopeKind::Product).matrix;
    let me = Id(Uuid::from_u128(SELF));
    matrix.0.iter().filter_map(|(n, line)| Some((*n, *line.get(&me)?))).collect()
}

/// The ladder of a role.
pub fn ladder(role: Role) -> Result<Ladder> {
    if !ROLES.contains(&role) {
        return Err(Error::invalid(
            "role",
            "There are ladders of product-manager and product-owner.",
        ));
    }
    Ok(Ladder { role, rungs: LEVELS.iter().map(|l| (*l, rung(role, *l))).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ladder: &Ladder, level: Seniority) -> &Letters {
        let found = ladder.rungs.iter().find(|(l, _)| *l == level);
        &found.expect("a rung").1
    }

    #[test]
    fn a_manager_begins_in_the_backlog_and_hands_it_over_from_lead_on() {
        let manager = ladder(Role::ProductManager).expect("a ladder");
        let junior = of(&manager, Seniority::Junior);
        let mid = of(&manager, Seniority::Mid);
        let lead = of(&manager, Seniority::Lead);
        for number in 33..=39 {
            assert_eq!(junior.get(&number), Some(&Letter::R), "{number}");
            assert!(!lead.get(&number).is_some_and(|l| l.acts()), "{number}");
        }
        assert_eq!(junior.get(&14), Some(&Letter::R));
        assert_eq!(mid.get(&14), Some(&Letter::AR));
        let head = of(&manager, Seniority::Head);
        assert!(head.get(&14).is_some_and(|l| l.answers()));
        assert!(!head.get(&33).is_some_and(|l| l.acts()));
    }

    #[test]
    fn a_senior_owner_takes_part_in_why_and_what() {
        let owner = ladder(Role::ProductOwner).expect("a ladder");
        assert!(!of(&owner, Seniority::Mid).get(&20).is_some_and(|l| l.acts()));
        assert_eq!(of(&owner, Seniority::Senior).get(&20), Some(&Letter::R));
        assert!(of(&owner, Seniority::Mid).get(&33).is_some_and(|l| l.answers()));
        assert!(ladder(Role::Developer).is_err());
    }
}
