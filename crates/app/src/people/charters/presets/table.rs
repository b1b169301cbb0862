//! The field's table: what each arrangement gives to each seat, by group of responsibilities.

use super::super::arrangement::Arrangement::{
    self, Both, Coexist, ManagerOnly, Overlap, OwnerOnly,
};
use super::super::matrix::Letter::{self, A, AR, C, I, R};
use crate::people::responsibilities::{Group, by_number};

/// A seat in the table; who sits in it is said by the titles of those who take part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Seat {
    Manager,
    Owner,
    /// The one who holds both roles.
    One,
    /// Product owner or product manager, one of them per team.
    EitherPerTeam,
    Head,
    Developers,
    Designer,
}

use Seat::{Designer, Developers, EitherPerTeam, Head, Manager, One, Owner};

impl Seat {
    pub(super) fn label(self) -> &'static str {
        match self {
            Manager => "product manager",
            Owner => "product owner",
            One => "the one in both roles",
            EitherPerTeam => "product owner or manager, per team",
            Head => "head of product",
            Developers => "developers",
            Designer => "designer",
        }
    }
}

type Seats = Vec<(Seat, Letter)>;

/// The letters of a responsibility in an arrangement.
pub(super) fn seats(arrangement: Arrangement, number: u8) -> Seats {
    let Some(listed) = by_number(number) else { return Vec::new() };
    // These stay where the work is done, whatever the arrangement.
    let mut seats = match number {
        30 => vec![(Designer, AR), (Developers, C)],
        31 | 40 => vec![(Developers, AR)],
        43 => vec![(Developers, AR)],
        _ => return of_group(arrangement, listed.group, number),
    };
    seats.extend(match arrangement {
        Coexist | Overlap => vec![(Owner, C), (Manager, I)],
        ManagerOnly => vec![(Manager, C)],
        OwnerOnly => vec![(Owner, C)],
        Both => vec![(One, C)],
    });
    seats
}

fn of_group(arrangement: Arrangement, group: Group, number: u8) -> Seats {
    match (group, arrangement) {
        (Group::Discovery, Both) => vec![(One, AR), (Developers, R)],
        (_, Both) if matches!(group, Group::Solution | Group::Delivery) => {
            vec![(One, A), (Developers, R)]
        }
        (_, Both) => vec![(One, AR)],
        (Group::Direction, Coexist) => vec![(Manager, AR), (Owner, C), (Developers, I)],
        (Group::Direction, Overlap) => vec![(Manager, AR), (Owner, R)],
        (Group::Direction, ManagerOnly) => vec![(Manager, AR), (Developers, C)],
        (Group::Direction, OwnerOnly) => vec![(Owner, AR), (Head, C)],
        (Group::Discovery, Coexist | Overlap) => {
            vec![(Manager, AR), (Owner, R), (Developers, R), (Designer, R)]
        }
        (Group::Discovery, ManagerOnly) => vec![(Manager, AR), (Developers, R), (Designer, R)],
        (Group::Discovery, OwnerOnly) => vec![(Owner, AR), (Developers, R), (Designer, R)],
        (Group::Choosing, Coexist) => vec![(Manager, AR), (Owner, C), (Developers, C)],
        (Group::Choosing, Overlap) => vec![(Manager, AR), (Owner, R)],
        (Group::Choosing, ManagerOnly) => vec![(Manager, AR), (Developers, C)],
        (Group::Choosing, OwnerOnly) => vec![(Owner, AR)],
        (Group::Goals | Group::Shaping, Coexist) => vec![(Manager, AR), (Owner, C)],
        (Group::Goals | Group::Shaping, Overlap) => vec![(Manager, A), (Owner, R)],
        (Group::Goals | Group::Shaping, ManagerOnly) => vec![(Manager, AR)],
        (Group::Goals, OwnerOnly) => vec![(Owner, AR), (Head, C)],
        (Group::Shaping, OwnerOnly) => vec![(Owner, AR)],
        (Group::Solution, Coexist) => {
            vec![(Owner, AR), (Developers, R), (Designer, R), (Manager, C)]
        }
        (Group::Solution, Overlap) => {
            vec![(Owner, AR), (Manager, R), (Developers, R), (Designer, R)]
        }
        (Group::Solution, ManagerOnly) => vec![(Manager, A), (Developers, R), (Designer, R)],
        (Group::Solution, OwnerOnly) => vec![(Owner, A), (Developers, R), (Designer, R)],
        // The product manager is asked about value: criteria and acceptance.
        (Group::Backlog, Coexist) => {
            let manager = if matches!(number, 38 | 39) { C } else { I };
            vec![(Owner, AR), (Developers, C), (Manager, manager)]
        }
        (Group::Backlog, Overlap) => vec![(EitherPerTeam, AR), (Developers, C)],
        (Group::Backlog, ManagerOnly) => vec![(Manager, A), (Developers, R)],
        (Group::Backlog, OwnerOnly) => vec![(Owner, AR), (Developers, C)],
        (Group::Delivery, Coexist | Overlap) => vec![(Owner, A), (Developers, R), (Manager, I)],
        (Group::Delivery, ManagerOnly) => vec![(Manager, A), (Developers, R)],
        (Group::Delivery, OwnerOnly) => vec![(Owner, A), (Developers, R)],
        (Group::Outcome, Coexist) => vec![(Manager, A), (Owner, R), (Developers, I)],
        (Group::Outcome, Overlap) => vec![(Manager, A), (Owner, R)],
        (Group::Outcome, ManagerOnly) => vec![(Manager, AR)],
        (Group::Outcome, OwnerOnly) => vec![(Owner, AR)],
    }
}
