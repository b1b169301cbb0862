//! Who lets others look into their mirror, what somebody keeps as it is, and a rung that this company
//! has beside the usual ones.

use std::collections::BTreeMap;

use wherefore_app::reports::careers::SetProfile;
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
    step(steps, 60, PRIYA, |d| {
        let held = [7, 11, 13, 28, 29, 32, 44].map(|n| (n, "R")).into_iter();
        let letters = held.chain([31, 40, 43].map(|n| (n, "AR"))).chain([(14, "C"), (33, "C")]);
        let letters: BTreeMap<String, String> =
            letters.map(|(n, letter)| (n.to_string(), letter.to_owned())).collect();
        d.act(
            "",
            &SetProfile {
                name: Some("Product engineer".into()),
                about: Some("Builds it, and speaks with those who use it.".into()),
                letters,
                ..SetProfile::default()
            },
        )
    });
    for (who, responsibility) in [(TOM, 35), (ANA, 28)] {
        step(steps, DAYS - 7, who, move |d| d.act("", &KeepResponsibility { responsibility }));
    }
}
