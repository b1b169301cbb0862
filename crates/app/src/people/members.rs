//! The people of a workspace. Activity names them by id only; names stand here, in one place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::may_touch;
use super::products::check_name;
use super::{accounts, one_time};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result, Role};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope};
use crate::{record, selects, statements};

record! {
    /// A person in a workspace; without an account, a name from an import.
    pub struct Person in "person", versioned: true {
        pub account_id: Option<Id>,
        pub name: String,
        /// A label: it gives no right.
        pub title: String,
        pub role: String,
        pub active: bool,
        /// One of [`SENIORITIES`], or empty where nobody said.
        pub seniority: String,
    }
}

/// How senior somebody is; like a title it gives no right, and it shifts what presets suggest.
pub const SENIORITIES: [&str; 6] = ["junior", "mid", "senior", "lead", "principal", "head"];

impl Indexed for Person {
    fn erasable() -> &'static [&'static str] {
        &["name", "title"]
    }
    fn erased_with_versions() -> bool {
        true
    }
}

selects! {
    ALL: Person = "person", "gone_at IS NULL ORDER BY name, id LIMIT 2000";
    BY_ACCOUNT: Person = "person", "account_id = $2 AND gone_at IS NULL";
    BY_NAME: Person = "person", "name = $2 AND gone_at IS NULL ORDER BY active DESC, account_id IS NULL, id LIMIT 1";
}

statements! {
    NAMES = "SELECT id, name FROM person WHERE workspace_id = $1";
    OWNERS = "SELECT COUNT(*) FROM person WHERE workspace_id = $1 AND role = 'owner' AND active = TRUE AND gone_at IS NULL";
}

/// The person of an account in a workspace.
pub fn by_account(conn: &mut Conn, workspace: i64, account: Id) -> Result<Option<Person>> {
    BY_ACCOUNT.first(conn, workspace, &[account.into()])
}

/// The person of that name; first those who are here, then those with an account.
pub fn by_name(conn: &mut Conn, workspace: i64, name: &str) -> Result<Option<Person>> {
    BY_NAME.first(conn, workspace, &[name.to_owned().into()])
}

/// All people of the workspace, by name; the first 2,000.
pub fn all(conn: &mut Conn, workspace: i64) -> Result<Vec<Person>> {
    ALL.all(conn, workspace, &[])
}

/// What is offered where somebody is to be named: `me`, and who is here.
pub fn offered(conn: &mut Conn, workspace: i64) -> Result<Vec<String>> {
    let here = all(conn, workspace)?.into_iter().filter(|p| p.active).map(|p| p.name);
    Ok(std::iter::once("me".to_owned()).chain(here).collect())
}

/// Names by id.
pub fn names(conn: &mut Conn, workspace: i64) -> Result<std::collections::HashMap<Id, String>> {
    let rows = conn.query(&NAMES, &[workspace.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.into_iter().collect())
}

/// The longest title.
const TITLE: usize = 120;

/// A title as it is kept; it may be empty.
fn label(title: &str) -> Result<String> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.chars().count() > TITLE {
        return Err(Error::invalid("title", "A title has up to 120 characters."));
    }
    Ok(title)
}

/// Refuses a change that leaves the workspace without an owner.
pub fn keep_an_owner(cx: &mut Change<'_>) -> Result<()> {
    let workspace = cx.workspace();
    let owners: i64 = cx.conn().query_one(&OWNERS, &[workspace.into()], |r| r.get(0))?;
    if owners == 0 {
        return Err(Error::refused("A workspace needs an owner. Make somebody else one first."));
    }
    Ok(())
}

/// Adds a person.
pub fn add(cx: &mut Change<'_>, account: Option<Id>, name: &str, role: Role) -> Result<Person> {
    let meta = cx.fresh();
    let person = Person {
        account_id: account,
        name: check_name(name)?,
        title: String::new(),
        role: role.as_str().to_owned(),
        active: account.is_some(),
        seniority: String::new(),
        id: meta.id,
        revision: meta.revision,
        created_at: meta.created_at,
        valid_from: meta.valid_from,
        gone_at: None,
    };
    cx.insert(&person)?;
    Ok(person)
}

/// A person as programs see them.
#[derive(Clone, Serialize, JsonSchema)]
pub struct PersonView {
    pub id: Id,
    pub name: String,
    pub title: String,
    pub role: String,
    pub active: bool,
    /// `junior`, `mid`, `senior`, `lead`, `principal`, `head`, or empty.
    pub seniority: String,
}

