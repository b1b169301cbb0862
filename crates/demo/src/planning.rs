//! What is planned by the day and what waits: due days and what has to come first, and what a guest and
//! the other team ask for, follow and copy.

use wherefore_app::how::work_items::EditWorkItem;
use wherefore_app::kernel::Result;
use wherefore_app::thread::copying::CopyWorkItem;
use wherefore_app::thread::follows::FollowItem;
use wherefore_app::thread::links::AddLink;
use wherefore_app::thread::work_triage::{ProposeWorkItem, TriageWorkItem};

use crate::founding::PARTS;
use crate::frameworks::open;
use crate::story::{ANA, DAYS, Day, GRACE, JONAS, MEI, Step, TOM, step};

/// What Grace and Jonas ask for, the latest last.
const ASKED: [(usize, i64, &str, &str, &str); 5] = [
    (
        GRACE,
        9,
        "story",
        "Refund a single leg of a return ticket by telephone",
        "Callers ask for it twice a week. Today we refund the whole ticket and sell a new one.",
    ),
    (
        GRACE,
        6,
        "story",
        "As a support agent, I see which refunds wait for the bank",
        "So that I can tell a caller when the money comes, instead of calling back.",
    ),
    (
        JONAS,
        4,
        "story",
        "Partners read the delay of a train from your service",
        "The portal asks for delays by hand. One address that tells them would be enough.",
    ),
    (
        GRACE,
        2,
        "bug",
        "The refund letter names the wrong station",
        "Seen three times this week, always for tickets with a change.",
    ),
    (
        GRACE,
        1,
        "story",
        "Refund one leg of a return ticket on the telephone",
        "Another caller today.",
    ),
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    for (n, (who, before, level, title, body)) in ASKED.into_iter().enumerate() {
        step(steps, DAYS - before, who, move |d| {
            d.act(
                &format!("asked-for-{n}"),
                &ProposeWorkItem {
                    product: "RIDE".into(),
                    title: title.into(),
                    body: body.into(),
                    level: Some(level.into()),
                },
            )
        });
    }
    step(steps, DAYS - 5, ANA, |d| {
        let key = d.key("asked-for-0")?;
        d.act(
            "",
            &TriageWorkItem {
                key,
                how: "accept".into(),
                team: Some("Tickets".into()),
                to: Some("top".into()),
                ..TriageWorkItem::default()
            },
        )?;
        let (key, part) = (d.key("asked-for-0")?, Some(Some(PARTS[0].into())));
        d.act("", &EditWorkItem { key, part, ..EditWorkItem::default() })
    });
    // Who asked wants to hear what becomes of it, and so does whoever answers for the product.
    for who in [GRACE, MEI] {
        step(steps, DAYS - 4, who, |d| {
            let key = d.key("asked-for-0")?;
            d.act("", &FollowItem { key, following: Some(true) })
        });
    }
    step(steps, DAYS - 2, TOM, |d| {
        d.say("asked-for-0", "Both legs are one line in the books; I split them first.".into())
    });
    step(steps, DAYS - 1, ANA, |d| {
        let key = d.key("asked-for-0")?;
        let title = Some("Refund a single leg of a group ticket by telephone".into());
        d.act("", &CopyWorkItem { key, title, estimate: false })
    });
    step(steps, DAYS - 3, ANA, |d| plan(d, "RIDE", "Tickets"));
    step(steps, DAYS - 3, JONAS, |d| plan(d, "PART", "Portal"));
}

/// Days for the next items of a team, and what of them has to come first.
fn plan(d: &mut Day<'_>, product: &str, team: &str) -> Result<()> {
    let today = d.now.day();
    let items = open(d, product, team)?;
    let days = [-1, 3, 5, 9, 9, 14, 16, 23, 30, 37];
    for (item, after) in items.iter().zip(days) {
        // What has begun keeps its promise a little longer.
        let due = Some(Some(today.plus_days(after + 2)));
        d.act("", &EditWorkItem { key: item.key.clone(), due, ..EditWorkItem::default() })?;
    }
    for pair in items.chunks(2).take(3) {
        if let [first, then] = pair {
            let (from, to) = (first.key.clone(), then.key.clone());
            d.act("", &AddLink { from, to, kind: Some("blocks".into()) })?;
        }
    }
    Ok(())
}
