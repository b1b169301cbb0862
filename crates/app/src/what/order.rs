//! Where the order that people gave departs from a score: one asks why, and keeps the answer.

use wherefore_choose::ranking::{Simulations, order};

use super::methods::METHODS;
use super::opportunities::Opportunity;
use super::ranking::{MOST, RUNS, THINGS, candidates, contenders, longest_rising};
use super::scores;
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products::{self, Product};
use crate::statements;
use crate::store::{Reader, load};

statements! {
    MOVED = "SELECT object_id FROM activity WHERE workspace_id = $1 AND change_id = $2 AND actor_id = $3 AND object_kind = 'opportunity' AND effect = 'changed' LIMIT 1";
}

/// Where something stands against its score.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The method's name.
    pub method: String,
    /// Its place by the score and in the order that people gave, from 1, among so many.
    pub scored: usize,
    pub stands: usize,
    pub of: usize,
    /// It is one of the fewest that must have been moved on purpose.
    pub departs: bool,
}

impl Departure {
    /// Whether a reason given for `before` still tells why it stands here: it departs to the same side.
    pub fn like(&self, before: &Self) -> bool {
        let side = |d: &Self| d.stands.cmp(&d.scored);
        self.departs && before.departs && side(self) == side(before)
    }

    /// In words, as `By RICE it comes 2nd of 6, and it stands 5th`.
    pub fn words(&self) -> String {
        let nth = |n: usize| match (n % 10, n % 100) {
            (1, t) if t != 11 => format!("{n}st"),
            (2, t) if t != 12 => format!("{n}nd"),
            (3, t) if t != 13 => format!("{n}rd"),
            _ => format!("{n}th"),
        };
        let (scored, stands) = (nth(self.scored), nth(self.stands));
        format!("By {} it comes {scored} of {}, and it stands {stands}", self.method, self.of)
    }
}

/// Where an opportunity stands against the method by which most are scored, or would stand with
/// another rank; nothing where it has no such score.
pub fn departure(
    conn: &mut Conn,
    ws: i64,
    product: &Product,
    id: Id,
    rank: &str,
) -> Result<Option<Departure>> {
    let word = scores::leading(conn, ws, product.id, "opportunity", &METHODS)?;
    let Some(word) = word else { return Ok(None) };
    let Ok(method) = scores::method(conn, ws, product.id, word) else { return Ok(None) };
    let mut scored = contenders(conn, ws, product, &method, THINGS[0])?;
    scored.retain(|c| c.ranges.is_some());
    let Some(own) = scored.iter_mut().find(|c| c.id == id) else { return Ok(None) };
    rank.clone_into(&mut own.rank);
    if scored.len() > MOST {
        return Ok(None);
    }
    scored.sort_by(|a, b| a.rank.cmp(&b.rank));
    let simulations = Simulations { runs: RUNS, ..Simulations::default() };
    let by_score = order(&candidates(&scored)?, |at| method.score(at), &simulations);
    let kept = longest_rising(&by_score);
    let stands = scored.iter().position(|c| c.id == id);
    let place = stands.and_then(|at| by_score.iter().position(|one| *one == at));
    Ok(stands.zip(place).map(|(stands, place)| Departure {
        method: method.name.to_owned(),
        scored: place + 1,
        stands: stands + 1,
        of: scored.len(),
        departs: !kept.contains(&stands),
    }))
}

/// What is asked after a move of one's own: the key of what was moved, and how it departs from its
/// score; nothing where it does not, or somebody said why.
pub fn asked(cx: &mut Reader<'_>, change: Id) -> Result<Option<(String, Departure)>> {
    let ws = cx.actor.workspace;
    let values = [ws.into(), change.into(), cx.actor.person.into()];
    let moved: Option<Id> = cx.conn.query_opt(&MOVED, &values, |r| r.get(0))?;
    let Some(id) = moved else { return Ok(None) };
    let found = load::<Opportunity>(cx.conn, ws, id)?;
    let Some(o) = found.filter(|o| o.gone_at.is_none() && o.rank_reason.is_empty()) else {
        return Ok(None);
    };
    let product = match products::product_by_id(cx.conn, cx.actor, o.product_id, Access::Write) {
        Err(Error::NotFound(_) | Error::Forbidden(_)) => return Ok(None),
        found => found?,
    };
    let departs = departure(cx.conn, ws, &product, o.id, &o.rank)?.filter(|d| d.departs);
    Ok(departs.map(|d| (o.key, d)))
}
