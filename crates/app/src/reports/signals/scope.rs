//! What signals look at: a product, or a team with the products that it works on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::measure::Part;
use super::people::{holds_both, parts_of};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::people::charters::standing::Holding;
use crate::people::parts;
use crate::people::products::{self, Product};
use crate::people::responsibilities::numbers;
use crate::people::teams::{self, Team};
use crate::statements;
use crate::store::{Place, load};

/// How many days signals look back.
pub const WINDOW: i64 = 90;

/// Places of one product that are asked for their charters at most.
const PLACES: usize = 60;

statements! {
    PRODUCTS = "SELECT id FROM product WHERE workspace_id = $1 AND gone_at IS NULL ORDER BY id LIMIT 500";
    DONE_IN_PRODUCT = "SELECT person_id, responsibility, COUNT(DISTINCT change_id), COUNT(DISTINCT CASE WHEN outside THEN change_id END) FROM exercised WHERE workspace_id = $1 AND product_id = $2 AND day > $3 GROUP BY person_id, responsibility";
    PRODUCTS_OF_TEAM = "SELECT DISTINCT product_id FROM exercised WHERE workspace_id = $1 AND team_id = $2 AND day > $3 AND product_id IS NOT NULL LIMIT 20";
}

/// A product or a team.
#[derive(Clone, Debug)]
pub enum Scope {
    Product(Product),
    Team(Team),
}

impl Scope {
    /// `product` or `team`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Product(_) => "product",
            Self::Team(_) => "team",
        }
    }

    pub fn id(&self) -> Id {
        match self {
            Self::Product(p) => p.id,
            Self::Team(t) => t.id,
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Product(p) => &p.name,
            Self::Team(t) => &t.name,
        }
    }

    /// The page where its health stands.
    pub fn page(&self) -> String {
        match self {
            Self::Product(p) => format!("/p/{}/health", p.key),
            Self::Team(t) => format!("/teams/{}/health", t.id),
        }
    }
}

/// The scope that a request names, by a product's key or a team's id, if this member may see it.
pub fn named(
    conn: &mut Conn,
    actor: &Actor,
    product: Option<&str>,
    team: Option<Id>,
) -> Result<Scope> {
    match (product.map(str::trim).filter(|p| !p.is_empty()), team) {
        (Some(key), None) => {
            actor.check_role(Access::Write)?;
            let found = products::product(conn, actor, key, Access::Read)?;
            Ok(Scope::Product(found))
        }
        (None, Some(id)) => {
            actor.check_role(Access::Write)?;
            Ok(Scope::Team(teams::by_id(conn, actor.workspace, id)?))
        }
        _ => Err(Error::invalid("product", "Name a product by its key, or a team by its id.")),
    }
}

/// Every product and active team of a workspace.
pub fn scopes(conn: &mut Conn, ws: i64) -> Result<Vec<Scope>> {
    let ids: Vec<Id> = conn.query(&PRODUCTS, &[ws.into()], |r| r.get(0))?;
    let mut all = Vec::new();
    for id in ids {
        all.extend(load::<Product>(conn, ws, id)?.map(Scope::Product));
    }
    all.extend(teams::active(conn, ws)?.into_iter().map(Scope::Team));
    Ok(all)
}

/// How often somebody exercised a responsibility.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    pub person: Id,
    pub responsibility: i64,
    pub times: i64,
    /// How many of them while a charter gave it to others; a proposal is for anybody to make.
    pub outside: i64,
}

/// Who holds what by agreed charters, each with whether they answer for it.
pub type Held = BTreeMap<(Id, i64), bool>;

/// A scope with what is known of it at a moment.
pub struct Frame {
    pub ws: i64,
    pub now: Time,
    pub since: Time,
    /// The products that are looked at.
    pub products: Vec<Id>,
    /// Work of this team only.
    pub team: Option<Id>,
    /// What was exercised, by whom, over the window.
    pub done: Vec<Done>,
    /// The part of everybody who did anything here, or holds anything.
    pub parts: HashMap<Id, Part>,
    pub held: Held,
    /// Whether any agreed charter holds here.
    pub chartered: bool,
    /// Responsibilities that some charter here speaks of, or all, and nobody answers for.
    pub unowned: BTreeSet<i64>,
    /// The one person who has both product roles, where there is one.
    pub both: Option<Id>,
}

