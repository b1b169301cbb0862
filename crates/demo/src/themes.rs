//! What the demo's people worked on: each theme a problem with its users' words, its needs, and the
//! stories that solve it.

/// One problem, from the words that showed it to the stories that solve it.
pub struct Theme {
    pub user_need: &'static str,
    /// Empty where the business side was never asked for: a one-sided path.
    pub business_need: &'static str,
    pub words: &'static [(&'static str, &'static str)],
    /// What supports the business need.
    pub number: &'static str,
    pub opportunity: &'static str,
    pub because: &'static str,
    pub epic: &'static str,
    pub stories: &'static [&'static str],
    pub key_result: (&'static str, &'static str, f64, f64, f64),
}

pub const TICKETS: &[Theme] = &[
    Theme {
        user_need: "Find the cheapest ticket for a journey without knowing the fare rules",
        business_need: "Sell more tickets in the app than at the counter",
        words: &[
            (
                "The machine showed three prices for the same train and I took the wrong one.",
                "Commuter, Reading",
            ),
            ("I open another site to compare, and then I buy there.", "Student, Bristol"),
            ("Nobody can tell me why an Anytime costs double.", "Visitor from Lyon"),
            ("My son finds cheaper tickets than I do, for the same journey.", "Pensioner, Bath"),
        ],
        number: "61 % of sessions end on the fare list; 38 % of those come back within a day to compare again.",
        opportunity: "People leave at the fare list because they cannot compare fares",
        because: "It is where most sessions end, and eight of eleven interviews named it first.",
        epic: "A fare list one can understand",
        stories: &[
            "As a commuter, I want the cheapest valid fare first, so that I do not overpay",
            "As a visitor, I want each fare explained in one line, so that I know what I give up",
            "As a student, I want my railcard applied before I see prices, so that I compare real ones",
            "As a commuter, I want to see when off-peak begins, so that I can wait ten minutes",
            "As a parent, I want family fares offered, so that I need not know that they exist",
            "As a tester, I want fares from a recorded feed, so that prices are the same in every run",
        ],
        key_result: ("Sessions that end on the fare list", "%", 61.0, 40.0, 43.5),
    },
    Theme {
        user_need: "Get money back for what I could not use",
        business_need: "Spend less of the help line on refunds",
        words: &[
            ("I paid twice and got half of one back.", "Commuter, interview"),
            ("Forty minutes on hold for six pounds.", "Nurse, Swindon"),
            ("They asked me to post the ticket. It is on my phone.", "Designer, London"),
            ("I never claim. It is not worth the evening.", "Teacher, Didcot"),
        ],
        number: "410 calls a week are about refunds; a call costs £4.10, the median refund is £6.20.",
        opportunity: "Refunds of split tickets need a phone call",
        because: "It costs more to answer the call than to pay the refund.",
        epic: "Refunds in the app",
        stories: &[
            "As a commuter who bought two tickets for one journey, I want to refund the part I did not use, so that a cancelled train does not cost me the other half",
            "As a passenger, I want the refund offered when a train is cancelled, so that I need not look for it",
            "As a passenger, I want to see what I will get back before I ask, so that I can decide",
            "As a help line agent, I want to see the refund's state, so that I can answer in one call",
            "As a passenger, I want to be told when the money is on its way, so that I stop checking",
            "As an accountant, I want each refund matched to its payment, so that the books close on time",
            "As a passenger, I want a failed refund explained, so that I know the next step",
        ],
        key_result: ("Calls about refunds", "a week", 410.0, 150.0, 296.0),
    },
    Theme {
        user_need: "Know before I leave the house whether my train runs",
        business_need: "Be opened on days without a purchase",
        words: &[
            (
                "I look at the board in the station because the app is two minutes behind.",
                "Engineer, Slough",
            ),
            ("I missed the earlier one while the app still said on time.", "Carer, Newbury"),
            ("Tell me on my watch, not in a list of stations.", "Cyclist, Oxford"),
        ],
        number: "Only 22 % of season ticket holders open the app in a week without buying.",
        opportunity: "Delays reach passengers after they have left",
        because: "It is the one thing season ticket holders ask for, and they are 70 % of journeys.",
        epic: "Delays where one looks",
        stories: &[
            "As a season ticket holder, I want a message when my usual train is late, so that I can leave later",
            "As a commuter, I want the platform on the lock screen, so that I do not search the board",
            "As a commuter, I want another route offered when mine is cancelled, so that I still arrive",
            "As a passenger, I want to choose quiet hours, so that a message does not wake me",
            "As an operator, I want to see how late our messages are, so that we can trust them",
        ],
        key_result: ("Season ticket holders who open the app in a week", "%", 22.0, 45.0, 36.0),
    },
    Theme {
        user_need: "Show my ticket when my phone is nearly dead or offline",
        business_need: "",
        words: &[
            (
                "My phone died at the gate and I paid a penalty fare for a ticket I had bought.",
                "Chef, Exeter",
            ),
            (
                "There is no signal in the tunnel, and that is where the inspector comes.",
                "Commuter, Severn",
            ),
            ("I print it, to be sure. In this century.", "Pensioner, Bath"),
        ],
        number: "",
        opportunity: "Tickets cannot be shown without a network",
        because: "A penalty for a ticket one has bought is the worst thing we do to a passenger.",
        epic: "Tickets that need no network",
        stories: &[
            "As a passenger, I want my ticket kept on the phone, so that I can show it in a tunnel",
            "As a passenger, I want the code brighter than the screen, so that the gate reads it at once",
            "As an inspector, I want to check a ticket offline, so that nobody pays twice",
            "As a passenger, I want a low-battery warning before boarding, so that I can print or charge",
        ],
        key_result: ("Penalty fares paid with a valid ticket", "a month", 120.0, 20.0, 71.0),
    },
    Theme {
        user_need: "Travel with a wheelchair without phoning a day ahead",
        business_need: "Meet the accessibility regulation by next June",
        words: &[
            ("I book a ramp by phone and still nobody waits for me.", "Wheelchair user, Cardiff"),
            (
                "The app says accessible. The lift has been broken since May.",
                "Wheelchair user, Didcot",
            ),
            ("My husband travels ahead to look.", "Retired teacher, Reading"),
        ],
        number: "The regulator's audit: 14 findings, 5 of them about assistance that was booked and not given.",
        opportunity: "Assistance is booked by phone and gets lost",
        because: "It is owed to people, and from June also by law.",
        epic: "Assistance booked with the ticket",
        stories: &[
            "As a wheelchair user, I want to book a ramp with my ticket, so that one booking is enough",
            "As a wheelchair user, I want to see which lifts work today, so that I can choose a station",
            "As station staff, I want the day's assistance in one list, so that nobody is forgotten",
            "As a passenger, I want to say once what I need, so that I need not explain it each time",
            "As an auditor, I want each assistance recorded, so that I can check what was given",
        ],
        key_result: ("Booked assistance that was given", "%", 81.0, 98.0, 90.0),
    },
    Theme {
        user_need: "Pay in a few seconds on the platform",
        business_need: "Lose fewer purchases between basket and payment",
        words: &[
            ("The train comes in and I am still typing a card number.", "Courier, Bristol"),
            ("It threw me out at the bank and the basket was empty.", "Student, Bath"),
            ("Why does it ask for my address? I buy a ticket, not a sofa.", "Visitor from Porto"),
        ],
        number: "17 % of baskets are lost between basket and receipt; half of them at the bank's page.",
        opportunity: "Paying takes longer than the train waits",
        because: "Each point is worth £31,000 a month.",
        epic: "Payment in three taps",
        stories: &[
            "As a courier, I want to pay with the phone's wallet, so that I catch the train",
            "As a passenger, I want my basket kept when the bank fails, so that I can try again",
            "As a passenger, I want to buy without an address, so that I type nothing",
            "As a commuter, I want to buy yesterday's ticket again in one tap, so that I do not search",
            "As an operator, I want to see where payments fail, so that we mend the right bank",
        ],
        key_result: ("Baskets lost before the receipt", "%", 17.0, 9.0, 13.2),
    },
];

