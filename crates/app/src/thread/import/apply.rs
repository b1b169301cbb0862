//! Applying an import: short batches that nobody sees, then one that shows them all.

use std::collections::HashSet;
use std::sync::Arc;

use wherefore_exchange::{Backlog, Item};

use super::Report;
use super::compare::{Texts, category, fields, level, of_file, title};
use super::plan::{Known, Plan, UNFINISHED, plan};
use crate::db::Db;
use crate::how::imports::{Import, ImportBase};
use crate::how::sprints::Sprint;
use crate::how::work_items::{WorkItem, place_last, stamp};
use crate::kernel::{Access, Actor, Clock, Error, Id, Result, Role, Time};
use crate::people::members::Person;
use crate::people::products;
use crate::store::{Change, Fields, Meta, Scope, Words, discard};
use crate::thread::comments::{Comment, comments};
use crate::thread::links::Link;
use crate::{new_row, statements};

statements! {
    KEY_TAKEN = "SELECT 1 FROM item_key WHERE workspace_id = $1 AND key = $2";
    LINKED = "SELECT 1 FROM link WHERE workspace_id = $1 AND from_id = $2 AND to_id = $3 AND gone_at IS NULL LIMIT 1";
}

const IMPORT: Meta = Meta {
    name: "import",
    summary: "Import a backlog from another tool",
    method: "POST",
    path: "/imports",
    access: Access::Write,
    exercises: &[],
    scope: Scope::Product,
};

/// Items in one batch: few enough that others' writes wait only some milliseconds.
const BATCH: usize = 40;

/// Imports a backlog into a product. Run again with the same file, it changes nothing.
pub async fn import(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    product: &str,
    file_name: &str,
    file: Backlog,
) -> Result<Report> {
    let (file, actor, now) = (Arc::new(file), Arc::new(actor.clone()), clock.now());
    let (key, source, who) = (product.to_owned(), file.clone(), actor.clone());
    clear_unfinished(db, &actor, &key, now).await?;
    let plan = Arc::new(db.read(move |conn| plan(conn, &who, &key, &source)).await?);
    let import = begin(db, &actor, &plan, file_name, &file, now).await?;
    let fresh: Vec<usize> = (0..file.items.len())
        .filter(|i| !plan.known.contains_key(&file.items[*i].key.to_uppercase()))
        .collect();
    for batch in fresh.chunks(BATCH) {
        let (batch, file, plan, actor) =
            (batch.to_vec(), file.clone(), plan.clone(), actor.clone());
        db.write(move |tx| {
            Change::record(tx, (*actor).clone(), &IMPORT, now, |cx| {
                cx.actor.via = crate::kernel::Via::Import;
                cx.staged = Some(import);
                batch.iter().try_for_each(|i| stage(cx, &plan, import, &file.items[*i]))
            })
        })
        .await?;
    }
    db.write(move |tx| {
        Change::record(tx, (*actor).clone(), &IMPORT, now, |cx| {
            cx.actor.via = crate::kernel::Via::Import;
            complete(cx, &plan, import, &file)
        })
    })
    .await
}

/// What an earlier import left when it was cut off.
async fn clear_unfinished(db: &Db, actor: &Arc<Actor>, product: &str, now: Time) -> Result<()> {
    let (actor, product) = (actor.clone(), product.to_owned());
    db.write(move |tx| {
        let product = products::product(tx, &actor, &product, Access::Write)?;
        let ws = actor.workspace;
        let left = UNFINISHED.all(tx, ws, &[product.id.into()])?;
        for import in &left {
            discard(tx, ws, import.id)?;
        }
        Change::record(tx, (*actor).clone(), &IMPORT, now, |cx| {
            for import in &left {
                let mut after = import.clone();
                "failed".clone_into(&mut after.state);
                cx.update(import, &mut after)?;
            }
            Ok(())
        })
    })
    .await
}

async fn begin(
    db: &Db,
    actor: &Arc<Actor>,
    plan: &Arc<Plan>,
    file_name: &str,
    file: &Arc<Backlog>,
    now: Time,
) -> Result<Id> {
    let (actor, plan, name) = (actor.clone(), plan.clone(), file_name.to_owned());
    let source = file.source.clone();
    db.write(move |tx| {
        Change::record(tx, (*actor).clone(), &IMPORT, now, |cx| {
            let import = new_row!(
                cx,
                Import {
                    product_id: plan.product.id,
                    source: source.clone(),
                    file_name: name.clone(),
                    file_hash: String::new(),
                    state: "staged".to_owned(),
                    report: "{}".to_owned(),
                }
            );
            cx.insert(&import)?;
            Ok(import.id)
        })
    })
    .await
}

