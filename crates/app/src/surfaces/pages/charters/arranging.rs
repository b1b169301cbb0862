//! The arrangement that fits: a few questions, the advice with its reasons and what would change it,
//! two arrangements side by side, and the way to a first matrix. A plain form that asks by address.

use axum::extract::{Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::{facet, sentence};
use crate::kernel::{Access, Error, Result};
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
    /// Kinds of product with commas between, where no boxes are ticked.
    kind: Option<String>,
    /// The boxes were shown, ticked or not.
    ticked: Option<String>,
    platform: Option<String>,
    regulated: Option<String>,
    #[serde(rename = "internal-tool")]
    internal_tool: Option<String>,
    consumer: Option<String>,
    hardware: Option<String>,
    /// Where the slider of stages stands.
    at: Option<String>,
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

/// A number of teams as it is typed.
fn counted(typed: &str) -> Result<i64> {
    typed.parse().map_err(|_| Error::invalid("teams", "One team at least, and up to 1,000."))
}

/// The stage at which the slider stands.
fn slid(at: Option<&String>) -> Option<String> {
    let at: usize = at?.parse().ok()?;
    Stage::ALL.get(at).map(|stage| stage.as_str().to_owned())
}

impl Asked {
    /// The kinds of product that are asked about; nothing where the known ones are meant.
    fn kinds(&self) -> Option<Vec<String>> {
        if self.ticked.is_none() {
            return given(self.kind.as_ref()).map(|k| vec![k]);
        }
        let boxes = [
            (ProductKind::Platform, &self.platform),
            (ProductKind::Regulated, &self.regulated),
            (ProductKind::InternalTool, &self.internal_tool),
            (ProductKind::Consumer, &self.consumer),
            (ProductKind::Hardware, &self.hardware),
        ];
        let on = boxes.iter().filter(|(_, ticked)| ticked.is_some());
        Some(on.map(|(kind, _)| kind.as_str().to_owned()).collect())
    }
}

fn page(cx: &mut Reader<'_>, asked: &Asked) -> Result<Page> {
    let (product, part, team) =
        (given(asked.product.as_ref()), given(asked.part.as_ref()), given(asked.team.as_ref()));
    let context = Advise {
        product: product.clone(),
        part: part.clone(),
        team: team.clone(),
        company: asked.company.clone(),
        stage: asked.stage.clone().or_else(|| slid(asked.at.as_ref())),
        teams: given(asked.teams.as_ref()).map(|t| counted(&t)).transpose()?,
        framework: asked.framework.clone(),
        kinds: asked.kinds(),
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
        (what_if(asked, &context))
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

/// The kinds of product as one field takes them.
fn kind(context: &Context) -> String {
    match context.kinds.as_slice() {
        [] => "none".to_owned(),
        all => all.iter().map(|k| k.as_str()).collect::<Vec<_>>().join(","),
    }
}

/// A box for each kind of product: one may be several.
fn boxes(context: &Context) -> Markup {
    html! {
        fieldset {
            legend { "Kind of product" }
            (shell::hidden("ticked", "yes"))
            @for kind in ProductKind::ALL {
                (shell::checkbox(&sentence(kind.label()), kind.as_str()).checked(context.kinds.contains(kind)))
            }
        }
    }
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
            (boxes(context))
            (shell::select("Lay beside it", "beside", other).value(beside.map(|b| b.as_str()).unwrap_or_default()))
            div.acts { (shell::submit("Ask")) }
        }
    }
}

/// What is advised, why, and what would change it.
pub(in crate::surfaces::pages) fn answer(advice: &Advice) -> Markup {
    html! {
        section.part {
            h2 { "Advised: " (advice.arrangement.label()) }
            p { (advice.arrangement.meaning()) }
            ul { @for reason in &advice.reasons { li { (reason) } } @for offer in &advice.offers { li { (offer) } } }
            @if !advice.turns.is_empty() || advice.steady.is_some() {
                details {
                    summary { "What would change it" }
                    @if let Some(steady) = &advice.steady { p { (steady) } }
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

/// How many teams the sliders and the table reach.
const MOST_TEAMS: u32 = 12;

/// The advice over number of teams and stage, all else as it is: two sliders that answer at once, with
/// a button where scripts are off, and all of it as a table.
fn what_if(asked: &Asked, context: &Context) -> Markup {
    let mut headers = vec!["Teams".to_owned()];
    headers.extend(Stage::ALL.iter().map(|s| sentence(s.label())));
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let stage = Stage::ALL.iter().position(|s| *s == context.stage).unwrap_or_default();
    let at = Stage::ALL.len() - 1;
    html! {
        section.part data-controller="what-if" {
            h2 { "What if" }
            form.form method="get" action="/arrangement" {
                (scope_fields(asked))
                (shell::hidden("company", context.company.as_str()))
                (shell::hidden("framework", context.framework.as_str()))
                (shell::hidden("kind", &kind(context)))
                @if let Some(beside) = given(asked.beside.as_ref()) { (shell::hidden("beside", &beside)) }
                div.slide {
                    div.field {
                        label for="slide-teams" { "Teams: " output for="slide-teams" data-what-if-target="count" { (context.teams) } }
                        input type="range" id="slide-teams" name="teams" min="1" max=(MOST_TEAMS) step="1"
                            value=(context.teams.min(MOST_TEAMS)) data-what-if-target="teams" data-action="what-if#look";
                    }
                    div.field {
                        label for="slide-stage" { "The product: " output for="slide-stage" data-what-if-target="word" { (context.stage.label()) } }
                        input type="range" id="slide-stage" name="at" min="0" max=(at) step="1" value=(stage)
                            data-what-if-target="stage" data-action="what-if#look";
                    }
                }
                p aria-live="polite" data-what-if-target="said" { (answered(context)) }
                button.btn type="submit" { "Ask with these" }
            }
            details {
                summary { "All of it as a table" }
                (shell::data_table("Advice by teams and stage", &headers, what_if_rows(context)))
            }
        }
    }
}

/// The answer to one place of the sliders.
fn answered(context: &Context) -> String {
    let advice = advise(context);
    let because = advice.reasons.first().map_or("", String::as_str);
    let steady = advice.steady.map_or(String::new(), |why| format!(" {why}"));
    format!("{}. {because}{steady}", sentence(advice.arrangement.label()))
}

fn what_if_rows(context: &Context) -> Vec<Vec<Markup>> {
    let cell = |teams: u32, stage: Stage| {
        let there = Context { teams, stage, ..context.clone() };
        let here = teams == context.teams && stage == context.stage;
        let label = sentence(advise(&there).arrangement.label());
        html! {
            span data-at={ (teams) ":" (stage.as_str()) } data-word=(stage.label()) data-said=(answered(&there)) {
                @if here { b { (label) " (now)" } } @else { (label) }
            }
        }
    };
    (1..=MOST_TEAMS)
        .map(|teams| {
            let cells = Stage::ALL.iter().map(|stage| cell(teams, *stage));
            std::iter::once(html! { (teams) }).chain(cells).collect()
        })
        .collect()
}

/// Where two arrangements differ, role by role.
fn side_by_side(advised: Arrangement, beside: Option<Arrangement>) -> Markup {
    let Some(other) = beside else { return html! {} };
    if other == advised {
        return html! { p.soft { "“" (sentence(other.label())) "” is what is advised: choose another to see where they differ." } };
    }
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
    for person in members::all(cx.conn, cx.actor.workspace)? {
        let held = context.people.iter().find(|h| h.person == person.id);
        // Whoever was invited and named before belongs in it, though they have not joined yet.
        if person.active || held.is_some() {
            people.push((person, held.cloned()));
        }
    }
    people.sort_by_key(|(_, held)| held.is_none());
    people.truncate(40);
    let mut roles: Vec<Choice> = vec![Choice::new("none", "not in it")];
    roles.extend(Role::ALL.iter().map(|r| Choice::new(r.as_str(), sentence(r.label()))));
    let scope = match (&ground.product, ground.place.team) {
        (Some(product), _) => Some(("product", product.key.clone())),
        (None, team) => team.map(|id| ("team", id.to_string())),
    };
    let scope = scope.as_ref().map(|(kind, id)| (*kind, id.as_str()));
    let asks = super::super::culture::asks(cx, scope, "another arrangement")?;
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
                (shell::hidden("_back", "/charters/{id}"))
                (scope_fields(asked))
                (shell::hidden("company", context.company.as_str()))
                (shell::hidden("stage", context.stage.as_str()))
                (shell::hidden("teams", &context.teams.to_string()))
                (shell::hidden("framework", context.framework.as_str()))
                (shell::hidden("kinds", &kind(context)))
                (shell::data_table("Who is there", &["Person", "As", "Seniority"], rows))
                (shell::select("Arrangement", "arrangement", arrangements).value(advice.arrangement.as_str()))
                (shell::field("Why another than is advised", "because").help("Needed only where you choose otherwise; it is kept with the charter."))
                @if earlier.iter().any(|c| c.state == "agreed") {
                    (asks)
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