/// The partner portal's team ships what it is told; the why stays in meetings.
pub const PORTAL_STORIES: &[&str] = &[
    "Export of sales as CSV",
    "New colours for the dashboard",
    "Second filter row on the sales table",
    "Partner logo on each receipt",
    "Move the menu to the left",
    "Report by region",
    "Report by month",
    "Report by region and month",
    "Two-step sign-in for partners",
    "Bulk upload of stations",
    "Dark dashboard",
    "Chart of commissions",
    "Rename “agents” to “partners” everywhere",
    "Weekly mail with sales",
    "Copy button for booking references",
    "Import of old bookings",
];

/// Bugs, each of a theme's story by its place.
pub const BUGS: &[(usize, usize, &str)] = &[
    (0, 0, "The cheapest fare is hidden when the railcard has expired"),
    (1, 1, "A refund is offered twice after two cancellations"),
    (1, 4, "The message says “on its way” before the bank has answered"),
    (2, 0, "Delay messages arrive for trains of last week"),
    (3, 1, "The code stays bright after the ticket is closed"),
    (5, 0, "The wallet is offered on phones that have none"),
];

/// What waits in the backlog, each under a theme's epic.
pub const LATER: &[(usize, &str)] = &[
    (4, "As a wheelchair user, I want to hear when my ramp is late, so that I can ask for help"),
    (3, "As a passenger, I want my ticket on a watch, so that I can leave the phone in the bag"),
    (2, "As a commuter, I want the next fast train marked, so that I do not board the slow one"),
    (
        1,
        "As a passenger, I want a refund for a delay computed for me, so that I need not know the table",
    ),
    (0, "As a group, we want one price for all of us, so that we can split it"),
    (4, "As a blind passenger, I want the platform read aloud, so that I find it alone"),
    (2, "As a parent, I want to share where my train is, so that somebody meets me"),
    (0, "As a commuter, I want a season ticket compared with singles, so that I choose well"),
    (1, "As a help line agent, I want to start a refund for a caller, so that one call is enough"),
    (3, "As a passenger, I want to pass a ticket on to a friend, so that it is not lost"),
    (0, "As a visitor, I want prices in my currency, so that I need not compute"),
    (2, "As a cyclist, I want to know which trains take bicycles, so that I am not turned away"),
    (4, "As a carer, I want to travel on the same booking, so that we sit together"),
    (1, "As an accountant, I want refunds exported by month, so that I can check them"),
    (3, "As an inspector, I want to see a railcard with the ticket, so that I ask once"),
    (0, "As a student, I want to be reminded before my railcard ends, so that I do not overpay"),
];