impl From<&Person> for PersonView {
    fn from(p: &Person) -> Self {
        Self {
            id: p.id,
            name: p.name.clone(),
            title: p.title.clone(),
            role: p.role.clone(),
            active: p.active,
            seniority: p.seniority.clone(),
        }
    }
}

/// List the people of the workspace.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPeople {}

impl Query for ListPeople {
    type Output = Vec<PersonView>;
    const META: Meta = Meta {
        name: "list-people",
        summary: "List the people of the workspace",
        method: "GET",
        path: "/people",
        access: Access::Write,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<PersonView>> {
        Ok(all(cx.conn, cx.actor.workspace)?.iter().map(PersonView::from).collect())
    }
}

/// Admins are made by admins and unmade by owners, so that no admin lowers another one to what they
/// may do with; owners are made and unmade by owners.
fn may_set_role(actor: &Actor, person: &Person, role: Role) -> Result<()> {
    if actor.role >= Role::Owner || person.role == role.as_str() {
        return Ok(());
    }
    if role == Role::Owner {
        return Err(Error::Forbidden("Only an owner makes or unmakes owners.".into()));
    }
    if person.role == Role::Admin.as_str() && person.id != actor.person {
        return Err(Error::Forbidden("Only an owner takes an admin's role away.".into()));
    }
    Ok(())
}

/// Change a person's name, title, role, or whether they may sign in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditPerson {
    pub person: Id,
    pub name: Option<String>,
    pub title: Option<String>,
    pub role: Option<Role>,
    pub active: Option<bool>,
    /// `junior`, `mid`, `senior`, `lead`, `principal`, `head`; empty where nobody says.
    pub seniority: Option<String>,
}

impl Action for EditPerson {
    type Output = PersonView;
    const META: Meta = Meta {
        name: "edit-person",
        summary: "Change a person's name, title, role, or whether they may sign in",
        method: "PATCH",
        path: "/people/{person}",
        access: Access::Admin,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<PersonView> {
        let before: Person = cx.get(self.person, "person")?;
        may_touch(&cx.actor, &before)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_name(name)?;
        }
        if let Some(title) = &self.title {
            after.title = label(title)?;
        }
        if let Some(word) = &self.seniority {
            let word = word.trim();
            if !word.is_empty() && !SENIORITIES.contains(&word) {
                let known = SENIORITIES.join(", ");
                let message = format!("“{word}” is no seniority. There are: {known}.");
                return Err(Error::invalid("seniority", message));
            }
            word.clone_into(&mut after.seniority);
        }
        if let Some(role) = self.role {
            may_set_role(&cx.actor, &before, role)?;
            after.role = role.as_str().to_owned();
        }
        if let Some(active) = self.active {
            after.active = active;
        }
        cx.update(&before, &mut after)?;
        keep_an_owner(cx)?;
        let workspace = cx.workspace();
        if !after.active {
            accounts::end_ways_in(cx.exempt(), workspace, &after)?;
        } else if after.role != before.role {
            one_time::end_by(cx.exempt(), after.id)?;
        }
        Ok(PersonView::from(&after))
    }
}

/// Change the titles of several people at once. Titles are labels: no right changes.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditTitles {
    /// New titles by people's ids.
    pub titles: std::collections::BTreeMap<String, String>,
}

impl EditTitles {
    /// Those who are named, as they are.
    pub fn people(&self, cx: &mut Change<'_>) -> Result<Vec<Person>> {
        if self.titles.len() > 500 {
            return Err(Error::invalid("titles", "Change 500 titles at once at most."));
        }
        let one = |id: &String| -> Result<Person> {
            let id = id.parse::<Id>().map_err(|_| {
                Error::invalid(
                    "titles",
                    format!("“{id}” is nobody's id. Name people by their ids."),
                )
            })?;
            cx.get::<Person>(id, "person")
        };
        self.titles.keys().map(one).collect()
    }
}

impl Action for EditTitles {
    type Output = Vec<PersonView>;
    const META: Meta = Meta::action(
        "edit-titles",
        "Change the titles of several people at once; titles are labels, and no right changes",
        "PATCH",
        "/people/titles",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<PersonView>> {
        let mut all = Vec::new();
        for before in self.people(cx)? {
            let mut after = before.clone();
            let wanted = self.titles.get(&before.id.to_string());
            after.title = label(wanted.map_or("", String::as_str))?;
            if after.title != before.title {
                may_touch(&cx.actor, &before)?;
            }
            cx.update(&before, &mut after)?;
            all.push(PersonView::from(&after));
        }
        Ok(all)
    }
}
