//! Parents and links, once every row is known.

use std::collections::{HashMap, HashSet};

use super::header::Header;
use super::item::Draft;
use crate::{Level, Warning};

/// Settles who belongs to whom; what points outside the file is kept and said.
pub fn settle(drafts: &mut [Draft], header: &Header, warnings: &mut Vec<Warning>) {
    let index = Index::of(drafts, header);
    for draft in drafts.iter_mut() {
        choose_parent(draft, &index, warnings);
    }
    adopt(drafts, &index, warnings);
    break_cycles(drafts, &index, warnings);
    for draft in drafts.iter_mut() {
        let item = &mut draft.item;
        for link in &mut item.links {
            match index.find(&link.target) {
                Some(key) => link.target = key.to_owned(),
                None => warnings.push(Warning::at(
                    item.row,
                    format!(
                        "{} is linked to {}, which is not in this file.",
                        item.key, link.target
                    ),
                )),
            }
        }
        let orphan = item.level == Level::SubTask && item.parent.is_none();
        if orphan {
            let message = format!("{} is a sub-task, but the file names no parent.", item.key);
            warnings.push(Warning::at(item.row, message));
        }
    }
}

/// Keys by key, id and epic name.
struct Index {
    keys: HashMap<String, String>,
    names: HashMap<String, String>,
    places: HashMap<String, usize>,
}

impl Index {
    fn of(drafts: &[Draft], header: &Header) -> Self {
        let epic_name = header.slots.iter().position(|name| name.eq_ignore_ascii_case("epic name"));
        let mut index =
            Self { keys: HashMap::new(), names: HashMap::new(), places: HashMap::new() };
        for (place, draft) in drafts.iter().enumerate() {
            let key = &draft.item.key;
            index.keys.insert(key.clone(), key.clone());
            index.places.insert(key.clone(), place);
        }
        for draft in drafts {
            let key = &draft.item.key;
            if let Some(id) = &draft.item.source_id {
                index.keys.entry(id.clone()).or_insert_with(|| key.clone());
            }
            for name in epic_name.and_then(|slot| draft.custom.get(&slot)).into_iter().flatten() {
                index.names.entry(name.clone()).or_insert_with(|| key.clone());
            }
        }
        index
    }

    fn find(&self, text: &str) -> Option<&str> {
        self.keys.get(text).map(String::as_str)
    }

    fn find_epic(&self, text: &str) -> Option<&str> {
        self.find(text).or_else(|| self.names.get(text).map(String::as_str))
    }
}

/// The best candidate that is in the file, else the best one; others go to the custom fields.
fn choose_parent(draft: &mut Draft, index: &Index, warnings: &mut Vec<Warning>) {
    let mut candidates = std::mem::take(&mut draft.loose.parents);
    if candidates.is_empty() {
        return;
    }
    candidates.sort_by_key(|(rank, ..)| *rank);
    let found = candidates.iter().find_map(|(_, _, text)| index.find_epic(text));
    let parent = match found {
        Some(key) => key.to_owned(),
        None => {
            let text = candidates[0].2.clone();
            let message =
                format!("{} belongs to {text}, which is not in this file.", draft.item.key);
            warnings.push(Warning::at(draft.item.row, message));
            text
        }
    };
    for (_, slot, text) in candidates {
        if text != parent && index.find_epic(&text) != Some(&parent) {
            draft.custom.entry(slot).or_default().push(text);
        }
    }
    draft.item.parent = Some(parent);
}

/// Children that only their parent names.
fn adopt(drafts: &mut [Draft], index: &Index, warnings: &mut Vec<Warning>) {
    for place in 0..drafts.len() {
        let parent = drafts[place].item.key.clone();
        for (slot, child) in std::mem::take(&mut drafts[place].loose.children) {
            let at = index.find(&child).and_then(|key| index.places.get(key)).copied();
            let held = at.and_then(|at| drafts[at].item.parent.clone());
            match (at, held) {
                (Some(at), None) => drafts[at].item.parent = Some(parent.clone()),
                (Some(_), Some(held)) if held == parent => {}
                _ => {
                    let row = drafts[place].item.row;
                    let why =
                        if at.is_some() { "names another parent" } else { "is not in this file" };
                    let message = format!("{parent} names the sub-task {child}, which {why}.");
                    warnings.push(Warning::at(row, message));
                    drafts[place].custom.entry(slot).or_default().push(child);
                }
            }
        }
    }
}

/// Follows each item to its top once; the item that closes a circle loses its parent.
fn break_cycles(drafts: &mut [Draft], index: &Index, warnings: &mut Vec<Warning>) {
    let mut safe: HashSet<usize> = HashSet::new();
    for start in 0..drafts.len() {
        let mut path = Vec::new();
        let mut walked = HashSet::new();
        let mut at = start;
        while !safe.contains(&at) {
            walked.insert(at);
            path.push(at);
            let parent = drafts[at].item.parent.as_ref().and_then(|key| index.places.get(key));
            let Some(next) = parent.copied() else { break };
            if walked.contains(&next) {
                let item = &mut drafts[at].item;
                let parent = item.parent.take().unwrap_or_default();
                let message = format!(
                    "{} and its parent {parent} contain each other; {} is imported without a parent.",
                    item.key, item.key
                );
                warnings.push(Warning::at(item.row, message));
                break;
            }
            at = next;
        }
        safe.extend(path);
    }
}
