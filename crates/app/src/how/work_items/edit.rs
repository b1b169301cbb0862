//! Editing work items, and reading what is given of them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::filter::someone;
use super::given::{Barred, barred};
use super::limits::{self, enter};
use super::list::by_key;
use super::names::Names;
use super::view::{ItemView, view};
use super::{LEVELS, MOST_LABELS, SERVICES, SEVERITIES, WORD, WorkItem};
use crate::how::fields;
use crate::how::sprints::{self, Sprint};
use crate::kernel::{Access, Day, Error, Id, Patch, Result, patch};
use crate::people::members::Person;
use crate::people::notify::{About, Notice, notify, settle};
use crate::people::nouns::one_of;
use crate::people::parts::{self, Part};
use crate::people::products::{Product, check_text, check_title};
use crate::people::teams;
use crate::store::{Action, Change, Fields, Meta, Record, Scope, Words, load};

/// Edit what you name of a work item; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditWorkItem {
    pub key: String,
    /// The revision that the edit was made on; where the same fields changed since, it is refused
    /// with both texts.
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub level: Option<String>,
    pub state: Option<String>,
    #[serde(deserialize_with = "patch")]
    pub parent: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub broke: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub assignee: Patch<String>,
    /// A team's id or name.
    #[serde(deserialize_with = "patch")]
    pub team: Patch<String>,
    /// A part's id or name; where the item has no team, it gets the part's.
    #[serde(deserialize_with = "patch")]
    pub part: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub points: Patch<f64>,
    #[serde(deserialize_with = "patch")]
    pub priority: Patch<String>,
    /// Class of service: `expedite`, `fixed-date`, `standard` or `intangible`.
    #[serde(deserialize_with = "patch")]
    pub service: Patch<String>,
    /// Of a bug: `critical`, `major`, `minor` or `trivial`.
    #[serde(deserialize_with = "patch")]
    pub severity: Patch<String>,
    pub labels: Option<Vec<String>>,
    /// A sprint of the product, by name.
    #[serde(deserialize_with = "patch")]
    pub sprint: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub due: Patch<Day>,
    #[serde(deserialize_with = "patch")]
    pub no_why_until: Patch<Day>,
    /// All of its custom fields; those that are left out are emptied.
    pub fields: Option<Fields>,
    /// Single custom fields by name; an empty text empties one, the others stay.
    pub set_fields: Fields,
}

impl Action for EditWorkItem {
    type Output = ItemView;
    const META: Meta = Meta {
        name: "edit-work-item",
        summary: "Edit what you name of a work item; the rest stays",
        method: "PATCH",
        path: "/work-items/{key}",
        access: Access::Write,
        exercises: &[35],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let actor = cx.actor.clone();
        let (before, product) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        self.apply(cx, &product, &mut after)?;
        let after = cx.edit(&before, after, self.revision)?;
        tell_assignee(cx, before.assignee_id, &after)?;
        view(cx.conn(), actor.workspace, &after, &mut Names::default())
    }
}

