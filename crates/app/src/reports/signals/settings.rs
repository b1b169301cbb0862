//! Thresholds: what a workspace finds too much.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::catalogue::{SIGNALS, Unit, named};
use crate::db::Conn;
use crate::kernel::{Access, Error, Result};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope};
use crate::{new_row, record, selects};

record! {
    /// A workspace's own threshold of a signal.
    pub struct Threshold in "threshold", versioned: true {
        pub signal: i64,
        pub value: f64,
    }
}

impl Indexed for Threshold {}

selects! {
    ALL: Threshold = "threshold", "gone_at IS NULL ORDER BY signal LIMIT 15";
    OF_SIGNAL: Threshold = "threshold", "signal = $2";
}

/// The threshold of every signal, by number.
pub fn thresholds(conn: &mut Conn, ws: i64) -> Result<HashMap<u8, f64>> {
    let mut all: HashMap<u8, f64> = SIGNALS.iter().map(|s| (s.number, s.threshold)).collect();
    for own in ALL.all(conn, ws, &[])? {
        if let Ok(number) = u8::try_from(own.signal) {
            all.insert(number, own.value);
        }
    }
    Ok(all)
}

/// The numbers of the signals whose threshold is the workspace's own.
pub fn own_thresholds(conn: &mut Conn, ws: i64) -> Result<Vec<i64>> {
    Ok(ALL.all(conn, ws, &[])?.into_iter().map(|own| own.signal).collect())
}

/// A threshold as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ThresholdView {
    /// `S1` to `S15`.
    pub signal: String,
    pub name: String,
    pub value: f64,
    /// What it is unless the workspace says otherwise.
    pub usual: f64,
    /// The value in words.
    pub said: String,
}

fn views(conn: &mut Conn, ws: i64) -> Result<Vec<ThresholdView>> {
    let values = thresholds(conn, ws)?;
    let view = |s: &'static super::catalogue::Signal| {
        let value = values.get(&s.number).copied().unwrap_or(s.threshold);
        let (signal, said) = (format!("S{}", s.number), s.say(value));
        ThresholdView { signal, name: s.name.to_owned(), value, usual: s.threshold, said }
    };
    Ok(SIGNALS.iter().map(view).collect())
}

/// List the thresholds of the signals.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListThresholds {}

impl Query for ListThresholds {
    type Output = Vec<ThresholdView>;
    const META: Meta =
        Meta::query("list-thresholds", "List the thresholds of the signals", "/signals/thresholds")
            .access(Access::Write)
            .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ThresholdView>> {
        views(cx.conn, cx.actor.workspace)
    }
}

/// Set above what a signal is raised in this workspace.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct SetThreshold {
    /// Its number, as `S9`, or its short name.
    pub signal: String,
    /// Shares and distances from 0 to 1, else so many; the usual one if left out.
    pub value: Option<f64>,
}

impl Action for SetThreshold {
    type Output = Vec<ThresholdView>;
    const META: Meta = Meta::action(
        "set-threshold",
        "Set above what a signal is raised in this workspace",
        "POST",
        "/signals/thresholds",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<ThresholdView>> {
        let unknown = || Error::invalid("signal", "Signals are named S1 to S15.");
        let signal = named(&self.signal).ok_or_else(unknown)?;
        let value = self.value.unwrap_or(signal.threshold);
        let most = if matches!(signal.unit, Unit::Share | Unit::Distance) { 1.0 } else { 1000.0 };
        if !(0.0..=most).contains(&value) {
            return Err(Error::invalid(
                "value",
                format!("“{}” takes a threshold from 0 to {most}.", signal.name),
            ));
        }
        let workspace = cx.workspace();
        let number = i64::from(signal.number);
        match OF_SIGNAL.first(cx.conn(), workspace, &[number.into()])? {
            Some(before) => {
                let mut after = before.clone();
                after.value = value;
                after.gone_at = None;
                cx.edit(&before, after, None)?;
            }
            None => {
                let row = new_row!(cx, Threshold { signal: number, value: value });
                cx.insert(&row)?;
            }
        }
        views(cx.conn(), workspace)
    }
}
