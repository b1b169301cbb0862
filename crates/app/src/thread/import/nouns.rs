//! What stands beside work items in an export of Wherefore: needs, evidence, objectives, decisions,
//! pages and the rest, brought row by row. Each row gets an identifier that follows from its product
//! here and its identifier there, so that the same file again finds what it brought before and leaves
//! it as it is now.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use wherefore_exchange::{Backlog, Noun};

use super::plan::Plan;
use super::report::NounLine;
use super::stage::free_key;
use crate::db::Conn;
use crate::how::experiments::Experiment;
use crate::how::options::SolutionOption;
use crate::how::pages::DocPage;
use crate::how::views::SavedView;
use crate::kernel::{Id, Result, rank};
use crate::people::mail::check_address;
use crate::people::members::{self, Person};
use crate::statements;
use crate::store::{Change, Record, load};
use crate::thread::comments::Comment;
use crate::thread::links::Link;
use crate::thread::questions::Question;
use crate::what::decisions::Decision;
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

statements! {
    LAST_OPPORTUNITY = "SELECT rank FROM opportunity WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    LAST_PLACE = "SELECT rank FROM placement WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    LAST_PAGE = "SELECT rank FROM page WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    SAME_THEME = "SELECT id FROM theme WHERE workspace_id = $1 AND product_id = $2 AND name = $3 AND gone_at IS NULL";
    SAME_SEGMENT = "SELECT id FROM segment WHERE workspace_id = $1 AND product_id = $2 AND name = $3 AND gone_at IS NULL";
    SAME_COMPANY = "SELECT id FROM company WHERE workspace_id = $1 AND product_id = $2 AND name = $3 AND gone_at IS NULL";
    SAME_TEXT = "SELECT id FROM strategy_text WHERE workspace_id = $1 AND product_id = $2 AND kind = $3 AND number = $4";
}

/// As titles that people type.
const LONGEST_TITLE: usize = 10_000;

type Row = Map<String, Json>;
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
            if let (Some(there), Some(here)) = (&item.source_id, plan.id(&item.key)) {
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

    /// Somebody of this workspace: by their identifier, else by the name beside it.
    fn person(&mut self, cx: &mut Change<'_>, id: &str, name: Option<&str>) -> Result<Option<Id>> {
        if let Some(known) = self.people.get(id) {
            return Ok(*known);
        }
        let ws = cx.workspace();
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
        id: &str,
        name: Option<&str>,
    ) -> Result<Option<Id>> {
        match self.ids.get(id) {
            Some(here) => Ok(Some(*here)),
            None => self.person(cx, id, name),
        }
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

fn word<'r>(row: &'r Row, name: &str) -> Option<&'r str> {
    row.get(name).and_then(Json::as_str).filter(|text| !text.is_empty())
}

/// The nouns of a file in the order in which they are brought, each with its rows.
pub(super) fn wanted(file: &Backlog) -> Vec<(usize, &Noun)> {
    let of = |name: &str| file.nouns.iter().find(|noun| noun.name == name);
    KINDS.iter().enumerate().filter_map(|(at, kind)| Some((at, of(kind.file)?))).collect()
}

