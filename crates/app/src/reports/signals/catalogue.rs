//! The fifteen silo signals: what each asks, when it is raised, and what to do then.

/// How a signal's value is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A share of what was counted, 0 to 1.
    Share,
    /// People between two ends.
    People,
    WorkingDays,
    /// How far two sets lie apart, 0 to 1.
    Distance,
    /// So many.
    Count,
}

/// One signal as it is defined.
#[derive(Debug)]
pub struct Signal {
    /// 1 to 15, written S1 to S15.
    pub number: u8,
    /// A short name in the address of its page.
    pub slug: &'static str,
    pub name: &'static str,
    /// What is counted, as a formula in words.
    pub formula: &'static str,
    pub unit: Unit,
    /// Raised above this, unless the workspace sets another.
    pub threshold: f64,
    /// The fewest counted things that say anything.
    pub least: usize,
    /// What to do when it is raised.
    pub advice: &'static str,
    /// The button that starts it, and the page of the product where it leads; a page that begins with
    /// `/` belongs to the workspace.
    pub button: (&'static str, &'static str),
}

const fn signal(
    number: u8,
    (slug, name): (&'static str, &'static str),
    formula: &'static str,
    (unit, threshold, least): (Unit, f64, usize),
    advice: &'static str,
    button: (&'static str, &'static str),
) -> Signal {
    Signal { number, slug, name, formula, unit, threshold, least, advice, button }
}

/// All of them, by number.
pub static SIGNALS: [Signal; 15] = [
    signal(
        1,
        ("no-why", "No why"),
        "work begun in the last 90 days that reaches no need ÷ all work begun",
        (Unit::Share, 0.15, 5),
        "Link each to the need that it serves, or say honestly by when its why is to be found.",
        ("Find their why", "gaps"),
    ),
    signal(
        2,
        ("one-sided-why", "One-sided why"),
        "open opportunities with needs of one kind only ÷ all open opportunities",
        (Unit::Share, 0.40, 4),
        "Ask of each what the other side gets from it: users where only the business is named, the business where only users are.",
        ("Name the missing needs", "opportunities"),
    ),
    signal(
        3,
        ("evidence-monopoly", "Evidence monopoly"),
        "users' words of the last 90 days that only one product role opened ÷ all of them",
        (Unit::Share, 0.50, 5),
        "Read some of it together: ten minutes at the next refinement, one quote for each story.",
        ("Open the evidence", "evidence"),
    ),
    signal(
        4,
        ("contact-gap", "Contact gap"),
        "product people without a conversation with users in 30 days ÷ all product people",
        (Unit::Share, 1.0 / 3.0, 2),
        "Take somebody along to the next interview, and let them write it down.",
        ("Plan or keep an interview", "interviews"),
    ),
    signal(
        5,
        ("blind-acceptance", "Blind acceptance"),
        "work accepted by somebody who never opened the evidence it serves ÷ all accepted work that has some",
        (Unit::Share, 0.30, 5),
        "Open the path to why before accepting: the users' words stand two steps up.",
        ("Look at what waits for acceptance", "board"),
    ),
    signal(
        6,
        ("hops", "Hops"),
        "median of the people between whoever heard the user and whoever wrote the story",
        (Unit::People, 2.0, 5),
        "Shorten the way: whoever writes the story hears the user too.",
        ("Open the interviews", "interviews"),
    ),
    signal(
        7,
        ("cascade", "Cascade"),
        "requirements taken up without a conversation in both directions ÷ all taken up in the last 90 days",
        (Unit::Share, 0.30, 5),
        "Ask each source what they would do with it, and write the conversation down before it is built.",
        ("Talk about the requirements", "requirements"),
    ),
    signal(
        8,
        ("top-down", "Top-down"),
        "opportunities that product managers and executives raised ÷ all raised in the last 90 days",
        (Unit::Share, 0.80, 4),
        "Ask developers, designers and support which problem they see, and let them frame it.",
        ("Frame a problem", "opportunities"),
    ),
    signal(
        9,
        ("unanswered-feedback", "Unanswered feedback"),
        "feedback that got no answer within 14 days ÷ all feedback of the last 90 days that is older than 14 days",
        (Unit::Share, 0.25, 5),
        "Answer the oldest ten: what came of it, or that nothing will, and why.",
        ("Answer feedback", "inbox"),
    ),
    signal(
        10,
        ("unsupported-roadmap", "Unsupported roadmap"),
        "items now or next on the roadmap whose needs no evidence supports ÷ all of them",
        (Unit::Share, 0.20, 3),
        "Link what users said or a number to the need behind each, or move it to later.",
        ("Open the roadmap", "roadmap"),
    ),
    signal(
        11,
        ("goals-without-work", "Goals without work"),
        "key results of 60 days and more without released work, or with it and still flat ÷ all of that age",
        (Unit::Share, 1.0 / 3.0, 3),
        "Link what was released to what it should move; where nothing moved, look for another way.",
        ("Open the objectives", "objectives"),
    ),
    signal(
        12,
        ("unreviewed-outcomes", "Unreviewed outcomes"),
        "releases without an outcome review after 30 days ÷ all released in the last 120 days and older than 30",
        (Unit::Share, 0.30, 3),
        "Hold the review: what moved, by how much, and what was learned.",
        ("Review outcomes", "releases"),
    ),
    signal(
        13,
        ("slow-answers", "Slow answers to why"),
        "median working days from “why?” to its answer, those still open as long as they wait",
        (Unit::WorkingDays, 2.0, 5),
        "Answer the open ones today; where nobody knows, say so: that is an answer too.",
        ("Answer the questions", "questions"),
    ),
    signal(
        14,
        ("drift", "Drift"),
        "1 − (held and exercised) ÷ (held or exercised), over people and the responsibilities that were exercised at all",
        (Unit::Distance, 0.50, 4),
        "Compare what was agreed with what is done, and adapt whichever is wrong.",
        ("Open the charter", "/charters"),
    ),
    signal(
        15,
        ("unowned", "Unowned or elsewhere"),
        "responsibilities with nobody accountable, or done in more than half by people who do not hold them",
        (Unit::Count, 0.0, 1),
        "Name somebody, or hand it over to whoever does it already.",
        ("Open the charter", "/charters"),
    ),
];

/// The signal of that number.
pub fn signal_of(number: u8) -> Option<&'static Signal> {
    SIGNALS.iter().find(|s| s.number == number)
}

/// The signal named by its number (`9`, `S9`) or slug.
pub fn named(text: &str) -> Option<&'static Signal> {
    let text = text.trim().to_lowercase();
    let number = text.trim_start_matches('s').parse::<u8>().ok();
    SIGNALS.iter().find(|s| Some(s.number) == number || s.slug == text)
}

impl Signal {
    /// A value in words, as "23 %" or "3 working days".
    pub fn say(&self, value: f64) -> String {
        match self.unit {
            Unit::Share => format!("{:.0} %", value * 100.0),
            Unit::Distance => format!("{value:.2}"),
            Unit::People => format!("{value:.1} people"),
            Unit::WorkingDays => format!("{value:.1} working days"),
            Unit::Count => format!("{value:.0}"),
        }
    }
}
