//! Policies: how a team works. Its states and what each means, what may follow what, limits,
//! definitions, cadence. A product has one too, for what no team has taken. There is one way to ask
//! for the workflow of an item: [`workflow`].

mod draft;
mod named;
mod presets;
mod states;
mod views;

pub use draft::{DiscardPolicy, DraftPolicy, EditPolicy, SetRhythm, draft, draft_again};
pub use named::{knows_state, renamed, resolve, state_names};
pub use presets::{OVERLAYS, PRESETS, Preset, preset};
pub use states::{RemovePolicyState, SetPolicyState, add_states};
pub use views::{GetPolicy, ListPolicies, PolicyView, list_of, view};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::products;
use super::teams;
use crate::db::{Asked, Conn};
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::store::{Change, Fields, Indexed, Listed, Words, load};
use crate::{new_row, record, selects, statements};

/// A state of a workflow, a column of a board.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PolicyState {
    pub name: String,
    /// What it means: `backlog`, `unstarted`, `started`, `in-review`, `accepted` or `dropped`.
    pub category: String,
    /// The most items that it should hold at once.
    pub limit: Option<i64>,
    /// What has to be true before an item leaves it.
    pub exit: String,
}

/// A state that may follow another.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Transition {
    pub from: String,
    pub to: String,
}

/// A ceremony that comes again and again.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Rhythm {
    /// One of [`CEREMONIES`].
    pub kind: String,
    /// One of [`RHYTHMS`].
    pub every: String,
    /// The timebox.
    pub minutes: i64,
}

/// Classes of service, the most urgent first.
pub const CLASSES: [&str; 4] = ["expedite", "fixed-date", "standard", "intangible"];

/// Ceremonies that the frameworks know.
pub const CEREMONIES: [&str; 12] = [
    "planning",
    "refinement",
    "daily",
    "review",
    "retro",
    "replenishment",
    "delivery-planning",
    "service-review",
    "demo",
    "steering",
    "build-measure-learn",
    "interaction-review",
];

/// How often a ceremony comes; `sprint` and `gate` once in each of them.
pub const RHYTHMS: [&str; 7] = ["day", "week", "two-weeks", "month", "quarter", "sprint", "gate"];

/// What estimates are made in.
pub const ESTIMATES: [&str; 4] = ["points", "sizes", "hours", "none"];

record! {
    /// How a team works, or a product where no team has taken an item.
    pub struct Policy in "policy", versioned: true {
        pub product_id: Option<Id>,
        pub team_id: Option<Id>,
        /// Counts the policies of one owner.
        pub number: i64,
        /// The preset that it came from.
        pub preset: String,
        pub overlays: Words,
        /// `draft`, `active` or `superseded`.
        pub state: String,
        pub author_id: Option<Id>,
        pub states: Listed<PolicyState>,
        /// Empty: any state may follow any.
        pub transitions: Listed<Transition>,
        /// `warn` or `block`.
        pub wip_rule: String,
        /// Started items of one person.
        pub wip_person: Option<i64>,
        /// Started items of the whole team.
        pub wip_total: Option<i64>,
        /// Started items of a class of service, by its word.
        pub wip_classes: Fields,
        /// The state in which the clock of the cycle time starts, and the one that stops it.
        pub started: String,
        pub finished: String,
        /// The service level expectation: so many percent within so many days.
        pub sle_days: Option<i64>,
        pub sle_share: i64,
        /// The Definition of Ready; empty where the team uses none.
        pub ready: Words,
        /// The Definition of Done.
        pub done: Words,
        /// One of [`ESTIMATES`].
        pub estimates: String,
        pub cadence: Listed<Rhythm>,
        pub sprint_days: Option<i64>,
        pub artefacts: Words,
        pub metrics: Words,
        /// What a gate asks for, as templates of its criteria.
        pub must_meet: Words,
        pub should_meet: Words,
        /// Further agreements, as Markdown.
        pub notes: String,
        /// What the states of the policy before became in this one.
        pub maps: Fields,
        /// Since when it holds.
        pub since: Option<Time>,
    }
}

impl Indexed for Policy {
    fn product(&self) -> Option<Id> {
        self.product_id
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn settled(&self, _: &str) -> Option<&'static str> {
        (self.state != "draft").then_some(
            "This policy was put into force and stays as it is. Draft a new one from it.",
        )
    }
}