impl EditWorkItem {
    fn apply(&self, cx: &mut Change<'_>, product: &Product, item: &mut WorkItem) -> Result<()> {
        let (ws, team_before, sprint_before) = (cx.workspace(), item.team_id, item.sprint_id);
        if let Some(title) = &self.title {
            item.title = check_title("title", title)?;
        }
        if let Some(body) = &self.body {
            item.body = check_text("body", body)?;
        }
        if let Some(level) = &self.level {
            if !LEVELS.contains(&level.as_str()) {
                return Err(Error::invalid("level", "Levels are epic, story, task and bug."));
            }
            item.level.clone_from(level);
        }
        if let Some(parent) = &self.parent {
            item.parent_id = above(cx, product, parent.as_deref())?;
            refuse_cycle(cx, item)?;
        }
        if let Some(broke) = &self.broke {
            item.broke_id = above(cx, product, broke.as_deref())?.filter(|id| *id != item.id);
        }
        if let Some(who) = &self.assignee {
            item.assignee_id = assignee(cx, product, item.assignee_id, who.as_deref())?;
        }
        if let Some(name) = &self.team {
            // A team that was closed since stays where nobody changes it.
            let same = item.team_id.map(|id| id.to_string());
            if same.as_deref() != name.as_deref() {
                item.team_id = team(cx, name.as_deref())?;
            }
        }
        if let Some(name) = &self.part {
            let part = part(cx, product, name.as_deref())?;
            if item.team_id.is_none() && item.part_id != part.as_ref().map(|p| p.id) {
                item.team_id = part.as_ref().and_then(|p| p.team_id);
            }
            item.part_id = part.map(|p| p.id);
        }
        if let Some(value) = self.points {
            item.points = points(value)?;
        }
        if let Some(given) = &self.priority {
            // What an import brought may be longer, and stays where nobody changes it.
            let same = word(given.as_deref()) == item.priority;
            if !same {
                item.priority = priority(given.as_deref())?;
            }
        }
        if let Some(service) = &self.service {
            item.service = choice("service", service.as_deref(), &SERVICES)?;
        }
        if let Some(severity) = &self.severity {
            item.severity = choice("severity", severity.as_deref(), &SEVERITIES)?;
        }
        if let Some(list) = &self.labels {
            item.labels = labels(list)?;
        }
        if let Some(sprint) = &self.sprint {
            let wanted = word(sprint.as_deref());
            let same = match (&wanted, item.sprint_id) {
                (Some(name), Some(id)) => {
                    load::<Sprint>(cx.conn(), ws, id)?.is_some_and(|s| s.name == *name)
                }
                (None, None) => true,
                _ => false,
            };
            if !same {
                sprints::check_free(cx, item)?;
                item.sprint_id = match wanted {
                    Some(name) => {
                        sprints::check_level(item, "sprint")?;
                        Some(sprint_named(cx, product, &name)?)
                    }
                    None => None,
                };
            }
        }
        if let Some(due) = self.due {
            item.due = due;
        }
        if let Some(day) = self.no_why_until.filter(|day| *day != item.no_why_until) {
            item.no_why_until = put_off(cx, day)?;
        }
        item.fields = fields::write(
            cx,
            item.product_id,
            &item.fields,
            self.fields.as_ref(),
            &self.set_fields,
        )?;
        // Last, since limits ask whose item it is and how urgent.
        match self.state.as_deref().filter(|s| !s.trim().is_empty()) {
            Some(name) => return enter(cx, item, name),
            None if item.team_id != team_before => limits::fit(cx, item)?,
            None => {}
        }
        match item.sprint_id {
            same if same == sprint_before => Ok(()),
            Some(id) if load::<Sprint>(cx.conn(), ws, id)?.is_some_and(|s| s.state == "active") => {
                sprints::commit(cx, item)
            }
            _ => sprints::give_back(cx, item),
        }
    }
}

/// Takes back what was told to whoever had the item, once it is given to somebody else or nobody.
pub(super) fn settle_assignee(
    cx: &mut Change<'_>,
    item: Id,
    (before, after): (Option<Id>, Option<Id>),
) -> Result<()> {
    if before.is_none() || before == after {
        return Ok(());
    }
    settle(cx, Notice::Assigned, item)
}

/// Tells whoever was given the item.
pub(super) fn tell_assignee(
    cx: &mut Change<'_>,
    before: Option<Id>,
    item: &WorkItem,
) -> Result<()> {
    settle_assignee(cx, item.id, (before, item.assignee_id))?;
    let Some(person) = item.assignee_id.filter(|id| Some(*id) != before) else { return Ok(()) };
    let about =
        About { kind: WorkItem::KIND, object: item.id, product: item.product_id, comment: None };
    notify(cx, person, Notice::Assigned, about)
}

pub(super) fn team(cx: &mut Change<'_>, name: Option<&str>) -> Result<Option<Id>> {
    let workspace = cx.workspace();
    Ok(teams::chosen(cx.conn(), workspace, "team", name)?.map(|t| t.id))
}

pub(super) fn part(
    cx: &mut Change<'_>,
    product: &Product,
    name: Option<&str>,
) -> Result<Option<Part>> {
    let Some(name) = word(name) else { return Ok(None) };
    let workspace = cx.workspace();
    let found = parts::named(cx.conn(), workspace, product.id, &name)?;
    let message = format!("{} has no part “{name}”. Choose from its parts.", product.name);
    found.map(Some).ok_or_else(|| Error::invalid("part", message))
}

/// A sprint that has not ended.
fn sprint_named(cx: &mut Change<'_>, product: &Product, name: &str) -> Result<Id> {
    let workspace = cx.workspace();
    let found = sprints::named(cx.conn(), workspace, product.id, name)?;
    let message = format!("There is no sprint “{name}” here.");
    let sprint = found.ok_or_else(|| Error::invalid("sprint", message))?;
    sprint.check_open()?;
    Ok(sprint.id)
}

/// One of the words that a field takes, or none.
pub(super) fn choice(
    field: &'static str,
    given: Option<&str>,
    words: &[&str],
) -> Result<Option<String>> {
    match word(given) {
        Some(given) => one_of(field, Some(&given), "", words).map(Some),
        None => Ok(None),
    }
}

