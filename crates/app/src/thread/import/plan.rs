//! What an import would do: which items are new, which changed, whom and what it brings.

use std::collections::{BTreeMap, HashMap, HashSet};

use wherefore_exchange::{Backlog, Category, Item};

use super::choices::Choices;
use super::compare::{category, fields, level};
use super::defined::Defined;
use super::known::foresee;
use super::mapping::Earlier;
use super::nouns;
use super::people::People;
use super::report::{Lines, Report};
use super::ties::{NO_LINK, NO_PARENT, Tie, ties, told};
use crate::db::Conn;
use crate::how::fields::Definitions;
use crate::how::imports;
use crate::how::sprints::Sprint;
use crate::how::work_items::{Barred, is_over};
use crate::kernel::{Access, Actor, Id, Result};
use crate::people::parts;
use crate::people::policies::{self, Policy};
use crate::people::products::{self, Product};
use crate::people::teams;
use crate::selects;
use crate::thread::nodes::find;

selects! {
    SPRINTS: Sprint = "sprint", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 5000";
}

/// A state of the workflow, there or to be made.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub name: String,
    pub category: String,
}

/// All that an import will do, decided before anything is written.
pub(super) struct Plan {
    pub product: Product,
    pub report: Report,
    /// Key at the origin, in capitals → id: items of the file, and others that they name.
    pub ids: HashMap<String, Id>,
    /// Those of them in other products, which cannot be parents here.
    pub elsewhere: HashSet<Id>,
    /// Places in the file of items that are new here, in the order that they will have.
    pub fresh: Vec<usize>,
    /// Places in the file of items that were imported before.
    pub known: Vec<usize>,
    /// Those of them that differ from what is here.
    pub changed: Vec<usize>,
    /// Links that are new.
    pub ties: Vec<Tie>,
    pub people: People,
    pub sprints: HashMap<String, Id>,
    pub new_sprints: Vec<(Id, String)>,
    /// Parts of the product and teams by name; a team with the policy of its own that it has.
    pub parts: HashMap<String, Id>,
    pub teams: HashMap<String, (Id, Option<Policy>)>,
    /// Whether whoever imports may make parts and define fields.
    pub shapes: bool,
    pub new_states: Vec<State>,
    pub states: HashMap<(String, Category), State>,
    pub levels: HashMap<String, String>,
    /// Whether items named before they came are remembered.
    pub wanted: bool,
    /// The custom fields of the product.
    pub defined: Defined,
}

/// An item of the file in this product's words.
pub(super) struct Planned {
    pub level: String,
    pub state: State,
    pub parent: Option<Id>,
    pub sprint: Option<Id>,
    pub assignee: Option<Id>,
    /// Who has it in the file, but is given no open work here.
    pub passed_over: Option<Id>,
    pub reporter: Option<Id>,
    pub fields: BTreeMap<String, String>,
}

/// Plans the import of a backlog that was read.
pub(super) fn plan(
    conn: &mut Conn,
    actor: &Actor,
    product: &str,
    file: &Backlog,
    choices: &Choices,
) -> Result<Plan> {
    choices.check()?;
    let product = products::product(conn, actor, product, Access::Write)?;
    let ws = actor.workspace;
    let mut report = Report { items: file.items.len(), ..Report::default() };
    let people = People::of(conn, ws, &product, file, choices, &mut report)?;
    let defined = Defined::of(Definitions::of(conn, ws, product.id)?, file);
    let mut plan = Plan {
        product,
        report,
        ids: HashMap::new(),
        elsewhere: HashSet::new(),
        changed: Vec::new(),
        ties: Vec::new(),
        fresh: Vec::new(),
        known: Vec::new(),
        people,
        sprints: HashMap::new(),
        new_sprints: Vec::new(),
        parts: HashMap::new(),
        shapes: actor.check(Access::Admin).is_ok(),
        teams: HashMap::new(),
        new_states: Vec::new(),
        states: HashMap::new(),
        levels: HashMap::new(),
        wanted: imports::any_wanted(conn, ws)?,
        defined,
    };
    plan.map_columns(file);
    plan.map_fields(conn, ws, file)?;
    let earlier = Earlier::of(conn, ws, plan.product.id)?;
    plan.map_types(file, choices, &earlier);
    plan.map_states(conn, ws, file, choices, &earlier)?;
    plan.map_sprints(conn, ws, file)?;
    plan.map_places(conn, ws, file)?;
    plan.match_items(conn, actor, file)?;
    plan.say_taken_keys(conn, actor, file)?;
    plan.ties = ties(conn, ws, &plan, file)?;
    plan.say(file);
    foresee(conn, ws, &mut plan, file)?;
    nouns::foresee(conn, ws, &mut plan, file)?;
    Ok(plan)
}

