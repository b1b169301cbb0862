//! Forecasts from a file of dates or weekly counts, without a data folder or a server.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};
use wherefore_forecast::flow::{self, Item};
use wherefore_forecast::{
    Day, HowMany, LEVELS, Refusal, Settings, Throughput, When, Work, how_many, when_done,
};

#[derive(Args)]
pub struct Forecast {
    /// A CSV file: a row per item with the days it was created and resolved (and started, if known), or a row per week with the number of items done.
    file: PathBuf,
    /// When will so many items be done? If left out, those in the file that are not.
    #[arg(long)]
    items: Option<u32>,
    /// How many will be done by this day, and how likely is it that all are?
    #[arg(long)]
    by: Option<Date>,
    /// The day from which to look ahead; today if left out.
    #[arg(long)]
    today: Option<Date>,
    /// Let the scope grow as it did in the last twelve weeks.
    #[arg(long)]
    growth: bool,
    /// The same seed gives the same forecast.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the forecast as JSON.
    #[arg(long)]
    json: bool,
}

/// What a file holds.
enum History {
    Items(Vec<Item>),
    Weeks(Vec<u32>),
}

/// What was asked, computed.
struct Answer {
    items: Option<u32>,
    when: Option<When>,
    by: Option<(Date, HowMany, Option<f64>)>,
    flow: Value,
}

impl Forecast {
    pub fn run(self) -> anyhow::Result<()> {
        let today = self.today.unwrap_or_else(|| jiff::ZonedDateTime::now().date());
        let history = read(&self.file)?;
        let answer = self.answer(&history, today)?;
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&as_json(&answer, today))?)?;
        } else {
            write!(out, "{}", in_words(&answer, today))?;
        }
        Ok(())
    }

    fn answer(&self, history: &History, today: Date) -> anyhow::Result<Answer> {
        let now = day(today);
        let (throughput, mut work, flow) = match history {
            History::Weeks(weeks) => {
                ensure!(!self.growth, "Counts by week do not tell how the scope grew.");
                (Throughput::from_weeks(weeks.clone()), Work::items(0), Value::Null)
            }
            History::Items(items) => {
                let throughput = flow::throughput(items, now);
                (throughput, work_left(items, now, self.growth), flow_figures(items, now))
            }
        };
        if let Some(items) = self.items {
            work.items = items;
            // The file tells nothing about which of other items are in progress.
            work.ages.clear();
        }
        ensure!(
            work.items > 0 || self.by.is_some(),
            "Nothing in the file is left to do. Say how many items are with --items, or give a day \
             with --by."
        );
        let settings = Settings { seed: self.seed, ..Settings::default() };
        let refused = |refusal| self.refused(refusal, history);
        let when = match work.items {
            0 => None,
            _ => Some(when_done(&throughput, &work, &settings).map_err(refused)?),
        };
        let by = match self.by {
            None => None,
            Some(by) => {
                let weeks = f64::from(day(by) - now) / 7.0;
                ensure!(weeks > 0.0, "{by} is not after {today}, from which to look ahead.");
                let many = how_many(&throughput, weeks, &settings).map_err(refused)?;
                Some((by, many, when.as_ref().map(|when| when.chance_within(weeks))))
            }
        };
        Ok(Answer { items: (work.items > 0).then_some(work.items), when, by, flow })
    }

    /// An old file is the usual reason: its last day is named.
    fn refused(&self, refusal: Refusal, history: &History) -> anyhow::Error {
        let last = match history {
            History::Items(items) if self.today.is_none() => {
                items.iter().filter_map(|item| item.finished).max()
            }
            _ => None,
        };
        match last.and_then(date) {
            Some(last) => anyhow::anyhow!(
                "{refusal} The last item was done on {last}; --today {last} looks ahead from there."
            ),
            None => anyhow::anyhow!("{refusal}"),
        }
    }
}

