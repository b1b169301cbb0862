//! What changed in words: values as people read them, what is referred to by its name.

use serde_json::Value as Json;

use super::{Raw, Told};
use crate::db::Conn;
use crate::how::work_items::Names;
use crate::kernel::{Day, Id, Result, cut};

/// Columns that say nothing to people: places in orders, what follows from others, and what an import
/// keeps for itself.
const UNTOLD: [&str; 6] = ["rank", "category", "fields", "staged_by", "choices", "report"];

/// Characters of a text that are told; `changes` has all of it.
const LONGEST: usize = 2_000;

/// The fields that each change is told by, in the order of the rows.
pub(super) fn told(
    conn: &mut Conn,
    ws: i64,
    names: &mut Names,
    rows: &[Raw],
) -> Result<Vec<Vec<Told>>> {
    let all: Vec<Vec<(&str, &Json)>> = rows.iter().map(changed).collect();
    let sides = |pair: &Json| [id(&pair[0]), id(&pair[1])];
    let ids = all.iter().flatten().filter(|(field, _)| field.ends_with("_id"));
    let ids =
        ids.flat_map(|(field, pair)| sides(pair).into_iter().flatten().map(move |id| (*field, id)));
    let known = names.referred(conn, ws, ids)?;
    let words = |field: &str, value: &Json| match (field.ends_with("_id"), value) {
        (_, Json::Null) => Some(String::new()),
        (true, value) => known.get(&id(value)?).cloned(),
        (false, Json::String(text)) => Some(match text.parse::<Day>() {
            Ok(day) => day.words(),
            Err(_) => cut(text, LONGEST).into_owned(),
        }),
        (false, Json::Array(several)) => {
            let several: Option<Vec<&str>> = several.iter().map(Json::as_str).collect();
            several.map(|several| several.join(", "))
        }
        (false, Json::Bool(yes)) => Some(if *yes { "yes" } else { "no" }.into()),
        (false, value) => value.as_f64().map(|n| n.to_string()),
    };
    let tell = |(field, pair): &(&str, &Json)| {
        let (was, is) = (words(field, &pair[0]), words(field, &pair[1]));
        let (was, is) = was.zip(is).unzip();
        let field = if *field == "body" { "text" } else { field.trim_end_matches("_id") };
        Told { field: field.replace('_', " "), was, is }
    };
    Ok(all.iter().map(|fields| fields.iter().map(tell).collect()).collect())
}

/// The fields of a change that people are told of.
fn changed(row: &Raw) -> Vec<(&str, &Json)> {
    let told = |field: &str| !field.ends_with("_at") && !UNTOLD.contains(&field);
    let changes = row.event.changes.iter().map(|(field, pair)| (field.as_str(), pair));
    changes.filter(|(field, _)| row.event.effect == "changed" && told(field)).collect()
}

fn id(value: &Json) -> Option<Id> {
    value.as_str()?.parse().ok()
}
