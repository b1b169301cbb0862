//! Scopes as they are named and seen: a product, a part of one, a team; and the rows that belong to
//! one.

use super::records::{Charter, Handover, ScopeKind, Signature};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::products::{self, Product};
use crate::people::{parts, teams};
use crate::selects;
use crate::store::{Place, load};

selects! {
    OF_SCOPE: Charter = "charter", "scope_id = $2 AND gone_at IS NULL ORDER BY number DESC LIMIT 100";
    ALL: Charter = "charter", "state <> 'superseded' AND gone_at IS NULL ORDER BY id DESC LIMIT 500";
    SIGNED: Signature = "signature", "charter_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 500";
    HANDOVERS: Handover = "handover", "scope_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 200";
}

/// The charters of a scope, the newest first.
pub fn of_scope(conn: &mut Conn, workspace: i64, scope: Id) -> Result<Vec<Charter>> {
    OF_SCOPE.all(conn, workspace, &[scope.into()])
}

/// The charters that hold or are drafted, of all scopes; the last 500.
pub fn current(conn: &mut Conn, workspace: i64) -> Result<Vec<Charter>> {
    ALL.all(conn, workspace, &[])
}

/// Who signed a charter.
pub fn signatures(conn: &mut Conn, workspace: i64, charter: Id) -> Result<Vec<Signature>> {
    SIGNED.all(conn, workspace, &[charter.into()])
}

/// What was handed over in a scope, the newest first.
pub fn handovers_of(conn: &mut Conn, workspace: i64, scope: Id) -> Result<Vec<Handover>> {
    HANDOVERS.all(conn, workspace, &[scope.into()])
}

/// What a charter is for, as it was named and may be seen by whoever asks.
#[derive(Clone, Debug)]
pub struct Ground {
    pub scope: ScopeKind,
    pub id: Id,
    pub place: Place,
    /// `Checkout, a part of Southway Tickets`.
    pub name: String,
    pub product: Option<Product>,
}

impl Ground {
    /// The scope as addresses name it.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        match (&self.product, self.scope) {
            (Some(product), ScopeKind::Part) => {
                vec![("product", product.key.clone()), ("part", self.id.to_string())]
            }
            (Some(product), _) => vec![("product", product.key.clone())],
            (None, _) => vec![("team", self.id.to_string())],
        }
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|t| !t.is_empty())
}

/// The scope that an input names: a team, or a part of a product, or a product.
pub fn ground(
    conn: &mut Conn,
    actor: &Actor,
    product: Option<&str>,
    part: Option<&str>,
    team: Option<&str>,
    access: Access,
) -> Result<Ground> {
    if let Some(team) = given(team) {
        actor.check_role(Access::Write)?;
        let found = teams::named(conn, actor.workspace, team)?;
        let team = found.ok_or(Error::NotFound("team"))?;
        let place = Place { team: Some(team.id), ..Place::default() };
        return Ok(Ground {
            scope: ScopeKind::Team,
            id: team.id,
            place,
            name: team.name,
            product: None,
        });
    }
    let Some(key) = given(product) else {
        return Err(Error::invalid("product", "Name the product or the team that it is for."));
    };
    let product = products::product(conn, actor, key, access)?;
    let place = Place { product: Some(product.id), ..Place::default() };
    let Some(part) = given(part) else {
        let name = product.name.clone();
        let (id, product) = (product.id, Some(product));
        return Ok(Ground { scope: ScopeKind::Product, id, place, name, product });
    };
    let found = parts::named(conn, actor.workspace, product.id, part)?;
    let part = found.ok_or(Error::NotFound("part"))?;
    let name = format!("{}, a part of {}", part.name, product.name);
    let place = Place { part: Some(part.id), team: part.team_id, ..place };
    Ok(Ground { scope: ScopeKind::Part, id: part.id, place, name, product: Some(product) })
}

/// The scope of a charter or hand-over, if this actor may see it and do `access`.
pub fn ground_of(conn: &mut Conn, actor: &Actor, place: Place, access: Access) -> Result<Ground> {
    let word = |id: Option<Id>| id.map(|i| i.to_string());
    match (place.team, place.part, place.product) {
        (Some(team), None, None) => {
            actor.check_role(Access::Write)?;
            let team = teams::by_id(conn, actor.workspace, team)?;
            let name = team.name;
            Ok(Ground { scope: ScopeKind::Team, id: team.id, place, name, product: None })
        }
        (_, part, Some(product)) => {
            let product = products::product_by_id(conn, actor, product, access)?;
            let key = product.key.clone();
            ground(conn, actor, Some(&key), word(part).as_deref(), None, access)
        }
        _ => Err(Error::NotFound("charter")),
    }
}

/// A charter by id with its scope, if this actor may see it and do `access`.
pub fn charter(
    conn: &mut Conn,
    actor: &Actor,
    id: Id,
    access: Access,
) -> Result<(Charter, Ground)> {
    let found = load::<Charter>(conn, actor.workspace, id)?.filter(|c| c.gone_at.is_none());
    let charter = found.ok_or(Error::NotFound("charter"))?;
    let place = Place {
        product: charter.product_id,
        part: charter.part_id,
        team: charter.team_id.filter(|_| charter.kind() == ScopeKind::Team),
    };
    let ground = ground_of(conn, actor, place, access).map_err(|e| match e {
        Error::NotFound(_) => Error::NotFound("charter"),
        other => other,
    })?;
    Ok((charter, ground))
}
