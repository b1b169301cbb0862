//! What orders, boards and lists share: the filter in the address, its bar, and the forms that create
//! and edit many.

mod bar;
mod bulk;
mod saved;

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde::Deserialize;

pub(super) use bar::{Bar, bar, bar_with, words};
pub(super) use bulk::bulk;
pub(super) use saved::page as views_page;

use super::{choices, may_write, once};
use crate::how::filters::{self, field_named, field_of, given, parse, quoted};
use crate::how::work_items::{COLUMNS, LEVELS, ListWorkItems};
use crate::kernel::{Id, Result};
use crate::people::products::Product;
use crate::people::{parts, teams};
use crate::shell::{self, Choice, Pages};
use crate::store::Reader;

/// The filter in an address. `q` has it in the filter language; each field may also stand by itself,
/// as links and forms without scripts write it, and then takes the place of what `q` asks of it.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Filter {
    pub(super) q: Option<String>,
    pub(super) after: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// Parameters that go along from page to page beside the filter.
const KEPT: [&str; 4] = ["saved", "columns", "lanes", "cards"];

/// What the boxes of a table's columns begin with.
pub(super) const SHOW: &str = "show-";

/// The field that a parameter stands for.
fn named(parameter: &str) -> Option<&'static filters::Field> {
    match parameter {
        "category" => field_named("is"),
        name => field_named(name).filter(|f| f.name == name && f.name != "text"),
    }
}

impl Filter {
    /// The address with everything in `q`, where a form sent fields beside it.
    pub(super) fn settled(&self, path: &str) -> Option<String> {
        let beside = |name: &String| {
            matches!(name.as_str(), "sort" | "group-by" | "then-by")
                || name.starts_with(SHOW)
                || named(name).is_some()
                || field_of(name).is_some()
        };
        self.q.as_ref().filter(|_| self.rest.keys().any(beside))?;
        Some(self.href(path, None))
    }

    /// The whole filter as it would be typed; what was not understood stays as it was typed.
    pub(super) fn text(&self) -> String {
        let typed = self.q.clone().unwrap_or_default();
        let Ok(mut filter) = parse(&typed) else { return typed };
        let plain = filter.clone();
        for (name, value) in &self.rest {
            if let Some(field) = named(name) {
                filter = filter.with(field, given(value));
            } else if let Some(custom) = field_of(name) {
                filter = filter.saying(custom, given(value));
            }
        }
        let get = |name: &str| self.rest.get(name).map(|v| v.trim());
        if let Some(sort) = get("sort") {
            filter.sort = parse(&format!("sort:{}", quoted(sort))).map_or(filter.sort, |f| f.sort);
            if sort.is_empty() {
                filter.sort = None;
            }
        }
        if let Some(group) = get("group-by") {
            let both = [group, get("then-by").unwrap_or_default()];
            let both: Vec<String> =
                both.into_iter().filter(|g| !g.is_empty()).map(quoted).collect();
            filter.group =
                parse(&format!("group:{}", both.join(","))).map_or(Vec::new(), |f| f.group);
        }
        if filter == plain { typed } else { filter.to_string() }
    }

    /// Whether nothing is asked for.
    pub(super) fn is_blank(&self) -> bool {
        self.parsed().terms.is_empty() && self.after.is_empty()
    }

    /// What was understood of it.
    pub(super) fn parsed(&self) -> filters::Filter {
        parse(&self.text()).unwrap_or_default()
    }

    /// A parameter that stands beside the filter, as `columns`.
    pub(super) fn beside(&self, name: &str) -> &str {
        self.rest.get(name).map_or("", String::as_str)
    }

