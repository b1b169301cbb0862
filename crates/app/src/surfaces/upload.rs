//! Receiving a file as a request's body: as itself, or as a part of a form. It is packed while it
//! arrives.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use http_body_util::Limited;
use serde_json::{Map, Value as Json};

use crate::files::{Files, Staged};
use crate::kernel::{Error, Result};
use crate::store::{Packer, Upload};

/// Files that one form may bring where they are written to disk.
const MOST_FILES: usize = 20;

/// What an upload's form may take beside its file, in bytes and fields.
const FRAME: usize = 4 * 1024 * 1024;
const MOST_TEXT: usize = 64 * 1024;
const MOST_FIELDS: usize = 50;

/// A file with the fields that came beside it.
#[derive(Default)]
pub(super) struct Received {
    pub(super) fields: Map<String, Json>,
    pub(super) file: Option<Arc<Upload>>,
    /// Files that were written to disk instead.
    pub(super) staged: Vec<Arc<Staged>>,
}

/// The media type of a request's body.
fn kind(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim()
}

/// Whether the body is a file, or a form with one in it: where files are taken, all that is not
/// JSON. Programs name a file's type in many ways, or not at all.
pub(super) fn is_file(headers: &HeaderMap, takes: &[&str]) -> bool {
    !takes.is_empty() && kind(headers) != "application/json"
}

fn broken_off(error: impl std::fmt::Display) -> Error {
    Error::invalid("file", format!("The upload broke off ({error}). Send it again."))
}

/// Takes the body; `name` is what a bare file is called.
pub(super) async fn receive(request: Request, name: &str) -> Result<Received> {
    if kind(request.headers()) == "multipart/form-data" {
        let request = request.map(|body| Body::new(Limited::new(body, Upload::LIMIT + FRAME)));
        let parts = Multipart::from_request(request, &()).await;
        return form(parts.map_err(broken_off)?).await;
    }
    let file = Some(Arc::new(bare(request.into_body(), name).await?));
    Ok(Received { file, ..Received::default() })
}

async fn bare(body: Body, name: &str) -> Result<Upload> {
    let (mut packer, mut stream) = (Packer::default(), body.into_data_stream());
    while let Some(piece) = stream.next().await {
        packer.add(&piece.map_err(broken_off)?)?;
    }
    packer.finish(name)
}

/// A field beside the file: short, or refused.
async fn text(part: &mut Field<'_>) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(broken_off)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MOST_TEXT {
            return Err(Error::invalid("file", "A field beside the file has up to 64 KB."));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn form(mut parts: Multipart) -> Result<Received> {
    let mut received = Received::default();
    while let Some(mut part) = parts.next_field().await.map_err(broken_off)? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            if received.fields.len() >= MOST_FIELDS {
                return Err(Error::invalid("file", "Beside the file, up to 50 fields fit."));
            }
            received.fields.insert(field, Json::String(text(&mut part).await?));
            continue;
        };
        let mut packer = Packer::default();
        while let Some(piece) = part.chunk().await.map_err(broken_off)? {
            packer.add(&piece)?;
        }
        let upload = packer.finish(&name)?;
        // A browser sends an empty part where nobody chose a file.
        if upload.size > 0 || !name.is_empty() {
            received.file = Some(Arc::new(upload));
        }
    }
    Ok(received)
}

/// Takes the body and writes its files to disk as they arrive; `name` is what a bare file is called.
pub(super) async fn stage(request: Request, name: &str, files: &Files) -> Result<Received> {
    let mut received = Received::default();
    if kind(request.headers()) != "multipart/form-data" {
        let (mut staging, mut stream) =
            (files.stage().await?, request.into_body().into_data_stream());
        while let Some(piece) = stream.next().await {
            staging.add(&piece.map_err(broken_off)?).await?;
        }
        received.staged.push(Arc::new(staging.finish(name).await?));
        return Ok(received);
    }
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(broken_off)?;
    while let Some(mut part) = parts.next_field().await.map_err(broken_off)? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            if received.fields.len() >= MOST_FIELDS {
                return Err(Error::invalid("file", "Beside the file, up to 50 fields fit."));
            }
            received.fields.insert(field, Json::String(text(&mut part).await?));
            continue;
        };
        if received.staged.len() >= MOST_FILES {
            return Err(Error::invalid("file", "Attach up to 20 files at once."));
        }
        let mut staging = files.stage().await?;
        while let Some(piece) = part.chunk().await.map_err(broken_off)? {
            staging.add(&piece).await?;
        }
        let staged = staging.finish(&name).await?;
        // A browser sends an empty part where nobody chose a file.
        if staged.size > 0 || !name.is_empty() {
            received.staged.push(Arc::new(staged));
        }
    }
    Ok(received)
}
