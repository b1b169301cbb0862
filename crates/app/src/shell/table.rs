//! Tables and the links between their pages.

use maud::{Markup, html};

/// A table under a caption; a header that starts with `#` heads a column of figures.
pub fn data_table(caption: &str, headers: &[&str], rows: Vec<Vec<Markup>>) -> Markup {
    let figure = |at: usize| headers.get(at).is_some_and(|header| header.starts_with('#'));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr {
                        @for (at, header) in headers.iter().enumerate() {
                            th.num[figure(at)] scope="col" { (header.trim_start_matches('#')) }
                        }
                    }
                }
                tbody {
                    @for row in rows {
                        tr data-row {
                            @for (at, cell) in row.into_iter().enumerate() { td.num[figure(at)] { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

/// Where the neighbours of a page of a long list are.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    pub first: Option<String>,
    pub next: Option<String>,
    /// What the page shows, as "100 of about 12,000".
    pub note: String,
}

/// Links to the start and onward; nothing where the list ends on its first page.
pub fn pages(pages: &Pages) -> Markup {
    html! {
        @if pages.first.is_some() || pages.next.is_some() {
            nav.pages aria-label="Pages" {
                @if let Some(href) = &pages.first { a.btn href=(href) { "From the start" } }
                span.soft { (pages.note) }
                @if let Some(href) = &pages.next { a.btn href=(href) rel="next" { "Next" } }
            }
        }
    }
}
