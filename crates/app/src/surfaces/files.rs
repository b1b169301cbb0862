//! Attached files in the browser: their bytes, and attaching. What is sent never runs: its type is told
//! by its content, a sandbox closes it off, and what a browser could run is only ever downloaded.

use std::io::Read;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query as Params, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tokio_stream::wrappers::ReceiverStream;

use super::forms::is_local;
use super::session::{Program, TOAST, Visitor, set_cookie, theme};
use super::upload::stage;
use super::{Shared, api, pages};
use crate::files::{may_show, small_type, type_sent};
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::store::Process;
use crate::thread::attachments::{AttachFile, Attachment, attach, by_id};

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// Nothing in a file may load, run or reach out, whatever it is taken for.
const CLOSED: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/// A browser's own reader of PDFs does not start in a sandbox; it keeps scripts away from us by itself.
const CLOSED_PDF: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'";

pub(super) fn router() -> Router<Shared> {
    let upload = post(receive).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/files/{file}", get(serve))
        .route("/files/{file}/small", get(serve_small))
        .route("/files", upload)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    download: Option<String>,
}

/// A person in a browser, or a program with its token.
pub(super) struct Anybody(pub Actor);

impl FromRequestParts<Shared> for Anybody {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &Shared,
    ) -> std::result::Result<Self, Response> {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let Program(actor) = Program::from_request_parts(parts, app).await?;
            return Ok(Self(actor));
        }
        let Visitor(actor) = Visitor::from_request_parts(parts, app).await?;
        Ok(Self(actor))
    }
}

async fn serve(
    State(app): State<Shared>,
    Anybody(actor): Anybody,
    headers: HeaderMap,
    Path(file): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Response {
    let workspace = actor.workspace;
    let found = async {
        let id: Id = file.parse().map_err(|_| Error::NotFound("file"))?;
        let read = move |conn: &mut _| by_id(conn, &actor, id, Access::Read);
        app.db.read(read).await.map(|(attachment, _)| attachment)
    };
    let sent = async {
        let attachment = found.await?;
        send(&app, workspace, &headers, attachment, wanted.download.is_some()).await
    };
    match sent.await {
        Ok(response) => response,
        Err(error) if headers.contains_key(header::AUTHORIZATION) => api::error_response(&error),
        Err(error) => pages::error_page(&error, theme(&headers)),
    }
}

/// The small copy of a picture; the picture itself where there is none.
async fn serve_small(
    State(app): State<Shared>,
    Anybody(actor): Anybody,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Response {
    let workspace = actor.workspace;
    let sent = async {
        let id: Id = file.parse().map_err(|_| Error::NotFound("file"))?;
        let read = move |conn: &mut _| by_id(conn, &actor, id, Access::Read);
        let (file, _) = app.db.read(read).await?;
        let tag = format!("\"{}-small\"", &file.hash[..32.min(file.hash.len())]);
        let common = [
            (header::ETAG, tag.clone()),
            (header::CACHE_CONTROL, "private, no-cache".to_owned()),
            (header::CONTENT_SECURITY_POLICY, CLOSED.to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (header::CONTENT_ENCODING, "identity".to_owned()),
            (
                header::HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin".to_owned(),
            ),
        ];
        let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
            return Ok((StatusCode::NOT_MODIFIED, common).into_response());
        }
        let size = u64::try_from(file.size).unwrap_or_default();
        let small = match may_show(&file.media, file.width) && file.width.is_some() {
            true => app.db.files()?.small(workspace, &file.hash, size).await?,
            false => None,
        };
        Ok(match small {
            Some(bytes) => {
                (common, [(header::CONTENT_TYPE, small_type(&bytes))], bytes).into_response()
            }
            None => {
                let whole = [(header::LOCATION, format!("/files/{}", file.id))];
                (StatusCode::SEE_OTHER, whole).into_response()
            }
        })
    };
    match sent.await {
        Ok(response) => response,
        Err(error) if headers.contains_key(header::AUTHORIZATION) => api::error_response(&error),
        Err(error) => pages::error_page(&error, theme(&headers)),
    }
}

async fn send(
    app: &Shared,
    workspace: i64,
    asked: &HeaderMap,
    file: Attachment,
    download: bool,
) -> Result<Response> {
    let shown = !download && may_show(&file.media, file.width);
    let size = u64::try_from(file.size).unwrap_or_default();
    let tag = format!("\"{}\"", &file.hash[..32.min(file.hash.len())]);
    let mut headers = HeaderMap::new();
    let mut put = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    let closed = if file.media == "application/pdf" { CLOSED_PDF } else { CLOSED };
    put(header::CONTENT_TYPE, type_sent(&file.media, shown));
    put(header::CONTENT_DISPOSITION, &disposition(&file.name, shown));
    put(header::CONTENT_SECURITY_POLICY, closed);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::ETAG, &tag);
    // Kept by the browser, but asked for anew each time: access can end.
    put(header::CACHE_CONTROL, "private, no-cache");
    put(header::ACCEPT_RANGES, "bytes");
    // Packing on the way would take its length and its parts away.
    put(header::CONTENT_ENCODING, "identity");
    put(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    let text = |name: header::HeaderName| asked.get(name).and_then(|v| v.to_str().ok());
    let same =
        |value: &str| value.split(',').any(|one| matches!(one.trim(), "*") || one.trim() == tag);
    if text(header::IF_NONE_MATCH).is_some_and(same) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let fresh = text(header::IF_RANGE).is_none_or(|one| one.trim() == tag);
    let range = text(header::RANGE).filter(|_| fresh).and_then(|range| part(range, size));
    let (status, start, length) = match range {
        Some(Some((start, length))) => {
            let span = format!("bytes {start}-{}/{size}", start + length - 1);
            headers.insert(header::CONTENT_RANGE, header_value(&span));
            (StatusCode::PARTIAL_CONTENT, start, length)
        }
        Some(None) => {
            headers.insert(header::CONTENT_RANGE, header_value(&format!("bytes */{size}")));
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
        None => (StatusCode::OK, 0, size),
    };
    headers.insert(header::CONTENT_LENGTH, length.into());
    let reader = app.db.files()?.read(workspace, &file.hash, start, length).await?;
    Ok((status, headers, body(reader)).into_response())
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A body that is read on a thread of its own, as fast as it is taken.
pub(super) fn body(mut reader: Box<dyn Read + Send>) -> Body {
    let (send, receive) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(2);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = vec![0; PIECE];
            let read = reader.read(&mut piece);
            let (piece, over) = match read {
                Ok(0) => return,
                Ok(length) => {
                    piece.truncate(length);
                    (Ok(Bytes::from(piece)), false)
                }
                Err(error) => (Err(error), true),
            };
            if send.blocking_send(piece).is_err() || over {
                return;
            }
        }
    });
    Body::from_stream(ReceiverStream::new(receive))
}

/// One range of bytes as a start and a length: nothing where there is none that we serve, and nothing
/// within where it lies outside the file.
fn part(range: &str, size: u64) -> Option<Option<(u64, u64)>> {
    let (from, to) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    if to.contains(',') {
        return None;
    }
    let (start, end) = match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
        (Ok(start), Ok(end)) if end >= start => (start, end.min(size.saturating_sub(1))),
        (Ok(start), Err(_)) if to.trim().is_empty() => (start, size.saturating_sub(1)),
        (Err(_), Ok(last)) if from.trim().is_empty() => {
            if last == 0 {
                return Some(None);
            }
            (size.saturating_sub(last), size.saturating_sub(1))
        }
        _ => return None,
    };
    Some((start < size).then(|| (start, end - start + 1)))
}

