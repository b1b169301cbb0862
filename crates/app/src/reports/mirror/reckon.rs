//! From plain counts to what a mirror says. Pure.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::words;
use crate::kernel::{Day, Id};
use crate::people::charters::Letter;
use crate::people::responsibilities::{Facet, ResponsibilityView};

/// Recorded events below which a mirror says nothing.
pub const ENOUGH: i64 = 10;

/// What looks outward: market, users, stakeholders.
const EXTERNAL: [u8; 11] = [4, 7, 8, 10, 11, 16, 24, 25, 26, 27, 45];

/// How a responsibility stands between what is held and what is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Held, or free to all, and done.
    Exercised,
    /// Done while a charter gives it to others.
    Outside,
    /// Held and not done.
    Dormant,
}

/// One responsibility in the mirror.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Line {
    pub responsibility: u8,
    pub name: String,
    pub facet: Facet,
    pub standing: Standing,
    pub times: i64,
    /// How many of them while a charter gave it to others.
    pub outside: i64,
    /// `accountable`, `responsible` and so on; nothing where no charter names them for it.
    pub holds: Option<String>,
    /// How many others do it too, by the same charter.
    pub others: usize,
    /// The same in a sentence.
    pub words: String,
    /// Kept as it is until this day; until then nothing is offered.
    pub kept_until: Option<Day>,
    /// Where it is held, or where it is done for others: yours alone.
    pub places: Vec<LinePlace>,
}

/// A scope in which a line can be changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct LinePlace {
    /// `Checkout, a part of Southway Tickets`.
    pub name: String,
    /// The page on which it is handed over, or the charter that gives it to others.
    pub page: String,
    /// The charter that gives it to others.
    pub charter: Option<Id>,
    /// A draft of that charter that gives it to you too, once all have signed.
    pub draft: Option<Id>,
}

/// Shares from 0 to 1.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize, JsonSchema)]
pub struct Balance {
    pub why: f64,
    pub what: f64,
    pub how: f64,
    /// The share that looks outward: users, market, stakeholders.
    pub external: f64,
    pub internal: f64,
}

/// What was done of one of the three questions.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct FacetLine {
    pub facet: Facet,
    pub times: i64,
    /// How many responsibilities of this question are exercised, done for others, and resting.
    pub exercised: usize,
    pub outside: usize,
    pub dormant: usize,
}

/// What somebody did of one responsibility.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Count {
    pub times: i64,
    pub outside: i64,
}

/// What somebody holds of one responsibility.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hold {
    pub letter: Letter,
    /// How many others do it too.
    pub others: usize,
}

impl Hold {
    /// Whether it is expected of them: who only answers for what others do need not do it.
    fn is_expected(self) -> bool {
        self.letter.acts() && (self.letter != Letter::A || self.others == 0)
    }
}

fn standing(count: Count, hold: Option<&Hold>) -> Option<Standing> {
    let acts = hold.is_some_and(|h| h.letter.acts());
    match (count.times > 0, acts) {
        (true, false) if count.outside > 0 => Some(Standing::Outside),
        (true, _) => Some(Standing::Exercised),
        (false, _) if hold.is_some_and(|h| h.is_expected()) => Some(Standing::Dormant),
        (false, _) => None,
    }
}

/// The lines of a mirror: what is done first, most often first, then what rests. `who` is the name
/// of somebody who is looked at by others; nothing where they look themselves.
pub fn lines(
    known: &[ResponsibilityView],
    done: &BTreeMap<u8, Count>,
    held: &BTreeMap<u8, Hold>,
    (days, who): (i64, Option<&str>),
) -> Vec<Line> {
    let mut all: Vec<Line> = known
        .iter()
        .filter_map(|r| {
            let count = done.get(&r.number).copied().unwrap_or_default();
            let hold = held.get(&r.number);
            let standing = standing(count, hold)?;
            Some(Line {
                responsibility: r.number,
                name: r.name.clone(),
                facet: r.facet,
                standing,
                times: count.times,
                outside: count.outside,
                holds: hold.map(|h| h.letter.word().to_owned()),
                others: hold.map_or(0, |h| h.others),
                words: words::line(who, standing, &r.name, count, days),
                kept_until: None,
                places: Vec::new(),
            })
        })
        .collect();
    // Of what rests, what one answers for comes before what one does with others.
    all.sort_by_key(|l| (l.standing == Standing::Dormant, -l.times, l.others, l.responsibility));
    all
}

/// How what is done divides.
pub fn balance(lines: &[Line]) -> Balance {
    let all: i64 = lines.iter().map(|l| l.times).sum();
    let share = |test: &dyn Fn(&Line) -> bool| {
        let part: i64 = lines.iter().filter(|l| test(l)).map(|l| l.times).sum();
        if all == 0 { 0.0 } else { part as f64 / all as f64 }
    };
    let external = share(&|l| is_external(l.responsibility));
    Balance {
        why: share(&|l| l.facet == Facet::Why),
        what: share(&|l| l.facet == Facet::What),
        how: share(&|l| l.facet == Facet::How),
        external,
        internal: if all == 0 { 0.0 } else { 1.0 - external },
    }
}

/// Whether a responsibility looks outward.
pub fn is_external(number: u8) -> bool {
    EXTERNAL.contains(&number)
}

