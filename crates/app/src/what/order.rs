//! Where the order that people gave departs from a score: one asks why, and keeps the answer.

use wherefore_choose::ranking::{Simulations, order};

use super::methods::METHODS;
use super::ranking::{
    MOST, RUNS, THINGS, as_given_where_level, candidates, contenders, likely_score, longest_rising,
};
use super::scores;
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products::{self, Product};
use crate::statements;
use crate::store::Reader;

statements! {
    MOVED = "SELECT o.id, o.key, o.product_id, o.rank, CAST(0 AS BIGINT) FROM activity a JOIN opportunity o ON o.workspace_id = a.workspace_id AND o.id = a.object_id WHERE a.workspace_id = $1 AND a.change_id = $2 AND a.actor_id = $3 AND a.object_kind = 'opportunity' AND a.effect = 'changed' AND o.gone_at IS NULL AND o.rank_reason = '' UNION ALL SELECT w.id, w.key, w.product_id, w.rank, CAST(1 AS BIGINT) FROM activity a JOIN work_item_now w ON w.workspace_id = a.workspace_id AND w.id = a.object_id WHERE a.workspace_id = $1 AND a.change_id = $2 AND a.actor_id = $3 AND a.object_kind = 'work_item' AND a.effect = 'changed' AND a.changes LIKE '%\"rank\":%' AND w.level = 'epic' AND NOT EXISTS (SELECT 1 FROM epic e WHERE e.workspace_id = w.workspace_id AND e.item_id = w.id AND e.gone_at IS NULL AND e.rank_reason <> '') LIMIT 1";
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

/// Where an opportunity or epic (`of` one of [`THINGS`]) stands with a rank against the method by which
/// most are scored; nothing where it has no such score.
pub fn departure(
    conn: &mut Conn,
    ws: i64,
    product: &Product,
    of: &str,
    (id, rank): (Id, &str),
) -> Result<Option<Departure>> {
    let kind = if of == THINGS[0] { "opportunity" } else { "work_item" };
    let word = scores::leading(conn, ws, product.id, kind, &METHODS)?;
    let Some(word) = word else { return Ok(None) };
    let Ok(method) = scores::method(conn, ws, product.id, word) else { return Ok(None) };
    let mut scored = contenders(conn, ws, product, &method, of)?;
    scored.retain(|c| c.ranges.is_some());
    let Some(own) = scored.iter_mut().find(|c| c.id == id) else { return Ok(None) };
    rank.clone_into(&mut own.rank);
    if scored.len() > MOST {
        return Ok(None);
    }
    scored.sort_by(|a, b| a.rank.cmp(&b.rank));
    let simulations = Simulations { runs: RUNS, ..Simulations::default() };
    let mut by_score = order(&candidates(&scored)?, |at| method.score(at), &simulations);
    as_given_where_level(&mut by_score, |at| likely_score(&method, &scored[at]));
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
    let moved: Option<(Id, String, Id, String, i64)> = cx.conn.query_opt(&MOVED, &values, |r| {
        Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
    })?;
    let Some((id, key, product, rank, epic)) = moved else { return Ok(None) };
    let product = match products::product_by_id(cx.conn, cx.actor, product, Access::Write) {
        Err(Error::NotFound(_) | Error::Forbidden(_)) => return Ok(None),
        found => found?,
    };
    let of = THINGS[usize::from(epic == 1)];
    let departs = departure(cx.conn, ws, &product, of, (id, rank.as_str()))?.filter(|d| d.departs);
    Ok(departs.map(|d| (key, d)))
}
