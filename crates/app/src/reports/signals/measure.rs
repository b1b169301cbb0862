//! The signals as pure functions: from plain facts to a value, whether it is raised, and a sentence.
//! No clock, no database. What is counted stands in `gather`.

use std::collections::BTreeSet;

use super::catalogue::{SIGNALS, Signal};
use crate::kernel::{Id, Time};

/// Recorded events below which a scope says nothing yet.
pub const ENOUGH: usize = 10;

/// What a signal is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Gauge {
    /// Raised above this.
    pub threshold: f64,
    /// What happened in the scope over the window.
    pub events: usize,
}

/// The part that somebody has in a product: the bundle of responsibilities of which they hold most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// Direction above the product.
    Executive,
    ProductManager,
    ProductOwner,
    /// Everybody else who works on it.
    Maker,
}

impl Part {
    /// Whether it is a product role.
    pub fn is_product(self) -> bool {
        self != Self::Maker
    }
}

/// What a signal says.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    pub signal: u8,
    /// None where nothing could be counted.
    pub value: Option<f64>,
    pub counted: usize,
    pub of: usize,
    pub threshold: f64,
    /// Whether there is enough to say anything.
    pub enough: bool,
    pub raised: bool,
    /// The places of the facts that it rests on.
    pub hits: Vec<usize>,
    pub sentence: String,
}

fn definition(number: u8) -> &'static Signal {
    &SIGNALS[usize::from(number) - 1]
}

fn finding(
    number: u8,
    gauge: Gauge,
    value: Option<f64>,
    (hits, of): (Vec<usize>, usize),
    sentence: String,
) -> Finding {
    let enough = gauge.events >= ENOUGH && of >= definition(number).least && value.is_some();
    let raised = enough && value.is_some_and(|v| v > gauge.threshold);
    let (counted, threshold) = (hits.len(), gauge.threshold);
    Finding { signal: number, value, counted, of, threshold, enough, raised, hits, sentence }
}

