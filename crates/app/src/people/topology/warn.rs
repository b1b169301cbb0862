//! What asks for attention in how teams work with each other: each with what to do, and where that
//! begins. Plain reckoning over a landscape.

use std::collections::{BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Interaction, Landscape, LimitsView, mode_words};
use crate::kernel::{Id, Result};
use crate::people::teams::Team;

/// Items that a team has in hand, in a product and a part of it.
#[derive(Clone, Copy, Debug)]
pub struct InHand {
    pub team: Id,
    pub product: Id,
    pub part: Option<Id>,
    pub items: i64,
}

/// Something that asks for attention.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq, Eq)]
pub struct TeamWarning {
    /// `overdue`, `no-end`, `too-long`, `many-streams`, `many-collaborations`, `unowned-part` or
    /// `shared-part`.
    pub kind: String,
    /// The teams that it concerns.
    pub teams: Vec<Id>,
    pub interaction: Option<Id>,
    /// What is the case.
    pub sentence: String,
    /// What to do.
    pub advice: String,
    /// The button that starts it, and where it leads.
    pub button: String,
    pub href: String,
}

fn warning(
    kind: &str,
    teams: Vec<Id>,
    sentence: String,
    advice: &str,
    (button, href): (&str, String),
) -> TeamWarning {
    TeamWarning {
        kind: kind.to_owned(),
        teams,
        interaction: None,
        sentence,
        advice: advice.to_owned(),
        button: button.to_owned(),
        href,
    }
}

/// Everything that asks for attention, what has run out first.
pub fn warnings(land: &Landscape, limits: &LimitsView, hand: &[InHand]) -> Vec<TeamWarning> {
    let mut all: Vec<TeamWarning> =
        land.interactions.iter().filter_map(|i| of_interaction(land, limits, i)).collect();
    all.sort_by_key(|w| w.kind != "overdue");
    for team in &land.teams {
        all.extend(many_collaborations(land, limits, team));
        all.extend(many_streams(land, limits, team, hand));
    }
    all.extend(unowned(land));
    all.extend(shared(land, hand));
    all
}

/// An interaction that is past its end, has none, or lasts longer than such a thing should.
fn of_interaction(land: &Landscape, limits: &LimitsView, i: &Interaction) -> Option<TeamWarning> {
    let (one, other) = (land.team(i.team_id)?, land.team(i.other_id)?);
    if i.starts > land.day {
        return None;
    }
    let days = i.starts.days_until(land.day);
    let what = match i.mode.as_str() {
        "facilitating" => format!("{} facilitates {}", one.name, other.name),
        "x-as-a-service" => format!("{} serves {}", one.name, other.name),
        _ => format!("{} and {} collaborate", one.name, other.name),
    };
    let most = match i.mode.as_str() {
        "collaboration" => Some(limits.collaboration_days),
        "facilitating" => Some(limits.facilitating_days),
        _ => None,
    };
    let page = format!("/teams/interactions/{}", i.id);
    let (kind, sentence) = match (i.ends, most) {
        (Some(end), _) if end < land.day => (
            "overdue",
            format!(
                "{what} for “{}”; it was to end on {}, {} ago.",
                i.purpose,
                end.words(),
                days_words(end.days_until(land.day))
            ),
        ),
        (_, Some(most)) if days > most => (
            "too-long",
            format!(
                "{what} since {}, {}: {} should take {} at most.",
                i.starts.words(),
                days_words(days),
                mode_words(&i.mode).to_lowercase(),
                days_words(most)
            ),
        ),
        (None, Some(_)) => {
            ("no-end", format!("{what} for “{}”, and no end is expected.", i.purpose))
        }
        _ => return None,
    };
    let advice = match (kind, i.mode.as_str()) {
        ("no-end", _) => "Say by when it should have done its work.",
        (_, "collaboration") => {
            "Look at what was found out together: end it, let one team offer the rest as a service, or give it a new end with a reason."
        }
        (_, "facilitating") => {
            "Ask the team whether it can do it alone now: end it, or say what is still missing and by when."
        }
        _ => "End it, or say until when it is offered.",
    };
    let button = if kind == "no-end" { "Set an end" } else { "End or change it" };
    let teams = vec![one.id, other.id];
    let made = warning(kind, teams, sentence, advice, (button, page));
    Some(TeamWarning { interaction: Some(i.id), ..made })
}

