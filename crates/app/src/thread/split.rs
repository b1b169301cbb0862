//! Splitting a story: its parts keep its why, its place and its history in sight.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::links::copy;
use crate::how::criteria::{self, Criterion};
use crate::how::work_items::{
    CreateWorkItem, ItemView, MoveWorkItem, Names, WorkItem, by_key, create, views,
};
use crate::kernel::{Access, Error, Id, Result};
use crate::store::{Action, Change, Meta, load};

/// Split a story: by its criteria, or into steps of its workflow, one title each.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SplitStory {
    pub key: String,
    /// Titles of new stories.
    pub titles: Vec<String>,
    /// Ids of criteria; each becomes a story of its own and goes with it.
    pub criteria: Vec<Id>,
}

/// What a story became.
#[derive(Serialize, JsonSchema)]
pub struct Split {
    pub key: String,
    /// The new stories, in order.
    pub parts: Vec<ItemView>,
}

impl Action for SplitStory {
    type Output = Split;
    const META: Meta = Meta::action(
        "split-story",
        "Split a story: by its criteria, or into steps of its workflow, one title each",
        "POST",
        "/stories/{key}/split",
    )
    .exercises(&[35]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Split> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (story, product) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        if matches!(story.category.as_str(), "accepted" | "dropped") {
            return Err(Error::refused(format!(
                "{} is finished; there is nothing to split.",
                story.key
            )));
        }
        let lines = self.titles.iter().flat_map(|t| t.lines()).map(str::trim);
        let mut parts: Vec<(String, Option<Criterion>)> =
            lines.filter(|l| !l.is_empty()).map(|l| (l.to_owned(), None)).collect();
        let all = criteria::of_item(cx.conn(), ws, story.id)?;
        for id in &self.criteria {
            let found = all.iter().find(|c| c.id == *id).cloned();
            let criterion = found.ok_or(Error::NotFound("criterion"))?;
            parts.push((criterion.title.clone(), Some(criterion)));
        }
        if parts.is_empty() || parts.len() > 20 {
            return Err(Error::invalid(
                "titles",
                "Name between 1 and 20 parts, by title or criterion.",
            ));
        }
        let mut made: Vec<WorkItem> = Vec::new();
        let mut last = story.key.clone();
        for (title, criterion) in parts {
            let item = part(cx, &story, &product, &title, &last)?;
            if let Some(before) = criterion {
                let mut after = before.clone();
                (after.item_id, after.position) = (item.id, 1);
                cx.update(&before, &mut after)?;
            }
            last.clone_from(&item.key);
            made.push(item);
        }
        let parts = views(cx.conn(), ws, made, &mut Names::default())?;
        Ok(Split { key: story.key, parts })
    }
}

fn part(
    cx: &mut Change<'_>,
    story: &WorkItem,
    product: &crate::people::products::Product,
    title: &str,
    after: &str,
) -> Result<WorkItem> {
    let ws = cx.workspace();
    let parent = match story.parent_id {
        Some(id) => load::<WorkItem>(cx.conn(), ws, id)?.map(|p| p.key),
        None => None,
    };
    let input = CreateWorkItem {
        title: title.to_owned(),
        level: Some(story.level.clone()),
        parent,
        team: story.team_id.map(|id| id.to_string()),
        part: story.part_id.map(|id| id.to_string()),
        labels: story.labels.to_vec(),
        no_why_until: story.no_why_until.filter(|day| *day >= cx.happened.day()),
        ..CreateWorkItem::default()
    };
    let fresh = create(cx, product, &input)?;
    let mut item = fresh.clone();
    item.split_from_id = Some(story.id);
    cx.update(&fresh, &mut item)?;
    copy(cx, story.id, item.id)?;
    let place = MoveWorkItem {
        key: item.key.clone(),
        after: Some(after.to_owned()),
        ..MoveWorkItem::default()
    };
    place.run(cx)?;
    load::<WorkItem>(cx.conn(), ws, item.id)?.ok_or(Error::NotFound("work item"))
}
