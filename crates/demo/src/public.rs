//! The public portal of Tickets: what travellers ask for there, what they are told, and what waits.

use wherefore_app::kernel::{Actor, Error, Id, Result, Role, Via};
use wherefore_app::people::contacts;
use wherefore_app::store::Change;
use wherefore_app::thread::digest::SetDigest;
use wherefore_app::thread::portal::changelog::PublishChange;
use wherefore_app::thread::portal::moderation::{AnswerIdea, SetIdeaStatus};
use wherefore_app::thread::portal::visitors::{self, VERBS, Visit};
use wherefore_app::thread::portal::{SetPortal, site};

use crate::direction::RIDE;
use crate::story::{ANA, Day, MEI, Step, step};

const SLUG: &str = "southway-tickets";
/// The day on which the portal opened.
const OPENED: i64 = 330;

/// Who asks there: name and address.
const PEOPLE: [(&str, &str); 8] = [
    ("Mia B.", "mia@travellers.example"),
    ("Jonah", "jonah@travellers.example"),
    ("Brightwater Travel Desk", "desk@brightwater.example"),
    ("Aylin", "aylin@travellers.example"),
    ("", "quiet@travellers.example"),
    ("Ruth and Ben", "ruth@travellers.example"),
    ("Samir", "samir@travellers.example"),
    ("Edda", "edda@travellers.example"),
];

/// Ideas: who, title, words, who asks too, where it stands.
const IDEAS: [(usize, &str, &str, &[usize], &str); 6] = [
    (
        0,
        "Tell me before the strike, not during it",
        "I learned of the last strike on the platform. A message the evening before would have let me work from home.",
        &[1, 3, 5, 6],
        "planned",
    ),
    (
        2,
        "One invoice for all our travellers",
        "We book for forty people and get two hundred mails a month. One list at the end of the month is all that our accounts want.",
        &[7],
        "listening",
    ),
    (
        3,
        "Remember my wheelchair",
        "I ask for the ramp on each journey, and each time I fill in the same form. You know me by now.",
        &[0, 4, 5],
        "in-progress",
    ),
    (
        1,
        "Refund without a phone call",
        "The train was cancelled, the app knows it, and still I have to call between nine and five.",
        &[0, 2, 4, 6, 7],
        "shipped",
    ),
    (
        6,
        "A printed timetable by post",
        "My mother has no phone and would like the whole timetable on paper, twice a year.",
        &[],
        "declined",
    ),
    (
        5,
        "Take the dog along",
        "Which trains take dogs, and where does one sit? Nobody could tell us.",
        &[],
        "waiting",
    ),
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, OPENED, MEI, |d| {
        d.act(
            "",
            &SetPortal {
                product: RIDE.into(),
                open: Some(true),
                slug: Some(SLUG.into()),
                title: Some("Southway Tickets".into()),
                intro: Some("What is in your way when you travel with us? Tell us; somebody reads each word, and you hear once what became of it.".into()),
                moderated: Some(false),
                indexed: Some(true),
                embed_hosts: Some("https://www.southway.example".into()),
                ..SetPortal::default()
            },
        )
    });
    for (n, (who, title, words, others, stands)) in IDEAS.into_iter().enumerate() {
        let day = OPENED + 6 + n as i64 * 13;
        if stands == "waiting" {
            step(steps, day - 1, MEI, |d| {
                let moderated = Some(true);
                d.act("", &SetPortal { product: RIDE.into(), moderated, ..SetPortal::default() })
            });
        }
        let name = format!("asked-{n}");
        let asked = name.clone();
        step(steps, day, MEI, move |d| {
            let visit = visit(d, who)?;
            let (id, _) = visitors::submit_idea(d.tx, &visit, (title, words), d.now)?;
            d.keys.insert(asked.clone(), id.to_string());
            Ok(())
        });
        for (later, other) in others.iter().enumerate() {
            let idea = name.clone();
            step(steps, day + 1 + later as i64, MEI, move |d| {
                let visit = visit(d, *other)?;
                let idea = id(d, &idea)?;
                visitors::vote(d.tx, &visit, idea, true, d.now)
            });
        }
        if stands == "waiting" {
            continue;
        }
        let reason = match stands {
            "shipped" => {
                "Since “Refund yourself” the app pays back a cancelled journey in one tap."
            }
            "declined" => {
                "Two people asked in a year, and printing it would cost more than the timetable in the station does. The counter prints single lines for free."
            }
            "planned" => "We look for the way that reaches you without waking you.",
            _ => "",
        };
        step(steps, day + 9, ANA, move |d| {
            let idea = id(d, &name)?;
            d.act("", &SetIdeaStatus { idea, status: stands.into(), because: reason.into() })
        });
    }
    talk(steps);
    told(steps);
}

fn talk(steps: &mut Vec<Step>) {
    step(steps, OPENED + 10, MEI, |d| {
        let (visit, idea) = (visit(d, 3)?, id(d, "asked-0")?);
        let words = "By text message, please: the app sleeps when I do.";
        visitors::comment(d.tx, &visit, idea, words, d.now).map(drop)
    });
    step(steps, OPENED + 11, ANA, |d| {
        let idea = id(d, "asked-0")?;
        let text = "Would eight in the evening be early enough? Tell us here.".into();
        d.act("", &AnswerIdea { idea, text })
    });
    step(steps, OPENED + 82, MEI, |d| {
        let (visit, idea) = (visit(d, 1)?, id(d, "asked-2")?);
        let words = "My father would need this too, for the hearing loop.";
        visitors::comment(d.tx, &visit, idea, words, d.now).map(drop)
    });
}

/// What the public reads beside ideas, and who wants their digest.
fn told(steps: &mut Vec<Step>) {
    step(steps, OPENED + 40, MEI, |d| {
        for n in 0..2 {
            let release = Some(d.key(&format!("release-{n}"))?);
            d.act(
                "",
                &PublishChange { product: RIDE.into(), release, ..PublishChange::default() },
            )?;
        }
        Ok(())
    });
    step(steps, OPENED + 85, MEI, |d| {
        d.act(
            "",
            &SetDigest {
                frequency: "weekly".into(),
                zone: Some("Europe/Berlin".into()),
                ..SetDigest::default()
            },
        )
    });
}

fn id(d: &Day<'_>, name: &str) -> Result<Id> {
    d.key(name)?.parse().map_err(Error::internal)
}

/// A traveller who proved their address.
fn visit(d: &mut Day<'_>, who: usize) -> Result<Visit> {
    let site = site(d.tx, SLUG)?;
    let (name, email) = PEOPLE[who];
    let actor = Actor::nobody(site.ws, name, Role::Guest, Via::Portal);
    let contact = Change::record(d.tx, actor, VERBS[0], d.now, |cx| {
        contacts::known(cx, site.product.id, email, name)
    })?;
    Ok(Visit { slug: SLUG.into(), contact: contact.id, host: "demo".into() })
}