/// The share of facts that `hit`, with its sentence.
fn share<T>(
    number: u8,
    gauge: Gauge,
    facts: &[T],
    hit: impl Fn(&T) -> bool,
    words: impl Fn(usize, usize) -> String,
) -> Finding {
    let hits: Vec<usize> = (0..facts.len()).filter(|at| hit(&facts[*at])).collect();
    let value = (!facts.is_empty()).then(|| hits.len() as f64 / facts.len() as f64);
    let sentence = words(hits.len(), facts.len());
    finding(number, gauge, value, (hits, facts.len()), sentence)
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// S1: begun work, each with whether it reaches a need.
pub fn no_why(reaches_a_need: &[bool], gauge: Gauge) -> Finding {
    share(
        1,
        gauge,
        reaches_a_need,
        |reaches| !reaches,
        |n, of| format!("{n} of {of} pieces of work begun in the last 90 days reach no need."),
    )
}

/// The kinds of needs that an opportunity serves.
#[derive(Clone, Copy, Default, Debug)]
pub struct Sides {
    pub business: bool,
    pub user: bool,
    pub obligation: bool,
}

impl Sides {
    fn one_only(self) -> bool {
        !self.obligation && self.business != self.user
    }
}

/// S2: open opportunities, each with the kinds of needs that it serves.
pub fn one_sided_why(opportunities: &[Sides], gauge: Gauge) -> Finding {
    share(
        2,
        gauge,
        opportunities,
        |sides| sides.one_only(),
        |n, of| format!("{n} of {of} open opportunities serve needs of one kind only."),
    )
}

/// S3: users' words, each with the parts of those who opened it.
pub fn evidence_monopoly(openers: &[BTreeSet<Part>], gauge: Gauge) -> Finding {
    let one = |parts: &BTreeSet<Part>| parts.len() == 1 && parts.iter().all(|p| p.is_product());
    share(3, gauge, openers, one, |n, of| {
        format!(
            "{n} of {of} pieces of users' words were opened by one product role and nobody else."
        )
    })
}

/// In place of S3 where one person holds both roles: how much of the product work is theirs.
pub fn load(theirs: usize, all: usize, gauge: Gauge) -> Finding {
    let value = (all > 0).then(|| theirs as f64 / all as f64);
    let sentence = format!(
        "One person holds both product roles and did {theirs} of {all} things that those roles ask for. Who stands in when they are away?"
    );
    let enough = gauge.events >= ENOUGH && all >= ENOUGH;
    Finding {
        signal: 3,
        value,
        counted: theirs,
        of: all,
        threshold: LOAD,
        enough,
        raised: enough && value.is_some_and(|v| v > LOAD),
        hits: Vec::new(),
        sentence,
    }
}

/// The share of the product work above which one person carries too much alone.
pub const LOAD: f64 = 0.8;

/// S4: product people, each with the days since they last spoke with users.
pub fn contact_gap(days_since: &[Option<i64>], gauge: Gauge) -> Finding {
    share(
        4,
        gauge,
        days_since,
        |days| days.is_none_or(|d| d > 30),
        |n, of| {
            format!(
                "{n} of {of} product people had no conversation with users in the last 30 days."
            )
        },
    )
}

/// S5: accepted work that has evidence, each with whether its acceptor opened any of it.
pub fn blind_acceptance(opened: &[bool], gauge: Gauge) -> Finding {
    share(
        5,
        gauge,
        opened,
        |opened| !opened,
        |n, of| {
            format!(
                "{n} of {of} pieces of work were accepted by somebody who never opened the evidence behind them."
            )
        },
    )
}

/// S6: stories, each with the people between whoever heard the user and whoever wrote it.
pub fn hops(between: &[usize], gauge: Gauge) -> Finding {
    let all: Vec<f64> = between.iter().map(|n| *n as f64).collect();
    let hits = (0..between.len()).filter(|at| all[*at] > gauge.threshold).collect();
    let value = median(&all);
    let sentence = match value {
        Some(people) => format!(
            "In the middle, {people:.1} people stand between whoever heard the user and whoever wrote the story."
        ),
        None => "No story leads to a user's words yet.".to_owned(),
    };
    finding(6, gauge, value, (hits, between.len()), sentence)
}

/// S7: requirements that were taken up, each with whether there was a conversation in both directions.
pub fn cascade(talked_about: &[bool], gauge: Gauge) -> Finding {
    share(
        7,
        gauge,
        talked_about,
        |talked| !talked,
        |n, of| {
            format!(
                "{n} of {of} requirements were taken up without a conversation in both directions."
            )
        },
    )
}

/// S8: opportunities, each with the part of whoever raised it.
pub fn top_down(raised_by: &[Part], gauge: Gauge) -> Finding {
    let above = |part: &Part| matches!(part, Part::ProductManager | Part::Executive);
    share(8, gauge, raised_by, above, |n, of| {
        format!("{n} of {of} opportunities were raised by product managers or executives.")
    })
}

/// S9: feedback older than 14 days, each with the days until its answer.
pub fn unanswered_feedback(answered_after: &[Option<i64>], gauge: Gauge) -> Finding {
    share(
        9,
        gauge,
        answered_after,
        |days| days.is_none_or(|d| d > 14),
        |n, of| format!("{n} of {of} pieces of feedback got no answer within 14 days."),
    )
}

/// S10: what is now or next on the roadmap, each with whether evidence supports a need of it.
pub fn unsupported_roadmap(supported: &[bool], gauge: Gauge) -> Finding {
    share(
        10,
        gauge,
        supported,
        |supported| !supported,
        |n, of| format!("{n} of {of} items that are now or next rest on no supported need."),
    )
}

/// A key result of 60 days and more.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// Whether released work leads to it.
    pub released: bool,
    /// Whether its value moved within 60 days.
    pub moved: bool,
}

/// S11: key results of 60 days and more.
pub fn goals_without_work(goals: &[Goal], gauge: Gauge) -> Finding {
    share(
        11,
        gauge,
        goals,
        |goal| !goal.released || !goal.moved,
        |n, of| {
            format!(
                "{n} of {of} key results have no released work, or have some and did not move in 60 days."
            )
        },
    )
}

/// S12: releases of 30 days and more, each with whether its outcome was reviewed.
pub fn unreviewed_outcomes(reviewed: &[bool], gauge: Gauge) -> Finding {
    share(
        12,
        gauge,
        reviewed,
        |reviewed| !reviewed,
        |n, of| {
            format!("{n} of {of} releases are older than 30 days and were never looked at again.")
        },
    )
}

