//! Choosing which problem first: scores and their ranking.

mod inputs;
mod priorities;

use axum::Router;
use axum::routing::get;

use crate::surfaces::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/p/{product}/priorities", get(priorities::page))
}

/// A number as people read it: thousands apart, at most two digits behind the point.
fn figure(number: f64) -> String {
    let digits = match number.abs() {
        n if n >= 100.0 => 0,
        n if n >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{number:.digits$}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |rest| ("−", rest));
    let mut apart = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    if part.is_empty() { format!("{sign}{apart}") } else { format!("{sign}{apart}.{part}") }
}

/// A share as a whole percentage.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_are_short() {
        let told = [1_234_567.4, 800.0, 12.34, 1.5, 0.256, -3.0, 0.0].map(figure);
        assert_eq!(told, ["1,234,567", "800", "12.3", "1.5", "0.26", "−3", "0"]);
    }
}
