//! Where the products stand in their lives, and who else serves the same needs.

use wherefore_app::kernel::{Id, Result};
use wherefore_app::store::Query;
use wherefore_app::store::Reader;
use wherefore_app::what::lifecycle::DecideStage;
use wherefore_app::why::competitors::{AddFinding, GetMarket, RateNeed, SetCompetitor};

use crate::direction::RIDE;
use crate::story::{Day, LEA, MEI, PRIYA, Step, step};

pub(crate) fn tell(steps: &mut Vec<Step>) {
    for (day, product, stage, because) in [
        (
            3,
            RIDE,
            "idea",
            "Eleven commuters of twelve would change how they buy; nobody has tried yet.",
        ),
        (30, RIDE, "launch", "The first line sells; forty people use it every day."),
        (190, RIDE, "growth", "Two of three who buy once buy again within a month, on all lines."),
        (
            6,
            "PART",
            "maturity",
            "All partners are on it, and their number has not changed for two years.",
        ),
    ] {
        step(steps, day, PRIYA, move |d| {
            let (stage, because) = (stage.to_owned(), because.to_owned());
            d.act("", &DecideStage { product: product.into(), stage, because })
        });
    }
    market(steps);
}

/// The competitor of that name.
fn named(d: &mut Day<'_>, name: &str) -> Result<Option<Id>> {
    let (actor, now) = (d.actor.clone(), d.now);
    let mut cx = Reader { conn: d.tx, actor: &actor, now };
    let all = GetMarket { product: RIDE.into() }.run(&mut cx)?.competitors;
    Ok(all.into_iter().find(|c| c.name == name).map(|c| c.id))
}

fn market(steps: &mut Vec<Step>) {
    for (name, about, strong, weak) in [
        (
            "Railhop",
            "An app that sells every line's tickets.",
            "All fares side by side; refunds within the hour.",
            "Adds a fee, and knows nothing of delays.",
        ),
        (
            "The counter",
            "What people did before us, and some still do.",
            "Somebody who knows, and who looks at you.",
            "Queues, and closed when one comes home.",
        ),
    ] {
        step(steps, 421, MEI, move |d| {
            let text = |text: &str| Some(text.to_owned());
            let (name, about) = (name.to_owned(), text(about));
            let (strengths, weaknesses) = (text(strong), text(weak));
            d.act(
                "",
                &SetCompetitor {
                    product: RIDE.into(),
                    name,
                    url: None,
                    about,
                    strengths,
                    weaknesses,
                },
            )
        });
    }
    step(steps, 422, LEA, |d| {
        let finding = "Refunded a split ticket with Railhop on the platform: two taps, the money was back in forty minutes.";
        let competitor = named(d, "Railhop")?.unwrap_or_default();
        d.act(
            "",
            &AddFinding {
                competitor,
                finding: finding.into(),
                source: "Lea, tried it herself".into(),
                url: String::new(),
                said_on: None,
            },
        )
    });
    for (n, who, rating, note) in [
        (0, None, 4, "One line says what a ticket is for."),
        (0, Some("Railhop"), 3, "All fares, none explained."),
        (0, Some("The counter"), 5, "Somebody explains it."),
        (1, None, 4, "Two minutes, split tickets too."),
        (1, Some("Railhop"), 5, "Two taps, within the hour."),
        (1, Some("The counter"), 1, "A form, and three weeks."),
        (2, None, 2, "Some messages come late."),
        (2, Some("Railhop"), 0, "Knows nothing of delays."),
    ] {
        step(steps, 422, MEI, move |d| {
            let competitor = match who {
                Some(name) => named(d, name)?,
                None => None,
            };
            let key = d.key(&format!("need-{n}"))?;
            d.act("", &RateNeed { key, competitor, rating, note: note.into() })
        });
    }
}
