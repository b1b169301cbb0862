//! Amounts as people estimate them: one number, or low, likely and high.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_choose::ranking::Range;

use super::methods::CLASSES;
use crate::kernel::{Error, Result};

/// Low, likely and high; all three are the same for what is known exactly.
pub type Range3 = [f64; 3];

/// A range as the simulations take it.
pub fn drawn(range: Range3) -> Option<Range> {
    Range::new(range[0], range[1], range[2])
}

/// An input as people and programs give it: a number, or a text such as `200`, `100..400`,
/// `100 200 400` (low, likely, high), `80 %` or MoSCoW's `must`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(
    untagged,
    expecting = "an input is a number or a text: `200`, `100..400`, or low, likely and high, `100 200 400`"
)]
pub enum Amount {
    Number(f64),
    Text(String),
}

impl Amount {
    /// The range that is meant; none where nothing was written.
    pub(super) fn range(&self, name: &str) -> Result<Option<Range3>> {
        let text = match self {
            Self::Number(number) if number.is_finite() => return Ok(Some([*number; 3])),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        };
        let wrong = || {
            Error::invalid(
                "inputs",
                format!(
                    "“{text}” is no {name}. Write a number (200), a range (100..400), or low, likely and high (100 200 400)."
                ),
            )
        };
        let plain = text.replace('%', " ").replace(['–', '…', ';'], " ").replace("..", " ");
        let mut numbers = Vec::new();
        for part in plain.split_whitespace() {
            let number: f64 = part.replace(',', ".").parse().map_err(|_| wrong())?;
            if !number.is_finite() || number.abs() > 1e12 {
                return Err(wrong());
            }
            numbers.push(number);
        }
        let range = match numbers[..] {
            [] if text.trim().is_empty() => return Ok(None),
            [known] => [known; 3],
            [low, high] => [low, f64::midpoint(low, high), high],
            [low, likely, high] => [low, likely, high],
            _ => return Err(wrong()),
        };
        if range[0] > range[1] || range[1] > range[2] {
            return Err(Error::invalid(
                "inputs",
                format!(
                    "The {name} goes from low to high: {} is above {}.",
                    range[0].max(range[1]),
                    range[1].min(range[2])
                ),
            ));
        }
        Ok(Some(range))
    }
}

/// The inputs kept for one thing and method, by name.
pub type Inputs = BTreeMap<String, Range3>;

/// An input of a method as people write it.
pub fn written(method: &str, name: &str, range: Range3) -> String {
    let [low, likely, high] = range;
    match (method, name) {
        ("moscow", "class") => CLASSES.get(low as usize).copied().unwrap_or_default().to_owned(),
        ("rice", "confidence") => {
            let percent = |share: f64| (share * 10_000.0).round() / 100.0;
            format!("{} %", plain(range.map(percent)))
        }
        _ => plain([low, likely, high]),
    }
}

fn plain([low, likely, high]: Range3) -> String {
    if low == high { low.to_string() } else { format!("{low} {likely} {high}") }
}
