//! Reading recorded states by the definitions of a policy: when an item started and finished, and
//! where it stood on each day. Pure: no database and no clock.

use std::collections::HashMap;

use wherefore_forecast::flow::Item;

use crate::kernel::{Day, Time};
use crate::people::policies::Policy;

/// A day as the forecasts count it, from 1970-01-01.
pub fn number(at: Time) -> i32 {
    i32::try_from(at.0.div_euclid(Time::DAY)).unwrap_or_default()
}

/// A state in which an item was from a moment on.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    pub from: Time,
    pub state: String,
    /// What the state meant when it was recorded.
    pub category: String,
}

impl Recorded {
    /// Whether it says of an item what the other one says.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.state, &self.category) == (&other.state, &other.category)
    }
}

/// What is recorded of an item.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub key: String,
    pub title: String,
    pub created: Time,
    /// Told by the item itself, for what happened before anything was recorded.
    pub started: Option<Time>,
    pub finished: Option<Time>,
    /// Its states, the oldest first.
    pub states: Vec<Recorded>,
}

/// What states mean as people read it, where workflows meet, in order.
const MEANINGS: [(&str, &str); 5] = [
    ("backlog", "Backlog"),
    ("unstarted", "Unstarted"),
    ("started", "Started"),
    ("in-review", "In review"),
    ("accepted", "Accepted"),
];

/// Where states stand in the workflow that holds now, also those of policies before it.
#[derive(Clone, Debug)]
pub struct Definitions {
    places: HashMap<String, usize>,
    /// Where a state stands that no policy here knows, by what it meant.
    meanings: HashMap<String, usize>,
    started: usize,
    finished: usize,
    /// The names of the states, in order.
    pub states: Vec<String>,
    /// Which of them mean that an item was dropped.
    dropped: Vec<bool>,
}

impl Definitions {
    /// The definitions of the newest policy; those before it follow, the newest first.
    pub fn of(policies: &[Policy]) -> Option<Self> {
        let now = policies.first()?;
        let states: Vec<String> = now.states.iter().map(|s| s.name.clone()).collect();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (at, name) in states.iter().enumerate() {
            places.insert(name.clone(), at);
        }
        // What each policy made of the states before it leads step by step to the ones of now.
        for policy in policies {
            let known: Vec<(String, usize)> = policy
                .maps
                .iter()
                .filter_map(|(from, to)| Some((from.clone(), *places.get(to)?)))
                .collect();
            for (from, place) in known {
                places.entry(from).or_insert(place);
            }
        }
        let first = |category: &str| now.states.iter().position(|s| s.category == category);
        let near = |category: &str| now.place(&now.meaning(category)?.name);
        let meant = |(category, _): (&str, &str)| Some((category.to_owned(), near(category)?));
        Some(Self {
            started: now.place(&now.started).or_else(|| first("started"))?,
            finished: now.place(&now.finished).or_else(|| first("accepted"))?,
            dropped: now.states.iter().map(|s| s.category == "dropped").collect(),
            meanings: MEANINGS.into_iter().filter_map(meant).collect(),
            places,
            states,
        })
    }

    /// What states mean, whatever they are called: for items of several workflows.
    pub fn by_meaning() -> Self {
        let all = MEANINGS.into_iter().enumerate();
        Self {
            places: HashMap::new(),
            meanings: all.map(|(at, (category, _))| (category.to_owned(), at)).collect(),
            started: 2,
            finished: 4,
            states: MEANINGS.map(|(_, name)| name.to_owned()).to_vec(),
            dropped: vec![false; MEANINGS.len()],
        }
    }

    /// The states in which the clock of the cycle time starts and stops.
    pub fn clock(&self) -> (&str, &str) {
        let name = |at: usize| self.states.get(at).map_or("", String::as_str);
        (name(self.started), name(self.finished))
    }

