//! Scripts, styles and fonts, embedded in the binary under names that change with their content.

use std::borrow::Cow;
use std::io::Read;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::read::GzDecoder;

/// One embedded file.
pub struct Asset {
    /// The name in the source, as `app.js`.
    pub name: &'static str,
    /// The name it is served under, as `app-5XKQ2M1B.js`.
    pub path: &'static str,
    /// Its content type.
    pub kind: &'static str,
    /// As it is, where it is not kept packed.
    plain: Option<&'static [u8]>,
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
}

impl Asset {
    /// What it holds, uncompressed.
    pub fn bytes(&self) -> Cow<'static, [u8]> {
        if let Some(plain) = self.plain {
            return plain.into();
        }
        let mut plain = Vec::new();
        // Packed by our own build, so it unpacks; what did not would be empty.
        if GzDecoder::new(self.gz.unwrap_or_default()).read_to_end(&mut plain).is_err() {
            plain.clear();
        }
        plain.into()
    }
}

/// All embedded files, as the build script lists them.
pub static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of an asset by its source name.
pub fn asset(name: &str) -> String {
    let path = ASSETS.iter().find(|asset| asset.name == name).map_or(name, |asset| asset.path);
    format!("/assets/{path}")
}

/// Serves `/assets/{hashed name}`; what a name holds never changes, so browsers keep it a year.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{path}", get(serve))
}

async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.path == path) else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let takes = |coding: &str| accepted.split(',').any(|part| part.trim() == coding);
    let (bytes, coding): (Cow<'static, [u8]>, _) = match (asset.br, asset.gz) {
        (Some(br), _) if takes("br") => (br.into(), Some("br")),
        (_, Some(gz)) if takes("gzip") => (gz.into(), Some("gzip")),
        _ => (asset.bytes(), None),
    };
    let mut response = (
        [
            (CONTENT_TYPE, asset.kind),
            (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (VARY, "accept-encoding"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        bytes,
    )
        .into_response();
    if let Some(coding) = coding {
        response
            .headers_mut()
            .insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static(coding));
    }
    response
}
