//! Who builds upon whom: a platform that both teams use, and a guild that helps them to hear users.
//! With the healthy team everything ends in time; with the siloed one the help has outlasted its end.

use wherefore_app::how::ceremonies::ScheduleCeremony;
use wherefore_app::kernel::{Error, Result};
use wherefore_app::people::teams::{self, AddTeamMember, CreateTeam};
use wherefore_app::people::topology::{BeginInteraction, EndInteraction};

use crate::story::{ANA, DAYS, Day, INES, LEA, MEI, NOOR, PAVEL, PRIYA, Step, step};

const PLATFORM: &str = "Rail data platform";
const GUILD: &str = "Research guild";

/// On which day, by whom, between whom, how, what for, and until which day.
type Begun = (i64, usize, &'static str, &'static str, &'static str, &'static str, Option<i64>);

const BEGUN: [Begun; 7] = [
    (
        40,
        NOOR,
        PLATFORM,
        "Tickets",
        "x-as-a-service",
        "Timetable and fares as one feed, with a page that says what it promises",
        None,
    ),
    (
        62,
        LEA,
        GUILD,
        "Tickets",
        "facilitating",
        "Interview commuters without leading them on",
        Some(125),
    ),
    (
        90,
        ANA,
        "Tickets",
        PLATFORM,
        "collaboration",
        "Find out what an explanation of a delay needs from the feed",
        Some(150),
    ),
    (
        200,
        NOOR,
        PLATFORM,
        "Portal",
        "x-as-a-service",
        "Sales figures of the night before, by seven in the morning",
        None,
    ),
    (
        300,
        LEA,
        GUILD,
        "Portal",
        "facilitating",
        "Speak with five partners before anything is built",
        Some(362),
    ),
    (
        DAYS - 38,
        ANA,
        "Tickets",
        PLATFORM,
        "collaboration",
        "Find out how free seats can be told coach by coach",
        Some(DAYS + 21),
    ),
    (
        DAYS - 70,
        INES,
        "Tickets",
        "Portal",
        "collaboration",
        "One way of refunding for travellers and for partners",
        Some(DAYS - 30),
    ),
];

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, 30, PRIYA, |d| {
        found(d, PLATFORM, "platform", &[NOOR, PAVEL])?;
        found(d, GUILD, "enabling", &[LEA, PRIYA])
    });
    for (n, (day, who, one, other, mode, purpose, ends)) in BEGUN.into_iter().enumerate() {
        step(steps, day, who, move |d| {
            let begin = BeginInteraction {
                team: one.into(),
                other: other.into(),
                mode: mode.into(),
                purpose: purpose.into(),
                starts: None,
                ends: ends.map(|end| d.now.day().plus_days(end - day)),
            };
            d.act(&format!("interaction-{n}"), &begin)
        });
    }
    step(steps, 121, LEA, |d| end(d, 1, "They keep interviews alone now, and better than we do."));
    step(steps, 148, MEI, |d| end(d, 2, "The feed carries reasons now; the rest is a service."));
    step(steps, DAYS - 33, INES, |d| {
        end(d, 6, "Partners are refunded by their bank: two ways it is, and both know why.")
    });
    step(steps, DAYS - 2, MEI, |d| {
        let ws = d.actor.workspace;
        let Some(team) = teams::named(d.tx, ws, "Tickets")? else { return Ok(()) };
        let day = d.now.day().plus_days(6);
        let kind = "interaction-review".to_owned();
        d.act("", &ScheduleCeremony { team: team.id, kind, day, minutes: None })
    });
}

fn found(d: &mut Day<'_>, name: &str, kind: &str, members: &[usize]) -> Result<()> {
    d.act("team", &CreateTeam { name: name.into(), kind: Some(kind.into()) })?;
    let team = d.key("team")?.parse().map_err(Error::internal)?;
    for &member in members {
        let person = d.people[member].to_string();
        d.act("", &AddTeamMember { team, person })?;
    }
    Ok(())
}

fn end(d: &mut Day<'_>, n: usize, because: &str) -> Result<()> {
    let interaction = d.key(&format!("interaction-{n}"))?.parse().map_err(Error::internal)?;
    d.act("", &EndInteraction { interaction, ended_on: None, because: because.into() })
}
