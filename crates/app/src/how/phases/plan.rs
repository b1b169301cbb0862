//! Planning a phase: its dates, its scope, the gates beside it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::views::{PhaseView, view};
use super::{Ground, HELD, OF_PRODUCT, PLACE_OF_ITEM, Phase, PhaseItem, begin, end, phase};
use crate::how::gates::{self, Gate};
use crate::how::work_items::{WorkItem, by_key};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::put_text;
use crate::people::products::{self, Product, check_text, check_title};
use crate::people::teams;
use crate::store::{Action, Change, Meta, load};
use crate::{new_row, selects};

selects! {
    CHILDREN: WorkItem = "work_item_now", "parent_id = $2 AND level <> 'epic' ORDER BY rank LIMIT 500";
}

/// Plan a phase between two gates.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreatePhase {
    pub product: String,
    pub name: String,
    /// What is there at its end.
    pub goal: String,
    /// A team's id or name.
    pub team: Option<String>,
    pub starts: Option<Day>,
    pub ends: Option<Day>,
    /// The gate that lets it in, by id: its go freezes scope and dates.
    pub entry: Option<String>,
    /// The gate that ends it, by id.
    pub exit: Option<String>,
}

fn check_days(starts: Option<Day>, ends: Option<Day>) -> Result<()> {
    match (starts, ends) {
        (Some(starts), Some(ends)) if ends < starts => {
            Err(Error::invalid("ends", "It ends before it starts."))
        }
        (Some(starts), Some(ends)) if starts.days_until(ends) > 730 => {
            Err(Error::invalid("ends", "A phase lasts up to two years. Cut it in two."))
        }
        _ => Ok(()),
    }
}

/// A gate of the same product, by id.
fn gate(
    cx: &mut Change<'_>,
    product: &Product,
    field: &'static str,
    id: Option<&str>,
) -> Result<Option<Gate>> {
    let Some(id) = id.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
    let actor = cx.actor.clone();
    let wrong = || Error::invalid(field, "There is no such gate here. Choose from the gates.");
    let id: Id = id.parse().map_err(|_| wrong())?;
    let (gate, of) = gates::by_id(cx.conn(), &actor, id, Access::Read).map_err(|_| wrong())?;
    if of.id == product.id { Ok(Some(gate)) } else { Err(wrong()) }
}

/// The two gates beside a phase; they are two different ones.
fn both(
    cx: &mut Change<'_>,
    product: &Product,
    entry: Option<&str>,
    exit: Option<&str>,
) -> Result<(Option<Id>, Option<Id>)> {
    let entry = gate(cx, product, "entry", entry)?.map(|g| g.id);
    let exit = gate(cx, product, "exit", exit)?.map(|g| g.id);
    if entry.is_some() && entry == exit {
        return Err(Error::invalid("exit", "A phase cannot end at the gate that lets it in."));
    }
    Ok((entry, exit))
}

impl Action for CreatePhase {
    type Output = PhaseView;
    const META: Meta =
        Meta::action("create-phase", "Plan a phase between two gates", "POST", "/phases");

    fn run(&self, cx: &mut Change<'_>) -> Result<PhaseView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let team = teams::chosen(cx.conn(), ws, "team", self.team.as_deref())?;
        check_days(self.starts, self.ends)?;
        let (entry, exit) = both(cx, &product, self.entry.as_deref(), self.exit.as_deref())?;
        let all = OF_PRODUCT.all(cx.conn(), ws, &[product.id.into()])?;
        let name = check_title("name", &self.name)?;
        if all.iter().any(|p| p.name.eq_ignore_ascii_case(&name)) {
            return Err(Error::invalid("name", "Another phase has this name."));
        }
        if all.len() >= 100 {
            return Err(Error::refused("A product has up to 100 phases."));
        }
        let row = new_row!(
            cx,
            Phase {
                product_id: product.id,
                team_id: team.map(|t| t.id),
                name: name,
                goal: check_text("goal", self.goal.trim())?,
                position: all.last().map_or(1, |p| p.position + 1),
                starts: self.starts,
                ends: self.ends,
                entry_gate_id: entry,
                exit_gate_id: exit,
                state: "planned".to_owned(),
                begun_at: None,
                ended_at: None,
                outcome: String::new(),
                author_id: Some(actor.person),
            }
        );
        cx.insert(&row)?;
        view(cx.conn(), ws, &row, &product)
    }
}

/// Edit what you name of a phase; its dates only until they are frozen.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditPhase {
    pub phase: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    pub goal: Option<String>,
    pub starts: Option<Day>,
    pub ends: Option<Day>,
    /// The gate that lets it in, by id; empty for none.
    pub entry: Option<String>,
    /// The gate that ends it, by id; empty for none.
    pub exit: Option<String>,
}

