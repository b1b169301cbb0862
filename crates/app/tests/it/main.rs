//! The product through its own door: every test here has a database of its own, on either engine.
//! One program, so that the product is linked once.

mod actions;
mod advice;
mod architecture;
mod bad_input;
mod charters;
mod digests;
mod epics;
mod fitting;
mod imports;
mod intake;
mod jobs;
mod journey;
mod live;
mod mail;
mod metrics;
mod moves;
mod notifications;
mod permissions;
mod pinned;
mod plans;
mod policies;
mod portal;
mod prioritising;
mod quarter;
mod queued;
mod ranks;
mod reads;
mod reports;
mod roadmap;
mod schema;
mod search;
mod statements;
mod teams;
mod web;