selects! {
    ACTIVE_OF_TEAM: Policy = "policy", "team_id = $2 AND state = 'active' AND gone_at IS NULL LIMIT 1";
    ACTIVE_OF_PRODUCT: Policy = "policy", "product_id = $2 AND state = 'active' AND gone_at IS NULL LIMIT 1";
    OF_TEAM: Policy = "policy", "team_id = $2 AND gone_at IS NULL ORDER BY number DESC LIMIT 100";
    OF_PRODUCT: Policy = "policy", "product_id = $2 AND gone_at IS NULL ORDER BY number DESC LIMIT 100";
}

statements! {
    TEAMS_AT_WORK = "SELECT t.id, t.name FROM policy p JOIN team t ON t.workspace_id = p.workspace_id AND t.id = p.team_id WHERE p.workspace_id = $1 AND p.team_id IS NOT NULL AND p.state = 'active' AND p.gone_at IS NULL AND EXISTS (SELECT 1 FROM work_item w WHERE w.workspace_id = $1 AND w.team_id = p.team_id AND w.product_id = $2) ORDER BY t.name LIMIT 100";
}

/// Whose policy it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    Product(Id),
    Team(Id),
}

impl Policy {
    /// Whose it is; a row that names neither belongs to nobody and is found by nobody.
    pub fn owner(&self) -> Owner {
        match (self.team_id, self.product_id) {
            (Some(team), _) => Owner::Team(team),
            (None, product) => Owner::Product(product.unwrap_or_else(Id::new)),
        }
    }

    /// The state of that name.
    pub fn named(&self, name: &str) -> Option<&PolicyState> {
        self.states.iter().find(|s| s.name.eq_ignore_ascii_case(name.trim()))
    }

    /// What a state is called now that may be one of the workflows before.
    pub fn now_called<'p>(&'p self, name: &'p str) -> &'p str {
        let name = name.trim();
        let mut became = self.maps.iter().filter(|(from, _)| from.eq_ignore_ascii_case(name));
        let now = became.find_map(|(_, to)| self.named(to));
        now.filter(|_| self.named(name).is_none()).map_or(name, |state| &state.name)
    }

    /// The first state that means `category`, or what comes nearest to it.
    pub fn meaning(&self, category: &str) -> Option<&PolicyState> {
        let near: &[&str] = match category {
            "backlog" => &["backlog", "unstarted"],
            "unstarted" => &["unstarted", "backlog", "started"],
            "started" => &["started", "unstarted"],
            "in-review" => &["in-review", "started"],
            "accepted" => &["accepted"],
            _ => &["dropped", "accepted"],
        };
        let of = |wanted: &&str| self.states.iter().find(|s| s.category == *wanted);
        near.iter().find_map(of).or_else(|| self.states.first())
    }

    /// Where an item in a state of another workflow belongs in this one.
    pub fn fitting(&self, name: &str, category: &str) -> Option<&PolicyState> {
        self.named(name).filter(|s| s.category == category).or_else(|| self.meaning(category))
    }

    /// Refuses a step that the transitions do not have. Dropping is always possible.
    pub fn check_step(&self, from: &str, to: &PolicyState) -> Result<()> {
        let known = self.named(from).is_some();
        let open = self.transitions.is_empty() || !known || to.category == "dropped";
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        if open || self.transitions.iter().any(|t| same(&t.from, from) && same(&t.to, &to.name)) {
            return Ok(());
        }
        let next: Vec<&str> = self
            .transitions
            .iter()
            .filter(|t| same(&t.from, from))
            .map(|t| t.to.as_str())
            .collect();
        let next = if next.is_empty() { "nothing".to_owned() } else { next.join(", ") };
        Err(Error::refused(format!(
            "The policy lets {next} follow “{from}”, not “{}”. Move it step by step, or change the policy.",
            to.name
        )))
    }

    /// The most started items of a class of service; what has no class is standard.
    pub fn class_limit(&self, class: &str) -> Option<i64> {
        self.wip_classes.get(class).and_then(|most| most.parse().ok())
    }

    /// The place of a state in the workflow.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|s| s.name == name)
    }
}

/// The policy that holds for items of a product, of a team where one has taken them.
pub fn workflow(conn: &mut Conn, ws: i64, product: Id, team: Option<Id>) -> Result<Policy> {
    if let Some(team) = team
        && let Some(policy) = of_team(conn, ws, team)?
    {
        return Ok(policy);
    }
    of_product(conn, ws, product)
}

/// What [`workflow`] will ask first, as [`Conn::ahead`] takes it.
pub fn workflow_asked(ws: i64, product: Id, team: Option<Id>) -> Asked<'static> {
    match team {
        Some(team) => ACTIVE_OF_TEAM.asked(ws, &[team.into()]),
        None => ACTIVE_OF_PRODUCT.asked(ws, &[product.into()]),
    }
}

