//! From one row to one item.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;

use super::dates::{self, Order};
use super::header::Header;
use super::{cells, status};
use crate::{Category, Item, Level, Link, Mapping, More, PersonRef, Warning, jira_markup};

/// What is left to settle once all rows are known.
#[derive(Default)]
pub struct Loose {
    /// Candidates for the parent: rank (0 is the best), custom slot, text.
    pub parents: Vec<(u8, usize, String)>,
    /// Slot and keys of children named by the parent.
    pub children: Vec<(usize, String)>,
}

/// An item on its way: its custom cells are still apart.
pub struct Draft {
    pub item: Item,
    pub loose: Loose,
    pub custom: BTreeMap<usize, Vec<String>>,
}

/// What the rows share.
pub struct Reading<'a> {
    pub header: &'a Header,
    /// The order of dates, by column.
    pub orders: Vec<Order>,
    /// A date without a time zone was read as UTC.
    pub unzoned: bool,
    pub unknown_statuses: BTreeMap<String, usize>,
    /// Cells that hold something, by column.
    pub filled: Vec<usize>,
    pub warnings: Vec<Warning>,
}

#[derive(Default)]
struct Single {
    key: Option<String>,
    id: Option<String>,
    type_name: Option<String>,
    title: Option<String>,
    status: Option<String>,
    status_category: Option<String>,
    resolution: Option<String>,
    priority: Option<String>,
    reporter: (Option<String>, Option<String>),
    assignee: (Option<String>, Option<String>),
}

impl Reading<'_> {
    /// Builds the item of a row.
    pub fn draft(&mut self, row: usize, cells: &[(usize, std::borrow::Cow<str>)]) -> Draft {
        let mut draft =
            Draft { item: empty(row), loose: Loose::default(), custom: BTreeMap::new() };
        let mut single = Single::default();
        for (column, cell) in cells {
            let Some(place) = self.header.columns.get(*column) else {
                self.beyond(row, *column, cell, &mut draft);
                continue;
            };
            let slot = place.slot;
            self.filled[*column] += 1;
            if !self.cell(*column, cell, &mut single, &mut draft) {
                draft.custom.entry(slot).or_default().push(cell.trim().to_owned());
            }
        }
        self.finish(single, &mut draft);
        draft
    }

    /// Puts a cell into its field; false where it belongs to the custom fields.
    fn cell(&mut self, column: usize, cell: &str, single: &mut Single, draft: &mut Draft) -> bool {
        let place = &self.header.columns[column];
        let (text, item) = (cell.trim(), &mut draft.item);
        match &place.maps_to {
            Mapping::Key => once(&mut single.key, text),
            Mapping::Id => once(&mut single.id, text),
            Mapping::Type => once(&mut single.type_name, text),
            Mapping::Title => once(&mut single.title, text),
            Mapping::Status => once(&mut single.status, text),
            Mapping::StatusCategory => {
                status::is_category(text) && once(&mut single.status_category, text)
            }
            Mapping::Resolution => once(&mut single.resolution, text),
            Mapping::Priority => once(&mut single.priority, text),
            Mapping::Reporter => cells::nobody(text) || once(&mut single.reporter.0, text),
            Mapping::ReporterId => once(&mut single.reporter.1, text),
            Mapping::Assignee => cells::nobody(text) || once(&mut single.assignee.0, text),
            Mapping::AssigneeId => once(&mut single.assignee.1, text),
            Mapping::Description => {
                let free = item.description.is_empty();
                if free {
                    item.description = jira_markup::to_markdown(cell);
                }
                free
            }
            Mapping::Labels => {
                item.labels.extend(cells::labels(text).map(str::to_owned));
                true
            }
            Mapping::Sprint => {
                let name = cells::sprint_name(text);
                item.sprints.push(name.unwrap_or(text).to_owned());
                name.is_none()
            }
            Mapping::Points => self.points(column, text, item),
            Mapping::Created | Mapping::Updated | Mapping::Resolved | Mapping::Due => {
                self.date(column, text, item)
            }
            Mapping::ParentKey => candidate(&mut draft.loose, 0, place.slot, text),
            Mapping::Parent => candidate(&mut draft.loose, 1, place.slot, text),
            Mapping::ParentId => candidate(&mut draft.loose, 2, place.slot, text),
            Mapping::EpicLink => candidate(&mut draft.loose, 3, place.slot, text),
            Mapping::SubTasks => {
                let keys = cells::keys(text).into_iter().map(|key| (place.slot, key.to_owned()));
                draft.loose.children.extend(keys);
                true
            }
            Mapping::Link { kind, outward } => {
                let link = |target: &str| Link {
                    kind: kind.clone(),
                    outward: *outward,
                    target: target.to_owned(),
                };
                item.links.extend(cells::keys(text).into_iter().map(link));
                true
            }
            Mapping::Comment => {
                item.comments.push(cells::comment(cell, self.orders[column]));
                true
            }
            Mapping::Attachment => {
                item.attachments.push(cells::attachment(cell, self.orders[column]));
                true
            }
            Mapping::Custom(_) => false,
        }
    }

    fn points(&mut self, column: usize, text: &str, item: &mut Item) -> bool {
        let Some(points) = cells::number(text) else {
            let name = self.name(column);
            self.warnings.push(Warning::at(
                item.row,
                format!("{name} is “{text}”, which is not a number; it is kept as a custom field."),
            ));
            return false;
        };
        let same = item.points.is_none_or(|held| held == points);
        item.points.get_or_insert(points);
        same
    }

    fn date(&mut self, column: usize, text: &str, item: &mut Item) -> bool {
        let Some(stamp) = dates::parse(text, self.orders[column]) else {
            let name = self.name(column);
            self.warnings.push(Warning::at(
                item.row,
                format!("{name} is “{text}”, which is not a date that can be read; it is kept as a custom field."),
            ));
            return false;
        };
        if self.header.columns[column].maps_to == Mapping::Due {
            let day = stamp.day.to_string();
            return *item.due.get_or_insert_with(|| day.clone()) == day;
        }
        self.unzoned |= !stamp.zoned;
        let field = match self.header.columns[column].maps_to {
            Mapping::Created => &mut item.created,
            Mapping::Updated => &mut item.updated,
            _ => &mut item.resolved,
        };
        *field.get_or_insert(stamp.micros) == stamp.micros
    }

    /// A cell to the right of the last header.
    fn beyond(&mut self, row: usize, column: usize, cell: &str, draft: &mut Draft) {
        let name = format!("Column {}", column + 1);
        self.warnings.push(Warning::at(
            row,
            format!("The row is longer than the header; its cell is kept as “{name}”."),
        ));
        draft.item.custom.push((name, cell.trim().to_owned()));
    }

    fn finish(&mut self, single: Single, draft: &mut Draft) {
        let item = &mut draft.item;
        item.key = match (&single.key, &single.id) {
            (Some(key), _) => key.clone(),
            (None, Some(id)) => id.clone(),
            (None, None) => format!("row-{}", item.row),
        };
        if single.key.is_none() {
            let message = format!("The row has no issue key; it is called {}.", item.key);
            self.warnings.push(Warning::at(item.row, message));
        }
        item.title = single.title.unwrap_or_else(|| {
            let message = format!("{} has no summary; its key stands in.", item.key);
            self.warnings.push(Warning::at(item.row, message));
            item.key.clone()
        });
        item.source_id = single.id;
        item.type_name = single.type_name.unwrap_or_default();
        item.level = status::level(&item.type_name);
        item.status = single.status.unwrap_or_default();
        let (column, resolution) =
            (single.status_category.as_deref(), single.resolution.as_deref());
        item.category = status::category(&item.status, column, resolution).unwrap_or_else(|| {
            if !item.status.is_empty() {
                *self.unknown_statuses.entry(item.status.clone()).or_default() += 1;
            }
            Category::Unstarted
        });
        item.resolution = single.resolution;
        item.priority = single.priority;
        item.reporter = person(single.reporter);
        item.assignee = person(single.assignee);
        distinct(&mut item.labels);
        distinct(&mut item.sprints);
        distinct(&mut item.links);
    }

    fn name(&self, column: usize) -> &str {
        &self.header.slots[self.header.columns[column].slot]
    }
}

