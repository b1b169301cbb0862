//! How teams work: policies, sprints, acceptance, flow.

pub(super) mod acceptance;
mod ceremonies;
mod editing;
mod flow;
mod increment;
mod policy;
pub(super) mod ready;
mod refinement;
mod retro;
mod sprint;
mod sprints;
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
        .route("/{key}/acceptance", get(acceptance::page))
        .route("/p/{product}/sprints", get(sprints::page))
        .route("/p/{product}/sprints/{iteration}", get(sprint::page))
        .route("/teams/{team}/calendar", get(ceremonies::calendar))
        .route("/ceremonies/{ceremony}", get(ceremonies::one))
        .route("/calendar/{token}", get(ceremonies::ics))
        .route("/p/{product}/flow", get(flow::page))
        .route("/p/{product}/refinement", get(refinement::list))
        .route("/p/{product}/refinement/{session}", get(refinement::session))
}
