//! What a file can hang on. Loading is authorising: who may not see the thing finds no file.

use crate::db::Conn;
use crate::how::ceremonies::Ceremony;
use crate::how::gates;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::products;
use crate::store::{Change, load};
use crate::thread::comments::Comment;
use crate::thread::nodes::{Keyed, find_any, load_keyed};

/// Something that files hang on.
pub struct Place {
    pub kind: String,
    pub id: Id,
    pub product: Option<Id>,
    /// How it is named: its key, or its kind and id.
    pub on: String,
    /// The page on which it stands.
    pub href: String,
    pub part: Option<Id>,
    pub team: Option<Id>,
}

impl Place {
    /// Has the change say whose part and team this concerns.
    pub(super) fn mark(&self, cx: &mut Change<'_>) {
        (cx.part, cx.team) = (self.part, self.team);
    }
}

/// What `on` names: a key, a product's key, or a kind and an id.
pub fn place(conn: &mut Conn, actor: &Actor, on: &str, access: Access) -> Result<Place> {
    let on = on.trim();
    if on.is_empty() {
        return Err(Error::invalid("on", "Say what the file belongs to: the key of an item."));
    }
    if let Some((kind, id)) = on.split_once('/') {
        let id = id.parse().map_err(|_| Error::NotFound("item"))?;
        return place_of(conn, actor, kind, id, access);
    }
    if !on.contains('-') {
        let product = products::product(conn, actor, on, access)?;
        return Ok(of_product(&product));
    }
    let (found, _) = find_any(conn, actor, on, access)?;
    if found.is_gone() && access > Access::Read {
        return Err(Error::NotFound("item"));
    }
    Ok(of_keyed(&found))
}

/// The same by kind and id; also of things in the bin, for reading.
pub fn place_of(
    conn: &mut Conn,
    actor: &Actor,
    kind: &str,
    id: Id,
    access: Access,
) -> Result<Place> {
    let ws = actor.workspace;
    match kind {
        "product" => {
            let product = products::product_by_id(conn, actor, id, access)?;
            Ok(of_product(&product))
        }
        "comment" => {
            let comment = load::<Comment>(conn, ws, id)?.ok_or(Error::NotFound("comment"))?;
            let mut on = place_of(conn, actor, &comment.object_kind, comment.object_id, access)?;
            on.href = format!("{}#comment-{id}", on.href);
            Ok(Place { kind: kind.to_owned(), id, on: format!("comment/{id}"), ..on })
        }
        "gate" => {
            let (gate, product) = gates::by_id(conn, actor, id, access)?;
            Ok(Place {
                kind: kind.to_owned(),
                id,
                product: Some(product.id),
                on: format!("gate/{id}"),
                href: format!("/p/{}/gates/{id}/pack", product.key),
                part: None,
                team: gate.team_id,
            })
        }
        "ceremony" => {
            actor.check_role(access.max(Access::Write))?;
            let found = load::<Ceremony>(conn, ws, id)?.ok_or(Error::NotFound("ceremony"))?;
            Ok(Place {
                kind: kind.to_owned(),
                id,
                product: None,
                on: format!("ceremony/{id}"),
                href: format!("/ceremonies/{id}"),
                part: None,
                team: Some(found.team_id),
            })
        }
        _ => {
            let missing = || Error::NotFound("item");
            let found = load_keyed(conn, ws, kind, id, None)?.ok_or_else(missing)?;
            // By its key, so that what an unfinished import brings stays hidden.
            let (found, _) = find_any(conn, actor, &found.node().key, access)?;
            Ok(of_keyed(&found))
        }
    }
}

fn of_product(product: &products::Product) -> Place {
    Place {
        kind: "product".to_owned(),
        id: product.id,
        product: Some(product.id),
        on: product.key.clone(),
        href: format!("/p/{}/files", product.key),
        part: None,
        team: None,
    }
}

fn of_keyed(found: &Keyed) -> Place {
    let node = found.node();
    let (part, team) = match found {
        Keyed::WorkItem(item) => (item.part_id, item.team_id),
        _ => (None, None),
    };
    Place {
        kind: found.kind().to_owned(),
        id: found.id(),
        product: Some(node.product),
        href: format!("/{}", node.key),
        on: node.key,
        part,
        team,
    }
}
