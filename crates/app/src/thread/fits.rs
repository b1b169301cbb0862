//! What fits: the opportunities or epics of greatest value under a capacity, with all they need.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_choose::{Candidate, Limits, Lock, Mistake, plan};

use crate::kernel::{Access, Error, Id, Result};
use crate::people::nouns::one_of;
use crate::people::products::{self, Product};
use crate::statements;
use crate::store::{Meta, OPEN, Query, Reader};
use crate::what::methods::Method;
use crate::what::ranking::{Contender, MOST, THINGS, contenders};
use crate::what::scores;

statements! {
    /// What is blocked and by what, among the things of a product.
    BLOCKS = "SELECT l.from_id, l.to_id FROM link l JOIN search_doc d ON d.workspace_id = l.workspace_id AND d.object_id = l.to_id WHERE l.workspace_id = $1 AND d.product_id = $2 AND l.kind = 'blocks' AND l.gone_at IS NULL ORDER BY l.id LIMIT 5000";
    /// Which epics and stories serve which opportunities of a product.
    SERVED = "SELECT e.lower_id, e.upper_id FROM edge e JOIN opportunity o ON o.workspace_id = e.workspace_id AND o.id = e.upper_id WHERE e.workspace_id = $1 AND o.product_id = $2 AND e.lower_kind = 'work_item' AND e.valid_to = $3 ORDER BY e.lower_id, e.upper_id LIMIT 5000";
}

/// Within this time the best is proven, or the best found is shown with how far off it can be.
const PATIENCE: Duration = Duration::from_secs(2);

/// Choose what fits a capacity: the greatest value, with all that it needs.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetFits {
    pub product: String,
    /// How much effort there is, in the unit of the estimates.
    pub capacity: f64,
    /// `value-effort` (if left out), `rice`, `wsjf`, `cd3`, or `own` with a formula that divides by `effort`.
    pub method: Option<String>,
    /// `opportunities` (if left out) or `epics`.
    pub of: Option<String>,
    /// Keys of what is promised already.
    pub include: Vec<String>,
    /// Keys of what stays out this time.
    pub exclude: Vec<String>,
}

/// What fits, as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Fits {
    pub method: String,
    pub capacity: f64,
    pub value: f64,
    pub effort: f64,
    /// Whether nothing within the capacity is worth more, proven.
    pub optimal: bool,
    /// How much more than this the best can be worth at most, as a share of it.
    pub gap: f64,
    pub chosen: Vec<Fitting>,
    pub left_out: Vec<LeftOut>,
    /// Those that miss an input, and so could not be chosen.
    pub unscored: Vec<Missing>,
}

/// One that was chosen.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Fitting {
    pub key: String,
    pub title: String,
    pub value: f64,
    pub effort: f64,
    /// Keys of what must come with it.
    pub needs: Vec<String>,
}

/// One that was not.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct LeftOut {
    pub key: String,
    pub title: String,
    pub value: f64,
    pub effort: f64,
    pub because: String,
}

/// One without its inputs.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Missing {
    pub key: String,
    pub title: String,
}

