//! The two signals that compare what people hold with what they do: drift, and what is unowned or
//! done by others.

use std::collections::BTreeSet;

use super::{Gather, behind, listed};
use crate::people::responsibilities::by_number;
use crate::reports::signals::measure::{self, Ownership};
use crate::reports::signals::scope::Done;
use crate::reports::signals::snapshot::{ITEMS, Measured};

impl Gather<'_> {
    pub(super) fn drift(&self) -> Measured {
        let mut done: BTreeSet<measure::Doing> = BTreeSet::new();
        // Who only proposes something is asked to; that is no drift.
        let counted = |d: &&Done| {
            d.outside > 0 || self.frame.held.contains_key(&(d.person, d.responsibility))
        };
        let deeds = self.frame.done.iter().filter(counted);
        done.extend(deeds.map(|d| (d.person, d.responsibility)));
        let active: BTreeSet<i64> = done.iter().map(|(_, r)| *r).collect();
        // Whoever answers shall do it where it is done at all; whoever may do it too, need not.
        let counts = |pair: &measure::Doing, answers: bool| {
            done.contains(pair) || (answers && active.contains(&pair.1))
        };
        let held: BTreeSet<measure::Doing> = self
            .frame
            .held
            .iter()
            .filter(|(pair, answers)| counts(pair, **answers))
            .map(|(pair, _)| *pair)
            .collect();
        let finding = measure::drift(&held, &done, self.gauge(14));
        // Named by responsibility: who it is stands in their own mirror.
        let either: Vec<measure::Doing> = held.union(&done).copied().collect();
        let mut numbers: Vec<i64> =
            finding.hits.iter().filter_map(|at| either.get(*at)).map(|(_, r)| *r).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let items = numbers.into_iter().map(|n| behind("", called(n))).take(ITEMS).collect();
        Measured { finding, items, instead: false }
    }

    pub(super) fn unowned(&self) -> Measured {
        if !self.frame.chartered {
            let finding = measure::unowned(&[], self.gauge(15));
            return Measured { finding, items: Vec::new(), instead: false };
        }
        let mut all: BTreeSet<i64> = self.frame.held.keys().map(|(_, r)| *r).collect();
        all.extend(&self.frame.unowned);
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for number in all {
            let mut fact = Ownership {
                owned: !self.frame.unowned.contains(&number),
                by_holders: 0,
                by_others: 0,
            };
            for d in self.frame.done.iter().filter(|d| d.responsibility == number) {
                let times = |n: i64| usize::try_from(n).unwrap_or_default();
                if self.frame.held.contains_key(&(d.person, number)) {
                    fact.by_holders += times(d.times);
                } else {
                    fact.by_others += times(d.outside);
                }
            }
            facts.push(fact);
            let why = if fact.owned { "done mostly by others" } else { "nobody answers for it" };
            items.push(behind("", format!("{}: {why}", called(number))));
        }
        listed(measure::unowned(&facts, self.gauge(15)), items)
    }
}

fn called(number: i64) -> String {
    let known = u8::try_from(number).ok().and_then(by_number);
    known.map_or_else(|| format!("Responsibility {number}"), |r| r.name.to_owned())
}
