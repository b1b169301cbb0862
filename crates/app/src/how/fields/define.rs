//! Defining fields: by admins, and by whom the product's charter names for its stories.

use schemars::JsonSchema;
use serde::Deserialize;

use super::views::{FieldView, view};
use super::{CustomField, Definitions, FieldOption, KINDS, MOST, STORED_AS, index};
use crate::how::work_items::LEVELS;
use crate::kernel::{Access, Error, Id, Result};
use crate::new_row;
use crate::people::charters::standing::{Standing, standing};
use crate::people::nouns::one_of;
use crate::people::products::{self, Product, check_title, product_by_id};
use crate::store::{Action, Change, Listed, Meta, Place, Words, load};

/// The responsibility whose bearer shapes what is asked of items: stories.
const STORIES: u8 = 35;

/// Refuses whoever neither is an admin nor is named by the charter for the stories of the product.
pub(crate) fn check_shapes(cx: &mut Change<'_>, product: Id) -> Result<()> {
    let actor = cx.actor.clone();
    let refused = match actor.check(Access::Admin) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    let place = Place { product: Some(product), part: None, team: None };
    let (ws, day) = (cx.workspace(), cx.now.day());
    let stands = standing(cx.conn(), ws, &place, actor.person, STORIES, day)?;
    if matches!(stands, Standing::Accountable | Standing::Responsible) {
        return Ok(());
    }
    match refused {
        Error::Forbidden(_) => Err(Error::Forbidden(
            "What is asked of items is shaped by admins and by whom the product's charter names for stories. Ask one of them.".into(),
        )),
        other => Err(other),
    }
}

/// Define a custom field of a product, new or for a column that its items have already.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateField {
    pub product: String,
    pub name: String,
    /// `text` (if left out), `long-text`, `number`, `date`, `yes-no`, `choice`, `choices`, `person`,
    /// `link` or `item`.
    pub kind: Option<String>,
    pub help: String,
    /// What can be chosen, in order; lines are separate.
    pub options: Vec<String>,
    /// Ask for it; nothing is refused without.
    pub asked: bool,
    /// `epic`, `story`, `task`, `bug`; all of them if left out.
    pub levels: Vec<String>,
    /// Show it on the cards of boards.
    pub on_card: bool,
    /// The column of the items that becomes this field, as an import brought it; its values stay as
    /// they are, also where they do not fit.
    pub adopts: Option<String>,
}

impl Action for CreateField {
    type Output = FieldView;
    const META: Meta = Meta::action(
        "create-field",
        "Define a custom field of a product, new or for a column that its items have already",
        "POST",
        "/fields",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<FieldView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        check_shapes(cx, product.id)?;
        let all = Definitions::of(cx.conn(), ws, product.id)?;
        if all.0.len() >= MOST {
            return Err(Error::refused(format!("A product has up to {MOST} fields.")));
        }
        let name = free_name(&all, &self.name, None)?;
        let stored = self.stored_as(cx, &all, product.id, &name)?;
        let kinds = KINDS.map(|(word, _)| word);
        let kind = one_of("kind", self.kind.as_deref(), "text", &kinds)?;
        let options = options(&[], &kind, &self.options)?;
        let field = new_row!(
            cx,
            CustomField {
                product_id: product.id,
                name: name,
                stored: stored,
                kind: kind,
                help: help(&self.help)?,
                options: options,
                asked: self.asked,
                levels: levels(&self.levels)?,
                on_card: self.on_card,
                position: all.0.iter().map(|f| f.position).max().unwrap_or_default() + 1,
                state: "active".to_owned(),
            }
        );
        cx.insert(&field)?;
        index::begin(cx, &field)?;
        view(cx.conn(), ws, &field)
    }
}

impl CreateField {
    /// The name under which items keep its values: the adopted column's, or one that none has yet.
    fn stored_as(
        &self,
        cx: &mut Change<'_>,
        all: &Definitions,
        product: Id,
        name: &str,
    ) -> Result<String> {
        let ws = cx.workspace();
        if let Some(column) = self.adopts.as_deref().filter(|c| !c.trim().is_empty()) {
            if let Some(field) = all.stored(column) {
                let message = format!("“{column}” is the field “{}” already.", field.name);
                return Err(Error::invalid("adopts", message));
            }
            // Of a field that was taken back the row is there still; its column may be taken anew.
            let taken = STORED_AS.first(cx.conn(), ws, &[product.into(), column.into()])?;
            return match taken {
                Some(_) => Err(Error::invalid(
                    "adopts",
                    format!("“{column}” was a field that was taken away. Restore that one."),
                )),
                None => Ok(column.to_owned()),
            };
        }
        let names = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{name} {n}")));
        for stored in names.take(1_000) {
            let values = [product.into(), stored.clone().into()];
            if STORED_AS.first(cx.conn(), ws, &values)?.is_none() {
                return Ok(stored);
            }
        }
        Err(Error::invalid("name", "Too many fields had this name. Choose another."))
    }
}

