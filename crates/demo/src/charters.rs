//! Who answers for what: one charter that fits its team, one that is as rigid as its team, what was
//! handed over, what others did and why, and a draft that waits.

use std::collections::BTreeMap;

use wherefore_app::how::work_items::EditWorkItem;
use wherefore_app::kernel::Error;
use wherefore_app::people::charters::{DraftCharter, EditMatrix, HandOver, SignCharter};
use wherefore_app::store::{Call, perform};

use crate::PEOPLE;
use crate::direction::RIDE;
use crate::story::{
    ANA, DAYS, Day, INES, JONAS, KARL, LEA, MEI, NOOR, PAVEL, PRIYA, Step, TOM, step,
};

/// When both are agreed.
const AGREED: i64 = 24;

type Seat = (usize, &'static str, &'static str);

const TICKETS: [Seat; 6] = [
    (PRIYA, "head", "head"),
    (MEI, "product-manager", "senior"),
    (ANA, "product-owner", "mid"),
    (TOM, "developer", "senior"),
    (NOOR, "developer", "mid"),
    (LEA, "designer", "mid"),
];

/// Where the people of Tickets agreed on something else than the preset says: Priya keeps direction
/// and goals to herself, and Mei works on both with her.
const AGREED_OTHERWISE: [u8; 4] = [1, 2, 3, 17];

const PORTAL: [Seat; 4] = [
    (KARL, "product-manager", "lead"),
    (INES, "product-owner", "mid"),
    (JONAS, "developer", "mid"),
    (PAVEL, "developer", "junior"),
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, AGREED - 2, MEI, |d| {
        let draft = draft(d, &TICKETS, "scale-up", 2, "scrum")?;
        // They look at it again once a year and a quarter; those of the portal have let it pass.
        let review_on = Some(d.now.day().plus_days(DAYS + 40));
        let product = Some(RIDE.into());
        d.act("tickets-charter", &DraftCharter { product, review_on, ..draft })?;
        let (charter, mut cells) = (id(d, "tickets-charter")?, BTreeMap::new());
        for number in AGREED_OTHERWISE {
            for (who, letter) in [(MEI, "R"), (PRIYA, "AR")] {
                cells.insert(format!("{number}:{}", d.people[who]), letter.to_owned());
            }
        }
        d.act("", &EditMatrix { charter, cells, ..EditMatrix::default() })
    });
    step(steps, AGREED - 2, KARL, |d| {
        let draft = draft(d, &PORTAL, "large", 7, "hybrid")?;
        d.act("portal-charter", &DraftCharter { product: Some("PART".into()), ..draft })
    });
    let signers = TICKETS.iter().map(|s| (s.0, "tickets-charter"));
    for (who, charter) in signers.chain(PORTAL.iter().map(|s| (s.0, "portal-charter"))) {
        step(steps, AGREED, who, move |d| sign(d, charter));
    }
    since(steps);
}

/// What happened under them of late.
fn since(steps: &mut Vec<Step>) {
    step(steps, DAYS - 9, ANA, |d| {
        d.act(
            "",
            &HandOver {
                product: Some(RIDE.into()),
                responsibility: 37,
                to: PEOPLE[TOM].name.into(),
                until_day: Some(d.now.day().plus_days(20)),
                why: "On the road with passengers for three weeks; Tom knows the answers.".into(),
                ..HandOver::default()
            },
        )
    });
    step(steps, DAYS - 8, TOM, |d| {
        reworded(d, "story-4-0", Some("Ana is with passengers this week and asked me to."))
    });
    step(steps, DAYS - 6, KARL, |d| reworded(d, "portal-2", None));
    step(steps, DAYS - 5, KARL, |d| {
        reworded(d, "portal-3", Some("Sales wanted it said their way."))
    });
    step(steps, DAYS - 3, ANA, |d| {
        let draft = draft(d, &TICKETS[1..], "scale-up", 2, "scrum")?;
        d.act("team-charter", &DraftCharter { team: Some("Tickets".into()), ..draft })?;
        sign(d, "team-charter")
    });
}

fn id(d: &Day<'_>, name: &str) -> Result<wherefore_app::kernel::Id, Error> {
    d.key(name)?.parse().map_err(Error::internal)
}

fn draft(
    d: &Day<'_>,
    seats: &[Seat],
    company: &str,
    teams: i64,
    framework: &str,
) -> Result<DraftCharter, Error> {
    let mut roles = BTreeMap::new();
    let mut seniority = BTreeMap::new();
    for (who, role, level) in seats {
        let person = d.people[*who].to_string();
        roles.insert(person.clone(), (*role).to_owned());
        seniority.insert(person, (*level).to_owned());
    }
    Ok(DraftCharter {
        company: Some(company.into()),
        stage: Some("growth".into()),
        teams: Some(teams),
        framework: Some(framework.into()),
        roles,
        seniority,
        ..DraftCharter::default()
    })
}

/// Signs unless it holds already: not everybody who is asked or told has to.
fn sign(d: &mut Day<'_>, charter: &str) -> Result<(), Error> {
    let charter = id(d, charter)?;
    match d.act("", &SignCharter { charter }) {
        Err(Error::Refused(_)) => Ok(()),
        done => done,
    }
}

/// Edits a story's text, which its product owner answers for.
fn reworded(d: &mut Day<'_>, name: &str, reason: Option<&str>) -> Result<(), Error> {
    let edit = EditWorkItem {
        key: d.key(name)?,
        body: Some("As agreed in the call: the total first, then what it is made of.".into()),
        ..EditWorkItem::default()
    };
    let call = Call { reason: reason.map(str::to_owned), ..Call::default() };
    perform(d.tx, &d.actor, d.now, &edit, &call).map(drop)
}
