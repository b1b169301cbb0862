//! Acceptance criteria, as a checklist or as scenarios, each judged by itself; verdicts are only
//! added.

mod parse;

pub use parse::{Parsed, parse, whole, written};

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::work_items::{WorkItem, by_key};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::members::Person;
use crate::people::nouns::one_of;
use crate::people::products::{check_text, product_by_id};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load, load_many};
use crate::{new_row, record, selects, statements};

record! {
    /// What has to be true of a story before it is accepted.
    pub struct Criterion in "criterion", versioned: true {
        pub product_id: Id,
        pub item_id: Id,
        pub position: i64,
        /// `check` or `scenario`.
        pub kind: String,
        pub title: String,
        /// The steps of a scenario, one a line.
        pub steps: String,
        pub author_id: Option<Id>,
    }
}

record! {
    /// What somebody found of a criterion at a time.
    pub struct CriterionVerdict in "criterion_verdict", versioned: false {
        pub product_id: Id,
        pub item_id: Id,
        pub criterion_id: Id,
        /// One of [`VERDICTS`].
        pub verdict: String,
        pub note: String,
        pub person_id: Id,
        pub said_at: Time,
    }
}

impl Indexed for Criterion {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for CriterionVerdict {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

/// What one can find of a criterion.
pub const VERDICTS: [&str; 3] = ["met", "not-met", "unsure"];

selects! {
    OF_ITEM: Criterion = "criterion", "item_id = $2 AND gone_at IS NULL ORDER BY position, id LIMIT 200";
    VERDICTS_OF: CriterionVerdict = "criterion_verdict", "item_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 1000";
}

/// The criteria of an item, in order.
pub fn of_item(conn: &mut Conn, ws: i64, item: Id) -> Result<Vec<Criterion>> {
    OF_ITEM.all(conn, ws, &[item.into()])
}

statements! {
    IDS_THEN = "SELECT id FROM criterion WHERE workspace_id = $1 AND item_id = $2 UNION SELECT id FROM criterion_version WHERE workspace_id = $1 AND item_id = $2 LIMIT 500";
}

/// The criteria of an item as they stood just before `at`, in the order that they had.
fn then(conn: &mut Conn, ws: i64, item: Id, at: Time) -> Result<Vec<Criterion>> {
    let ids: Vec<Id> = conn.query(&IDS_THEN, &[ws.into(), item.into()], |r| r.get(0))?;
    let found = load_many::<Criterion>(conn, ws, ids, Some(at))?.into_values();
    let here = found.filter(|c| c.item_id == item && c.gone_at.is_none());
    let mut here: Vec<Criterion> = here.collect();
    here.sort_by_key(|c| (c.position, c.id));
    Ok(here)
}

/// A criterion as programs and pages see it, with the latest verdict.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CriterionView {
    pub id: Id,
    /// `check` or `scenario`.
    pub kind: String,
    pub title: String,
    pub steps: Vec<String>,
    pub verdict: Option<VerdictView>,
    pub revision: i64,
}

/// A verdict with who gave it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct VerdictView {
    pub verdict: String,
    pub note: String,
    pub by: String,
    pub at: Time,
}

/// The criteria of an item with their latest verdicts.
pub fn views(conn: &mut Conn, ws: i64, item: Id) -> Result<Vec<CriterionView>> {
    views_at(conn, ws, item, None)
}

/// The same, as they are or as they stood just before `at`.
pub fn views_at(
    conn: &mut Conn,
    ws: i64,
    item: Id,
    at: Option<Time>,
) -> Result<Vec<CriterionView>> {
    let criteria = match at {
        None => of_item(conn, ws, item)?,
        Some(at) => then(conn, ws, item, at)?,
    };
    if criteria.is_empty() {
        return Ok(Vec::new());
    }
    let mut latest: HashMap<Id, CriterionVerdict> = HashMap::new();
    let said = VERDICTS_OF.all(conn, ws, &[item.into()])?;
    for verdict in said.into_iter().filter(|v| at.is_none_or(|at| v.said_at < at)) {
        latest.entry(verdict.criterion_id).or_insert(verdict);
    }
    criteria
        .iter()
        .map(|c| {
            let verdict = match latest.remove(&c.id) {
                Some(v) => Some(VerdictView {
                    by: load::<Person>(conn, ws, v.person_id)?.map(|p| p.name).unwrap_or_default(),
                    verdict: v.verdict,
                    note: v.note,
                    at: v.said_at,
                }),
                None => None,
            };
            Ok(CriterionView {
                id: c.id,
                kind: c.kind.clone(),
                title: c.title.clone(),
                steps: c.steps.lines().map(str::to_owned).collect(),
                verdict,
                revision: c.revision,
            })
        })
        .collect()
}

/// A criterion by id, if this actor may see its product and do `access`.
fn criterion(cx: &mut Change<'_>, id: Id) -> Result<Criterion> {
    let missing = || Error::NotFound("criterion");
    let found: Criterion = cx.get(id, "criterion")?;
    let actor = cx.actor.clone();
    product_by_id(cx.conn(), &actor, found.product_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok(found)
}

/// Add acceptance criteria to a story: a checklist, one a line, or scenarios of Given, When, Then.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddCriteria {
    pub key: String,
    pub text: String,
}

