//! Forecasts of a team, an epic, a sprint or a release: when will these be done, how many by a day,
//! and how well such forecasts held before.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_forecast::{LEVELS, Settings, Throughput, Work, flow, how_many, when_done};

use super::nodes::{Keyed, find};
use crate::how::sprints::Sprint;
use crate::how::throughput::{self, Pace, Scope};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::{products, teams};
use crate::store::{Meta, Query, Reader, load};

/// Weeks of growth that a growing scope repeats.
const GROWTH_WEEKS: usize = 12;
/// Weeks of the past that are shown.
const SHOWN_WEEKS: usize = 26;

/// Say when work will be done and how much by a day, with how well such forecasts held before.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetForecast {
    pub product: String,
    /// The key of an epic or a release, where it is not about all that is open.
    pub of: Option<String>,
    /// A sprint, in place of `of`.
    pub sprint: Option<Id>,
    /// The pace of this team alone, by id or name.
    pub team: Option<String>,
    /// So many items, in place of those that are open.
    pub items: Option<u32>,
    /// How many will be done by this day, and how likely are all?
    pub by: Option<Day>,
    /// Let the scope grow as it did in the last 12 weeks.
    pub growth: bool,
}

/// A forecast, or why there is none.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct Forecast {
    /// What it is about.
    pub about: String,
    /// Items left.
    pub left: u32,
    /// Those of them that are in progress.
    pub in_progress: u32,
    /// Why there is no forecast, and from when on there is one.
    pub refused: Option<String>,
    /// When all of it is done: at 50, 70, 85 and 95 %.
    pub done_by: Vec<DoneBy>,
    /// What is done by the day that was asked for.
    pub by: Option<ByDay>,
    /// What it takes for granted.
    pub assumptions: Vec<String>,
    /// How past forecasts of this very team held, in a sentence.
    pub held: String,
    /// How many past forecasts that counts, and how many of them held at each chance.
    pub checked: u32,
    pub kept: Vec<u32>,
    /// Items finished in each of the last complete weeks, the oldest first.
    pub finished: Vec<u32>,
}

/// A day by which all is done with a chance.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct DoneBy {
    /// In percent.
    pub chance: u32,
    /// None where it lies beyond all that was simulated.
    pub day: Option<Day>,
    pub weeks: Option<u32>,
}

/// What is done by a day.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct ByDay {
    pub day: Day,
    /// At least so many items, at 50, 70, 85 and 95 %.
    pub at_least: Vec<u32>,
    /// The chance that all is done, from 0 to 1; none where nothing is left.
    pub all: Option<f64>,
}

impl Query for GetForecast {
    type Output = Forecast;
    const META: Meta = Meta::query(
        "get-forecast",
        "Say when work will be done and how much by a day, with how well such forecasts held before",
        "/forecast",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Forecast> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        if self.by.is_some_and(|by| by <= cx.now.day()) {
            return Err(Error::invalid("by", "That day is not ahead. Name a later one."));
        }
        let team = match self.team.as_deref().filter(|team| !team.is_empty()) {
            Some(who) => {
                let named = teams::named(cx.conn, ws, who)?;
                Some(named.ok_or(Error::NotFound("team"))?)
            }
            None => None,
        };
        let pace = Pace { product: product.id, team: team.as_ref().map(|team| team.id) };
        let (scope, name) = self.scope(cx, product.id)?;
        let whose = team.as_ref().map_or(product.name.as_str(), |team| team.name.as_str());
        let about = name.unwrap_or_else(|| format!("All that is open for {whose}"));
        let done = throughput::finished(cx.conn, ws, pace, cx.now)?;
        let left = throughput::left(cx.conn, ws, pace, scope, cx.now)?;
        Ok(self.made(&done, &left, about, scope, whose, cx.now.day()))
    }
}

