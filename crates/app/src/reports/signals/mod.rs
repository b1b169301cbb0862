//! Silo signals: fifteen figures that tell when the roles of a product or a team have become silos.
//! What each is stands in `catalogue`, how it is reckoned in `measure`, what is counted in `gather`.

pub mod catalogue;
mod facts;
mod gather;
pub mod measure;
mod people;
mod scope;
mod settings;
mod show;
mod snapshot;

pub use scope::{Frame, Held, Scope, WINDOW, named, scopes};
pub use settings::{ListThresholds, SetThreshold, ThresholdView, own_thresholds, thresholds};
pub use show::{
    GetHealth, GetSignal, Health, Item, ListHealth, MeasureSignals, Point, ScopeHealth,
    SignalDetail, SignalView, raised_now,
};
pub use snapshot::{Last, Measured, keep, last_values, look, take, take_all};