/// S13: working days that each “why?” waited for its answer, or waits so far.
pub fn slow_answers(days: &[f64], gauge: Gauge) -> Finding {
    let hits = (0..days.len()).filter(|at| days[*at] > gauge.threshold).collect();
    let value = median(days);
    let sentence = match value {
        Some(days) => {
            format!("In the middle, a “why?” waits {days:.1} working days for its answer.")
        }
        None => "Nobody asked why yet.".to_owned(),
    };
    finding(13, gauge, value, (hits, days.len()), sentence)
}

/// Who does, or shall do, what.
pub type Doing = (Id, i64);

/// S14: what people hold by charter, and what they do. The hits count what differs, held first.
pub fn drift(held: &BTreeSet<Doing>, done: &BTreeSet<Doing>, gauge: Gauge) -> Finding {
    let both = held.intersection(done).count();
    let either: Vec<&Doing> = held.union(done).collect();
    let differ = |d: &&Doing| !(held.contains(*d) && done.contains(*d));
    let hits: Vec<usize> = (0..either.len()).filter(|at| differ(&either[*at])).collect();
    let value =
        (!held.is_empty() && !either.is_empty()).then(|| 1.0 - both as f64 / either.len() as f64);
    let sentence = if held.is_empty() {
        "There is no agreed charter to compare with.".to_owned()
    } else {
        let (dormant, outside) = (held.difference(done).count(), done.difference(held).count());
        format!(
            "Of {} things that people hold or do, {both} are both: {dormant} are held and not done, {outside} are done by somebody who does not hold them.",
            either.len()
        )
    };
    finding(14, gauge, value, (hits, either.len()), sentence)
}

/// A responsibility of a scope with its charter.
#[derive(Clone, Copy, Debug)]
pub struct Ownership {
    /// Whether somebody is accountable.
    pub owned: bool,
    /// What its holders did, and what others did.
    pub by_holders: usize,
    pub by_others: usize,
}

/// Events of one responsibility below which it is not said who does it.
const FEW: usize = 5;

impl Ownership {
    fn elsewhere(self) -> bool {
        let all = self.by_holders + self.by_others;
        all >= FEW && self.by_others * 2 > all
    }
}

/// S15: the responsibilities of a scope that has a charter; none where it has none.
pub fn unowned(responsibilities: &[Ownership], gauge: Gauge) -> Finding {
    let hit = |o: &Ownership| !o.owned || o.elsewhere();
    let hits: Vec<usize> =
        (0..responsibilities.len()).filter(|at| hit(&responsibilities[*at])).collect();
    let nobody = responsibilities.iter().filter(|o| !o.owned).count();
    let value = (!responsibilities.is_empty()).then_some(hits.len() as f64);
    let sentence = if responsibilities.is_empty() {
        "There is no agreed charter to compare with.".to_owned()
    } else {
        let elsewhere = hits.len() - nobody;
        format!(
            "{nobody} of {} responsibilities have nobody accountable; {elsewhere} are done mostly by people who do not hold them.",
            responsibilities.len()
        )
    };
    finding(15, gauge, value, (hits, responsibilities.len()), sentence)
}

/// Working days from one moment to another: Saturdays and Sundays (UTC) do not count.
pub fn working_days(from: Time, to: Time) -> f64 {
    let mut at = from;
    let mut counted = 0;
    while at < to {
        let next = at.day().plus_days(1).start().min(to);
        let weekend = at.day().0.weekday().to_monday_zero_offset() >= 5;
        if !weekend {
            counted += next.0 - at.0;
        }
        at = next;
    }
    counted as f64 / Time::DAY as f64
}

/// Whether a conversation went in both directions: two speakers named as in “Ola: …”, or a text of
/// several sentences for one that was told and not quoted.
pub fn two_way(conversation: &str) -> bool {
    let turns = conversation.split(['\n', '–', '—']);
    let mut speakers: BTreeSet<String> = BTreeSet::new();
    for turn in turns {
        let Some((name, said)) = turn.split_once(':') else { continue };
        let name = name.trim().trim_start_matches(['-', '*', '>', ' ']);
        let is_name = !name.is_empty() && name.split_whitespace().count() <= 3;
        if is_name && !said.trim().is_empty() {
            speakers.insert(name.to_lowercase());
        }
    }
    if !speakers.is_empty() {
        return speakers.len() >= 2;
    }
    let sentences = conversation.split(['.', '?', '!']).filter(|s| s.trim().len() > 3).count();
    sentences >= 2
}

#[cfg(test)]
mod tests;