impl Query for GetFits {
    type Output = Fits;
    const META: Meta = Meta::query(
        "what-fits",
        "Choose what fits a capacity: the greatest value, with all that it needs",
        "/opportunities/fits",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Fits> {
        if !self.capacity.is_finite() || self.capacity <= 0.0 {
            return Err(Error::invalid(
                "capacity",
                "Say how much effort there is, as a number above 0.",
            ));
        }
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let of = one_of("of", self.of.as_deref(), THINGS[0], &THINGS)?;
        let word = self.method.as_deref().filter(|w| !w.is_empty()).unwrap_or("value-effort");
        let method = scores::method(cx.conn, cx.actor.workspace, product.id, word)?;
        if method.effort().is_none() || !method.is_graded() {
            return Err(Error::invalid(
                "method",
                format!(
                    "{} knows no value and effort; take value-effort, rice, wsjf or cd3.",
                    method.name
                ),
            ));
        }
        let all = contenders(cx.conn, cx.actor.workspace, &product, &method, &of)?;
        let needs = needs(cx, &product, &all, &of)?;
        Board::new(&method, all, needs, self)?.solve(self.capacity)
    }
}

/// For each contender the positions of what blocks it, itself or through what serves it.
fn needs(
    cx: &mut Reader<'_>,
    product: &Product,
    all: &[Contender],
    of: &str,
) -> Result<Vec<Vec<usize>>> {
    let ws = cx.actor.workspace;
    let place: HashMap<Id, usize> = all.iter().enumerate().map(|(at, c)| (c.id, at)).collect();
    let mut stands_for: HashMap<Id, Vec<usize>> =
        place.iter().map(|(id, at)| (*id, vec![*at])).collect();
    if of != "epics" {
        let values = [ws.into(), product.id.into(), OPEN.into()];
        let served: Vec<(Id, Id)> =
            cx.conn.query(&SERVED, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
        for (item, problem) in served {
            stands_for.entry(item).or_default().extend(place.get(&problem));
        }
    }
    let blocks: Vec<(Id, Id)> =
        cx.conn.query(&BLOCKS, &[ws.into(), product.id.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let mut needs = vec![Vec::new(); all.len()];
    for (blocker, blocked) in blocks {
        let (Some(first), Some(then)) = (stands_for.get(&blocker), stands_for.get(&blocked)) else {
            continue;
        };
        for after in then {
            for before in first.iter().filter(|before| *before != after) {
                if !needs[*after].contains(before) {
                    needs[*after].push(*before);
                }
            }
        }
    }
    Ok(needs)
}

/// What competes, with what each is worth and takes; nothing where an input is missing.
struct Board<'q> {
    method: &'q Method,
    all: Vec<Contender>,
    needs: Vec<Vec<usize>>,
    worth: Vec<Option<(f64, f64)>>,
    locks: Vec<Lock>,
}

impl<'q> Board<'q> {
    fn new(
        method: &'q Method,
        all: Vec<Contender>,
        needs: Vec<Vec<usize>>,
        asked: &GetFits,
    ) -> Result<Self> {
        let worth: Vec<Option<(f64, f64)>> = all.iter().map(|c| worth(method, c)).collect();
        if worth.iter().flatten().count() > MOST {
            return Err(Error::refused(format!(
                "More than {MOST} compete at once. Say “not now” to those that cannot win."
            )));
        }
        let mut board = Self { method, locks: vec![Lock::Free; all.len()], all, needs, worth };
        for (keys, lock) in [(&asked.include, Lock::In), (&asked.exclude, Lock::Out)] {
            for key in
                keys.iter().flat_map(|keys| keys.split([',', ' '])).filter(|key| !key.is_empty())
            {
                let at = board
                    .all
                    .iter()
                    .position(|c| c.key.eq_ignore_ascii_case(key))
                    .filter(|at| board.worth[*at].is_some());
                let field = if lock == Lock::In { "include" } else { "exclude" };
                let at = at.ok_or_else(|| {
                    Error::invalid(
                        field,
                        format!("{key} is not among those with a value and an effort."),
                    )
                })?;
                board.locks[at] = lock;
            }
        }
        Ok(board)
    }

    /// All that comes with one: itself and what it needs, further and further.
    fn with(&self, at: usize) -> HashSet<usize> {
        let (mut all, mut open) = (HashSet::from([at]), vec![at]);
        while let Some(one) = open.pop() {
            open.extend(self.needs[one].iter().copied().filter(|need| all.insert(*need)));
        }
        all
    }

    /// What it needs that has no estimates yet.
    fn unknown(&self, at: usize) -> Option<&Contender> {
        let mut all: Vec<usize> = self.with(at).into_iter().collect();
        all.sort_unstable();
        all.into_iter().find(|need| self.worth[*need].is_none()).map(|need| &self.all[need])
    }

    fn solve(&self, capacity: f64) -> Result<Fits> {
        let known: Vec<usize> =
            (0..self.all.len()).filter(|at| self.worth[*at].is_some()).collect();
        let place: HashMap<usize, usize> =
            known.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let candidates: Vec<Candidate> = known
            .iter()
            .map(|at| {
                let (value, effort) = self.worth[*at].unwrap_or_default();
                let needs =
                    self.needs[*at].iter().filter_map(|need| place.get(need).copied()).collect();
                let free = self.locks[*at] == Lock::Free;
                let lock =
                    if free && self.unknown(*at).is_some() { Lock::Out } else { self.locks[*at] };
                Candidate { value, effort, needs, lock }
            })
            .collect();
        let limits = Limits { time: Some(PATIENCE), ..Limits::default() };
        let found = plan(&candidates, capacity, &limits)
            .map_err(|mistake| self.explain(&mistake, &known))?;
        let chosen: HashSet<usize> = found.chosen.iter().map(|new| known[*new]).collect();
        let room = (capacity - found.effort).max(0.0);
        let worth = |at: usize| self.worth[at].unwrap_or_default();
        let fitting = |at: &usize| Fitting {
            key: self.all[*at].key.clone(),
            title: self.all[*at].title.clone(),
            value: worth(*at).0,
            effort: worth(*at).1,
            needs: self.needs[*at].iter().map(|need| self.all[*need].key.clone()).collect(),
        };
        let left = |at: &usize| LeftOut {
            key: self.all[*at].key.clone(),
            title: self.all[*at].title.clone(),
            value: worth(*at).0,
            effort: worth(*at).1,
            because: self.because(*at, &chosen, capacity, room),
        };
        let missing = |c: &Contender| Missing { key: c.key.clone(), title: c.title.clone() };
        Ok(Fits {
            method: self.method.word.to_owned(),
            capacity,
            value: found.value,
            effort: found.effort,
            optimal: found.optimal,
            gap: found.gap,
            chosen: known.iter().filter(|at| chosen.contains(at)).map(fitting).collect(),
            left_out: known.iter().filter(|at| !chosen.contains(at)).map(left).collect(),
            unscored: self
                .all
                .iter()
                .zip(&self.worth)
                .filter(|(_, w)| w.is_none())
                .map(|(c, _)| missing(c))
                .collect(),
        })
    }

    /// Why one was left out, in a sentence.
    fn because(&self, at: usize, chosen: &HashSet<usize>, capacity: f64, room: f64) -> String {
        if self.locks[at] == Lock::Out {
            return "You left it out.".to_owned();
        }
        if let Some(unknown) = self.unknown(at) {
            return format!(
                "It needs {}, whose value and effort nobody has estimated yet.",
                unknown.key
            );
        }
        let all = self.with(at);
        if let Some(out) = all.iter().find(|need| self.locks[**need] == Lock::Out) {
            return format!("It needs {}, which you left out.", self.all[*out].key);
        }
        let mut with: Vec<usize> = all.into_iter().filter(|need| !chosen.contains(need)).collect();
        with.sort_unstable();
        let takes: f64 =
            with.iter().filter_map(|need| self.worth[*need]).map(|(_, effort)| effort).sum();
        let others: Vec<&str> = with
            .iter()
            .filter(|need| **need != at)
            .map(|need| self.all[*need].key.as_str())
            .collect();
        let takes = if others.is_empty() {
            format!("It takes {}", round(takes))
        } else {
            format!("With {}, which it needs, it takes {}", others.join(" and "), round(takes))
        };
        match self.worth[at] {
            Some((value, _)) if value <= 0.0 => "It brings no value by these estimates.".to_owned(),
            Some((_, effort)) if effort > capacity => {
                format!("It takes {}, more than there is.", round(effort))
            }
            _ => format!(
                "{takes}; {} {} left, and giving up what was chosen instead would bring less.",
                round(room),
                if (round(room) - 1.0).abs() < f64::EPSILON { "is" } else { "are" }
            ),
        }
    }

    fn explain(&self, mistake: &Mistake, known: &[usize]) -> Error {
        let key =
            |at: &usize| known.get(*at).map(|at| self.all[*at].key.as_str()).unwrap_or_default();
        match mistake {
            Mistake::PromisedTooMuch { effort, .. } => Error::invalid(
                "include",
                format!(
                    "What you keep in takes {} with all it needs, more than there is. Keep less, or find more room.",
                    round(*effort as f64 / 1000.0)
                ),
            ),
            Mistake::Contradiction { item, need } => Error::invalid(
                "exclude",
                format!("{} needs {}, which you left out.", key(item), key(need)),
            ),
            Mistake::Negative { item: Some(item) } => {
                Error::invalid("method", format!("{} has a value below 0.", key(item)))
            }
            other => Error::invalid("capacity", format!("It cannot be chosen: {other}.")),
        }
    }
}

/// The likely value and effort.
fn worth(method: &Method, contender: &Contender) -> Option<(f64, f64)> {
    let likely: Vec<f64> = contender.ranges.as_ref()?.iter().map(|range| range[1]).collect();
    Some((method.value(&likely)?, *likely.get(method.effort()?)?))
}

fn round(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}
