//! Writing templates, and taking them out of use.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ItemTemplate, OF_PRODUCT, of_product};
use crate::db::Conn;
use crate::how::fields::{Definitions, People, readable, write};
use crate::how::work_items::LEVELS;
use crate::kernel::{Access, Error, Id, Result};
use crate::new_row;
use crate::people::nouns::{one_of, put_text};
use crate::people::products::{self, Product, check_text, check_title, product_by_id};
use crate::store::{Action, Change, Fields, Meta, Query, Reader, Words, load};

/// The most templates of a product.
const MOST: usize = 100;

/// A template.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TemplateView {
    pub id: Id,
    pub name: String,
    pub level: String,
    /// What the title begins with.
    pub title: String,
    pub body: String,
    pub criteria: String,
    pub labels: Vec<String>,
    /// Custom fields by name, as people read them.
    pub fields: Fields,
    pub subtasks: Vec<String>,
    /// `active` or `retired`.
    pub state: String,
    pub revision: i64,
}

fn view(conn: &mut Conn, ws: i64, t: &ItemTemplate) -> Result<TemplateView> {
    let known = Definitions::of(conn, ws, t.product_id)?;
    let fields = readable(conn, ws, &mut People::default(), &known, &t.fields)?.used;
    Ok(TemplateView {
        id: t.id,
        name: t.name.clone(),
        level: t.level.clone(),
        title: t.title.clone(),
        body: t.body.clone(),
        criteria: t.criteria.clone(),
        labels: t.labels.to_vec(),
        fields,
        subtasks: t.subtasks.to_vec(),
        state: t.state.clone(),
        revision: t.revision,
    })
}

/// List a product's templates, retired ones among them.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListTemplates {
    pub product: String,
}

impl Query for ListTemplates {
    type Output = Vec<TemplateView>;
    const META: Meta = Meta::query(
        "list-templates",
        "List a product's templates, retired ones among them",
        "/templates",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<TemplateView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let all = of_product(cx.conn, ws, product.id)?;
        all.iter().map(|t| view(cx.conn, ws, t)).collect()
    }
}

/// Write a template from which items are made.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateTemplate {
    pub product: String,
    pub name: String,
    /// `epic`, `story` (if left out), `task` or `bug`.
    pub level: Option<String>,
    /// What the title begins with.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// A checklist, one a line, or scenarios of Given, When, Then.
    pub criteria: String,
    pub labels: Vec<String>,
    /// Custom fields by name.
    pub fields: Fields,
    /// Titles of tasks under it; lines are separate.
    pub subtasks: Vec<String>,
}

impl Action for CreateTemplate {
    type Output = TemplateView;
    const META: Meta = Meta::action(
        "create-template",
        "Write a template from which items are made",
        "POST",
        "/templates",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<TemplateView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let all = OF_PRODUCT.all(cx.conn(), ws, &[product.id.into()])?;
        if all.len() >= MOST {
            return Err(Error::refused(format!("A product has up to {MOST} templates.")));
        }
        let none = Fields::default();
        let row = new_row!(
            cx,
            ItemTemplate {
                product_id: product.id,
                name: free_name(&all, &self.name, None)?,
                level: one_of("level", self.level.as_deref(), "story", &LEVELS)?,
                title: title(&self.title)?,
                body: check_text("body", &self.body)?,
                criteria: check_text("criteria", &self.criteria)?,
                labels: words("labels", &self.labels, &[',', '\n'])?,
                fields: write(cx, product.id, &none, Some(&self.fields), &none)?,
                subtasks: words("subtasks", &self.subtasks, &['\n'])?,
                position: all.iter().map(|t| t.position).max().unwrap_or_default() + 1,
                state: "active".to_owned(),
            }
        );
        cx.insert(&row)?;
        view(cx.conn(), ws, &row)
    }
}

fn free_name(all: &[ItemTemplate], name: &str, own: Option<Id>) -> Result<String> {
    let name = check_title("name", name)?;
    let same = |t: &&ItemTemplate| {
        t.state == "active" && t.name.to_lowercase() == name.to_lowercase() && Some(t.id) != own
    };
    if name.contains(':') {
        return Err(Error::invalid(
            "name",
            "A template's name has no colon, so that rules can name it.",
        ));
    }
    if all.iter().any(|t| same(&t)) {
        let message = format!("There is a template “{name}” here already. Choose another name.");
        return Err(Error::invalid("name", message));
    }
    Ok(name)
}

