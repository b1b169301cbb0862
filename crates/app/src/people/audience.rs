//! Who sees a product: whom one can mention there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::members::{self, Person};
use super::products::{self, Product};
use crate::db::Conn;
use crate::kernel::{Access, Id, Result, Role};
use crate::store::{Meta, Query, Reader};

/// Whether a product is open to somebody who is not named in it.
fn is_open(person: &Person, product: &Product) -> bool {
    let role = Role::parse(&person.role).unwrap_or(Role::Guest);
    role == Role::Owner || (!product.private && role >= Role::Member)
}

/// Whether somebody sees a product, once they are in.
pub fn sees(conn: &mut Conn, workspace: i64, person: &Person, product: &Product) -> Result<bool> {
    Ok(is_open(person, product) || products::is_named(conn, workspace, product.id, person.id)?)
}

/// The active people who see a product, by name.
pub fn audience(conn: &mut Conn, workspace: i64, product: &Product) -> Result<Vec<Person>> {
    let named = products::members(conn, workspace, product.id)?;
    let mut people = members::all(conn, workspace)?;
    people
        .retain(|p| p.active && (is_open(p, product) || named.iter().any(|n| n.person_id == p.id)));
    Ok(people)
}

/// How each of them is written after an `@`: the whole name, and the first word of it where nobody
/// else has the same.
pub fn spellings(people: &[Person]) -> Vec<(String, Id)> {
    let first = |p: &Person| p.name.split_whitespace().next().unwrap_or_default().to_lowercase();
    let mut all: Vec<(String, Id)> = people.iter().map(|p| (p.name.clone(), p.id)).collect();
    for person in people {
        let short = first(person);
        if people.iter().filter(|p| first(p) == short).count() == 1 {
            all.push((short, person.id));
        }
    }
    all
}

/// List whom you can mention in a product, by the beginning of any word of the name; the first 8.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListAudience {
    pub product: String,
    pub q: String,
}

/// Somebody to mention.
#[derive(Serialize, JsonSchema)]
pub struct Mentionable {
    pub name: String,
    pub title: String,
}

impl Query for ListAudience {
    type Output = Vec<Mentionable>;
    const META: Meta = Meta::query(
        "list-audience",
        "List whom you can mention in a product",
        "/products/{product}/audience",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Mentionable>> {
        const SHOWN: usize = 8;
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let mut people = audience(cx.conn, ws, &product)?;
        // Guests do not get to know the whole company.
        if cx.actor.role < Role::Member {
            let named = products::members(cx.conn, ws, product.id)?;
            people.retain(|p| named.iter().any(|n| n.person_id == p.id));
        }
        let q = self.q.trim().to_lowercase();
        let begins = |p: &Person| {
            let name = p.name.to_lowercase();
            name.starts_with(&q) || name.split_whitespace().any(|word| word.starts_with(&q))
        };
        let found = people.into_iter().filter(|p| p.id != cx.actor.person && begins(p));
        Ok(found.take(SHOWN).map(|p| Mentionable { name: p.name, title: p.title }).collect())
    }
}
