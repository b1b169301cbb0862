//! The forms that place, move, tell and share.

use std::collections::HashMap;

use maud::{Markup, html};

use super::super::choices;
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell::{self, Choice};
use crate::store::Reader;
use crate::thread::nodes::Node;
use crate::thread::roadmaps::Line;
use crate::what::roadmap::{AUDIENCES, HORIZONS, PlacementView, ShareView, placement_of, views};
use crate::why::directions::themes;

/// What may stand in the fields.
#[derive(Default)]
struct Now {
    horizon: String,
    starts: String,
    ends: String,
    hard: bool,
    hard_reason: String,
    theme: String,
    because: String,
    reach: String,
    outside: String,
    effort: String,
}

impl Now {
    fn of(line: &Line) -> Self {
        let day = |day: Option<crate::kernel::Day>| day.map_or(String::new(), |d| d.to_string());
        Self {
            horizon: line.horizon.clone(),
            starts: day(line.starts),
            ends: day(line.ends),
            hard: line.hard,
            hard_reason: line.hard_reason.clone(),
            theme: line.theme.clone().unwrap_or_default(),
            because: line.because.clone(),
            reach: line.reach.clone(),
            outside: line.outside.clone(),
            effort: line.effort.map_or(String::new(), |e| e.to_string()),
        }
    }

    fn at(p: &PlacementView) -> Self {
        let day = |day: Option<crate::kernel::Day>| day.map_or(String::new(), |d| d.to_string());
        Self {
            horizon: p.horizon.clone(),
            starts: day(p.starts),
            ends: day(p.ends),
            hard: p.hard,
            hard_reason: p.hard_reason.clone(),
            theme: p.theme.clone().unwrap_or_default(),
            because: p.because.clone(),
            reach: p.reach.clone(),
            outside: p.outside.clone(),
            effort: p.effort.map_or(String::new(), |e| e.to_string()),
        }
    }
}

fn fields(now: &Now, themes: &[Choice], on: &str) -> Markup {
    let id = |name: &str| format!("{name}-{on}");
    let reach = [
        Choice::new(AUDIENCES[0], "the team only"),
        Choice::new(AUDIENCES[1], "executives too"),
        Choice::new(AUDIENCES[2], "sales and support too"),
        Choice::new(AUDIENCES[3], "everybody, customers too"),
    ];
    html! {
        (shell::select("It comes", "horizon", choices(&HORIZONS, None)).id(id("horizon")).value(if now.horizon.is_empty() { "later" } else { &now.horizon }))
        @if !themes.is_empty() {
            (shell::select("Theme", "theme", [&[Choice::new("", "none")], themes].concat()).id(id("theme")).value(&now.theme))
        }
        (shell::field("From about", "starts").id(id("starts")).kind("date").value(&now.starts))
        (shell::field("To about", "ends").id(id("ends")).kind("date").value(&now.ends))
        // Unticked says no, since a box that is not ticked sends nothing.
        (shell::hidden("hard", "false"))
        (shell::checkbox("The end is promised", "hard").id(id("hard")).value("true").checked(now.hard))
        (shell::field("Promised to whom, and why", "hard_reason").id(id("promise")).value(&now.hard_reason))
        (shell::field("Planned effort", "effort").id(id("effort")).kind("number").value(&now.effort).help("In what its team estimates in."))
        (shell::select("It may be told to", "reach", reach.to_vec()).id(id("reach")).value(if now.reach.is_empty() { AUDIENCES[1] } else { &now.reach }))
        (shell::field("Told outside as", "outside").id(id("outside")).value(&now.outside).placeholder("Giving back a ticket takes a call"))
        (shell::textarea("Because", "because").id(id("because")).rows(2).value(&now.because))
    }
}

/// Places anything by its key.
pub(super) fn place(product: &Product, themes: Vec<Choice>) -> Markup {
    shell::menu(
        "Place an item",
        Some("c"),
        shell::form(
            "/do/place-on-roadmap",
            html! {
                (shell::hidden("_back", &format!("/p/{}/roadmap", product.key)))
                (shell::field("Epic or opportunity", "item").picks("epic opportunity").placeholder("some words of it, or its key").required())
                (fields(&Now::default(), &themes, "place"))
                (shell::submit("Place"))
            },
        ),
    )
}

