//! Running an import: short batches that nobody sees, then a short one that shows them all, then
//! the items that were known before, one by one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use wherefore_exchange::Backlog;

use super::IMPORT;
use super::choices::Choices;
use super::known::update;
use super::nouns;
use super::plan::{Plan, plan};
use super::report::{NounLine, Report};
use super::stage::{reserve, stage, weight};
use super::ties::{meet, tie};
use crate::db::{Db, Tx};
use crate::how::imports::{self, Import};
use crate::how::sprints::Sprint;
use crate::kernel::{Actor, Clock, Error, Id, Result, Via};
use crate::new_row;
use crate::people::policies;
use crate::store::{Change, discard_some};

/// How long a batch may work: others wait for it, and for the disk.
pub(super) const SHORT: Duration = Duration::from_millis(20);
/// The same where there are no others.
pub(super) const LONG: Duration = Duration::from_millis(800);

/// Said of an import until items that were here before have what changed.
const UNSETTLED: &str = "Every new item came, but what was here before was not all updated, or not all of what stands beside items came. Import the file again; it takes up where this ended.";

/// From so many new items on, what was planned for the tables before does not hold.
const MANY: usize = 5_000;

/// An import that is being applied.
#[derive(Clone)]
pub(super) struct Run {
    pub db: Db,
    pub clock: Clock,
    pub actor: Actor,
    pub import: Id,
    /// The product's key.
    pub product: String,
    /// How long a batch may work.
    pub batch: Duration,
}

/// The size of batches, after how long the last one took.
struct Pace {
    size: usize,
    target: Duration,
}

impl Pace {
    fn new(target: Duration) -> Self {
        Self { size: 40, target }
    }

    fn took(&mut self, time: Duration) {
        let fits = self.size as f64 * self.target.as_secs_f64() / time.as_secs_f64().max(0.000_1);
        // Grows carefully, shrinks at once.
        self.size = (fits.min(self.size as f64 * 1.5) as usize).clamp(4, 4_000);
    }
}

/// Tells how far the import is, and that its process lives, until dropped.
struct Heart {
    state: Arc<Mutex<(String, i64, i64)>>,
    task: JoinHandle<()>,
}