/// The items left, how old those in progress are, and how the scope grew.
fn work_left(items: &[Item], now: Day, growth: bool) -> Work {
    let begun = items.iter().filter(|item| item.created < now);
    let left = begun.filter(|item| item.finished.is_none_or(|finished| finished >= now)).count();
    let created: Vec<Day> = items.iter().map(|item| item.created).collect();
    let created = Throughput::from_days(&created, now);
    let added = created.weeks()[created.weeks().len().saturating_sub(12)..].to_vec();
    let started: Vec<Item> = items.iter().filter(|item| item.started.is_some()).copied().collect();
    let cycle_times: Vec<f64> = flow::cycle_times(&started).into_iter().map(f64::from).collect();
    let ages = if cycle_times.len() < wherefore_forecast::LEAST_CYCLE_TIMES {
        Vec::new()
    } else {
        flow::ages(&started, now - 1).into_iter().map(f64::from).collect()
    };
    Work {
        items: u32::try_from(left).unwrap_or(u32::MAX),
        added: if growth { added } else { Vec::new() },
        ages,
        cycle_times,
    }
}

/// Work in progress, age and cycle time, where the file tells when items were started.
fn flow_figures(items: &[Item], now: Day) -> Value {
    let started: Vec<Item> = items.iter().filter(|item| item.started.is_some()).copied().collect();
    if started.is_empty() {
        return Value::Null;
    }
    let yesterday = now - 1;
    let law = flow::littles_law(&started, yesterday - 83, yesterday);
    json!({
        "wip": flow::work_in_progress(&started, yesterday),
        "oldest_age_days": flow::ages(&started, yesterday).into_iter().max(),
        "cycle_time_p50_days": flow::cycle_time_percentile(&started, 0.5),
        "cycle_time_p85_days": flow::cycle_time_percentile(&started, 0.85),
        "littles_law": law.map(|law| json!({
            "wip": law.wip,
            "throughput_per_day": law.throughput,
            "cycle_time_measured": law.measured,
            "cycle_time_expected": law.expected,
        })),
    })
}

fn as_json(answer: &Answer, today: Date) -> Value {
    let named = |values: [Value; 4]| {
        let names = ["p50", "p70", "p85", "p95"].map(str::to_owned);
        Value::Object(names.into_iter().zip(values).collect())
    };
    let past = answer.when.as_ref().map(|when| &when.past);
    let past = past.or(answer.by.as_ref().map(|(_, many, _)| &many.past));
    let (checked, held) = past.map(wherefore_forecast::BackTest::held).unwrap_or_default();
    json!({
        "today": today.to_string(),
        "items": answer.items,
        "weeks": answer.when.as_ref().map(|when| named(when.weeks.map(|weeks| json!(weeks)))),
        "dates": answer.when.as_ref().map(|when| {
            named(when.weeks.map(|weeks| json!(after(today, weeks).map(|day| day.to_string()))))
        }),
        "by": answer.by.as_ref().map(|(by, ..)| by.to_string()),
        "at_least": answer.by.as_ref().map(|(_, many, _)| named(many.at_least.map(|n| json!(n)))),
        "chance": answer.by.as_ref().and_then(|(_, _, chance)| *chance),
        "past": past.map(|past| json!({
            "items": past.items,
            "forecasts": checked,
            "held": named(held.map(|held| json!(held))),
            "sentence": past.sentence(),
        })),
        "assumptions": assumptions(answer),
        "flow": answer.flow,
    })
}

fn assumptions(answer: &Answer) -> &[String] {
    match (&answer.when, &answer.by) {
        (Some(when), _) => &when.assumptions,
        (None, Some((_, many, _))) => &many.assumptions,
        (None, None) => &[],
    }
}

fn in_words(answer: &Answer, today: Date) -> String {
    let mut text = String::new();
    if let (Some(items), Some(when)) = (answer.items, &answer.when) {
        text.push_str(&format!("{items} items will be done\n"));
        for (level, weeks) in LEVELS.into_iter().zip(when.weeks) {
            let end = match (weeks, after(today, weeks)) {
                (Some(1), Some(day)) => format!("by {day} (1 week)"),
                (Some(weeks), Some(day)) => format!("by {day} ({weeks} weeks)"),
                _ => "later than ten years from now".to_owned(),
            };
            text.push_str(&format!("  with {:.0} % confidence {end}\n", level * 100.0));
        }
    }
    if let Some((by, many, chance)) = &answer.by {
        if let Some(chance) = chance {
            text.push_str(&format!("All done by {by}: {:.0} %\n", chance * 100.0));
        }
        text.push_str(&format!("By {by} will be done\n"));
        for (level, count) in LEVELS.into_iter().zip(many.at_least) {
            text.push_str(&format!(
                "  with {:.0} % confidence at least {count} items\n",
                level * 100.0
            ));
        }
    }
    let past = answer.when.as_ref().map(|when| &when.past);
    if let Some(past) = past.or(answer.by.as_ref().map(|(_, many, _)| &many.past)) {
        text.push_str(&format!("{}\n", past.sentence()));
    }
    if let (Some(wip), Some(expected)) =
        (answer.flow["wip"].as_u64(), answer.flow["cycle_time_p85_days"].as_u64())
    {
        text.push_str(&format!(
            "{wip} items are in progress; 85 % of the finished ones took at most {expected} days.\n"
        ));
    }
    text.push_str("This takes for granted:\n");
    assumptions(answer).iter().for_each(|said| text.push_str(&format!("- {said}\n")));
    text
}