    /// The columns that are asked for: those of the boxes that were ticked, else as `columns` names
    /// them.
    pub(super) fn columns(&self) -> Vec<String> {
        let ticked: Vec<&str> =
            self.rest.keys().filter_map(|name| name.strip_prefix(SHOW)).collect();
        if ticked.is_empty() {
            let named = self.beside("columns").split(',').map(str::trim);
            return named.filter(|c| !c.is_empty()).map(str::to_owned).collect();
        }
        let own = COLUMNS.iter().map(|c| c.name.as_ref()).filter(|name| ticked.contains(name));
        let custom = ticked.iter().copied().filter(|name| field_of(name).is_some());
        own.chain(custom).map(str::to_owned).collect()
    }

    /// The same with such a parameter set.
    pub(super) fn put(mut self, name: &str, value: impl ToString) -> Self {
        self.rest.insert(name.to_owned(), value.to_string());
        self
    }

    pub(super) fn query(&self, product: &str) -> ListWorkItems {
        let given = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        ListWorkItems {
            product: product.to_owned(),
            q: given(&self.text()),
            after: given(&self.after),
            ..ListWorkItems::default()
        }
    }

    /// The address of the same filter.
    pub(super) fn href(&self, path: &str, after: Option<&str>) -> String {
        self.href_of(path, &self.text(), after)
    }

    /// The address of another filter, with all else as it is.
    pub(super) fn href_of(&self, path: &str, q: &str, after: Option<&str>) -> String {
        let columns = self.columns().join(",");
        let kept = KEPT.iter().map(|name| match *name {
            "columns" => ("columns", columns.as_str()),
            name => (name, self.beside(name)),
        });
        let all = [("q", q)].into_iter().chain(kept).chain([("after", after.unwrap_or_default())]);
        let set: Vec<_> = all.filter(|(_, v)| !v.is_empty()).collect();
        if set.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", serde_urlencoded::to_string(set).unwrap_or_default())
    }

    /// Its parameters beside `q`, as hidden fields of a form.
    pub(super) fn kept(&self) -> Markup {
        html! {
            @for name in KEPT {
                @let value = self.beside(name);
                @if !value.is_empty() { (shell::hidden(name, value)) }
            }
        }
    }

    /// The one value that a field is asked for, if there is one.
    pub(super) fn only(&self, field: &str) -> String {
        let parsed = self.parsed();
        let mut terms = parsed.terms.iter().filter(|t| t.field.name == field && !t.not);
        let first = terms.next().filter(|t| t.values.len() == 1);
        first.map_or(String::new(), |t| t.values[0].clone())
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

/// What a new item is for; the words of its title find it.
pub(super) fn why_field(id: &str) -> Markup {
    html! {
        (shell::field("Why: the need, opportunity or epic it serves", "why").id(id)
            .picks("need opportunity epic option story").placeholder("some words of it, or its key"))
    }
}

/// The criteria of a new item.
pub(super) fn criteria_field(id: &str, value: &str) -> Markup {
    let rows = if value.is_empty() { 2 } else { 4 };
    html! {
        (shell::textarea("Acceptance criteria", "criteria").id(id).rows(rows).value(value)
            .help("A checklist, one a line, or Given, When, Then."))
    }
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
    let team = teams::named(cx.conn, ws, &filter.only("team"))?.map(|t| t.id.to_string());
    let part =
        parts::named(cx.conn, ws, product.id, &filter.only("part"))?.map(|p| p.id.to_string());
    let (team, part) = (team.unwrap_or_default(), part.unwrap_or_default());
    let ours = ours_fields(cx, product, &team, &part)?;
    let chooser = super::templates::chooser(cx, product)?;
    Ok(html! {
        a.btn href={ "/p/" (product.key) "/lines" } { "Add many" }
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
                    (why_field("new-why"))
                    (criteria_field("new-criteria", ""))
                    (ours)
                    (shell::submit("Create"))
                }))
                (chooser)
            }
        }
    })
}

pub(super) fn next_page(path: &str, filter: &Filter, next: Option<&String>) -> Markup {
    let first = (!filter.after.is_empty()).then(|| filter.href(path, None));
    shell::pages(&Pages {
        first,
        next: next.map(|n| filter.href(path, Some(n))),
        note: String::new(),
    })
}
