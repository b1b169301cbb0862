//! Doing what a rule says, through the same actions that people have.

use super::Automation;
use super::neglect;
use super::rules::step;
use crate::how::blockers::{BlockItem, UnblockItem, of_item};
use crate::how::templates;
use crate::how::work_items::{
    CreateWorkItem, EditWorkItem, LEVELS, MoveWorkItem, WorkItem, by_key,
};
use crate::kernel::{Access, Day, Error, Id, Result, Time};
use crate::people::members;
use crate::people::notify::{About, Notice, notify};
use crate::people::products::Product;
use crate::store::{Action, Change, Record, act};
use crate::thread::comments::AddComment;

/// What came of a run: in words, and the item that it made.
#[derive(Default)]
pub(super) struct Came {
    pub told: Vec<String>,
    pub made: Option<Id>,
}

/// Does what a rule says, for an item where there is one; `mark` is what the run stands for.
pub(super) fn perform(
    cx: &mut Change<'_>,
    rule: &Automation,
    product: &Product,
    item: Option<&WorkItem>,
    mark: Option<&str>,
) -> Result<Came> {
    match (rule.happens.as_str(), item, mark) {
        ("untouched", Some(item), Some(mark)) => neglect::perform(cx, rule, product, item, mark),
        // What is made up for is made for the day that was missed.
        ("schedule", _, Some(day)) => {
            let at = day.parse::<Day>().map_or(cx.now, Day::start);
            perform_steps(cx, rule, product, item, at)
        }
        _ => perform_steps(cx, rule, product, item, cx.now),
    }
}

/// Does all the steps of a rule; `at` is when they are meant to be done.
pub(super) fn perform_steps(
    cx: &mut Change<'_>,
    rule: &Automation,
    product: &Product,
    item: Option<&WorkItem>,
    at: Time,
) -> Result<Came> {
    let mut came = Came::default();
    for line in rule.steps.iter() {
        let (verb, rest) = step(line);
        let rest = filled(rest, item, at);
        match (verb, item) {
            ("create", _) => {
                let made = make(cx, rule, product, item, &rest)?;
                came.told.push(format!("created {}", made.key));
                came.made = Some(made.id);
            }
            (_, Some(item)) => came.told.extend(on_item(cx, item, verb, &rest)?),
            _ => return Err(Error::refused(format!("There is no item to “{verb}”."))),
        }
    }
    Ok(came)
}

/// Puts what an item says into a text.
pub(super) fn filled(text: &str, item: Option<&WorkItem>, now: Time) -> String {
    let text = text.replace("{date}", &now.day().to_string());
    let Some(item) = item else { return text };
    let since = item.started_at.unwrap_or(item.valid_from);
    let days = ((now.0 - since.0) / Time::DAY).max(0).to_string();
    text.replace("{key}", &item.key).replace("{title}", &item.title).replace("{days}", &days)
}

/// Creates the item that a step asks for: `bug: Title`, or a task where no level is named.
fn make(
    cx: &mut Change<'_>,
    rule: &Automation,
    product: &Product,
    item: Option<&WorkItem>,
    text: &str,
) -> Result<WorkItem> {
    let mut input =
        CreateWorkItem { team: rule.fits.get("team").cloned(), ..CreateWorkItem::default() };
    if let Some((name, title)) = from_template(text) {
        input.template = Some(name.to_owned());
        title.clone_into(&mut input.title);
    } else {
        let (level, title) = match text.split_once(':') {
            Some((level, title)) if LEVELS.contains(&level.trim()) => (level.trim(), title.trim()),
            _ => ("task", text),
        };
        input.level = Some(level.to_owned());
        title.clone_into(&mut input.title);
        input.body = item.map_or(String::new(), |i| format!("From {} {}", i.key, i.title));
    }
    cx.doing(&CreateWorkItem::META, |cx| templates::create(cx, product, &input))
}

/// The template and the rest of the title in `template Spike: Look at it`.
pub(super) fn from_template(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("template ")?;
    let (name, title) = rest.split_once(':').unwrap_or((rest, ""));
    Some((name.trim(), title.trim()))
}

