//! What the healthy team does week after week beside its themes: stories under each epic, words
//! that keep coming in, questions that are answered, problems that are declined with a reason.

use wherefore_app::how::work_items::{CreateWorkItem, EditWorkItem};
use wherefore_app::kernel::Error;
use wherefore_app::thread::bin::BinItem;
use wherefore_app::thread::notifications::ReadAllNotifications;
use wherefore_app::thread::questions::{AnswerQuestion, AskQuestion};
use wherefore_app::what::opportunities::{DecideOpportunity, FrameOpportunity};
use wherefore_app::why::evidence::{EditEvidence, RecordEvidence};
use wherefore_app::why::needs::EditNeed;
use wherefore_app::why::objectives::CloseObjective;

use crate::PEOPLE;
use crate::founding::PARTS;
use crate::scores;
use crate::story::{ANA, DAYS, GRACE, LEA, MEI, NOOR, PRIYA, Step, TOM, step};
use crate::titles::{BUGS_LATER, MORE, PROBLEMS, WORDS_LATER};

/// Nothing here comes before this day: keys given earlier stay what they are.
const FROM: i64 = 112;

pub(crate) fn tickets(steps: &mut Vec<Step>) {
    for (theme, titles) in MORE.iter().enumerate() {
        let first = (44 + theme as i64 * 72).max(FROM);
        let pace = ((DAYS - 5 - first) / titles.len() as i64).min(22);
        for (k, title) in titles.iter().enumerate() {
            story(steps, theme, k, title, first + k as i64 * pace);
        }
        words(steps, theme, first);
        if let Some(title) = BUGS_LATER.get(theme) {
            bug(steps, theme, title, first + 40);
        }
    }
    problems(steps);
    endings(steps);
}

fn story(steps: &mut Vec<Step>, theme: usize, k: usize, title: &'static str, begin: i64) {
    let name = format!("more-{theme}-{k}");
    let made = name.clone();
    let author = [ANA, ANA, LEA, TOM][k % 4];
    step(steps, begin, author, move |d| {
        let parent = Some(d.key(&format!("epic-{theme}"))?);
        d.act(
            &made,
            &CreateWorkItem {
                product: "RIDE".into(),
                title: title.into(),
                level: title.starts_with("Task:").then(|| "task".to_owned()),
                parent,
                part: Some(PARTS[theme].into()),
                points: Some([1.0, 2.0, 3.0, 5.0][(theme + k) % 4]),
                priority: k.is_multiple_of(5).then(|| "high".to_owned()),
                labels: vec![["app", "service", "design"][k % 3].into()],
                ..CreateWorkItem::default()
            },
        )
    });
    if k % 9 == 7 {
        let dropped = name.clone();
        step(steps, begin + 8, ANA, move |d| {
            d.say(
                &dropped,
                "@Tom Okoro we drop it: the last interviews no longer name it.".into(),
            )?;
            d.set_state(&dropped, "Dropped")
        });
        return;
    }
    let maker = if (theme + k).is_multiple_of(2) { TOM } else { NOOR };
    for (after, who, state) in
        [(3, ANA, "Ready"), (7, maker, "In progress"), (11, maker, "In review"), (13, ANA, "Done")]
    {
        let moved = name.clone();
        step(steps, begin + after, who, move |d| {
            if matches!(state, "In progress" | "Done") {
                d.open(&format!("words-{theme}-{}", k % 3))?;
            }
            if state == "In progress" {
                let (key, assignee) = (d.key(&moved)?, Some(Some("me".to_owned())));
                d.act("", &EditWorkItem { key, assignee, ..EditWorkItem::default() })?;
            }
            d.set_state(&moved, state)
        });
    }
    if k % 3 == 1 {
        asked(steps, theme, name, begin + 6, maker);
    }
}

/// Why is asked, and answered on the next day with a user's words.
fn asked(steps: &mut Vec<Step>, theme: usize, name: String, day: i64, who: usize) {
    let question = format!("why-{name}");
    let asked = question.clone();
    let talked = name.clone();
    step(steps, day, who, move |d| {
        let key = d.key(&name)?;
        let body = "@Mei Lin whom does this help most?".to_owned();
        d.act(&asked, &AskQuestion { key, kind: None, body })
    });
    step(steps, day + 1, MEI, move |d| {
        let words = d.key(&format!("words-{theme}-1"))?;
        let question = d.key(&question)?.parse().map_err(Error::internal)?;
        let answer = format!("Those who said {words}; we hear it about once a week.");
        d.act("", &AnswerQuestion { question, answer })?;
        d.say(&talked, format!("@Ana Ruiz let us check it against {words} when it is in review."))
    });
}

