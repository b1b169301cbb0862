//! What stands beside work items in an export of Wherefore: needs, evidence, objectives, decisions,
//! pages and the rest, brought row by row. Each row gets an identifier that follows from its product
//! here and its identifier there, so that the same file again finds what it brought before and leaves
//! it as it is now.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use wherefore_exchange::{Backlog, Noun, PersonRef};

use super::own::{same, settle_own};
use super::plan::Plan;
use super::report::NounLine;
use super::stage::free_key;
use crate::db::Conn;
use crate::how::acceptance::Acceptance;
use crate::how::blockers::Blocker;
use crate::how::criteria::{Criterion, CriterionVerdict};
use crate::how::epics::{Epic, HealthUpdate};
use crate::how::experiments::Experiment;
use crate::how::fields::{CustomField, begin_index};
use crate::how::gates::{Gate, GateDecision};
use crate::how::options::SolutionOption;
use crate::how::pages::DocPage;
use crate::how::phases::{Baseline, ChangeRequest, Phase, PhaseItem};
use crate::how::readiness::ReadyTick;
use crate::how::sprints::{IterationReport, Sprint};
use crate::how::views::SavedView;
use crate::kernel::{Id, Result};
use crate::people::members::{self, Person};
use crate::people::parts::Part;
use crate::people::teams;
use crate::store::{Change, Record, load};
use crate::thread::comments::Comment;
use crate::thread::links::Link;
use crate::thread::questions::Question;
use crate::what::decisions::Decision;
use crate::what::lifecycle::StageDecision;
use crate::what::opportunities::Opportunity;
use crate::what::releases::{OutcomeReview, Release, ReleaseItem, RolloutStep};
use crate::what::requirements::Requirement;
use crate::what::roadmap::Placement;
use crate::what::scores::Score;
use crate::why::companies::Company;
use crate::why::competitors::{Competitor, Finding, Rating};
use crate::why::directions::{Segment, Theme};
use crate::why::evidence::Evidence;
use crate::why::interviews::Interview;
use crate::why::key_results::{CheckIn, KeyResult};
use crate::why::metrics::{Metric, MetricValue};
use crate::why::needs::Need;
use crate::why::objectives::Objective;
use crate::why::stakeholder_talks::StakeholderTalk;
use crate::why::stakeholders::Stakeholder;
use crate::why::strategy::StrategyText;
use crate::why::values::Valuation;

/// As titles that people type.
const LONGEST_TITLE: usize = 10_000;

