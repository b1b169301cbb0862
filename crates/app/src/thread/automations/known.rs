//! Whether what a rule names is there: states, people, classes, teams and templates. A rule that names
//! what nobody knows would never be set off, or would stop at its first run.

use super::rules::step;
use crate::db::Conn;
use crate::how::templates;
use crate::how::work_items::{LEVELS, SERVICES};
use crate::kernel::{Error, Id, Result};
use crate::people::products::CATEGORIES;
use crate::people::{members, policies, teams};
use crate::store::{Fields, Words};

/// Refuses a rule that names what is not there, with what is.
pub(super) fn check_known(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    args: &Fields,
    only: &Fields,
    steps: &Words,
) -> Result<()> {
    // The day from which a rhythm counts is called “from” too.
    for arg in ["to", "from"].into_iter().filter(|_| !args.contains_key("every")) {
        if let Some(name) = args.get(arg).filter(|name| name.parse::<crate::kernel::Day>().is_err())
        {
            state(conn, ws, product, "args", name)?;
        }
    }
    one_of("only", "level", only.get("level"), &LEVELS)?;
    one_of("only", "kind of state", only.get("category"), &CATEGORIES)?;
    if let Some(name) = only.get("team")
        && teams::named(conn, ws, name)?.is_none_or(|t| !t.name.eq_ignore_ascii_case(name.trim()))
    {
        return Err(Error::invalid("only", format!("There is no active team “{name}”.")));
    }
    for line in steps.iter() {
        let (verb, rest) = step(line);
        match verb {
            "state" => state(conn, ws, product, "steps", rest)?,
            "assign" | "notify" => person(conn, ws, verb, rest)?,
            "service" => one_of("steps", "class of service", Some(&rest.to_owned()), &SERVICES)?,
            "due" if !rest.parse::<i64>().is_ok_and(|d| (0..=3650).contains(&d)) => {
                let message = format!("“due {rest}”: say in how many days, from 0 to 3650.");
                return Err(Error::invalid("steps", message));
            }
            "create" => template(conn, ws, product, rest)?,
            _ => {}
        }
    }
    Ok(())
}

/// A state of the product or of a team that works on it, or what states mean.
fn state(conn: &mut Conn, ws: i64, product: Id, field: &'static str, name: &str) -> Result<()> {
    if policies::knows_state(conn, ws, product, name)? {
        return Ok(());
    }
    let known = policies::state_names(conn, ws, product)?;
    let message = format!("“{name}” is not a state here. There are: {}.", known.join(", "));
    Err(Error::invalid(field, message))
}

fn person(conn: &mut Conn, ws: i64, verb: &str, who: &str) -> Result<()> {
    let stand_for: &[&str] = match verb {
        "assign" => &["reporter", "assignee", "me", "nobody"],
        _ => &["reporter", "assignee"],
    };
    let known = stand_for.iter().any(|w| w.eq_ignore_ascii_case(who))
        || match who.parse::<Id>() {
            Ok(id) => crate::store::load::<members::Person>(conn, ws, id)?.is_some(),
            Err(_) => members::by_name(conn, ws, who)?.is_some(),
        };
    let message = || {
        format!(
            "“{verb} {who}”: nobody here is called so. Write a whole name, reporter or assignee."
        )
    };
    if known { Ok(()) } else { Err(Error::invalid("steps", message())) }
}

fn template(conn: &mut Conn, ws: i64, product: Id, rest: &str) -> Result<()> {
    let Some((name, _)) = super::act::from_template(rest) else { return Ok(()) };
    if templates::named(conn, ws, product, name)?.is_some() {
        return Ok(());
    }
    Err(Error::invalid("steps", format!("There is no template “{name}” in use.")))
}

fn one_of(field: &'static str, what: &str, given: Option<&String>, words: &[&str]) -> Result<()> {
    let Some(given) = given else { return Ok(()) };
    let word = given.trim().to_lowercase().replace(' ', "-");
    if words.contains(&word.as_str()) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("“{given}” is no {what}. There are: {}.", words.join(", "))))
}
