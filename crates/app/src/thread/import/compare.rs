//! Whose edit is newer: an item's fields as texts, from the file, from the last import, from here.

use std::collections::BTreeMap;

use wherefore_exchange::{Category, Item, Level};

use crate::how::work_items::WorkItem;

/// The fields that a re-import compares, as texts.
pub(super) type Texts = BTreeMap<String, String>;

pub(super) fn category(category: Category) -> &'static str {
    match category {
        Category::Backlog => "backlog",
        Category::Unstarted => "unstarted",
        Category::Started => "started",
        Category::InReview => "in-review",
        Category::Accepted => "accepted",
        Category::Dropped => "dropped",
    }
}

pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Epic => "epic",
        Level::Story => "story",
        Level::Task | Level::SubTask => "task",
        Level::Bug => "bug",
    }
}

/// Custom fields, and what else has no place of its own.
pub(super) fn fields(item: &Item) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = item.custom.iter().cloned().collect();
    if let Some(resolution) = &item.resolution {
        all.insert("Resolution".into(), resolution.clone());
    }
    if !item.attachments.is_empty() {
        let lines: Vec<String> =
            item.attachments.iter().map(|a| format!("{}: {}", a.name, a.url)).collect();
        all.insert("Attachments".into(), lines.join("\n"));
    }
    if item.level == Level::SubTask {
        all.insert("Type".into(), item.type_name.clone());
    }
    if item.sprints.len() > 1 {
        all.insert("Sprints".into(), item.sprints.join(", "));
    }
    all
}

fn joined(labels: &[String]) -> String {
    labels.join(", ")
}

/// As the file has it.
pub(super) fn of_file(item: &Item) -> Texts {
    let text = |v: &Option<String>| v.clone().unwrap_or_default();
    [
        ("title", title(&item.title)),
        ("body", item.description.clone()),
        ("level", level(item.level).to_owned()),
        ("state", item.status.clone()),
        ("points", item.points.map_or(String::new(), |p| p.to_string())),
        ("priority", text(&item.priority)),
        ("labels", joined(&item.labels)),
        ("due", text(&item.due)),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect()
}

/// As it stands here.
pub(super) fn of_item(item: &WorkItem) -> Texts {
    [
        ("title", item.title.clone()),
        ("body", item.body.clone()),
        ("level", item.level.clone()),
        ("state", item.state.clone()),
        ("points", item.points.map_or(String::new(), |p| p.to_string())),
        ("priority", item.priority.clone().unwrap_or_default()),
        ("labels", joined(&item.labels)),
        ("due", item.due.map_or(String::new(), |d| d.to_string())),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect()
}

/// A title in one line, never empty, cut where it is longer than titles may be.
pub(super) fn title(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "(no title)".to_owned() } else { line.chars().take(10_000).collect() }
}

/// Three-way: what to take from the file, and where both sides changed.
pub(super) fn merge(base: &Texts, file: &Texts, here: &Texts) -> (Texts, Vec<String>) {
    let mut take = Texts::new();
    let mut clashes = Vec::new();
    for (field, theirs) in file {
        let (was, is) = (base.get(field), here.get(field));
        if was == Some(theirs) || is == Some(theirs) {
            continue;
        }
        if is == was {
            take.insert(field.clone(), theirs.clone());
        } else {
            clashes.push(field.clone());
        }
    }
    (take, clashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_file_wins_only_where_nobody_edited_here() {
        let base = texts(&[("title", "a"), ("body", "x"), ("state", "Open")]);
        let file = texts(&[("title", "b"), ("body", "x"), ("state", "Done")]);
        let here = texts(&[("title", "a"), ("body", "edited"), ("state", "Doing")]);
        let (take, clashes) = merge(&base, &file, &here);
        assert_eq!(take, texts(&[("title", "b")]));
        assert_eq!(clashes, ["state"]);
    }

    #[test]
    fn the_same_file_again_changes_nothing() {
        let base = texts(&[("title", "a")]);
        let here = texts(&[("title", "mine")]);
        assert_eq!(merge(&base, &base, &here), (Texts::new(), Vec::new()));
    }
}
