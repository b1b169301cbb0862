//! One charter: its matrix, who signed, what nobody answers for, what changed since the one before.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::compared::{Two, compared};
use super::matrix::matrix;
use super::{listed, names, sentence, state};
use crate::guide::fit::CheckCharterFit;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::charters::{
    ChangedLetter, CharterVersion, CharterView, CompareCharters, GetCharter, ListCharterVersions,
    ListOverrides, Override,
};
use crate::people::members;
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::pages::{Page, show};
use crate::surfaces::session::Visitor;

pub(super) async fn charter(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Params(two): Params<Two>,
) -> Response {
    show(&app, visitor, &headers, move |cx| page(cx, &id, &two)).await
}

fn page(cx: &mut Reader<'_>, id: &str, two: &Two) -> Result<Page> {
    let id: Id = id.parse().map_err(|_| Error::NotFound("charter"))?;
    let charter = GetCharter { charter: id }.run(cx)?;
    let write = cx.actor.check(Access::Write).is_ok();
    let draft = charter.state == "draft";
    let changes = CompareCharters { charter: id }.run(cx)?;
    let versions = ListCharterVersions { charter: id }.run(cx)?;
    let overrides = match charter.state.as_str() {
        "agreed" => ListOverrides { charter: id }.run(cx)?,
        _ => Vec::new(),
    };
    let main = html! {
        (warnings(cx, &charter)?)
        (reasons(&charter))
        @if charter.number > 1 { (changed(&charter, &versions, &changes)) }
        (matrix(&charter, draft && write))
        @if draft && write { (who(cx, &charter)?) }
        (compared(cx, &charter, two)?)
        (all_versions(&charter, &versions))
        @if charter.state == "agreed" { (overridden(&overrides)) }
    };
    let meta = html! {
        (state(&charter.state))
        span { (sentence(charter.arrangement.label())) }
        @if let Some(day) = charter.agreed_on { span { "agreed " (shell::day_tag(day)) } }
        @if let Some(day) = charter.superseded_on { span { "superseded " (shell::day_tag(day)) } }
        @if let Some(day) = charter.review_on { span { "review " (shell::day_tag(day)) } }
    };
    let small = format!("Charter {} of this {}", charter.number, charter.scope);
    Ok(Page {
        title: format!("Charter, {}", charter.scope_name),
        active: "charters",
        above: vec![Crumb::to("/charters", "Charters")],
        head: Some(shell::page_head(&small, &charter.scope_name, meta, acts(cx, &charter, write))),
        main,
        wide: true,
        ..Page::default()
    })
}

