//! What the public reads: ideas that were let in, with what was said about them. Every query here
//! asks for public rows by name.

use super::Site;
use super::comments;
use super::ideas::{self, Idea, IdeaVote};
use crate::db::Conn;
use crate::kernel::{Day, Error, Id, Result, Time};
use crate::people::contacts::Contact;
use crate::store::load;
use crate::thread::path::Sight;
use crate::thread::roadmaps::{Ask, lines};
use crate::why::evidence::Verbatim;
use crate::{selects, statements};

/// Ideas on one page.
pub const PAGE: i64 = 30;
/// Pages beyond this are not asked for by people.
const MOST: i64 = 3_000;

statements! {
    NEWEST = "SELECT i.id, i.title, v.text, i.status, t.votes, i.created_at FROM idea i JOIN evidence e ON e.workspace_id = $1 AND e.id = i.evidence_id AND e.gone_at IS NULL JOIN verbatim v ON v.workspace_id = $1 AND v.id = e.verbatim_id JOIN idea_tally t ON t.workspace_id = $1 AND t.idea_id = i.id WHERE i.workspace_id = $1 AND i.product_id = $2 AND i.state = 'public' AND i.gone_at IS NULL AND (CAST($3 AS TEXT) = '' OR i.status = CAST($3 AS TEXT)) ORDER BY i.id DESC LIMIT $4 OFFSET $5";
    MOST_ASKED = "SELECT i.id, i.title, v.text, i.status, t.votes, i.created_at FROM idea i JOIN evidence e ON e.workspace_id = $1 AND e.id = i.evidence_id AND e.gone_at IS NULL JOIN verbatim v ON v.workspace_id = $1 AND v.id = e.verbatim_id JOIN idea_tally t ON t.workspace_id = $1 AND t.idea_id = i.id WHERE i.workspace_id = $1 AND i.product_id = $2 AND i.state = 'public' AND i.gone_at IS NULL AND (CAST($3 AS TEXT) = '' OR i.status = CAST($3 AS TEXT)) ORDER BY t.votes DESC, i.id DESC LIMIT $4 OFFSET $5";
}

selects! {
    OWN_VOTE: IdeaVote = "idea_vote", "idea_id = $2 AND person_key = $3 AND gone_at IS NULL";
    OWN_WAITING: Idea = "idea", "contact_id = $2 AND state = 'waiting' AND gone_at IS NULL ORDER BY id DESC LIMIT 20";
}

/// An idea in a list.
#[derive(Clone, Debug)]
pub struct Short {
    pub id: Id,
    pub title: String,
    pub text: String,
    pub status: String,
    pub votes: i64,
    pub since: Time,
}

/// What a list shows.
#[derive(Clone, Default)]
pub struct Wanted {
    /// Those that most people ask for come first; else the newest.
    pub most_asked: bool,
    /// Of this status; all if empty.
    pub status: String,
    /// Counted from 0.
    pub page: i64,
}

/// A page of public ideas, and whether there are more.
pub fn list(conn: &mut Conn, site: &Site, wanted: &Wanted) -> Result<(Vec<Short>, bool)> {
    let sql = if wanted.most_asked { &MOST_ASKED } else { &NEWEST };
    let offset = (wanted.page.clamp(0, MOST / PAGE) * PAGE).into();
    let values = [
        site.ws.into(),
        site.product.id.into(),
        wanted.status.clone().into(),
        (PAGE + 1).into(),
        offset,
    ];
    let mut all = conn.query(sql, &values, |r| {
        Ok(Short {
            id: r.get(0)?,
            title: r.get(1)?,
            text: r.get(2)?,
            status: r.get(3)?,
            votes: r.get(4)?,
            since: r.get(5)?,
        })
    })?;
    let more = all.len() as i64 > PAGE;
    all.truncate(usize::try_from(PAGE).unwrap_or(30));
    Ok((all, more))
}

/// Something said under an idea.
pub struct Said {
    pub who: String,
    /// In the product's name.
    pub team: bool,
    pub text: String,
    pub at: Time,
}

/// An idea on its page.
pub struct Whole {
    pub idea: Short,
    pub who: String,
    pub reason: String,
    /// It is seen by its author alone until it is let in.
    pub waiting: bool,
    /// Whether this visitor asks for it.
    pub voted: bool,
    pub said: Vec<Said>,
}

/// The name of whoever wrote something, as they gave it.
fn name(conn: &mut Conn, ws: i64, contact: Id) -> Result<String> {
    let found = load::<Contact>(conn, ws, contact)?.filter(|c| c.state != "gone");
    Ok(found.map(|c| c.name).filter(|n| !n.is_empty()).unwrap_or_else(|| "Somebody".into()))
}

/// A public idea; one that waits, for its author.
pub fn whole(conn: &mut Conn, site: &Site, id: Id, visitor: Option<&Contact>) -> Result<Whole> {
    let missing = || Error::NotFound("idea");
    let idea = load::<Idea>(conn, site.ws, id)?
        .filter(|i| i.product_id == site.product.id && i.gone_at.is_none())
        .ok_or_else(missing)?;
    let own = visitor.is_some_and(|v| v.id == idea.contact_id);
    let waiting = idea.state == "waiting";
    if idea.state != "public" && !(waiting && own) {
        return Err(missing());
    }
    let evidence = ideas::evidence(conn, site.ws, &idea)?;
    let words = load::<Verbatim>(conn, site.ws, evidence.verbatim_id)?.ok_or_else(missing)?;
    let voted = match visitor {
        Some(v) => {
            let own = [idea.id.into(), v.person_key.clone().into()];
            OWN_VOTE.first(conn, site.ws, &own)?.is_some()
        }
        None => false,
    };
    let mut said = Vec::new();
    for comment in comments::shown(conn, site.ws, idea.id)? {
        let who = match comment.contact_id {
            Some(contact) => name(conn, site.ws, contact)?,
            None => site.portal.title.clone(),
        };
        let team = comment.contact_id.is_none();
        said.push(Said { who, team, text: comment.text, at: comment.created_at });
    }
    Ok(Whole {
        who: name(conn, site.ws, idea.contact_id)?,
        reason: idea.reason.clone(),
        waiting,
        voted,
        said,
        idea: Short {
            id: idea.id,
            votes: ideas::tally(conn, site.ws, idea.id)?,
            title: idea.title,
            text: words.text,
            status: idea.status,
            since: idea.created_at,
        },
    })
}

/// What a visitor wrote and nobody has looked at yet.
pub fn own_waiting(conn: &mut Conn, site: &Site, visitor: &Contact) -> Result<Vec<Idea>> {
    OWN_WAITING.all(conn, site.ws, &[visitor.id.into()])
}

/// The roadmap as customers may hear it: the horizon and the title of each thing, and no date.
pub fn roadmap(conn: &mut Conn, site: &Site, today: Day) -> Result<Vec<(String, String)>> {
    let sight = Sight::only(site.product.id);
    let ask = Ask { product: &site.product, sight: &sight, audience: "customers", at: None, today };
    Ok(lines(conn, site.ws, &ask)?.into_iter().map(|l| (l.horizon, l.title)).collect())
}
