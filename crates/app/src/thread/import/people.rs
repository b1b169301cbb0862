//! Who the people of an export are here. Nobody is matched by a name that two people share, and
//! whoever is unknown becomes a placeholder: a person who cannot sign in until they are invited.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use uuid::Builder;
use wherefore_exchange::{Backlog, PersonRef};

use super::choices::Choices;
use super::report::{PersonLine, Report};
use crate::db::Conn;
use crate::how::imports;
use crate::how::work_items::{Barred, barred_again};
use crate::kernel::{Error, Id, Result, Role};
use crate::people::members::Person;
use crate::people::products::Product;
use crate::store::{Change, load};
use crate::{new_row, statements};

statements! {
    EVERYBODY = "SELECT p.id, p.name, p.active, a.email FROM person p LEFT JOIN account a ON a.id = p.account_id WHERE p.workspace_id = $1 AND p.gone_at IS NULL ORDER BY p.id";
}

/// The people of a file with who they are.
#[derive(Default)]
pub(super) struct People {
    /// By [`identity`].
    found: HashMap<String, Option<Id>>,
    /// Names without an id, for authors of comments: lower case → identity.
    by_name: HashMap<String, String>,
    /// Everybody of the workspace by address and by name, for authors that hold no item.
    here: Here,
    /// Who is given no open work of the product.
    barred: HashMap<Id, Barred>,
    /// Placeholders to make.
    pub new: Vec<(Id, String)>,
    /// Aliases to keep.
    pub aliases: Vec<(String, Id)>,
}

/// Everybody of the workspace.
#[derive(Default)]
struct Here {
    emails: HashMap<String, Id>,
    names: HashMap<String, Vec<(Id, bool)>>,
    shown: HashMap<Id, String>,
    /// Whoever was deactivated.
    left: HashSet<Id>,
}

