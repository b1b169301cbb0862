//! How values of fields are written, kept and read.

use std::collections::{BTreeMap, HashMap};

use super::{CustomField, Definitions};
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::members::{self, Person};
use crate::people::nouns::any_by_key;
use crate::store::{Change, Fields, load};

/// The most characters of one line.
const LINE: usize = 1_000;
/// The most characters of a long text.
const LONG: usize = 50_000;

/// People looked up so far, by what stands for them.
#[derive(Default)]
pub struct People(HashMap<String, Option<(Id, String)>>);

impl People {
    /// The person of an id or a name.
    pub fn find(&mut self, conn: &mut Conn, ws: i64, text: &str) -> Result<Option<(Id, String)>> {
        let text = text.trim();
        if let Some(known) = self.0.get(text) {
            return Ok(known.clone());
        }
        let found: Option<Person> = match text.parse::<Id>() {
            Ok(id) => load::<Person>(conn, ws, id)?,
            Err(_) => members::by_name(conn, ws, text)?,
        };
        let found = found.map(|p| (p.id, p.name));
        self.0.insert(text.to_owned(), found.clone());
        Ok(found)
    }
}

/// A text as a field keeps it, or why it does not fit.
pub type Fit = std::result::Result<String, String>;

/// Reads a text as a field would keep it: leniently, since columns of other tools become fields.
pub fn fit(
    conn: &mut Conn,
    ws: i64,
    people: &mut People,
    field: &CustomField,
    text: &str,
) -> Result<Fit> {
    let text = text.trim();
    Ok(match field.kind.as_str() {
        "number" => number(text),
        "date" => day(text),
        "yes-no" => yes_no(text),
        "choice" => option(field, text),
        "choices" => options(field, text),
        "person" => match people.find(conn, ws, text)? {
            Some((id, _)) => Ok(id.to_string()),
            None => Err(format!("nobody here is called “{text}”")),
        },
        "link" => link(text),
        "item" => key(text),
        "long-text" => within(text, LONG),
        _ => within(&text.split_whitespace().collect::<Vec<_>>().join(" "), LINE),
    })
}

fn within(text: &str, most: usize) -> Fit {
    if text.chars().count() > most {
        return Err(format!("it is longer than {most} characters"));
    }
    Ok(text.to_owned())
}

/// `1,234.5` and `3,5` are numbers too.
fn number(text: &str) -> Fit {
    let plain = match (text.contains(','), text.contains('.')) {
        (true, true) => text.replace(',', ""),
        (true, false) => text.replace(',', "."),
        _ => text.to_owned(),
    };
    let found = plain.replace(['\u{a0}', ' '], "").parse::<f64>().ok().filter(|n| n.is_finite());
    found.map(|n| n.to_string()).ok_or_else(|| format!("“{text}” is not a number"))
}

/// `2026-03-01`, with a time behind it or without, or as Jira writes it: `1/Mar/26`.
fn day(text: &str) -> Fit {
    let iso = text.get(..10).and_then(|t| t.parse::<Day>().ok());
    let jira = || {
        let date = text.split_whitespace().next().unwrap_or_default();
        ["%d/%b/%y", "%d/%b/%Y", "%d.%m.%Y"]
            .iter()
            .find_map(|shape| jiff::civil::Date::strptime(shape, date).ok().map(Day))
    };
    let found = iso.or_else(jira);
    found
        .map(|d| d.to_string())
        .ok_or_else(|| format!("“{text}” is not a day that can be read; write it like 2026-03-01"))
}

fn yes_no(text: &str) -> Fit {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "on" | "1" | "y" => Ok("yes".into()),
        "no" | "false" | "off" | "0" | "n" => Ok("no".into()),
        _ => Err(format!("“{text}” is neither yes nor no")),
    }
}

fn option(field: &CustomField, text: &str) -> Fit {
    let is = |a: &str| a.trim().to_lowercase() == text.trim().to_lowercase();
    let by_name = field.offered().find(|o| is(&o.name));
    let found = by_name.or_else(|| field.options.iter().find(|o| is(&o.value)));
    found.map(|o| o.value.clone()).ok_or_else(|| {
        let known: Vec<&str> = field.offered().map(|o| o.name.as_str()).collect();
        format!("“{text}” is not among its choices: {}", known.join(", "))
    })
}

