//! The roadmap's pages: now, next and later, or a timeline; as each audience sees it, on any day, with
//! what changed since; as a file; and behind a link for those who do not sign in.

mod board;
mod drawing;
mod files;
mod forms;
mod shared;
mod timeline;

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, choices, may_write, product, show};
use crate::how::units::{Unit, heading, of_product};
use crate::kernel::{Day, Error, Result};
use crate::people::nouns::one_of;
use crate::people::products::Product;
use crate::shell::{self, Choice, Facet, Link};
use crate::store::{Query, Reader};
use crate::surfaces::session::Visitor;
use crate::surfaces::{Shared, limits};
use crate::thread::nodes::Node;
use crate::thread::path::Sight;
use crate::thread::roadmaps::{Ask, Changed, Line, RoadmapPicture, Share, picture};
use crate::what::roadmap::{AUDIENCES, ListRoadmapShares};
use crate::why::directions::themes;

pub(super) use forms::beside;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/roadmap", get(page))
        .route("/p/{product}/roadmap/file/{format}", get(files::file))
}

/// The page for those who have a link and no session.
pub(in crate::surfaces) fn doors(app: Shared) -> Router<Shared> {
    Router::new()
        .route("/shared/roadmap/{token}", get(shared::page))
        .route_layer(from_fn_with_state(app, limits::doors))
}

/// What the address asks for.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct View {
    /// `board` or `timeline`.
    view: Option<String>,
    audience: Option<String>,
    /// `objective`, `theme` or `team`.
    group: Option<String>,
    since: Option<String>,
    at: Option<String>,
}

const VIEWS: [&str; 2] = ["board", "timeline"];
const GROUPS: [&str; 4] = ["none", "objective", "theme", "team"];

/// The same, read.
struct Shown {
    timeline: bool,
    audience: String,
    group: String,
    since: Option<Day>,
    at: Option<Day>,
}

fn day(field: &'static str, text: Option<&str>) -> Result<Option<Day>> {
    text.filter(|d| !d.is_empty())
        .map(|text| {
            text.parse().map_err(|_| {
                Error::invalid(field, format!("“{text}” is not a day; write it like 2026-03-01."))
            })
        })
        .transpose()
}

impl View {
    fn read(&self) -> Result<Shown> {
        Ok(Shown {
            timeline: one_of("view", self.view.as_deref(), VIEWS[0], &VIEWS)? == VIEWS[1],
            audience: one_of("audience", self.audience.as_deref(), AUDIENCES[0], &AUDIENCES)?,
            group: one_of("group", self.group.as_deref(), GROUPS[0], &GROUPS)?,
            since: day("since", self.since.as_deref())?,
            at: day("at", self.at.as_deref())?,
        })
    }
}

impl Shown {
    /// The address of this with another view.
    fn query(&self, view: &str) -> String {
        let day = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
        format!(
            "view={view}&audience={}&group={}&since={}&at={}",
            self.audience,
            self.group,
            day(self.since),
            day(self.at)
        )
    }
}

/// Lines under the names of what they are grouped by, unnamed ones last.
fn grouped<'l>(lines: &'l [Line], group: &str) -> Vec<(String, Vec<&'l Line>)> {
    let name = |line: &Line| match group {
        "objective" => line.objective.as_ref().map(|(key, title)| format!("{key} {title}")),
        "theme" => line.theme.clone(),
        "team" => line.team.clone(),
        _ => Some(String::new()),
    };
    let mut all: Vec<(String, Vec<&Line>)> = Vec::new();
    let mut rest = Vec::new();
    for line in lines {
        match name(line) {
            None => rest.push(line),
            Some(name) => match all.iter_mut().find(|(n, _)| *n == name) {
                Some((_, lines)) => lines.push(line),
                None => all.push((name, vec![line])),
            },
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    if !rest.is_empty() {
        all.push((format!("Without {group}"), rest));
    }
    all
}

async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(view): Params<View>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let shown = view.read()?;
        let sight = Sight::of(cx.conn, cx.actor)?;
        let (audience, today) = (shown.audience.as_str(), cx.now.day());
        let ask = Ask { product: &product, sight: &sight, audience, at: shown.at, today };
        let told = picture(cx.conn, cx.actor.workspace, &ask, shown.since)?;
        let write = may_write(cx) && shown.at.is_none() && audience == "team";
        let main = html! {
            (tabs(&product, &shown))
            @if shown.since.is_some() { (changed(&told.changes)) }
            @if told.lines.is_empty() { (empty(&shown)) }
            @else if shown.timeline { (timeline::view(cx, &product, &told.lines, &shown, write)?) }
            @else { (board::view(cx, &product, &told.lines, &shown, write)?) }
            (balance(&told, of_product(cx.conn, cx.actor.workspace, product.id)?))
        };
        let actions = html! {
            @if may_write(cx) { (actions(cx, &product)?) }
            (files::menu(&product, &shown))
        };
        let title = format!("Roadmap of {}", product.name);
        let banner = shown.at.map(|day| {
            html! {
                "You see this as it stood on " (shell::day_tag(day)) ". "
                a href={ "/p/" (product.key) "/roadmap" } { "As it is now" }
            }
        });
        let meta = filter(&product, &shown, today);
        Ok(Page {
            title,
            head: Some(shell::page_head("What", "Roadmap", meta, actions)),
            product: Some(product),
            active: "roadmap",
            facet: Facet::What,
            wide: true,
            banner,
            main,
            ..Page::default()
        })
    })
    .await
}