    /// The place of a state, whatever policy it comes from.
    fn place(&self, recorded: &Recorded) -> Option<usize> {
        let named = self.places.get(&recorded.state);
        let place = named.or_else(|| self.meanings.get(&recorded.category)).copied();
        place.filter(|at| !self.dropped.get(*at).is_some_and(|d| *d))
    }

    fn has_started(&self, recorded: &Recorded) -> bool {
        self.place(recorded).is_some_and(|at| at >= self.started)
    }

    fn has_finished(&self, recorded: &Recorded) -> bool {
        self.place(recorded).is_some_and(|at| at >= self.finished)
    }

    /// The days of an item's life.
    pub fn life(&self, h: &History) -> Item {
        let created = h.states.first().map_or(h.created, |first| h.created.min(first.from));
        let started = h.states.iter().position(|s| self.has_started(s));
        let started = started.map(|at| match at {
            // It was under way before anything was recorded.
            0 => h.started.unwrap_or(created),
            at => h.states[at].from,
        });
        // What was put back is not under way, however long ago it was begun.
        let started = started.filter(|_| h.states.last().is_some_and(|s| self.has_started(s)));
        // The last time that it was finished; what was reopened is not.
        let open = h.states.iter().rposition(|s| !self.has_finished(s));
        let finished = match open {
            Some(at) if at + 1 == h.states.len() => None,
            Some(at) => Some(h.states[at + 1].from),
            None if h.states.is_empty() => None,
            None => Some(h.finished.unwrap_or(created)),
        };
        Item {
            created: number(created),
            started: started.map(number),
            finished: finished.map(number),
        }
    }

    /// The state in which an item stood at the end of a day.
    fn standing(&self, h: &History, day: Day) -> Option<usize> {
        let end = day.end();
        let at = h.states.iter().rposition(|s| s.from < end);
        match at {
            Some(at) => self.place(&h.states[at]),
            // Not recorded yet, but told by the item.
            None if h.created < end => {
                let done = h.finished.is_some_and(|at| at < end);
                let begun = h.started.is_some_and(|at| at < end);
                Some(if done {
                    self.finished
                } else if begun {
                    self.started
                } else {
                    0
                })
            }
            None => None,
        }
    }

    /// For each state, how many items stood in it at the end of each day.
    pub fn standings(&self, all: &[History], first: Day, days: usize) -> Vec<Vec<u32>> {
        let mut counts = vec![vec![0; days]; self.states.len()];
        for history in all {
            for n in 0..days {
                let day = first.plus_days(i64::try_from(n).unwrap_or_default());
                if let Some(at) = self.standing(history, day)
                    && let Some(count) = counts.get_mut(at).and_then(|c| c.get_mut(n))
                {
                    *count += 1;
                }
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An item in these categories, each from a day on.
    fn item(states: &[(i64, &str)]) -> History {
        let recorded = |(day, category): &(i64, &str)| Recorded {
            from: Time(day * Time::DAY),
            state: (*category).to_owned(),
            category: (*category).to_owned(),
        };
        History { states: states.iter().map(recorded).collect(), ..History::default() }
    }

    #[test]
    fn what_was_put_back_is_not_under_way_until_it_is_taken_up_again() {
        let lived = |states: &[(i64, &str)]| {
            let life = Definitions::by_meaning().life(&item(states));
            (life.started, life.finished, life.age(20))
        };
        let begun = [(1, "backlog"), (4, "started")];
        assert_eq!(lived(&begun), (Some(4), None, Some(17)));
        let back = [begun[0], begun[1], (6, "unstarted")];
        assert_eq!(lived(&back), (None, None, None));
        let again = [begun[0], begun[1], (6, "unstarted"), (9, "started")];
        assert_eq!(lived(&again), (Some(4), None, Some(17)), "its clock runs from the first start");
        let done = [begun[0], begun[1], (6, "unstarted"), (9, "accepted")];
        assert_eq!(lived(&done), (Some(4), Some(9), None));
    }
}
