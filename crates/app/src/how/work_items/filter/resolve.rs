//! From a filter as it was typed to conditions: names become ids, and what the product does not know
//! is refused with the nearest word that it does.

use super::super::by_field::ByField;
use super::conditions::{any, column_of, due, has, is, lacks, moment, points, words};
use super::order::{PRIORITY, priority_place};
use super::{Condition, LABEL, not_understood};
use crate::db::{Conn, Value};
use crate::how::fields::{Definitions, grouped_by, sorted_by, wanted};
use crate::how::filters::{Filter, Kind, Problem, Term, field_of, parse};
use crate::how::sprints;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::products::Product;
use crate::people::{members, parts, policies, teams};

/// A filter with its conditions.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub filter: Filter,
    pub conditions: Vec<Condition>,
    /// The field of the product that it is sorted by.
    pub by_field: Option<ByField>,
}

/// What `q` asks of a product's items; refused where it is not understood.
pub fn asked(
    conn: &mut Conn,
    actor: &Actor,
    today: Day,
    product: &Product,
    q: Option<&str>,
) -> Result<Asked> {
    let q = q.unwrap_or_default();
    understood(conn, actor, today, product, q)?.map_err(|problem| not_understood(q, &problem))
}

/// The same for pages, which show what is wrong beside what was typed.
pub fn understood(
    conn: &mut Conn,
    actor: &Actor,
    today: Day,
    product: &Product,
    q: &str,
) -> Result<Result<Asked, Problem>> {
    let filter = match parse(q) {
        Ok(filter) => filter,
        Err(problem) => return Ok(Err(problem)),
    };
    let mut eyes = Eyes { conn, actor, today, product };
    let mut conditions = Vec::new();
    for term in &filter.terms {
        match eyes.term(term) {
            Ok(condition) => conditions.push(condition.turned(term.not)),
            Err(Wrong::Problem(problem)) => return Ok(Err(problem)),
            Err(Wrong::Error(error)) => return Err(error),
        }
    }
    let by_field = match by_field(conn, actor, product, &filter, q)? {
        Ok(by_field) => by_field,
        Err(problem) => return Ok(Err(problem)),
    };
    Ok(Ok(Asked { filter, conditions, by_field }))
}

/// What sorts and groups by fields of the product name; such a field has to be there.
fn by_field(
    conn: &mut Conn,
    actor: &Actor,
    product: &Product,
    filter: &Filter,
    q: &str,
) -> Result<Result<Option<ByField>, Problem>> {
    let sorted = filter.sort.as_ref().and_then(|s| Some((field_of(&s.by)?, s.down)));
    let grouped: Vec<&str> = filter.group.iter().filter_map(|g| field_of(g)).collect();
    if sorted.is_none() && grouped.is_empty() {
        return Ok(Ok(None));
    }
    let defined = Definitions::of(conn, actor.workspace, product.id)?;
    let at = |name: &str| q.rfind(name).map_or(0..q.len(), |from| from..from + name.len());
    let problem = |name: &str, error: Error| match error {
        Error::Invalid { message, .. } => Ok(Problem::new(at(name), message)),
        other => Err(other),
    };
    for name in grouped {
        if let Err(error) = grouped_by(&defined, name) {
            return problem(name, error).map(Err);
        }
    }
    let Some((name, down)) = sorted else { return Ok(Ok(None)) };
    match sorted_by(&defined, name) {
        Ok((field, column)) => Ok(Ok(Some(ByField { field, column, down }))),
        Err(error) => problem(name, error).map(Err),
    }
}

