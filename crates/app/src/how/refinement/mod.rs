//! Refinement: a session that walks through the top of the backlog, with estimates that nobody sees
//! before all are shown.

mod decks;
mod votes;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use decks::{DECKS, deck, deck_words, decks_for};
pub use votes::{AgreeEstimate, RevealVotes, VoteEstimate};

use super::readiness::{self, ReadyCount, ReadyLine};
use super::work_items::{ItemView, Names, WorkItem, by_key, view, views};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::people::members::Person;
use crate::people::nouns::one_of;
use crate::people::products::{self, Product};
use crate::people::{policies, teams};
use crate::store::{Action, Change, Fields, Indexed, Meta, Query, Reader, load};
use crate::{new_row, record, selects, statements};

record! {
    /// A session of refinement.
    pub struct Refinement in "refinement", versioned: false {
        pub product_id: Id,
        pub team_id: Option<Id>,
        /// `open` or `closed`.
        pub state: String,
        /// What is looked at.
        pub item_id: Option<Id>,
        /// Counts the votes on it.
        pub round: i64,
        pub revealed: bool,
        pub person_id: Option<Id>,
        /// The cards that are voted with, one of [`DECKS`]; empty for those of the item's policy.
        pub deck: String,
    }
}

record! {
    /// What somebody thinks an item takes. Its value is never copied into the activity.
    pub struct PokerVote in "poker_vote", versioned: false {
        pub product_id: Id,
        pub refinement_id: Id,
        pub item_id: Id,
        pub round: i64,
        pub person_id: Id,
        pub value: String,
    }
}

impl Indexed for Refinement {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
}

impl Indexed for PokerVote {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["value"]
    }
}

statements! {
    LAST_ROUND = "SELECT MAX(round) FROM poker_vote WHERE workspace_id = $1 AND refinement_id = $2 AND item_id = $3";
}

selects! {
    OF_PRODUCT: Refinement = "refinement", "product_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 50";
    VOTES: PokerVote = "poker_vote", "refinement_id = $2 AND item_id = $3 AND round = $4 AND gone_at IS NULL ORDER BY id LIMIT 200";
    TOP: WorkItem = "work_item_now", "product_id = $2 AND (CAST($3 AS BIGINT) = 0 OR team_id = $4) AND category <> 'accepted' AND category <> 'dropped' AND category <> 'started' AND category <> 'in-review' AND level <> 'epic' AND (sprint_id IS NULL OR sprint_id NOT IN (SELECT s.id FROM sprint s WHERE s.workspace_id = $1 AND s.product_id = $2 AND s.state = 'active' AND s.gone_at IS NULL)) ORDER BY rank LIMIT 25";
}

/// The deck for an item: the one that the session chose where it fits what the item's team estimates
/// in, else the team's.
fn deck_of(conn: &mut Conn, ws: i64, s: &Refinement, item: Option<&WorkItem>) -> Result<String> {
    let team = item.map_or(s.team_id, |i| i.team_id);
    let unit = policies::workflow(conn, ws, s.product_id, team)?.estimates;
    Ok(if decks_for(&unit).contains(&s.deck.as_str()) { s.deck.clone() } else { unit })
}

/// A session by id with its product, if this actor may see it and do `access`.
fn session(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(Refinement, Product)> {
    let missing = || Error::NotFound("refinement");
    let found = load::<Refinement>(conn, actor.workspace, id)?;
    let found = found.filter(|s| s.gone_at.is_none()).ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, found.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((found, product))
}

fn open(cx: &mut Change<'_>, id: Id) -> Result<Refinement> {
    let actor = cx.actor.clone();
    let (found, _) = session(cx.conn(), &actor, id, Access::Write)?;
    if found.state != "open" {
        return Err(Error::refused("This session is over. Start another one."));
    }
    Ok(found)
}

fn looked_at(s: &Refinement) -> Result<Id> {
    s.item_id.ok_or_else(|| Error::refused("Choose first what to look at."))
}

/// A vote: who, and what once all are shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VoteView {
    pub person: String,
    /// Nothing before the votes are shown, but your own.
    pub value: Option<String>,
}

