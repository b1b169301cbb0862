//! The box that keeps what a user says, from every page.

use axum::http::{HeaderMap, HeaderValue};
use maud::{Markup, html};

use super::hints;
use crate::kernel::Access;
use crate::people::products::Product;
use crate::shell::{self, Choice};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::{cookie, set_cookie};

/// The product that somebody looked at last, where a page belongs to none.
const LAST: &str = "last-product";
const KEPT: i64 = 365 * 86_400;

/// The key of the product that was looked at last.
pub(super) fn last(headers: &HeaderMap) -> Option<String> {
    cookie(headers, LAST).map(str::to_owned)
}

/// Keeps which product a page was of, where it was another one before.
pub(super) fn keep(
    app: &Shared,
    headers: &HeaderMap,
    product: Option<&str>,
) -> Option<HeaderValue> {
    let product = product.filter(|key| cookie(headers, LAST) != Some(key))?;
    Some(set_cookie(app, LAST, product, KEPT))
}

/// The button, and the box that it opens: of the page's product, or of the last one where it has
/// none. Nothing for those who may not add anything.
pub(super) fn note(
    cx: &Reader<'_>,
    of: Option<&Product>,
    visible: &[Product],
    last: Option<&str>,
) -> Option<(Markup, Markup)> {
    cx.actor.check(Access::Propose).ok()?;
    let product = of
        .or_else(|| visible.iter().find(|p| Some(p.key.as_str()) == last))
        .or_else(|| visible.first())?;
    let page = format!("/p/{}/evidence", product.key);
    let button = shell::dialog_link("quick-evidence", &page, "Note", Some("q"));
    Some((button, dialog(product, visible)))
}

fn dialog(product: &Product, visible: &[Product]) -> Markup {
    let choices = visible.iter().map(|p| Choice::new(&p.key, p.name.clone())).collect();
    shell::dialog(
        "quick-evidence",
        "Note what a user said",
        html! {
            (shell::form("/do/record-evidence", html! {
                (shell::hidden("_stay", "1"))
                (shell::textarea("Their words", "verbatim").rows(4).voice().draft("quick-evidence"))
                (hints::while_typing(product, "evidence", ""))
                @if visible.len() > 1 {
                    (shell::select("Product", "product", choices).value(&product.key).id("quick-product"))
                } @else { (shell::hidden("product", &product.key)) }
                (shell::field("Who said it", "source").id("quick-source"))
                (shell::field("Their e-mail address", "email").kind("email").id("quick-email").help("Where an answer goes."))
                (shell::field("Where it stands", "url").kind("url").id("quick-url").help("Words selected on a page are taken over when this opens."))
                (shell::submit("Keep it"))
            }))
        },
    )
}
