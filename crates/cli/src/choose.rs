//! What fits: the best set of candidates under a capacity, from a file.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;
use serde_json::json;
use wherefore_choose::nrp::Instance;
use wherefore_choose::{Candidate, Limits, Lock, Mistake, Plan, plan};

#[derive(Args)]
pub struct Choose {
    /// Candidates as JSON, as CSV (key, value, effort, needs, lock) or as a next release instance.
    file: PathBuf,
    /// How much effort there is. JSON may carry it itself.
    #[arg(long)]
    capacity: Option<f64>,
    /// Or the share of all effort that there is, rounded down.
    #[arg(long, conflicts_with = "capacity")]
    share: Option<f64>,
    /// Stop after so many seconds with the best found.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Print the choice as JSON.
    #[arg(long)]
    json: bool,
}

/// The JSON form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    capacity: Option<f64>,
    candidates: Vec<Row>,
    /// Customers bring their value once all that they want is done.
    #[serde(default)]
    customers: Vec<Customer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    key: String,
    #[serde(default)]
    value: f64,
    effort: f64,
    #[serde(default)]
    needs: Vec<String>,
    /// `in` where it is promised, `out` where it is not to be.
    #[serde(default)]
    lock: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    name: String,
    value: f64,
    wants: Vec<String>,
}

/// Candidates with their names; customers come last.
struct Pool {
    names: Vec<String>,
    candidates: Vec<Candidate>,
    customers: usize,
    capacity: Option<f64>,
}

impl Choose {
    pub fn run(self) -> anyhow::Result<()> {
        let pool = read(&self.file)?;
        let all: f64 = pool.candidates.iter().map(|candidate| candidate.effort).sum();
        let share = self.share.map(|share| (share * all + 1e-9).floor());
        let Some(capacity) = self.capacity.or(share).or(pool.capacity) else {
            bail!("Say how much effort there is, with --capacity or --share.");
        };
        if !(self.seconds >= 0.0 && self.seconds <= 86_400.0) {
            bail!("--seconds takes a number from 0 to 86400.");
        }
        let limits = Limits {
            time: Some(Duration::from_secs_f64(self.seconds)),
            nodes: u64::MAX,
            ..Limits::default()
        };
        let plan = plan(&pool.candidates, capacity, &limits)
            .map_err(|mistake| anyhow::anyhow!(in_words(&mistake, &pool)))?;
        let mut out = std::io::stdout();
        if self.json {
            let text = serde_json::to_string_pretty(&as_json(&plan, &pool, capacity))?;
            writeln!(out, "{text}")?;
        } else {
            write!(out, "{}", told(&plan, &pool, capacity))?;
        }
        Ok(())
    }
}

/// The chosen names: candidates, then customers.
fn chosen<'a>(plan: &Plan, pool: &'a Pool) -> (Vec<&'a str>, Vec<&'a str>) {
    let first_customer = pool.candidates.len() - pool.customers;
    let name = |position: &usize| pool.names[*position].as_str();
    let (candidates, customers): (Vec<usize>, Vec<usize>) =
        plan.chosen.iter().partition(|position| **position < first_customer);
    (candidates.iter().map(name).collect(), customers.iter().map(name).collect())
}

fn as_json(plan: &Plan, pool: &Pool, capacity: f64) -> serde_json::Value {
    let (candidates, customers) = chosen(plan, pool);
    json!({
        "chosen": candidates,
        "customers": customers,
        "value": plan.value,
        "effort": plan.effort,
        "capacity": capacity,
        "bound": plan.bound,
        "gap": plan.gap,
        "optimal": plan.optimal,
        "nodes": plan.nodes,
    })
}

fn told(plan: &Plan, pool: &Pool, capacity: f64) -> String {
    let (candidates, customers) = chosen(plan, pool);
    let mut text = String::new();
    candidates.iter().for_each(|name| text.push_str(&format!("{name}\n")));
    if !customers.is_empty() {
        text.push_str(&format!("for {}\n", customers.join(", ")));
    }
    text.push_str(&format!(
        "Value {} for effort {} of {capacity}. ",
        rounded(plan.value),
        rounded(plan.effort)
    ));
    text.push_str(&if plan.optimal {
        "No choice that fits is worth more.\n".to_owned()
    } else {
        format!(
            "The best choice is worth {} at most, {:.2} % more.\n",
            rounded(plan.bound),
            (plan.bound / plan.value.max(f64::MIN_POSITIVE) - 1.0) * 100.0
        )
    });
    text
}

fn rounded(amount: f64) -> f64 {
    (amount * 1000.0).round() / 1000.0
}

