//! The company as it begins: its people, its two products with their parts, its two teams.

use wherefore_app::db::Tx;
use wherefore_app::kernel::secret::Password;
use wherefore_app::kernel::{Actor, Result, Role, Time};
use wherefore_app::people::members::EditPerson;
use wherefore_app::people::parts::CreatePart;
use wherefore_app::people::products::{AddProductMember, CreateProduct};
use wherefore_app::people::sign_in::{SetUp, join, set_up};
use wherefore_app::people::teams::{AddTeamMember, CreateTeam};
use wherefore_app::store::Call;
use wherefore_app::store::{Action, perform};

use crate::story::{ANA, GRACE, INES, JONAS, KARL, LEA, MEI, NOOR, PAVEL, TOM};
use crate::{PASSWORD, PEOPLE, UNFINISHED};

/// The parts of the tickets app, one for each theme.
pub(crate) const PARTS: [&str; 6] =
    ["Fares", "Refunds", "Delays", "Ticket on the phone", "Assistance", "Payment"];

/// The parts of the partner portal.
pub(crate) const PORTAL_PARTS: [&str; 2] = ["Sales reports", "Partner accounts"];

/// The company, its people, products and teams. The workspace has its name when all is told.
pub(crate) fn found(tx: &mut Tx, now: Time) -> Result<Vec<Actor>> {
    let owner = &PEOPLE[0];
    let password = Password::new(PASSWORD)?;
    let (priya, _) = set_up(
        tx,
        &SetUp {
            workspace: UNFINISHED.into(),
            name: owner.name.into(),
            email: owner.email.into(),
            password: Some(password.clone()),
            product_key: "RIDE".into(),
            product_name: "Southway Tickets".into(),
        },
        now,
    )?;
    let mut actors = vec![priya];
    for person in &PEOPLE[1..] {
        let role = Role::parse(person.role)?;
        let ws = actors[0].workspace;
        actors.push(join(tx, ws, role, person.name, person.email, Some(&password), now)?.0);
    }
    let mut first = Founder { tx, actor: actors[0].clone(), now };
    for (person, actor) in PEOPLE.iter().zip(&actors) {
        first.act(&EditPerson {
            person: actor.person,
            name: None,
            title: Some(person.title.into()),
            role: None,
            active: None,
            seniority: None,
        })?;
    }
    first.act(&CreateProduct {
        key: "PART".into(),
        name: "Partner portal".into(),
        about: "Where travel agents sell Southway's tickets.".into(),
        private: false,
    })?;
    first.act(&AddProductMember { product: "RIDE".into(), person: actors[GRACE].person })?;
    first.team("Tickets", "RIDE", &PARTS, &[MEI, ANA, TOM, LEA, NOOR], &actors)?;
    first.team("Portal", "PART", &PORTAL_PARTS, &[KARL, INES, JONAS, PAVEL], &actors)?;
    Ok(actors)
}

/// The owner on the first day.
struct Founder<'t> {
    tx: &'t mut Tx,
    actor: Actor,
    now: Time,
}

impl Founder<'_> {
    fn act<A: Action>(&mut self, input: &A) -> Result<serde_json::Value> {
        Ok(perform(self.tx, &self.actor, self.now, input, &Call::default())?.output.json())
    }

    fn team(
        &mut self,
        name: &str,
        product: &str,
        parts: &[&str],
        members: &[usize],
        actors: &[Actor],
    ) -> Result<()> {
        let made = self.act(&CreateTeam { name: name.into(), kind: None })?;
        let team = made["id"].as_str().unwrap_or_default().parse();
        let team = team.map_err(wherefore_app::kernel::Error::internal)?;
        for &member in members {
            let person = actors[member].person.to_string();
            self.act(&AddTeamMember { team, person })?;
        }
        for &part in parts {
            self.act(&CreatePart {
                product: product.into(),
                name: part.into(),
                team: Some(name.into()),
            })?;
        }
        Ok(())
    }
}