fn free_name(all: &Definitions, name: &str, own: Option<Id>) -> Result<String> {
    let name = check_title("name", name)?;
    if name.chars().count() > 100 {
        return Err(Error::invalid("name", "A field's name has up to 100 characters."));
    }
    if name.contains(['<', '>', '=']) {
        let message = "A field's name is without <, > and =: in a filter they stand behind it.";
        return Err(Error::invalid("name", message));
    }
    let same = |f: &&CustomField| f.name.to_lowercase() == name.to_lowercase();
    if all.active().filter(same).any(|f| Some(f.id) != own) {
        let message = format!("There is a field “{name}” here already. Choose another name.");
        return Err(Error::invalid("name", message));
    }
    Ok(name)
}

fn help(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > 500 {
        return Err(Error::invalid("help", "A help text has up to 500 characters."));
    }
    Ok(text.to_owned())
}

fn levels(given: &[String]) -> Result<Words> {
    let given: Vec<&String> = given.iter().filter(|l| !l.trim().is_empty()).collect();
    if let Some(odd) = given.iter().find(|l| !LEVELS.contains(&l.as_str())) {
        let message = format!("“{odd}” is not a level: epic, story, task or bug.");
        return Err(Error::invalid("levels", message));
    }
    let all = LEVELS.iter().filter(|l| given.iter().any(|g| g == *l));
    let all: Vec<String> = all.map(|l| (*l).to_owned()).collect();
    Ok(Words(if all.len() == LEVELS.len() { Vec::new() } else { all }))
}

/// The choices of a field: `old -> new` renames one, what is left out is not offered any more and
/// stays where it was chosen.
fn options(before: &[FieldOption], kind: &str, given: &[String]) -> Result<Listed<FieldOption>> {
    let lines = given.iter().flat_map(|g| g.lines()).map(str::trim).filter(|l| !l.is_empty());
    let mut all: Vec<FieldOption> = Vec::new();
    let known = |name: &str| {
        let named = before.iter().find(|o| !o.gone && o.name == name);
        named.or_else(|| before.iter().find(|o| o.name == name)).map(|o| o.value.clone())
    };
    for line in lines {
        let (old, name) = match line.split_once("->") {
            Some((old, new)) if known(old.trim()).is_some() => (old.trim(), new.trim()),
            _ => (line, line),
        };
        if name.is_empty() || name.chars().count() > 200 {
            return Err(Error::invalid("options", "A choice has 1 to 200 characters."));
        }
        let value = known(old).unwrap_or_else(|| name.to_owned());
        let twice = all.iter().any(|o| o.value == value || o.name.eq_ignore_ascii_case(name));
        if twice {
            return Err(Error::invalid("options", format!("“{name}” stands there twice.")));
        }
        all.push(FieldOption { value, name: name.to_owned(), gone: false });
    }
    let left = before.iter().filter(|o| all.iter().all(|known| known.value != o.value));
    let left: Vec<FieldOption> = left.map(|o| FieldOption { gone: true, ..o.clone() }).collect();
    if matches!(kind, "choice" | "choices") && all.is_empty() {
        return Err(Error::invalid("options", "Name what can be chosen, one a line."));
    }
    if all.len() + left.len() > 500 {
        return Err(Error::invalid("options", "A field has up to 500 choices."));
    }
    all.extend(left);
    Ok(Listed(all))
}

/// A field by id with its product, if this actor may shape it.
fn own(cx: &mut Change<'_>, id: Id) -> Result<(CustomField, Product)> {
    let (actor, ws) = (cx.actor.clone(), cx.workspace());
    let missing = || Error::NotFound("field");
    let found = load::<CustomField>(cx.conn(), ws, id)?.filter(|f| f.gone_at.is_none());
    let field = found.ok_or_else(missing)?;
    let product = product_by_id(cx.conn(), &actor, field.product_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    check_shapes(cx, product.id)?;
    Ok((field, product))
}

/// Edit what you name of a custom field; values that no longer fit stay as they are.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditField {
    pub field: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    pub kind: Option<String>,
    pub help: Option<String>,
    /// What can be chosen, in order; `Old -> New` renames one.
    pub options: Option<Vec<String>>,
    pub asked: Option<bool>,
    pub levels: Option<Vec<String>>,
    pub on_card: Option<bool>,
}

