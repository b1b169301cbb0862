//! Kano surveys: what people answered about each problem, and the page behind a survey's link.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::account::base;
use super::super::{Page, error_page, may_write, once, product, show};
use super::percent;
use crate::kernel::{Access, Error};
use crate::people::products::Product;
use crate::shell::{self, Choice, Facet, Plain, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::forms::{explain, pairs};
use crate::surfaces::session::{Visitor, theme};
use crate::what::survey_answers::{AnswerSurvey, Asked, answer_by_link, asked};
use crate::what::surveys::{FEELINGS, ListSurveys, QuestionView, SurveyView};

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    let address = base(&app, &headers);
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListSurveys { product: product.key.clone() }.run(cx)?;
        let (write, propose) = (may_write(cx), cx.actor.check(Access::Propose).is_ok());
        let back = format!("/p/{}/kano", product.key);
        let main = html! {
            (super::ways(&product, "kano"))
            @if all.is_empty() {
                (shell::empty_state("No survey yet", "How would you feel if refunds took one tap? And if they stayed as they are? The pair of answers tells whether people expect it, wish for it, or do not care.", html! {}))
            }
            @for survey in &all {
                (shell::section(&survey.title, html! {
                    @if survey.state == "closed" { p { (shell::pill("closed")) } }
                    @if let Some(path) = &survey.path {
                        p { "Hand on this link; no sign-in is needed: " (shell::copy(&format!("{address}{path}"))) }
                    }
                    (results(&survey.questions))
                    div.acts {
                        @if propose && survey.state == "open" && !survey.questions.is_empty() { (enter(survey, &back)) }
                        @if write { (asks(survey, &back)) (state(survey, &back)) }
                    }
                }))
            }
        };
        let actions = html! { @if write { (start(&product, &back)) } };
        Ok(Page {
            title: format!("Kano surveys of {}", product.name),
            head: Some(shell::page_head("What", "Kano surveys", html! { "What people expect, wish for, or do not care about" }, actions)),
            product: Some(product),
            active: "priorities",
            facet: Facet::What,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

/// What a category means for the one who chooses.
fn meaning(category: &str) -> (&'static str, Tone) {
    match category {
        "must-be" => ("must be: its absence angers", Tone::Facet),
        "one-dimensional" => ("the more the better", Tone::Good),
        "attractive" => ("delights, and nobody misses it", Tone::Good),
        "indifferent" => ("nobody minds either way", Tone::Plain),
        "reverse" => ("they would rather not", Tone::Bad),
        _ => ("the answers contradict themselves", Tone::Warn),
    }
}

fn results(questions: &[QuestionView]) -> Markup {
    let share = |share: Option<f64>| html! { @match share { Some(share) => (percent(share)), None => "–" } };
    let rows = questions.iter().map(|q| {
        let counts = [q.must_be, q.one_dimensional, q.attractive, q.indifferent, q.reverse, q.questionable];
        let mut cells = vec![
            html! { a href={ "/" (q.opportunity) } data-turbo-frame="peek" { (q.opportunity) } " " (q.title) },
            html! { @match &q.category {
                Some(category) => { @let (words, tone) = meaning(category); (shell::toned(words, tone)) }
                None => span.soft { "no answers yet" },
            } },
            share(q.better),
            share(q.worse),
            html! { (q.answers) },
        ];
        cells.extend(counts.map(|count| html! { (count) }));
        cells
    });
    let headers =
        ["Problem", "It", "#Better", "#Worse", "#Answers", "#M", "#O", "#A", "#I", "#R", "#Q"];
    html! {
        (drawn(questions))
        (shell::data_table("What the answers say", &headers, rows.collect()))
        p.soft { "Better: satisfaction won by solving it. Worse: satisfaction lost by not solving it. M must be, O one-dimensional, A attractive, I indifferent, R reverse, Q questionable." }
    }
}

/// Better against worse, from 0 to 1 each: which problem is which kind, at a glance.
fn drawn(questions: &[QuestionView]) -> Markup {
    let dots: Vec<shell::Dot> = questions
        .iter()
        .filter_map(|q| {
            let (better, worse) = (q.better?, q.worse?.abs());
            Some(shell::Dot {
                name: q.opportunity.clone(),
                href: format!("/{}", q.opportunity),
                words: format!(
                    "{}: better {}, worse {}",
                    q.title,
                    percent(better),
                    percent(-worse)
                ),
                x: [better; 3],
                y: [worse; 3],
            })
        })
        .collect();
    let corners = ["must be", "the more the better", "indifferent", "delights"];
    html! {
        @if !dots.is_empty() {
            (shell::matrix_to("Better: satisfaction won", "Worse: satisfaction lost", corners, &dots, [1.0, 1.0]))
        }
    }
}

fn feelings() -> Vec<Choice> {
    let all = FEELINGS.iter().map(|(word, words)| Choice::new(word, *words));
    std::iter::once(Choice::new("", "–")).chain(all).collect()
}

fn enter(survey: &SurveyView, back: &str) -> Markup {
    shell::menu(
        "Enter somebody’s answers",
        None,
        shell::form(
            "/do/answer-survey",
            html! {
                (once())
                (shell::hidden("survey", &survey.id.to_string()))
                (shell::hidden("_back", back))
                (shell::field("Who answered", "respondent").id(format!("who-{}", survey.id)))
                @for q in &survey.questions {
                    p { b { (q.title) } }
                    (shell::select("If it were solved", &format!("with.{}", q.opportunity), feelings()).id(format!("with-{}-{}", q.opportunity, survey.id)))
                    (shell::select("If it stayed as it is", &format!("without.{}", q.opportunity), feelings()).id(format!("without-{}-{}", q.opportunity, survey.id)))
                }
                (shell::submit("Keep the answers"))
            },
        ),
    )
}

fn asks(survey: &SurveyView, back: &str) -> Markup {
    shell::menu(
        "Ask about one more",
        None,
        shell::form(
            "/do/ask-in-survey",
            html! {
                (shell::hidden("survey", &survey.id.to_string()))
                (shell::hidden("_back", back))
                (shell::field("The key of an opportunity", "about").id(format!("about-{}", survey.id)).help("One that is asked about already gets the new words."))
                (shell::field("How would you feel if it were solved?", "functional").id(format!("functional-{}", survey.id)))
                (shell::field("And if it stayed as it is?", "dysfunctional").id(format!("dysfunctional-{}", survey.id)))
                (shell::submit("Ask"))
            },
        ),
    )
}

fn state(survey: &SurveyView, back: &str) -> Markup {
    let (then, label) =
        if survey.state == "open" { ("closed", "Close it") } else { ("open", "Open it again") };
    shell::post_button(
        &format!("/do/edit-survey?survey={}&state={then}&_back={back}", survey.id),
        label,
        None,
    )
}

fn start(product: &Product, back: &str) -> Markup {
    shell::menu(
        "Start a survey",
        Some("c"),
        shell::form(
            "/do/start-survey",
            html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", back))
                (shell::field("Name", "title").placeholder("What commuters expect, autumn"))
                (shell::textarea("What people read first", "intro").rows(3))
                (shell::field("About opportunities", "about").placeholder("some words of one, or its key").picks("opportunity")
                    .help("Up to 20, with commas between them; the first open ones if left empty."))
                (shell::submit("Start"))
            },
        ),
    )
}

/// The survey as whoever has its link sees it.
pub(super) async fn public(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    match app.db.read(move |conn| asked(conn, &token)).await {
        Ok(found) => questions(&headers, &found, &[], None),
        Err(error) => error_page(&error, theme(&headers)),
    }
}

pub(super) async fn answer(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: String,
) -> Response {
    let sent = pairs(&body);
    let named = |front: &str| -> BTreeMap<String, String> {
        let all = sent.iter().filter_map(|(name, value)| {
            Some((name.strip_prefix(front)?.to_owned(), value.clone()))
        });
        all.collect()
    };
    let respondent = sent
        .iter()
        .find(|(name, _)| name == "respondent")
        .map(|(_, v)| v.clone())
        .unwrap_or_default();
    let given = AnswerSurvey {
        respondent,
        with: named("with."),
        without: named("without."),
        ..Default::default()
    };
    let (now, link) = (app.clock.now(), token.clone());
    let kept = app.db.write(move |tx| answer_by_link(tx, &link, &given, now)).await;
    match kept {
        Ok(_) => {
            let main = html! { h1 { "Thank you" } p { "Your answers are kept. You can close this page." } };
            Plain { theme: theme(&headers), ..Plain::new("Thank you") }.render(main).into_response()
        }
        Err(error @ Error::Invalid { .. }) => {
            match app.db.read(move |conn| asked(conn, &token)).await {
                Ok(found) => questions(&headers, &found, &sent, Some(&error)),
                Err(error) => error_page(&error, theme(&headers)),
            }
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}

fn questions(
    headers: &HeaderMap,
    asked: &Asked,
    sent: &[(String, String)],
    error: Option<&Error>,
) -> Response {
    let given = |name: &str| sent.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let main = html! {
        h1 { (asked.title) }
        @if let Some(error) = error { (explain(error)) }
        @if !asked.intro.is_empty() { p { (asked.intro) } }
        form.form method="post" data-controller="submit-once" {
            @for (key, with, without) in &asked.questions {
                section.part {
                    (feeling(with, &format!("with.{key}"), given(&format!("with.{key}"))))
                    (feeling(without, &format!("without.{key}"), given(&format!("without.{key}"))))
                }
            }
            (shell::field("Your name, or nothing", "respondent").value(given("respondent").unwrap_or_default()).autocomplete("off"))
            (shell::submit("Send the answers"))
        }
    };
    let status = StatusCode::from_u16(error.map_or(200, Error::status)).unwrap_or(StatusCode::OK);
    let page = Plain { theme: theme(headers), wide: true, ..Plain::new(&asked.title) }.render(main);
    (status, page).into_response()
}

/// One question with its five answers.
fn feeling(question: &str, name: &str, given: Option<&str>) -> Markup {
    html! {
        fieldset.feelings {
            legend { (question) }
            @for (word, words) in FEELINGS {
                label { input type="radio" name=(name) value=(word) checked[given == Some(word)]; " " (words) }
            }
        }
    }
}
