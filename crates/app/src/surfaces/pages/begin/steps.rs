//! The five steps, each with the reason why it is asked. Every answer is kept when it is sent, and
//! each step can be skipped.

use maud::{Markup, html};

use super::super::charters::{answer, choices_of, sentence};
use super::super::{Page, once};
use super::trail;
use crate::guide::onboarding::{Held, Newcomer, Onboarding, PRESETS};
use crate::kernel::Result;
use crate::people::charters::arrangement::Arrangement;
use crate::people::charters::{Framework, ProductKind, Seniority, Stage};
use crate::people::members;
use crate::people::policies::PRESETS as FRAMEWORKS;
use crate::people::products::visible;
use crate::shell::{self, Choice};
use crate::store::Reader;

/// Lines that are offered to be filled beyond those that are.
const BLANK: usize = 4;

pub(super) fn page(cx: &mut Reader<'_>, kept: &Onboarding, at: i64) -> Result<Page> {
    let held = kept.held();
    let (title, why, body) = match at {
        1 => (
            "Which company is it?",
            "Start-ups, scale-ups and large companies need different things: it decides what is offered in all that follows.",
            company(kept),
        ),
        2 => (
            "What do you build?",
            "Everything hangs on a product: what users said, which problem is worth solving, and the work that serves it.",
            product(cx, kept)?,
        ),
        3 => ("Who builds it, and how?", held.preset.teams_because, teams(kept, &held)),
        4 => (
            "Who is there?",
            "Titles are labels. What somebody answers for comes from the charter, and seniority shifts how much of it.",
            people(cx, kept, &held)?,
        ),
        _ => ("Who answers for what", held.preset.because, agreement(kept, &held)),
    };
    let main = html! {
        (trail(at))
        p.soft { (why) }
        (body)
        div.acts {
            @if at > 1 { a.btn href={ "/begin?step=" (at - 1) } { "Back" } }
            @if at < 5 {
                (shell::post_button(&format!("/do/keep-onboarding?step={}&_back=/begin", at + 1), "Skip this", None))
            }
            a.btn href="/" { "Leave it for now" }
        }
    };
    Ok(Page {
        title: "Begin".into(),
        active: "home",
        head: Some(shell::page_head("Begin", title, html! { "Step " (at) " of 5" }, html! {})),
        main,
        ..Page::default()
    })
}

/// A step's form; its answers are kept and the next step comes.
fn step(next: i64, body: Markup) -> Markup {
    shell::form(
        "/do/keep-onboarding",
        html! {
            (once())
            (shell::hidden("step", &next.to_string()))
            (shell::hidden("_back", "/begin"))
            (body)
            (shell::submit("Go on"))
        },
    )
}

fn company(kept: &Onboarding) -> Markup {
    let chosen = kept.held().preset.company;
    let known = !kept.company.is_empty();
    let mut stages = vec![Choice::new("", "As is usual for that company")];
    stages.extend(choices_of(Stage::ALL, |s| (s.as_str(), s.label())));
    step(
        2,
        html! {
            fieldset.choices {
                legend.sr { "The company" }
                @for preset in &PRESETS {
                    @let word = preset.company.as_str();
                    label {
                        input type="radio" name="company" value=(word) checked[known && preset.company == chosen] required;
                        span {
                            b { (preset.name) }
                            span { (preset.fits) "." }
                            span.soft { (preset.because) }
                            span.soft {
                                "Begins with " (preset.teams.len()) @if preset.teams.len() == 1 { " team" } @else { " teams" }
                                ", " (preset.framework.label()) "."
                            }
                        }
                    }
                }
            }
            (shell::select("Where the product is in its life", "stage", stages).value(&kept.stage)
                .help("Before product-market fit, one person close to users learns fastest; later there is more to share."))
        },
    )
}

fn product(cx: &mut Reader<'_>, kept: &Onboarding) -> Result<Markup> {
    let there = visible(cx.conn, cx.actor)?;
    let first = there.first().filter(|_| kept.product_name.is_empty());
    let name = first.map_or(&kept.product_name, |p| &p.name);
    let key = first.map_or(&kept.product_key, |p| &p.key);
    Ok(step(
        3,
        html! {
            @if let Some(first) = first {
                p { b { (first.name) } " is here already, with the key " code { (first.key) } ". Go on with it, or give another name and key to begin with another product." }
            }
            (shell::field("Name", "product_name").value(name).placeholder("Southway Tickets").required().autofocus())
            (shell::field("Key, the front of every item's key", "product_key").value(key).placeholder("RIDE")
                .help("Two to ten letters and digits. Left empty, it is made of the name."))
            fieldset.field {
                legend { "What kind of product is it?" }
                (shell::hidden("kinds", "none"))
                @for kind in ProductKind::ALL {
                    @let on = kept.kinds.iter().any(|k| k == kind.as_str());
                    (shell::checkbox(&sentence(kind.label()), "kinds").value(kind.as_str()).checked(on).id(format!("kind-{}", kind.as_str())))
                }
                p.help { "Each shifts some responsibilities: a platform's developers speak with users, a regulated product's head answers for obligations." }
            }
        },
    ))
}

