//! The history, day by day: each step is an action by a person, on its own day. This file tells of
//! the healthy team, which knows its why.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use wherefore_app::db::{Db, Tx};
use wherefore_app::how::acceptance::AcceptStory;
use wherefore_app::how::criteria::{AddCriteria, CriterionView};
use wherefore_app::how::work_items::{CreateWorkItem, EditWorkItem, MoveWorkItem};
use wherefore_app::kernel::{Access, Actor, Error, Id, Result, Time};
use wherefore_app::reports::signals;
use wherefore_app::store::{Action, Call, Fields, Query, Reader, perform};
use wherefore_app::thread::acceptance::GetAcceptance;
use wherefore_app::thread::comments::AddComment;
use wherefore_app::thread::links::AddLink;
use wherefore_app::thread::nodes::find;
use wherefore_app::thread::reads::Reads;
use wherefore_app::what::opportunities::{DecideOpportunity, FrameOpportunity};
use wherefore_app::why::evidence::RecordEvidence;
use wherefore_app::why::key_results::{AddCheckIn, AddKeyResult};
use wherefore_app::why::needs::{CreateNeed, EditNeed};
use wherefore_app::why::objectives::SetObjective;

use crate::founding::{PARTS, found};
use crate::themes::{BUGS, LATER, TICKETS, Theme};
use crate::{
    asked, charters, chosen, culture, direction, frameworks, handbook, hybrid, kept, mirror, more,
    planning, portal, public, refined, scores, shaped, silo, topology,
};

pub(crate) const DAYS: i64 = 425;
pub(crate) const HOUR: i64 = 3600 * Time::SECOND;

pub(crate) const PRIYA: usize = 0;
pub(crate) const MEI: usize = 1;
pub(crate) const ANA: usize = 2;
pub(crate) const TOM: usize = 3;
pub(crate) const LEA: usize = 4;
pub(crate) const KARL: usize = 5;
pub(crate) const INES: usize = 6;
pub(crate) const JONAS: usize = 7;
pub(crate) const GRACE: usize = 8;
pub(crate) const NOOR: usize = 9;
pub(crate) const PAVEL: usize = 10;

/// Keys by the names that steps give to what they make.
pub(crate) type Keys = HashMap<String, String>;
type Act = Box<dyn Fn(&mut Day<'_>) -> Result<()> + Send + Sync>;

/// A day's transaction with the person who acts.
pub(crate) struct Day<'t> {
    pub tx: &'t mut Tx,
    pub actor: Actor,
    pub now: Time,
    pub keys: &'t mut Keys,
    pub reads: &'t Reads,
    /// Everybody's id, by their place among the people.
    pub people: &'t [Id],
}

pub(crate) struct Step {
    day: i64,
    who: usize,
    act: Act,
}

