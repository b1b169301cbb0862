//! The vocabulary of the big world: a railway's systems, the people who use them, and what goes
//! wrong with them.

/// A product of the big world.
pub struct Place {
    pub key: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    /// Its part of all items, in hundredths.
    pub share: usize,
    pub things: &'static [&'static str],
    pub people: &'static [&'static str],
}

/// Shares add up to 100.
pub const PLACES: [Place; 3] = [
    Place {
        key: "OPS",
        name: "Network operations",
        about: "What signallers, controllers and stations run the day with.",
        share: 70,
        things: &[
            "platform alterations",
            "the disruption board",
            "delay minutes",
            "replacement buses",
            "train positions",
            "level crossing alarms",
            "the possession plan",
            "station displays",
            "announcements",
            "headcounts",
            "the incident log",
            "speed restrictions",
            "connection holds",
            "the daily timetable",
            "weather warnings",
            "staff radio calls",
        ],
        people: &["signaller", "duty controller", "station manager", "dispatcher", "planner"],
    },
    Place {
        key: "FARE",
        name: "Fares engine",
        about: "Prices, routes and rules behind every ticket sold.",
        share: 20,
        things: &[
            "split tickets",
            "railcard discounts",
            "group fares",
            "season renewals",
            "route restrictions",
            "price caps",
            "the fares feed",
            "advance quotas",
            "refund amounts",
            "zone boundaries",
        ],
        people: &["fares analyst", "commuter", "retail partner", "auditor", "call handler"],
    },
    Place {
        key: "CREW",
        name: "Crew planning",
        about: "Who drives and who guards which train, within the rules on rest.",
        share: 10,
        things: &[
            "rosters",
            "shift swaps",
            "rest periods",
            "route knowledge",
            "standby calls",
            "leave requests",
            "depot transfers",
            "training days",
        ],
        people: &["driver", "guard", "roster clerk", "depot manager"],
    },
];

pub const VERBS: [&str; 12] = [
    "see", "change", "confirm", "compare", "export", "search", "correct", "approve", "follow",
    "plan", "explain", "undo",
];

pub const PLACES_OF_USE: [&str; 10] = [
    "on the phone",
    "for one line",
    "for the whole week",
    "by station",
    "before the shift begins",
    "while trains are running",
    "after an incident",
    "across depots",
    "without a mouse",
    "in one place",
];

pub const REASONS: [&str; 12] = [
    "so that nobody has to call the control room",
    "so that the figures agree with the regulator's",
    "so that passengers hear it before they leave home",
    "so that a mistake is noticed on the same day",
    "so that the night shift knows what the day shift did",
    "so that I need not keep my own spreadsheet",
    "so that the next train can wait",
    "so that a new colleague finds it alone",
    "so that we stop paying the penalty",
    "so that both companies look at the same numbers",
    "so that it works where there is no signal",
    "so that I can answer the first time somebody asks",
];

pub const FAULTS: [&str; 12] = [
    "are shown twice",
    "disappear after midnight",
    "lag ten minutes behind",
    "ignore the bank holiday",
    "show the old name of the station",
    "cannot be saved with an apostrophe",
    "load for half a minute",
    "are sorted as text",
    "count cancelled trains",
    "use the wrong time zone in summer",
    "come back after they were deleted",
    "overlap on a narrow screen",
];

pub const CHORES: [&str; 8] = [
    "Move to the new feed:",
    "Measure how often people use",
    "Write the runbook for",
    "Load test",
    "Retire the old screen for",
    "Record a month of test data for",
    "Translate",
    "Check access rights to",
];

pub const DETAILS: [&str; 8] = [
    "Seen with three people in the control room; two of them had a workaround on paper.",
    "The old system keeps doing this until the end of the year, so both must agree meanwhile.",
    "Agreed with operations: a delay of up to thirty seconds is fine, a wrong number is not.",
    "Start with the western lines, where it happens most often.",
    "Whoever cannot use it should learn why, and whom to ask.",
    "Keep the last thirty days; nobody has ever asked for more.",
    "Works today only for those who know the codes by heart.",
    "Mind the Sunday timetable, which is made by hand.",
];

pub const LABELS: [&str; 9] =
    ["safety", "reporting", "mobile", "integration", "data", "design", "debt", "legal", "night"];

pub const REMARKS: [&str; 5] = [
    "Tried it with the day shift: they found it without being told.",
    "Who decides this when the duty controller is away?",
    "The numbers for March do not agree yet, see the attached sheet.",
    "Split off the export, it is a story of its own.",
    "Ready for another look.",
];

pub const QUOTES: [&str; 10] = [
    "I learn of it from the passengers, not from the screen.",
    "By the time the report arrives we have forgotten what happened.",
    "I write it on my hand, honestly.",
    "There are four screens and each tells me something else.",
    "We only notice when the invoice comes.",
    "If I am on leave, nobody can do it.",
    "It takes two calls and an e-mail to change one word.",
    "Last winter we sent forty people to the wrong platform.",
    "I stopped trusting the number years ago.",
    "The new ones ask me every day, and I do not mind, but still.",
];