/// Whether a file is shown or saved, and under which name.
fn disposition(name: &str, shown: bool) -> String {
    let way = if shown { "inline" } else { "attachment" };
    let plain: String = name
        .chars()
        .map(
            |c| if c.is_ascii() && !c.is_ascii_control() && !"\"\\%".contains(c) { c } else { '_' },
        )
        .collect();
    let whole: String = name
        .bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// Attaches the files of a form. A script gets what became of them, a plain form its page back.
async fn receive(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let scripted = headers.get(header::ACCEPT).is_some_and(|v| v == "application/json");
    let mut back = None;
    match take(&app, &actor, request, &mut back).await {
        Ok((views, change)) if scripted => {
            ([("x-change", change)], axum::Json(views)).into_response()
        }
        Ok((views, change)) => {
            let to = back.or_else(|| views.first().map(|v| format!("/{}", v.on)));
            let undo = if views.len() == 1 { change } else { String::new() };
            let cookie = set_cookie(&app, TOAST, &format!("{undo}.{}", AttachFile::META.name), 60);
            let to = [(header::LOCATION, to.unwrap_or_else(|| "/".to_owned()))];
            (StatusCode::SEE_OTHER, to, [(header::SET_COOKIE, cookie)]).into_response()
        }
        Err(error) if scripted => api::error_response(&error),
        Err(error) => pages::error_page(&error, theme(&headers)),
    }
}

async fn take(
    app: &Shared,
    actor: &Actor,
    request: Request,
    back: &mut Option<String>,
) -> Result<(Vec<crate::thread::attachments::AttachmentView>, String)> {
    // Before megabytes are taken from somebody who may not send them.
    actor.check(Access::Write)?;
    let received = stage(request, "file", &app.db.files()?).await?;
    let field = |name: &str| received.fields.get(name).and_then(|v| v.as_str()).unwrap_or_default();
    *back = Some(field("_back").to_owned()).filter(|to| is_local(to));
    if received.staged.is_empty() {
        return Err(Error::invalid("file", "No file was chosen. Choose one and send it again."));
    }
    let (mut views, mut last) = (Vec::new(), String::new());
    for staged in &received.staged {
        let now = app.clock.now();
        let (view, change) = attach(&app.db, actor, field("on"), staged.clone(), now).await?;
        views.push(view);
        last = change.to_string();
    }
    Ok((views, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_of_the_file() {
        let cases = [
            ("bytes=0-9", Some(Some((0, 10)))),
            ("bytes=90-", Some(Some((90, 10)))),
            ("bytes=-5", Some(Some((95, 5)))),
            ("bytes=-500", Some(Some((0, 100)))),
            ("bytes=50-500", Some(Some((50, 50)))),
            ("bytes=100-", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=9-3", None),
            ("bytes=0-1,5-6", None),
            ("lines=1-2", None),
            ("bytes=a-b", None),
        ];
        for (range, wanted) in cases {
            assert_eq!(part(range, 100), wanted, "{range}");
        }
        assert_eq!(part("bytes=0-0", 0), Some(None));
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        let text = disposition("a\"; filename=evil.exe\r\nx: y ü.png", false);
        assert!(!text.contains(['\r', '\n']) && text.matches('"').count() == 2, "{text}");
        assert!(text.starts_with("attachment; ") && text.ends_with("%C3%BC.png"), "{text}");
    }
}
