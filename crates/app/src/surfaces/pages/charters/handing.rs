//! Handing over: one responsibility, from a day, until a day; what was handed over in a scope.

use axum::extract::{Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use crate::kernel::{Access, Result, Role};
use crate::people::charters::{
    GetStanding, HandoverView, ListHandovers, StandingRow, ground as named,
};
use crate::people::members;
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::pages::{Page, once, show};
use crate::surfaces::session::Visitor;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Asked {
    product: Option<String>,
    part: Option<String>,
    team: Option<String>,
    responsibility: Option<u8>,
}

pub(super) async fn handovers(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(asked): Params<Asked>,
) -> Response {
    show(&app, visitor, &headers, move |cx| page(cx, &asked)).await
}

fn page(cx: &mut Reader<'_>, asked: &Asked) -> Result<Page> {
    let Asked { product, part, team, .. } = asked.clone();
    let ground = named(
        cx.conn,
        cx.actor,
        product.as_deref(),
        part.as_deref(),
        team.as_deref(),
        Access::Read,
    )?;
    let list = ListHandovers { product: product.clone(), part: part.clone(), team: team.clone() }
        .run(cx)?;
    let rows = GetStanding { product, part, team, day: None }.run(cx)?;
    let form = if cx.actor.check(Access::Write).is_ok() {
        form(cx, asked, &rows)?
    } else {
        html! {}
    };
    let main = html! {
        (form)
        @if list.is_empty() {
            p.soft { "Nothing was handed over here yet: as “from Monday, Ana orders the backlog of Checkout”." }
        } @else { (table(&list)) }
    };
    Ok(Page {
        title: format!("Hand-overs, {}", ground.name),
        active: "charters",
        above: vec![Crumb::to("/charters", "Charters")],
        head: Some(shell::page_head(
            "Hand-overs",
            &ground.name,
            html! { "In effect at once; what was done before stays with whoever did it" },
            html! {},
        )),
        main,
        ..Page::default()
    })
}

fn form(cx: &mut Reader<'_>, asked: &Asked, rows: &[StandingRow]) -> Result<Markup> {
    let admin = cx.actor.check(Access::Admin).is_ok();
    let me = cx.actor.person;
    let held: Vec<&StandingRow> = rows
        .iter()
        .filter(|r| {
            r.accountable.is_some() && (admin || r.accountable == Some(me) || r.yours.acts_freely())
        })
        .collect();
    if held.is_empty() {
        return Ok(shell::notice(
            Tone::Plain,
            html! { "You hold nothing here by an agreed charter, so there is nothing of yours to hand over." },
        ));
    }
    let what = held
        .iter()
        .map(|r| {
            let who = r.accountable_name.as_deref().unwrap_or_default();
            Choice::new(r.number, format!("{} {} ({who})", r.number, r.name))
        })
        .collect();
    let people: Vec<Choice> = members::all(cx.conn, cx.actor.workspace)?
        .iter()
        .filter(|p| p.active && p.role != Role::Guest.as_str())
        .map(|p| Choice::new(p.id, p.name.clone()))
        .collect();
    let from = std::iter::once(Choice::new("", "Whoever answers for it"))
        .chain(people.iter().cloned())
        .collect();
    let here = serde_urlencoded::to_string(
        [("product", &asked.product), ("part", &asked.part), ("team", &asked.team)]
            .into_iter()
            .filter_map(|(k, v)| v.as_ref().map(|v| (k, v)))
            .collect::<Vec<_>>(),
    );
    let today = cx.now.day().to_string();
    Ok(shell::section(
        "Hand one over",
        shell::form(
            "/do/hand-over",
            html! {
                (once())
                (shell::hidden("_back", &format!("/handovers?{}", here.unwrap_or_default())))
                @for (name, value) in [("product", &asked.product), ("part", &asked.part), ("team", &asked.team)] {
                    @if let Some(value) = value { (shell::hidden(name, value)) }
                }
                (shell::select("Responsibility", "responsibility", what)
                    .value(asked.responsibility.map(|n| n.to_string()).unwrap_or_default()))
                @if admin { (shell::select("From", "from", from)) }
                (shell::select("To", "to", people))
                (shell::field("From the day", "from_day").kind("date").value(today))
                (shell::field("Until the day", "until_day").kind("date").help("The last day; empty if it stays with them."))
                (shell::field("Why", "why").placeholder("On leave for two weeks"))
                (shell::submit("Hand it over"))
            },
        ),
    ))
}

fn table(list: &[HandoverView]) -> Markup {
    let rows = list
        .iter()
        .map(|h| {
            let tone = if h.state == "holds" { Tone::Good } else { Tone::Plain };
            vec![
                html! { (h.responsibility) " " (h.responsibility_name) },
                html! { (h.from_name) " → " (h.to_name) },
                html! {
                    (shell::day_tag(h.from_day)) " – "
                    @if let Some(day) = h.until_day { (shell::day_tag(day)) } @else { "on" }
                },
                html! { (h.reason) },
                html! {
                    (shell::toned(&h.state, tone)) " "
                    @if h.state != "ended" {
                        (shell::post_button(&format!("/do/end-handover?handover={}", h.id), "Take back", None))
                    }
                },
            ]
        })
        .collect();
    shell::data_table("Handed over", &["What", "Who", "When", "Why", ""], rows)
}