fn words(steps: &mut Vec<Step>, theme: usize, first: i64) {
    for (i, (words, source)) in WORDS_LATER[theme].iter().enumerate() {
        let name = format!("later-{theme}-{i}");
        let day = first + 5 + i as i64 * 17;
        let who = [GRACE, LEA, ANA][i % 3];
        let made = name.clone();
        step(steps, day, who, move |d| {
            d.act(
                &made,
                &RecordEvidence {
                    product: "RIDE".into(),
                    verbatim: (*words).into(),
                    kind: Some(["support-ticket", "interview", "survey"][i % 3].into()),
                    source: (*source).into(),
                    segment: "commuters".into(),
                    ..RecordEvidence::default()
                },
            )
        });
        step(steps, day + 2, MEI, move |d| {
            d.open(&name)?;
            let (key, state) = (d.key(&name)?, Some("triaged".to_owned()));
            d.act("", &EditEvidence { key, state, ..EditEvidence::default() })?;
            d.link(&format!("need-{theme}"), &name)
        });
    }
}

fn bug(steps: &mut Vec<Step>, theme: usize, title: &'static str, day: i64) {
    let name = format!("bug-later-{theme}");
    let made = name.clone();
    step(steps, day, GRACE_TOLD, move |d| {
        let broke = Some(d.key(&format!("more-{theme}-0"))?);
        d.act(
            &made,
            &CreateWorkItem {
                product: "RIDE".into(),
                title: title.into(),
                level: Some("bug".into()),
                broke,
                part: Some(PARTS[theme].into()),
                labels: vec!["bug".into()],
                ..CreateWorkItem::default()
            },
        )
    });
    for (after, who, state) in [(1, NOOR, "In progress"), (4, NOOR, "In review"), (6, ANA, "Done")]
    {
        let moved = name.clone();
        step(steps, day + after, who, move |d| d.set_state(&moved, state));
    }
}

/// Guests record evidence but no work, so the designer writes down what support found.
const GRACE_TOLD: usize = LEA;

/// Problems in every state, raised by anybody.
fn problems(steps: &mut Vec<Step>) {
    for (i, (title, state, because, theme)) in PROBLEMS.iter().enumerate() {
        let name = format!("problem-later-{i}");
        // Not before the need that it is about.
        let day = (150 + i as i64 * 40).max(24 + *theme as i64 * 72);
        let made = name.clone();
        step(steps, day, [GRACE, TOM, LEA, NOOR][i % 4], move |d| {
            let problem = FrameOpportunity {
                product: "RIDE".into(),
                title: (*title).into(),
                ..FrameOpportunity::default()
            };
            d.act(&made, &problem)
        });
        step(steps, day + 6, MEI, move |d| {
            d.link(&name, &format!("need-{theme}"))?;
            if state.is_empty() {
                return Ok(());
            }
            let (key, state) = (d.key(&name)?, (*state).to_owned());
            d.act("", &DecideOpportunity { key, state, because: (*because).into() })
        });
        scores::later(steps, i, day + 8);
    }
}

/// What was learned with the first objectives.
const LESSONS: [&str; 3] = [
    "One line that explains a fare does more than a lower price.",
    "Half of the calls were about the state of a refund, not about how to get one.",
    "People forgive a delay that they hear of at home.",
];

fn endings(steps: &mut Vec<Step>) {
    step(steps, 300, MEI, |d| {
        let (key, state) = (d.key("need-0")?, Some("met".to_owned()));
        d.act("", &EditNeed { key, state, ..EditNeed::default() })
    });
    for (n, lesson) in LESSONS.into_iter().enumerate() {
        step(steps, 365, PRIYA, move |d| {
            let key = d.key(&format!("objective-{n}"))?;
            let lesson = lesson.to_owned();
            d.act("", &CloseObjective { key, score: None, lesson })
        });
    }
    step(steps, 412, ANA, |d| {
        let key = d.key("more-4-2")?;
        d.act("", &BinItem { key })
    });
    for who in 0..PEOPLE.len() {
        step(steps, 416, who, |d| d.act("", &ReadAllNotifications {}));
    }
}