enum Match {
    /// By their address, or as the only one of that name who signs in.
    One(Id, &'static str),
    /// The only one of that name, who does not sign in.
    Alone(Id),
    Ambiguous,
    None,
}

fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What tells one person of an export from another.
fn identity(person: &PersonRef) -> String {
    match &person.id {
        Some(id) => format!("id {id}"),
        None => format!("name {}", tidy(&person.name)),
    }
}

fn hash(source: &str, identity: &str) -> [u8; 32] {
    Sha256::digest(format!("{source}\n{identity}").as_bytes()).into()
}

fn alias(source: &str, identity: &str) -> String {
    hash(source, identity).iter().take(16).map(|b| format!("{b:02x}")).collect()
}

/// A placeholder's id follows from who they are, so that two imports at once make one of them.
fn placeholder(workspace: i64, source: &str, identity: &str) -> Id {
    let digest = hash(source, &format!("{workspace} {identity}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Id(Builder::from_custom_bytes(bytes).into_uuid())
}

/// Who accepted or judged something: what they found is nothing without them.
fn judges(file: &Backlog) -> Vec<PersonRef> {
    let rows =
        file.nouns.iter().filter(|n| matches!(&*n.name, "acceptances" | "criterion-verdicts"));
    rows.flat_map(|noun| &noun.rows)
        .filter_map(|row| {
            let text = |name: &str| row.get(name)?.as_str().map(str::to_owned);
            Some(PersonRef { name: text("person")?, id: text("person_id") })
        })
        .collect()
}

impl Here {
    fn load(conn: &mut Conn, ws: i64) -> Result<Self> {
        let mut here = Self::default();
        let rows: Vec<(Id, String, bool, Option<String>)> =
            conn.query(&EVERYBODY, &[ws.into()], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
            })?;
        for (id, name, active, email) in rows {
            here.names.entry(tidy(&name)).or_default().push((id, active && email.is_some()));
            here.shown.insert(id, name);
            if !active && email.is_some() {
                here.left.insert(id);
            }
            if let Some(email) = email {
                here.emails.insert(email.to_lowercase(), id);
            }
        }
        Ok(here)
    }

    /// By address, then by a name that one person alone has: of several, the one who signs in.
    fn find(&self, person: &PersonRef) -> Match {
        for text in std::iter::once(&person.name).chain(&person.id) {
            if let Some(id) = self.emails.get(&text.trim().to_lowercase()) {
                return Match::One(*id, "email");
            }
        }
        let Some(same) = self.names.get(&tidy(&person.name)) else { return Match::None };
        let mut signing_in = same.iter().filter(|(_, signs_in)| *signs_in);
        match (signing_in.next(), signing_in.next(), same.as_slice()) {
            (Some((id, _)), None, _) => Match::One(*id, "name"),
            (None, _, [(id, _)]) => Match::Alone(*id),
            _ => Match::Ambiguous,
        }
    }
}

impl People {
    /// Decides who everybody is, and says so in the report.
    pub fn of(
        conn: &mut Conn,
        ws: i64,
        product: &Product,
        file: &Backlog,
        choices: &Choices,
        report: &mut Report,
    ) -> Result<Self> {
        let mut people = Self { here: Here::load(conn, ws)?, ..Self::default() };
        let mut named: Vec<(&PersonRef, usize)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let judges = judges(file);
        let named_in_items = file.items.iter().flat_map(|i| i.reporter.iter().chain(&i.assignee));
        for person in named_in_items.chain(&judges) {
            let at = *places.entry(identity(person)).or_insert(named.len());
            match named.get_mut(at) {
                Some((_, items)) => *items += 1,
                None => named.push((person, 1)),
            }
        }
        named.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
        let mut names: HashMap<String, usize> = HashMap::new();
        for (person, _) in &named {
            *names.entry(tidy(&person.name)).or_default() += 1;
        }
        for (person, items) in named {
            let alone = names.get(&tidy(&person.name)) == Some(&1);
            let shown = match &person.id {
                Some(id) if !alone => format!("{} ({id})", person.name),
                _ => person.name.clone(),
            };
            let of = (file.source.as_str(), product);
            let line = people.decide(conn, ws, of, person, &shown, choices, report)?;
            if alone {
                people.by_name.insert(tidy(&person.name), identity(person));
            }
            report.people.push(PersonLine { items, ..line });
        }
        Ok(people)
    }

    #[allow(clippy::too_many_arguments, reason = "one decision with all that it rests on")]
    fn decide(
        &mut self,
        conn: &mut Conn,
        ws: i64,
        (source, product): (&str, &Product),
        person: &PersonRef,
        shown: &str,
        choices: &Choices,
        report: &mut Report,
    ) -> Result<PersonLine> {
        let identity = identity(person);
        // What imports into this product made of them is what was meant here; what those into others
        // did gives way to an address and to the only name.
        let of_product = alias(&format!("{source} {}", product.id), &identity);
        let anywhere = alias(source, &identity);
        let mut remembered = |alias: &str| -> Result<Option<Id>> {
            let known = imports::alias(conn, ws, alias)?;
            Ok(known.filter(|id| self.here.shown.contains_key(id)))
        };
        let known = (remembered(&of_product)?, remembered(&anywhere)?);
        let own = placeholder(ws, source, &identity);
        let chosen = choices.people.get(shown).map(String::as_str);
        let (id, how) = match (chosen, known) {
            (Some("nobody"), _) => (None, "nobody"),
            (Some("placeholder"), _) => (Some(own), "new"),
            (Some(id), _) => (Some(self.chosen(id, shown)?), "chosen"),
            (None, (Some(id), _)) => (Some(id), "known"),
            (None, (None, elsewhere)) => match (self.here.find(person), elsewhere) {
                (Match::One(id, how), _) => (Some(id), how),
                (_, Some(id)) => (Some(id), "known"),
                (Match::Alone(id), None) => (Some(id), "name"),
                (Match::None, None) => (Some(own), "new"),
                (Match::Ambiguous, None) => {
                    report.warnings.push(format!(
                        "Several people here are called {}; none of them was chosen. Choose one in the preview.",
                        person.name
                    ));
                    (Some(own), "ambiguous")
                }
            },
        };
        if let Some(id) = id {
            self.aliases.extend([(of_product, id), (anywhere, id)]);
            if let Some(person) = load::<Person>(conn, ws, id)?
                && let Some(why) = barred_again(conn, ws, &person, product)?
            {
                self.barred.insert(id, why);
            }
            if let Entry::Vacant(shown) = self.here.shown.entry(id) {
                let name = super::compare::title(&person.name);
                shown.insert(name.clone());
                report.new_people.push(name.clone());
                self.new.push((id, name));
            }
        }
        let here = id.and_then(|id| self.here.shown.get(&id)).cloned().unwrap_or_default();
        self.found.insert(identity, id);
        let how = how.to_owned();
        Ok(PersonLine { name: shown.to_owned(), items: 0, person: id, here, how })
    }

    fn chosen(&self, id: &str, shown: &str) -> Result<Id> {
        let id = id.parse::<Id>().ok().filter(|id| self.here.shown.contains_key(id));
        let id = id.ok_or_else(|| {
            Error::invalid("people", "A person who was chosen is no longer here. Choose again.")
        })?;
        if self.here.left.contains(&id) {
            let name = self.here.shown.get(&id).map_or("", String::as_str);
            let message = format!(
                "“{name}”, whom you chose for {shown}, was deactivated. Choose somebody else, or a placeholder."
            );
            return Err(Error::invalid("people", message));
        }
        Ok(id)
    }

    /// What keeps somebody from being given open work of the product.
    pub fn barred(&self, person: Id) -> Option<Barred> {
        self.barred.get(&person).copied()
    }

    /// What somebody is called here.
    pub fn name(&self, person: Id) -> &str {
        self.here.shown.get(&person).map_or("", String::as_str)
    }

    /// Who that is here.
    pub fn who(&self, person: Option<&PersonRef>) -> Option<Id> {
        self.found.get(&identity(person?)).copied().flatten()
    }

    /// Who wrote a comment: the export names them by id or by name. Their name, where one is known.
    pub fn author(&self, text: &str) -> (Option<Id>, String) {
        let by_id = format!("id {text}");
        let identity = match self.by_name.get(&tidy(text)) {
            Some(named) if !self.found.contains_key(&by_id) => named.clone(),
            _ => by_id,
        };
        if let Some(id) = self.found.get(&identity).copied().flatten() {
            return (Some(id), self.here.shown.get(&id).cloned().unwrap_or_default());
        }
        match self.here.find(&PersonRef { name: text.to_owned(), id: None }) {
            Match::One(id, _) | Match::Alone(id) => (Some(id), text.to_owned()),
            _ => (None, text.to_owned()),
        }
    }

    /// Makes the placeholders that are still missing, and keeps who everybody is.
    pub fn write(&self, cx: &mut Change<'_>) -> Result<()> {
        let ws = cx.workspace();
        for (id, name) in &self.new {
            if load::<Person>(cx.conn(), ws, *id)?.is_some() {
                continue;
            }
            let mut person = new_row!(
                cx,
                Person {
                    account_id: None,
                    name: name.clone(),
                    title: String::new(),
                    role: Role::Guest.as_str().to_owned(),
                    active: false,
                    seniority: String::new(),
                }
            );
            person.id = *id;
            cx.insert(&person)?;
        }
        for (alias, id) in &self.aliases {
            imports::keep_alias(cx.exempt(), ws, alias, *id)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(people: &[(&str, bool, Option<&str>)]) -> Here {
        let mut here = Here::default();
        for (name, active, email) in people {
            let id = Id::new();
            here.names.entry(tidy(name)).or_default().push((id, *active && email.is_some()));
            if let Some(email) = email {
                here.emails.insert((*email).to_owned(), id);
            }
        }
        here
    }

    fn found(here: &Here, name: &str) -> Option<&'static str> {
        match here.find(&PersonRef { name: name.into(), id: None }) {
            Match::One(_, how) => Some(how),
            Match::Alone(_) => Some("alone"),
            Match::Ambiguous => Some("ambiguous"),
            Match::None => None,
        }
    }

    #[test]
    fn two_of_one_name_are_never_told_apart_by_chance() {
        let here = here(&[
            ("Tom", true, Some("tom@example.org")),
            ("Ann Lee", true, Some("a@example.org")),
            ("ann  lee", true, Some("b@example.org")),
            ("Bo", false, None),
            ("Cy", false, None),
            ("Cy", true, Some("cy@example.org")),
        ]);
        assert_eq!(found(&here, "TOM"), Some("name"));
        assert_eq!(found(&here, "Tom@Example.org"), Some("email"));
        assert_eq!(found(&here, "Ann Lee"), Some("ambiguous"));
        assert_eq!(found(&here, "Bo"), Some("alone"));
        assert_eq!(found(&here, "Cy"), Some("name"));
        assert_eq!(found(&here, "Dee"), None);
    }
}