fn days_words(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn many_collaborations(land: &Landscape, limits: &LimitsView, team: &Team) -> Option<TeamWarning> {
    if team.kind != "stream-aligned" {
        return None;
    }
    let with: Vec<&str> = land
        .interactions
        .iter()
        .filter(|i| i.mode == "collaboration" && i.starts <= land.day)
        .filter_map(|i| match team.id {
            id if id == i.team_id => Some(i.other_id),
            id if id == i.other_id => Some(i.team_id),
            _ => None,
        })
        .filter_map(|other| land.team(other).map(|t| t.name.as_str()))
        .collect();
    let count = i64::try_from(with.len()).unwrap_or(i64::MAX);
    (count > limits.collaborations).then(|| {
        warning(
            "many-collaborations",
            vec![team.id],
            format!(
                "{} collaborates with {} teams at once: {}. More than {} costs its stream.",
                team.name,
                with.len(),
                with.join(", "),
                limits.collaborations
            ),
            "Keep the one that finds out most, and end or postpone the others.",
            ("Look at its interactions", format!("/teams/{}", team.id)),
        )
    })
}

/// A team with too many products, parts or items at once.
fn many_streams(
    land: &Landscape,
    limits: &LimitsView,
    team: &Team,
    hand: &[InHand],
) -> Option<TeamWarning> {
    let parts: Vec<_> = land.parts.iter().filter(|p| p.team_id == Some(team.id)).collect();
    let mine = || hand.iter().filter(|h| h.team == team.id);
    let products: BTreeSet<Id> =
        parts.iter().map(|p| p.product_id).chain(mine().map(|h| h.product)).collect();
    let items: i64 = mine().map(|h| h.items).sum();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let mut too_many = Vec::new();
    for (value, limit, word) in [
        (count(products.len()), limits.products, "products"),
        (count(parts.len()), limits.parts, "parts"),
        (items, limits.under_way, "items in hand"),
    ] {
        if value > limit {
            too_many.push(format!("{value} {word} (more than {limit})"));
        }
    }
    if too_many.is_empty() {
        return None;
    }
    // Too much at once is for the team to finish; too many parts are for somebody to give away.
    let (advice, button, href) = match parts.first().and_then(|p| land.product(p.product_id)) {
        Some(product) if items <= limits.under_way => (
            "Give a part or a product to another team, or split the team along its streams.",
            "Give a part to another team",
            format!("/p/{}/settings", product.key),
        ),
        _ => (
            "Finish before beginning more, and set limits on what is under way.",
            "See what it has in hand",
            format!("/teams/{}", team.id),
        ),
    };
    let sentence = format!("{} has {}.", team.name, too_many.join(", "));
    Some(warning("many-streams", vec![team.id], sentence, advice, (button, href)))
}

/// Parts that no team has, told once for each product.
fn unowned(land: &Landscape) -> Vec<TeamWarning> {
    let of = |product: Id| {
        let free = |p: &&crate::people::parts::Part| p.product_id == product && p.team_id.is_none();
        land.parts.iter().filter(free).map(|p| p.name.as_str()).collect::<Vec<_>>()
    };
    land.products
        .iter()
        .map(|product| (product, of(product.id)))
        .filter(|(_, names)| !names.is_empty())
        .map(|(product, names)| {
            warning(
                "unowned-part",
                Vec::new(),
                format!("No team owns {} of {}.", names.join(", "), product.name),
                "Give each to the team that looks after it already, or say that it is nobody's by removing it.",
                ("Give it to a team", format!("/p/{}/settings", product.key)),
            )
        })
        .collect()
}

/// Parts that one team owns and another works in: two owners in fact.
fn shared(land: &Landscape, hand: &[InHand]) -> Vec<TeamWarning> {
    let mut all = Vec::new();
    for part in &land.parts {
        let (Some(owner), Some(product)) =
            (part.team_id.and_then(|id| land.team(id)), land.product(part.product_id))
        else {
            continue;
        };
        let mut others: HashMap<Id, i64> = HashMap::new();
        for h in hand.iter().filter(|h| h.part == Some(part.id) && h.team != owner.id) {
            *others.entry(h.team).or_default() += h.items;
        }
        let mut others: Vec<(&Team, i64)> =
            others.into_iter().filter_map(|(id, n)| land.team(id).map(|t| (t, n))).collect();
        others.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
        let Some((other, items)) = others.first() else { continue };
        let word = if *items == 1 { "item" } else { "items" };
        let query = serde_urlencoded::to_string([("part", &part.name)]).unwrap_or_default();
        all.push(warning(
            "shared-part",
            vec![owner.id, other.id],
            format!(
                "{} of {} has two owners in fact: it is {}’s, and {} has {items} {word} in hand there.",
                part.name, product.name, owner.name, other.name
            ),
            "Give the part to one of them, split it, or say what the two do together and until when.",
            ("See what is in hand there", format!("/p/{}/list?{query}", product.key)),
        ));
    }
    all
}

impl TeamWarning {
    /// Whether it concerns this team.
    pub fn concerns(&self, team: Id) -> bool {
        self.teams.contains(&team)
    }
}

/// What asks for attention in a team's interactions, without what it has in hand.
pub fn of_team(
    conn: &mut crate::db::Conn,
    ws: i64,
    team: Id,
    day: crate::kernel::Day,
) -> Result<Vec<TeamWarning>> {
    let limits = super::limits(conn, ws)?;
    let interactions = super::running_of(conn, ws, team)?;
    let teams = crate::people::teams::active(conn, ws)?;
    let land = Landscape {
        day,
        teams,
        parts: Vec::new(),
        interactions,
        members: HashMap::new(),
        products: Vec::new(),
    };
    let all = warnings(&land, &limits, &[]);
    Ok(all.into_iter().filter(|w| w.concerns(team)).collect())
}

#[cfg(test)]
mod tests;