/// The id of an item named by key, in the same product.
pub(super) fn above(
    cx: &mut Change<'_>,
    product: &Product,
    key: Option<&str>,
) -> Result<Option<Id>> {
    let Some(key) = key.map(str::trim).filter(|k| !k.is_empty()) else { return Ok(None) };
    let actor = cx.actor.clone();
    let (item, of) = by_key(cx.conn(), &actor, key, Access::Read).map_err(|e| e.of_key(key))?;
    if of.id != product.id {
        return Err(Error::invalid("parent", format!("{key} belongs to another product.")));
    }
    Ok(Some(item.id))
}

fn refuse_cycle(cx: &mut Change<'_>, item: &WorkItem) -> Result<()> {
    let workspace = cx.workspace();
    let mut next = item.parent_id;
    for _ in 0..50 {
        let Some(id) = next else { return Ok(()) };
        if id == item.id {
            return Err(Error::invalid(
                "parent",
                format!("{} would stand above itself. Choose another parent.", item.key),
            ));
        }
        next = load::<WorkItem>(cx.conn(), workspace, id)?.and_then(|p| p.parent_id);
    }
    Err(Error::invalid("parent", "That is more than 50 levels deep."))
}

/// Whom an item of a product is given to: somebody named by id, by name, by the first words of one
/// name alone, or as `me`. Whoever has it `now` keeps it, whatever became of them since.
pub(super) fn assignee(
    cx: &mut Change<'_>,
    product: &Product,
    now: Option<Id>,
    who: Option<&str>,
) -> Result<Option<Id>> {
    let Some(who) = who.map(str::trim).filter(|w| !w.is_empty()) else { return Ok(None) };
    let (workspace, actor) = (cx.workspace(), cx.actor.clone());
    // A form sends the name, which others may have by now.
    if let Some(id) = now
        && load::<Person>(cx.conn(), workspace, id)?.is_some_and(|p| p.name == who)
    {
        return Ok(now);
    }
    let found = someone(cx.conn(), &actor, who)?;
    if found.is_some() && found == now {
        return Ok(now);
    }
    let wrong = |message: String| Error::invalid("assignee", message);
    let person = found.map(|id| load::<Person>(cx.conn(), workspace, id)).transpose()?.flatten();
    let person = person.filter(|p| p.gone_at.is_none()).ok_or_else(|| {
        wrong(format!("Nobody here is called “{who}”, or several are. Choose from the people."))
    })?;
    let Some(why) = barred(cx.conn(), workspace, &person, product)? else {
        return Ok(Some(person.id));
    };
    let what_to_do = match why {
        Barred::Deactivated => {
            ", so nothing new is given to them. Choose somebody else, or ask an admin to let them sign in again under People."
        }
        Barred::Unseeing => ". Ask an admin to add them to the product first, in its settings.",
    };
    Err(wrong(format!("“{}” {}{what_to_do}", person.name, why.told(product))))
}

/// The day until which it is said that there is no why yet.
pub fn put_off(cx: &Change<'_>, day: Option<Day>) -> Result<Option<Day>> {
    day.map(|day| day.ahead("no_why_until", cx.happened.day())).transpose()
}

pub(super) fn word(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

pub(super) fn priority(text: Option<&str>) -> Result<Option<String>> {
    let priority = word(text);
    if priority.as_ref().is_some_and(|p| p.chars().count() > WORD) {
        return Err(Error::invalid("priority", "A priority has up to 100 characters. Shorten it."));
    }
    Ok(priority)
}

pub(super) fn points(value: Option<f64>) -> Result<Option<f64>> {
    match value {
        Some(p) if !(0.0..=10_000.0).contains(&p) => {
            Err(Error::invalid("points", "Points go from 0 to 10,000."))
        }
        other => Ok(other),
    }
}

/// Labels as stored: trimmed, without repeats, commas also separate.
pub(super) fn labels(list: &[String]) -> Result<Words> {
    let mut all: Vec<String> = Vec::new();
    for label in list.iter().flat_map(|l| l.split(',')).map(str::trim).filter(|l| !l.is_empty()) {
        if label.chars().count() > WORD {
            return Err(Error::invalid("labels", "A label has up to 100 characters."));
        }
        if !all.iter().any(|known| known == label) {
            all.push(label.to_owned());
        }
    }
    if all.len() > MOST_LABELS {
        return Err(Error::invalid("labels", "An item has up to 100 labels."));
    }
    Ok(Words(all))
}