impl Day<'_> {
    /// Does an action; what it makes can be named later by `name`.
    pub fn act<A: Action>(&mut self, name: &str, input: &A) -> Result<()> {
        let done = perform(self.tx, &self.actor, self.now, input, &Call::default())?;
        let made = done.output.word("key").or_else(|| done.output.word("id"));
        if let (false, Some(made)) = (name.is_empty(), made) {
            self.keys.insert(name.to_owned(), made);
        }
        Ok(())
    }

    /// Opens a piece of evidence and reads it.
    pub fn open(&mut self, name: &str) -> Result<()> {
        let key = self.key(name)?;
        let (found, _) = find(self.tx, &self.actor, &key, Access::Read)?;
        self.reads.note(&self.actor, found.id(), self.now);
        Ok(())
    }

    /// Measures the signals of all products and teams as they stand on this day.
    pub fn measure(&mut self) -> Result<()> {
        self.reads.copy_into(self.tx)?;
        let ws = self.actor.workspace;
        for scope in signals::scopes(self.tx, ws)? {
            signals::take(self.tx, ws, &scope, self.now)?;
        }
        Ok(())
    }

    /// Says something about an item.
    pub fn say(&mut self, name: &str, body: String) -> Result<()> {
        let key = self.key(name)?;
        self.act("", &AddComment { key, body })
    }

    pub fn key(&self, name: &str) -> Result<String> {
        self.keys.get(name).cloned().ok_or_else(|| Error::internal(format!("no {name} yet")))
    }

    pub fn link(&mut self, from: &str, to: &str) -> Result<()> {
        let link = AddLink { from: self.key(from)?, to: self.key(to)?, kind: None };
        self.act("", &link)
    }

    /// Adds criteria to a story.
    pub fn ask(&mut self, name: &str, text: &str) -> Result<()> {
        let key = self.key(name)?;
        self.act("", &AddCriteria { key, text: text.to_owned() })
    }

    /// Accepts a story: each criterion met, the definition kept, the need served.
    pub fn accept(&mut self, name: &str) -> Result<()> {
        let key = self.key(name)?;
        let mut cx = Reader { conn: self.tx, actor: &self.actor, now: self.now };
        let shown = GetAcceptance { key: key.clone() }.run(&mut cx)?;
        let met = |c: &CriterionView| (c.id.to_string(), "met".to_owned());
        let verdicts = Fields(shown.criteria.iter().map(met).collect());
        let accept = AcceptStory {
            key,
            decision: "accepted".into(),
            serves: Some("yes".into()),
            because: String::new(),
            verdicts,
            done: shown.done,
        };
        self.act("", &accept)
    }

    pub fn set_state(&mut self, name: &str, state: &str) -> Result<()> {
        let edit = EditWorkItem {
            key: self.key(name)?,
            state: Some(state.to_owned()),
            ..EditWorkItem::default()
        };
        self.act("", &edit)
    }
}

/// Tells the whole story.
pub async fn tell(db: &Db, end: Time) -> Result<()> {
    let start = Time(end.day().plus_days(-DAYS).start().0 + 8 * HOUR);
    let actors = db.write(move |tx| found(tx, start)).await?;
    let reads = Reads::default();
    let attached = handbook::keep(db, &actors[PRIYA], start).await?;
    let mut steps = Vec::new();
    tickets(&mut steps);
    more::tickets(&mut steps);
    direction::tell(&mut steps);
    chosen::tell(&mut steps);
    asked::tell(&mut steps);
    shaped::tell(&mut steps);
    refined::tell(&mut steps);
    portal::tell(&mut steps);
    public::tell(&mut steps);
    frameworks::tell(&mut steps);
    topology::tell(&mut steps);
    charters::tell(&mut steps);
    culture::tell(&mut steps);
    hybrid::tell(&mut steps);
    kept::tell(&mut steps);
    handbook::tell(&mut steps, &attached);
    silo::tell(&mut steps);
    mirror::tell(&mut steps);
    planning::tell(&mut steps);
    steps.sort_by_key(|s| s.day);
    let people: Arc<Vec<Id>> = Arc::new(actors.iter().map(|a| a.person).collect());
    let (steps, actors) = (Arc::new(steps), Arc::new(actors));
    let keys = Arc::new(Mutex::new(Keys::new()));
    let mut first = 0;
    while let Some(step) = steps.get(first) {
        let day = step.day;
        let last = first + steps[first..].iter().take_while(|s| s.day == day).count();
        let (steps, actors) = (steps.clone(), actors.clone());
        let (keys, reads, people) = (keys.clone(), reads.clone(), people.clone());
        db.write(move |tx| {
            let mut keys = keys.lock().map_err(Error::internal)?;
            for (at, step) in steps[first..last].iter().enumerate() {
                // Through the working day, and never beyond the end of the story.
                let spread = (at as i64 * 23) % 480 * 60 * Time::SECOND;
                let now = Time((start.0 + day * Time::DAY + HOUR + spread).min(end.0));
                let actor = actors[step.who].clone();
                (step.act)(&mut Day {
                    tx,
                    actor,
                    now,
                    keys: &mut keys,
                    reads: &reads,
                    people: &people,
                })?;
            }
            Ok(())
        })
        .await?;
        first = last;
    }
    reads.write(db).await
}