/// Changes where a line stands.
pub(super) fn change(product: &Product, line: &Line, themes: &[Choice]) -> Markup {
    let back = format!("/p/{}/roadmap", product.key);
    html! {
        (shell::menu("Change", None, html! {
            (shell::form("/do/place-on-roadmap", html! {
                (shell::hidden("item", &line.item))
                (fields(&Now::of(line), themes, &line.item))
                (shell::submit("Save"))
            }))
            div.acts {
                @if line.starts.or(line.ends).is_some() {
                    (shell::post_button(&format!("/do/place-on-roadmap?item={}&undated=true", line.item), "Without dates", None))
                }
                (shell::post_button(&format!("/do/remove-from-roadmap?item={}&_back={back}", line.item), "Take off", None))
            }
        }))
    }
}

/// Where an item stands on the roadmap, on its own page.
pub(in super::super) fn beside(cx: &mut Reader<'_>, node: &Node, write: bool) -> Result<Markup> {
    if !super::stands(node) {
        return Ok(html! {});
    }
    let ws = cx.actor.workspace;
    let placed = match placement_of(cx.conn, ws, node.product, node.id)? {
        Some(row) => {
            let named = HashMap::from([(node.id, (node.key.clone(), node.title.clone()))]);
            views(cx.conn, ws, &[row], &named)?.pop()
        }
        None => None,
    };
    let names = themes(cx.conn, ws, node.product)?;
    let names: Vec<Choice> = names.iter().map(|t| Choice::new(&t.name, t.name.clone())).collect();
    let now = placed.as_ref().map(Now::at).unwrap_or_default();
    let product = node.key.split('-').next().unwrap_or_default();
    Ok(html! {
        @if let Some(p) = &placed {
            (shell::section("On the roadmap", html! {
                p {
                    a href={ "/p/" (product) "/roadmap" } { (p.horizon) }
                    @if let Some(theme) = &p.theme { ", " (theme) }
                    @if let Some(day) = p.ends { ", " @if p.hard { "promised for " } @else { "about " } (shell::day_tag(day)) }
                    @if !p.because.is_empty() { ": " (p.because) }
                }
            }))
        }
        @if write {
            (shell::menu(if placed.is_some() { "Move on the roadmap" } else { "Place on the roadmap" }, None, shell::form("/do/place-on-roadmap", html! {
                (shell::hidden("item", &node.key))
                (shell::hidden("_back", &format!("/{}", node.key)))
                (fields(&now, &names, "own"))
                (shell::submit("Place"))
            })))
        }
    })
}

/// Makes links for those who do not sign in, and ends them.
pub(super) fn share(product: &Product, shares: &[ShareView]) -> Markup {
    let back = format!("/p/{}/roadmap", product.key);
    let audiences = [
        Choice::new("executives", "executives: objectives and quarters"),
        Choice::new("sales", "sales and support: what may be told"),
        Choice::new("customers", "customers: problems, no dates"),
    ];
    shell::menu(
        "Share",
        None,
        html! {
            (shell::plain_form("/do/share-roadmap", html! {
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &back))
                (shell::select("Who sees it", "audience", audiences.to_vec()).id("share-audience"))
                (shell::field("For whom", "label").id("share-label").placeholder("The board, spring").required())
                (shell::field("Until", "expires_on").id("share-until").kind("date").help("30 days from now if left empty."))
                (shell::submit("Make a link"))
            }))
            @for share in shares {
                p {
                    (share.label) ", " (share.audience) " "
                    @if share.open {
                        span.soft { "until " (shell::day_tag(share.expires_on)) } " "
                        (shell::post_button(&format!("/do/end-roadmap-share?share={}&_back={back}", share.id), "End it", None))
                    } @else { span.soft { "ended" } }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_told_to_executives_at_most() {
        let form = fields(&Now::default(), &[], "x").into_string();
        assert!(form.contains("value=\"executives\" selected"), "{form}");
    }
}
