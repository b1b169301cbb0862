//! The same figures as the product tells, counted anew from the activity record alone: by what states
//! mean, day by day, with none of the product's own arithmetic.

use std::collections::BTreeMap;

use serde_json::Value;
use wherefore_testkit::World;

pub const DAY: i64 = 86_400_000_000;

/// How an item stood from a moment on.
#[derive(Clone, Debug)]
pub struct Stand {
    pub at: i64,
    pub state: String,
    pub category: String,
    pub points: f64,
    pub sprint: Option<String>,
}

/// Everything recorded of each work item, by key.
pub type Record = BTreeMap<String, Vec<Stand>>;

/// Reads the activity, and nothing else.
pub async fn record(world: &World) -> Record {
    let sql = "SELECT object_id, changes, happened_at FROM activity WHERE object_kind = 'work_item' ORDER BY seq";
    let rows: Vec<(wherefore_app::kernel::Id, String, i64)> = world
        .app
        .db
        .read(move |conn| conn.query_text(sql, &[], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))))
        .await
        .expect("the activity");
    let mut fields: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let mut all = Record::new();
    for (id, changes, at) in rows {
        let changes: BTreeMap<String, Value> = serde_json::from_str(&changes).expect("changes");
        let item = fields.entry(id.to_string()).or_default();
        item.extend(changes.into_iter().map(|(field, pair)| (field, pair[1].clone())));
        let text = |field: &str| item.get(field).and_then(Value::as_str).map(str::to_owned);
        let stand = Stand {
            at,
            state: text("state").unwrap_or_default(),
            category: text("category").unwrap_or_default(),
            points: item.get("points").and_then(Value::as_f64).unwrap_or_default(),
            sprint: text("sprint_id"),
        };
        all.entry(text("key").expect("a key")).or_default().push(stand);
    }
    all
}

/// The last stand before a moment.
pub fn at(stands: &[Stand], end: i64) -> Option<&Stand> {
    stands.iter().rev().find(|s| s.at < end)
}

/// The days of an item's life: begun, finished.
fn life(stands: &[Stand]) -> (Option<i64>, Option<i64>) {
    let day = |s: &Stand| s.at.div_euclid(DAY);
    let begun = |s: &&Stand| matches!(&*s.category, "started" | "in-review" | "accepted");
    let start = stands.iter().find(begun).map(day);
    let mut finish = None;
    for stand in stands {
        match (&*stand.category, finish) {
            ("accepted", None) => finish = Some(day(stand)),
            ("accepted", _) => {}
            _ => finish = None,
        }
    }
    (start, finish)
}

/// An item with the days on which it was begun and finished.
type Life<'r> = (&'r String, &'r Vec<Stand>, Option<i64>, Option<i64>);

/// The figures of a time that ends today.
#[derive(Debug, PartialEq)]
pub struct Figures {
    pub wip: usize,
    /// Days, sorted.
    pub cycle_times: Vec<i64>,
    pub percentiles: Option<[i64; 4]>,
    /// By key: days under way.
    pub ages: BTreeMap<String, i64>,
    /// Finished in each week, the oldest first.
    pub throughput: Vec<usize>,
    /// By meaning: items at the end of each day. What waits is one layer, whether a framework tells
    /// backlog from ready or not.
    pub layers: BTreeMap<String, Vec<usize>>,
}

/// What a layer is called here.
pub fn layer(category: &str) -> &str {
    if category == "backlog" { "unstarted" } else { category }
}

pub fn figures(record: &Record, today: i64, weeks: i64) -> Figures {
    let first = today - 7 * weeks;
    let lives: Vec<Life<'_>> = record
        .iter()
        .map(|(key, stands)| {
            let (start, finish) = life(stands);
            (key, stands, start, finish)
        })
        .filter(|(.., finish)| finish.is_none_or(|day| day >= first))
        .collect();
    let mut cycle_times: Vec<i64> =
        lives.iter().filter_map(|(_, _, s, f)| Some((*f)? - (*s)? + 1)).collect();
    cycle_times.sort_unstable();
    let within = |share: f64| {
        let enough = (share * cycle_times.len() as f64).ceil() as usize;
        cycle_times[enough.max(1) - 1]
    };
    let percentiles =
        (!cycle_times.is_empty()).then(|| [within(0.5), within(0.7), within(0.85), within(0.95)]);
    let open = lives.iter().filter(|(_, _, s, f)| s.is_some() && f.is_none());
    let ages: BTreeMap<String, i64> =
        open.map(|(key, _, s, _)| ((*key).clone(), today - s.expect("begun") + 1)).collect();
    let throughput = (0..weeks)
        .map(|n| {
            let week = (first + 7 * n)..(first + 7 * n + 7);
            lives.iter().filter(|l| l.3.is_some_and(|day| week.contains(&day))).count()
        })
        .collect();
    let mut layers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for n in 0..=(today - first) {
        for (_, stands, ..) in &lives {
            if let Some(stand) = at(stands, (first + n + 1) * DAY) {
                let name = layer(&stand.category).to_owned();
                let empty = || vec![0; usize::try_from(today - first + 1).expect("days")];
                layers.entry(name).or_insert_with(empty)[n as usize] += 1;
            }
        }
    }
    Figures { wip: ages.len(), cycle_times, percentiles, ages, throughput, layers }
}

/// Mean work in progress, finished a day, and mean cycle time, over the days up to today.
pub fn little(record: &Record, today: i64, weeks: i64) -> Option<[f64; 3]> {
    let first = today - 7 * weeks;
    let days: Vec<i64> = (first..=today).collect();
    let lives: Vec<(i64, i64)> = record
        .values()
        .filter_map(|stands| {
            let (start, finish) = life(stands);
            Some((start?, finish.unwrap_or(i64::MAX)))
        })
        .collect();
    let on = |day: i64| lives.iter().filter(|(s, f)| *s <= day && day <= *f).count();
    let wip: usize = days.iter().map(|day| on(*day)).sum();
    let done: Vec<i64> =
        lives.iter().filter(|(_, f)| days.contains(f)).map(|(s, f)| f - s + 1).collect();
    let (count, length) = (done.len() as f64, days.len() as f64);
    let mean = done.iter().sum::<i64>() as f64 / count;
    (!done.is_empty()).then(|| [wip as f64 / length, count / length, mean])
}

/// Points and items that a sprint held, and those finished, just before a moment.
pub fn held(record: &Record, sprint: &str, end: i64) -> [f64; 4] {
    let mut sums = [0.0; 4];
    for stand in record.values().filter_map(|stands| at(stands, end)) {
        if stand.sprint.as_deref() == Some(sprint) && stand.category != "dropped" {
            let done = f64::from(u8::from(stand.category == "accepted"));
            let add = [stand.points, stand.points * done, 1.0, done];
            sums.iter_mut().zip(add).for_each(|(sum, more)| *sum += more);
        }
    }
    sums
}