/// A mistake with names in place of positions.
fn in_words(mistake: &Mistake, pool: &Pool) -> String {
    let name = |position: &usize| &pool.names[*position];
    match mistake {
        Mistake::Negative { item: Some(item) } => {
            format!("{} has a value or an effort below zero.", name(item))
        }
        Mistake::Contradiction { item, need } => {
            format!("{} must be in, but it needs {}, which must be out.", name(item), name(need))
        }
        Mistake::PromisedTooMuch { effort, capacity } => format!(
            "What must be in takes {} with all it needs; the capacity is {}.",
            *effort as f64 / 1000.0,
            *capacity as f64 / 1000.0
        ),
        other => format!("The problem cannot be posed: {other}."),
    }
}

/// Reads any of the three forms: JSON begins with a brace, an instance with a number.
fn read(file: &Path) -> anyhow::Result<Pool> {
    let cannot = || format!("{} cannot be read", file.display());
    let bytes = std::fs::read(file).with_context(cannot)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let pool = match text.chars().next() {
        Some('{') => from_json(text),
        Some(first) if first.is_ascii_digit() => from_instance(text),
        Some(_) => from_csv(text),
        None => bail!("{} is empty.", file.display()),
    };
    pool.with_context(cannot)
}

fn from_json(text: &str) -> anyhow::Result<Pool> {
    let request: Request = serde_json::from_str(text)?;
    let mut pool = pool(request.candidates)?;
    let places = places(&pool.names)?;
    for customer in request.customers {
        let needs = find(&places, &customer.name, &customer.wants)?;
        pool.names.push(customer.name);
        pool.candidates.push(Candidate {
            value: customer.value,
            effort: 0.0,
            needs,
            lock: Lock::Free,
        });
        pool.customers += 1;
    }
    pool.capacity = request.capacity;
    Ok(pool)
}

fn from_csv(text: &str) -> anyhow::Result<Pool> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heads = reader.headers()?.clone();
    let column = |name: &str| heads.iter().position(|head| head.trim().eq_ignore_ascii_case(name));
    let key = column("key").context("there is no column “key”")?;
    let value = column("value").context("there is no column “value”")?;
    let effort = column("effort").context("there is no column “effort”")?;
    let (needs, lock) = (column("needs"), column("lock"));
    let mut rows = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record?;
        let cell = |column: usize| record.get(column).unwrap_or_default().trim();
        let number = |column: usize| -> anyhow::Result<f64> {
            let cell = cell(column);
            cell.parse().with_context(|| format!("“{cell}” in row {} is no number", row + 2))
        };
        let needs = needs.map(cell).unwrap_or_default();
        rows.push(Row {
            key: cell(key).to_owned(),
            value: number(value)?,
            effort: number(effort)?,
            needs: needs
                .split([';', ',', ' '])
                .filter(|need| !need.is_empty())
                .map(str::to_owned)
                .collect(),
            lock: lock.map(cell).unwrap_or_default().to_owned(),
        });
    }
    pool(rows)
}

fn from_instance(text: &str) -> anyhow::Result<Pool> {
    let instance = Instance::read(text)?;
    let names = (1..=instance.requirements)
        .map(|requirement| format!("requirement {requirement}"))
        .chain((1..=instance.customers).map(|customer| format!("customer {customer}")))
        .collect();
    let candidates = instance
        .items
        .into_iter()
        .map(|item| Candidate {
            value: item.value as f64,
            effort: item.effort as f64,
            needs: item.needs,
            lock: Lock::Free,
        })
        .collect();
    Ok(Pool { names, candidates, customers: instance.customers, capacity: None })
}

fn pool(rows: Vec<Row>) -> anyhow::Result<Pool> {
    let names: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
    let places = places(&names)?;
    let mut candidates = Vec::with_capacity(rows.len());
    for row in rows {
        let lock = match row.lock.to_lowercase().as_str() {
            "" | "free" => Lock::Free,
            "in" => Lock::In,
            "out" => Lock::Out,
            other => bail!("“{other}” of {} is no lock; there are in and out", row.key),
        };
        let needs = find(&places, &row.key, &row.needs)?;
        candidates.push(Candidate { value: row.value, effort: row.effort, needs, lock });
    }
    Ok(Pool { names, candidates, customers: 0, capacity: None })
}

fn places(names: &[String]) -> anyhow::Result<HashMap<String, usize>> {
    let mut places = HashMap::new();
    for (position, name) in names.iter().enumerate() {
        if places.insert(name.clone(), position).is_some() {
            bail!("{name} is there twice");
        }
    }
    Ok(places)
}

fn find(
    places: &HashMap<String, usize>,
    who: &str,
    names: &[String],
) -> anyhow::Result<Vec<usize>> {
    let find = |name: &String| {
        places.get(name).copied().with_context(|| format!("{who} needs {name}, which is not there"))
    };
    names.iter().map(find).collect()
}