impl Plan {
    fn map_sprints(&mut self, conn: &mut Conn, ws: i64, file: &Backlog) -> Result<()> {
        for sprint in SPRINTS.all(conn, ws, &[self.product.id.into()])? {
            self.sprints.insert(sprint.name, sprint.id);
        }
        // Those that come with all that is known of them.
        for (name, id) in nouns::named(file, "iterations", self.product.id) {
            self.sprints.entry(name).or_insert(id);
        }
        for name in file.items.iter().flat_map(|i| &i.sprints) {
            if !self.sprints.contains_key(name) {
                let id = Id::new();
                self.sprints.insert(name.clone(), id);
                self.new_sprints.push((id, name.clone()));
                self.report.new_sprints.push(name.clone());
            }
        }
        Ok(())
    }

    /// The parts and the teams that items of the file belong to, as far as they are here.
    fn map_places(&mut self, conn: &mut Conn, ws: i64, file: &Backlog) -> Result<()> {
        for part in parts::of_product(conn, ws, self.product.id)? {
            self.parts.insert(part.name, part.id);
        }
        let new = nouns::named(file, "parts", self.product.id);
        for (name, id) in new.into_iter().filter(|_| self.shapes) {
            self.parts.entry(name).or_insert(id);
        }
        let mut missing: BTreeMap<&str, usize> = BTreeMap::new();
        for name in file.items.iter().filter_map(|i| i.more.team.as_deref()) {
            if self.teams.contains_key(name) {
                continue;
            }
            if missing.contains_key(name) {
                *missing.entry(name).or_default() += 1;
                continue;
            }
            match teams::named(conn, ws, name)? {
                Some(team) => {
                    let own = policies::of_team(conn, ws, team.id)?;
                    self.teams.insert(name.to_owned(), (team.id, own));
                }
                None => *missing.entry(name).or_default() += 1,
            }
        }
        for (name, items) in missing {
            self.report.left_out.push(format!(
                "The team of {items} items: no team here is called “{name}”. Make it first and they come with it."
            ));
        }
        Ok(())
    }

    /// Which items are new, and whom the others name.
    fn match_items(&mut self, conn: &mut Conn, actor: &Actor, file: &Backlog) -> Result<()> {
        let bases = imports::bases(conn, actor.workspace, self.product.id)?;
        for (place, item) in file.items.iter().enumerate() {
            let key = item.key.to_uppercase();
            match bases.get(&key) {
                Some(id) => {
                    self.ids.insert(key, *id);
                    self.known.push(place);
                }
                None => {
                    self.ids.insert(key, Id::new());
                    self.fresh.push(place);
                }
            }
        }
        order(&mut self.fresh, file);
        let named =
            file.items.iter().flat_map(|i| i.links.iter().map(|l| &l.target).chain(&i.parent));
        for name in named {
            let key = name.to_uppercase();
            if self.ids.contains_key(&key) {
                continue;
            }
            if let Some(id) = bases.get(&key) {
                self.ids.insert(key, *id);
            } else if let Ok((other, _)) = find(conn, actor, &key, Access::Write)
                && other.kind() == "work_item"
            {
                self.elsewhere.insert(other.id());
                self.ids.insert(key, other.id());
            }
        }
        Ok(())
    }

    /// What the reader noticed, what will not come along, and what hangs in the air.
    fn say(&mut self, file: &Backlog) {
        let (mut warnings, mut left_out) = (Lines::default(), Lines::default());
        for line in std::mem::take(&mut self.report.warnings) {
            warnings.push(line);
        }
        let attached: usize = file.items.iter().map(|i| i.attachments.len()).sum();
        if attached > 0 {
            let files = if attached == 1 { "attached file" } else { "attached files" };
            left_out.push(format!(
                "{attached} {files}: an export holds addresses, not files. The addresses are kept with each item."
            ));
        }
        for warning in &file.warnings {
            let row = warning.row.map_or(String::new(), |r| format!("Row {r}: "));
            let lines = if warning.left_out { &mut left_out } else { &mut warnings };
            lines.push(format!("{row}{}", warning.message));
        }
        self.report.warnings = warnings.done();
        self.report.left_out.extend(left_out.done());
    }

