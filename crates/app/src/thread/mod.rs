//! What ties why, what and how together: nodes of every kind by key, links, the path to why,
//! comments, search, history and the bin.

pub mod acceptance;
pub mod automations;
pub mod bin;
pub mod comments;
pub mod digest;
pub mod epics;
pub mod farewell;
pub mod fits;
pub mod forecasts;
pub mod gaps;
pub mod git;
pub mod history;
pub mod import;
pub mod intake;
pub mod likeness;
pub mod links;
pub mod nodes;
pub mod notes;
pub mod notifications;
pub mod okr_report;
pub mod outcome;
pub mod path;
pub mod portal;
pub mod quality;
pub mod questions;
pub mod reach;
pub mod reads;
pub mod reminders;
pub mod roadmaps;
pub mod search;
pub mod split;
pub mod support;
pub mod themes;
pub mod tree;
pub mod triage;