/// One a line; where that fits none, semicolons or commas separate.
fn options(field: &CustomField, text: &str) -> Fit {
    let parts = |mark: char| text.split(mark).map(str::trim).filter(|p| !p.is_empty());
    let chosen = |all: Vec<&str>| -> Fit {
        let mut values: Vec<String> = Vec::new();
        for one in all {
            let value = option(field, one)?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(values.join("\n"))
    };
    let lines = chosen(parts('\n').collect());
    if lines.is_ok() || text.contains('\n') {
        return lines;
    }
    let by_comma = chosen(parts(',').collect());
    if by_comma.is_ok() { by_comma } else { chosen(parts(';').collect()) }
}

/// An address of the web and nothing else: it is shown as a link.
fn link(text: &str) -> Fit {
    let lower = text.to_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let host = rest.and_then(|r| r.split(['/', '?', '#']).next()).unwrap_or_default();
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if host.is_empty() || host.starts_with(':') || !plain || text.len() > 2_000 {
        return Err(format!("“{text}” is not an address that begins with https:// or http://"));
    }
    Ok(text.to_owned())
}

/// The key of an item.
fn key(text: &str) -> Fit {
    let upper = text.to_uppercase();
    let shape = upper.rsplit_once('-').is_some_and(|(product, number)| {
        !product.is_empty()
            && product.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && number.parse::<u64>().is_ok()
    });
    if shape {
        Ok(upper)
    } else {
        Err(format!("“{text}” is not the key of an item, as PAY-12"))
    }
}

/// A value as people read it.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    pub text: String,
    /// Whether it is what the field takes.
    pub fits: bool,
}

/// How a kept value reads.
pub fn show(
    conn: &mut Conn,
    ws: i64,
    people: &mut People,
    field: &CustomField,
    kept: &str,
) -> Result<Shown> {
    let kept_as = match fit(conn, ws, people, field, kept)? {
        Ok(value) => value,
        Err(_) => return Ok(Shown { text: kept.to_owned(), fits: false }),
    };
    let name = |value: &str| {
        let found = field.options.iter().find(|o| o.value == value);
        found.map_or_else(|| value.to_owned(), |o| o.name.clone())
    };
    let text = match field.kind.as_str() {
        "choice" => name(&kept_as),
        "choices" => kept_as.lines().map(name).collect::<Vec<_>>().join(", "),
        "person" => people.find(conn, ws, &kept_as)?.map_or(kept_as, |(_, name)| name),
        _ => kept_as,
    };
    Ok(Shown { text, fits: true })
}

/// The fields of an item after an edit: `whole` replaces all that are shown, `set` only those it
/// names; an empty text empties one. What is named as it already reads stays as it is kept.
pub fn write(
    cx: &mut Change<'_>,
    product: Id,
    before: &Fields,
    whole: Option<&Fields>,
    set: &Fields,
) -> Result<Fields> {
    if whole.is_none() && set.is_empty() {
        return Ok(before.clone());
    }
    let ws = cx.workspace();
    let fields = Definitions::of(cx.conn(), ws, product)?;
    let mut people = People::default();
    let mut after: BTreeMap<String, String> = match whole {
        // What is retired is shown to nobody, so nobody meant to take it away.
        Some(_) => before
            .iter()
            .filter(|(stored, _)| fields.stored(stored).is_some_and(|f| !f.is_active()))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        None => before.0.clone(),
    };
    for (name, text) in whole.into_iter().flat_map(|all| all.iter()) {
        let field = fields.named(name);
        put(cx, &mut people, before, &mut after, name, field, text)?;
    }
    for (name, text) in set.iter() {
        let field = fields.named(name);
        if field.is_none() && !before.contains_key(name) {
            return Err(unknown(&fields, name));
        }
        put(cx, &mut people, before, &mut after, name, field, text)?;
    }
    if after.len() > 500 {
        return Err(Error::invalid("fields", "An item has up to 500 fields."));
    }
    Ok(Fields(after))
}

fn unknown(fields: &Definitions, name: &str) -> Error {
    let known: Vec<&str> = fields.active().map(|f| f.name.as_str()).collect();
    let message = if known.is_empty() {
        format!("There is no field “{name}” here, and none is defined yet.")
    } else {
        format!("There is no field “{name}” here. There are: {}.", known.join(", "))
    };
    Error::invalid("fields", message)
}

