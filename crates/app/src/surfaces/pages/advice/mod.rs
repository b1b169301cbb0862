//! Advice where the work happens: forecasts, how stories are written, points that past stories
//! suggest, and new feedback in themes.

mod forecast;
mod points;
mod quality;
mod themes;

use axum::Router;
use axum::routing::get;

use crate::surfaces::Shared;
pub(super) use points::frame as suggested_points;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/forecast", get(forecast::page))
        .route("/p/{product}/quality", get(quality::page))
        .route("/p/{product}/inbox/themes", get(themes::page))
        .route("/{key}/points", get(points::page))
}
