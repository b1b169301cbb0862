//! Practices to try before a framework, an arrangement or titles are changed: each belongs to the
//! signals that it lowers and to a problem as people say it.

use schemars::JsonSchema;
use serde::Serialize;

/// Something a team can do from Monday on, without changing who is what.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Practice {
    /// Its word in addresses.
    pub slug: &'static str,
    pub name: &'static str,
    /// The problem, as people say it.
    pub problem: &'static str,
    /// What the team does.
    pub does: &'static str,
    /// The signals that it should lower, by number.
    pub signals: &'static [u8],
    /// Days after which one can tell.
    pub days: i64,
}

/// All of them; those whose signals are raised are offered first.
pub static PRACTICES: [Practice; 12] = [
    Practice {
        slug: "shared-interviews",
        name: "Shared interviews",
        problem: "Only one of us knows the users",
        does: "Two people of different roles hold each conversation with users, and the one who usually does not writes it down.",
        signals: &[3, 4, 6],
        days: 30,
    },
    Practice {
        slug: "evidence-open",
        name: "Acceptance with the evidence open",
        problem: "Work is accepted without knowing what it is for",
        does: "Before a verdict, the users' words behind the story are opened and one of them is read out.",
        signals: &[5],
        days: 30,
    },
    Practice {
        slug: "why-first",
        name: "Why before begun",
        problem: "We build things and nobody can say why",
        does: "Nothing is pulled into work before its path to why is whole, or has a day by which it will be.",
        signals: &[1, 10],
        days: 30,
    },
    Practice {
        slug: "both-sides",
        name: "Both sides of why",
        problem: "It serves either the business or the users, never both",
        does: "In refinement somebody asks of each problem what the other side gets from it, and writes the need down.",
        signals: &[2],
        days: 45,
    },
    Practice {
        slug: "talked-through",
        name: "Requirements talked through",
        problem: "Requirements are handed down",
        does: "Whoever will build it speaks with its source before a requirement is taken up, in both directions, and notes what was said.",
        signals: &[7],
        days: 30,
    },
    Practice {
        slug: "problems-from-all",
        name: "Problems from everybody",
        problem: "Ideas come from above only",
        does: "Each retrospective ends with one problem framed by somebody who is no product manager.",
        signals: &[8],
        days: 60,
    },
    Practice {
        slug: "answering-hour",
        name: "An hour of answers",
        problem: "Feedback disappears",
        does: "Once a week the team answers its oldest feedback together for an hour.",
        signals: &[9],
        days: 30,
    },
    Practice {
        slug: "why-answered",
        name: "Whys answered within a day",
        problem: "Questions wait, and work with them",
        does: "Open questions are read out in the daily, and somebody takes each until tomorrow. “Nobody knows” is an answer.",
        signals: &[13],
        days: 21,
    },
    Practice {
        slug: "goal-linked",
        name: "Releases tied to goals",
        problem: "Goals and work do not meet",
        does: "Planning names the key result that each release shall move, or says that there is none.",
        signals: &[11],
        days: 60,
    },
    Practice {
        slug: "outcome-review",
        name: "Outcome reviews",
        problem: "We ship and never look back",
        does: "A month after each release half an hour is set for what moved, by how much, and what was learned.",
        signals: &[12],
        days: 60,
    },
    Practice {
        slug: "hand-one-over",
        name: "Hand one responsibility over",
        problem: "It is not clear who decides",
        does: "One responsibility that is done by somebody else already is handed to them in the charter, for a month. No title changes.",
        signals: &[14, 15],
        days: 30,
    },
    Practice {
        slug: "limit-begun",
        name: "Finish before beginning",
        problem: "Everything takes too long",
        does: "The team halves what it has begun at once, and looks at what is stuck before pulling something new.",
        signals: &[],
        days: 30,
    },
];

/// The practice of that word.
pub fn practice(slug: &str) -> Option<&'static Practice> {
    PRACTICES.iter().find(|p| p.slug == slug.trim())
}

/// All of them, those first that would lower what is raised.
pub fn fitting(raised: &[u8]) -> Vec<&'static Practice> {
    let fits = |p: &Practice| p.signals.iter().filter(|s| raised.contains(s)).count();
    let mut all: Vec<&Practice> = PRACTICES.iter().collect();
    all.sort_by_key(|p| std::cmp::Reverse(fits(p)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_has_a_practice_and_the_raised_ones_come_first() {
        for n in 1..=15 {
            assert!(PRACTICES.iter().any(|p| p.signals.contains(&n)), "S{n} has no practice");
        }
        assert_eq!(fitting(&[5])[0].slug, "evidence-open");
        assert_eq!(fitting(&[3, 4])[0].slug, "shared-interviews");
        assert_eq!(fitting(&[]).len(), PRACTICES.len());
    }
}