fn actions(cx: &mut Reader<'_>, product: &Product) -> Result<Markup> {
    let names = themes(cx.conn, cx.actor.workspace, product.id)?;
    let names: Vec<Choice> = names.iter().map(|t| Choice::new(&t.name, t.name.clone())).collect();
    let shares = ListRoadmapShares { product: product.key.clone() }.run(cx)?;
    Ok(html! { (forms::place(product, names)) (forms::share(product, &shares)) })
}

fn empty(shown: &Shown) -> Markup {
    let title = if shown.audience == "team" {
        "Nothing on the roadmap yet".to_owned()
    } else {
        format!("Nothing here may be told to {} yet", shown.audience)
    };
    shell::empty_state(
        &title,
        "Now: refunds of split tickets. Next: fares that follow you. Later: one account for work and leisure. No dates but those that are promised.",
        html! {},
    )
}

fn tabs(product: &Product, shown: &Shown) -> Markup {
    let link = |view: &str, label| {
        Link::new(format!("/p/{}/roadmap?{}", product.key, shown.query(view)), label)
    };
    let links = [link(VIEWS[0], "Now, next, later"), link(VIEWS[1], "Timeline")];
    shell::tabs("Views of the roadmap", &links, usize::from(shown.timeline))
}

/// To whom a roadmap is told, in words for paper and files.
fn told_to(audience: &str) -> String {
    let whom = match audience {
        "team" => "the team",
        "sales" => "sales and support",
        other => other,
    };
    format!("as told to {whom}")
}

fn filter(product: &Product, shown: &Shown, today: Day) -> Markup {
    let date = |day: Option<Day>| day.map_or(String::new(), |d| d.to_string());
    let audiences = [
        Choice::new("team", "the team: all"),
        Choice::new("executives", "executives"),
        Choice::new("sales", "sales and support"),
        Choice::new("customers", "customers"),
    ];
    html! {
        p.on-paper { (told_to(&shown.audience)) ", " (shown.at.unwrap_or(today).words()) }
        (asked(product, shown, &audiences, date))
    }
}

fn asked(
    product: &Product,
    shown: &Shown,
    audiences: &[Choice],
    date: impl Fn(Option<Day>) -> String,
) -> Markup {
    shell::filters(
        &format!("/p/{}/roadmap", product.key),
        html! {
            (shell::hidden("view", VIEWS[usize::from(shown.timeline)]))
            (shell::select("As told to", "audience", audiences.to_vec()).value(&shown.audience))
            (shell::select("Grouped by", "group", choices(&GROUPS, None)).value(&shown.group))
            (shell::field("What changed since", "since").kind("date").value(date(shown.since)))
            (shell::field("As it stood on", "at").kind("date").value(date(shown.at)))
        },
    )
}

/// What changed since a day.
fn changed(all: &[Changed]) -> Markup {
    let rows = all.iter().map(|c| {
        vec![
            html! { @if c.item.is_empty() { (c.title) } @else { a href={ "/" (c.item) } { (c.item) " " (c.title) } } },
            html! { (c.what) },
            html! { (c.because) },
        ]
    });
    shell::section(
        "What changed",
        html! {
            @if all.is_empty() { p.soft { "Nothing." } }
            @else { (shell::data_table("What changed", &["Item", "What", "Because"], rows.collect())) }
        },
    )
}

/// Whom the plan serves, and what was planned beside what it came to.
fn balance(told: &RoadmapPicture, unit: Option<Unit>) -> Markup {
    let summed = heading(unit);
    let word = summed.map_or("effort".to_owned(), str::to_lowercase);
    let planned = format!("#Planned {word}");
    let table = |caption: &str, first: &str, shares: &[Share]| {
        let all: f64 = shares.iter().map(|s| s.planned).sum();
        let rows = shares.iter().map(|s| {
            let mut cells = vec![
                html! { (s.name) },
                html! { (s.items) },
                html! { @if s.planned > 0.0 { (s.planned) } @else { "–" } },
                html! { @if all > 0.0 { (format!("{:.0} %", s.planned / all * 100.0)) } @else { "–" } },
            ];
            // Where items are counted, the sum of their sizes says nothing.
            if summed.is_some() {
                cells.extend([html! { (s.points) }, html! { (s.points_done) }]);
            }
            cells
        });
        let heads = [first, "#Items", &planned, "#Of the plan", "#In stories", "#Done"];
        let headers = if summed.is_some() { heads.as_slice() } else { &heads[..4] };
        shell::data_table(caption, headers, rows.collect())
    };
    html! {
        @if !told.lines.is_empty() && !told.by_need.is_empty() {
            (shell::section("Balance", html! {
                (table("Whose needs it serves", "Serves", &told.by_need))
                (table("Planned and actual by theme", "Theme", &told.by_theme))
                p.soft {
                    "What is planned is set where something is placed"
                    @if summed.is_some() { "; what is in stories and done comes from the work below it." } @else { "." }
                }
            }))
        }
    }
}

/// The node's place on the roadmap, for its own page.
pub(super) fn stands(node: &Node) -> bool {
    ["opportunity", "epic"].contains(&node.kind.as_str())
}