impl GetForecast {
    /// What is to be done, and what it is called where it is not everything.
    fn scope(&self, cx: &mut Reader<'_>, product: Id) -> Result<(Scope, Option<String>)> {
        if let Some(id) = self.sprint {
            let sprint = load::<Sprint>(cx.conn, cx.actor.workspace, id)?
                .filter(|s| s.gone_at.is_none() && s.product_id == product)
                .ok_or(Error::NotFound("sprint"))?;
            return Ok((Scope::Sprint(id), Some(sprint.name)));
        }
        let Some(key) = self.of.as_deref().filter(|key| !key.is_empty()) else {
            return Ok((Scope::All, None));
        };
        let (keyed, of) = find(cx.conn, cx.actor, key, Access::Read)?;
        let node = keyed.node();
        let name = Some(format!("{} {}", node.key, node.title));
        match &keyed {
            _ if of.id != product => {
                Err(Error::invalid("of", format!("{key} belongs to another product.")))
            }
            Keyed::WorkItem(item) if item.level != "bug" => Ok((Scope::Epic(item.id), name)),
            Keyed::Release(release) => Ok((Scope::Release(release.id), name)),
            _ => Err(Error::invalid(
                "of",
                format!("{key} holds no work; name an epic or a release."),
            )),
        }
    }

    fn made(
        &self,
        done: &[flow::Item],
        left: &[flow::Item],
        about: String,
        scope: Scope,
        whose: &str,
        today: Day,
    ) -> Forecast {
        let history = flow::throughput(done, 0);
        let work = self.work(done, left);
        let from = history.weeks().len().saturating_sub(SHOWN_WEEKS);
        let mut forecast = Forecast {
            about,
            left: work.items,
            in_progress: work.ages.len() as u32,
            refused: None,
            done_by: Vec::new(),
            by: None,
            assumptions: Vec::new(),
            held: String::new(),
            checked: 0,
            kept: Vec::new(),
            finished: history.weeks()[from..].to_vec(),
        };
        if let Err(refusal) = self.fill(&mut forecast, &history, &work, today) {
            forecast.refused = Some(refusal.to_string());
        } else if scope != Scope::All {
            forecast.assumptions.push(format!(
                "All that {whose} finishes counts towards it: what comes before it in the order comes on top."
            ));
        }
        forecast
    }

    fn work(&self, done: &[flow::Item], left: &[flow::Item]) -> Work {
        let added = if self.growth {
            let all: Vec<flow::Item> = done.iter().chain(left).copied().collect();
            throughput::added(&all, GROWTH_WEEKS)
        } else {
            Vec::new()
        };
        if let Some(items) = self.items {
            return Work { added, ..Work::items(items) };
        }
        let ages = flow::ages(left, 0).into_iter().map(f64::from).collect();
        let cycle_times = flow::cycle_times(done).into_iter().map(f64::from).collect();
        Work { items: left.len() as u32, added, ages, cycle_times }
    }

    fn fill(
        &self,
        forecast: &mut Forecast,
        history: &Throughput,
        work: &Work,
        today: Day,
    ) -> Result<(), wherefore_forecast::Refusal> {
        let settings = Settings::default();
        history.window(settings.window)?;
        let mut all = None;
        if work.items > 0 {
            // Too few finished items tell how long one takes: then their ages are left out.
            let when = when_done(history, work, &settings).or_else(|_| {
                let plain = Work { ages: Vec::new(), ..work.clone() };
                when_done(history, &plain, &settings)
            })?;
            forecast.done_by = LEVELS
                .iter()
                .zip(when.weeks)
                .map(|(level, weeks)| DoneBy {
                    chance: (level * 100.0).round() as u32,
                    day: weeks.map(|weeks| today.plus_days(i64::from(weeks) * 7)),
                    weeks,
                })
                .collect();
            forecast.assumptions.clone_from(&when.assumptions);
            forecast.told(&when.past);
            all = Some(when);
        }
        if let Some(day) = self.by {
            let weeks = today.days_until(day) as f64 / 7.0;
            let many = how_many(history, weeks, &settings)?;
            if all.is_none() {
                forecast.assumptions.clone_from(&many.assumptions);
                forecast.told(&many.past);
            }
            let all = all.map(|when| when.chance_within(weeks));
            forecast.by = Some(ByDay { day, at_least: many.at_least.to_vec(), all });
        }
        Ok(())
    }
}

impl Forecast {
    fn told(&mut self, past: &wherefore_forecast::BackTest) {
        let (checked, kept) = past.held();
        self.held = past.sentence();
        self.checked = checked as u32;
        self.kept = kept.iter().map(|held| *held as u32).collect();
    }
}
