//! The teams of a workspace with their parts and what they have with each other, today or as it
//! stood at the end of a past day.

use std::collections::{BTreeMap, HashMap};

use super::Interaction;
use crate::db::Conn;
use crate::kernel::{Actor, Day, Id, Result};
use crate::people::parts::Part;
use crate::people::products::{self, Product};
use crate::people::teams::Team;
use crate::store::Record;
use crate::{selects, statements};

statements! {
    MEMBERS = "SELECT team_id, COUNT(*) FROM team_member WHERE workspace_id = $1 AND created_at < $2 AND (gone_at IS NULL OR gone_at >= $2) GROUP BY team_id";
}

selects! {
    TEAMS: Team = "team", "valid_from < $2 AND (gone_at IS NULL OR gone_at >= $2) ORDER BY name, id LIMIT 500";
    TEAMS_PAST: Team = "team_version", "valid_from < $2 AND valid_to >= $2 AND gone_at IS NULL ORDER BY name, id LIMIT 500";
    PARTS: Part = "part", "valid_from < $2 AND (gone_at IS NULL OR gone_at >= $2) ORDER BY name, id LIMIT 2000";
    PARTS_PAST: Part = "part_version", "valid_from < $2 AND valid_to >= $2 AND gone_at IS NULL ORDER BY name, id LIMIT 2000";
    INTERACTIONS: Interaction = "team_interaction", "valid_from < $2 AND (gone_at IS NULL OR gone_at >= $2) AND (ended_on IS NULL OR ended_on > $3) ORDER BY starts, id LIMIT 500";
    INTERACTIONS_PAST: Interaction = "team_interaction_version", "valid_from < $2 AND valid_to >= $2 AND gone_at IS NULL AND (ended_on IS NULL OR ended_on > $3) ORDER BY starts, id LIMIT 500";
}

/// How teams stood on a day, as far as one person may see.
pub struct Landscape {
    pub day: Day,
    /// Active teams, by name.
    pub teams: Vec<Team>,
    /// Parts of products that the actor sees, owned or not.
    pub parts: Vec<Part>,
    /// What ran between active teams, and what is to come.
    pub interactions: Vec<Interaction>,
    pub members: HashMap<Id, i64>,
    pub products: Vec<Product>,
}

impl Landscape {
    pub fn team(&self, id: Id) -> Option<&Team> {
        self.teams.iter().find(|t| t.id == id)
    }

    pub fn product(&self, id: Id) -> Option<&Product> {
        self.products.iter().find(|p| p.id == id)
    }
}

/// One row of each record: what holds now and what was superseded can both reach into an instant.
fn newest<R: Record>(rows: impl Iterator<Item = R>) -> Vec<R> {
    let mut by_id: BTreeMap<Id, R> = BTreeMap::new();
    for row in rows {
        let meta = row.meta();
        if by_id.get(&meta.id).is_none_or(|there| there.meta().revision < meta.revision) {
            by_id.insert(meta.id, row);
        }
    }
    by_id.into_values().collect()
}

/// How teams stood at the end of `day`.
pub fn landscape(conn: &mut Conn, actor: &Actor, day: Day) -> Result<Landscape> {
    let (ws, end) = (actor.workspace, day.end());
    let now = TEAMS.all(conn, ws, &[end.into()])?;
    let past = TEAMS_PAST.all(conn, ws, &[end.into()])?;
    let mut teams = newest(now.into_iter().chain(past));
    teams.retain(|t| t.state == "active");
    teams.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let products = products::visible(conn, actor)?;
    let now = PARTS.all(conn, ws, &[end.into()])?;
    let past = PARTS_PAST.all(conn, ws, &[end.into()])?;
    let mut parts = newest(now.into_iter().chain(past));
    parts.retain(|p| products.iter().any(|product| product.id == p.product_id));
    parts.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let values = [end.into(), day.into()];
    let now = INTERACTIONS.all(conn, ws, &values)?;
    let past = INTERACTIONS_PAST.all(conn, ws, &values)?;
    let mut interactions = newest(now.into_iter().chain(past));
    let active = |id: Id| teams.iter().any(|t| t.id == id);
    interactions.retain(|i| active(i.team_id) && active(i.other_id));
    interactions.sort_by_key(|i| (i.starts, i.id));
    let members = conn
        .query(&MEMBERS, &[ws.into(), end.into()], |r| Ok((r.get::<Id>(0)?, r.get::<i64>(1)?)))?
        .into_iter()
        .collect();
    Ok(Landscape { day, teams, parts, interactions, members, products })
}
