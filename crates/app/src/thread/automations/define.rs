//! Writing rules, and switching them on and off.

use schemars::JsonSchema;
use serde::Deserialize;

use super::known::check_known;
use super::rules::{check, waits_for_events};
use super::run::seq_now;
use super::views::{AutomationView, view};
use super::{Automation, OF_PRODUCT, automation};
use crate::kernel::{Access, Error, Id, Result};
use crate::new_row;
use crate::people::products::{self, check_title};
use crate::store::{Action, Change, Fields, Meta, Words};

/// What a rule says, as it is given.
fn steps(lines: &[String], then: &Fields) -> Words {
    let lines = lines.iter().flat_map(|l| l.lines()).map(str::trim);
    let mut all: Vec<String> = lines.filter(|l| !l.is_empty()).map(str::to_owned).collect();
    for n in 1..=10 {
        let said = |word: &str| then.get(&format!("{word}{n}")).map_or("", |t| t.trim());
        if !said("do").is_empty() {
            all.push(format!("{} {}", said("do"), said("with")).trim().to_owned());
        }
    }
    Words(all)
}

/// Words that were left empty say nothing.
fn said(given: &Fields) -> Fields {
    let full = given.iter().filter(|(_, v)| !v.trim().is_empty());
    Fields(full.map(|(k, v)| (k.clone(), v.trim().to_owned())).collect())
}

fn known(cx: &mut Change<'_>, rule: &Automation) -> Result<()> {
    let ws = cx.workspace();
    check_known(cx.conn(), ws, rule.product_id, &rule.args, &rule.fits, &rule.steps)
}

/// Write a rule: when something happens, something is done. It is off until you switch it on.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateAutomation {
    pub product: String,
    pub name: String,
    /// What sets it off: `created`, `state-changed`, `assigned`, `labelled`, `blocked`, `unblocked`,
    /// `branch`, `pull-request-opened`, `pull-request-merged`, `due-passed`, `ageing`, `stale`,
    /// `untouched`, `subtasks-done` or `schedule`.
    pub when: String,
    /// More about that: `to` and `from` of a state, `label`, `days`. Of `untouched` also `ask` and
    /// `close`, further days until somebody is asked and until it is proposed to close the item, and
    /// `end` (`propose` or `close`). Of a schedule `every` (`day`, `weekday`, `week`, `two-weeks`,
    /// `month`), `count` (every so many of them), `on` (weekdays, a day of the month, or as `first
    /// monday`), `from` (the day from which it counts), `open` (`wait` while the last one is open) and
    /// `missed` (`once`, `each` or `never`).
    pub args: Fields,
    /// What an item has to be like: `level`, `team`, `label`, `category`, `priority`, `words`.
    pub only: Fields,
    /// What is done, one a line: `state In review`, `assign Mia`, `label late`, `unlabel late`,
    /// `priority high`, `service expedite`, `due 7`, `comment …`, `notify assignee`, `block …`,
    /// `unblock`, `top`, `bottom`, `create bug: …`, `create template Spike: …`. `{key}`, `{title}`, `{days}` and `{date}` are
    /// filled in.
    pub steps: Vec<String>,
    /// The same as forms send it: `do1` and `with1`, `do2` and `with2`, and so on.
    pub then: Fields,
}

impl Action for CreateAutomation {
    type Output = AutomationView;
    const META: Meta = Meta::action(
        "create-automation",
        "Write a rule: when something happens, something is done",
        "POST",
        "/automations",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<AutomationView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let (args, only) = (said(&self.args), said(&self.only));
        let steps = steps(&self.steps, &self.then);
        check(&self.when, &args, &only, &steps)?;
        check_known(cx.conn(), ws, product.id, &args, &only, &steps)?;
        if OF_PRODUCT.all(cx.conn(), ws, &[product.id.into()])?.len() >= 100 {
            return Err(Error::refused("A product has up to 100 rules. Remove one first."));
        }
        let row = new_row!(
            cx,
            Automation {
                product_id: product.id,
                name: check_title("name", &self.name)?,
                state: "off".to_owned(),
                happens: self.when.clone(),
                args: args,
                fits: only,
                steps: steps,
                note: String::new(),
                on_since: None,
                on_seq: None,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&row)?;
        view(cx.conn(), ws, &row, &product)
    }
}

/// Edit what you name of a rule; from then on it has your rights.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditAutomation {
    pub automation: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    /// What sets it off, as when it is written.
    pub when: Option<String>,
    pub args: Option<Fields>,
    pub only: Option<Fields>,
    pub steps: Option<Vec<String>>,
    /// The steps as forms send them.
    pub then: Fields,
}

impl Action for EditAutomation {
    type Output = AutomationView;
    const META: Meta = Meta::action(
        "edit-automation",
        "Edit what you name of a rule; from then on it has your rights",
        "PATCH",
        "/automations/{automation}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<AutomationView> {
        let actor = cx.actor.clone();
        let (before, product) = automation(cx.conn(), &actor, self.automation, Access::Write)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
        }
        if let Some(when) = &self.when {
            after.happens.clone_from(when);
        }
        if let Some(args) = &self.args {
            after.args = said(args);
        }
        if let Some(only) = &self.only {
            after.fits = said(only);
        }
        let given = steps(self.steps.as_deref().unwrap_or_default(), &self.then);
        if self.steps.is_some() || !given.is_empty() {
            after.steps = given;
        }
        check(&after.happens, &after.args, &after.fits, &after.steps)?;
        known(cx, &after)?;
        after.author_id = Some(actor.person);
        let after = cx.edit(&before, after, self.revision)?;
        view(cx.conn(), actor.workspace, &after, &product)
    }
}

/// Switch a rule on or off; switched on, it looks at what happens from then on.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetAutomation {
    pub automation: Id,
    pub on: bool,
}

impl Action for SetAutomation {
    type Output = AutomationView;
    const META: Meta = Meta::action(
        "set-automation",
        "Switch a rule on or off; switched on, it looks at what happens from then on",
        "POST",
        "/automations/{automation}/set",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<AutomationView> {
        let actor = cx.actor.clone();
        let (before, product) = automation(cx.conn(), &actor, self.automation, Access::Write)?;
        let mut after = before.clone();
        if self.on && before.state != "on" {
            // States and people may have gone since it was written.
            known(cx, &before)?;
            // Whoever switches it on answers for what it does.
            after.author_id = Some(actor.person);
            after.on_since = Some(cx.happened);
            after.on_seq = Some(seq_now(cx)?).filter(|_| waits_for_events(&before.happens));
            after.note = String::new();
            "on".clone_into(&mut after.state);
        } else if !self.on {
            "off".clone_into(&mut after.state);
        }
        cx.update(&before, &mut after)?;
        view(cx.conn(), actor.workspace, &after, &product)
    }
}

/// Remove a rule; what it did stays.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemoveAutomation {
    pub automation: Id,
}

impl Action for RemoveAutomation {
    type Output = AutomationView;
    const META: Meta = Meta::action(
        "remove-automation",
        "Remove a rule; what it did stays",
        "DELETE",
        "/automations/{automation}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<AutomationView> {
        let actor = cx.actor.clone();
        let (before, product) = automation(cx.conn(), &actor, self.automation, Access::Write)?;
        let mut off = before.clone();
        "off".clone_into(&mut off.state);
        cx.update(&before, &mut off)?;
        cx.bin(&off)?;
        view(cx.conn(), actor.workspace, &off, &product)
    }
}
