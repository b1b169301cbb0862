//! The nouns that an export holds, in the order in which they are read: why, what, how, and what ties
//! them. All of it is what whoever sees a product may read in it. Votes, drafts, secrets of links and
//! addresses of visitors stay where they are.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::Fields;
use crate::db::{Conn, Value};
use crate::how::acceptance::Acceptance;
use crate::how::blockers::Blocker;
use crate::how::criteria::{Criterion, CriterionVerdict};
use crate::how::epics::{Epic, HealthUpdate};
use crate::how::experiments::Experiment;
use crate::how::fields::{CustomField, Definitions, People, show};
use crate::how::gates::{Gate, GateDecision};
use crate::how::options::SolutionOption;
use crate::how::pages::DocPage;
use crate::how::phases::{Baseline, ChangeRequest, Phase, PhaseItem};
use crate::how::readiness::ReadyTick;
use crate::how::sprints::{IterationReport, Sprint};
use crate::how::views::SavedView;
use crate::how::work_items::WorkItem;
use crate::kernel::{Error, Id, Result};
use crate::people::members;
use crate::people::parts::Part;
use crate::people::teams::Team;
use crate::store::{ASKED, Composed, Record, Select, load_many, marks_from, with_ids};
use crate::thread::comments::Comment;
use crate::thread::links::Link;
use crate::thread::path::Sight;
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
use crate::why::evidence::{Evidence, Verbatim};
use crate::why::interviews::Interview;
use crate::why::key_results::{CheckIn, KeyResult};
use crate::why::metrics::{Metric, MetricValue};
use crate::why::needs::Need;
use crate::why::objectives::Objective;
use crate::why::stakeholder_talks::StakeholderTalk;
use crate::why::stakeholders::Stakeholder;
use crate::why::strategy::StrategyText;
use crate::why::values::Valuation;

/// Rows of a page.
const PAGE: usize = 300;

/// The things of a page, and where the next one begins.
pub(super) type Rows = (Vec<Fields>, Option<Value>);

/// One noun: its file, where it begins, and how a page of it is read.
pub(super) struct Kind {
    pub file: &'static str,
    pub first: fn() -> Value,
    pub page: fn(&mut Conn, i64, Id, &Value) -> Result<Rows>,
}

macro_rules! kinds {
    ($($name:ident = $file:literal: $record:ty => $table:literal, $of:literal;)*) => {
        $(
            static $name: Select<$record> = Select::new(
                $table,
                concat!($of, " AND id > $3 AND gone_at IS NULL ORDER BY id LIMIT 300"),
            );
            inventory::submit! {
                Composed { name: concat!("export::", $file), text: || $name.text().to_owned() }
            }
        )*

        pub(super) static KINDS: &[Kind] = &[
            Kind {
                file: "work-items",
                first: || Value::from(""),
                page: work_items,
            },
            Kind {
                file: "opportunities",
                first: || Value::from(""),
                page: |conn, ws, product, after| {
                    by_rank(conn, &OPPORTUNITIES, ws, product, after, |r| r.rank.clone())
                },
            },
            Kind { file: "evidence", first: first_id, page: evidence },
            $(Kind {
                file: $file,
                first: first_id,
                page: |conn, ws, product, after| by_id(conn, &$name, ws, product, after),
            },)*
        ];
    };
}

fn first_id() -> Value {
    Id(uuid::Uuid::nil()).into()
}

crate::selects! {
    WORK_ITEMS: WorkItem = "work_item_now", "product_id = $2 AND rank > $3 ORDER BY rank LIMIT 300";
    OPPORTUNITIES: Opportunity = "opportunity", "product_id = $2 AND rank > $3 AND gone_at IS NULL ORDER BY rank LIMIT 300";
    EVIDENCE: Evidence = "evidence", "product_id = $2 AND id > $3 AND gone_at IS NULL ORDER BY id LIMIT 300";
}