impl Draft {
    /// Joins what was apart.
    pub fn finished(mut self, header: &Header) -> Item {
        let beyond = std::mem::take(&mut self.item.custom);
        let named = self.custom.into_iter().map(|(slot, values)| {
            let plain = values.iter().all(|value| !value.contains([',', '\n']));
            (header.slots[slot].clone(), values.join(if plain { ", " } else { "\n" }))
        });
        self.item.custom = named.chain(beyond).collect();
        self.item
    }
}

fn once(field: &mut Option<String>, text: &str) -> bool {
    field.get_or_insert_with(|| text.to_owned()) == text
}

/// Drops what was said before; repeated columns often repeat themselves.
fn distinct<T: Clone + Eq + Hash>(list: &mut Vec<T>) {
    let mut seen = HashSet::new();
    list.retain(|value| seen.insert(value.clone()));
}

fn candidate(loose: &mut Loose, rank: u8, slot: usize, text: &str) -> bool {
    loose.parents.push((rank, slot, text.to_owned()));
    true
}

fn person((name, id): (Option<String>, Option<String>)) -> Option<PersonRef> {
    let shown = name.or_else(|| id.clone())?;
    Some(PersonRef { name: shown, id })
}

fn empty(row: usize) -> Item {
    Item {
        key: String::new(),
        source_id: None,
        row,
        level: Level::Task,
        type_name: String::new(),
        title: String::new(),
        description: String::new(),
        status: String::new(),
        category: Category::Unstarted,
        resolution: None,
        priority: None,
        labels: Vec::new(),
        reporter: None,
        assignee: None,
        points: None,
        created: None,
        updated: None,
        resolved: None,
        due: None,
        parent: None,
        sprints: Vec::new(),
        links: Vec::new(),
        comments: Vec::new(),
        attachments: Vec::new(),
        custom: Vec::new(),
        more: More::default(),
    }
}
