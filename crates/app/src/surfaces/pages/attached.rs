//! The files on a thing: what they are at a glance, and attaching more.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::{Page, may_write, product, show};
use crate::files::size_words;
use crate::kernel::{Access, Id, Result};
use crate::shell;
use crate::store::{Reader, file_usage};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::attachments::{AttachmentView, of, removed_from};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/p/{product}/files", get(of_product))
}

/// How many lines of a table are shown.
const LINES: usize = 5;
const COLUMNS: usize = 8;

/// The files on something, with the form for more where one may write. `here` is its page.
pub(in crate::surfaces) fn beside(
    cx: &mut Reader<'_>,
    on: &str,
    id: Id,
    here: &str,
    write: bool,
) -> Result<Markup> {
    let ws = cx.actor.workspace;
    let all = of(cx.conn, ws, on, id)?;
    let removed = if write { removed_from(cx.conn, ws, on, id)? } else { Vec::new() };
    if all.is_empty() && !write {
        return Ok(html! {});
    }
    let admin = cx.actor.check(Access::Admin).is_ok();
    Ok(html! {
        section.part.files id="files" data-controller=[write.then_some("attach")]
            data-attach-on-value=[write.then_some(on)] {
            h2 { "Files" @if !all.is_empty() { " " span.soft { (all.len()) } } }
            @if !all.is_empty() {
                ul.files-grid { @for file in &all { (card(file, here, write, admin)) } }
            }
            @if write {
                (form(on, here))
                @if !removed.is_empty() { (bin(&removed, here, admin)) }
            }
        }
    })
}

fn form(on: &str, here: &str) -> Markup {
    let id = format!("attach-{}", on.replace('/', "-"));
    html! {
        form.attach method="post" action="/files" enctype="multipart/form-data"
            data-controller="submit-once" data-attach-target="form" {
            (shell::hidden("on", on))
            (shell::hidden("_back", &format!("{here}#files")))
            label for=(id) { "Attach files" }
            input type="file" id=(id) name="file" multiple data-attach-target="input"
                data-action="attach#choose" aria-describedby={ (id) "-help" };
            button.btn { "Attach" }
            p.help id={ (id) "-help" } {
                "Several at once. " span.scripted { "You can also drop them on this page, or paste a picture into a text." }
            }
            div.uploads data-attach-target="list" role="status" {}
        }
    }
}

/// A way to attach files to something in a line, as to a comment. `here` is its page.
pub(in crate::surfaces) fn button(on: &str, here: &str) -> Markup {
    let id = format!("attach-{}", on.replace('/', "-"));
    shell::menu(
        "Attach",
        None,
        html! {
            form.form method="post" action="/files" enctype="multipart/form-data" data-controller="submit-once" {
                (shell::hidden("on", on))
                (shell::hidden("_back", here))
                label for=(id) { "Files, several at once" }
                input type="file" id=(id) name="file" multiple required;
                (shell::submit("Attach"))
            }
        },
    )
}

fn bin(removed: &[AttachmentView], here: &str, admin: bool) -> Markup {
    html! {
        details.removed {
            summary { (removed.len()) " removed, kept for 30 days" }
            ul {
                @for file in removed {
                    li {
                        (file.name) " " span.soft { (size_of(file)) }
                        (shell::post_button(&format!("/do/restore-attachment?attachment={}&_back={here}", file.id), "Restore", None))
                        @if admin { (erase(file, here)) }
                    }
                }
            }
        }
    }
}

fn erase(file: &AttachmentView, here: &str) -> Markup {
    shell::post_button(
        &format!("/do/erase-attachment?attachment={}&_back={here}", file.id),
        "Erase for good",
        None,
    )
}

fn size_of(file: &AttachmentView) -> String {
    size_words(u64::try_from(file.size).unwrap_or_default())
}

fn card(file: &AttachmentView, here: &str, write: bool, admin: bool) -> Markup {
    let kind = kind_words(file);
    html! {
        li.file id={ "file-" (file.id) } {
            (preview(file))
            div.file-about {
                a.file-name href=(file.url) data-turbo="false" { (file.name) }
                p.soft {
                    (kind) ", " (size_of(file))
                    @if !file.facts.is_empty() { ", " (file.facts) }
                }
                p.soft { @if !file.by.is_empty() { (file.by) ", " } (shell::time_tag(file.attached_at)) }
                div.acts.small {
                    a.btn.small href={ (file.url) "?download=1" } data-turbo="false" download=(file.name) { "Download" }
                    @if write {
                        (shell::menu("More", None, html! {
                            (shell::form("/do/rename-attachment", html! {
                                (shell::hidden("attachment", &file.id.to_string()))
                                (shell::hidden("_back", here))
                                (shell::field("Name", "name").id(format!("name-{}", file.id)).value(&file.name).required())
                                (shell::submit("Rename"))
                            }))
                            p { "In a text: " code { (file.markdown) } }
                            @if admin { (erase(file, here)) }
                        }))
                        (shell::post_button(&format!("/do/remove-attachment?attachment={}&_back={here}", file.id), "Remove", None))
                    }
                }
            }
        }
    }
}

