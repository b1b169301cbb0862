//! What fits this quarter: a capacity, the best set under it, and what was left out and why.

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, may_write, product, show};
use super::{figure, percent};
use crate::kernel::{Error, Result};
use crate::people::products::Product;
use crate::shell::{self, Choice, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::forms::pairs;
use crate::surfaces::session::Visitor;
use crate::thread::fits::{Fits, GetFits};
use crate::what::methods;
use crate::what::ranking::THINGS;

/// The methods that know a value and an effort.
const WITH_EFFORT: [&str; 5] = ["value-effort", "rice", "wsjf", "cd3", "own"];

/// What was asked, as it stands in the address.
struct Asked {
    capacity: String,
    method: String,
    of: String,
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Asked {
    fn read(query: Option<&str>) -> Self {
        let all = query.map(pairs).unwrap_or_default();
        let many = |name: &str| -> Vec<String> {
            all.iter()
                .filter(|(k, v)| k == name && !v.is_empty())
                .map(|(_, v)| v.clone())
                .take(200)
                .collect()
        };
        let one = |name: &str, usual: &str| many(name).pop().unwrap_or_else(|| usual.to_owned());
        Self {
            capacity: one("capacity", ""),
            method: one("method", ""),
            of: one("of", THINGS[0]),
            include: many("include"),
            exclude: many("exclude"),
        }
    }

    /// The address with one key kept in, left out, or open again.
    fn address(&self, product: &str, key: &str, then: &str) -> String {
        let mut all =
            vec![("capacity", self.capacity.as_str()), ("method", &self.method), ("of", &self.of)];
        let kept = |list: &'_ [String]| -> Vec<String> {
            list.iter().filter(|k| *k != key).cloned().collect()
        };
        let (mut include, mut exclude) = (kept(&self.include), kept(&self.exclude));
        match then {
            "include" => include.push(key.to_owned()),
            "exclude" => exclude.push(key.to_owned()),
            _ => {}
        }
        all.extend(include.iter().map(|k| ("include", k.as_str())));
        all.extend(exclude.iter().map(|k| ("exclude", k.as_str())));
        format!("/p/{product}/fits?{}", serde_urlencoded::to_string(all).unwrap_or_default())
    }
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let mut asked = Asked::read(query.as_deref());
        if asked.method.is_empty() {
            super::usual(cx, &product, &asked.of, &WITH_EFFORT)?.clone_into(&mut asked.method);
        }
        let main = html! { (super::ways(&product, "fits")) (question(&product, &asked)) (answer(cx, &product, &asked)?) };
        Ok(Page {
            title: format!("What fits in {}", product.name),
            head: Some(shell::page_head("What", "What fits", html! { "The most value that a quarter’s effort can hold, with all that it needs" }, html! {})),
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

fn question(product: &Product, asked: &Asked) -> Markup {
    let methods = WITH_EFFORT.iter().map(|word| Choice::new(word, methods::name(word))).collect();
    let of = THINGS.iter().map(|word| Choice::new(word, *word)).collect();
    html! {
        form.filters method="get" action={ "/p/" (product.key) "/fits" } {
            (shell::field("There is effort for", "capacity").kind("number").value(&asked.capacity).required())
            (shell::select("Value and effort by", "method", methods).value(&asked.method))
            (shell::select("Of the", "of", of).value(&asked.of))
            @for key in &asked.include { (shell::hidden("include", key)) }
            @for key in &asked.exclude { (shell::hidden("exclude", key)) }
            div { button.btn.go { "Choose" } }
        }
    }
}

fn answer(cx: &mut Reader<'_>, product: &Product, asked: &Asked) -> Result<Markup> {
    if asked.capacity.trim().is_empty() {
        return Ok(shell::empty_state(
            "How much can be done?",
            "40 person-weeks this quarter. The same unit as the efforts that you estimated.",
            html! {},
        ));
    }
    let Ok(capacity) = asked.capacity.trim().replace(',', ".").parse() else {
        return Ok(shell::notice(
            Tone::Bad,
            html! { "“" (asked.capacity) "” is no number. Write how much effort there is, as 40." },
        ));
    };
    let query = GetFits {
        product: product.key.clone(),
        capacity,
        method: Some(asked.method.clone()),
        of: Some(asked.of.clone()),
        include: asked.include.clone(),
        exclude: asked.exclude.clone(),
    };
    let fits = match query.run(cx) {
        Ok(fits) => fits,
        Err(error @ (Error::Invalid { .. } | Error::Refused(_))) => {
            return Ok(shell::notice(Tone::Bad, html! { (error.to_string()) }));
        }
        Err(error) => return Err(error),
    };
    let write = may_write(cx);
    Ok(html! {
        (summary(&fits))
        @if fits.chosen.is_empty() && fits.left_out.is_empty() {
            (shell::empty_state("Nothing has a value and an effort yet", "Estimate both for a few of them, then come back.", html! {
                a.btn.go href={ "/p/" (product.key) "/priorities?method=" (fits.method) "&of=" (asked.of) } { "Estimate" }
            }))
        }
        @if !fits.chosen.is_empty() { (chosen(product, asked, &fits, write)) }
        @if !fits.left_out.is_empty() { (left_out(product, asked, &fits)) }
        @if !fits.unscored.is_empty() {
            (shell::section("Not estimated, so not considered", html! {
                p { @for one in &fits.unscored { a href={ "/" (one.key) } { (one.key) } " " (one.title) ". " } }
                a.btn href={ "/p/" (product.key) "/priorities?method=" (fits.method) "&of=" (asked.of) } { "Estimate them" }
            }))
        }
    })
}

fn summary(fits: &Fits) -> Markup {
    let share = (fits.effort / fits.capacity * 100.0).clamp(0.0, 100.0) as u8;
    html! {
        (shell::stats(html! {
            (shell::stat("Chosen", &fits.chosen.len().to_string(), &format!("of {}", fits.chosen.len() + fits.left_out.len())))
            (shell::stat("Value", &figure(fits.value), ""))
            (shell::stat("Effort", &figure(fits.effort), &format!("of {}", figure(fits.capacity))))
        }))
        (shell::meter(share, &format!("{share} % of the capacity")))
        @if fits.optimal {
            p { (shell::toned("proven best", Tone::Good)) " No other set within this capacity is worth more by these estimates." }
        } @else {
            p { (shell::toned("best found", Tone::Warn)) " The best possible is worth at most " (percent(fits.gap)) " more." }
        }
    }
}

fn chosen(product: &Product, asked: &Asked, fits: &Fits, write: bool) -> Markup {
    let rows = fits.chosen.iter().map(|one| {
        let kept = asked.include.contains(&one.key);
        vec![
            html! { a href={ "/" (one.key) } data-turbo-frame="peek" { (one.key) } " " (one.title)
            @if kept { " " (shell::pill("kept in")) } },
            html! { (figure(one.value)) },
            html! { (figure(one.effort)) },
            html! { (one.needs.join(", ")) },
            html! {
                @if kept { a href=(asked.address(&product.key, &one.key, "")) { "Need not be in" } }
                @else { a href=(asked.address(&product.key, &one.key, "exclude")) { "Without it" } }
            },
        ]
    });
    let because = format!(
        "Chosen for a capacity of {} by {}",
        figure(fits.capacity),
        methods::name(&fits.method)
    );
    part(html! {
        (shell::data_table("What fits", &["Item", "#Value", "#Effort", "Needs", "What if"], rows.collect()))
        @if write {
            (shell::form("/do/place-many", html! {
                @for one in &fits.chosen { (shell::hidden("items", &one.key)) }
                (shell::hidden("_back", &format!("/p/{}/roadmap", product.key)))
                (shell::select("Place all of them on the roadmap as", "horizon", vec![Choice::new("now", "now"), Choice::new("next", "next")]))
                (shell::field("Because", "because").value(because))
                (shell::submit("Place on the roadmap"))
            }))
        }
    })
}

fn left_out(product: &Product, asked: &Asked, fits: &Fits) -> Markup {
    let rows = fits.left_out.iter().map(|one| {
        let out = asked.exclude.contains(&one.key);
        vec![
            html! { a href={ "/" (one.key) } data-turbo-frame="peek" { (one.key) } " " (one.title) },
            html! { (figure(one.value)) },
            html! { (figure(one.effort)) },
            html! { (one.because) },
            html! {
                @if out { a href=(asked.address(&product.key, &one.key, "")) { "Let it compete" } }
                @else { a href=(asked.address(&product.key, &one.key, "include")) { "With it" } }
            },
        ]
    });
    let headers = ["Item", "#Value", "#Effort", "Why not", "What if"];
    part(shell::data_table("Left out", &headers, rows.collect()))
}

/// A part of the page that its table's caption names.
fn part(body: Markup) -> Markup {
    html! { section.part { (body) } }
}
