//! The registry: every action and query, once. Forms, REST, OpenAPI and the agents' tools are made
//! from this list, and the permission table of the tests walks it.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::how::team_work;
use crate::how::work_items::{
    Board, BulkEdit, CreateWorkItem, EditWorkItem, GetWorkItem, ListWorkItems, MoveWorkItem,
};
use crate::how::{epics, experiments, options};
use crate::people::{accounts, audience, members, parts, products, teams};
use crate::store::Entry;
use crate::thread::epics as thread_epics;
use crate::thread::{
    bin, comments, fits, gaps, history, import, links, notifications, okr_report, outcome, path,
    questions, reads, roadmaps, search, support, tree, triage,
};
use crate::what::{
    decisions, opportunities, ranking, releases, requirements, roadmap, scores, survey_answers,
    surveys,
};
use crate::why::{
    companies, directions, evidence, interviews, key_results, metrics, needs, objectives,
    stakeholders, strategy, values,
};

/// All entries, in the order in which documents list them.
pub static ENTRIES: &[Entry] = &[
    Entry::query::<products::ListProducts>(),
    Entry::action::<products::CreateProduct>(),
    Entry::action::<products::EditProduct>(),
    Entry::action::<products::AddProductMember>(),
    Entry::action::<products::RemoveProductMember>(),
    Entry::query::<members::ListPeople>(),
    Entry::action::<members::EditPerson>(),
    Entry::query::<teams::ListTeams>(),
    Entry::query::<teams::GetTeam>(),
    Entry::action::<teams::CreateTeam>(),
    Entry::action::<teams::EditTeam>(),
    Entry::action::<teams::AddTeamMember>(),
    Entry::action::<teams::RemoveTeamMember>(),
    Entry::action::<teams::CloseTeam>(),
    Entry::query::<team_work::ListTeamWork>(),
    Entry::query::<parts::ListParts>(),
    Entry::action::<parts::CreatePart>(),
    Entry::action::<parts::EditPart>(),
    Entry::action::<parts::RemovePart>(),
    Entry::query::<accounts::ListTokens>(),
    Entry::action::<accounts::CreateToken>(),
    Entry::action::<accounts::EndToken>(),
    Entry::query::<strategy::ListTexts>(),
    Entry::action::<strategy::PublishVision>(),
    Entry::action::<strategy::PublishStrategy>(),
    Entry::action::<strategy::PublishProductGoal>(),
    Entry::action::<strategy::Acknowledge>(),
    Entry::query::<directions::ListThemes>(),
    Entry::action::<directions::SetTheme>(),
    Entry::query::<directions::ListSegments>(),
    Entry::action::<directions::SetSegment>(),
    Entry::query::<metrics::ListMetrics>(),
    Entry::query::<metrics::GetMetric>(),
    Entry::action::<metrics::DefineMetric>(),
    Entry::action::<metrics::EditMetric>(),
    Entry::action::<metrics::EnterValues>(),
    Entry::query::<stakeholders::ListStakeholders>(),
    Entry::action::<stakeholders::AddStakeholder>(),
    Entry::action::<stakeholders::EditStakeholder>(),
    Entry::query::<evidence::ListEvidence>(),
    Entry::query::<evidence::GetEvidence>(),
    Entry::action::<evidence::RecordEvidence>(),
    Entry::action::<evidence::EditEvidence>(),
    Entry::query::<triage::GetInbox>(),
    Entry::action::<triage::TriageEvidence>(),
    Entry::action::<triage::AnswerEvidence>(),
    Entry::query::<interviews::ListInterviews>(),
    Entry::query::<interviews::GetInterview>(),
    Entry::action::<interviews::RecordInterview>(),
    Entry::action::<interviews::EditInterview>(),
    Entry::action::<interviews::AddHighlight>(),
    Entry::query::<companies::ListCompanies>(),
    Entry::action::<companies::SetCompany>(),
    Entry::query::<support::GetSupport>(),
    Entry::query::<needs::ListNeeds>(),
    Entry::query::<needs::GetNeed>(),
    Entry::action::<needs::CreateNeed>(),
    Entry::action::<needs::EditNeed>(),
    Entry::query::<values::ListValues>(),
    Entry::action::<values::ValueNeed>(),
    Entry::query::<objectives::ListObjectives>(),
    Entry::query::<objectives::GetObjective>(),
    Entry::action::<objectives::SetObjective>(),
    Entry::action::<objectives::EditObjective>(),
    Entry::action::<objectives::CloseObjective>(),
    Entry::query::<okr_report::GetOkrReport>(),
    Entry::action::<key_results::AddKeyResult>(),
    Entry::action::<key_results::AddCheckIn>(),
    Entry::query::<key_results::ListCheckIns>(),
    Entry::query::<opportunities::ListOpportunities>(),
    Entry::query::<opportunities::GetOpportunity>(),
    Entry::action::<opportunities::FrameOpportunity>(),
    Entry::action::<opportunities::EditOpportunity>(),
    Entry::action::<opportunities::DecideOpportunity>(),
    Entry::action::<opportunities::MoveOpportunity>(),
    Entry::action::<opportunities::ExplainOrder>(),
    Entry::query::<ranking::GetRanking>(),
    Entry::query::<scores::ListScores>(),
    Entry::action::<scores::ScoreOpportunity>(),
    Entry::action::<scores::SetScoring>(),
    Entry::query::<fits::GetFits>(),
    Entry::query::<tree::GetTree>(),
    Entry::action::<tree::PutUnder>(),
    Entry::query::<surveys::ListSurveys>(),
    Entry::query::<surveys::GetSurvey>(),
    Entry::action::<surveys::StartSurvey>(),
    Entry::action::<surveys::EditSurvey>(),
    Entry::action::<surveys::AskInSurvey>(),
    Entry::action::<survey_answers::AnswerSurvey>(),
    Entry::query::<requirements::ListRequirements>(),
    Entry::query::<requirements::GetRequirement>(),
    Entry::action::<requirements::AddRequirement>(),
    Entry::action::<requirements::EditRequirement>(),
    Entry::action::<requirements::SettleRequirement>(),
    Entry::query::<roadmap::GetRoadmap>(),
    Entry::action::<roadmap::PlaceOnRoadmap>(),
    Entry::action::<roadmap::PlaceMany>(),
    Entry::action::<roadmap::RemoveFromRoadmap>(),
    Entry::query::<roadmaps::ViewRoadmap>(),
    Entry::query::<roadmap::ListRoadmapShares>(),
    Entry::action::<roadmap::ShareRoadmap>(),
    Entry::action::<roadmap::EndRoadmapShare>(),
    Entry::query::<decisions::ListDecisions>(),
    Entry::query::<decisions::GetDecision>(),
    Entry::action::<decisions::ProposeDecision>(),
    Entry::action::<decisions::EditDecision>(),
    Entry::action::<decisions::SettleDecision>(),
    Entry::query::<releases::ListReleases>(),
    Entry::query::<releases::GetRelease>(),
    Entry::action::<releases::PlanRelease>(),
    Entry::action::<releases::EditRelease>(),
    Entry::action::<releases::AddToRelease>(),
    Entry::action::<releases::RemoveFromRelease>(),
    Entry::action::<releases::AddRolloutStep>(),
    Entry::action::<releases::FinishRolloutStep>(),
    Entry::action::<releases::DecideRelease>(),
    Entry::action::<releases::WriteReleaseNotes>(),
    Entry::action::<releases::ReviewOutcome>(),
    Entry::query::<outcome::GetOutcome>(),
    Entry::query::<options::ListOptions>(),
    Entry::query::<options::GetOption>(),
    Entry::action::<options::SketchOption>(),
    Entry::action::<options::EditOption>(),
    Entry::action::<options::ChooseOption>(),
    Entry::query::<experiments::ListExperiments>(),
    Entry::query::<experiments::GetExperiment>(),
    Entry::action::<experiments::PlanExperiment>(),
    Entry::action::<experiments::EditExperiment>(),
    Entry::action::<experiments::StartExperiment>(),
    Entry::action::<experiments::ConcludeExperiment>(),
    Entry::query::<thread_epics::ListEpics>(),
    Entry::query::<thread_epics::GetEpic>(),
    Entry::action::<epics::ScopeEpic>(),
    Entry::action::<epics::MoveEpic>(),
    Entry::action::<epics::ReportHealth>(),
    Entry::query::<ListWorkItems>(),
    Entry::query::<GetWorkItem>(),
    Entry::query::<Board>(),
    Entry::action::<CreateWorkItem>(),
    Entry::action::<EditWorkItem>(),
    Entry::action::<MoveWorkItem>(),
    Entry::action::<BulkEdit>(),
    Entry::action::<links::AddLink>(),
    Entry::action::<links::RemoveLink>(),
    Entry::action::<links::BulkLink>(),
    Entry::query::<path::GetPath>(),
    Entry::query::<gaps::ListGaps>(),
    Entry::query::<questions::ListQuestions>(),
    Entry::action::<questions::AskQuestion>(),
    Entry::action::<questions::AnswerQuestion>(),
    Entry::query::<comments::ListComments>(),
    Entry::action::<comments::AddComment>(),
    Entry::action::<comments::EditComment>(),
    Entry::action::<comments::RemoveComment>(),
    Entry::query::<history::GetHistory>(),
    Entry::query::<history::ListActivity>(),
    Entry::query::<history::GetAsOf>(),
    Entry::query::<history::GetOrderAsOf>(),
    Entry::query::<bin::ListBin>(),
    Entry::action::<bin::BinItem>(),
    Entry::action::<bin::RestoreItem>(),
    Entry::action::<bin::Undo>(),
    Entry::query::<search::Search>(),
    Entry::query::<reads::ListOwnReads>(),
    Entry::query::<audience::ListAudience>(),
    Entry::query::<notifications::ListNotifications>(),
    Entry::action::<notifications::ReadNotification>(),
    Entry::action::<notifications::ReadAllNotifications>(),
    Entry::process::<import::UploadImport>(),
    Entry::query::<import::ListImports>(),
    Entry::query::<import::GetImport>(),
    Entry::process::<import::MapImport>(),
    Entry::process::<import::ApplyImport>(),
    Entry::process::<import::DiscardImport>(),
];

/// The entry of that name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|e| e.meta.name == name)
}

/// An entry's input schema, with what it refers to inside; made once, since every request is read
/// by it.
pub fn schema(entry: &Entry) -> &'static serde_json::Value {
    static MADE: RwLock<BTreeMap<&str, &serde_json::Value>> = RwLock::new(BTreeMap::new());
    let made = MADE.read().unwrap_or_else(PoisonError::into_inner).get(entry.meta.name).copied();
    made.unwrap_or_else(|| {
        let schema: &serde_json::Value = Box::leak(Box::new(make_schema(entry)));
        MADE.write().unwrap_or_else(PoisonError::into_inner).insert(entry.meta.name, schema);
        schema
    })
}

fn make_schema(entry: &Entry) -> serde_json::Value {
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut generator: schemars::SchemaGenerator = settings.into_generator();
    (entry.input)(&mut generator).to_value()
}