impl Action for EditField {
    type Output = FieldView;
    const META: Meta = Meta::action(
        "edit-field",
        "Edit what you name of a custom field; values that no longer fit stay as they are",
        "PATCH",
        "/fields/{field}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<FieldView> {
        let ws = cx.workspace();
        let (before, product) = own(cx, self.field)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            let all = Definitions::of(cx.conn(), ws, product.id)?;
            after.name = free_name(&all, name, Some(before.id))?;
        }
        if let Some(kind) = self.kind.as_deref().filter(|k| !k.is_empty()) {
            after.kind = one_of("kind", Some(kind), "", &KINDS.map(|(word, _)| word))?;
        }
        if let Some(text) = &self.help {
            after.help = help(text)?;
        }
        match &self.options {
            Some(given) => after.options = options(&before.options, &after.kind, given)?,
            None if after.kind != before.kind => {
                let now: Vec<String> = before.offered().map(|o| o.name.clone()).collect();
                after.options = options(&before.options, &after.kind, &now)?;
            }
            None => {}
        }
        after.asked = self.asked.unwrap_or(after.asked);
        after.on_card = self.on_card.unwrap_or(after.on_card);
        if let Some(given) = &self.levels {
            after.levels = levels(given)?;
        }
        let after = cx.edit(&before, after, self.revision)?;
        if after.kind != before.kind || after.options != before.options {
            index::begin(cx, &after)?;
        }
        view(cx.conn(), ws, &after)
    }
}

/// Put a custom field before another one, or last.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MoveField {
    pub field: Id,
    /// The field before which it stands then; last if left out.
    pub before: Option<Id>,
}

impl Action for MoveField {
    type Output = FieldView;
    const META: Meta = Meta::action(
        "move-field",
        "Put a custom field before another one, or last",
        "POST",
        "/fields/{field}/move",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<FieldView> {
        let ws = cx.workspace();
        let (field, product) = own(cx, self.field)?;
        let all = Definitions::of(cx.conn(), ws, product.id)?;
        let mut order: Vec<&CustomField> = all.0.iter().filter(|f| f.id != field.id).collect();
        let at = match self.before {
            Some(id) => {
                let at = order.iter().position(|f| f.id == id);
                at.ok_or(Error::NotFound("field"))?
            }
            None => order.len(),
        };
        order.insert(at, &field);
        for (one, position) in order.into_iter().zip(1_i64..) {
            let mut after = one.clone();
            after.position = position;
            cx.update(one, &mut after)?;
        }
        let now = load::<CustomField>(cx.conn(), ws, field.id)?.ok_or(Error::NotFound("field"))?;
        view(cx.conn(), ws, &now)
    }
}

/// Retire a custom field: it is asked for no more, and its values stay.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RetireField {
    pub field: Id,
}

impl Action for RetireField {
    type Output = FieldView;
    const META: Meta = Meta::action(
        "retire-field",
        "Retire a custom field: it is asked for no more, and its values stay",
        "POST",
        "/fields/{field}/retire",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<FieldView> {
        set_state(cx, self.field, "retired")
    }
}

/// Take a retired field into use again, with the values that it had.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RestoreField {
    pub field: Id,
}

impl Action for RestoreField {
    type Output = FieldView;
    const META: Meta = Meta::action(
        "restore-field",
        "Take a retired field into use again, with the values that it had",
        "POST",
        "/fields/{field}/restore",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<FieldView> {
        set_state(cx, self.field, "active")
    }
}

fn set_state(cx: &mut Change<'_>, id: Id, state: &str) -> Result<FieldView> {
    let ws = cx.workspace();
    let (before, product) = own(cx, id)?;
    let mut after = before.clone();
    if state == "active" {
        let all = Definitions::of(cx.conn(), ws, product.id)?;
        free_name(&all, &before.name, Some(before.id))?;
    }
    state.clone_into(&mut after.state);
    cx.update(&before, &mut after)?;
    view(cx.conn(), ws, &after)
}
