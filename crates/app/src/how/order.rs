//! Why something stands where it stands in the order: said of opportunities and epics alike.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::epics;
use super::work_items::WorkItem;
use crate::kernel::{Access, Error, Result};
use crate::people::nouns::{any_by_key, by_key};
use crate::people::products::check_text;
use crate::store::{Action, Change, Meta, Record};
use crate::what::opportunities::Opportunity;

/// Say why an opportunity or an epic stands where it stands, although a score puts it elsewhere.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExplainOrder {
    /// The key of the opportunity or epic.
    pub key: String,
    /// An empty text takes back what was said.
    pub because: String,
}

/// Why it stands there.
#[derive(Serialize, JsonSchema, Debug)]
pub struct OrderReason {
    pub key: String,
    pub because: String,
}

impl Action for ExplainOrder {
    type Output = OrderReason;
    const META: Meta = Meta::action(
        "explain-order",
        "Say why an opportunity or an epic stands where it stands, although a score puts it elsewhere",
        "POST",
        "/opportunities/{key}/order-reason",
    )
    .exercises(&[15, 33]);

    fn run(&self, cx: &mut Change<'_>) -> Result<OrderReason> {
        let actor = cx.actor.clone();
        let because = check_text("because", self.because.trim())?;
        let found = any_by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        if found.kind == Opportunity::KIND {
            cx.exercised = Some(vec![15]);
            let (before, _) = by_key::<Opportunity>(cx.conn(), &actor, &self.key, Access::Write)?;
            let mut after = before.clone();
            after.rank_reason.clone_from(&because);
            cx.update(&before, &mut after)?;
        } else if found.kind == WorkItem::KIND {
            cx.exercised = Some(vec![33]);
            let epic = epics::find(cx, &self.key)?;
            epics::explain(cx, &epic, &because)?;
        } else {
            let message = format!("{} is neither an opportunity nor an epic.", found.key);
            return Err(Error::invalid("key", message));
        }
        Ok(OrderReason { key: found.key, because })
    }
}
