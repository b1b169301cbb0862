//! The matrix as a table: responsibilities down, people across. In a draft each cell is a choice, and
//! one button keeps all of them.

use maud::{Markup, html};

use super::facet;
use crate::people::charters::{CharterRow, CharterView, Letter};
use crate::people::responsibilities::Facet;
use crate::shell;
use crate::surfaces::pages::learn::mark_of;

const WORDS: [(Facet, &str); 3] = [
    (Facet::Why, "Why: users' and business needs"),
    (Facet::What, "What: which problem, and which first"),
    (Facet::How, "How: finding a solution"),
];

/// The matrix of a charter, with choices where `edit` is set.
pub(super) fn matrix(charter: &CharterView, edit: bool) -> Markup {
    let table = html! {
        div.scroll tabindex="0" role="region" aria-label="The matrix" {
            table.raci {
                caption { "Who is what for each responsibility" }
                thead {
                    tr {
                        th scope="col" { "Responsibility" }
                        @for p in &charter.people {
                            th scope="col" {
                                (p.name)
                                @if !p.title.is_empty() { br; span.soft { (p.title) } }
                                @if p.signed { br; span.soft { "✓ signed" } }
                            }
                        }
                    }
                }
                @for (of, words) in WORDS.into_iter().filter(|(of, _)| charter.rows.iter().any(|r| r.facet == *of)) {
                    tbody.(facet(of).class()) {
                        tr { th.f scope="rowgroup" colspan=(charter.people.len() + 1) { (words) } }
                        @for row in charter.rows.iter().filter(|r| r.facet == of) {
                            (line(charter, row, edit))
                        }
                    }
                }
            }
        }
    };
    html! {
        @if edit {
            (shell::form("/do/edit-matrix", html! {
                (shell::hidden("charter", &charter.id.to_string()))
                (shell::hidden("revision", &charter.revision.to_string()))
                (shell::hidden("_back", &format!("/charters/{}", charter.id)))
                (table)
                div.acts { (shell::submit("Keep the matrix")) }
            }))
        } @else { (table) }
        p.soft {
            b { "A" } " accountable: answers for it, one person. " b { "R" } " responsible: does it too. "
            b { "C" } " consulted before. " b { "I" } " informed after."
        }
    }
}

fn line(charter: &CharterView, row: &CharterRow, edit: bool) -> Markup {
    html! {
        tr data-row {
            th scope="row" {
                span.soft { (row.number) " " } (row.name) " " (mark_of(row.number))
                @if row.strict { " " (shell::pill("reason first")) }
                @if row.unowned { " " (shell::toned("nobody answers", shell::Tone::Warn)) }
                @if let Some(other) = &row.contested {
                    br; span.soft { "Also given to " (other) }
                }
            }
            @for p in &charter.people {
                @let id = p.id.to_string();
                @let letter = row.letters.get(&id).copied();
                td {
                    @if edit { (choice(row, &id, &p.name, letter)) }
                    @else { (shown(letter, row.now.get(&id).copied())) }
                }
            }
        }
    }
}

fn choice(row: &CharterRow, person: &str, name: &str, letter: Option<Letter>) -> Markup {
    let label = format!("{} for {}", name, row.name);
    html! {
        select name={ "cells." (row.number) ":" (person) } aria-label=(label) {
            option value="-" selected[letter.is_none()] { "–" }
            @for l in Letter::ALL {
                option value=(l.as_str()) selected[letter == Some(l)] { (l.short()) }
            }
        }
    }
}

/// A letter as it was signed, and as it holds since a hand-over.
fn shown(signed: Option<Letter>, now: Option<Letter>) -> Markup {
    html! {
        @if signed != now {
            @if let Some(l) = signed { del { abbr title=(l.word()) { (l.short()) } } " " }
        }
        @if let Some(l) = now {
            @if l.answers() { b { abbr title=(l.word()) { (l.short()) } } }
            @else { abbr title=(l.word()) { (l.short()) } }
        } @else { span.soft aria-label="nothing" { "·" } }
    }
}
