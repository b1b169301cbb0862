//! The form, the list of imports, progress, and the report.

use maud::{Markup, html};

use crate::kernel::Time;
use crate::shell::{self, Tone};
use crate::thread::import::{ImportView, Report};

pub(super) fn upload_form(key: &str) -> Markup {
    html! {
        form.form method="post" enctype="multipart/form-data" action={ "/p/" (key) "/import" }
            data-turbo="false" data-controller="submit-once" {
            div.field {
                label for="file" { "A CSV file exported from Jira, or a product exported from Wherefore" }
                input type="file" id="file" name="file" accept=".csv,.txt,text/csv,.gz,application/gzip" required
                    aria-describedby="file-help";
                p.help id="file-help" {
                    "In Jira: Filters, Export, CSV (all fields). In Wherefore: Settings, Export, JSON lines. Up to 110 MB. Several files may follow each other; what belongs together finds its way. The same file again changes nothing, and edits made here stay."
                }
            }
            div.acts { (shell::submit("Upload and look")) }
        }
    }
}

/// A state in a person's words.
fn state(import: &ImportView) -> Markup {
    let (word, tone) = match import.state.as_str() {
        "uploaded" => ("not imported yet", Tone::Warn),
        "running" => ("running", Tone::Facet),
        "applied" => ("imported", Tone::Good),
        "failed" => ("failed", Tone::Bad),
        _ => ("discarded", Tone::Plain),
    };
    shell::toned(word, tone)
}

pub(super) fn list(imports: &[ImportView], now: Time) -> Markup {
    if imports.is_empty() {
        return html! {};
    }
    let rows = imports
        .iter()
        .map(|i| {
            let href = format!("/p/{}/import/{}", i.product, i.id.unwrap_or_default());
            let number = |n: usize| html! { (n) };
            vec![
                html! { a href=(href) data-row-link { (i.file) } },
                state(i),
                html! { (i.by) },
                shell::ago(i.created_at, now),
                number(i.report.created),
                number(i.report.updated),
                number(i.report.comments),
                number(i.report.links),
            ]
        })
        .collect();
    let headers = ["File", "", "By", "When", "#New", "#Changed", "#Comments", "#Links"];
    shell::section("Imports so far", shell::data_table("Imports", &headers, rows))
}

pub(super) fn head(import: &ImportView, now: Time) -> Markup {
    let meta = html! { (state(import)) " " (import.by) ", " (shell::ago(import.created_at, now)) };
    shell::page_head("Import", &import.file, meta, html! {})
}

/// How far it is. Scripts fetch the page again every second; without them the page does so itself.
pub(super) fn progress(import: &ImportView) -> Markup {
    let (step, done, total) =
        import.progress.as_ref().map_or(("Starting", 0, 0), |p| (p.step.as_str(), p.done, p.total));
    let percent = if total > 0 { done * 100 / total } else { 0 };
    let percent = u8::try_from(percent.clamp(0, 100)).unwrap_or(100);
    let words = match total {
        0 | 1 => step.to_owned(),
        _ => format!("{step}: {done} of {total}"),
    };
    html! {
        noscript { meta http-equiv="refresh" content="2"; }
        div data-controller="again" data-again-every-value="1000" role="status" aria-live="polite" {
            p.big-meter { (shell::meter(percent, &words)) }
        }
        p.soft {
            "It runs on the server: you can leave this page and come back. Nobody sees anything of it before all that is new is there."
        }
    }
}

/// What was done and what was not, kept for good.
pub(super) fn report(product: &str, import: &ImportView) -> Markup {
    let failed = import.state == "failed";
    html! {
        @if failed {
            (shell::notice(Tone::Bad, html! {
                "Not imported; nothing of this file is here. " (import.note)
            }))
        } @else if import.state == "discarded" {
            (shell::notice(Tone::Plain, html! { "Discarded. Nothing of this file is here." }))
        } @else if import.note.is_empty() {
            (shell::notice(Tone::Good, html! {
                "Imported. " a href={ "/p/" (product) "/backlog" } { "To the backlog" }
            }))
        } @else {
            (shell::notice(Tone::Warn, html! { (import.note) }))
        }
        @if failed && import.has_file {
            form.form method="post" data-controller="submit-once" {
                div.acts {
                    button.btn.go name="do" value="apply" { "Start again" }
                    (shell::danger("Discard the file", "do", "discard"))
                }
            }
        }
        (figures(&import.report))
        (nouns(&import.report))
        (lists(&import.report))
        (mappings(&import.report))
    }
}