/// What a file is, in words.
fn kind_words(file: &AttachmentView) -> &str {
    match &*file.media {
        "application/pdf" => "PDF",
        "text/csv" => "Table",
        "text/plain" => "Text",
        "image/svg+xml" | "text/html" => "Page, only to download",
        "application/octet-stream" => "File",
        media if media.starts_with("image/") => "Picture",
        media if media.contains("zip") || media.contains("compressed") => "Archive",
        media if media.starts_with("video/") => "Film",
        media if media.starts_with("audio/") => "Sound",
        _ => "File",
    }
}

fn preview(file: &AttachmentView) -> Markup {
    if !file.shown {
        return html! { span.file-shape aria-hidden="true" { (ending(&file.name)) } };
    }
    match (&*file.media, file.width, file.height) {
        (_, Some(width), Some(height)) => html! {
            a.file-picture href=(file.url) data-turbo="false" tabindex="-1" aria-hidden="true" {
                img src=(file.small.as_ref().unwrap_or(&file.url)) alt="" loading="lazy" width=(width) height=(height);
            }
        },
        ("text/csv", ..) => table_head(file),
        ("text/plain", ..) => {
            let lines: Vec<&str> = file.excerpt.lines().take(8).collect();
            html! { pre.file-text tabindex="0" role="region" aria-label={ "Beginning of " (file.name) } { (lines.join("\n")) } }
        }
        _ => html! { span.file-shape aria-hidden="true" { (ending(&file.name)) } },
    }
}

/// A file in a line, as under a comment.
pub(in crate::surfaces) fn line(file: &AttachmentView) -> Markup {
    if let (Some(small), Some(width), Some(height)) = (&file.small, file.width, file.height) {
        return html! {
            a.file-picture.inline href=(file.url) data-turbo="false" {
                img src=(small) alt=(file.name) loading="lazy" width=(width) height=(height);
            }
        };
    }
    html! {
        p.file-line { a href=(file.url) data-turbo="false" { (file.name) } " " span.soft { (kind_words(file)) ", " (size_of(file)) } }
    }
}

fn ending(name: &str) -> String {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let end: String = end.chars().filter(|c| c.is_alphanumeric()).take(4).collect();
    if end.is_empty() { "file".to_owned() } else { end.to_lowercase() }
}

/// The first lines of a table as a table.
fn table_head(file: &AttachmentView) -> Markup {
    // The last line may be cut.
    let whole = match file.excerpt.rfind('\n') {
        Some(at) if (file.excerpt.len() as i64) < file.size => &file.excerpt[..at],
        _ => &file.excerpt,
    };
    let first = whole.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|d| first.bytes().filter(|b| b == d).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(whole.as_bytes());
    let rows: Vec<csv::StringRecord> =
        reader.records().map_while(std::result::Result::ok).take(LINES).collect();
    let Some((head, rest)) = rows.split_first() else { return html! {} };
    let short = |cell: &str| cell.chars().take(60).collect::<String>();
    let heads: Vec<String> = head.iter().take(COLUMNS).map(short).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let cells = rest
        .iter()
        .map(|row| row.iter().take(heads.len()).map(|cell| html! { (short(cell)) }).collect());
    html! { div.file-table { (shell::data_table(&format!("Beginning of {}", file.name), &heads, cells.collect())) } }
}

/// Files that belong to the product itself, as pictures pasted before their item was made.
async fn of_product(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    let limits = app.db.files().map(|files| files.limits()).unwrap_or_default();
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let write = may_write(cx);
        let here = format!("/p/{}/files", product.key);
        let files = beside(cx, &product.key, product.id, &here, write)?;
        let used = u64::try_from(file_usage(cx.conn, cx.actor.workspace)?).unwrap_or_default();
        let main = html! {
            p.soft {
                "Files of the product itself, and pictures that were pasted into a text before its item was there. Files of an item stand on its page."
            }
            @if files.0.is_empty() {
                (shell::empty_state("No files yet", "A logo, a price list, a contract.", html! {}))
            }
            (files)
            @if write {
                p.soft {
                    "All files of this workspace take " (size_words(used))
                    @if let Some(most) = limits.workspace { " of " (size_words(most)) }
                    "."
                }
            }
        };
        Ok(Page {
            title: format!("Files of {}", product.name),
            head: Some(shell::page_head("Product", "Files", html! { "What belongs to the whole product" }, html! {})),
            product: Some(product),
            active: "files",
            main,
            ..Page::default()
        })
    })
    .await
}
