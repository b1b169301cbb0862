//! What part people have in a product: the bundle of responsibilities of which they hold most.
//! Without a charter, what they do tells it. A title tells nothing. Pure.

use std::collections::{BTreeSet, HashMap};

use super::measure::Part;
use super::scope::{Done, Held};
use crate::kernel::Id;
use crate::people::responsibilities::{Group, by_number};

/// Everybody's, whatever their part: speaking with users, and answering them.
const COMMON: [i64; 2] = [7, 45];

/// Whose a responsibility usually is.
pub(super) fn usual(number: i64) -> Option<Part> {
    let known = by_number(u8::try_from(number).ok()?)?;
    Some(match known.accountable {
        "product manager" => Part::ProductManager,
        "product owner" => Part::ProductOwner,
        _ => Part::Maker,
    })
}

/// Direction and goals: what an executive has who has nothing below.
fn is_above(number: i64) -> bool {
    let known = u8::try_from(number).ok().and_then(by_number);
    known.is_some_and(|r| matches!(r.group, Group::Direction | Group::Goals))
}

/// How much of each bundle: manager's, owner's, makers'.
fn weigh(numbers: impl Iterator<Item = (i64, i64)>) -> [i64; 3] {
    let mut all = [0; 3];
    for (number, times) in numbers {
        match usual(number) {
            Some(Part::ProductManager) => all[0] += times,
            Some(Part::ProductOwner) => all[1] += times,
            Some(_) => all[2] += times,
            None => {}
        }
    }
    all
}

/// Fewer of a bundle than this make no role of it.
const FEW_HELD: i64 = 6;
const FEW_DONE: i64 = 5;

/// How many of the catalogue are in each bundle: manager's, owner's, makers'.
const SIZES: [i64; 3] = [29, 12, 4];

/// The bundle of which somebody has the largest share, as the bundles differ in size.
fn largest(has: [i64; 3]) -> Part {
    let share = |at: usize| has[at] as f64 / SIZES[at] as f64;
    let (manager, owner, maker) = (share(0), share(1), share(2));
    if maker > manager.max(owner) {
        Part::Maker
    } else if manager >= owner {
        Part::ProductManager
    } else {
        Part::ProductOwner
    }
}

fn by_charter(person: Id, held: &Held) -> Option<Part> {
    let of = |answers: bool| {
        held.iter()
            .filter(move |((p, _), a)| *p == person && (!answers || **a))
            .map(|((_, n), _)| *n)
    };
    of(false).next()?;
    if of(true).next().is_some() && of(true).all(is_above) {
        return Some(Part::Executive);
    }
    let answers = weigh(of(true).map(|n| (n, 1)));
    if answers.iter().sum::<i64>() > 0 {
        return Some(largest(answers));
    }
    let does = weigh(of(false).filter(|n| !COMMON.contains(n)).map(|n| (n, 1)));
    let wide = does[0] >= FEW_HELD * 2 || does[1] >= FEW_HELD;
    Some(if wide { largest(does) } else { Part::Maker })
}

fn by_deeds(person: Id, done: &[Done]) -> Part {
    let own = done.iter().filter(|d| d.person == person && !COMMON.contains(&d.responsibility));
    let [manager, owner, maker] = weigh(own.map(|d| (d.responsibility, d.times)));
    match manager.max(owner) {
        most if most < FEW_DONE || maker > most => Part::Maker,
        most if most == manager => Part::ProductManager,
        _ => Part::ProductOwner,
    }
}

/// The part of everybody who holds or did anything.
pub(super) fn parts_of(done: &[Done], held: &Held) -> HashMap<Id, Part> {
    let people: BTreeSet<Id> =
        done.iter().map(|d| d.person).chain(held.keys().map(|(p, _)| *p)).collect();
    people
        .into_iter()
        .map(|p| (p, by_charter(p, held).unwrap_or_else(|| by_deeds(p, done))))
        .collect()
}

/// The one person who has both product roles, where nobody else has either.
pub(super) fn holds_both(parts: &HashMap<Id, Part>, done: &[Done], held: &Held) -> Option<Id> {
    let mut product = parts.iter().filter(|(_, p)| p.is_product() && **p != Part::Executive);
    let (Some((person, _)), None) = (product.next(), product.next()) else { return None };
    let answers = held.iter().filter(|((p, _), a)| p == person && **a).map(|((_, n), _)| (*n, 1));
    let [manager, owner, _] = weigh(answers);
    let by_charter = manager >= FEW_HELD && owner >= FEW_HELD;
    let deeds = done.iter().filter(|d| d.person == *person).map(|d| (d.responsibility, d.times));
    let [manages, owns, _] = weigh(deeds);
    let by_deeds = held.is_empty() && manages >= FEW_DONE && owns >= FEW_DONE;
    (by_charter || by_deeds).then_some(*person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::responsibilities::CATALOGUE;

    #[test]
    fn bundles_are_as_large_as_the_catalogue_says() {
        assert_eq!(weigh(CATALOGUE.iter().map(|r| (i64::from(r.number), 1))), SIZES);
    }

    #[test]
    fn a_developer_who_was_handed_one_thing_stays_a_developer() {
        let [tom, mei] = [Id::new(), Id::new()];
        let mut held = Held::new();
        for number in [31, 40, 43, 37] {
            held.insert((tom, number), true);
        }
        for number in 1..=27 {
            held.insert((mei, number), true);
        }
        assert_eq!(by_charter(tom, &held), Some(Part::Maker));
        assert_eq!(by_charter(mei, &held), Some(Part::ProductManager));
        held.retain(|(p, n), _| *p == mei && [1, 2, 17].contains(n));
        assert_eq!(by_charter(mei, &held), Some(Part::Executive));
        assert_eq!(by_charter(tom, &held), None);
    }
}
