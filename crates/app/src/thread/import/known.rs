//! Items that were imported before: what changed in the file comes, what was edited here stays.

use std::collections::{BTreeMap, BTreeSet};

use wherefore_exchange::{Backlog, Comment, Item};

use super::compare::{CUSTOM, merge, of_base, of_file, of_item, title};
use super::plan::{Plan, Planned};
use super::report::Lines;
use super::stage::add_comment;
use crate::db::Conn;
use crate::how::imports;
use crate::how::work_items::{WorkItem, stamp};
use crate::kernel::{Id, Result, Time};
use crate::selects;
use crate::store::{Change, Fields, Words, load};
use crate::thread::comments;

selects! {
    /// Also those that were removed here: they stay removed.
    SAID: comments::Comment = "comment", "object_id = $2 ORDER BY said_at, id";
}

/// What to do with an item that was imported before.
struct Known<'f> {
    item: WorkItem,
    row: Planned,
    take: BTreeSet<String>,
    clashes: Vec<String>,
    comments: Vec<&'f Comment>,
    base: Option<Fields>,
}

/// Compares an item with its row; `None` where it was removed here.
fn examine<'f>(conn: &mut Conn, ws: i64, plan: &Plan, item: &'f Item) -> Result<Option<Known<'f>>> {
    let key = item.key.to_uppercase();
    let Some((id, base)) = imports::base(conn, ws, plan.product.id, &key)? else { return Ok(None) };
    let here = load::<WorkItem>(conn, ws, id)?.filter(|i| i.gone_at.is_none());
    let Some(here) = here else { return Ok(None) };
    let was = of_base(&base);
    let has = plan.people.who(item.assignee.as_ref());
    let had = was.get("assignee");
    let keeps =
        has.filter(|id| here.assignee_id == Some(*id) || had.is_some_and(|h| *h == id.to_string()));
    let row = plan.row(item, keeps);
    let file = of_file(&row, item);
    let (take, clashes) = merge(&was, &file, &of_item(&here));
    let comments = new_comments(conn, ws, here.id, item)?;
    let base = (was != file).then_some(Fields(file));
    Ok(Some(Known { item: here, row, take, clashes, comments, base }))
}

/// Comments of the file that are not here: told apart by when they were said, then by their words,
/// so that one that was edited or removed here does not come again.
fn new_comments<'f>(
    conn: &mut Conn,
    ws: i64,
    object: Id,
    item: &'f Item,
) -> Result<Vec<&'f Comment>> {
    if item.comments.is_empty() {
        return Ok(Vec::new());
    }
    let mut here: Vec<(i64, String)> =
        SAID.all(conn, ws, &[object.into()])?.into_iter().map(|c| (c.said_at.0, c.body)).collect();
    let mut open = Vec::new();
    for comment in &item.comments {
        let said = comment.at.or(item.created);
        let same = here
            .iter()
            .position(|(at, body)| said.is_none_or(|s| s == *at) && *body == comment.body);
        match same {
            Some(place) => drop(here.swap_remove(place)),
            None => open.push(comment),
        }
    }
    open.retain(|comment| {
        let said = comment.at.or(item.created);
        let edited = here.iter().position(|(at, _)| said == Some(*at));
        edited.map(|place| here.swap_remove(place)).is_none()
    });
    Ok(open)
}

/// Counts what will change, and lists what will not because it was edited here.
pub(super) fn foresee(conn: &mut Conn, ws: i64, plan: &mut Plan, file: &Backlog) -> Result<()> {
    let mut conflicts = Lines::default();
    let mut changed = Vec::new();
    let mut passed_over: BTreeMap<Id, usize> = BTreeMap::new();
    let mut report = std::mem::take(&mut plan.report);
    for place in &plan.known {
        let item = &file.items[*place];
        let Some(known) = examine(conn, ws, plan, item)? else {
            report.removed_here += 1;
            continue;
        };
        known.clashes.iter().for_each(|field| conflicts.push(clash(&known.item, item, field)));
        report.comments += known.comments.len();
        if let Some(person) = known.row.passed_over {
            *passed_over.entry(person).or_default() += 1;
        }
        if known.take.is_empty() && known.comments.is_empty() {
            report.unchanged += 1;
        } else {
            report.updated += 1;
        }
        if known.base.is_some() || !known.take.is_empty() || !known.comments.is_empty() {
            changed.push(*place);
        }
    }
    report.created = plan.fresh.len();
    report.links = plan.ties.len();
    for place in &plan.fresh {
        let item = &file.items[*place];
        report.comments += item.comments.len();
        let row = plan.row(item, None);
        report.parents += usize::from(row.parent.is_some());
        if let Some(person) = row.passed_over {
            *passed_over.entry(person).or_default() += 1;
        }
    }
    report.conflicts = conflicts.done();
    plan.report = report;
    plan.say_passed_over(&passed_over);
    plan.changed = changed;
    Ok(())
}

fn clash(here: &WorkItem, item: &Item, field: &str) -> String {
    let field = match field {
        "body" => "text",
        other => other.strip_prefix(CUSTOM).unwrap_or(other),
    };
    format!(
        "{} ({}): {field} was changed here and in the file; the edit made here stays",
        here.key, item.key
    )
}

/// Brings what changed in the file; what was edited here meanwhile stays. Gives the fields that
/// clash.
pub(super) fn update(cx: &mut Change<'_>, plan: &Plan, item: &Item) -> Result<Vec<String>> {
    let ws = cx.workspace();
    let Some(known) = examine(cx.conn(), ws, plan, item)? else { return Ok(Vec::new()) };
    for comment in &known.comments {
        add_comment(cx, plan, known.item.id, comment, item)?;
    }
    cx.happened = cx.now;
    if !known.take.is_empty() {
        let mut after = known.item.clone();
        take(cx.now, &known.row, &mut after, &known.take, item);
        cx.update(&known.item, &mut after)?;
    }
    if let Some(base) = known.base {
        let key = item.key.to_uppercase();
        imports::keep_base(cx.exempt(), ws, plan.product.id, &key, known.item.id, base)?;
        super::ties::want(cx.exempt(), ws, plan, item, known.item.id)?;
    }
    Ok(known.clashes.iter().map(|field| clash(&known.item, item, field)).collect())
}

fn take(now: Time, row: &Planned, after: &mut WorkItem, fields: &BTreeSet<String>, item: &Item) {
    for field in fields {
        match field.as_str() {
            "title" => after.title = title(&item.title),
            "body" => after.body.clone_from(&item.description),
            "level" => after.level.clone_from(&row.level),
            "state" => {
                after.state.clone_from(&row.state.name);
                after.category.clone_from(&row.state.category);
                stamp(after, now);
            }
            "points" => after.points = item.points,
            "priority" => after.priority.clone_from(&item.priority),
            "labels" => after.labels = Words(item.labels.clone()),
            "due" => after.due = item.due.as_ref().and_then(|d| d.parse().ok()),
            "parent" => after.parent_id = row.parent,
            "sprint" => after.sprint_id = row.sprint,
            "assignee" => after.assignee_id = row.assignee,
            "reporter" => after.reporter_id = row.reporter,
            custom => {
                let name = custom.strip_prefix(CUSTOM).unwrap_or(custom);
                let mut all = after.fields.0.clone();
                match row.fields.get(name) {
                    Some(text) => all.insert(name.to_owned(), text.clone()),
                    None => all.remove(name),
                };
                after.fields = Fields(all);
            }
        }
    }
}