pub(crate) fn step(
    steps: &mut Vec<Step>,
    day: i64,
    who: usize,
    act: impl Fn(&mut Day<'_>) -> Result<()> + Send + Sync + 'static,
) {
    if day < DAYS {
        steps.push(Step { day, who, act: Box::new(act) });
    }
}

fn tickets(steps: &mut Vec<Step>) {
    for (n, theme) in TICKETS.iter().enumerate() {
        let begin = 4 + n as i64 * 72;
        why(steps, n, theme, begin);
        what(steps, n, theme, begin);
        how(steps, n, theme, begin);
    }
    for (n, (theme, title)) in LATER.iter().enumerate() {
        step(steps, 380 + n as i64 * 2, if n % 3 == 0 { MEI } else { ANA }, move |d| {
            let parent = Some(d.key(&format!("epic-{theme}"))?);
            d.act(
                "",
                &CreateWorkItem {
                    product: "RIDE".into(),
                    title: (*title).into(),
                    parent,
                    part: Some(PARTS[*theme].into()),
                    state: Some(if n < 6 { "Ready" } else { "Backlog" }.into()),
                    points: (n % 2 == 0).then_some(3.0),
                    ..CreateWorkItem::default()
                },
            )
        });
    }
    for (n, (theme, place, title)) in BUGS.iter().enumerate() {
        let (title, broke) = ((*title).to_owned(), format!("story-{theme}-{place}"));
        let found = 4 + *theme as i64 * 72 + 70 + n as i64;
        let name = format!("bug-{n}");
        let made = name.clone();
        let part = PARTS[*theme];
        step(steps, found, TOM, move |d| {
            let broke = Some(d.key(&broke)?);
            d.act(
                &made,
                &CreateWorkItem {
                    product: "RIDE".into(),
                    title: title.clone(),
                    level: Some("bug".into()),
                    broke,
                    labels: vec!["bug".into()],
                    part: Some(part.into()),
                    ..CreateWorkItem::default()
                },
            )
        });
        let fixed = name.clone();
        step(steps, found + 2, TOM, move |d| d.set_state(&fixed, "In progress"));
        step(steps, found + 6, TOM, move |d| d.set_state(&name, "Done"));
    }
}

/// Where somebody who wrote to the help line or the form gets an answer.
fn address(source: &str) -> String {
    let words = source.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    let name = words.collect::<Vec<_>>().join(".").to_lowercase();
    format!("{name}@example.org")
}

/// What the business needs are measured by, before and now, theme by theme.
const BUSINESS: [(&str, f64, f64); 6] = [
    ("Tickets sold in the app, %", 38.0, 47.0),
    ("Pounds a week that calls about refunds cost", 1_681.0, 1_214.0),
    ("Season ticket holders who open the app in a week without buying, %", 22.0, 36.0),
    ("", 0.0, 0.0),
    ("Findings of the regulator's audit", 14.0, 5.0),
    ("Baskets lost between basket and payment, %", 17.0, 13.2),
];

fn why(steps: &mut Vec<Step>, n: usize, theme: &'static Theme, begin: i64) {
    for (i, (words, source)) in theme.words.iter().enumerate() {
        let (kind, who, near) = match i % 3 {
            0 => ("interview", MEI, "first-hand"),
            1 => ("support-ticket", GRACE, "second-hand"),
            _ => ("feedback", LEA, "first-hand"),
        };
        step(steps, begin + i as i64 * 3, who, move |d| {
            d.act(
                &format!("words-{n}-{i}"),
                &RecordEvidence {
                    product: "RIDE".into(),
                    verbatim: (*words).into(),
                    kind: Some(kind.into()),
                    source: (*source).into(),
                    email: if kind == "interview" { String::new() } else { address(source) },
                    segment: if i % 2 == 0 {
                        "commuters".into()
                    } else {
                        "occasional travellers".into()
                    },
                    reliability: Some(near.into()),
                    ..RecordEvidence::default()
                },
            )
        });
    }
    let (title, unit, baseline, target, now) = theme.key_result;
    step(steps, begin + 12, MEI, move |d| {
        d.act(
            &format!("need-{n}"),
            &CreateNeed {
                product: "RIDE".into(),
                title: theme.user_need.into(),
                kind: Some("user".into()),
                segment: "commuters".into(),
                measure: format!("{title}, {unit}"),
                baseline: Some(baseline),
                current: Some(baseline),
                ..CreateNeed::default()
            },
        )?;
        (0..theme.words.len())
            .try_for_each(|i| d.link(&format!("need-{n}"), &format!("words-{n}-{i}")))
    });
    step(steps, begin + 160, MEI, move |d| {
        let (key, current) = (d.key(&format!("need-{n}"))?, Some(now));
        d.act("", &EditNeed { key, current, ..EditNeed::default() })
    });
    step(steps, begin + 13, PRIYA, move |d| {
        d.act(
            &format!("objective-{n}"),
            &SetObjective {
                product: "RIDE".into(),
                title: theme.epic.into(),
                period: if n < 3 { "Year 1".into() } else { "Year 2".into() },
                ..SetObjective::default()
            },
        )?;
        let objective = d.key(&format!("objective-{n}"))?;
        d.act(
            &format!("result-{n}"),
            &AddKeyResult {
                objective,
                title: title.into(),
                unit: unit.into(),
                baseline,
                target,
                metric: None,
            },
        )?;
        d.link(&format!("need-{n}"), &format!("result-{n}"))
    });
    if !theme.business_need.is_empty() {
        step(steps, begin + 14, MEI, move |d| business(d, n, theme));
    }
    for month in 1..=5_i64 {
        let share = month as f64 / 5.0;
        step(steps, begin + 20 + month * 28, MEI, move |d| {
            let value = ((baseline + (now - baseline) * share) * 10.0).round() / 10.0;
            let key = d.key(&format!("result-{n}"))?;
            d.act(
                "",
                &AddCheckIn {
                    key,
                    value,
                    confidence: Some(40 + month * 8),
                    note: "As counted at the end of the month.".into(),
                    ..AddCheckIn::default()
                },
            )
        });
    }
}

fn business(d: &mut Day<'_>, n: usize, theme: &Theme) -> Result<()> {
    let obligation = theme.business_need.contains("regulation");
    let (measure, baseline, current) = BUSINESS[n % BUSINESS.len()];
    d.act(
        &format!("business-{n}"),
        &CreateNeed {
            product: "RIDE".into(),
            title: theme.business_need.into(),
            kind: Some(if obligation { "obligation" } else { "business" }.into()),
            sponsor: "Priya Nair".into(),
            measure: measure.into(),
            baseline: Some(baseline),
            current: Some(current),
            ..CreateNeed::default()
        },
    )?;
    d.act(
        &format!("number-{n}"),
        &RecordEvidence {
            product: "RIDE".into(),
            verbatim: theme.number.into(),
            kind: Some("analytics".into()),
            source: "Product analytics".into(),
            ..RecordEvidence::default()
        },
    )?;
    d.link(&format!("business-{n}"), &format!("number-{n}"))
}

fn what(steps: &mut Vec<Step>, n: usize, theme: &'static Theme, begin: i64) {
    step(steps, begin + 16, MEI, move |d| {
        d.act(
            &format!("problem-{n}"),
            &FrameOpportunity {
                product: "RIDE".into(),
                title: theme.opportunity.into(),
                body: String::new(),
            },
        )?;
        d.link(&format!("problem-{n}"), &format!("need-{n}"))?;
        if theme.business_need.is_empty() {
            return Ok(());
        }
        d.link(&format!("problem-{n}"), &format!("business-{n}"))
    });
    scores::theme(steps, n, begin + 18);
    step(steps, begin + 19, MEI, move |d| {
        let key = d.key(&format!("problem-{n}"))?;
        d.act(
            "",
            &DecideOpportunity {
                key,
                state: "worth-solving".into(),
                because: theme.because.into(),
            },
        )
    });
    step(steps, begin + 21, MEI, move |d| {
        d.act(
            &format!("epic-{n}"),
            &CreateWorkItem {
                product: "RIDE".into(),
                title: theme.epic.into(),
                level: Some("epic".into()),
                body: format!("{}\n\n{}", theme.opportunity, theme.because),
                part: Some(PARTS[n].into()),
                ..CreateWorkItem::default()
            },
        )?;
        d.link(&format!("epic-{n}"), &format!("problem-{n}"))
    });
    step(steps, begin + 30, ANA, move |d| d.set_state(&format!("epic-{n}"), "In progress"));
    step(steps, begin + 125, ANA, move |d| d.set_state(&format!("epic-{n}"), "Done"));
}

fn how(steps: &mut Vec<Step>, n: usize, theme: &'static Theme, begin: i64) {
    for (i, title) in theme.stories.iter().enumerate() {
        let name = format!("story-{n}-{i}");
        let made = name.clone();
        step(steps, begin + 24 + i as i64, ANA, move |d| {
            let parent = Some(d.key(&format!("epic-{n}"))?);
            d.act(&made, &CreateWorkItem {
                product: "RIDE".into(),
                title: (*title).into(),
                body: "Given what the interviews showed, when this is done, then the numbers of the key result move.".into(),
                parent,
                points: Some([1.0, 2.0, 3.0, 5.0, 8.0][(n + i) % 5]),
                labels: vec![["app", "payments", "design"][(n + i) % 3].into()],
                part: Some(PARTS[n].into()),
                ..CreateWorkItem::default()
            })?;
            d.ask(&made, "- What it does can be seen without explanation\n- Two of those who asked for it have tried it")
        });
        let moves = [
            (4, ANA, "Ready"),
            (9 + i as i64 * 9, TOM, "In progress"),
            (15 + i as i64 * 10, TOM, "In review"),
            (18 + i as i64 * 11, ANA, "Done"),
        ];
        for (after, who, state) in moves {
            let moved = name.clone();
            step(steps, begin + 26 + after + i as i64, who, move |d| {
                if matches!(state, "In progress" | "Done") {
                    d.open(&format!("words-{n}-{}", i % theme.words.len()))?;
                }
                if state == "In progress" {
                    let key = d.key(&moved)?;
                    let assignee = Some(Some("me".to_owned()));
                    d.act("", &EditWorkItem { key, assignee, ..EditWorkItem::default() })?;
                }
                if state == "Done" {
                    return d.accept(&moved);
                }
                d.set_state(&moved, state)
            });
        }
        if i % 2 == 0 {
            let talked = name.clone();
            step(steps, begin + 36 + i as i64 * 3, TOM, move |d| {
                let key = d.key(&talked)?;
                d.act(
                    "",
                    &AddComment {
                        key,
                        body: "@Ana Ruiz which of the users' words do we test this with?".into(),
                    },
                )
            });
            let answered = name.clone();
            step(steps, begin + 37 + i as i64 * 3, ANA, move |d| {
                let body = format!(
                    "With {}: that is the one that hurts.",
                    d.key(&format!("words-{n}-0"))?
                );
                let key = d.key(&answered)?;
                d.act("", &AddComment { key, body })
            });
        }
        if i == 1 {
            step(steps, begin + 40, ANA, move |d| {
                let key = d.key(&name)?;
                d.act("", &MoveWorkItem { key, to: Some("top".into()), ..MoveWorkItem::default() })
            });
        }
    }
}
