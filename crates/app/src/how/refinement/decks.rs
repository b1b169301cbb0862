//! The cards that are voted with.

/// The decks that a session may choose.
pub const DECKS: [&str; 5] = ["points", "fibonacci", "sizes", "hours", "none"];

/// The decks whose cards are worth something in what a team estimates in: its estimates are added up,
/// and hours among points would make a sum of nothing.
pub fn decks_for(estimates: &str) -> &'static [&'static str] {
    match estimates {
        "sizes" => &["sizes"],
        "hours" => &["hours"],
        "none" => &["none"],
        _ => &["points", "fibonacci", "sizes"],
    }
}

/// What a deck is called.
pub fn deck_words(deck: &str) -> &'static str {
    match deck {
        "fibonacci" => "Fibonacci: 1, 2, 3, 5, 8, 13, 21",
        "sizes" => "T-shirt sizes: XS to XL",
        "hours" => "hours: 1 to 40",
        "none" => "small enough, or too big",
        _ => "points: 0, 1, 2, 3, 5, 8, 13, 20",
    }
}

/// The cards of a deck: what is shown and what it is worth.
pub fn deck(estimates: &str) -> &'static [(&'static str, Option<f64>)] {
    match estimates {
        "fibonacci" => &[
            ("1", Some(1.0)),
            ("2", Some(2.0)),
            ("3", Some(3.0)),
            ("5", Some(5.0)),
            ("8", Some(8.0)),
            ("13", Some(13.0)),
            ("21", Some(21.0)),
            ("?", None),
        ],
        "sizes" => &[
            ("XS", Some(1.0)),
            ("S", Some(2.0)),
            ("M", Some(3.0)),
            ("L", Some(5.0)),
            ("XL", Some(8.0)),
            ("?", None),
        ],
        "hours" => &[
            ("1", Some(1.0)),
            ("2", Some(2.0)),
            ("4", Some(4.0)),
            ("8", Some(8.0)),
            ("16", Some(16.0)),
            ("24", Some(24.0)),
            ("40", Some(40.0)),
            ("?", None),
        ],
        "none" => &[("small enough", None), ("too big", None), ("?", None)],
        _ => &[
            ("0", Some(0.0)),
            ("1", Some(1.0)),
            ("2", Some(2.0)),
            ("3", Some(3.0)),
            ("5", Some(5.0)),
            ("8", Some(8.0)),
            ("13", Some(13.0)),
            ("20", Some(20.0)),
            ("?", None),
        ],
    }
}