pub(super) fn figures(report: &Report) -> Markup {
    let figure = |label: &str, n: usize, note: &str| shell::stat(label, &n.to_string(), note);
    shell::stats(html! {
        (figure("In the file", report.items, "items"))
        (figure("New", report.created, ""))
        @if report.updated + report.unchanged > 0 {
            (figure("Changed", report.updated, ""))
            (figure("As before", report.unchanged, ""))
        }
        @if report.removed_here > 0 {
            (figure("Removed here", report.removed_here, "they stay removed"))
        }
        (figure("Comments", report.comments, "new"))
        (figure("Links", report.links, "new"))
        (figure("Under another item", report.parents, ""))
    })
}

fn lines(title: &str, lines: &[String], open: bool) -> Markup {
    html! {
        @if !lines.is_empty() {
            details.lines open[open] {
                summary { (title) " " span.count { (lines.len()) } }
                ul {
                    @for line in lines.iter().take(500) { li { (line) } }
                    @if lines.len() > 500 { li { "… and " (lines.len() - 500) " more" } }
                }
            }
        }
    }
}

/// What stands beside the items.
pub(super) fn nouns(report: &Report) -> Markup {
    let rows = report.nouns.iter().map(|n| {
        vec![html! { (n.noun) }, html! { (n.new) }, html! { (n.here) }, html! { (n.lost) }]
    });
    html! {
        @if !report.nouns.is_empty() {
            (shell::data_table("Beside the items", &["Beside the items", "#New", "#Here already, left as it is", "#Left out"], rows.collect()))
        }
    }
}

/// What a person should know before or after.
pub(super) fn lists(report: &Report) -> Markup {
    html! {
        (lines("Changed here and in the file: what stands here stays", &report.conflicts, true))
        @let left_out = if report.applied { "What did not come along" } else { "What will not come along" };
        (lines(left_out, &report.left_out, true))
        (lines("To look at", &report.warnings, report.warnings.len() <= 12))
        (lines("New states", &report.new_states, false))
        (lines("New people, who cannot sign in until they are invited", &report.new_people, false))
        (lines("New sprints", &report.new_sprints, false))
    }
}

/// Columns and where each goes.
pub(super) fn columns(report: &Report) -> Markup {
    let rows = report
        .columns
        .iter()
        .map(|c| {
            let times = if c.count > 1 { format!(" ×{}", c.count) } else { String::new() };
            let place = if c.cells == 0 { "empty" } else { c.place.as_str() };
            vec![html! { (c.name) (times) }, html! { (place) }, html! { (c.cells) }]
        })
        .collect();
    html! {
        details.lines {
            summary { "Columns and where they go " span.count { (report.columns.len()) } }
            (shell::data_table("Columns", &["Column", "Goes to", "#Filled cells"], rows))
        }
    }
}

fn mappings(report: &Report) -> Markup {
    let items = |n: usize| html! { (n) };
    let types = report.types.iter().map(|t| {
        let name = if t.name.is_empty() { "(no type)" } else { t.name.as_str() };
        vec![html! { (name) }, html! { (t.level) }, items(t.items)]
    });
    let statuses = report.statuses.iter().map(|s| {
        let state = html! { (s.state) @if s.new { " " (shell::pill("new")) } };
        vec![html! { (s.status) }, state, html! { (s.category.replace('-', " ")) }, items(s.items)]
    });
    let people = report.people.iter().take(500).map(|p| {
        let here = if p.here.is_empty() { "nobody" } else { p.here.as_str() };
        let note = if p.how == "new" { "cannot sign in yet" } else { "" };
        vec![html! { (p.name) }, html! { (here) " " span.soft { (note) } }, items(p.items)]
    });
    html! {
        @if !report.statuses.is_empty() {
            details.lines {
                summary { "How statuses, types and people were mapped" }
                (shell::data_table("Statuses", &["Status", "State here", "Counts as", "#Items"], statuses.collect()))
                (shell::data_table("Types", &["Type", "Level here", "#Items"], types.collect()))
                @if !report.people.is_empty() {
                    (shell::data_table("People", &["In the file", "Here", "#Items"], people.collect()))
                }
            }
            (columns(report))
        }
    }
}