impl Heart {
    fn start(run: &Run) -> Self {
        let state = Arc::new(Mutex::new(("Reading".to_owned(), 0, 0)));
        let (seen, run) = (state.clone(), run.clone());
        let task = tokio::spawn(async move {
            let mut told = None;
            let mut quiet = 0;
            loop {
                let now = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
                quiet += 1;
                if told.as_ref() != Some(&now) || quiet > 8 {
                    quiet = 0;
                    let (ws, import, at) = (run.actor.workspace, run.import, run.clock.now());
                    let (step, done, total) = now.clone();
                    let beat =
                        move |tx: &mut Tx| imports::beat(tx, ws, import, &step, (done, total), at);
                    // A beat that is lost is made up for by the next one.
                    if run.db.write(beat).await.is_ok() {
                        told = Some(now);
                    }
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        });
        Self { state, task }
    }

    fn at(&self, step: &str, done: usize, total: usize) {
        let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = (step.to_owned(), whole(done), whole(total));
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Run {
    /// Applies a file that was read. Fails without a trace, or is complete.
    pub async fn apply(&self, file: Arc<Backlog>, choices: Choices) -> Result<Report> {
        let heart = Heart::start(self);
        match self.bring(&heart, &file, choices).await {
            Ok((plan, report)) => {
                let settled = self.settle(&heart, &plan, &file, report).await;
                drop(heart);
                self.end(settled).await
            }
            Err(error) => {
                drop(heart);
                self.fail(&error.told()).await?;
                Err(error)
            }
        }
    }

    /// Takes up what was left when everything new was there already.
    pub async fn resume(
        &self,
        file: Arc<Backlog>,
        choices: Choices,
        report: Report,
    ) -> Result<Report> {
        let heart = Heart::start(self);
        let plan = Arc::new(self.plan(&file, choices).await?);
        let settled = self.settle(&heart, &plan, &file, report).await;
        drop(heart);
        self.end(settled).await
    }

    async fn plan(&self, file: &Arc<Backlog>, choices: Choices) -> Result<Plan> {
        let (actor, product, file) = (self.actor.clone(), self.product.clone(), file.clone());
        self.db.read(move |conn| plan(conn, &actor, &product, &file, &choices)).await
    }

    /// Brings what is new, and shows it.
    async fn bring(
        &self,
        heart: &Heart,
        file: &Arc<Backlog>,
        choices: Choices,
    ) -> Result<(Arc<Plan>, Report)> {
        heart.at("Comparing with what is here", 0, file.items.len());
        let plan = Arc::new(self.plan(file, choices).await?);
        let (numbers, source) = (plan.clone(), file.clone());
        self.write(true, move |cx| reserve(cx, &numbers, &source)).await?;
        let (mut pace, mut done) = (Pace::new(self.batch), 0);
        while done < plan.fresh.len() {
            heart.at("Bringing items", done, plan.fresh.len());
            let batch = batch(&plan, file, done, pace.size);
            let count = batch.len();
            let (plan, file, import) = (plan.clone(), file.clone(), self.import);
            let time = self.write(true, move |cx| stage(cx, &plan, import, &file, &batch)).await?;
            pace.took(time);
            done += count;
        }
        self.tie(heart, &plan, true).await?;
        heart.at("Showing what came", 1, 1);
        let report = self.reveal(&plan, file).await?;
        Ok((plan, report))
    }

    /// Links in batches: those to new items before anything is seen, the others after.
    async fn tie(&self, heart: &Heart, plan: &Arc<Plan>, staged: bool) -> Result<()> {
        let wanted: Arc<Vec<usize>> =
            Arc::new((0..plan.ties.len()).filter(|n| plan.ties[*n].staged == staged).collect());
        let (mut pace, mut done) = (Pace::new(self.batch), 0);
        while done < wanted.len() {
            heart.at("Linking", done, wanted.len());
            let end = (done + pace.size).min(wanted.len());
            let (plan, wanted) = (plan.clone(), wanted.clone());
            let time = self
                .write(staged, move |cx| {
                    wanted[done..end].iter().try_for_each(|n| tie(cx, &plan.ties[*n]))
                })
                .await?;
            pace.took(time);
            done = end;
        }
        Ok(())
    }

    /// What was known before, and who named what came now. Gives the report with late clashes.
    async fn settle(
        &self,
        heart: &Heart,
        plan: &Arc<Plan>,
        file: &Arc<Backlog>,
        mut report: Report,
    ) -> Result<Report> {
        self.tie(heart, plan, false).await?;
        let places = plan.changed.iter().map(|place| (*place, true));
        let met = plan.fresh.iter().filter(|_| plan.wanted).map(|place| (*place, false));
        let work: Arc<Vec<(usize, bool)>> = Arc::new(places.chain(met).collect());
        let (mut pace, mut done) = (Pace::new(self.batch), 0);
        while done < work.len() {
            heart.at("Updating items that were here", done, work.len());
            let end = (done + pace.size).min(work.len());
            let (shared, plan, file) = (work.clone(), plan.clone(), file.clone());
            let told = Arc::new(Mutex::new((Vec::new(), 0)));
            let tell = told.clone();
            let time = self
                .write(false, move |cx| {
                    let mut clashes = Vec::new();
                    let mut links = 0;
                    for (place, known) in &shared[done..end] {
                        let item = &file.items[*place];
                        if *known {
                            clashes.extend(update(cx, &plan, item)?);
                        } else if let Some(own) = plan.id(&item.key) {
                            links += meet(cx, &plan, item, own)?;
                        }
                    }
                    *tell.lock().unwrap_or_else(PoisonError::into_inner) = (clashes, links);
                    Ok(())
                })
                .await?;
            let (clashes, links) =
                std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
            report.links += links;
            for clash in clashes {
                if !report.conflicts.contains(&clash) && report.conflicts.len() < 5_000 {
                    report.conflicts.push(clash);
                }
            }
            pace.took(time);
            done = end;
        }
        self.nouns(heart, plan, file, &mut report).await?;
        Ok(report)
    }

    /// Needs, evidence and what else stands beside items; what was brought before is left alone.
    async fn nouns(
        &self,
        heart: &Heart,
        plan: &Arc<Plan>,
        file: &Arc<Backlog>,
        report: &mut Report,
    ) -> Result<()> {
        let known = Arc::new(Mutex::new(nouns::Known::of(plan, file)));
        // What came with the items is told already; gone through again, it says what it is here.
        report.nouns.retain(|line| nouns::names_with_items(&line.noun));
        for (at, noun) in nouns::wanted(plan, file) {
            let mut line = NounLine { noun: noun.name.replace('-', " "), ..NounLine::default() };
            let (mut pace, mut done) = (Pace::new(self.batch), 0);
            while done < noun.rows.len() {
                heart.at(&format!("Bringing {}", line.noun), done, noun.rows.len());
                let end = (done + pace.size).min(noun.rows.len());
                let rows = noun.rows[done..end].to_vec();
                let told = Arc::new(Mutex::new(line.clone()));
                let (tell, before) = (told.clone(), line.clone());
                let (plan, known) = (plan.clone(), known.clone());
                let time = self
                    .write(false, move |cx| {
                        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                        let mut line = before.clone();
                        for row in &rows {
                            nouns::bring_one(cx, &plan, &mut known, at, row, &mut line)?;
                        }
                        *tell.lock().unwrap_or_else(PoisonError::into_inner) = line;
                        Ok(())
                    })
                    .await?;
                line = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
                pace.took(time);
                done = end;
            }
            if report.nouns.iter().all(|told| told.noun != line.noun) {
                report.nouns.push(line);
            }
        }
        Ok(())
    }

    /// One batch in its own transaction; how long its work took.
    async fn write(
        &self,
        staged: bool,
        mut work: impl FnMut(&mut Change<'_>) -> Result<()> + Send + 'static,
    ) -> Result<Duration> {
        let (actor, import, now) = (self.actor.clone(), self.import, self.clock.now());
        let time = self
            .db
            .write(move |tx| {
                let begun = Instant::now();
                Change::record(tx, actor.clone(), &IMPORT, now, |cx| {
                    cx.actor.via = Via::Import;
                    cx.staged = staged.then_some(import);
                    work(cx)
                })?;
                Ok(begun.elapsed())
            })
            .await?;
        // Whoever waits goes first.
        tokio::task::yield_now().await;
        Ok(time)
    }

    /// Makes everything visible that was staged, and says what was done.
    async fn reveal(&self, plan: &Arc<Plan>, file: &Arc<Backlog>) -> Result<Report> {
        let (plan, file, import) = (plan.clone(), file.clone(), self.import);
        let mut report = plan.report.clone();
        report.applied = true;
        let told = Arc::new(Mutex::new(report));
        let tell = told.clone();
        self.write(false, move |cx| {
            let ws = cx.workspace();
            add_states(cx, &plan)?;
            plan.people.write(cx)?;
            for (id, name) in &plan.new_sprints {
                let mut sprint = new_row!(
                    cx,
                    Sprint {
                        product_id: plan.product.id,
                        name: name.clone(),
                        goal: String::new(),
                        state: "closed".to_owned(),
                        starts: None,
                        ends: None,
                        team_id: None,
                        capacity: None,
                        capacity_note: String::new(),
                        started_at: None,
                        closed_at: None,
                        outcome: String::new(),
                        review: String::new(),
                        phase_id: None,
                    }
                );
                sprint.id = *id;
                cx.insert(&sprint)?;
            }
            let lines = nouns::with_items(cx, &plan, &file)?;
            let text = {
                let mut report = tell.lock().unwrap_or_else(PoisonError::into_inner);
                report.nouns = lines;
                serde_json::to_string(&*report).map_err(Error::internal)?
            };
            let before: Import = cx.get(import, "import")?;
            if before.state != "running" {
                return Err(Error::refused("The import was stopped meanwhile."));
            }
            let mut after = before.clone();
            "applied".clone_into(&mut after.state);
            after.note.clear();
            if !plan.changed.is_empty() || plan.report.nouns.iter().any(|noun| noun.new > 0) {
                UNSETTLED.clone_into(&mut after.note);
            }
            after.report = text;
            let now = cx.now;
            imports::beat(cx.exempt(), ws, import, "Showing what came", (1, 1), now)?;
            cx.update(&before, &mut after)
        })
        .await?;
        let report = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(report)
    }

    /// Keeps the report, or that it is not all done; the file is needed no more.
    async fn end(&self, settled: Result<Report>) -> Result<Report> {
        let (ws, import) = (self.actor.workspace, self.import);
        let (text, note) = match &settled {
            Ok(report) => {
                let text = serde_json::to_string(report).map_err(Error::internal)?;
                (Some(text), String::new())
            }
            Err(error) => (None, format!("{UNSETTLED} What went wrong: {error}")),
        };
        if let Ok(report) = &settled {
            drop_file(&self.db, ws, import).await?;
            if report.created >= MANY {
                self.db.grown().await?;
            }
        }
        self.write(false, move |cx| {
            imports::end_progress(cx.exempt(), ws, import)?;
            let before: Import = cx.get(import, "import")?;
            let mut after = before.clone();
            after.note.clone_from(&note);
            if let Some(text) = &text {
                after.report.clone_from(text);
            }
            cx.update(&before, &mut after)
        })
        .await?;
        settled
    }

    /// Takes back all that was staged, and says why.
    pub async fn fail(&self, why: &str) -> Result<()> {
        let (ws, import, why) = (self.actor.workspace, self.import, why.to_owned());
        while self.db.write(move |tx| discard_some(tx, ws, import)).await? {}
        self.write(false, move |cx| {
            imports::end_progress(cx.exempt(), ws, import)?;
            let before: Import = cx.get(import, "import")?;
            let mut after = before.clone();
            "failed".clone_into(&mut after.state);
            after.note.clone_from(&why);
            cx.update(&before, &mut after)
        })
        .await?;
        Ok(())
    }
}

/// The next items that fit into a batch.
fn batch(plan: &Plan, file: &Backlog, from: usize, fits: usize) -> Vec<usize> {
    let mut weighs = 0;
    let mut batch = Vec::new();
    for place in &plan.fresh[from..] {
        weighs += weight(&file.items[*place]);
        if weighs > fits && !batch.is_empty() {
            break;
        }
        batch.push(*place);
    }
    batch
}

/// The states that are still missing: somebody may have added one meanwhile.
fn add_states(cx: &mut Change<'_>, plan: &Plan) -> Result<()> {
    let new: Vec<(String, String)> =
        plan.new_states.iter().map(|s| (s.name.clone(), s.category.clone())).collect();
    policies::add_states(cx, plan.product.id, &new)
}

/// Removes an uploaded file, a few parts at a time.
pub(super) async fn drop_file(db: &Db, ws: i64, import: Id) -> Result<()> {
    while db.write(move |tx| imports::drop_parts(tx, ws, import)).await? {}
    Ok(())
}
