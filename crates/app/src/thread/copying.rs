//! Copying a work item: what it asks for and why, not what became of it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::links::{AddLink, ties};
use crate::how::criteria;
use crate::how::work_items::{CreateWorkItem, ItemView, Names, WorkItem, by_key, create, view};
use crate::kernel::{Access, Id, Result};
use crate::people::parts::Part;
use crate::people::teams::Team;
use crate::store::{Action, Change, Meta, Record, load};

/// Copy a work item: its text, criteria and why go along, its state and what was said of it do not.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CopyWorkItem {
    pub key: String,
    /// The copy's title; the same if left out.
    pub title: Option<String>,
    /// Whether the copy keeps the estimate.
    pub estimate: bool,
}

impl Action for CopyWorkItem {
    type Output = ItemView;
    const META: Meta = Meta::action(
        "copy-work-item",
        "Copy a work item: its text, criteria and why go along, its state and what was said of it do not",
        "POST",
        "/work-items/{key}/copy",
    )
    .exercises(&[35]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (original, product) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let input = self.input(cx, &original)?;
        let item = create(cx, &product, &input)?;
        let item = with_fields(cx, item, &original)?;
        criteria::copy(cx, original.id, &item)?;
        let (out, _) = ties(cx.conn(), &actor, original.id, None)?;
        for (kind, node) in out.into_iter().filter(|(kind, _)| kind == "serves") {
            AddLink { from: item.key.clone(), to: node.key, kind: Some(kind) }.run(cx)?;
        }
        let kind = Some("relates".to_owned());
        AddLink { from: item.key.clone(), to: original.key, kind }.run(cx)?;
        view(cx.conn(), ws, &item, &mut Names::default())
    }
}

impl CopyWorkItem {
    /// What the copy is made from. What the original belongs to and is no longer there is left out.
    fn input(&self, cx: &mut Change<'_>, original: &WorkItem) -> Result<CreateWorkItem> {
        let team = there::<Team>(cx, original.team_id)?.filter(|team| team.state == "active");
        let part = there::<Part>(cx, original.part_id)?;
        let parent = there::<WorkItem>(cx, original.parent_id)?;
        let broke = there::<WorkItem>(cx, original.broke_id)?;
        let ahead = original.no_why_until.filter(|day| *day >= cx.happened.day());
        let said = self.title.as_deref().filter(|title| !title.trim().is_empty());
        Ok(CreateWorkItem {
            title: said.unwrap_or(&original.title).to_owned(),
            level: Some(original.level.clone()),
            body: original.body.clone(),
            parent: parent.map(|above| above.key),
            broke: broke.map(|story| story.key),
            team: team.map(|team| team.id.to_string()),
            part: part.map(|part| part.id.to_string()),
            points: original.points.filter(|_| self.estimate),
            service: original.service.clone(),
            severity: original.severity.clone(),
            labels: original.labels.to_vec(),
            no_why_until: ahead,
            ..CreateWorkItem::default()
        })
    }
}

/// Gives the copy the priority and the custom fields as they are kept, whatever an import brought and
/// whatever became of their definitions since.
fn with_fields(cx: &mut Change<'_>, item: WorkItem, original: &WorkItem) -> Result<WorkItem> {
    let mut after = item.clone();
    after.priority.clone_from(&original.priority);
    after.fields.clone_from(&original.fields);
    cx.update(&item, &mut after)?;
    Ok(after)
}

/// A record that another one names, if it is not in the bin.
fn there<R: Record>(cx: &mut Change<'_>, id: Option<Id>) -> Result<Option<R>> {
    let Some(id) = id else { return Ok(None) };
    let ws = cx.workspace();
    Ok(load::<R>(cx.conn(), ws, id)?.filter(|found| found.meta().gone_at.is_none()))
}
