//! What a workspace adds to the catalogue, and what it asks more of: its own responsibilities, and
//! those that are strict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CATALOGUE, Facet, Responsibility, by_number};
use crate::db::{Asked, Conn};
use crate::kernel::{Access, Error, Result};
use crate::people::products::{self, check_text, check_title};
use crate::people::teams;
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope, Words};
use crate::{new_row, record, selects};

/// The first number that a workspace gives; below stand the catalogue's.
pub const FIRST_OWN: u8 = 100;

record! {
    /// A responsibility of the workspace's own, or what it asks more of one of the catalogue's.
    pub struct Own in "responsibility", versioned: true {
        pub number: i64,
        /// Empty for one of the catalogue's.
        pub name: String,
        pub facet: String,
        pub definition: String,
        /// The actions that exercise it, by name.
        pub verbs: Words,
        /// Doing it for somebody else takes a reason first.
        pub strict: bool,
        pub active: bool,
    }
}

impl Indexed for Own {}

selects! {
    ALL: Own = "responsibility", "gone_at IS NULL ORDER BY number LIMIT 200";
    BY_NUMBER: Own = "responsibility", "number = $2 AND gone_at IS NULL";
}

/// What [`owns`] will ask, as [`Conn::ahead`] takes it.
pub fn owns_asked(workspace: i64) -> Asked<'static> {
    ALL.asked(workspace, &[])
}

/// All rows that the workspace keeps; few.
pub fn owns(conn: &mut Conn, workspace: i64) -> Result<Vec<Own>> {
    ALL.all(conn, workspace, &[])
}

/// A responsibility as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ResponsibilityView {
    pub number: u8,
    pub name: String,
    pub facet: Facet,
    /// Who usually answers for it; nothing is usual for a workspace's own.
    pub accountable: String,
    pub exercised_by: String,
    pub definition: String,
    /// Where the definition comes from; empty for a workspace's own.
    pub source: String,
    /// Added by this workspace.
    pub own: bool,
    pub strict: bool,
    /// A workspace's own that is not used any more stays in past charters.
    pub active: bool,
}

impl ResponsibilityView {
    pub(crate) fn of_catalogue(r: &Responsibility, strict: bool) -> Self {
        Self {
            number: r.number,
            name: r.name.to_owned(),
            facet: r.facet,
            accountable: r.accountable.to_owned(),
            exercised_by: r.exercised_by.to_owned(),
            definition: r.definition.to_owned(),
            source: r.source.to_owned(),
            own: false,
            strict,
            active: true,
        }
    }

    fn of_own(own: &Own) -> Self {
        let exercised_by = if own.verbs.is_empty() {
            "it is noted by hand".to_owned()
        } else {
            own.verbs.iter().map(|v| v.replace('-', " ")).collect::<Vec<_>>().join(", ")
        };
        Self {
            number: u8::try_from(own.number).unwrap_or(u8::MAX),
            name: own.name.clone(),
            facet: Facet::parse(&own.facet).unwrap_or(Facet::How),
            accountable: String::new(),
            exercised_by,
            definition: own.definition.clone(),
            source: String::new(),
            own: true,
            strict: own.strict,
            active: own.active,
        }
    }
}

/// The catalogue with what the workspace adds to it, by number.
pub fn all_views(conn: &mut Conn, workspace: i64) -> Result<Vec<ResponsibilityView>> {
    let owns = owns(conn, workspace)?;
    let strict = |n: u8| owns.iter().any(|o| o.number == i64::from(n) && o.strict);
    let mut all: Vec<ResponsibilityView> =
        CATALOGUE.iter().map(|r| ResponsibilityView::of_catalogue(r, strict(r.number))).collect();
    all.extend(owns.iter().filter(|o| is_own(o)).map(ResponsibilityView::of_own));
    Ok(all)
}

fn is_own(row: &Own) -> bool {
    row.number >= i64::from(FIRST_OWN)
}