fn teams(kept: &Onboarding, held: &Held) -> Markup {
    let lines: Vec<String> = held
        .teams
        .iter()
        .map(
            |(name, kind)| {
                if *kind == "stream-aligned" { name.clone() } else { format!("{name}: {kind}") }
            },
        )
        .collect();
    let about = |word: &str| FRAMEWORKS.iter().find(|p| p.name == word).map_or("", |p| p.about);
    let chosen = held.context.framework;
    step(
        4,
        html! {
            (shell::textarea("Teams, one a line", "teams").value(lines.join("\n")).rows(u8::try_from(lines.len().clamp(3, 12)).unwrap_or(6))
                .help("“Platform: platform” or “Coaching: enabling” for another type than stream-aligned. How many there are changes what is advised."))
            fieldset.choices {
                legend { "They work by" }
                @for one in Framework::ALL {
                    label {
                        input type="radio" name="framework" value=(one.as_str()) checked[*one == chosen];
                        span { b { (sentence(one.label())) } span.soft { (about(one.as_str())) "." } }
                    }
                }
            }
            @if kept.framework.is_empty() {
                p.soft { (sentence(held.preset.framework.label())) " is what a " (held.preset.name.to_lowercase()) " begins with here. A team can switch at any time and keeps its items." }
            }
        },
    )
}

fn people(cx: &mut Reader<'_>, kept: &Onboarding, held: &Held) -> Result<Markup> {
    let mut rows: Vec<Newcomer> = kept.people.0.clone();
    if rows.is_empty() {
        let all = members::all(cx.conn, cx.actor.workspace)?;
        let own = all.into_iter().find(|p| p.id == cx.actor.person);
        let (title, seniority) = own.map(|p| (p.title, p.seniority)).unwrap_or_default();
        rows.push(Newcomer { title, seniority, ..Newcomer::default() });
    }
    rows[0].name.clone_from(&cx.actor.name);
    let filled = rows.len();
    rows.resize(filled + BLANK, Newcomer::default());
    let mut levels = vec![Choice::new("", "–")];
    levels.extend(choices_of(Seniority::ALL, |s| (s.as_str(), s.label())));
    let teams: Vec<Choice> =
        held.teams.iter().map(|(name, _)| Choice::new(name, name.clone())).collect();
    let table = rows.iter().enumerate().map(|(at, one)| row(at, one, &levels, &teams)).collect();
    Ok(step(
        5,
        html! {
            (shell::data_table("People", &["Name", "Title", "Seniority", "Team", "E-mail for the invitation"], table))
            datalist id="titles" { @for t in ["Product Manager", "Product Owner", "Head of Product", "Developer", "Designer"] { option value=(t) {} } }
            p.help { "Nobody else yet? Leave the other lines empty: then you answer for all of it, and the charter holds at once. Without an address you get a link to send as you like. More lines come after you have gone on and back." }
        },
    ))
}

fn row(at: usize, one: &Newcomer, levels: &[Choice], teams: &[Choice]) -> Vec<Markup> {
    let place = |field: &str| format!("rows.{at}.{field}");
    let who = if at == 0 { "You".to_owned() } else { format!("Person {}", at + 1) };
    let input = |field: &str,
                 label: &str,
                 value: &str,
                 example: &str,
                 kind: &str,
                 list: Option<&str>| {
        html! {
            input type=(kind) name=(place(field)) value=(value) placeholder=(example) list=[list]
                aria-label={ (who) ", " (label) } autocomplete="off";
        }
    };
    let pick = |field: &str, label: &str, choices: &[Choice], value: &str| {
        html! {
            select name=(place(field)) aria-label={ (who) ", " (label) } {
                @for c in choices { option value=(c.value) selected[c.value == value] { (c.label) } }
            }
        }
    };
    vec![
        html! { @if at == 0 { (one.name) } @else { (input("name", "name", &one.name, "Ana Ruiz", "text", None)) } },
        input(
            "title",
            "title",
            &one.title,
            if at == 0 { "Product Manager" } else { "" },
            "text",
            Some("titles"),
        ),
        pick("seniority", "seniority", levels, &one.seniority),
        pick("team", "team", teams, &one.team),
        html! { @if at > 0 { (input("email", "e-mail", &one.email, "", "email", None)) } @else { span.soft { "you" } } },
    ]
}

fn agreement(kept: &Onboarding, held: &Held) -> Markup {
    let arrangements = choices_of(&Arrangement::ALL, |a| (a.as_str(), a.label()));
    html! {
        (answer(&held.advice))
        (shell::plain_form("/begin", html! {
            (shell::select("Arrangement", "arrangement", arrangements).value(held.arrangement.as_str()))
            (shell::field("Why another than is advised", "because").value(&kept.because)
                .help("Needed only where you choose otherwise; it is kept with the charter."))
            (shell::field("The first thing to be done", "item").value(&kept.item).placeholder("A refund shows when the money arrives"))
            (shell::field("Who needs it, and what for", "need").value(&kept.need).placeholder("Travellers want to know when their money is back")
                .help("Here its why begins. Left empty, it says so itself and asks again in two weeks."))
            (shell::submit("Set it up"))
            p.help { "Makes the product, its teams with their policy, the charter and the first item. What is there already stays as it is." }
        }))
    }
}