impl Action for EditPhase {
    type Output = PhaseView;
    const META: Meta = Meta::action(
        "edit-phase",
        "Edit what you name of a phase; its dates only until they are frozen",
        "PATCH",
        "/phases/{phase}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<PhaseView> {
        let actor = cx.actor.clone();
        let (before, product) = phase(cx.conn(), &actor, self.phase, Access::Write)?;
        before.check_open()?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
            let ws = cx.workspace();
            let all = OF_PRODUCT.all(cx.conn(), ws, &[product.id.into()])?;
            let same = |p: &Phase| p.id != before.id && p.name.eq_ignore_ascii_case(&after.name);
            if all.iter().any(same) {
                return Err(Error::invalid("name", "Another phase has this name."));
            }
        }
        put_text(&mut after.goal, "goal", self.goal.as_ref())?;
        after.starts = self.starts.or(after.starts);
        after.ends = self.ends.or(after.ends);
        if self.entry.is_some() || self.exit.is_some() {
            let kept = |id: Option<Id>| id.map(|id| id.to_string());
            let entry = self.entry.clone().or_else(|| kept(before.entry_gate_id));
            let exit = self.exit.clone().or_else(|| kept(before.exit_gate_id));
            (after.entry_gate_id, after.exit_gate_id) =
                both(cx, &product, entry.as_deref(), exit.as_deref())?;
        }
        let frozen = |p: &Phase| (p.starts, p.ends, p.entry_gate_id);
        if frozen(&after) != frozen(&before) {
            before.check_free()?;
        }
        check_days(after.starts, after.ends)?;
        let after = cx.edit(&before, after, self.revision)?;
        view(cx.conn(), actor.workspace, &after, &product)
    }
}

/// The items that keys mean; an epic stands for the stories below it.
pub(super) fn meant(
    cx: &mut Change<'_>,
    product: &Product,
    keys: &[String],
) -> Result<Vec<WorkItem>> {
    let (actor, ws) = (cx.actor.clone(), cx.workspace());
    let words: Vec<&str> = keys
        .iter()
        .flat_map(|k| k.split([',', '\n', ' ']))
        .map(str::trim)
        .filter(|k| !k.is_empty())
        .collect();
    if words.len() > 200 {
        return Err(Error::invalid("items", "Name up to 200 items at once."));
    }
    let mut all: Vec<WorkItem> = Vec::new();
    for key in words {
        let (item, of) =
            by_key(cx.conn(), &actor, key, Access::Write).map_err(|e| e.of_key(key))?;
        if of.id != product.id {
            return Err(Error::invalid("items", format!("{key} belongs to another product.")));
        }
        let found = if item.level == "epic" {
            CHILDREN.all(cx.conn(), ws, &[item.id.into()])?
        } else {
            vec![item]
        };
        for item in found {
            if all.iter().all(|known| known.id != item.id) {
                all.push(item);
            }
        }
    }
    Ok(all)
}

/// Puts an item into the scope of a phase; it is in one phase at a time.
pub(super) fn put_in(cx: &mut Change<'_>, phase: &Phase, item: &WorkItem) -> Result<()> {
    let ws = cx.workspace();
    if let Some(place) = PLACE_OF_ITEM.first(cx.conn(), ws, &[item.id.into()])? {
        if place.phase_id == phase.id {
            return Ok(());
        }
        if let Some(other) = load::<Phase>(cx.conn(), ws, place.phase_id)? {
            if other.state == "active" {
                return Err(Error::refused(format!(
                    "{} is in the baseline of “{}”. Ask there for a change that lets it go.",
                    item.key, other.name
                )));
            }
            // What a closed phase held and did not finish is free to be planned anew.
            if other.state == "planned" {
                cx.bin(&place)?;
            }
        }
    }
    let row = new_row!(
        cx,
        PhaseItem {
            product_id: phase.product_id,
            phase_id: phase.id,
            item_id: item.id,
            person_id: Some(cx.actor.person),
        }
    );
    cx.insert(&row)
}

/// Takes an item out of the scope of a phase.
pub(super) fn take_out(cx: &mut Change<'_>, phase: &Phase, item: Id) -> Result<bool> {
    let ws = cx.workspace();
    let held = HELD.all(cx.conn(), ws, &[phase.id.into()])?;
    let Some(place) = held.iter().find(|h| h.item_id == item) else { return Ok(false) };
    cx.bin(place)?;
    Ok(true)
}

/// Put items into the scope of a phase that has not begun; an epic stands for its stories.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddToPhase {
    pub phase: Id,
    /// Keys, up to 200.
    pub items: Vec<String>,
}