impl Action for AddCriteria {
    type Output = Vec<CriterionView>;
    const META: Meta = Meta::action(
        "add-criteria",
        "Add acceptance criteria to a story: a checklist, one a line, or scenarios of Given, When, Then",
        "POST",
        "/stories/{key}/criteria",
    )
    .exercises(&[38]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<CriterionView>> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (item, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        add(cx, item.product_id, item.id, &self.text)?;
        views(cx.conn(), ws, item.id)
    }
}

/// Adds what a text holds after the criteria that are there.
pub fn add(cx: &mut Change<'_>, product: Id, item: Id, text: &str) -> Result<()> {
    let ws = cx.workspace();
    let there = of_item(cx.conn(), ws, item)?;
    let parsed = parse(&check_text("text", text)?)?;
    if there.len() + parsed.len() > 100 {
        return Err(Error::invalid(
            "text",
            "A story has up to 100 criteria; beyond a dozen, consider splitting it.",
        ));
    }
    let last = there.iter().map(|c| c.position).max().unwrap_or_default();
    for (one, position) in parsed.into_iter().zip(last + 1..) {
        let row = new_row!(
            cx,
            Criterion {
                product_id: product,
                item_id: item,
                position: position,
                kind: one.kind.to_owned(),
                title: one.title,
                steps: one.steps,
                author_id: Some(cx.actor.person),
            }
        );
        cx.insert(&row)?;
    }
    Ok(())
}

/// Gives an item the criteria of another one, without what was found of them.
pub fn copy(cx: &mut Change<'_>, from: Id, to: &WorkItem) -> Result<()> {
    let ws = cx.workspace();
    for one in of_item(cx.conn(), ws, from)? {
        let row = new_row!(
            cx,
            Criterion {
                product_id: to.product_id,
                item_id: to.id,
                position: one.position,
                kind: one.kind,
                title: one.title,
                steps: one.steps,
                author_id: Some(cx.actor.person),
            }
        );
        cx.insert(&row)?;
    }
    Ok(())
}

/// Edit an acceptance criterion.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditCriterion {
    pub criterion: Id,
    pub revision: Option<i64>,
    /// Its words, as a line or as a scenario.
    pub text: Option<String>,
    /// Its place, from 1.
    pub position: Option<i64>,
}

impl Action for EditCriterion {
    type Output = Vec<CriterionView>;
    const META: Meta = Meta::action(
        "edit-criterion",
        "Edit an acceptance criterion",
        "PATCH",
        "/criteria/{criterion}",
    )
    .exercises(&[38]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<CriterionView>> {
        let ws = cx.workspace();
        let before = criterion(cx, self.criterion)?;
        let mut after = before.clone();
        if let Some(text) = &self.text {
            let mut parsed = parse(&check_text("text", text)?)?;
            match (parsed.pop(), parsed.is_empty()) {
                (Some(one), true) => {
                    one.kind.clone_into(&mut after.kind);
                    (after.title, after.steps) = (one.title, one.steps);
                }
                _ => {
                    let message = "That is more than one criterion. Keep one, and add the others.";
                    return Err(Error::invalid("text", message));
                }
            }
        }
        if let Some(to) = self.position {
            let mut all = of_item(cx.conn(), ws, before.item_id)?;
            all.retain(|c| c.id != before.id);
            let at = usize::try_from(to.saturating_sub(1)).unwrap_or_default().min(all.len());
            all.insert(at, before.clone());
            for (c, position) in all.iter().zip(1..) {
                if c.id == before.id {
                    after.position = position;
                } else if c.position != position {
                    let mut moved = c.clone();
                    moved.position = position;
                    cx.update(c, &mut moved)?;
                }
            }
        }
        cx.edit(&before, after, self.revision)?;
        views(cx.conn(), ws, before.item_id)
    }
}

/// Remove an acceptance criterion.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemoveCriterion {
    pub criterion: Id,
}

impl Action for RemoveCriterion {
    type Output = Vec<CriterionView>;
    const META: Meta = Meta::action(
        "remove-criterion",
        "Remove an acceptance criterion",
        "DELETE",
        "/criteria/{criterion}",
    )
    .exercises(&[38]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<CriterionView>> {
        let ws = cx.workspace();
        let before = criterion(cx, self.criterion)?;
        cx.bin(&before)?;
        views(cx.conn(), ws, before.item_id)
    }
}

/// Judge one acceptance criterion: met, not met, or not sure.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct JudgeCriterion {
    pub criterion: Id,
    /// `met`, `not-met` or `unsure`.
    pub verdict: String,
    pub note: String,
}

impl Action for JudgeCriterion {
    type Output = Vec<CriterionView>;
    const META: Meta = Meta::action(
        "judge-criterion",
        "Judge one acceptance criterion: met, not met, or not sure",
        "POST",
        "/criteria/{criterion}/verdict",
    )
    .exercises(&[39]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<CriterionView>> {
        let ws = cx.workspace();
        let found = criterion(cx, self.criterion)?;
        judge(cx, &found, &self.verdict, &self.note)?;
        views(cx.conn(), ws, found.item_id)
    }
}

/// Notes a verdict.
pub(super) fn judge(
    cx: &mut Change<'_>,
    criterion: &Criterion,
    verdict: &str,
    note: &str,
) -> Result<()> {
    let verdict = one_of("verdict", Some(verdict), "", &VERDICTS)?;
    let row = new_row!(
        cx,
        CriterionVerdict {
            product_id: criterion.product_id,
            item_id: criterion.item_id,
            criterion_id: criterion.id,
            verdict: verdict,
            note: check_text("note", note.trim())?,
            person_id: cx.actor.person,
            said_at: cx.happened,
        }
    );
    cx.insert(&row)
}

/// List the acceptance criteria of a story with their latest verdicts.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCriteria {
    pub key: String,
}

impl Query for ListCriteria {
    type Output = Vec<CriterionView>;
    const META: Meta = Meta::query(
        "list-criteria",
        "List the acceptance criteria of a story with their latest verdicts",
        "/stories/{key}/criteria",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<CriterionView>> {
        let (item, _) = by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        views(cx.conn, cx.actor.workspace, item.id)
    }
}