kinds! {
    STRATEGY = "strategy": StrategyText => "strategy_text", "product_id = $2";
    THEMES = "themes": Theme => "theme", "product_id = $2";
    SEGMENTS = "segments": Segment => "segment", "product_id = $2";
    COMPANIES = "companies": Company => "company", "product_id = $2";
    INTERVIEWS = "interviews": Interview => "interview", "product_id = $2";
    STAKEHOLDERS = "stakeholders": Stakeholder => "stakeholder", "product_id = $2";
    TALKS = "conversations": StakeholderTalk => "stakeholder_talk", "product_id = $2";
    NEEDS = "needs": Need => "need", "product_id = $2";
    VALUATIONS = "values": Valuation => "valuation", "need_id IN (SELECT n.id FROM need n WHERE n.workspace_id = $1 AND n.product_id = $2)";
    OBJECTIVES = "objectives": Objective => "objective", "product_id = $2";
    KEY_RESULTS = "key-results": KeyResult => "key_result", "product_id = $2";
    CHECK_INS = "check-ins": CheckIn => "check_in", "key_result_id IN (SELECT k.id FROM key_result k WHERE k.workspace_id = $1 AND k.product_id = $2)";
    METRICS = "metrics": Metric => "metric", "product_id = $2";
    METRIC_VALUES = "metric-values": MetricValue => "metric_value", "product_id = $2";
    COMPETITORS = "competitors": Competitor => "competitor", "product_id = $2";
    FINDINGS = "findings": Finding => "finding", "product_id = $2";
    RATINGS = "ratings": Rating => "rating", "product_id = $2";
    SCORES = "scores": Score => "score", "product_id = $2";
    REQUIREMENTS = "requirements": Requirement => "requirement", "product_id = $2";
    DECISIONS = "decisions": Decision => "decision", "product_id = $2";
    STAGES = "stages": StageDecision => "stage_decision", "product_id = $2";
    PLACEMENTS = "roadmap": Placement => "placement", "product_id = $2";
    RELEASES = "releases": Release => "release", "product_id = $2";
    RELEASE_ITEMS = "release-items": ReleaseItem => "release_item", "product_id = $2";
    ROLLOUT = "rollout-steps": RolloutStep => "rollout_step", "product_id = $2";
    REVIEWS = "outcome-reviews": OutcomeReview => "outcome_review", "product_id = $2";
    OPTIONS = "options": SolutionOption => "solution_option", "product_id = $2";
    EXPERIMENTS = "experiments": Experiment => "experiment", "product_id = $2";
    PARTS = "parts": Part => "part", "product_id = $2";
    CUSTOM = "custom-fields": CustomField => "custom_field", "product_id = $2";
    ITERATIONS = "iterations": Sprint => "sprint", "product_id = $2";
    REPORTS = "iteration-reports": IterationReport => "iteration_report", "product_id = $2";
    EPICS = "epics": Epic => "epic", "product_id = $2";
    HEALTH = "health": HealthUpdate => "health_update", "product_id = $2";
    CRITERIA = "criteria": Criterion => "criterion", "product_id = $2";
    VERDICTS = "criterion-verdicts": CriterionVerdict => "criterion_verdict", "product_id = $2";
    READY = "ready-ticks": ReadyTick => "ready_tick", "product_id = $2";
    ACCEPTANCES = "acceptances": Acceptance => "acceptance", "product_id = $2";
    BLOCKERS = "blockers": Blocker => "blocker", "product_id = $2";
    GATES = "gates": Gate => "gate", "product_id = $2";
    GATE_DECISIONS = "gate-decisions": GateDecision => "gate_decision", "product_id = $2";
    PHASES = "phases": Phase => "phase", "product_id = $2";
    PHASE_ITEMS = "phase-items": PhaseItem => "phase_item", "product_id = $2";
    BASELINES = "baselines": Baseline => "baseline", "product_id = $2";
    CHANGE_REQUESTS = "change-requests": ChangeRequest => "change_request", "product_id = $2";
    PAGES = "pages": DocPage => "page", "product_id = $2";
    VIEWS = "views": SavedView => "saved_view", "product_id = $2 AND shared <> 'nobody'";
    QUESTIONS = "questions": Question => "question", "product_id = $2";
    COMMENTS = "comments": Comment => "comment", "product_id = $2";
    LINKS = "links": Link => "link", "from_id IN (SELECT d.object_id FROM search_doc d WHERE d.workspace_id = $1 AND d.product_id = $2)";
}

fn by_id<R: Record + Serialize>(
    conn: &mut Conn,
    select: &Select<R>,
    workspace: i64,
    product: Id,
    after: &Value,
) -> Result<Rows> {
    let rows = select.all(conn, workspace, &[product.into(), after.clone()])?;
    let next = rows.last().filter(|_| rows.len() == PAGE).map(|r| r.meta().id.into());
    Ok((rows.iter().map(fields).collect::<Result<_>>()?, next))
}

fn by_rank<R: Record + Serialize>(
    conn: &mut Conn,
    select: &Select<R>,
    workspace: i64,
    product: Id,
    after: &Value,
    rank: fn(&R) -> String,
) -> Result<Rows> {
    let rows = select.all(conn, workspace, &[product.into(), after.clone()])?;
    let next = rows.last().filter(|_| rows.len() == PAGE).map(|r| rank(r).into());
    Ok((rows.iter().map(fields).collect::<Result<_>>()?, next))
}

/// Where an answer to a piece of evidence goes: only for those who may answer.
pub(super) const ADDRESS: &str = "email";

/// Evidence with the words that were said, which stand in a place of their own.
fn evidence(conn: &mut Conn, workspace: i64, product: Id, after: &Value) -> Result<Rows> {
    let rows = EVIDENCE.all(conn, workspace, &[product.into(), after.clone()])?;
    let ids = rows.iter().map(|r| r.verbatim_id);
    let said = load_many::<Verbatim>(conn, workspace, ids, None)?;
    let next = rows.last().filter(|_| rows.len() == PAGE).map(|r| r.id.into());
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut fields = fields(row)?;
        let words = said.get(&row.verbatim_id);
        fields.insert("verbatim".into(), words.map_or(Json::Null, |v| v.text.clone().into()));
        fields.insert("source".into(), words.map_or(Json::Null, |v| v.source.clone().into()));
        fields.insert(ADDRESS.into(), words.map_or(Json::Null, |v| v.email.clone().into()));
        fields.remove("verbatim_id");
        all.push(fields);
    }
    Ok((all, next))
}