/// What would come along, and what is here already.
pub(super) fn foresee(conn: &mut Conn, ws: i64, plan: &mut Plan, file: &Backlog) -> Result<()> {
    for (at, noun) in wanted(file) {
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
    if let Some(same) = same(cx, product, R::KIND, row)? {
        known.ids.insert(there.to_owned(), same);
        return Ok(Came::Here);
    }
    let Some(mut made) = translated(cx, known, row)? else { return Ok(Came::Lost) };
    settle_own(cx, plan, R::KIND, id, &mut made)?;
    if let Some(key) = word(row, "key") {
        made.insert("key".into(), free_key(cx, plan, key)?.into());
    }
    let Ok(record) = serde_json::from_value::<R>(Json::Object(made)) else {
        return Ok(Came::Lost);
    };
    let now = cx.now;
    cx.happened = record.meta().created_at;
    cx.insert(&record)?;
    cx.happened = now;
    Ok(Came::New)
}

/// A row with what it refers to as that is here; nothing where it hangs on what is not here.
fn translated(cx: &mut Change<'_>, known: &mut Known, row: &Row) -> Result<Option<Row>> {
    let mut made: Row = row.iter().map(|(name, v)| (name.clone(), clean(name, v))).collect();
    if made.get("title").and_then(Json::as_str) == Some("") {
        return Ok(None);
    }
    for (name, value) in row {
        let stem = name.strip_suffix("_id");
        let refers =
            stem.is_some() || matches!(&**name, "asked_by" | "answered_by" | "duplicate_of");
        let Some(id) = value.as_str().filter(|_| refers) else { continue };
        let beside = stem.and_then(|stem| word(row, stem));
        let found = known.reference(cx, id, beside)?;
        // What hangs on something is nothing without it.
        if found.is_none() && matches!(stem, Some("object" | "from" | "to")) {
            return Ok(None);
        }
        made.insert(name.clone(), found.map_or(Json::Null, |id| id.to_string().into()));
    }
    Ok(Some(made))
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

/// What an export leaves out because it is of the database, and what is a place in an order.
fn settle_own(cx: &mut Change<'_>, plan: &Plan, kind: &str, id: Id, made: &mut Row) -> Result<()> {
    let (ws, product) = (cx.workspace(), plan.product.id);
    made.insert("id".into(), id.to_string().into());
    made.insert("product_id".into(), product.to_string().into());
    made.insert("revision".into(), 1.into());
    made.insert("valid_from".into(), cx.now.to_string().into());
    made.insert("gone_at".into(), Json::Null);
    let last = match kind {
        "opportunity" => Some(&LAST_OPPORTUNITY),
        "placement" => Some(&LAST_PLACE),
        "page" => Some(&LAST_PAGE),
        _ => None,
    };
    if let Some(sql) = last {
        let last: Option<String> =
            cx.conn().query_opt(sql, &[ws.into(), product.into()], |r| r.get(0))?;
        made.insert("rank".into(), rank::between(last.as_deref(), None)?.into());
    }
    if kind == "evidence" {
        let said = crate::new_row!(
            cx,
            Verbatim {
                text: word(made, "verbatim").unwrap_or_default().to_owned(),
                source: word(made, "source").unwrap_or_default().to_owned(),
                email: check_address(word(made, "email").unwrap_or_default()).unwrap_or_default(),
            }
        );
        cx.insert(&said)?;
        // What was exported before these were kept has none of them.
        for name in ["reliability", "answered_how"] {
            made.entry(name).or_insert_with(|| "".into());
        }
        made.insert("verbatim_id".into(), said.id.to_string().into());
    }
    if kind == "saved_view" {
        // A team of elsewhere is none of here: the view is whose import it is, for all to see.
        made.insert("owner_id".into(), cx.actor.person.to_string().into());
        made.insert("team_id".into(), Json::Null);
        made.insert("shared".into(), "product".into());
    }
    Ok(())
}

/// What stands here by the same name, where there can be only one.
fn same(cx: &mut Change<'_>, product: Id, kind: &str, row: &Row) -> Result<Option<Id>> {
    let ws = cx.workspace();
    let name = word(row, "name").unwrap_or_default().to_owned();
    let sql = match kind {
        "theme" => &SAME_THEME,
        "segment" => &SAME_SEGMENT,
        "company" => &SAME_COMPANY,
        "strategy_text" => {
            let number = row.get("number").and_then(Json::as_i64).unwrap_or_default();
            let of = word(row, "kind").unwrap_or_default().to_owned();
            let values = [ws.into(), product.into(), of.into(), number.into()];
            return cx.conn().query_opt(&SAME_TEXT, &values, |r| r.get(0));
        }
        _ => return Ok(None),
    };
    cx.conn().query_opt(sql, &[ws.into(), product.into(), name.into()], |r| r.get(0))
}