/// The responsibility of that number, of the catalogue or the workspace's own.
pub fn known(conn: &mut Conn, workspace: i64, number: i64) -> Result<ResponsibilityView> {
    let row = BY_NUMBER.first(conn, workspace, &[number.into()])?;
    let strict = row.as_ref().is_some_and(|r| r.strict);
    let listed = u8::try_from(number).ok().and_then(by_number);
    match (listed, row) {
        (Some(r), _) => Ok(ResponsibilityView::of_catalogue(r, strict)),
        (None, Some(row)) if is_own(&row) => Ok(ResponsibilityView::of_own(&row)),
        _ => Err(Error::NotFound("responsibility")),
    }
}

/// Actions' names as stored; each is one word of the registry.
fn verbs(given: &[String]) -> Result<Words> {
    let mut all: Vec<String> = Vec::new();
    for verb in given.iter().flat_map(|v| v.split(',')).map(str::trim).filter(|v| !v.is_empty()) {
        if !verb.chars().all(|c| c.is_ascii_lowercase() || c == '-') || verb.len() > 60 {
            return Err(Error::invalid(
                "verbs",
                format!("“{verb}” is not an action's name; they look like “record-evidence”."),
            ));
        }
        if !all.iter().any(|known| known == verb) {
            all.push(verb.to_owned());
        }
    }
    if all.len() > 20 {
        return Err(Error::invalid("verbs", "Name up to 20 actions."));
    }
    Ok(Words(all))
}

/// Add a responsibility of this workspace's own.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddResponsibility {
    pub name: String,
    /// `why`, `what` or `how`.
    pub facet: String,
    /// What it is, in one sentence.
    pub definition: String,
    /// The actions that exercise it, as `record-evidence`; without any it is noted by hand.
    pub verbs: Vec<String>,
}

impl Action for AddResponsibility {
    type Output = ResponsibilityView;
    const META: Meta = Meta::action(
        "add-responsibility",
        "Add a responsibility of this workspace's own",
        "POST",
        "/responsibilities",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<ResponsibilityView> {
        let workspace = cx.workspace();
        let name = check_title("name", &self.name)?;
        let all = all_views(cx.conn(), workspace)?;
        if all.iter().any(|r| r.name.eq_ignore_ascii_case(&name)) {
            let message = format!("There is a responsibility “{name}” already.");
            return Err(Error::invalid("name", message));
        }
        let number = all.iter().filter(|r| r.own).map(|r| i64::from(r.number) + 1).max();
        let number = number.unwrap_or(i64::from(FIRST_OWN));
        if number > i64::from(u8::MAX) {
            return Err(Error::refused("A workspace has up to 156 responsibilities of its own."));
        }
        let row = new_row!(
            cx,
            Own {
                number: number,
                name: name,
                facet: facet(&self.facet)?,
                definition: check_text("definition", self.definition.trim())?,
                verbs: verbs(&self.verbs)?,
                strict: false,
                active: true,
            }
        );
        cx.insert(&row)?;
        Ok(ResponsibilityView::of_own(&row))
    }
}

fn facet(word: &str) -> Result<String> {
    let word = word.trim().to_lowercase();
    let known = Facet::parse(&word).map(|f| f.as_str().to_owned());
    known.ok_or_else(|| Error::invalid("facet", "A responsibility belongs to why, what or how."))
}

fn own_row(cx: &mut Change<'_>, number: i64) -> Result<Own> {
    let workspace = cx.workspace();
    let row = BY_NUMBER.first(cx.conn(), workspace, &[number.into()])?;
    if number < i64::from(FIRST_OWN) {
        return Err(Error::refused(
            "Only a workspace's own responsibilities are edited; the catalogue stands.",
        ));
    }
    row.ok_or(Error::NotFound("responsibility"))
}

/// Edit one of the workspace's own responsibilities.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditResponsibility {
    pub number: i64,
    pub name: Option<String>,
    pub facet: Option<String>,
    pub definition: Option<String>,
    pub verbs: Option<Vec<String>>,
    /// Whether new charters name it.
    pub active: Option<bool>,
}

