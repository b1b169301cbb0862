//! Creating work items.

use schemars::JsonSchema;
use serde::Deserialize;

use super::edit::{
    above, assignee, choice, labels, part, points, priority, put_off, team, tell_assignee,
};
use super::limits::enter;
use super::names::Names;
use super::view::{ItemView, view};
use super::{LEVELS, SERVICES, SEVERITIES, WorkItem, arrange};
use crate::how::{fields, templates};
use crate::kernel::{Access, Day, Error, Result};
use crate::new_row;
use crate::people::charters::{self, Standing, standing};
use crate::people::products::{self, Product, check_text, check_title};
use crate::people::{policies, teams};
use crate::store::{Action, Change, Fields, Meta, Place, Scope};

/// Create a story, task, bug or epic; only a title is needed.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateWorkItem {
    pub product: String,
    pub title: String,
    /// `epic`, `story` (if left out), `task` or `bug`.
    pub level: Option<String>,
    /// Markdown.
    pub body: String,
    /// A state of its team's workflow, or of the product's; the first if left out.
    pub state: Option<String>,
    /// The key of the epic or story above.
    pub parent: Option<String>,
    /// The key of the story that a bug broke.
    pub broke: Option<String>,
    /// A person's id or name, or `me`.
    pub assignee: Option<String>,
    /// A team's id or name; the part's team if left out.
    pub team: Option<String>,
    /// A part's id or name.
    pub part: Option<String>,
    pub points: Option<f64>,
    pub priority: Option<String>,
    /// Class of service: `expedite`, `fixed-date`, `standard` or `intangible`.
    pub service: Option<String>,
    /// Of a bug: `critical`, `major`, `minor` or `trivial`.
    pub severity: Option<String>,
    pub labels: Vec<String>,
    pub due: Option<Day>,
    pub no_why_until: Option<Day>,
    /// Custom fields by name.
    pub fields: Fields,
    /// A template of the product, by id or name: what it holds stands where nothing else is said.
    pub template: Option<String>,
    /// The template, by id or name, that the text was begun from: its lines that nobody filled in are
    /// not kept.
    pub begun_from: Option<String>,
    /// Acceptance criteria: a checklist, one a line, or scenarios of Given, When, Then.
    pub criteria: String,
    /// Titles of tasks under it; lines are separate.
    pub subtasks: Vec<String>,
}

impl Action for CreateWorkItem {
    type Output = ItemView;
    const META: Meta = Meta {
        name: "create-work-item",
        summary: "Create a story, task, bug or epic",
        method: "POST",
        path: "/work-items",
        access: Access::Write,
        exercises: &[35],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let item = templates::create(cx, &product, self)?;
        let mut names = Names::told_by(&actor);
        if self.subtasks.is_empty() && self.template.is_none() {
            names.nothing_under(item.id);
        }
        view(cx.conn(), actor.workspace, &item, &mut names)
    }
}

/// Creates an item at the end of its product's order.
pub fn create(cx: &mut Change<'_>, product: &Product, input: &CreateWorkItem) -> Result<WorkItem> {
    let workspace = cx.workspace();
    let level = input.level.as_deref().filter(|l| !l.is_empty()).unwrap_or("story");
    if !LEVELS.contains(&level) {
        return Err(Error::invalid(
            "level",
            format!("“{level}” is not a level: epic, story, task or bug."),
        ));
    }
    let title = check_title("title", &input.title)?;
    let body = check_text("body", &input.body)?;
    let assignee = assignee(cx, product, None, input.assignee.as_deref())?;
    let parent = above(cx, product, input.parent.as_deref())?;
    let broke = above(cx, product, input.broke.as_deref())?;
    let part = part(cx, product, input.part.as_deref())?;
    let team = team(cx, input.team.as_deref())?.or(part.as_ref().and_then(|p| p.team_id));
    let place = Place { product: Some(product.id), part: part.as_ref().map(|p| p.id), team };
    let (none, given) = (Fields::default(), Some(&input.fields).filter(|f| !f.is_empty()));
    let custom = fields::write(cx, product.id, &none, given, &none)?;
    // Whoever waited for the order goes by what holds once it is theirs.
    let number = products::next_key_asked(workspace, product.id);
    let next = [number, arrange::last_asked(workspace, product.id)];
    let [owns, charters, handed] = charters::judged_asked(workspace, &place, cx.happened.day());
    let workflow = policies::workflow_asked(workspace, product.id, team);
    cx.conn().ahead_keeping(&next, &[owns, charters, handed, workflow])?;
    let key = products::next_key(cx, product)?;
    let rank = arrange::place_last(cx.conn(), workspace, product.id)?;
    let waits = waits(cx, &place)?;
    let mut item = new_row!(
        cx,
        WorkItem {
            product_id: product.id,
            key: key,
            level: level.to_owned(),
            title: title,
            body: body,
            state: String::new(),
            category: String::new(),
            rank: rank,
            parent_id: parent,
            broke_id: broke,
            team_id: team,
            part_id: part.map(|p| p.id),
            assignee_id: assignee,
            reporter_id: Some(cx.actor.person),
            points: points(input.points)?,
            priority: priority(input.priority.as_deref())?,
            labels: labels(&input.labels)?,
            sprint_id: None,
            due: input.due,
            fields: custom,
            no_why_until: put_off(cx, input.no_why_until)?,
            started_at: None,
            done_at: None,
            original_key: None,
            staged_by: None,
            service: choice("service", input.service.as_deref(), &SERVICES)?,
            severity: choice("severity", input.severity.as_deref(), &SEVERITIES)?,
            split_from_id: None,
            triage_on: waits.then(|| cx.happened.day()),
        }
    );
    enter(cx, &mut item, input.state.as_deref().unwrap_or_default())?;
    cx.insert(&item)?;
    tell_assignee(cx, None, &item)?;
    Ok(item)
}

/// Whether somebody else has to look at what is new. What a team's own people write for it, and what
/// those write who answer for the order of the backlog, was looked at.
fn waits(cx: &mut Change<'_>, place: &Place) -> Result<bool> {
    const ORDER: u8 = 33;
    let (ws, me, day) = (cx.workspace(), cx.actor.person, cx.happened.day());
    if let Some(team) = place.team
        && teams::members_of(cx.conn(), ws, team)?.iter().any(|p| p.id == me)
    {
        return Ok(false);
    }
    Ok(match standing(cx.conn(), ws, place, me, ORDER, day)? {
        Standing::Accountable | Standing::Responsible => false,
        Standing::Free => place.team.is_some(),
        _ => true,
    })
}