/// Why a term has no condition.
enum Wrong {
    Problem(Problem),
    Error(Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What names are looked up with.
struct Eyes<'c> {
    conn: &'c mut Conn,
    actor: &'c Actor,
    today: Day,
    product: &'c Product,
}

impl Eyes<'_> {
    fn term(&mut self, term: &Term) -> Result<Condition, Wrong> {
        let values = &term.values;
        let texts = || values.iter().map(|v| Value::from(v.to_lowercase())).collect::<Vec<_>>();
        Ok(match (term.field.name, term.field.kind) {
            ("text", _) => words(self.conn.engine(), values.first().map_or("", String::as_str)),
            ("is", _) => any(values.iter().map(|word| is(word, self.today))),
            ("no", _) => any(values.iter().map(|word| lacks(word, self.today))),
            ("has", _) => any(values.iter().map(|word| has(word))),
            ("field", _) => {
                let defined = Definitions::of(self.conn, self.ws(), self.product.id)?;
                let mut all = Vec::new();
                for typed in values {
                    match wanted(self.conn, self.actor, &defined, typed) {
                        Ok((text, values)) => all.push(Condition::new(text, values)),
                        Err(Error::Invalid { message, .. }) => {
                            return Err(Wrong::Problem(Problem::new(term.at.clone(), message)));
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                any(all.into_iter())
            }
            ("label", _) => {
                let marks = vec!["?"; values.len()].join(", ");
                let values = values.iter().map(Value::from).collect();
                Condition::new(format!("{LABEL}IN ({marks}))"), values)
            }
            ("service", _) if values.iter().any(|v| v == "standard") => {
                Condition::new("(service IS NULL OR ", Vec::new())
                    .and(Condition::one_of("service", texts()))
                    .and(Condition::new(")", Vec::new()))
            }
            ("priority", _) => {
                let places = values.iter().map(|v| priority_place(v).into()).collect();
                Condition::new("(", Vec::new())
                    .and(Condition::one_of(PRIORITY, places))
                    .and(Condition::new(" AND ", Vec::new()))
                    .and(Condition::one_of("LOWER(priority)", texts()))
                    .and(Condition::new(")", Vec::new()))
            }
            (column @ ("level" | "service" | "severity"), _) => Condition::one_of(column, texts()),
            (_, Kind::Number) => points(term),
            ("due", _) => due(term, self.today),
            (name, Kind::Day) => moment(column_of(name), term, self.today),
            ("state", _) => {
                let known = policies::state_names(self.conn, self.ws(), self.product.id)?;
                let names = self.each(
                    term,
                    "state",
                    |eyes, typed| {
                        // What is called otherwise since a workflow was changed is meant as well.
                        let (ws, product) = (eyes.ws(), eyes.product.id);
                        let mut all = policies::renamed(eyes.conn, ws, product, typed)?;
                        all.extend(same(&known, typed));
                        Ok((!all.is_empty()).then_some(all))
                    },
                    |_| Ok(known.clone()),
                )?;
                let names = names.into_iter().flatten();
                Condition::one_of("state", names.map(Value::from).collect())
            }
            (name, _) => {
                let ids = self.ids(term, name)?;
                Condition::one_of(column_of(name), ids)
            }
        })
    }

    fn ws(&self) -> i64 {
        self.actor.workspace
    }

    /// What each value of a term names; what names nothing is refused with the nearest of `known`.
    fn each<T>(
        &mut self,
        term: &Term,
        what: &str,
        mut find: impl FnMut(&mut Self, &str) -> Result<Option<T>, Wrong>,
        known: impl Fn(&mut Self) -> Result<Vec<String>, Wrong>,
    ) -> Result<Vec<T>, Wrong> {
        let mut all = Vec::new();
        for typed in &term.values {
            match find(self, typed)? {
                Some(found) => all.push(found),
                None => {
                    let known = known(self)?;
                    let words: Vec<&str> = known.iter().map(String::as_str).collect();
                    let problem = Problem::unknown(term.at.clone(), what, typed, &words);
                    return Err(Wrong::Problem(problem));
                }
            }
        }
        Ok(all)
    }

    fn ids(&mut self, term: &Term, name: &str) -> Result<Vec<Value>, Wrong> {
        let ids = match name {
            "assignee" | "reporter" => self.each(term, "person", Self::person, |eyes| {
                let people = members::all(eyes.conn, eyes.ws())?;
                Ok(people.into_iter().map(|p| p.name).chain(["me".to_owned()]).collect())
            })?,
            "team" => {
                let all = teams::all(self.conn, self.ws())?;
                let named: Vec<(String, Id)> = all.into_iter().map(|t| (t.name, t.id)).collect();
                self.among(term, "team", &named)?
            }
            "part" => {
                let all = parts::of_product(self.conn, self.ws(), self.product.id)?;
                let named: Vec<(String, Id)> = all.into_iter().map(|p| (p.name, p.id)).collect();
                self.among(term, "part", &named)?
            }
            "sprint" => return self.sprints(term),
            _ => self.each(term, "item", Self::item, |_| Ok(Vec::new()))?,
        };
        Ok(ids.into_iter().map(Value::from).collect())
    }

    fn among(&mut self, term: &Term, what: &str, named: &[(String, Id)]) -> Result<Vec<Id>, Wrong> {
        let find = |typed: &str| {
            let id = typed.parse::<Id>().ok();
            let fits = |(name, its): &&(String, Id)| Some(*its) == id || alike(name, typed);
            named.iter().find(fits).map(|(_, id)| *id)
        };
        let known = named.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        self.each(term, what, |_, typed| Ok(find(typed)), |_| Ok(known.clone()))
    }

    fn person(&mut self, typed: &str) -> Result<Option<Id>, Wrong> {
        Ok(someone(self.conn, self.actor, typed)?)
    }

    fn item(&mut self, typed: &str) -> Result<Option<Id>, Wrong> {
        match super::super::by_key(self.conn, self.actor, typed, Access::Read) {
            Ok((item, product)) => Ok((product.id == self.product.id).then_some(item.id)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sprints by name; `current` is what runs now, and where nothing does it matches nothing.
    fn sprints(&mut self, term: &Term) -> Result<Vec<Value>, Wrong> {
        let (ws, product) = (self.ws(), self.product.id);
        let mut ids: Vec<Id> = Vec::new();
        let mut names = term.clone();
        names.values.retain(|v| !v.eq_ignore_ascii_case("current"));
        if names.values.len() < term.values.len() {
            let running = sprints::active(self.conn, ws, product)?;
            ids.extend(running.iter().map(|s| s.id));
        }
        let newest = sprints::newest(self.conn, ws, product)?;
        let known: Vec<String> = newest.iter().map(|s| s.name.clone()).collect();
        ids.extend(self.each(
            &names,
            "sprint",
            |eyes, typed| {
                let found = newest.iter().find(|s| alike(&s.name, typed)).map(|s| s.id);
                Ok(match found {
                    Some(id) => Some(id),
                    None => sprints::named(eyes.conn, ws, product, typed)?.map(|s| s.id),
                })
            },
            |_| Ok(known.iter().cloned().chain(["current".to_owned()]).collect()),
        )?);
        if ids.is_empty() {
            ids.push(Id::new());
        }
        Ok(ids.into_iter().map(Value::from).collect())
    }
}

/// Whom somebody means: by id, by name, by the first words of one name alone, or as `me`.
pub fn someone(conn: &mut Conn, actor: &Actor, typed: &str) -> Result<Option<Id>> {
    if typed.eq_ignore_ascii_case("me") {
        return Ok(Some(actor.person));
    }
    if let Ok(id) = typed.parse::<Id>() {
        return Ok(Some(id));
    }
    if let Some(person) = members::by_name(conn, actor.workspace, typed)? {
        return Ok(Some(person.id));
    }
    let begins = typed.to_lowercase();
    let all = members::all(conn, actor.workspace)?;
    let begin = |p: &&members::Person| {
        let name = p.name.to_lowercase();
        name == begins || name.strip_prefix(&begins).is_some_and(|rest| rest.starts_with(' '))
    };
    let fits: Vec<&members::Person> = all.iter().filter(begin).collect();
    // Whoever has left is meant where nobody who is here could be.
    let here: Vec<&members::Person> = fits.iter().copied().filter(|p| p.active).collect();
    Ok(match if here.is_empty() { fits } else { here }.as_slice() {
        [one] => Some(one.id),
        _ => None,
    })
}

fn alike(name: &str, typed: &str) -> bool {
    name.to_lowercase() == typed.to_lowercase()
}

/// The name as it is written, whatever letters were typed large.
fn same(known: &[String], typed: &str) -> Option<String> {
    let exact = known.iter().find(|name| *name == typed);
    exact.or_else(|| known.iter().find(|name| alike(name, typed))).cloned()
}
