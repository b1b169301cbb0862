//! Custom fields as forms ask for them and as pages show them.

use maud::{Markup, html};

use crate::how::fields::{CustomField, Definitions};
use crate::how::work_items::ItemView;
use crate::kernel::{Day, Result};
use crate::people::members;
use crate::people::products::Product;
use crate::shell::{self, Choice};
use crate::store::{Fields, Reader};

/// How a form sends fields, and what tells its inputs from those of another form of the page.
#[derive(Clone, Copy)]
pub(super) struct Sent {
    /// `fields` sends all of them, `set_fields` single ones.
    pub object: &'static str,
    pub ids: &'static str,
}

/// So many people are offered while one types; any other name can be typed.
const OFFERED: usize = 300;

/// The names of the people whom one can choose.
pub(super) fn people(cx: &mut Reader<'_>, fields: &[&CustomField]) -> Result<Vec<String>> {
    if fields.iter().all(|f| f.kind != "person") {
        return Ok(Vec::new());
    }
    let all = members::all(cx.conn, cx.actor.workspace)?;
    let names = all.into_iter().filter(|p| p.active).map(|p| p.name).take(OFFERED);
    Ok(std::iter::once("me".to_owned()).chain(names).collect())
}

/// The input of one field. What stands there and does not fit stays what it is until it is changed.
pub(super) fn input(
    field: &CustomField,
    value: &str,
    unfit: bool,
    people: &[String],
    sent: Sent,
) -> Markup {
    let name = format!("{}.{}", sent.object, field.name);
    let id = format!("{}-{}", sent.ids, field.id);
    let label =
        if field.asked { format!("{} (asked for)", field.name) } else { field.name.clone() };
    let help = match (unfit, field.help.is_empty()) {
        (true, _) => format!("“{value}” came from elsewhere and does not fit. {}", field.help),
        (false, _) => field.help.clone(),
    };
    let line = || shell::field(&label, &name).id(&id).value(value).help(help.trim());
    let offered = || field.offered().map(|o| Choice::new(&o.name, o.name.clone()));
    let none = || std::iter::once(Choice::new("", "–"));
    // What is not offered any more, or never was, can still be kept.
    let known = field.offered().any(|o| o.name == value) || value.is_empty();
    let kept = (!known).then(|| Choice::new(value, format!("{value} (not offered)")));
    match field.kind.as_str() {
        "long-text" => html! {
            (shell::textarea(&label, &name).id(&id).value(value).rows(3).help(help.trim()))
        },
        "number" if !unfit => html! { (line().kind("number")) },
        "date" if !unfit => html! { (line().kind("date")) },
        "link" if !unfit => html! { (line().kind("url").placeholder("https://")) },
        "yes-no" if !unfit => {
            let choices = none().chain(["yes", "no"].map(|w| Choice::new(w, w))).collect();
            html! { (shell::select(&label, &name, choices).id(&id).value(value).help(help.trim())) }
        }
        "choice" => {
            let choices = none().chain(kept).chain(offered()).collect();
            html! { (shell::select(&label, &name, choices).id(&id).value(value).help(help.trim())) }
        }
        "choices" if !unfit => html! {
            fieldset.field.several {
                legend { (label) }
                (shell::hidden(&name, ""))
                @for (at, option) in field.options.iter().enumerate() {
                    @let chosen = value.split(", ").any(|v| v == option.name);
                    @if chosen || !option.gone {
                        (shell::checkbox(&option.name, &name).value(&option.name).checked(chosen).id(format!("{id}-{at}")))
                    }
                }
                @if !help.trim().is_empty() { p.help { (help.trim()) } }
            }
        },
        "person" => html! { (line().offer(people.to_vec()).autocomplete("off")) },
        "item" => {
            html! { (line().picks("epic story task bug need opportunity").placeholder("PAY-12")) }
        }
        _ => html! { (line()) },
    }
}

/// The inputs of all fields that items of a level have, with what an item says of them.
pub(super) fn inputs(
    cx: &mut Reader<'_>,
    product: &Product,
    level: &str,
    item: Option<&ItemView>,
    sent: Sent,
) -> Result<Markup> {
    let nothing = Fields::default();
    let values = item.map_or(&nothing, |i| &i.fields);
    let unfit = item.map_or(&[][..], |i| &i.unfit_fields);
    with_values(cx, product, level, values, unfit, sent)
}

/// The same with values from wherever they stand.
pub(super) fn with_values(
    cx: &mut Reader<'_>,
    product: &Product,
    level: &str,
    values: &Fields,
    unfit: &[String],
    sent: Sent,
) -> Result<Markup> {
    let known = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
    let wanted: Vec<&CustomField> = known
        .active()
        .filter(|f| level.is_empty() || f.is_for(level) || values.contains_key(&f.name))
        .collect();
    let people = people(cx, &wanted)?;
    Ok(html! {
        @if !wanted.is_empty() {
            div.fields {
                @for field in wanted {
                    @let value = values.get(&field.name).map_or("", String::as_str);
                    (input(field, value, unfit.contains(&field.name), &people, sent))
                }
            }
        }
    })
}

/// A value as a page shows it.
pub(super) fn shown(field: &CustomField, value: &str, unfit: bool) -> Markup {
    html! {
        @if unfit {
            (value) " " (shell::toned("does not fit", shell::Tone::Warn))
        } @else {
            @match field.kind.as_str() {
                "link" => a href=(value) rel="noopener nofollow" { (value.split("://").nth(1).unwrap_or(value)) },
                "item" => a href={ "/" (value) } { (value) },
                "person" => { (shell::avatar(value)) " " (value) },
                "choice" => span.label { (value) },
                "number" => span.points { (value) },
                "date" => (in_words(value)),
                "long-text" => span.long { (value) },
                _ => (value),
            }
        }
    }
}

/// A day as people write it.
fn in_words(value: &str) -> String {
    value.parse::<Day>().map_or_else(|_| value.to_owned(), Day::words)
}

/// A value in a cell that is pressed to change it, so that nothing in it is a link of its own.
pub(super) fn in_cell(field: &CustomField, value: &str, unfit: bool) -> Markup {
    match field.kind.as_str() {
        "link" | "item" | "long-text" if !unfit => html! { span.clipped { (value) } },
        _ => shown(field, value, unfit),
    }
}

/// The fields that a board's card and a list's line show of an item.
pub(super) fn on_card(item: &ItemView) -> Markup {
    html! {
        @for name in &item.card_fields {
            @if let Some(value) = item.fields.get(name) {
                @let words = value.parse::<Day>().map_or_else(|_| value.chars().take(60).collect(), Day::words);
                span.soft.custom title=(name) { (name) ": " (words) }
            }
        }
    }
}