/// Runs an action for a rule: it exercises what it does when its writer calls it.
pub(super) fn call<A: Action>(cx: &mut Change<'_>, action: &A) -> Result<A::Output> {
    cx.doing(&A::META, |cx| act(cx, action))
}

/// Does one step to an item; nothing is told where nothing had to change.
fn on_item(cx: &mut Change<'_>, item: &WorkItem, verb: &str, rest: &str) -> Result<Option<String>> {
    let (actor, ws) = (cx.actor.clone(), cx.workspace());
    let key = item.key.clone();
    // As the steps before left it.
    let (now, _) = by_key(cx.conn(), &actor, &key, Access::Write)?;
    let text = || Some(Some(rest.to_owned()));
    let mut edit = EditWorkItem { key: key.clone(), ..EditWorkItem::default() };
    let told = match verb {
        "state" => {
            edit.state = Some(rest.to_owned());
            format!("brought it into {rest}")
        }
        "assign" => {
            let nobody = rest.eq_ignore_ascii_case("nobody");
            edit.assignee = if nobody { Some(None) } else { Some(Some(who(&now, rest)?)) };
            format!("gave it to {rest}")
        }
        "label" => {
            edit.labels = Some(now.labels.iter().cloned().chain([rest.to_owned()]).collect());
            format!("added the label {rest}")
        }
        "unlabel" => {
            let left = now.labels.iter().filter(|l| !l.eq_ignore_ascii_case(rest));
            edit.labels = Some(left.cloned().collect());
            format!("took the label {rest} away")
        }
        "priority" => {
            edit.priority = text();
            format!("set its priority to {rest}")
        }
        "service" => {
            edit.service = text();
            format!("made it {rest}")
        }
        "due" => {
            let days = rest.parse::<i64>().ok().filter(|d| (0..=3650).contains(d));
            let days = days.ok_or_else(|| Error::invalid("due", "Say in how many days."))?;
            edit.due = Some(Some(cx.now.day().plus_days(days)));
            format!("made it due in {days} days")
        }
        "comment" => {
            call(cx, &AddComment { key, body: rest.to_owned() })?;
            return Ok(Some("commented".into()));
        }
        "notify" => return tell(cx, &now, rest).map(Some),
        "block" => {
            let now = cx.now;
            if of_item(cx.conn(), ws, item.id, now)?.iter().any(|b| b.ended_at.is_none()) {
                return Ok(None);
            }
            call(cx, &BlockItem { key, because: rest.to_owned() })?;
            return Ok(Some(format!("said that it is held up by {rest}")));
        }
        "unblock" => {
            let now = cx.now;
            if of_item(cx.conn(), ws, item.id, now)?.iter().all(|b| b.ended_at.is_some()) {
                return Ok(None);
            }
            call(cx, &UnblockItem { key, solution: "A rule freed it".into() })?;
            return Ok(Some("said that it is free".into()));
        }
        end => {
            call(cx, &MoveWorkItem { key, to: Some(end.to_owned()), ..MoveWorkItem::default() })?;
            return Ok(Some(format!("moved it to the {end}")));
        }
    };
    let done = call(cx, &edit)?;
    Ok((done.revision > now.revision).then_some(told))
}

/// Whom a word stands for: the reporter or the assignee of an item, or somebody by name.
fn who(item: &WorkItem, word: &str) -> Result<String> {
    let id = match word.to_lowercase().as_str() {
        "reporter" => item.reporter_id,
        "assignee" => item.assignee_id,
        _ => return Ok(word.to_owned()),
    };
    id.map(|id| id.to_string())
        .ok_or_else(|| Error::refused(format!("{} has no {word}.", item.key)))
}

fn tell(cx: &mut Change<'_>, item: &WorkItem, word: &str) -> Result<String> {
    let ws = cx.workspace();
    let named = who(item, word)?;
    let person = match named.parse::<Id>() {
        Ok(id) => Some(id),
        Err(_) => members::by_name(cx.conn(), ws, &named)?.map(|p| p.id),
    };
    let message = || Error::refused(format!("Nobody here is called “{named}”."));
    let person = person.ok_or_else(message)?;
    let about =
        About { kind: WorkItem::KIND, object: item.id, product: item.product_id, comment: None };
    notify(cx, person, Notice::Rule, about)?;
    Ok(format!("told {word}"))
}