impl Frame {
    /// Looks at a scope as it stands at `now`.
    pub fn of(conn: &mut Conn, ws: i64, scope: &Scope, now: Time) -> Result<Self> {
        let since = now.plus_days(-WINDOW);
        let (products, team) = match scope {
            Scope::Product(p) => (vec![p.id], None),
            Scope::Team(t) => (products_of(conn, ws, t.id, since)?, Some(t.id)),
        };
        let mut done = Vec::new();
        for product in &products {
            let values = [ws.into(), (*product).into(), since.day().into()];
            done.extend(conn.query(&DONE_IN_PRODUCT, &values, |r| {
                Ok(Done {
                    person: r.get(0)?,
                    responsibility: r.get(1)?,
                    times: r.get(2)?,
                    outside: r.get(3)?,
                })
            })?);
        }
        // What visitors of a portal asked for was nobody's work.
        done.retain(|d| d.person != Actor::NOBODY);
        if let Some(team) = team {
            let members = teams::members_of(conn, ws, team)?;
            done.retain(|d| members.iter().any(|m| m.id == d.person));
        }
        let (held, unowned, chartered) = held_in(conn, ws, &products, team, now)?;
        let parts = parts_of(&done, &held);
        let both = holds_both(&parts, &done, &held);
        Ok(Self { ws, now, since, products, team, done, parts, held, chartered, unowned, both })
    }

    /// What was exercised in the scope over the window.
    pub fn events(&self) -> usize {
        let all: i64 = self.done.iter().map(|d| d.times).sum();
        usize::try_from(all).unwrap_or_default()
    }

    /// How many people did anything here.
    pub fn people(&self) -> usize {
        self.done.iter().map(|d| d.person).collect::<BTreeSet<_>>().len()
    }

    /// The part of somebody here; whoever is not known is a maker.
    pub fn part(&self, person: Id) -> Part {
        self.parts.get(&person).copied().unwrap_or(Part::Maker)
    }

    /// The product managers and owners.
    pub fn product_people(&self) -> Vec<Id> {
        let manages = |part: Part| matches!(part, Part::ProductManager | Part::ProductOwner);
        let mut all: Vec<Id> =
            self.parts.iter().filter(|(_, p)| manages(**p)).map(|(id, _)| *id).collect();
        all.sort_unstable();
        all
    }
}

/// The products that a team owns parts of or works on.
fn products_of(conn: &mut Conn, ws: i64, team: Id, since: Time) -> Result<Vec<Id>> {
    let mut all: Vec<Id> = parts::of_team(conn, ws, team)?.iter().map(|p| p.product_id).collect();
    let values = [ws.into(), team.into(), since.day().into()];
    all.extend(conn.query(&PRODUCTS_OF_TEAM, &values, |r| r.get::<Id>(0))?);
    all.sort_unstable();
    all.dedup();
    all.truncate(20);
    Ok(all)
}

/// The places whose charters speak for a scope: its products and, in them, its parts and teams.
fn places(conn: &mut Conn, ws: i64, products: &[Id], team: Option<Id>) -> Result<Vec<Place>> {
    let mut all: Vec<Place> = Vec::new();
    for product in products {
        all.push(Place { product: Some(*product), part: None, team });
        for part in parts::of_product(conn, ws, *product)? {
            if team.is_none() || part.team_id == team {
                all.push(Place {
                    product: Some(*product),
                    part: Some(part.id),
                    team: part.team_id,
                });
            }
        }
    }
    all.truncate(PLACES);
    Ok(all)
}

/// Who holds what, what nobody answers for, and whether any charter holds at all.
fn held_in(
    conn: &mut Conn,
    ws: i64,
    products: &[Id],
    team: Option<Id>,
    now: Time,
) -> Result<(Held, BTreeSet<i64>, bool)> {
    let (mut held, mut chartered) = (Held::new(), false);
    let mut owned: BTreeSet<i64> = BTreeSet::new();
    let mut spoken: BTreeSet<i64> = BTreeSet::new();
    for place in places(conn, ws, products, team)? {
        let holding = Holding::at(conn, ws, &place, now.day())?;
        chartered |= !holding.charters.is_empty();
        for number in numbers() {
            let line = holding.resolve(number).line;
            let number = i64::from(number);
            if !line.is_empty() {
                spoken.insert(number);
            }
            for (person, letter) in line {
                if letter.answers() {
                    owned.insert(number);
                }
                if letter.acts() {
                    *held.entry((person, number)).or_default() |= letter.answers();
                }
            }
        }
    }
    // A charter of a part alone says nothing about the rest of its product.
    let whole = spoken.len() > 20;
    let all: BTreeSet<i64> =
        numbers().map(i64::from).filter(|n| whole || spoken.contains(n)).collect();
    Ok((held, all.difference(&owned).copied().collect(), chartered))
}
