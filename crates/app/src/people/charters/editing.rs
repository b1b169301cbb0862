//! Editing the matrix of a draft, cell by cell or all at once. A responsibility has one accountable
//! person; a second one is refused.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::asking::person;
use super::drafting::{draft, redraw};
use super::matrix::{Letter, Matrix};
use super::views::CharterView;
use crate::kernel::{Error, Id, Result};
use crate::people::members;
use crate::people::responsibilities;
use crate::store::{Action, Change, Meta};

/// Sets a cell, or says who answers already.
fn set(
    cx: &mut Change<'_>,
    matrix: &mut Matrix,
    number: u8,
    person: Id,
    letter: Option<Letter>,
) -> Result<()> {
    let Err(other) = matrix.set(number, person, letter) else { return Ok(()) };
    let workspace = cx.workspace();
    let names = members::names(cx.conn(), workspace)?;
    let called = responsibilities::names(cx.conn(), workspace)?;
    let name = |id: Id| names.get(&id).map_or("Somebody", String::as_str);
    let message = format!(
        "{} is accountable for “{}” already, so {} cannot be too: one person answers for each. Make {} responsible (R) or consulted (C) first.",
        name(other),
        called.get(&number).map_or("this", String::as_str),
        name(person),
        name(other)
    );
    Err(Error::invalid("letter", message))
}

/// Give somebody a letter for a responsibility, in a draft.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct SetLetter {
    pub charter: Id,
    pub responsibility: i64,
    /// A person's id or name.
    pub person: String,
    /// `AR` accountable and responsible, `A` accountable, `R` responsible, `C` consulted, `I` informed; empty for none.
    #[serde(default)]
    pub letter: String,
}

impl Action for SetLetter {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "set-letter",
        "Give somebody a letter for a responsibility, in a draft",
        "POST",
        "/charters/{charter}/responsibilities/{responsibility}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let (before, ground) = draft(cx, self.charter)?;
        let workspace = cx.workspace();
        let known = responsibilities::known(cx.conn(), workspace, self.responsibility)?;
        let person = person(cx.conn(), workspace, "person", &self.person)?;
        let mut after = before.clone();
        let letter = Letter::parse(&self.letter)?;
        set(cx, &mut after.matrix, known.number, person.id, letter)?;
        redraw(cx, &before, after, &ground)
    }
}

/// Change many letters of a draft at once.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditMatrix {
    pub charter: Id,
    /// The revision that you saw: what others changed since then and you did not stays theirs.
    pub revision: Option<i64>,
    /// Letters by `NUMBER:PERSON`, as `33:018f…`: `AR`, `A`, `R`, `C`, `I`, or `-` for none.
    pub cells: BTreeMap<String, String>,
}

impl Action for EditMatrix {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "edit-matrix",
        "Change many letters of a draft at once",
        "POST",
        "/charters/{charter}/matrix",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let (before, ground) = draft(cx, self.charter)?;
        let workspace = cx.workspace();
        let known = responsibilities::names(cx.conn(), workspace)?;
        let people = members::names(cx.conn(), workspace)?;
        let mut after = before.clone();
        let seen = cx.as_seen(&before, self.revision)?;
        let mut cells = Vec::new();
        for (cell, text) in &self.cells {
            let place = cell.split_once(':').and_then(|(number, person)| {
                Some((number.parse::<u8>().ok()?, person.parse::<Id>().ok()?))
            });
            let place = place.filter(|(n, p)| known.contains_key(n) && people.contains_key(p));
            let Some((number, person)) = place else {
                let message =
                    format!("“{cell}” names no responsibility and person of this workspace.");
                return Err(Error::invalid("cells", message));
            };
            let text = if text.trim() == "-" { "" } else { text.as_str() };
            let letter = Letter::parse(text)?;
            if let Some(seen) = &seen {
                let (was, now) =
                    (seen.matrix.letter(number, person), before.matrix.letter(number, person));
                if letter == was || letter == now {
                    continue;
                }
                if was != now {
                    let said = now.map_or("nothing", Letter::short);
                    let message = format!(
                        "Somebody gave {} “{said}” for “{}” meanwhile, and you chose otherwise. Choose “{said}” there to keep theirs, or open the charter again to set it anew.",
                        people[&person], known[&number]
                    );
                    return Err(Error::invalid("cells", message));
                }
            }
            cells.push((number, person, letter));
        }
        // First what is taken away, so that an A can pass from one to another in one step.
        cells.sort_by_key(|(.., letter)| letter.is_some_and(Letter::answers));
        for (number, person, letter) in cells {
            set(cx, &mut after.matrix, number, person, letter)?;
        }
        redraw(cx, &before, after, &ground)
    }
}