fn put(
    cx: &mut Change<'_>,
    people: &mut People,
    before: &Fields,
    after: &mut BTreeMap<String, String>,
    name: &str,
    field: Option<&CustomField>,
    text: &str,
) -> Result<()> {
    let (ws, actor) = (cx.workspace(), cx.actor.clone());
    let stored = field.map_or(name.trim(), |f| f.stored.as_str()).to_owned();
    let Some(field) = field else {
        if stored.is_empty() || stored.chars().count() > 200 {
            return Err(Error::invalid("fields", "A field's name has 1 to 200 characters."));
        }
        after.insert(stored, text.to_owned());
        return Ok(());
    };
    if text.trim().is_empty() {
        after.remove(&stored);
        return Ok(());
    }
    if let Some(kept) = before.get(&stored)
        && (kept == text || show(cx.conn(), ws, people, field, kept)?.text == text.trim())
    {
        after.insert(stored, kept.clone());
        return Ok(());
    }
    let text = if field.kind == "person" && text.trim().eq_ignore_ascii_case("me") {
        actor.person.to_string()
    } else {
        text.to_owned()
    };
    let value = fit(cx.conn(), ws, people, field, &text)?;
    let value = value.map_err(|why| Error::invalid("fields", format!("{}: {why}.", field.name)))?;
    if field.kind == "item" {
        any_by_key(cx.conn(), &actor, &value, Access::Read).map_err(|e| match e {
            Error::NotFound(_) => {
                Error::invalid("fields", format!("{}: there is no {value}.", field.name))
            }
            other => other,
        })?;
    }
    after.insert(stored, value);
    Ok(())
}

/// The fields of an item as people read them, by the names of today.
#[derive(Clone, Default, Debug)]
pub struct Readable {
    /// Those in use, and what no field is defined for.
    pub used: Fields,
    pub retired: Fields,
    /// Names of fields in use whose value is none that they take.
    pub unfit: Vec<String>,
    /// Names of fields that cards and lines show, in their order.
    pub on_card: Vec<String>,
}

/// Reads the fields of an item.
pub fn readable(
    conn: &mut Conn,
    ws: i64,
    people: &mut People,
    fields: &Definitions,
    kept: &Fields,
) -> Result<Readable> {
    let mut all = Readable::default();
    for (stored, value) in kept.iter() {
        let Some(field) = fields.stored(stored) else {
            all.used.0.insert(stored.clone(), value.clone());
            continue;
        };
        let shown = show(conn, ws, people, field, value)?;
        if !field.is_active() {
            all.retired.0.insert(field.name.clone(), shown.text);
            continue;
        }
        if !shown.fits {
            all.unfit.push(field.name.clone());
        }
        all.used.0.insert(field.name.clone(), shown.text);
    }
    let marked = fields.active().filter(|f| f.on_card && kept.contains_key(&f.stored));
    all.on_card = marked.map(|f| f.name.clone()).collect();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_days_and_links_are_read_as_people_write_them() {
        for (text, kept) in [("3,5", "3.5"), ("1,234.5", "1234.5"), (" 7 ", "7"), ("1 000", "1000")]
        {
            assert_eq!(number(text.trim()), Ok(kept.to_owned()), "{text}");
        }
        for odd in ["many", "", "1.2.3", "inf", "NaN"] {
            assert!(number(odd).is_err(), "{odd}");
        }
        for text in ["2026-03-01", "2026-03-01T10:00:00Z", "1/Mar/26 10:00 AM", "01.03.2026"] {
            assert_eq!(day(text), Ok("2026-03-01".to_owned()), "{text}");
        }
        assert!(day("soon").is_err() && day("2026-13-01").is_err());
        assert!(link("https://example.org/a?b#c").is_ok() && link("http://example.org").is_ok());
        for odd in ["javascript:alert(1)", "ftp://x", "https://", "https:// x", "example.org"] {
            assert!(link(odd).is_err(), "{odd}");
        }
        assert_eq!(key("pay-12"), Ok("PAY-12".to_owned()));
        assert!(key("12").is_err() && key("PAY-x").is_err());
    }
}