pub(super) type Row = Map<String, Json>;
type Bring = fn(&mut Change<'_>, &Plan, &mut Known, &Row) -> Result<Came>;
type There = fn(&mut Conn, i64, Id) -> Result<bool>;

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Came {
    New,
    /// It was brought before, or the same by name stands here.
    Here,
    /// It names something that is not here.
    Lost,
}

/// One noun: its file in the export, how a row is brought, and whether one is here.
struct Kind {
    file: &'static str,
    bring: Bring,
    there: There,
}

macro_rules! kinds {
    ($($file:literal: $record:ty;)*) => {
        /// In the order in which they are brought: what others refer to comes first.
        static KINDS: &[Kind] = &[$(Kind {
            file: $file,
            bring: bring::<$record>,
            there: |conn, ws, id| Ok(load::<$record>(conn, ws, id)?.is_some()),
        },)*];
    };
}

kinds! {
    "parts": Part;
    "custom-fields": CustomField;
    "iterations": Sprint;
    "themes": Theme;
    "segments": Segment;
    "companies": Company;
    "strategy": StrategyText;
    "stakeholders": Stakeholder;
    "conversations": StakeholderTalk;
    "interviews": Interview;
    "evidence": Evidence;
    "needs": Need;
    "values": Valuation;
    "metrics": Metric;
    "metric-values": MetricValue;
    "objectives": Objective;
    "key-results": KeyResult;
    "check-ins": CheckIn;
    "competitors": Competitor;
    "findings": Finding;
    "ratings": Rating;
    "opportunities": Opportunity;
    "scores": Score;
    "requirements": Requirement;
    "decisions": Decision;
    "releases": Release;
    "release-items": ReleaseItem;
    "rollout-steps": RolloutStep;
    "outcome-reviews": OutcomeReview;
    "roadmap": Placement;
    "options": SolutionOption;
    "experiments": Experiment;
    "pages": DocPage;
    "views": SavedView;
    "questions": Question;
    "links": Link;
    "comments": Comment;
    "stages": StageDecision;
    "criteria": Criterion;
    "criterion-verdicts": CriterionVerdict;
    "ready-ticks": ReadyTick;
    "acceptances": Acceptance;
    "blockers": Blocker;
    "epics": Epic;
    "health": HealthUpdate;
    "gates": Gate;
    "phases": Phase;
    "phase-items": PhaseItem;
    "change-requests": ChangeRequest;
    "baselines": Baseline;
    "gate-decisions": GateDecision;
    "iteration-reports": IterationReport;
}

/// What items name: it comes at the moment when they are seen.
const WITH_ITEMS: [&str; 3] = ["parts", "custom-fields", "iterations"];

/// Whether a noun comes together with the items.
pub(super) fn is_with_items(noun: &Noun) -> bool {
    WITH_ITEMS.contains(&noun.name.as_str())
}

/// The same of a noun as a report calls it.
pub(super) fn names_with_items(noun: &str) -> bool {
    WITH_ITEMS.contains(&noun.replace(' ', "-").as_str())
}

/// The names of the rows of a noun, with the identifiers that they have here.
pub(super) fn named(file: &Backlog, noun: &str, product: Id) -> Vec<(String, Id)> {
    let rows = file.nouns.iter().filter(|n| n.name == noun).flat_map(|n| &n.rows);
    rows.filter_map(|row| Some((word(row, "name")?.to_owned(), here(product, word(row, "id")?))))
        .collect()
}

/// Identifiers of the file by what they are here, and people by their names.
pub(super) struct Known {
    ids: HashMap<String, Id>,
    people: HashMap<String, Option<Id>>,
}

impl Known {
    pub fn of(plan: &Plan, file: &Backlog) -> Self {
        let mut ids = HashMap::new();
        for item in &file.items {
            if let (Some(there), Some(here)) = (&item.more.id, plan.id(&item.key)) {
                ids.insert(there.clone(), here);
            }
        }
        for row in file.nouns.iter().filter(|n| n.name != "comments").flat_map(|n| &n.rows) {
            if let Some(there) = word(row, "id") {
                ids.insert(there.to_owned(), here(plan.product.id, there));
            }
        }
        Self { ids, people: HashMap::new() }
    }

    /// What a row or an item of the file is here.
    pub fn id(&self, there: &str) -> Option<Id> {
        self.ids.get(there).copied()
    }

    /// Somebody of this workspace: as the import decided, by their identifier, else by the name beside
    /// it.
    fn person(
        &mut self,
        cx: &mut Change<'_>,
        plan: &Plan,
        id: &str,
        name: Option<&str>,
    ) -> Result<Option<Id>> {
        if let Some(known) = self.people.get(id) {
            return Ok(*known);
        }
        let ws = cx.workspace();
        let told = name.map(|name| PersonRef { name: name.to_owned(), id: Some(id.to_owned()) });
        if let Some(decided) = plan.people.who(told.as_ref()) {
            self.people.insert(id.to_owned(), Some(decided));
            return Ok(Some(decided));
        }
        let own = match id.parse::<Id>() {
            Ok(one) => load::<Person>(cx.conn(), ws, one)?.map(|p| p.id),
            Err(_) => None,
        };
        let found = match (own, name) {
            (Some(own), _) => Some(own),
            (None, Some(name)) => members::by_name(cx.conn(), ws, name)?.map(|p| p.id),
            (None, None) => None,
        };
        self.people.insert(id.to_owned(), found);
        Ok(found)
    }

    /// What an identifier of the file stands for here.
    fn reference(
        &mut self,
        cx: &mut Change<'_>,
        plan: &Plan,
        id: &str,
        name: Option<&str>,
    ) -> Result<Option<Id>> {
        match self.ids.get(id) {
            Some(here) => Ok(Some(*here)),
            None => self.person(cx, plan, id, name),
        }
    }

    /// A team of this workspace: that one, else the one of its name.
    fn team(cx: &mut Change<'_>, id: &str, name: Option<&str>) -> Result<Option<Id>> {
        let ws = cx.workspace();
        let mut found = teams::named(cx.conn(), ws, id)?;
        if let (None, Some(name)) = (&found, name) {
            found = teams::named(cx.conn(), ws, name)?;
        }
        Ok(found.map(|team| team.id))
    }
}

/// The identifier here: its time is kept, so that what is newest there is newest here; the rest
/// follows from both.
fn here(product: Id, there: &str) -> Id {
    let mut hash = Sha256::new();
    hash.update(product.0.as_bytes());
    hash.update(there.as_bytes());
    let made = hash.finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&made[..16]);
    if let Ok(first) = there.parse::<Id>() {
        bytes[..6].copy_from_slice(&first.0.as_bytes()[..6]);
    }
    Id(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

pub(super) fn word<'r>(row: &'r Row, name: &str) -> Option<&'r str> {
    row.get(name).and_then(Json::as_str).filter(|text| !text.is_empty())
}

