//! The arrangement that fits: a few questions, the advice with its reasons and what would change it,
//! two arrangements side by side, and the way to a first matrix. A plain form that asks by address.

use axum::extract::{Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::{facet, sentence};
use crate::kernel::{Access, Result};
use crate::people::charters::arrangement::{Advice, Arrangement, advise};
use crate::people::charters::presets::by_role;
use crate::people::charters::{
    Advise, Company, Context, Framework, Ground, ProductKind, Role, Seniority, Stage, ground,
    of_scope,
};
use crate::people::members;
use crate::people::responsibilities::by_number;
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::pages::{Page, once, show};
use crate::surfaces::session::Visitor;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Asked {
    product: Option<String>,
    part: Option<String>,
    team: Option<String>,
    company: Option<String>,
    stage: Option<String>,
    teams: Option<String>,
    framework: Option<String>,
    kind: Option<String>,
    /// The arrangement to lay beside the advised one.
    beside: Option<String>,
}

pub(super) async fn arrangement(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(asked): Params<Asked>,
) -> Response {
    show(&app, visitor, &headers, move |cx| page(cx, &asked)).await
}

fn given(text: Option<&String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

fn page(cx: &mut Reader<'_>, asked: &Asked) -> Result<Page> {
    let (product, part, team) =
        (given(asked.product.as_ref()), given(asked.part.as_ref()), given(asked.team.as_ref()));
    let context = Advise {
        product: product.clone(),
        part: part.clone(),
        team: team.clone(),
        company: asked.company.clone(),
        stage: asked.stage.clone(),
        teams: given(asked.teams.as_ref()).and_then(|t| t.parse().ok()),
        framework: asked.framework.clone(),
        kinds: given(asked.kind.as_ref()).map(|k| vec![k]),
    }
    .context(cx)?;
    let found = match (&product, &team) {
        (None, None) => None,
        _ => Some(ground(
            cx.conn,
            cx.actor,
            product.as_deref(),
            part.as_deref(),
            team.as_deref(),
            Access::Read,
        )?),
    };
    let advice = advise(&context);
    let beside = match given(asked.beside.as_ref()) {
        Some(word) => Some(Arrangement::parse(&word)?),
        None => None,
    };
    let draft = match &found {
        Some(ground) if cx.actor.check(Access::Write).is_ok() => {
            draft(cx, asked, ground, &context, &advice)?
        }
        _ => html! {},
    };
    let main = html! {
        (questions(asked, &context, beside))
        (answer(&advice))
        (what_if(&context))
        (side_by_side(advice.arrangement, beside))
        (draft)
    };
    let name = found.as_ref().map_or("Any company", |g| &g.name).to_owned();
    Ok(Page {
        title: "Arrangement".into(),
        active: "charters",
        above: vec![Crumb::to("/charters", "Charters")],
        head: Some(shell::page_head(
            "Arrangement",
            &name,
            html! { "How product manager and product owner stand to each other here" },
            html! {},
        )),
        main,
        ..Page::default()
    })
}

macro_rules! choices {
    ($name:ty) => {
        <$name>::ALL.iter().map(|one| Choice::new(one.as_str(), sentence(one.label()))).collect()
    };
}

fn scope_fields(asked: &Asked) -> Markup {
    html! {
        @for (name, value) in [("product", &asked.product), ("part", &asked.part), ("team", &asked.team)] {
            @if let Some(value) = given(value.as_ref()) { (shell::hidden(name, &value)) }
        }
    }
}

fn kinds() -> Vec<Choice> {
    let all: Vec<Choice> = choices!(ProductKind);
    std::iter::once(Choice::new("none", "Nothing special")).chain(all).collect()
}

fn kind(context: &Context) -> &'static str {
    context.kinds.first().map_or("none", |k| k.as_str())
}

fn questions(asked: &Asked, context: &Context, beside: Option<Arrangement>) -> Markup {
    let mut other = vec![Choice::new("", "—")];
    other.extend(Arrangement::ALL.iter().map(|a| Choice::new(a.as_str(), sentence(a.label()))));
    html! {
        form.questions method="get" action="/arrangement" {
            (scope_fields(asked))
            (shell::select("The company", "company", choices!(Company)).value(context.company.as_str()))
            (shell::select("The product", "stage", choices!(Stage)).value(context.stage.as_str()))
            (shell::field("Teams on it", "teams").kind("number").value(context.teams))
            (shell::select("They work by", "framework", choices!(Framework)).value(context.framework.as_str()))
            (shell::select("Kind of product", "kind", kinds()).value(kind(context)))
            (shell::select("Lay beside it", "beside", other).value(beside.map(|b| b.as_str()).unwrap_or_default()))
            div.acts { (shell::submit("Ask")) }
        }
    }
}

fn answer(advice: &Advice) -> Markup {
    html! {
        section.part {
            h2 { "Advised: " (advice.arrangement.label()) }
            p { (advice.arrangement.meaning()) }
            ul { @for reason in &advice.reasons { li { (reason) } } @for offer in &advice.offers { li { (offer) } } }
            @if !advice.turns.is_empty() {
                details {
                    summary { "What would change it" }
                    ul {
                        @for turn in &advice.turns {
                            li { b { (sentence(&turn.when)) } ": " (turn.then.label()) ". " span.soft { (turn.because) } }
                        }
                    }
                }
            }
        }
    }
}

/// The advice over number of teams and stage, all else as it is.
fn what_if(context: &Context) -> Markup {
    const TEAMS: [u32; 8] = [1, 2, 3, 4, 5, 6, 8, 12];
    let mut headers = vec!["Teams".to_owned()];
    headers.extend(Stage::ALL.iter().map(|s| sentence(s.label())));
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let rows = TEAMS
        .iter()
        .map(|teams| {
            let mut row = vec![html! { (teams) }];
            row.extend(Stage::ALL.iter().map(|stage| {
                let there = Context { teams: *teams, stage: *stage, ..context.clone() };
                let here = *teams == context.teams && *stage == context.stage;
                let advised = advise(&there).arrangement;
                html! { @if here { b { (sentence(advised.label())) " (now)" } } @else { (sentence(advised.label())) } }
            }));
            row
        })
        .collect();
    html! {
        details.part {
            summary { "What if there were more teams, or the product were elsewhere in its life" }
            (shell::data_table("Advice by teams and stage", &headers, rows))
        }
    }
}

/// Where two arrangements differ, role by role.
fn side_by_side(advised: Arrangement, beside: Option<Arrangement>) -> Markup {
    let Some(other) = beside.filter(|b| *b != advised) else { return html! {} };
    let cell = |line: &[(&'static str, crate::people::charters::Letter)]| {
        let words: Vec<String> = line.iter().map(|(s, l)| format!("{s} {}", l.short())).collect();
        html! { (words.join(", ")) }
    };
    let (ours, theirs) = (by_role(advised), by_role(other));
    let rows = ours
        .iter()
        .zip(&theirs)
        .filter(|((_, a), (_, b))| a != b)
        .map(|((number, a), (_, b))| {
            let named = by_number(*number);
            vec![
                html! {
                    @if let Some(r) = named { span.(facet(r.facet).class()) { span.f { (r.number) } } " " (r.name) }
                },
                cell(a),
                cell(b),
            ]
        })
        .collect();
    let (one, two) = (sentence(advised.label()), sentence(other.label()));
    shell::data_table("Where they differ", &["Responsibility", &one, &two], rows)
}

/// The rest of the conversation: who is there as what; then the matrix.
fn draft(
    cx: &mut Reader<'_>,
    asked: &Asked,
    ground: &Ground,
    context: &Context,
    advice: &Advice,
) -> Result<Markup> {
    let earlier = of_scope(cx.conn, cx.actor.workspace, ground.id)?;
    if let Some(open) = earlier.iter().find(|c| c.is_draft()) {
        return Ok(shell::notice(
            Tone::Plain,
            html! { "A draft is open: " a href={ "/charters/" (open.id) } { "go on with it" } "." },
        ));
    }
    let mut people = Vec::new();
    for person in members::all(cx.conn, cx.actor.workspace)?.into_iter().filter(|p| p.active) {
        let held = context.people.iter().find(|h| h.person == person.id);
        people.push((person, held.cloned()));
    }
    people.sort_by_key(|(_, held)| held.is_none());
    people.truncate(40);
    let mut roles: Vec<Choice> = vec![Choice::new("none", "not in it")];
    roles.extend(Role::ALL.iter().map(|r| Choice::new(r.as_str(), sentence(r.label()))));
    let levels: Vec<Choice> = choices!(Seniority);
    let arrangements: Vec<Choice> = choices!(Arrangement);
    let rows = people
        .iter()
        .map(|(p, held)| {
            let role = held.as_ref().map_or("none", |h| h.role.as_str());
            let level = held.as_ref().map_or(Seniority::Mid, |h| h.seniority);
            vec![
                html! { (p.name) @if !p.title.is_empty() { br; span.soft { (p.title) } } },
                html! { (pick(&format!("{} is there as", p.name), &format!("roles.{}", p.id), &roles, role)) },
                html! { (pick(&format!("{}'s seniority", p.name), &format!("seniority.{}", p.id), &levels, level.as_str())) },
            ]
        })
        .collect();
    Ok(shell::section(
        "Who is there, and a first matrix",
        shell::form(
            "/do/draft-charter",
            html! {
                (once())
                (shell::hidden("_back", "/charters"))
                (scope_fields(asked))
                (shell::hidden("company", context.company.as_str()))
                (shell::hidden("stage", context.stage.as_str()))
                (shell::hidden("teams", &context.teams.to_string()))
                (shell::hidden("framework", context.framework.as_str()))
                (shell::hidden("kinds", kind(context)))
                (shell::data_table("Who is there", &["Person", "As", "Seniority"], rows))
                (shell::select("Arrangement", "arrangement", arrangements).value(advice.arrangement.as_str()))
                (shell::field("Why another than is advised", "because").help("Needed only where you choose otherwise; it is kept with the charter."))
                @if earlier.iter().any(|c| c.state == "agreed") {
                    (shell::notice(Tone::Plain, html! {
                        b { "Before another arrangement: " }
                        "which problem shall it solve? Often a changed practice does, tried by one team until a day. "
                        @if let Some(product) = &ground.product {
                            a href={ "/p/" (product.key) "/decisions" } { "Write the trial down as a decision with a review date" }
                        }
                    }))
                }
                (shell::submit("Draft the charter"))
            },
        ),
    ))
}

/// A choice without a label of its own in a table's cell.
fn pick(label: &str, name: &str, choices: &[Choice], value: &str) -> Markup {
    html! {
        select name=(name) aria-label=(label) {
            @for c in choices { option value=(c.value) selected[c.value == value] { (c.label) } }
        }
    }
}