/// Work items with their custom fields as people read them, under the names of today, so that another
/// Wherefore and a spreadsheet take them.
fn work_items(conn: &mut Conn, workspace: i64, product: Id, after: &Value) -> Result<Rows> {
    let rows = by_rank(conn, &WORK_ITEMS, workspace, product, after, |r| r.rank.clone())?;
    let (mut rows, next) = rows;
    let known = Definitions::of(conn, workspace, product)?;
    let mut people = People::default();
    for row in rows.iter_mut().filter(|_| !known.0.is_empty()) {
        let Some(Json::Object(kept)) = row.get("fields").cloned() else { continue };
        let mut read = Map::new();
        for (stored, value) in kept {
            let text = value.as_str().unwrap_or_default();
            let Some(field) = known.stored(&stored) else {
                read.insert(stored, value);
                continue;
            };
            // Several choices stay apart, whatever their names hold.
            let whole = [text];
            let several = field.kind == "choices" && text.contains('\n');
            let parts: Vec<&str> = if several { text.lines().collect() } else { whole.to_vec() };
            let mut told = Vec::new();
            for part in parts {
                told.push(show(conn, workspace, &mut people, field, part)?.text);
            }
            read.insert(field.name.clone(), told.join("\n").into());
        }
        row.insert("fields".into(), Json::Object(read));
    }
    Ok((rows, next))
}

/// A record's fields, without what only the database needs.
fn fields<R: Serialize>(record: &R) -> Result<Fields> {
    let Json::Object(mut all) = serde_json::to_value(record).map_err(Error::internal)? else {
        return Err(Error::internal("a record is not an object"));
    };
    for name in ["staged_by", "gone_at", "valid_from", "rank", "product_id"] {
        all.remove(name);
    }
    // Its name comes first.
    let mut first = Map::new();
    for name in ["key", "id", "title"] {
        if let Some(value) = all.remove(name) {
            first.insert(name.into(), value);
        }
    }
    first.append(&mut all);
    Ok(first)
}

fn keys_of() -> String {
    let ids = marks_from(2);
    format!(
        "SELECT object_id, key, product_id FROM search_doc WHERE workspace_id = $1 AND object_id IN ({ids})"
    )
}

static KEYS: LazyLock<String> = LazyLock::new(keys_of);
inventory::submit! { Composed { name: "export::KEYS", text: keys_of } }

/// Says beside each identifier what it names: `assignee_id` gets an `assignee`, `parent_id` a
/// `parent`. What the reader does not see has no name.
pub(super) fn name_references(
    conn: &mut Conn,
    workspace: i64,
    sight: &Sight,
    rows: &mut [Fields],
) -> Result<()> {
    let ids: BTreeSet<Id> = rows.iter().flat_map(references).collect();
    let ids: Vec<Id> = ids.into_iter().collect();
    let mut names: HashMap<Id, String> = HashMap::new();
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[workspace.into()], some);
        let found = conn.query_text(&KEYS, &values, |r| {
            Ok((r.get::<Id>(0)?, r.get::<String>(1)?, r.get::<Id>(2)?))
        })?;
        let seen = found.into_iter().filter(|(_, _, product)| sight.sees(*product));
        names.extend(seen.map(|(id, key, _)| (id, key)));
    }
    let people = load_many::<members::Person>(conn, workspace, ids.iter().copied(), None)?;
    names.extend(people.into_iter().map(|(id, person)| (id, person.name)));
    let teams = load_many::<Team>(conn, workspace, ids, None)?;
    names.extend(teams.into_iter().map(|(id, team)| (id, team.name)));
    for row in rows {
        let wanted: Vec<(String, Option<String>)> = row
            .keys()
            .filter_map(|name| name.strip_suffix("_id"))
            .filter(|stem| !stem.is_empty() && !row.contains_key(*stem))
            .map(|stem| {
                let id = row.get(&format!("{stem}_id")).and_then(id_of);
                (stem.to_owned(), id.and_then(|id| names.get(&id).cloned()))
            })
            .collect();
        for (stem, name) in wanted {
            row.insert(stem, name.map_or(Json::Null, Json::String));
        }
        if let Some(Json::Array(ids)) = row.get(APPROVERS) {
            let name = |id: &Json| id_of(id).and_then(|id| names.get(&id).cloned());
            let all: Vec<Json> =
                ids.iter().map(|id| name(id).map_or(Json::Null, Json::String)).collect();
            row.insert("approver_names".into(), all.into());
        }
    }
    Ok(())
}

fn id_of(value: &Json) -> Option<Id> {
    value.as_str()?.parse().ok()
}

/// A list of people.
const APPROVERS: &str = "approvers";

fn references(row: &Fields) -> impl Iterator<Item = Id> {
    let single = row.iter().filter(|(name, _)| name.ends_with("_id")).map(|(_, value)| value);
    let several = row.get(APPROVERS).and_then(Json::as_array).into_iter().flatten();
    single.chain(several).filter_map(id_of)
}