impl Action for AddToPhase {
    type Output = PhaseView;
    const META: Meta = Meta::action(
        "add-to-phase",
        "Put items into the scope of a phase that has not begun; an epic stands for its stories",
        "POST",
        "/phases/{phase}/items",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<PhaseView> {
        let actor = cx.actor.clone();
        let (phase, product) = phase(cx.conn(), &actor, self.phase, Access::Write)?;
        phase.check_free()?;
        let items = meant(cx, &product, &self.items)?;
        if items.is_empty() {
            return Err(Error::invalid("items", "Name items, or an epic that has stories."));
        }
        for item in &items {
            put_in(cx, &phase, item)?;
        }
        view(cx.conn(), actor.workspace, &phase, &product)
    }
}

/// Take an item out of the scope of a phase that has not begun.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemoveFromPhase {
    pub phase: Id,
    pub item: String,
}

impl Action for RemoveFromPhase {
    type Output = PhaseView;
    const META: Meta = Meta::action(
        "remove-from-phase",
        "Take an item out of the scope of a phase that has not begun",
        "DELETE",
        "/phases/{phase}/items/{item}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<PhaseView> {
        let actor = cx.actor.clone();
        let (phase, product) = phase(cx.conn(), &actor, self.phase, Access::Write)?;
        phase.check_free()?;
        let (item, _) = by_key(cx.conn(), &actor, &self.item, Access::Write)?;
        if !take_out(cx, &phase, item.id)? {
            return Err(Error::NotFound("item in this phase"));
        }
        view(cx.conn(), actor.workspace, &phase, &product)
    }
}

/// Start a phase: its scope and dates are frozen as its first baseline.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct StartPhase {
    pub phase: Id,
}

impl Action for StartPhase {
    type Output = PhaseView;
    const META: Meta = Meta::action(
        "start-phase",
        "Start a phase: its scope and dates are frozen as its first baseline",
        "POST",
        "/phases/{phase}/start",
    )
    .exercises(&[23]);

    fn run(&self, cx: &mut Change<'_>) -> Result<PhaseView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, product) = phase(cx.conn(), &actor, self.phase, Access::Write)?;
        before.check_open()?;
        if before.state == "active" {
            return Err(Error::refused("It has begun already."));
        }
        if let Some(id) = before.entry_gate_id
            && let Some(gate) = load::<Gate>(cx.conn(), ws, id)?
            && !matches!(gate.state.as_str(), "go" | "conditional-go")
        {
            return Err(Error::refused(format!(
                "It waits for the gate “{}”: a go there lets it in and freezes its baseline.",
                gate.name
            )));
        }
        let ground =
            Ground { gate: before.entry_gate_id, request: None, because: "The phase began." };
        let after = begin(cx, &before, &ground)?;
        view(cx.conn(), ws, &after, &product)
    }
}

/// Close a phase that no gate ends; what it did not finish can be planned anew.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ClosePhase {
    pub phase: Id,
    /// What came of it.
    pub outcome: String,
}

impl Action for ClosePhase {
    type Output = PhaseView;
    const META: Meta = Meta::action(
        "close-phase",
        "Close a phase that no gate ends; what it did not finish can be planned anew",
        "POST",
        "/phases/{phase}/close",
    )
    .exercises(&[23]);

    fn run(&self, cx: &mut Change<'_>) -> Result<PhaseView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, product) = phase(cx.conn(), &actor, self.phase, Access::Write)?;
        before.check_open()?;
        if before.state != "active" {
            return Err(Error::refused("It has not begun. Start it, or take it away."));
        }
        if let Some(id) = before.exit_gate_id
            && let Some(gate) = load::<Gate>(cx.conn(), ws, id)?
        {
            return Err(Error::refused(format!(
                "It ends at the gate “{}”: decide there.",
                gate.name
            )));
        }
        let outcome = check_text("outcome", self.outcome.trim())?;
        if outcome.is_empty() {
            return Err(Error::invalid("outcome", "Say what came of it."));
        }
        let after = end(cx, &before, &outcome)?;
        view(cx.conn(), ws, &after, &product)
    }
}

/// Remove a phase that has not begun.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemovePhase {
    pub phase: Id,
}

impl Action for RemovePhase {
    type Output = PhaseView;
    const META: Meta = Meta::action(
        "remove-phase",
        "Remove a phase that has not begun",
        "DELETE",
        "/phases/{phase}",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<PhaseView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, product) = phase(cx.conn(), &actor, self.phase, Access::Write)?;
        if before.state != "planned" {
            return Err(Error::refused("It has begun, so it stays, with its baselines."));
        }
        for place in HELD.all(cx.conn(), ws, &[before.id.into()])? {
            cx.bin(&place)?;
        }
        cx.bin(&before)?;
        view(cx.conn(), ws, &before, &product)
    }
}
