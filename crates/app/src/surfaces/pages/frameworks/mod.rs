//! How teams work: policies.

mod editing;
mod policy;
mod switch;

use axum::Router;
use axum::routing::get;

use crate::surfaces::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/teams/{team}/policy", get(policy::of_team))
        .route("/p/{product}/policy", get(policy::of_product))
        .route("/policies/{policy}", get(policy::one))
        .route("/policies/{policy}/switch", get(switch::page))
}
