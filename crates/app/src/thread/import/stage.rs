//! Writing new items where nobody sees them yet.

use std::collections::HashSet;
use std::sync::LazyLock;

use wherefore_exchange::{Backlog, Item};

use super::compare::{of_file, title};
use super::plan::{Plan, State};
use super::ties::want;
use crate::db::Value;
use crate::how::imports;
use crate::how::work_items::{SERVICES, SEVERITIES, WorkItem, may_wait, place_last, stamp};
use crate::kernel::{Error, Id, Result, Time, rank};
use crate::people::products;
use crate::store::{Change, Composed, Fields, Words};
use crate::thread::comments::Comment;
use crate::{new_row, statements};

statements! {
    KEY_TAKEN = "SELECT 1 FROM item_key WHERE workspace_id = $1 AND key = $2";
}

/// Keys that one question asks for.
const ASKED: usize = 100;

inventory::submit! { Composed { name: "stage::KEYS_TAKEN", text: || keys_taken().to_owned() } }

fn keys_taken() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let marks: Vec<String> = (2..ASKED + 2).map(|n| format!("${n}")).collect();
        let marks = marks.join(", ");
        format!("SELECT key FROM item_key WHERE workspace_id = $1 AND key IN ({marks})")
    });
    &TEXT
}

/// What an item weighs in a batch: about the rows that it writes.
pub(super) fn weight(item: &Item) -> usize {
    let text: usize =
        item.description.len() + item.custom.iter().map(|(_, text)| text.len()).sum::<usize>();
    2 + item.comments.len() + item.labels.len() / 4 + text / 20_000
}

/// The number of a key whose front is the product's: it can be kept.
fn own_number(plan: &Plan, original: &str) -> Option<i64> {
    let upper = original.to_uppercase();
    let number = upper.strip_prefix(&format!("{}-", plan.product.key))?;
    let plain = !number.starts_with(['0', '+', '-']);
    number.parse::<i64>().ok().filter(|n| plain && *n > 0 && *n < 1_000_000_000)
}

/// Keeps the numbers that the file's own keys have from being given to others.
pub(super) fn reserve(cx: &mut Change<'_>, plan: &Plan, file: &Backlog) -> Result<()> {
    let items = plan.fresh.iter().map(|p| file.items[*p].key.as_str());
    match items.chain(super::nouns::keys(file)).filter_map(|key| own_number(plan, key)).max() {
        Some(highest) => products::reserve_numbers(cx, &plan.product, highest),
        None => Ok(()),
    }
}

fn taken(cx: &mut Change<'_>, key: &str) -> Result<bool> {
    let values = [cx.workspace().into(), key.to_uppercase().into()];
    Ok(cx.conn().query_opt(&KEY_TAKEN, &values, |r| r.get::<i64>(0))?.is_some())
}

/// Which of the keys that a batch could keep are given already.
fn taken_of(cx: &mut Change<'_>, plan: &Plan, items: &[&Item]) -> Result<HashSet<String>> {
    let own: Vec<String> = items
        .iter()
        .filter_map(|item| own_number(plan, &item.key))
        .map(|number| format!("{}-{number}", plan.product.key))
        .collect();
    let mut all = HashSet::new();
    for keys in own.chunks(ASKED) {
        let mut values: Vec<Value> = vec![cx.workspace().into()];
        values.extend(keys.iter().map(|key| key.clone().into()));
        values.resize(ASKED + 1, "".into());
        all.extend(cx.conn().query(keys_taken(), &values, |r| r.get::<String>(0))?);
    }
    Ok(all)
}

/// Its own key where the product has the same front and the number is free, else the next one.
fn native_key(
    cx: &mut Change<'_>,
    plan: &Plan,
    taken_own: &mut HashSet<String>,
    original: &str,
) -> Result<String> {
    if let Some(number) = own_number(plan, original) {
        let key = format!("{}-{number}", plan.product.key);
        if taken_own.insert(key.clone()) {
            return Ok(key);
        }
    }
    loop {
        let key = products::next_key(cx, &plan.product)?;
        if !taken(cx, &key)? {
            return Ok(key);
        }
    }
}

/// The same for something that is no item.
pub(super) fn free_key(cx: &mut Change<'_>, plan: &Plan, original: &str) -> Result<String> {
    let mut given = HashSet::new();
    if let Some(number) = own_number(plan, original) {
        let key = format!("{}-{number}", plan.product.key);
        if taken(cx, &key)? {
            given.insert(key);
        }
    }
    native_key(cx, plan, &mut given, original)
}

