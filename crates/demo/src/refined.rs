//! The tickets team makes the next stories ready together: criteria, lines of its Definition of Ready
//! that hold, and a session with T-shirt cards that waits for the last votes.

use wherefore_app::how::criteria::AddCriteria;
use wherefore_app::how::readiness::{GetReadiness, TickReady};
use wherefore_app::how::refinement::{LookAtItem, StartRefinement, VoteEstimate};
use wherefore_app::how::work_items::ItemView;
use wherefore_app::kernel::{Error, Result};
use wherefore_app::store::{Query, Reader};

use crate::frameworks::open;
use crate::story::{ANA, DAYS, Day, LEA, NOOR, Step, TOM, step};

/// The last days: keys given earlier stay what they are.
const LATE: i64 = DAYS - 2;

/// What is asked of the stories that are ready, by a word of their title.
const ASKED: [(&str, &str); 6] = [
    (
        "ramp",
        "A ramp that comes late is told aloud within a minute\nThe message names a number to call",
    ),
    ("watch", "The ticket opens without a network\nThe gate reads the watch at the first try"),
    (
        "fast train",
        "The next fast train is marked before it leaves\nThe mark is told in words, too",
    ),
    (
        "refund for a delay",
        "The sum is shown before it is asked for\nUnder thirty minutes it says that nothing is due",
    ),
    ("one price", "The price of all stands above the single ones\nEach share can be paid apart"),
    ("platform read", "The platform is read when it changes\nThe voice can be slowed down"),
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, LATE, ANA, tick);
    step(steps, LATE, ANA, start);
    for (who, card) in [(TOM, "M"), (LEA, "L"), (NOOR, "M")] {
        step(steps, LATE, who, move |d| vote(d, card));
    }
}

/// The next stories of the team.
fn next(d: &mut Day<'_>) -> Result<Vec<ItemView>> {
    let all = open(d, "RIDE", "Tickets")?.into_iter();
    let waits = |i: &ItemView| matches!(i.category.as_str(), "backlog" | "unstarted");
    Ok(all.filter(|i| i.level == "story" && waits(i)).take(6).collect())
}

/// All lines of the first stories, fewer of those further down.
fn tick(d: &mut Day<'_>) -> Result<()> {
    for (n, item) in next(d)?.into_iter().enumerate() {
        if let Some((_, text)) = ASKED.iter().find(|(word, _)| item.title.contains(word)) {
            d.act("", &AddCriteria { key: item.key.clone(), text: (*text).to_owned() })?;
        }
        let mut cx = Reader { conn: d.tx, actor: &d.actor, now: d.now };
        let ready = GetReadiness { key: item.key.clone() }.run(&mut cx)?;
        let holding = ready.lines.len().saturating_sub(n / 2);
        for line in ready.lines.into_iter().take(holding) {
            d.act("", &TickReady { key: item.key.clone(), line: line.line, holds: true })?;
        }
    }
    Ok(())
}

fn start(d: &mut Day<'_>) -> Result<()> {
    let first = next(d)?.into_iter().next();
    let start = StartRefinement {
        product: "RIDE".into(),
        team: Some("Tickets".into()),
        deck: Some("sizes".into()),
    };
    d.act("refinement", &start)?;
    let refinement = d.key("refinement")?.parse().map_err(Error::internal)?;
    d.act("", &LookAtItem { refinement, key: first.map(|i| i.key) })
}

fn vote(d: &mut Day<'_>, card: &str) -> Result<()> {
    let refinement = d.key("refinement")?.parse().map_err(Error::internal)?;
    d.act("", &VoteEstimate { refinement, value: card.into() })
}