/// The scope of a charter as the other pages take it.
fn query(charter: &CharterView) -> String {
    let mut pairs = Vec::new();
    pairs.extend(charter.product.as_ref().map(|key| ("product", key.clone())));
    if charter.scope == "part" {
        pairs.extend(charter.part.map(|id| ("part", id.to_string())));
    }
    pairs.extend(charter.team.map(|id| ("team", id.to_string())));
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

fn acts(cx: &Reader<'_>, charter: &CharterView, write: bool) -> Markup {
    let (id, here) = (charter.id, format!("/charters/{}", charter.id));
    let mine = charter.people.iter().any(|p| p.id == cx.actor.person && p.signed);
    html! {
        @if write && charter.state == "draft" {
            @if !mine { (shell::post_button(&format!("/do/sign-charter?charter={id}&_back={here}"), "Sign", None)) }
            @else { span.soft { "You have signed" } }
            (shell::post_button(&format!("/do/discard-charter?charter={id}&_back=/charters"), "Discard the draft", None))
        }
        @if write && charter.state == "agreed" {
            a.btn href={ "/handovers?" (query(charter)) } { "Hand over" }
            (shell::post_button(&format!("/do/revise-charter?charter={id}&_back=/charters/{{id}}"), "Revise", None))
        }
        a.btn href={ "/arrangement?" (query(charter)) } { "Why this arrangement" }
        a.btn href="/responsibilities" { "Responsibilities" }
    }
}

fn warnings(cx: &mut Reader<'_>, charter: &CharterView) -> Result<Markup> {
    let unowned: Vec<String> =
        charter.rows.iter().filter(|r| r.unowned).map(|r| r.name.clone()).collect();
    let contested: Vec<String> = charter
        .rows
        .iter()
        .filter_map(|r| r.contested.as_ref().map(|c| format!("{}: {c}", r.name)))
        .collect();
    let moved = no_longer_fits(cx, charter)?;
    let today = cx.now.day();
    let due = charter.review_on.filter(|day| charter.state == "agreed" && *day <= today);
    Ok(html! {
        @if let Some(day) = due {
            (shell::notice(Tone::Warn, html! {
                b { "It was to be looked at again on " (day.words()) ". " }
                "Revise it from how it stands today, together with those who signed; if nothing has to change, sign it as it is."
            }))
        }
        @if !charter.waiting.is_empty() {
            (shell::notice(Tone::Plain, html! { "It holds when all have signed. It waits for " (names(&charter.waiting)) "." }))
        }
        (moved)
        @for (one, other) in &charter.twins {
            (shell::notice(Tone::Plain, html! {
                b { "One role, two names. " } (one) " and " (other) " answer for the same here, whatever their titles say."
            }))
        }
        (listed("Nobody answers for:", &unowned))
        (listed("Two charters name somebody for:", &contested))
    })
}

/// What has changed since the charter was made, and whether it changes the advice.
fn no_longer_fits(cx: &mut Reader<'_>, charter: &CharterView) -> Result<Markup> {
    if charter.state != "agreed" {
        return Ok(html! {});
    }
    let fit = CheckCharterFit { charter: charter.id }.run(cx)?;
    if fit.fits {
        return Ok(html! {});
    }
    let told = sentence(&fit.changed.join("; "));
    let look = html! { a href={ "/arrangement?" (query(charter)) } { "See what is advised now" } };
    Ok(html! {
        @if fit.advice_changed {
            (shell::notice(Tone::Warn, html! {
                b { "The charter may no longer fit. " } (told) ": that calls for " (fit.advice.arrangement.label()) ". " (look)
            }))
        } @else {
            (shell::notice(Tone::Plain, html! {
                b { "The charter may no longer fit. " } (told) ". The arrangement is still the advised one; look whether everybody is in it who should be. " (look)
            }))
        }
    })
}

fn reasons(charter: &CharterView) -> Markup {
    let followed = charter.advice.arrangement == charter.arrangement;
    html! {
        p { (charter.arrangement.meaning()) }
        @if followed {
            p.soft { (charter.advice.reasons.join(" ")) }
        } @else {
            (shell::notice(Tone::Plain, html! {
                "Advised was: " (charter.advice.arrangement.label()) ". Chosen otherwise, because: “" (charter.because) "”"
            }))
        }
    }
}

/// Who is in a draft, and who else could be.
fn who(cx: &mut Reader<'_>, charter: &CharterView) -> Result<Markup> {
    let (id, here) = (charter.id.to_string(), format!("/charters/{}", charter.id));
    let others: Vec<Choice> = members::all(cx.conn, cx.actor.workspace)?
        .iter()
        .filter(|p| p.active && charter.people.iter().all(|c| c.id != p.id))
        .map(|p| Choice::new(p.id, p.name.clone()))
        .collect();
    Ok(html! {
        div.acts {
            @if !others.is_empty() {
                (shell::menu("Add somebody", Some("a"), shell::form("/do/add-to-charter", html! {
                    (shell::hidden("charter", &id)) (shell::hidden("_back", &here))
                    (shell::select("Person", "person", others))
                    (shell::submit("Add"))
                })))
            }
            (shell::menu("Take somebody out", None, html! {
                @for p in &charter.people {
                    (shell::post_button(&format!("/do/remove-from-charter?charter={id}&person={}&_back={here}", p.id), &p.name, None))
                }
            }))
            (shell::menu("Review date", None, shell::form("/do/edit-charter", html! {
                (shell::hidden("charter", &id)) (shell::hidden("_back", &here))
                (shell::field("Look at it again on", "review_on").kind("date")
                    .value(charter.review_on.map(|d| d.to_string()).unwrap_or_default()).required())
                (shell::submit("Keep"))
            })))
        }
    })
}

/// What differs from the charter that was agreed before: the arrangement, then letter by letter.
fn changed(
    charter: &CharterView,
    versions: &[CharterVersion],
    changes: &[ChangedLetter],
) -> Markup {
    let before = versions.iter().find(|v| v.number < charter.number && v.state != "draft");
    let turned = before.filter(|b| b.arrangement != charter.arrangement);
    let letter = |l: Option<crate::people::charters::Letter>| l.map_or("–", |l| l.short());
    let rows = changes
        .iter()
        .map(|c| {
            vec![
                html! { (c.responsibility) " " (c.name) },
                html! { (c.person_name) },
                html! { del { (letter(c.was)) } " → " ins { (letter(c.is)) } },
            ]
        })
        .collect();
    html! {
        @if let Some(before) = turned {
            p { "The arrangement was “" (before.arrangement.label()) "” and is “" (charter.arrangement.label()) "”." }
        }
        @if changes.is_empty() { p.soft { "No letter differs from the charter before." } }
        @else { (shell::data_table("What differs from the charter before", &["Responsibility", "Person", "Letter"], rows)) }
    }
}

/// The charters that its scope has had, each to be opened.
fn all_versions(charter: &CharterView, versions: &[CharterVersion]) -> Markup {
    let rows = versions
        .iter()
        .map(|v| {
            vec![
                html! {
                    @if v.id == charter.id { b { "Charter " (v.number) } }
                    @else { a href={ "/charters/" (v.id) } { "Charter " (v.number) } }
                },
                state(&v.state),
                html! { (sentence(v.arrangement.label())) },
                html! { @match v.agreed_on { Some(day) => (shell::day_tag(day)), None => "–" } },
                html! { @match v.superseded_on { Some(day) => (shell::day_tag(day)), None => "–" } },
            ]
        })
        .collect();
    html! {
        @if versions.len() > 1 {
            (shell::data_table("All charters here", &["Charter", "State", "Arrangement", "Holds from", "Until"], rows))
        }
    }
}

fn overridden(overrides: &[Override]) -> Markup {
    let rows = overrides
        .iter()
        .map(|o| {
            vec![
                shell::day_tag(o.day),
                html! { (o.person_name) },
                html! { (o.responsibility) " " (o.name) },
                html! { @if let Some(reason) = &o.reason { (reason) } @else { span.soft { "none given" } } },
                html! { (o.times) },
            ]
        })
        .collect();
    html! {
        @if !overrides.is_empty() {
            (shell::data_table(
                "Done by others than those who answer, in the last 90 days",
                &["Day", "Who", "What", "Why", "#Times"],
                rows,
            ))
        }
    }
}
