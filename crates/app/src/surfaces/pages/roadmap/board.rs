//! Now, next and later, side by side.

use maud::{Markup, html};

use super::forms;
use super::{Shown, grouped};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell::{self, Choice, Facet, Tone};
use crate::store::Reader;
use crate::thread::path::Standing;
use crate::thread::roadmaps::{Line, whose};
use crate::what::roadmap::HORIZONS;
use crate::why::directions::themes;

pub(super) fn view(
    cx: &mut Reader<'_>,
    product: &Product,
    lines: &[Line],
    shown: &Shown,
    write: bool,
) -> Result<Markup> {
    let names = themes(cx.conn, cx.actor.workspace, product.id)?;
    let names: Vec<Choice> = names.iter().map(|t| Choice::new(&t.name, t.name.clone())).collect();
    Ok(html! {
        @for (name, lines) in grouped(lines, &shown.group) {
            @if !name.is_empty() { h2 { (name) } }
            (columns(product, &lines, &names, write))
        }
    })
}

fn columns(product: &Product, lines: &[&Line], themes: &[Choice], write: bool) -> Markup {
    html! {
        div.board {
            @for horizon in HORIZONS {
                @let here: Vec<&&Line> = lines.iter().filter(|l| l.horizon == horizon).collect();
                @let to = shell::Sortable {
                    move_url: if write { "/move?roadmap".into() } else { String::new() },
                    column: horizon.into(),
                    group: "roadmap".into(),
                };
                @let cards = html! { @for line in &here { (card(product, line, themes, write)) } };
                @let held = shell::Held::all(here.len());
                @if write { (shell::board_column(horizon, &held, &to, cards)) }
                @else { section.board-column { h2 { (horizon) " " span.count { (here.len()) } } ul.cards aria-label=(horizon) { (cards) } } }
            }
        }
    }
}

fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Whole => Tone::Good,
        Standing::BusinessOnly | Standing::UserOnly => Tone::Warn,
        Standing::Promised => Tone::Plain,
        Standing::Unsupported | Standing::NoWhy => Tone::Bad,
    }
}

fn card(product: &Product, line: &Line, themes: &[Choice], write: bool) -> Markup {
    let tail = html! {
        @if let Some(standing) = line.standing { (shell::toned(whose(Some(standing)), tone(standing))) " " }
        (dates(line))
        @if line.stories > 0 { span.soft { (line.stories_done) " of " (line.stories) " items done " } }
        @if !line.after.is_empty() { p.soft { "after " (line.after.join(", ")) } }
        @if !line.because.is_empty() { p.soft { (line.because) } }
        @if write { (forms::change(product, line, themes)) }
    };
    if line.item.is_empty() {
        return html! { li.card.what data-row { p.card-top { @if let Some(theme) = &line.theme { (shell::pill(theme)) } } span.title { (line.title) } div.tail { (tail) } } };
    }
    let row = shell::list_row(format!("/{}", line.item), line.title.clone())
        .key(line.item.clone())
        .facet(Facet::What)
        .peek()
        .lead(html! { @if let Some(theme) = &line.theme { (shell::pill(theme)) } })
        .tail(tail);
    shell::card(&if write { row.value(&line.item) } else { row })
}

/// A promise with its reason, or a range that is a guess.
pub(super) fn dates(line: &Line) -> Markup {
    html! {
        @match (line.hard, line.starts, line.ends) {
            (true, _, Some(day)) => {
                (shell::toned(&format!("promised for {}", day.words()), Tone::Facet))
                @if !line.hard_reason.is_empty() { " " span.soft { (line.hard_reason) } }
                " "
            }
            _ => @if let Some(dates) = line.dates() { span.soft { (dates) " " } },
        }
    }
}