    /// Says who is given none of the open work that they have in the file.
    pub(super) fn say_passed_over(&mut self, passed_over: &BTreeMap<Id, usize>) {
        for (id, items) in passed_over {
            let Some(why) = self.people.barred(*id) else { continue };
            let (name, told) = (self.people.name(*id), why.told(&self.product));
            let work = match items {
                1 => "1 open item of theirs comes".to_owned(),
                _ => format!("{items} open items of theirs come"),
            };
            let then = match why {
                Barred::Deactivated => "",
                Barred::Unseeing => " Have them added to the product first, and they keep it.",
            };
            self.report.left_out.push(format!(
                "“{name}” {told}, so {work} without an assignee; the name is kept in a field.{then}"
            ));
        }
    }

    /// The id of an item of the file, or of one that it names.
    pub fn id(&self, key: &str) -> Option<Id> {
        self.ids.get(&key.to_uppercase()).copied()
    }

    /// An item in this product's words. Whoever had it already `keeps` it, whatever became of them.
    pub fn row(&self, item: &Item, keeps: Option<Id>) -> Planned {
        let own = self.id(&item.key);
        let status = (item.status.trim().to_owned(), item.category);
        let state = self.states.get(&status).cloned().unwrap_or_else(|| State {
            name: item.status.clone(),
            category: category(item.category).to_owned(),
        });
        let level = self.levels.get(item.type_name.trim()).cloned();
        let level = level.unwrap_or_else(|| level_of(item));
        let ended = is_over(&state.category);
        let has = self.people.who(item.assignee.as_ref());
        let may_have = |id: &Id| ended || keeps == Some(*id) || self.people.barred(*id).is_none();
        let assignee = has.filter(may_have);
        let reporter = self.people.who(item.reporter.as_ref());
        let parent = item.parent.as_ref().and_then(|p| self.id(p));
        let parent = parent.filter(|p| Some(*p) != own && !self.elsewhere.contains(p));
        let mut fields = self.renamed(fields(item, &level, ended));
        self.keep_unresolved(item, parent, &mut fields);
        for (role, named, id) in
            [("Reporter", &item.reporter, reporter), ("Assignee", &item.assignee, assignee)]
        {
            if let Some(named) = named.as_ref().filter(|_| id.is_none()) {
                fields.insert(format!("{role}, not imported"), named.name.clone());
            }
        }
        Planned {
            level,
            state,
            parent,
            sprint: item.sprints.last().and_then(|s| self.sprints.get(s)).copied(),
            assignee,
            passed_over: has.filter(|_| assignee.is_none()),
            reporter,
            fields,
        }
    }

    /// Names that lead nowhere yet stand in the item's fields, so that they are not lost.
    fn keep_unresolved(
        &self,
        item: &Item,
        parent: Option<Id>,
        fields: &mut BTreeMap<String, String>,
    ) {
        if let Some(name) = item.parent.as_ref().filter(|_| parent.is_none()) {
            fields.insert(NO_PARENT.into(), name.clone());
        }
        let lost: Vec<String> = item
            .links
            .iter()
            .filter(|l| self.id(&l.target).is_none())
            .map(|l| told(&l.kind, l.outward, &l.target))
            .collect();
        if !lost.is_empty() {
            fields.insert(NO_LINK.into(), lost.join(", "));
        }
    }
}

fn level_of(item: &Item) -> String {
    level(item.level).to_owned()
}

/// By Jira's own rank where the file has it, else as the file has them.
fn order(fresh: &mut [usize], file: &Backlog) {
    let rank = |place: &usize| {
        let custom = &file.items[*place].custom;
        let found = custom.iter().find(|(name, text)| name == "Rank" && text.contains('|'));
        found.map(|(_, text)| text.as_str())
    };
    fresh.sort_by(|a, b| match (rank(a), rank(b)) {
        (Some(a), Some(b)) => a.cmp(b),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => std::cmp::Ordering::Equal,
    });
}