/// What only admins make in a product.
const SHAPES: [&str; 2] = ["parts", "custom-fields"];

/// Whether whoever imports may bring a noun.
fn may_bring(plan: &Plan, noun: &str) -> bool {
    plan.shapes || !SHAPES.contains(&noun)
}

/// The nouns of a file in the order in which they are brought, each with its rows.
pub(super) fn wanted<'f>(plan: &Plan, file: &'f Backlog) -> Vec<(usize, &'f Noun)> {
    let of = |name: &str| {
        file.nouns.iter().find(|noun| noun.name == name && may_bring(plan, &noun.name))
    };
    KINDS.iter().enumerate().filter_map(|(at, kind)| Some((at, of(kind.file)?))).collect()
}

/// What would come along, and what is here already.
pub(super) fn foresee(conn: &mut Conn, ws: i64, plan: &mut Plan, file: &Backlog) -> Result<()> {
    for (at, noun) in wanted(plan, file) {
        let mut line = NounLine { noun: noun.name.replace('-', " "), ..NounLine::default() };
        for id in noun.rows.iter().filter_map(|row| word(row, "id")) {
            let there = (KINDS[at].there)(conn, ws, here(plan.product.id, id))?;
            *(if there { &mut line.here } else { &mut line.new }) += 1;
        }
        plan.report.nouns.push(line);
    }
    let known = |name: &str| KINDS.iter().any(|kind| kind.file == name);
    for noun in file.nouns.iter().filter(|n| !known(&n.name)) {
        let words = noun.name.replace('-', " ");
        plan.report.left_out.push(format!("{} {words} are not taken over.", noun.rows.len()));
    }
    let kept_back: Vec<&Noun> = file.nouns.iter().filter(|n| !may_bring(plan, &n.name)).collect();
    for noun in kept_back {
        let (count, words) = (noun.rows.len(), noun.name.replace('-', " "));
        plan.report.left_out.push(format!(
            "{count} {words}: admins make them. Have one import the file, or make them first."
        ));
    }
    Ok(())
}

/// The highest number that a key of the nouns has, where it is of this product.
pub(super) fn keys(file: &Backlog) -> impl Iterator<Item = &str> {
    file.nouns.iter().flat_map(|noun| &noun.rows).filter_map(|row| word(row, "key"))
}

/// Brings a row of a noun, and counts what became of it.
pub(super) fn bring_one(
    cx: &mut Change<'_>,
    plan: &Plan,
    known: &mut Known,
    at: usize,
    row: &Row,
    line: &mut NounLine,
) -> Result<()> {
    let came = (KINDS[at].bring)(cx, plan, known, row)?;
    match came {
        Came::New => line.new += 1,
        Came::Here => line.here += 1,
        Came::Lost => line.lost += 1,
    }
    Ok(())
}

