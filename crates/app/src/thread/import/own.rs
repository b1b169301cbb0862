//! What rows of an export get here of their own, and what stands here already in their place.

use serde_json::Value as Json;

use super::nouns::{Known, Row, word};
use super::plan::Plan;
use crate::kernel::{Id, Result, rank};
use crate::people::mail::check_address;
use crate::statements;
use crate::store::Change;
use crate::why::evidence::Verbatim;

statements! {
    LAST_OPPORTUNITY = "SELECT rank FROM opportunity WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    LAST_PLACE = "SELECT rank FROM placement WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    LAST_PAGE = "SELECT rank FROM page WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    SAME_THEME = "SELECT id FROM theme WHERE workspace_id = $1 AND product_id = $2 AND name = $3 AND gone_at IS NULL";
    SAME_SEGMENT = "SELECT id FROM segment WHERE workspace_id = $1 AND product_id = $2 AND name = $3 AND gone_at IS NULL";
    SAME_COMPANY = "SELECT id FROM company WHERE workspace_id = $1 AND product_id = $2 AND name = $3 AND gone_at IS NULL";
    SAME_TEXT = "SELECT id FROM strategy_text WHERE workspace_id = $1 AND product_id = $2 AND kind = $3 AND number = $4";
    SAME_PART = "SELECT id FROM part WHERE workspace_id = $1 AND product_id = $2 AND name = $3 AND gone_at IS NULL";
    SAME_SPRINT = "SELECT id FROM sprint WHERE workspace_id = $1 AND product_id = $2 AND name = $3 AND gone_at IS NULL";
    SAME_FIELD = "SELECT id FROM custom_field WHERE workspace_id = $1 AND product_id = $2 AND (LOWER(name) = LOWER($3) OR stored = $3) AND gone_at IS NULL";
    OF_ITEM = "SELECT id FROM epic WHERE workspace_id = $1 AND item_id = $2 AND gone_at IS NULL";
    OF_SPRINT = "SELECT id FROM iteration_report WHERE workspace_id = $1 AND sprint_id = $2 AND gone_at IS NULL";
}

/// What an export leaves out because it is of the database, and what is a place in an order.
pub(super) fn settle_own(
    cx: &mut Change<'_>,
    plan: &Plan,
    kind: &str,
    id: Id,
    made: &mut Row,
) -> Result<()> {
    let (ws, product) = (cx.workspace(), plan.product.id);
    made.insert("id".into(), id.to_string().into());
    made.insert("product_id".into(), product.to_string().into());
    made.insert("revision".into(), 1.into());
    made.insert("valid_from".into(), cx.now.to_string().into());
    made.insert("gone_at".into(), Json::Null);
    let last = match kind {
        "opportunity" => Some(&LAST_OPPORTUNITY),
        "placement" => Some(&LAST_PLACE),
        "page" => Some(&LAST_PAGE),
        _ => None,
    };
    if let Some(sql) = last {
        let last: Option<String> =
            cx.conn().query_opt(sql, &[ws.into(), product.into()], |r| r.get(0))?;
        made.insert("rank".into(), rank::between(last.as_deref(), None)?.into());
    }
    if kind == "evidence" {
        let said = crate::new_row!(
            cx,
            Verbatim {
                text: word(made, "verbatim").unwrap_or_default().to_owned(),
                source: word(made, "source").unwrap_or_default().to_owned(),
                email: check_address(word(made, "email").unwrap_or_default()).unwrap_or_default(),
            }
        );
        cx.insert(&said)?;
        // What was exported before these were kept has none of them.
        for name in ["reliability", "answered_how"] {
            made.entry(name).or_insert_with(|| "".into());
        }
        made.insert("verbatim_id".into(), said.id.to_string().into());
    }
    if kind == "custom_field" {
        // Items have their values under the name that the field has in the file.
        let name = word(made, "name").unwrap_or_default().to_owned();
        made.insert("stored".into(), name.into());
    }
    if kind == "saved_view" {
        // A team of elsewhere is none of here: the view is whose import it is, for all to see.
        made.insert("owner_id".into(), cx.actor.person.to_string().into());
        made.insert("team_id".into(), Json::Null);
        made.insert("shared".into(), "product".into());
    }
    Ok(())
}

/// What stands here by the same name, where there can be only one.
pub(super) fn same(
    cx: &mut Change<'_>,
    known: &Known,
    product: Id,
    kind: &str,
    row: &Row,
) -> Result<Option<Id>> {
    let ws = cx.workspace();
    let name = word(row, "name").unwrap_or_default().to_owned();
    let sql = match kind {
        "theme" => &SAME_THEME,
        "segment" => &SAME_SEGMENT,
        "company" => &SAME_COMPANY,
        "part" => &SAME_PART,
        "sprint" => &SAME_SPRINT,
        "custom_field" => &SAME_FIELD,
        "epic" | "iteration_report" => {
            let (of, sql) = match kind {
                "epic" => ("item_id", &OF_ITEM),
                _ => ("sprint_id", &OF_SPRINT),
            };
            let Some(one) = word(row, of).and_then(|id| known.id(id)) else { return Ok(None) };
            return cx.conn().query_opt(sql, &[ws.into(), one.into()], |r| r.get(0));
        }
        "strategy_text" => {
            let number = row.get("number").and_then(Json::as_i64).unwrap_or_default();
            let of = word(row, "kind").unwrap_or_default().to_owned();
            let values = [ws.into(), product.into(), of.into(), number.into()];
            return cx.conn().query_opt(&SAME_TEXT, &values, |r| r.get(0));
        }
        _ => return Ok(None),
    };
    cx.conn().query_opt(sql, &[ws.into(), product.into(), name.into()], |r| r.get(0))
}