/// The policy that a team works by, if it has one of its own.
pub fn of_team(conn: &mut Conn, ws: i64, team: Id) -> Result<Option<Policy>> {
    ACTIVE_OF_TEAM.first(conn, ws, &[team.into()])
}

/// The policy of a product, for items that no team with a policy has taken.
pub fn of_product(conn: &mut Conn, ws: i64, product: Id) -> Result<Policy> {
    ACTIVE_OF_PRODUCT
        .first(conn, ws, &[product.into()])?
        .ok_or_else(|| Error::internal("a product without a workflow"))
}

/// The active policy of an owner.
pub fn active(conn: &mut Conn, ws: i64, owner: Owner) -> Result<Option<Policy>> {
    match owner {
        Owner::Team(team) => of_team(conn, ws, team),
        Owner::Product(product) => ACTIVE_OF_PRODUCT.first(conn, ws, &[product.into()]),
    }
}

/// All policies of an owner, the newest first.
pub fn all_of(conn: &mut Conn, ws: i64, owner: Owner) -> Result<Vec<Policy>> {
    match owner {
        Owner::Team(team) => OF_TEAM.all(conn, ws, &[team.into()]),
        Owner::Product(product) => OF_PRODUCT.all(conn, ws, &[product.into()]),
    }
}

/// The teams that work on a product by a policy of their own: id and name.
pub fn teams_on(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<(Id, String)>> {
    conn.query(&TEAMS_AT_WORK, &[ws.into(), product.into()], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// A policy by id, if this actor may see its owner and do `access`.
pub fn policy(conn: &mut Conn, actor: &Actor, id: Id, access: Access) -> Result<Policy> {
    let missing = || Error::NotFound("policy");
    let found = load::<Policy>(conn, actor.workspace, id)?;
    let found = found.filter(|p| p.gone_at.is_none()).ok_or_else(missing)?;
    match found.owner() {
        Owner::Product(product) => {
            products::product_by_id(conn, actor, product, access)
                .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
        }
        Owner::Team(_) => {
            actor.check_role(Access::Write)?;
            actor.check(access)?;
        }
    }
    Ok(found)
}

/// Who is meant by a team or a product's key, if this actor may do `access` there.
pub fn owner(
    conn: &mut Conn,
    actor: &Actor,
    team: Option<Id>,
    product: Option<&str>,
    access: Access,
) -> Result<Owner> {
    match (team, product.filter(|p| !p.trim().is_empty())) {
        (Some(team), None) => {
            actor.check_role(Access::Write)?;
            actor.check(access)?;
            Ok(Owner::Team(teams::by_id(conn, actor.workspace, team)?.id))
        }
        (None, Some(key)) => Ok(Owner::Product(products::product(conn, actor, key, access)?.id)),
        _ => Err(Error::invalid("team", "Say whose policy it is: a team's, or a product's.")),
    }
}

/// Writes the first policy of a new product.
pub fn found(cx: &mut Change<'_>, product: Id) -> Result<Policy> {
    let mut policy = blank(cx, Owner::Product(product), 1);
    presets::fill(&mut policy, presets::preset("plain")?);
    "active".clone_into(&mut policy.state);
    policy.since = Some(cx.happened);
    cx.insert(&policy)?;
    Ok(policy)
}

/// An empty draft.
fn blank(cx: &mut Change<'_>, owner: Owner, number: i64) -> Policy {
    let (product, team) = match owner {
        Owner::Product(product) => (Some(product), None),
        Owner::Team(team) => (None, Some(team)),
    };
    new_row!(
        cx,
        Policy {
            product_id: product,
            team_id: team,
            number: number,
            preset: String::new(),
            overlays: Words::default(),
            state: "draft".to_owned(),
            author_id: Some(cx.actor.person),
            states: Listed::default(),
            transitions: Listed::default(),
            wip_rule: "warn".to_owned(),
            wip_person: None,
            wip_total: None,
            wip_classes: Fields::default(),
            started: String::new(),
            finished: String::new(),
            sle_days: None,
            sle_share: 85,
            ready: Words::default(),
            done: Words::default(),
            estimates: "points".to_owned(),
            cadence: Listed::default(),
            sprint_days: None,
            artefacts: Words::default(),
            metrics: Words::default(),
            must_meet: Words::default(),
            should_meet: Words::default(),
            notes: String::new(),
            maps: Fields::default(),
            since: None,
        }
    )
}
