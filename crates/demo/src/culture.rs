//! Culture before titles: a practice that was tried and kept, one whose day has come and nobody has
//! looked back, and a title that changed nothing else.

use std::collections::BTreeMap;

use wherefore_app::guide::culture::{Asked, LookBack, Question, TryPractice};
use wherefore_app::kernel::Error;
use wherefore_app::people::members::EditTitles;

use crate::story::{DAYS, KARL, MEI, NOOR, PRIYA, Step, step};

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, DAYS - 75, MEI, |d| {
        d.act(
            "shared-interviews",
            &TryPractice {
                practice: "shared-interviews".into(),
                team: "Tickets".into(),
                product: Some("RIDE".into()),
                problem: Some("Only Mei and Ana had met a passenger this year.".into()),
                until: Some(d.now.day().plus_days(45)),
            },
        )
    });
    step(steps, DAYS - 29, MEI, |d| {
        let step = d.key("shared-interviews")?.parse().map_err(Error::internal)?;
        d.act(
            "",
            &LookBack {
                step,
                outcome: "keep".into(),
                note: "Everybody has heard a passenger. Two stories were dropped because of it."
                    .into(),
                look_back_on: None,
            },
        )
    });
    step(steps, DAYS - 40, KARL, |d| {
        d.act(
            "",
            &TryPractice {
                practice: "answering-hour".into(),
                team: "Portal".into(),
                product: Some("PART".into()),
                problem: None,
                until: Some(d.now.day().plus_days(36)),
            },
        )
    });
    step(steps, DAYS - 20, PRIYA, |d| {
        let noor = d.people[NOOR].to_string();
        let titles = BTreeMap::from([(noor, "Senior Developer".to_owned())]);
        let question = Question {
            problem: Some("Applicants ask what a developer becomes here.".into()),
            ..Question::default()
        };
        d.act("", &Asked { action: EditTitles { titles }, question })
    });
}
