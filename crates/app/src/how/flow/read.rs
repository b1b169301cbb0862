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

/// What is recorded of an item.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub key: String,
    pub title: String,
    pub created: Time,
    /// Told by the item itself, for what happened before anything was recorded.
    pub started: Option<Time>,
    pub finished: Option<Time>,
    /// Its states with the time since which each was recorded, the oldest first.
    pub states: Vec<(Time, String)>,
}

/// Where states stand in the workflow that holds now, also those of policies before it.
#[derive(Clone, Debug)]
pub struct Definitions {
    places: HashMap<String, usize>,
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
        Some(Self {
            started: now.place(&now.started).or_else(|| first("started"))?,
            finished: now.place(&now.finished).or_else(|| first("accepted"))?,
            dropped: now.states.iter().map(|s| s.category == "dropped").collect(),
            places,
            states,
        })
    }

    /// The place of a state, whatever policy it comes from.
    pub fn place(&self, state: &str) -> Option<usize> {
        self.places.get(state).copied().filter(|at| !self.dropped.get(*at).is_some_and(|d| *d))
    }

    fn has_started(&self, state: &str) -> bool {
        self.place(state).is_some_and(|at| at >= self.started)
    }

    fn has_finished(&self, state: &str) -> bool {
        self.place(state).is_some_and(|at| at >= self.finished)
    }

    /// The days of an item's life.
    pub fn life(&self, h: &History) -> Item {
        let created = h.states.first().map_or(h.created, |(at, _)| h.created.min(*at));
        let started = h.states.iter().position(|(_, state)| self.has_started(state));
        let started = started.map(|at| match at {
            // It was under way before anything was recorded.
            0 => h.started.unwrap_or(created),
            at => h.states[at].0,
        });
        // The last time that it was finished; what was reopened is not.
        let open = h.states.iter().rposition(|(_, state)| !self.has_finished(state));
        let finished = match open {
            Some(at) if at + 1 == h.states.len() => None,
            Some(at) => Some(h.states[at + 1].0),
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
        let at = h.states.iter().rposition(|(from, _)| *from < end);
        match at {
            Some(at) => self.place(&h.states[at].1),
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
