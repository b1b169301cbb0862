//! What a business need is worth: estimated first, in detail, and seen after launch, each with its
//! assumptions. Append-only: a better number is a further one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::metrics::check_unit;
use super::needs::Need;
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::{by_key, one_of};
use crate::people::products::check_text;
use crate::store::{Action, Change, Indexed, Meta, Query, Reader};
use crate::{new_row, record, selects};

record! {
    /// What a need was said to be worth on a day.
    pub struct Valuation in "valuation", versioned: false {
        pub product_id: Id,
        pub need_id: Id,
        /// One of [`MOMENTS`].
        pub moment: String,
        pub low: f64,
        pub high: f64,
        /// A currency or another unit, as `EUR a year`.
        pub unit: String,
        pub assumptions: String,
        pub valued_on: Day,
        pub author_id: Option<Id>,
    }
}

impl Indexed for Valuation {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

/// The three moments at which a need is valued.
pub const MOMENTS: [&str; 3] = ["first", "detailed", "after"];

selects! {
    OF_NEED: Valuation = "valuation", "need_id = $2 ORDER BY id DESC LIMIT 100";
}

/// One valuation as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq)]
pub struct ValuationView {
    pub moment: String,
    pub low: f64,
    pub high: f64,
    pub unit: String,
    pub assumptions: String,
    pub valued_on: Day,
}

impl From<&Valuation> for ValuationView {
    fn from(v: &Valuation) -> Self {
        Self {
            moment: v.moment.clone(),
            low: v.low,
            high: v.high,
            unit: v.unit.clone(),
            assumptions: v.assumptions.clone(),
            valued_on: v.valued_on,
        }
    }
}

/// The value of a need at the three moments, and all that was ever said of it.
#[derive(Clone, Serialize, JsonSchema, Debug, Default, PartialEq)]
pub struct Values {
    pub first: Option<ValuationView>,
    pub detailed: Option<ValuationView>,
    /// As it came out after launch.
    pub after: Option<ValuationView>,
    /// The middle of what came out as a share of the middle of what was expected last, where both
    /// are in one unit.
    pub came_to: Option<f64>,
    /// Newest first.
    pub all: Vec<ValuationView>,
}

impl Values {
    fn of(rows: &[Valuation]) -> Self {
        let at = |moment: &str| rows.iter().find(|v| v.moment == moment).map(Into::into);
        let (first, detailed, after) = (at(MOMENTS[0]), at(MOMENTS[1]), at(MOMENTS[2]));
        let mut values = Self {
            first,
            detailed,
            after,
            came_to: None,
            all: rows.iter().map(Into::into).collect(),
        };
        values.came_to = values.share();
        values
    }

    fn share(&self) -> Option<f64> {
        let (after, before) =
            (self.after.as_ref()?, self.detailed.as_ref().or(self.first.as_ref())?);
        let middle = |v: &ValuationView| f64::midpoint(v.low, v.high);
        let same = after.unit.eq_ignore_ascii_case(&before.unit);
        (same && middle(before) != 0.0).then(|| middle(after) / middle(before))
    }
}

/// What a need is worth, at each moment the newest that was said.
pub fn values_of(conn: &mut Conn, ws: i64, need: Id) -> Result<Values> {
    Ok(Values::of(&OF_NEED.all(conn, ws, &[need.into()])?))
}

/// Value a business need or an obligation: first, in detail, or as it came out after launch.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ValueNeed {
    pub key: String,
    /// `first`, `detailed` or `after` launch.
    pub moment: String,
    pub low: f64,
    /// The same as low if left out.
    pub high: Option<f64>,
    /// A currency or another unit, as `EUR a year`; as before if left out.
    pub unit: Option<String>,
    /// What has to hold for it; after launch, what it was measured by.
    pub assumptions: String,
}

impl Action for ValueNeed {
    type Output = Values;
    const META: Meta = Meta::action(
        "value-need",
        "Value a business need: first, in detail, or as it came out after launch",
        "POST",
        "/needs/{key}/values",
    )
    .exercises(&[5]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Values> {
        let actor = cx.actor.clone();
        let (need, _) = by_key::<Need>(cx.conn(), &actor, &self.key, Access::Write)?;
        if need.kind == "user" {
            return Err(Error::invalid(
                "key",
                "A users' need has a measure. Value the business need that is served with it.",
            ));
        }
        let moment = one_of("moment", Some(&self.moment), "", &MOMENTS)?;
        let high = self.high.unwrap_or(self.low);
        if !self.low.is_finite() || !high.is_finite() || high < self.low {
            return Err(Error::invalid(
                "high",
                "The high end is a number, and not below the low one.",
            ));
        }
        let before = values_of(cx.conn(), actor.workspace, need.id)?;
        let last = before.all.first().map(|v| v.unit.clone());
        let given = self.unit.as_deref().map(check_unit).transpose()?.filter(|u| !u.is_empty());
        let unit = given.or(last).ok_or_else(|| {
            Error::invalid("unit", "Say in what: EUR a year, hours a week, complaints.")
        })?;
        let assumptions = check_text("assumptions", self.assumptions.trim())?;
        if assumptions.is_empty() {
            return Err(Error::invalid(
                "assumptions",
                "Say what has to hold for it: the number is worth what its assumptions are.",
            ));
        }
        cx.insert(&new_row!(
            cx,
            Valuation {
                product_id: need.product_id,
                need_id: need.id,
                moment: moment,
                low: self.low,
                high: high,
                unit: unit,
                assumptions: assumptions,
                valued_on: cx.happened.day(),
                author_id: Some(actor.person),
            }
        ))?;
        values_of(cx.conn(), actor.workspace, need.id)
    }
}

/// Show what a need is worth at the three moments.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListValues {
    pub key: String,
}

impl Query for ListValues {
    type Output = Values;
    const META: Meta = Meta::query(
        "list-values",
        "Show what a need is worth at the three moments",
        "/needs/{key}/values",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Values> {
        let (need, _) = by_key::<Need>(cx.conn, cx.actor, &self.key, Access::Read)?;
        values_of(cx.conn, cx.actor.workspace, need.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(moment: &str, low: f64, high: f64, unit: &str) -> ValuationView {
        ValuationView {
            moment: moment.into(),
            low,
            high,
            unit: unit.into(),
            assumptions: String::new(),
            valued_on: "2026-03-01".parse().unwrap(),
        }
    }

    #[test]
    fn what_came_out_is_compared_with_the_last_expectation_in_the_same_unit() {
        let mut values =
            Values { after: Some(view("after", 60.0, 60.0, "eur")), ..Values::default() };
        assert_eq!(values.share(), None);
        values.first = Some(view("first", 100.0, 300.0, "EUR"));
        assert_eq!(values.share(), Some(0.3));
        values.detailed = Some(view("detailed", 100.0, 140.0, "EUR"));
        assert_eq!(values.share(), Some(0.5));
        values.detailed = Some(view("detailed", 100.0, 140.0, "hours"));
        assert_eq!(values.share(), None, "other units are not compared");
    }
}