/// Writes a batch of new items with their comments, at the end of the order.
pub(super) fn stage(
    cx: &mut Change<'_>,
    plan: &Plan,
    import: Id,
    file: &Backlog,
    batch: &[usize],
) -> Result<()> {
    let ws = cx.workspace();
    products::lock_order(cx, plan.product.id)?;
    let first = place_last(cx.conn(), ws, plan.product.id)?;
    let rest = rank::spread(Some(&first), batch.len().saturating_sub(1))?;
    let items: Vec<&Item> = batch.iter().map(|place| &file.items[*place]).collect();
    let mut taken = taken_of(cx, plan, &items)?;
    for (item, rank) in items.into_iter().zip(std::iter::once(first).chain(rest)) {
        let key = native_key(cx, plan, &mut taken, &item.key)?;
        stage_one(cx, plan, import, item, key, rank)?;
    }
    Ok(())
}

fn stage_one(
    cx: &mut Change<'_>,
    plan: &Plan,
    import: Id,
    item: &Item,
    key: String,
    rank: String,
) -> Result<()> {
    let (ws, now) = (cx.workspace(), cx.now);
    let Some(own) = plan.id(&item.key) else {
        return Err(Error::internal("an item without an id"));
    };
    let planned = plan.row(item, None);
    let base = Fields(of_file(&planned, item));
    cx.happened = item.created.map_or(now, Time);
    let more = &item.more;
    let (team, mut state) = (more.team.as_ref().and_then(|t| plan.teams.get(t)), planned.state);
    if let Some(own) = team.and_then(|(_, policy)| policy.as_ref())
        && let Some(fits) = own.fitting(&state.name, &state.category)
    {
        state = State { name: fits.name.clone(), category: fits.category.clone() };
    }
    let waits = may_wait(&state.category).then(|| now.day());
    let one_of = |word: &Option<String>, words: &[&str]| {
        word.clone().filter(|word| words.contains(&word.as_str()))
    };
    let item_of = |key: &Option<String>| {
        key.as_ref().and_then(|k| plan.id(k)).filter(|id| !plan.elsewhere.contains(id))
    };
    let mut row = new_row!(
        cx,
        WorkItem {
            product_id: plan.product.id,
            key: key,
            level: planned.level,
            title: title(&item.title),
            body: item.description.clone(),
            state: state.name,
            category: state.category,
            rank: rank,
            parent_id: planned.parent,
            broke_id: item_of(&more.broke).filter(|id| *id != own),
            team_id: team.map(|(id, _)| *id),
            part_id: more.part.as_ref().and_then(|p| plan.parts.get(p)).copied(),
            assignee_id: planned.assignee,
            reporter_id: planned.reporter,
            points: item.points,
            priority: item.priority.clone(),
            labels: Words(item.labels.clone()),
            sprint_id: planned.sprint,
            due: item.due.as_ref().and_then(|d| d.parse().ok()),
            fields: Fields(planned.fields),
            no_why_until: more.no_why_until.as_ref().and_then(|d| d.parse().ok()),
            started_at: more.started.map(Time),
            done_at: None,
            original_key: Some(item.key.clone()),
            staged_by: Some(import),
            service: one_of(&more.service, &SERVICES),
            severity: one_of(&more.severity, &SEVERITIES),
            split_from_id: item_of(&more.split_from),
            triage_on: waits,
        }
    );
    row.id = own;
    stamp(&mut row, item.resolved.or(item.updated).map_or(cx.happened, Time));
    cx.insert(&row)?;
    for comment in &item.comments {
        add_comment(cx, plan, own, comment, item)?;
    }
    cx.happened = now;
    imports::keep_base(cx.exempt(), ws, plan.product.id, &item.key.to_uppercase(), own, base)?;
    want(cx.exempt(), ws, plan, item, own)
}

/// Adds a comment with the author and the time that the file names.
pub(super) fn add_comment(
    cx: &mut Change<'_>,
    plan: &Plan,
    object: Id,
    comment: &wherefore_exchange::Comment,
    item: &Item,
) -> Result<()> {
    let (author, name) = match &comment.author {
        Some(author) => plan.people.author(author),
        None => (None, String::new()),
    };
    cx.happened = comment.at.or(item.created).map_or(cx.now, Time);
    cx.insert(&new_row!(
        cx,
        Comment {
            product_id: plan.product.id,
            object_kind: "work_item".to_owned(),
            object_id: object,
            author_id: author,
            author_name: name.clone(),
            body: comment.body.clone(),
            said_at: cx.happened,
        }
    ))
}
