//! Who answers for an item, and for which question; and the question that is asked after somebody did
//! what another answers for.

use maud::{Markup, html};

use super::{facet, standing};
use crate::kernel::{Id, Result};
use crate::people::charters::{StandingRow, outside, rows_of};
use crate::people::products::Product;
use crate::people::responsibilities;
use crate::shell;
use crate::store::{Place, Reader};
use crate::surfaces::pages::learn::mark_of;
use crate::thread::nodes::{Keyed, Node};

/// What concerns each kind of thing.
fn concerns(node: &Node) -> &'static [u8] {
    match node.kind.as_str() {
        "need" => &[11, 12, 9],
        "evidence" => &[8, 9, 45],
        "interview" => &[7, 9],
        "objective" | "key-result" => &[17, 18],
        "metric" => &[19],
        "opportunity" => &[13, 14, 15, 16],
        "decision" => &[27],
        "release" => &[22, 23, 24, 44],
        "requirement" => &[26, 27],
        "option" => &[28, 31],
        "experiment" => &[29],
        "epic" => &[14, 21, 20, 44],
        _ => &[11, 15, 33, 35, 38, 39],
    }
}

/// Who answers for an item; nothing where no charter says so.
pub(in crate::surfaces::pages) fn beside(
    cx: &mut Reader<'_>,
    found: &Keyed,
    node: &Node,
    product: &Product,
) -> Result<Markup> {
    let mut place = Place { product: Some(product.id), ..Place::default() };
    if let Keyed::WorkItem(item) = found {
        (place.part, place.team) = (item.part_id, item.team_id);
    }
    let day = cx.now.day();
    let rows = rows_of(cx.conn, cx.actor, &place, Some(concerns(node)), day)?;
    if rows.iter().all(|r| r.charter.is_none()) {
        return Ok(html! {});
    }
    let lines = rows.iter().map(row).collect();
    Ok(shell::section(
        "Who answers",
        shell::data_table(
            "Who answers for this, and for which question",
            &["Question", "What", "Who", "You"],
            lines,
        ),
    ))
}

fn row(r: &StandingRow) -> Vec<Markup> {
    vec![
        html! { span.(facet(r.facet).class()) { (shell::toned(r.facet.as_str(), shell::Tone::Facet)) } },
        html! { (r.name) " " (mark_of(r.number)) },
        html! {
            @match (&r.accountable_name, r.charter) {
                (Some(name), Some(charter)) => { a href={ "/charters/" (charter) } { (name) } }
                (Some(name), None) => { (name) }
                _ => { span.soft { "nobody yet" } }
            }
            @if r.handed_over { " " span.soft { "by a hand-over" } }
        },
        html! { span.soft { (standing(r.yours)) } },
    ]
}

/// What the toast asks after a change of one's own that others answer for.
pub(in crate::surfaces::pages) fn asked(
    cx: &mut Reader<'_>,
    change: &str,
) -> Result<Option<Markup>> {
    let Ok(id) = change.parse::<Id>() else { return Ok(None) };
    let (workspace, person) = (cx.actor.workspace, cx.actor.person);
    let done = outside(cx.conn, workspace, id, person)?;
    let Some((day, number, place)) = done.first() else { return Ok(None) };
    let rows = rows_of(cx.conn, cx.actor, place, Some(&[*number]), *day)?;
    let who = rows.first().and_then(|r| r.accountable_name.clone());
    let names = responsibilities::names(cx.conn, workspace)?;
    let what = names.get(number).cloned().unwrap_or_default();
    Ok(Some(html! {
        form.ask method="post" action={ "/do/explain-override?change=" (id) } {
            label {
                (who.as_deref().unwrap_or("Somebody else")) " answers for “" (what) "”. Why you? "
                input name="why" required maxlength="500" placeholder="She asked me to";
            }
            button.btn.small { "Say" }
        }
    }))
}