fn title(text: &str) -> Result<String> {
    if text.trim().is_empty() { Ok(String::new()) } else { check_title("title", text) }
}

fn words(field: &'static str, given: &[String], marks: &[char]) -> Result<Words> {
    let all = given.iter().flat_map(|g| g.split(marks)).map(str::trim);
    let mut kept: Vec<String> = Vec::new();
    for one in all.filter(|w| !w.is_empty()) {
        if one.chars().count() > 500 {
            return Err(Error::invalid(field, "Each has up to 500 characters."));
        }
        if !kept.iter().any(|k| k == one) {
            kept.push(one.to_owned());
        }
    }
    if kept.len() > 100 {
        return Err(Error::invalid(field, "There are up to 100."));
    }
    Ok(Words(kept))
}

fn own(cx: &mut Change<'_>, id: Id) -> Result<(ItemTemplate, Product)> {
    let (actor, ws) = (cx.actor.clone(), cx.workspace());
    let missing = || Error::NotFound("template");
    let found = load::<ItemTemplate>(cx.conn(), ws, id)?.filter(|t| t.gone_at.is_none());
    let template = found.ok_or_else(missing)?;
    let product = product_by_id(cx.conn(), &actor, template.product_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((template, product))
}

/// Edit what you name of a template; items that were made from it stay as they are.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditTemplate {
    pub template: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    pub level: Option<String>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub criteria: Option<String>,
    pub labels: Option<Vec<String>>,
    /// All of its custom fields.
    pub fields: Option<Fields>,
    pub subtasks: Option<Vec<String>>,
}

impl Action for EditTemplate {
    type Output = TemplateView;
    const META: Meta = Meta::action(
        "edit-template",
        "Edit what you name of a template; items that were made from it stay as they are",
        "PATCH",
        "/templates/{template}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<TemplateView> {
        let ws = cx.workspace();
        let (before, product) = own(cx, self.template)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            let all = of_product(cx.conn(), ws, product.id)?;
            after.name = free_name(&all, name, Some(before.id))?;
        }
        if let Some(level) = self.level.as_deref().filter(|l| !l.is_empty()) {
            after.level = one_of("level", Some(level), "", &LEVELS)?;
        }
        if let Some(text) = &self.title {
            after.title = title(text)?;
        }
        put_text(&mut after.body, "body", self.body.as_ref())?;
        put_text(&mut after.criteria, "criteria", self.criteria.as_ref())?;
        if let Some(labels) = &self.labels {
            after.labels = words("labels", labels, &[',', '\n'])?;
        }
        if let Some(titles) = &self.subtasks {
            after.subtasks = words("subtasks", titles, &['\n'])?;
        }
        after.fields =
            write(cx, product.id, &before.fields, self.fields.as_ref(), &Fields::default())?;
        let after = cx.edit(&before, after, self.revision)?;
        view(cx.conn(), ws, &after)
    }
}

/// Take a template out of use; it can be restored.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RetireTemplate {
    pub template: Id,
}

impl Action for RetireTemplate {
    type Output = TemplateView;
    const META: Meta = Meta::action(
        "retire-template",
        "Take a template out of use; it can be restored",
        "POST",
        "/templates/{template}/retire",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<TemplateView> {
        set_state(cx, self.template, "retired")
    }
}

/// Take a retired template into use again.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RestoreTemplate {
    pub template: Id,
}

impl Action for RestoreTemplate {
    type Output = TemplateView;
    const META: Meta = Meta::action(
        "restore-template",
        "Take a retired template into use again",
        "POST",
        "/templates/{template}/restore",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<TemplateView> {
        set_state(cx, self.template, "active")
    }
}

fn set_state(cx: &mut Change<'_>, id: Id, state: &str) -> Result<TemplateView> {
    let ws = cx.workspace();
    let (before, product) = own(cx, id)?;
    let mut after = before.clone();
    if state == "active" {
        let all = of_product(cx.conn(), ws, product.id)?;
        free_name(&all, &before.name, Some(before.id))?;
    }
    state.clone_into(&mut after.state);
    cx.update(&before, &mut after)?;
    view(cx.conn(), ws, &after)
}