/// A session as programs and pages see it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RefinementView {
    pub id: Id,
    /// The product's key.
    pub product: String,
    pub team: Option<String>,
    pub state: String,
    pub item: Option<ItemView>,
    pub round: i64,
    pub revealed: bool,
    pub votes: Vec<VoteView>,
    /// What can be voted.
    pub deck: Vec<String>,
    /// Which deck that is: one of `points`, `fibonacci`, `sizes`, `hours`, `none`.
    pub deck_name: String,
    /// What the cards are worth, where that is another word than the card: `M` is 3.
    pub worth: Fields,
    /// The Definition of Ready that holds for the item, with what is ticked of it.
    pub ready: Vec<ReadyLine>,
    /// The top of the backlog, in its order.
    pub top: Vec<ItemView>,
    /// How far these are ready, by their keys; nothing where a team uses no Definition of Ready.
    pub top_ready: BTreeMap<String, ReadyCount>,
    pub started_at: Time,
}

fn show(conn: &mut Conn, actor: &Actor, s: &Refinement) -> Result<RefinementView> {
    let ws = actor.workspace;
    let product = load::<Product>(conn, ws, s.product_id)?.map(|p| p.key).unwrap_or_default();
    let mut names = Names::default();
    let (mut item, mut votes, mut ready) = (None, Vec::new(), Vec::new());
    let mut deck_name = deck_of(conn, ws, s, None)?;
    if let Some(id) = s.item_id
        && let Some(found) = load::<WorkItem>(conn, ws, id)?
    {
        for vote in VOTES.all(conn, ws, &[s.id.into(), id.into(), s.round.into()])? {
            let person = load::<Person>(conn, ws, vote.person_id)?.map(|p| p.name);
            let seen = s.revealed || vote.person_id == actor.person;
            let value = seen.then_some(vote.value);
            votes.push(VoteView { person: person.unwrap_or_default(), value });
        }
        ready = readiness::lines(conn, ws, &found)?;
        deck_name = deck_of(conn, ws, s, Some(&found))?;
        item = Some(view(conn, ws, &found, &mut names)?);
    }
    let values = [s.product_id.into(), i64::from(s.team_id.is_some()).into(), s.team_id.into()];
    let top = TOP.all(conn, ws, &values)?;
    let ids = top.iter().map(|i| (i.id, i.team_id));
    let ready_of = readiness::counts(conn, ws, s.product_id, ids)?;
    let keyed = top.iter().filter_map(|i| Some((i.key.clone(), *ready_of.get(&i.id)?)));
    let top_ready = keyed.collect();
    let cards = deck(&deck_name);
    let worth = cards.iter().filter_map(|(card, worth)| {
        let worth = (*worth)?.to_string();
        (worth != *card).then(|| ((*card).to_owned(), worth))
    });
    let top = views(conn, ws, top, &mut names)?;
    Ok(RefinementView {
        id: s.id,
        product,
        team: match s.team_id {
            Some(id) => load::<teams::Team>(conn, ws, id)?.map(|t| t.name),
            None => None,
        },
        state: s.state.clone(),
        item,
        round: s.round,
        revealed: s.revealed,
        votes,
        deck: cards.iter().map(|(card, _)| (*card).to_owned()).collect(),
        worth: Fields(worth.collect()),
        deck_name,
        ready,
        top,
        top_ready,
        started_at: s.created_at,
    })
}

fn shown(cx: &mut Change<'_>, s: &Refinement) -> Result<RefinementView> {
    let actor = cx.actor.clone();
    show(cx.conn(), &actor, s)
}

/// Start a session that walks through the top of the backlog.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct StartRefinement {
    pub product: String,
    /// A team's id or name, to look at its items alone.
    pub team: Option<String>,
    /// The cards: `points`, `fibonacci`, `sizes`, `hours` or `none`; those of the policy if left out.
    pub deck: Option<String>,
}

impl Action for StartRefinement {
    type Output = RefinementView;
    const META: Meta = Meta::action(
        "start-refinement",
        "Start a session that walks through the top of the backlog",
        "POST",
        "/refinements",
    )
    .exercises(&[34]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RefinementView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let team = teams::chosen(cx.conn(), ws, "team", self.team.as_deref())?.map(|t| t.id);
        let deck = self.deck(cx, product.id, team)?;
        let values = [product.id.into(), i64::from(team.is_some()).into(), team.into()];
        let first = TOP.all(cx.conn(), ws, &values)?.first().map(|i| i.id);
        let row = new_row!(
            cx,
            Refinement {
                product_id: product.id,
                team_id: team,
                state: "open".to_owned(),
                item_id: first,
                round: 1,
                revealed: false,
                person_id: Some(actor.person),
                deck: deck,
            }
        );
        cx.insert(&row)?;
        shown(cx, &row)
    }
}