/// The same lines, counted by question.
pub fn facets(lines: &[Line]) -> Vec<FacetLine> {
    let of = |facet: Facet| {
        let own = || lines.iter().filter(move |l| l.facet == facet);
        let count = |standing: Standing| own().filter(|l| l.standing == standing).count();
        FacetLine {
            facet,
            times: own().map(|l| l.times).sum(),
            exercised: count(Standing::Exercised),
            outside: count(Standing::Outside),
            dormant: count(Standing::Dormant),
        }
    };
    Facet::ALL.map(of).to_vec()
}

/// Product manager or product owner, from what somebody does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    ProductManager,
    ProductOwner,
    Both,
    Neither,
}

/// The answer with what it rests on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct RoleAnswer {
    pub role: Role,
    /// The answer, kindly.
    pub words: String,
    /// Deeds that product managers, product owners, and those who make things usually answer for.
    pub manager: i64,
    pub owner: i64,
    pub making: i64,
}

/// Fewer deeds of product work than this make neither of it.
const FEW: i64 = 5;

/// Speaking with users and answering them is everybody's and tells nothing.
const COMMON: [u8; 2] = [7, 45];

/// Which of the two somebody's deeds are like. `usual` says who usually answers for a number.
pub fn role(
    done: &BTreeMap<u8, Count>,
    usual: impl Fn(u8) -> Option<&'static str>,
    who: Option<&str>,
) -> RoleAnswer {
    let sum = |role: &str| -> i64 {
        let own = |n: &u8| usual(*n) == Some(role) && !COMMON.contains(n);
        done.iter().filter(|(n, _)| own(n)).map(|(_, c)| c.times).sum()
    };
    let (manager, owner) = (sum("product manager"), sum("product owner"));
    let making: i64 = ["designer", "developers", "team"].into_iter().map(sum).sum();
    let product = manager + owner;
    let role = if product < FEW || making > product * 2 {
        Role::Neither
    } else if manager.min(owner) * 4 >= product {
        // A quarter of the one beside the other is no accident.
        Role::Both
    } else if manager > owner {
        Role::ProductManager
    } else {
        Role::ProductOwner
    };
    RoleAnswer { role, words: words::role(role, who), manager, owner, making }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::responsibilities::{CATALOGUE, by_number};

    fn count(times: i64, outside: i64) -> Count {
        Count { times, outside }
    }

    fn hold(letter: Letter, others: usize) -> Hold {
        Hold { letter, others }
    }

    fn known() -> Vec<ResponsibilityView> {
        CATALOGUE.iter().map(|r| ResponsibilityView::of_catalogue(r, false)).collect()
    }

    fn usual(n: u8) -> Option<&'static str> {
        by_number(n).map(|r| r.accountable)
    }

    fn own(done: &BTreeMap<u8, Count>, held: &BTreeMap<u8, Hold>) -> Vec<Line> {
        lines(&known(), done, held, (90, None))
    }

    #[test]
    fn what_is_done_held_or_both_is_told_apart() {
        let done = BTreeMap::from([(33, count(8, 0)), (15, count(3, 3)), (7, count(2, 0))]);
        let held = BTreeMap::from([
            (33, hold(Letter::AR, 0)),
            (35, hold(Letter::R, 1)),
            (36, hold(Letter::AR, 0)),
            (15, hold(Letter::C, 1)),
            // Others do it; answering for it asks for no deed.
            (41, hold(Letter::A, 2)),
        ]);
        let lines = own(&done, &held);
        let seen: Vec<(u8, Standing)> =
            lines.iter().map(|l| (l.responsibility, l.standing)).collect();
        assert_eq!(
            seen,
            [
                (33, Standing::Exercised),
                (15, Standing::Outside),
                (7, Standing::Exercised),
                (36, Standing::Dormant),
                (35, Standing::Dormant),
            ]
        );
        let facets = facets(&lines);
        let how = facets.iter().find(|f| f.facet == Facet::How).expect("how");
        assert_eq!((how.times, how.exercised, how.outside, how.dormant), (8, 1, 0, 2));
        assert_eq!(facets.iter().map(|f| f.times).sum::<i64>(), 13);
    }

    #[test]
    fn shares_add_up_and_an_interview_moves_them_outward() {
        let mut done = BTreeMap::from([(33, count(6, 0)), (15, count(2, 0))]);
        let nothing = BTreeMap::new();
        let before = balance(&own(&done, &nothing));
        assert_eq!((before.why, before.external, before.internal), (0.0, 0.0, 1.0));
        done.insert(7, count(2, 0));
        let after = balance(&own(&done, &nothing));
        assert!((after.why + after.what + after.how - 1.0).abs() < 1e-9);
        assert!((after.external - 0.2).abs() < 1e-9);
        assert_eq!(balance(&[]), Balance::default());
    }

    #[test]
    fn product_manager_or_product_owner_is_answered_by_what_is_done() {
        let of = |pairs: &[(u8, i64)]| {
            let done = pairs.iter().map(|(n, t)| (*n, count(*t, 0))).collect();
            role(&done, usual, None).role
        };
        assert_eq!(of(&[(1, 3), (14, 9), (20, 4)]), Role::ProductManager);
        assert_eq!(of(&[(33, 20), (35, 9), (20, 1)]), Role::ProductOwner);
        assert_eq!(of(&[(33, 10), (14, 8)]), Role::Both);
        assert_eq!(of(&[(31, 30), (35, 6)]), Role::Neither);
        assert_eq!(of(&[(7, 90)]), Role::Neither, "everybody speaks with users");
    }
}
