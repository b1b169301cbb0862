//! What orders, boards and lists share: filters in the address, and the forms that create and edit
//! many.

use maud::{Markup, html};
use serde::Deserialize;

use super::{choices, may_write, once};
use crate::how::work_items::{LEVELS, ListWorkItems};
use crate::kernel::{Id, Result};
use crate::people::products::Product;
use crate::people::{parts, policies, teams};
use crate::shell::{self, Choice, Pages};
use crate::store::Reader;

/// Filters in the address.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Filter {
    pub(super) level: String,
    pub(super) state: String,
    pub(super) category: String,
    pub(super) assignee: String,
    pub(super) label: String,
    pub(super) team: String,
    pub(super) part: String,
    pub(super) after: String,
}

impl Filter {
    /// Whether nothing is asked for.
    pub(super) fn is_blank(&self) -> bool {
        let asked = [&self.level, &self.state, &self.category, &self.assignee];
        let more = [&self.label, &self.team, &self.part, &self.after];
        asked.iter().chain(&more).all(|text| text.is_empty())
    }

    pub(super) fn query(&self, product: &str) -> ListWorkItems {
        let given = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
        ListWorkItems {
            product: product.to_owned(),
            level: given(&self.level),
            state: given(&self.state),
            category: given(&self.category),
            assignee: given(&self.assignee),
            label: given(&self.label),
            team: given(&self.team),
            part: given(&self.part),
            parent: None,
            after: given(&self.after),
            limit: None,
        }
    }

    pub(super) fn href(&self, path: &str, after: Option<&str>) -> String {
        let all = [
            ("level", self.level.as_str()),
            ("state", &self.state),
            ("category", &self.category),
            ("assignee", &self.assignee),
            ("label", &self.label),
            ("team", &self.team),
            ("part", &self.part),
            ("after", after.unwrap_or_default()),
        ];
        let set: Vec<_> = all.into_iter().filter(|(_, v)| !v.is_empty()).collect();
        format!("{path}?{}", serde_urlencoded::to_string(set).unwrap_or_default())
    }
}

/// The teams and parts that one can choose, each with the value that `value` takes of id and name.
fn ours(
    cx: &mut Reader<'_>,
    product: &Product,
    empty: &str,
    value: impl Fn(Id, &str) -> String,
) -> Result<[Vec<Choice>; 2]> {
    let ws = cx.actor.workspace;
    let first = || std::iter::once(Choice::new("", empty));
    let teams = teams::active(cx.conn, ws)?;
    let parts = parts::of_product(cx.conn, ws, product.id)?;
    let teams = teams.iter().map(|t| Choice::new(value(t.id, &t.name), t.name.clone()));
    let parts = parts.iter().map(|p| Choice::new(value(p.id, &p.name), p.name.clone()));
    Ok([first().chain(teams).collect(), first().chain(parts).collect()])
}

/// Team and part of an item, as fields of its form; nothing where there are none to choose from.
pub(super) fn ours_fields(
    cx: &mut Reader<'_>,
    product: &Product,
    team: &str,
    part: &str,
) -> Result<Markup> {
    let [teams, parts] = ours(cx, product, "none", |id, _| id.to_string())?;
    Ok(html! {
        @if parts.len() > 1 { (shell::select("Part", "part", parts).value(part)) }
        @if teams.len() > 1 { (shell::select("Team", "team", teams).value(team)) }
    })
}

/// The same as filters; names stand in the address, so that one can read and type it.
pub(super) fn ours_filters(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
) -> Result<Markup> {
    let [teams, parts] = ours(cx, product, "any", |_, name| name.to_owned())?;
    Ok(html! {
        @if parts.len() > 1 { (shell::select("Part", "part", parts).value(&filter.part)) }
        @if teams.len() > 1 { (shell::select("Team", "team", teams).value(&filter.team)) }
    })
}

/// Filters by team and part above an order or a board.
pub(super) fn ours_bar(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    path: &str,
) -> Result<Markup> {
    let fields = ours_filters(cx, product, filter)?;
    let any = !fields.0.is_empty();
    Ok(html! { @if any { (shell::filters(path, fields)) } })
}

/// One line that creates an item; only a title is needed. What the page is filtered by is chosen.
pub(super) fn quick_add(
    cx: &mut Reader<'_>,
    product: &Product,
    level: &str,
    back: &str,
    filter: &Filter,
) -> Result<Markup> {
    if !may_write(cx) {
        return Ok(html! {});
    }
    let ws = cx.actor.workspace;
    let team = teams::named(cx.conn, ws, &filter.team)?.map(|t| t.id.to_string());
    let part = parts::named(cx.conn, ws, product.id, &filter.part)?.map(|p| p.id.to_string());
    let (team, part) = (team.unwrap_or_default(), part.unwrap_or_default());
    let ours = ours_fields(cx, product, &team, &part)?;
    Ok(html! {
        details.menu data-controller="menu" {
            summary.btn.go data-hotkey="c" { "New " (level) " " (shell::kbd("c")) }
            div.sheet {
                (shell::form("/do/create-work-item", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", back))
                    (shell::field("Title", "title").placeholder("As a commuter, I want …").autofocus().required())
                    (shell::select("Level", "level", choices(&LEVELS, None)).value(level))
                    (shell::textarea("Text", "body").id("new-body").rows(4).markdown())
                    (super::hints::while_typing(product, "story", ""))
                    (ours)
                    (shell::submit("Create"))
                }))
            }
        }
    })
}

pub(super) fn bulk(cx: &mut Reader<'_>, product: &Product, back: &str) -> Result<Markup> {
    let [teams, parts] = ours(cx, product, "", |id, _| id.to_string())?;
    let states = policies::state_names(cx.conn, cx.actor.workspace, product.id)?;
    let states: Vec<Choice> = std::iter::once(Choice::new("", "State"))
        .chain(states.iter().map(|s| Choice::new(s, s.clone())))
        .collect();
    Ok(shell::bulk_bar(
        "/do/bulk-edit",
        html! {
            (shell::hidden("_back", back))
            (shell::select("State", "state", states))
            (shell::field("Assign", "assignee").placeholder("name or me"))
            (shell::field("Add label", "add_label"))
            @if parts.len() > 1 { (shell::select("Part", "part", parts)) }
            @if teams.len() > 1 { (shell::select("Team", "team", teams)) }
            button.btn.go { "Change the selected" }
        },
    ))
}

pub(super) fn next_page(path: &str, filter: &Filter, next: Option<&String>) -> Markup {
    let first = (!filter.after.is_empty()).then(|| filter.href(path, None));
    shell::pages(&Pages {
        first,
        next: next.map(|n| filter.href(path, Some(n))),
        note: String::new(),
    })
}