/// The last day of that week, if it has one.
fn after(today: Date, weeks: Option<u32>) -> Option<Date> {
    today.checked_add(jiff::Span::new().weeks(i64::from(weeks?))).ok()
}

fn day(date: Date) -> Day {
    let hours = date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours();
    i32::try_from(hours / 24).unwrap_or(Day::MAX)
}

fn date(day: Day) -> Option<Date> {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(day))).ok()
}

/// Reads a file of items or of counts, told apart by the names of its columns.
fn read(file: &Path) -> anyhow::Result<History> {
    let cannot = || format!("{} cannot be read", file.display());
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_path(file)?;
    let rows: Vec<csv::StringRecord> =
        reader.records().collect::<Result<_, _>>().with_context(cannot)?;
    let Some(heads) = rows.first() else { bail!("{} is empty.", file.display()) };
    let column = |names: &[&str]| {
        heads.iter().position(|head| {
            let head = head.trim().trim_start_matches('\u{feff}').to_lowercase();
            names.iter().any(|name| head.contains(name))
        })
    };
    let created = column(&["creat", "opened", "reported"]);
    let finished =
        column(&["resolution_date", "resolved", "finished", "closed", "completed", "done date"]);
    if let (Some(created), Some(finished)) = (created, finished) {
        let started = column(&["started", "start_date", "start date", "in progress since"]);
        return items(&rows[1..], created, started, finished).with_context(cannot);
    }
    let counts = column(&["count", "throughput", "items", "done", "finished", "closed"]);
    let (rows, counts) = match counts {
        Some(counts) => (&rows[1..], counts),
        None if heads.iter().all(|cell| cell.trim().parse::<u32>().is_ok()) => {
            (&rows[..], heads.len() - 1)
        }
        None => bail!(
            "{} has neither columns for when items were created and resolved nor one for how many \
             were done (count, throughput, items or done).",
            file.display()
        ),
    };
    let count = |(row, record): (usize, &csv::StringRecord)| {
        let cell = record.get(counts).unwrap_or_default().trim();
        cell.parse().with_context(|| format!("“{cell}” in row {} is no number of items", row + 1))
    };
    let weeks = rows.iter().enumerate().map(count).collect::<anyhow::Result<_>>();
    Ok(History::Weeks(weeks.with_context(cannot)?))
}

fn items(
    rows: &[csv::StringRecord],
    created: usize,
    started: Option<usize>,
    finished: usize,
) -> anyhow::Result<History> {
    let mut items = Vec::with_capacity(rows.len());
    for (row, record) in rows.iter().enumerate() {
        let cell = |column: usize| date_in(record.get(column).unwrap_or_default(), row + 2);
        let (created, finished) = (cell(created)?, cell(finished)?);
        let Some(created) = created.or(finished) else { continue };
        let started = started.map(cell).transpose()?.flatten();
        items.push(Item { created, started, finished });
    }
    Ok(History::Items(items))
}

/// The day of a cell that begins with a date like 2026-03-31; none of an empty one.
fn date_in(cell: &str, row: usize) -> anyhow::Result<Option<Day>> {
    let cell = cell.trim();
    if cell.is_empty() || cell.eq_ignore_ascii_case("null") {
        return Ok(None);
    }
    let date = cell.get(..10).and_then(|start| start.parse::<Date>().ok());
    let date = date.with_context(|| format!("“{cell}” in row {row} is no date like 2026-03-31"))?;
    Ok(Some(day(date)))
}
