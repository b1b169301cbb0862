//! Who lets others look into their mirror, and what somebody keeps as it is.

use wherefore_app::reports::mirror::{KeepResponsibility, ShareMirror};

use crate::PEOPLE;
use crate::story::{ANA, DAYS, LEA, MEI, PRIYA, Step, TOM, step};

pub(crate) fn tell(steps: &mut Vec<Step>) {
    step(steps, DAYS - 30, MEI, |d| {
        d.act("", &ShareMirror { audience: "teams".into(), people: Vec::new() })
    });
    // For their one-to-one.
    for who in [ANA, LEA] {
        step(steps, DAYS - 28, who, |d| {
            let people = vec![PEOPLE[PRIYA].name.to_owned()];
            d.act("", &ShareMirror { audience: "people".into(), people })
        });
    }
    for (who, responsibility) in [(TOM, 35), (ANA, 28)] {
        step(steps, DAYS - 7, who, move |d| d.act("", &KeepResponsibility { responsibility }));
    }
}