fn taken(cx: &mut Change<'_>, key: &str) -> Result<bool> {
    let values = [cx.workspace().into(), key.to_uppercase().into()];
    Ok(cx.conn().query_opt(&KEY_TAKEN, &values, |r| r.get::<i64>(0))?.is_some())
}

/// Its own key where the product has the same front and the number is free, else the next one.
fn native_key(cx: &mut Change<'_>, plan: &Plan, original: &str) -> Result<String> {
    let own = original
        .to_uppercase()
        .strip_prefix(&format!("{}-", plan.product.key))
        .and_then(|n| n.parse::<i64>().ok())
        .filter(|n| *n > 0 && *n < 1_000_000_000);
    if let Some(number) = own {
        let key = format!("{}-{number}", plan.product.key);
        if !taken(cx, &key)? {
            products::reserve_numbers(cx, &plan.product, number)?;
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

/// Writes one new item with its comments, where nobody sees it yet.
fn stage(cx: &mut Change<'_>, plan: &Plan, import: Id, item: &Item) -> Result<()> {
    let (ws, now) = (cx.workspace(), cx.now);
    let id = |key: &String| plan.ids.get(&key.to_uppercase()).copied();
    let Some(own) = id(&item.key) else { return Err(Error::internal("an item without an id")) };
    let person = |p: &wherefore_exchange::PersonRef| plan.people.get(&p.name).copied();
    cx.happened = item.created.map_or(now, Time);
    let key = native_key(cx, plan, &item.key)?;
    let rank = place_last(cx.conn(), ws, plan.product.id)?;
    let state = plan.states.get(item.status.trim()).cloned().unwrap_or_default();
    let mut row = new_row!(
        cx,
        WorkItem {
            product_id: plan.product.id,
            key: key,
            level: level(item.level).to_owned(),
            title: title(&item.title),
            body: item.description.clone(),
            state: state,
            category: category(item.category).to_owned(),
            rank: rank,
            parent_id: item.parent.as_ref().and_then(id).filter(|p| *p != own),
            broke_id: None,
            team_id: None,
            part_id: None,
            assignee_id: item.assignee.as_ref().and_then(person),
            reporter_id: item.reporter.as_ref().and_then(person),
            points: item.points,
            priority: item.priority.clone(),
            labels: Words(item.labels.clone()),
            sprint_id: item.sprints.last().and_then(|s| plan.sprints.get(s)).copied(),
            due: item.due.as_ref().and_then(|d| d.parse().ok()),
            fields: Fields(fields(item)),
            no_why_until: None,
            started_at: None,
            done_at: None,
            original_key: Some(item.key.clone()),
            staged_by: Some(import),
        }
    );
    row.id = own;
    stamp(&mut row, item.resolved.or(item.updated).map_or(cx.happened, Time));
    cx.insert(&row)?;
    for comment in &item.comments {
        add_comment(cx, plan, own, comment, item)?;
    }
    cx.happened = now;
    let mut base = of_file(item);
    base.insert("state".into(), row.state.clone());
    base.insert("title".into(), row.title.clone());
    cx.insert(&new_row!(
        cx,
        ImportBase {
            product_id: plan.product.id,
            original_key: item.key.to_uppercase(),
            item_id: own,
            fields: Fields(base),
        }
    ))
}

fn add_comment(
    cx: &mut Change<'_>,
    plan: &Plan,
    object: Id,
    comment: &wherefore_exchange::Comment,
    item: &Item,
) -> Result<()> {
    let now = cx.now;
    let author = comment.author.clone().unwrap_or_default();
    // Jira names authors by account id; reporter and assignee tell whose that is.
    let known = item.reporter.iter().chain(&item.assignee);
    let name = known
        .filter(|p| p.id.as_ref() == Some(&author))
        .map(|p| p.name.clone())
        .next()
        .unwrap_or(author);
    cx.happened = comment.at.map_or(now, Time);
    cx.insert(&new_row!(
        cx,
        Comment {
            product_id: plan.product.id,
            object_kind: "work_item".to_owned(),
            object_id: object,
            author_id: plan.people.get(&name).copied(),
            author_name: name.clone(),
            body: comment.body.clone(),
            said_at: cx.happened,
        }
    ))
}

/// The last batch: what the items refer to, links, edits of items known before; then all is visible.
fn complete(cx: &mut Change<'_>, plan: &Plan, import: Id, file: &Backlog) -> Result<Report> {
    let ws = cx.workspace();
    let mut report = plan.report.clone();
    let mut position = products::states(cx.conn(), ws, plan.product.id)?.len() as i64;
    for (name, category) in &plan.new_states {
        position += 1;
        products::add_state(cx, plan.product.id, name, category, position)?;
    }
    for (id, name) in &plan.new_people {
        let mut person = new_row!(
            cx,
            Person {
                account_id: None,
                name: name.clone(),
                title: String::new(),
                role: Role::Guest.as_str().to_owned(),
                active: false,
            }
        );
        person.id = *id;
        cx.insert(&person)?;
    }
    for (id, name) in &plan.new_sprints {
        let mut sprint = new_row!(
            cx,
            Sprint {
                product_id: plan.product.id,
                name: name.clone(),
                goal: String::new(),
                state: "closed".to_owned(),
                starts: None,
                ends: None,
            }
        );
        sprint.id = *id;
        cx.insert(&sprint)?;
    }
    for item in &file.items {
        match plan.known.get(&item.key.to_uppercase()) {
            Some(known) => report.comments += update(cx, plan, known, item)?,
            None => report.comments += item.comments.len(),
        }
    }
    report.links = link(cx, plan, file, &mut report.warnings)?;
    let before: Import = cx.get(import, "import")?;
    let mut after = before.clone();
    "applied".clone_into(&mut after.state);
    report.applied = true;
    after.report = serde_json::to_string(&report).map_err(Error::internal)?;
    cx.update(&before, &mut after)?;
    Ok(report)
}

/// Takes what changed in the file, and comments that are new there.
fn update(cx: &mut Change<'_>, plan: &Plan, known: &Known, item: &Item) -> Result<usize> {
    let ws = cx.workspace();
    let mut added = 0;
    let seen: HashSet<(Option<i64>, String)> = comments(cx.conn(), ws, known.item.id)?
        .into_iter()
        .map(|c| (Some(c.said_at.0), c.body))
        .collect();
    for comment in &item.comments {
        let here = comment.at.is_none() && seen.iter().any(|(_, body)| *body == comment.body);
        if !here && !seen.contains(&(comment.at, comment.body.clone())) {
            add_comment(cx, plan, known.item.id, comment, item)?;
            added += 1;
        }
    }
    cx.happened = cx.now;
    if !known.take.is_empty() {
        let before: WorkItem = cx.get(known.item.id, "work item")?;
        let mut after = before.clone();
        take(&mut after, &known.take, item, cx.now);
        cx.update(&before, &mut after)?;
    }
    let mut base: Texts = of_file(item);
    if let Some(state) = plan.states.get(item.status.trim()) {
        base.insert("state".into(), state.clone());
    }
    let mut after = known.base.clone();
    after.fields = Fields(base);
    cx.update(&known.base, &mut after)?;
    Ok(added)
}

fn take(after: &mut WorkItem, fields: &Texts, item: &Item, now: Time) {
    for (field, text) in fields {
        match field.as_str() {
            "title" => after.title.clone_from(text),
            "body" => after.body.clone_from(text),
            "level" => after.level.clone_from(text),
            "state" => {
                after.state.clone_from(text);
                category(item.category).clone_into(&mut after.category);
                stamp(after, now);
            }
            "points" => after.points = item.points,
            "priority" => after.priority.clone_from(&item.priority),
            "labels" => after.labels = Words(item.labels.clone()),
            _ => after.due = item.due.as_ref().and_then(|d| d.parse().ok()),
        }
    }
}

/// Ties between items, each once though both ends tell it.
fn link(
    cx: &mut Change<'_>,
    plan: &Plan,
    file: &Backlog,
    warnings: &mut Vec<String>,
) -> Result<usize> {
    let ws = cx.workspace();
    let mut done = HashSet::new();
    let mut added = 0;
    for item in &file.items {
        let Some(own) = plan.ids.get(&item.key.to_uppercase()).copied() else { continue };
        for tie in &item.links {
            let Some(other) = plan.ids.get(&tie.target.to_uppercase()).copied() else {
                warnings.push(format!(
                    "{} {} {}, which is not in the file",
                    item.key, tie.kind, tie.target
                ));
                continue;
            };
            let (from, to) = if tie.outward { (own, other) } else { (other, own) };
            let values = [ws.into(), from.into(), to.into()];
            let mirrored = done.contains(&(to, from)) && tie.kind == "relates";
            let known = cx.conn().query_opt(&LINKED, &values, |r| r.get::<i64>(0))?.is_some();
            if from == to || mirrored || known || !done.insert((from, to)) {
                continue;
            }
            cx.insert(&new_row!(
                cx,
                Link {
                    kind: tie.kind.clone(),
                    from_kind: "work_item".to_owned(),
                    from_id: from,
                    to_kind: "work_item".to_owned(),
                    to_id: to,
                }
            ))?;
            added += 1;
        }
    }
    Ok(added)
}
