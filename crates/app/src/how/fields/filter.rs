//! Conditions on custom fields, each served by an index of the rows that items write.

use super::values::{People, fit};
use super::{CustomField, Definitions};
use crate::db::{Conn, Value};
use crate::kernel::{Actor, Day, Error, Id, Result};
use crate::store::Composed;

/// A condition on a field: a text in which `?` stands for each of its values, `$1` for the workspace
/// and `$2` for the product. It is true or false, never unknown.
pub type Wanted = (String, Vec<Value>);

/// Items with a row of a field for which more is true.
fn having(field: Id, more: &str, values: Vec<Value>) -> Wanted {
    let mut all = vec![field.into()];
    all.extend(values);
    let text = format!(
        "id IN (SELECT item_id FROM field_value WHERE field_value.workspace_id = $1 \
         AND field_value.product_id = $2 AND field_value.field_id = ?{more})"
    );
    (text, all)
}

fn sample() -> String {
    let all = [
        having(Id::new(), "", Vec::new()).0,
        having(Id::new(), " AND field_value.text = ?", Vec::new()).0,
        having(Id::new(), " AND field_value.text >= ? AND field_value.text < ?", Vec::new()).0,
        having(Id::new(), " AND field_value.number >= ?", Vec::new()).0,
        having(Id::new(), " AND field_value.number <= ?", Vec::new()).0,
        having(Id::new(), " AND field_value.day >= ?", Vec::new()).0,
        having(Id::new(), " AND field_value.day <= ?", Vec::new()).0,
    ];
    let mut text =
        "SELECT id FROM work_item_now WHERE workspace_id = $1 AND product_id = $2".to_owned();
    let mut next = 3;
    for condition in all {
        text.push_str(" AND ");
        for c in condition.chars() {
            if c == '?' {
                text.push_str(&format!("${next}"));
                next += 1;
            } else {
                text.push(c);
            }
        }
    }
    text
}

inventory::submit! { Composed { name: "fields::CONDITIONS", text: sample } }

/// The condition of what somebody typed: `Impact=High`, `Size>=3`, `Review<2026-04-01`, `Size=3..8`,
/// `Impact=none`, `Impact=any`. Texts are found by how they begin.
pub fn wanted(conn: &mut Conn, actor: &Actor, fields: &Definitions, typed: &str) -> Result<Wanted> {
    let at = typed.find(['=', '<', '>', ':']).unwrap_or(typed.len());
    let (name, rest) = typed.split_at(at);
    let field = fields.named(name).ok_or_else(|| {
        let known: Vec<&str> = fields.active().map(|f| f.name.as_str()).collect();
        let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
        Error::invalid(
            "fields",
            format!("There is no field “{}” here. There are: {known}.", name.trim()),
        )
    })?;
    let text = rest.trim_start_matches([':', '=']).trim();
    match text.to_lowercase().as_str() {
        "" | "any" => return Ok(having(field.id, "", Vec::new())),
        "none" => {
            let (text, values) = having(field.id, "", Vec::new());
            return Ok((format!("NOT ({text})"), values));
        }
        _ => {}
    }
    match field.kind.as_str() {
        "number" | "date" => ordered(conn, actor, field, text),
        "text" | "long-text" | "link" => {
            // By how it begins, so that the index serves it.
            let low: String = text.to_lowercase().chars().take(200).collect();
            let high = format!("{low}\u{10ffff}");
            let more = " AND field_value.text >= ? AND field_value.text < ?";
            Ok(having(field.id, more, vec![low.into(), high.into()]))
        }
        _ => {
            let value = exactly(conn, actor, field, text)?;
            Ok(having(field.id, " AND field_value.text = ?", vec![value.into()]))
        }
    }
}

/// A value as its rows have it; what does not fit is looked for as it was typed.
fn exactly(conn: &mut Conn, actor: &Actor, field: &CustomField, text: &str) -> Result<String> {
    let mut people = People::default();
    if field.kind == "person" && text.trim().eq_ignore_ascii_case("me") {
        return Ok(actor.person.to_string());
    }
    let value = fit(conn, actor.workspace, &mut people, field, text)?;
    Ok(value.unwrap_or_else(|_| text.trim().to_owned()).to_lowercase().chars().take(200).collect())
}

/// A number or a day, compared: `3`, `>=3`, `<3`, `3..8`.
fn ordered(conn: &mut Conn, actor: &Actor, field: &CustomField, text: &str) -> Result<Wanted> {
    let (least, most) = ends(text);
    let (mut more, mut values) = (String::new(), Vec::new());
    for (end, sign) in [(least, ">="), (most, "<=")] {
        let Some((text, step)) = end.filter(|(text, _)| !text.trim().is_empty()) else { continue };
        let mut people = People::default();
        let value = fit(conn, actor.workspace, &mut people, field, text)?
            .map_err(|why| Error::invalid("fields", format!("{}: {why}.", field.name)))?;
        let (column, value): (&str, Value) = if field.kind == "number" {
            ("number", beside(value.parse().unwrap_or_default(), step).into())
        } else {
            let day: Day = value.parse().map_err(Error::internal)?;
            ("day", day.plus_days(step).into())
        };
        more.push_str(&format!(" AND field_value.{column} {sign} ?"));
        values.push(value);
    }
    Ok(having(field.id, &more, values))
}

/// An end of what is asked for, and whether the one beside it is meant.
type End<'t> = Option<(&'t str, i64)>;

fn ends(text: &str) -> (End<'_>, End<'_>) {
    if let Some((from, to)) = text.split_once("..") {
        return (Some((from, 0)), Some((to, 0)));
    }
    for (sign, step) in [(">=", 0), (">", 1)] {
        if let Some(from) = text.strip_prefix(sign) {
            return (Some((from, step)), None);
        }
    }
    for (sign, step) in [("<=", 0), ("<", -1)] {
        if let Some(to) = text.strip_prefix(sign) {
            return (None, Some((to, step)));
        }
    }
    (Some((text, 0)), Some((text, 0)))
}

/// The number itself, or the next one above or below it.
fn beside(number: f64, step: i64) -> f64 {
    match step {
        1 => number.next_up(),
        -1 => number.next_down(),
        _ => number,
    }
}

fn known<'f>(fields: &'f Definitions, name: &str, to: &str) -> Result<&'f CustomField> {
    fields.named(name).ok_or_else(|| {
        let all: Vec<&str> = fields.active().map(|f| f.name.as_str()).collect();
        let all = if all.is_empty() { "none yet".to_owned() } else { all.join(", ") };
        let message = format!("There is no field “{name}” here to {to} by. There are: {all}.");
        Error::invalid("by_field", message)
    })
}

/// What a list is grouped by. A long text is nothing that items have in common.
pub fn grouped_by<'f>(fields: &'f Definitions, name: &str) -> Result<&'f CustomField> {
    let field = known(fields, name, "group")?;
    if field.kind == "long-text" {
        let message = format!("“{}” is long text, which makes no groups.", field.name);
        return Err(Error::invalid("by_field", message));
    }
    Ok(field)
}

/// What a list is sorted by: a field, and the column of its rows. Several of a list have no one place.
pub fn sorted_by(fields: &Definitions, name: &str) -> Result<(Id, &'static str)> {
    let field = known(fields, name, "sort")?;
    match field.kind.as_str() {
        "number" | "choice" => Ok((field.id, "number")),
        "date" => Ok((field.id, "day")),
        "choices" | "person" => Err(Error::invalid(
            "by_field",
            format!("“{}” has no order to sort by. Filter by it instead.", field.name),
        )),
        _ => Ok((field.id, "text")),
    }
}