fn bring<R: Record>(
    cx: &mut Change<'_>,
    plan: &Plan,
    known: &mut Known,
    row: &Row,
) -> Result<Came> {
    let (ws, product) = (cx.workspace(), plan.product.id);
    let Some(there) = word(row, "id") else { return Ok(Came::Lost) };
    let id = here(product, there);
    if load::<R>(cx.conn(), ws, id)?.is_some() {
        return Ok(Came::Here);
    }
    if let Some(same) = same(cx, known, product, R::KIND, row)? {
        known.ids.insert(there.to_owned(), same);
        return Ok(Came::Here);
    }
    let Some(mut made) = translated(cx, plan, known, row)? else { return Ok(Came::Lost) };
    settle_own(cx, plan, R::KIND, id, &mut made)?;
    if let Some(key) = word(row, "key") {
        made.insert("key".into(), free_key(cx, plan, key)?.into());
    }
    let Ok(record) = R::deserialize(&made) else {
        return Ok(Came::Lost);
    };
    let now = cx.now;
    cx.happened = record.meta().created_at;
    cx.insert(&record)?;
    cx.happened = now;
    if R::KIND == CustomField::KIND {
        begin_index(cx, id)?;
    }
    Ok(Came::New)
}

/// Brings what items name.
pub(super) fn with_items(
    cx: &mut Change<'_>,
    plan: &Plan,
    file: &Backlog,
) -> Result<Vec<NounLine>> {
    let mut known = Known::of(plan, file);
    let mut lines = Vec::new();
    for (at, noun) in wanted(plan, file).into_iter().filter(|(_, noun)| is_with_items(noun)) {
        let mut line = NounLine { noun: noun.name.replace('-', " "), ..NounLine::default() };
        for row in &noun.rows {
            bring_one(cx, plan, &mut known, at, row, &mut line)?;
        }
        lines.push(line);
    }
    Ok(lines)
}

/// A row with what it refers to as that is here; nothing where it hangs on what is not here.
fn translated(
    cx: &mut Change<'_>,
    plan: &Plan,
    known: &mut Known,
    row: &Row,
) -> Result<Option<Row>> {
    let mut made: Row = row.iter().map(|(name, v)| (name.clone(), clean(name, v))).collect();
    if made.get("title").and_then(Json::as_str) == Some("") {
        return Ok(None);
    }
    for (name, value) in row {
        let stem = name.strip_suffix("_id");
        if matches!(&**name, "approvers" | "adds" | "removes") {
            made.insert(name.clone(), several(cx, plan, known, value, row.get("approver_names"))?);
            continue;
        }
        let refers = stem.is_some()
            || matches!(&**name, "asked_by" | "answered_by" | "decided_by" | "duplicate_of");
        let Some(id) = value.as_str().filter(|_| refers) else { continue };
        let beside = stem.and_then(|stem| word(row, stem));
        let found = match stem {
            Some("team") => Known::team(cx, id, beside)?,
            _ => known.reference(cx, plan, id, beside)?,
        };
        // What hangs on something is nothing without it.
        if found.is_none() && matches!(stem, Some("object" | "from" | "to")) {
            return Ok(None);
        }
        made.insert(name.clone(), found.map_or(Json::Null, |id| id.to_string().into()));
    }
    Ok(Some(made))
}

/// A list of identifiers as they are here; what is not here is left out.
fn several(
    cx: &mut Change<'_>,
    plan: &Plan,
    known: &mut Known,
    list: &Json,
    names: Option<&Json>,
) -> Result<Json> {
    let mut all: Vec<Json> = Vec::new();
    for (at, id) in list.as_array().into_iter().flatten().enumerate() {
        let Some(id) = id.as_str() else { continue };
        let name = names.and_then(|names| names.get(at)?.as_str());
        let found = known.reference(cx, plan, id, name)?;
        all.extend(found.map(|id| Json::from(id.to_string())));
    }
    Ok(all.into())
}

/// A value as somebody could have typed it: a file may come from anywhere.
fn clean(name: &str, value: &Json) -> Json {
    match value {
        Json::String(text) if matches!(name, "title" | "name") => {
            let line = text.replace('\0', "");
            let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
            words.chars().take(LONGEST_TITLE).collect::<String>().into()
        }
        Json::String(text) => text.replace('\0', "").into(),
        Json::Array(all) => all.iter().map(|one| clean("", one)).collect(),
        other => other.clone(),
    }
}
