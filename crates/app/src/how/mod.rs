//! How: finding the solution. Stories, tasks, bugs and the epics above them.

pub mod acceptance;
pub mod blockers;
pub mod ceremonies;
pub mod criteria;
pub mod epics;
pub mod experiments;
pub mod fields;
pub mod filters;
pub mod flow;
pub mod gates;
pub mod imports;
pub mod options;
pub mod pages;
pub mod phases;
pub mod readiness;
pub mod refinement;
pub mod sizes;
pub mod sprints;
pub mod subtasks;
pub mod switching;
pub mod team_work;
pub mod templates;
pub mod throughput;
pub mod units;
pub mod views;
pub mod work_items;