impl Action for EditResponsibility {
    type Output = ResponsibilityView;
    const META: Meta = Meta::action(
        "edit-responsibility",
        "Edit one of the workspace's own responsibilities",
        "PATCH",
        "/responsibilities/{number}",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<ResponsibilityView> {
        let before = own_row(cx, self.number)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
        }
        if let Some(word) = &self.facet {
            after.facet = facet(word)?;
        }
        if let Some(text) = &self.definition {
            after.definition = check_text("definition", text.trim())?;
        }
        if let Some(given) = &self.verbs {
            after.verbs = verbs(given)?;
        }
        after.active = self.active.unwrap_or(after.active);
        cx.update(&before, &mut after)?;
        Ok(ResponsibilityView::of_own(&after))
    }
}

/// Say whether doing this for whoever answers for it takes a reason first.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct SetStrict {
    pub number: i64,
    pub strict: bool,
}

impl Action for SetStrict {
    type Output = ResponsibilityView;
    const META: Meta = Meta::action(
        "set-strict",
        "Say whether doing this for whoever answers for it takes a reason first",
        "POST",
        "/responsibilities/{number}/strict",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<ResponsibilityView> {
        let workspace = cx.workspace();
        known(cx.conn(), workspace, self.number)?;
        match BY_NUMBER.first(cx.conn(), workspace, &[self.number.into()])? {
            Some(before) => {
                let mut after = before.clone();
                after.strict = self.strict;
                cx.update(&before, &mut after)?;
            }
            None => {
                let row = new_row!(
                    cx,
                    Own {
                        number: self.number,
                        name: String::new(),
                        facet: String::new(),
                        definition: String::new(),
                        verbs: Words::default(),
                        strict: self.strict,
                        active: true,
                    }
                );
                cx.insert(&row)?;
            }
        }
        known(cx.conn(), workspace, self.number)
    }
}

/// Note that you exercised a responsibility of the workspace's own, where no action shows it.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct NoteExercise {
    pub number: i64,
    /// The product it was for.
    pub product: String,
    /// The team it was for, by id or name.
    pub team: Option<String>,
    /// What you did, in a few words.
    pub note: String,
}

impl Action for NoteExercise {
    type Output = ResponsibilityView;
    const META: Meta = Meta::action(
        "note-exercise",
        "Note that you exercised a responsibility of the workspace's own",
        "POST",
        "/responsibilities/{number}/exercised",
    );
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<ResponsibilityView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let row = own_row(cx, self.number)?;
        let note = check_title("note", &self.note)?;
        let team = teams::chosen(cx.conn(), actor.workspace, "team", self.team.as_deref())?;
        cx.team = team.map(|t| t.id).or(cx.team);
        cx.exercised = Some(vec![u8::try_from(row.number).unwrap_or(u8::MAX)]);
        let mut said = serde_json::Map::new();
        said.insert("note".into(), serde_json::json!([null, note]));
        cx.remark_in(&row, "noted", said, Some(product.id));
        Ok(ResponsibilityView::of_own(&row))
    }
}

/// List the responsibilities: the catalogue, and what this workspace adds.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListResponsibilities {}

impl Query for ListResponsibilities {
    type Output = Vec<ResponsibilityView>;
    const META: Meta = Meta::query(
        "list-responsibilities",
        "List the responsibilities: the catalogue, and what this workspace adds",
        "/responsibilities",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ResponsibilityView>> {
        all_views(cx.conn, cx.actor.workspace)
    }
}

/// Names by number, for those who show many.
pub fn names(conn: &mut Conn, workspace: i64) -> Result<std::collections::BTreeMap<u8, String>> {
    Ok(all_views(conn, workspace)?.into_iter().map(|r| (r.number, r.name)).collect())
}
