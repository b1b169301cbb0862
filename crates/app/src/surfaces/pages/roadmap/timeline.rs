//! The roadmap over time: bars that can be dragged, or moved with Alt and the arrows, each with a
//! plain form beside it.

use maud::{Markup, html};

use super::board::dates;
use super::drawing::{Medium, draw};
use super::forms;
use super::{Shown, grouped};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell::{self, Choice};
use crate::store::Reader;
use crate::thread::roadmaps::Line;
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
    let groups = grouped(lines, &shown.group);
    let today = shown.at.unwrap_or(cx.now.day());
    let dated = lines.iter().filter(|l| l.starts.or(l.ends).is_some()).count();
    let rows = lines.iter().map(|line| {
        vec![
            html! { @if line.item.is_empty() { (line.title) } @else { a href={ "/" (line.item) } data-turbo-frame="peek" { (line.item) " " (line.title) } } },
            html! { (line.horizon) },
            html! { (dates(line)) @if line.starts.or(line.ends).is_none() { span.soft { "no dates" } } },
            html! { (line.after.join(", ")) },
            html! { @if write { (forms::change(product, line, &names)) } },
        ]
    });
    Ok(html! {
        @if dated == 0 { p.soft { "Nothing has dates here. They are optional: a range is a guess, a promise says to whom." } }
        @else { (drawn(product, &groups, today, write)) }
        (shell::data_table("In words", &["Item", "When", "Dates", "After", ""], rows.collect()))
    })
}

pub(super) fn drawn(
    product: &Product,
    groups: &[(String, Vec<&Line>)],
    today: crate::kernel::Day,
    write: bool,
) -> Markup {
    let title = format!("Timeline of {}", product.name);
    html! {
        div.scroll tabindex="0" role="region" aria-label="The timeline, drawn"
            data-controller=[write.then_some("timeline")] {
            (draw(&title, groups, today, Medium::Page { write }))
        }
        p.soft {
            "Ranges are guesses; a filled end is a promise. Lines run from what has to come before; a dashed one says that it does not yet."
            @if write { " Drag a bar, or its end; or press Alt with the arrows for a week, with Shift for its end." }
        }
    }
}