impl StartRefinement {
    /// The deck that is asked for, if it fits what is estimated in.
    fn deck(&self, cx: &mut Change<'_>, product: Id, team: Option<Id>) -> Result<String> {
        let asked = self.deck.as_deref().map(str::trim).filter(|d| !d.is_empty());
        let Some(asked) = asked else { return Ok(String::new()) };
        let asked = one_of("deck", Some(asked), "", &DECKS)?;
        let ws = cx.workspace();
        let unit = policies::workflow(cx.conn(), ws, product, team)?.estimates;
        let fitting = decks_for(&unit);
        if !fitting.contains(&asked.as_str()) {
            let message = format!(
                "Estimates here are made in {unit} and added up, so that the cards are one of: {}. Change the policy's estimates to vote with others.",
                fitting.join(", ")
            );
            return Err(Error::invalid("deck", message));
        }
        Ok(asked)
    }
}

/// Look at another item in a session of refinement: the one named, or the next of the backlog.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct LookAtItem {
    pub refinement: Id,
    /// The next one in the order if left out.
    pub key: Option<String>,
}

impl Action for LookAtItem {
    type Output = RefinementView;
    const META: Meta = Meta::action(
        "look-at-item",
        "Look at another item in a session of refinement: the one named, or the next of the backlog",
        "POST",
        "/refinements/{refinement}/item",
    )
    .exercises(&[34]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RefinementView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let before = open(cx, self.refinement)?;
        let item = match self.key.as_deref().filter(|k| !k.trim().is_empty()) {
            Some(key) => {
                let (item, product) = by_key(cx.conn(), &actor, key, Access::Read)?;
                if product.id != before.product_id {
                    let message = format!("{key} belongs to another product.");
                    return Err(Error::invalid("key", message));
                }
                item.id
            }
            None => {
                let values = [
                    before.product_id.into(),
                    i64::from(before.team_id.is_some()).into(),
                    before.team_id.into(),
                ];
                let top = TOP.all(cx.conn(), ws, &values)?;
                let at = top.iter().position(|i| Some(i.id) == before.item_id);
                let next = top.get(at.map_or(0, |at| at + 1));
                let end = || Error::refused("That was the last of the top of the backlog.");
                next.ok_or_else(end)?.id
            }
        };
        // Whoever comes back to an item votes anew: what was voted before stands in its own round.
        let values = [ws.into(), before.id.into(), item.into()];
        let last: Option<i64> = cx.conn().query_one(&LAST_ROUND, &values, |r| r.get(0))?;
        let mut after = before.clone();
        let round = last.map_or(1, |round| round + 1);
        (after.item_id, after.round, after.revealed) = (Some(item), round, false);
        cx.update(&before, &mut after)?;
        shown(cx, &after)
    }
}

/// End a session of refinement.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EndRefinement {
    pub refinement: Id,
}

impl Action for EndRefinement {
    type Output = RefinementView;
    const META: Meta = Meta::action(
        "end-refinement",
        "End a session of refinement",
        "POST",
        "/refinements/{refinement}/end",
    )
    .exercises(&[34]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RefinementView> {
        let before = open(cx, self.refinement)?;
        let mut after = before.clone();
        "closed".clone_into(&mut after.state);
        cx.update(&before, &mut after)?;
        shown(cx, &after)
    }
}

/// Show a session of refinement.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetRefinement {
    pub refinement: Id,
}

impl Query for GetRefinement {
    type Output = RefinementView;
    const META: Meta =
        Meta::query("get-refinement", "Show a session of refinement", "/refinements/{refinement}");

    fn run(&self, cx: &mut Reader<'_>) -> Result<RefinementView> {
        let (s, _) = session(cx.conn, cx.actor, self.refinement, Access::Read)?;
        show(cx.conn, cx.actor, &s)
    }
}

/// A session in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SessionLine {
    pub id: Id,
    pub state: String,
    pub team: Option<String>,
    pub started_at: Time,
}

/// List a product's sessions of refinement, the newest first; the last 50.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListRefinements {
    pub product: String,
}

impl Query for ListRefinements {
    type Output = Vec<SessionLine>;
    const META: Meta = Meta::query(
        "list-refinements",
        "List a product's sessions of refinement, the newest first",
        "/refinements",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<SessionLine>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let mut all = Vec::new();
        for s in OF_PRODUCT.all(cx.conn, ws, &[product.id.into()])? {
            let team = match s.team_id {
                Some(id) => load::<teams::Team>(cx.conn, ws, id)?.map(|t| t.name),
                None => None,
            };
            all.push(SessionLine { id: s.id, state: s.state, team, started_at: s.created_at });
        }
        Ok(all)
    }
}
