//! Teams with known faults: whatever their size, the signal of the fault is raised and no other's.

use proptest::prelude::*;

use super::*;

fn gauge(number: u8) -> Gauge {
    Gauge { threshold: definition(number).threshold, events: 200 }
}

/// A team as the signals see it.
#[derive(Clone, Debug)]
struct Team {
    work: Vec<bool>,
    sides: Vec<Sides>,
    openers: Vec<BTreeSet<Part>>,
    contact: Vec<Option<i64>>,
    opened: Vec<bool>,
    between: Vec<usize>,
    talked: Vec<bool>,
    raised_by: Vec<Part>,
    answered: Vec<Option<i64>>,
    supported: Vec<bool>,
    goals: Vec<Goal>,
    reviewed: Vec<bool>,
    waits: Vec<f64>,
    held: BTreeSet<Doing>,
    done: BTreeSet<Doing>,
    owned: Vec<Ownership>,
}

fn healthy(n: usize) -> Team {
    let both = || BTreeSet::from([Part::ProductManager, Part::Maker]);
    let ids: Vec<Id> = (0..n).map(|_| Id::new()).collect();
    let doings: BTreeSet<Doing> = ids.iter().map(|id| (*id, 33)).collect();
    Team {
        work: vec![true; n],
        sides: vec![Sides { business: true, user: true, obligation: false }; n],
        openers: (0..n).map(|_| both()).collect(),
        contact: vec![Some(5); 3],
        opened: vec![true; n],
        between: vec![1; n],
        talked: vec![true; n],
        raised_by: (0..n)
            .map(|i| if i % 2 == 0 { Part::Maker } else { Part::ProductManager })
            .collect(),
        answered: vec![Some(3); n],
        supported: vec![true; n],
        goals: vec![Goal { released: true, moved: true }; n],
        reviewed: vec![true; n],
        waits: vec![0.5; n],
        held: doings.clone(),
        done: doings,
        owned: vec![Ownership { owned: true, by_holders: 9, by_others: 1 }; n],
    }
}

fn all(team: &Team, events: usize) -> Vec<Finding> {
    let g = |number| Gauge { events, ..gauge(number) };
    vec![
        no_why(&team.work, g(1)),
        one_sided_why(&team.sides, g(2)),
        evidence_monopoly(&team.openers, g(3)),
        contact_gap(&team.contact, g(4)),
        blind_acceptance(&team.opened, g(5)),
        hops(&team.between, g(6)),
        cascade(&team.talked, g(7)),
        top_down(&team.raised_by, g(8)),
        unanswered_feedback(&team.answered, g(9)),
        unsupported_roadmap(&team.supported, g(10)),
        goals_without_work(&team.goals, g(11)),
        unreviewed_outcomes(&team.reviewed, g(12)),
        slow_answers(&team.waits, g(13)),
        drift(&team.held, &team.done, g(14)),
        unowned(&team.owned, g(15)),
    ]
}

fn raised(team: &Team) -> Vec<u8> {
    all(team, 200).iter().filter(|f| f.raised).map(|f| f.signal).collect()
}

/// Makes the fault that one signal is there for.
fn fault(team: &mut Team, number: u8) {
    let n = team.work.len();
    match number {
        1 => team.work = vec![false; n],
        2 => team.sides = vec![Sides { business: true, ..Sides::default() }; n],
        3 => team.openers = vec![BTreeSet::from([Part::ProductManager]); n],
        4 => team.contact = vec![None, Some(45), Some(2)],
        5 => team.opened = vec![false; n],
        6 => team.between = vec![3; n],
        7 => team.talked = vec![false; n],
        8 => team.raised_by = vec![Part::Executive; n],
        9 => team.answered = (0..n).map(|i| (i % 2 == 0).then_some(30)).collect(),
        10 => team.supported = vec![false; n],
        11 => team.goals = vec![Goal { released: true, moved: false }; n],
        12 => team.reviewed = vec![false; n],
        13 => team.waits = vec![4.0; n],
        14 => team.done = team.held.iter().map(|(_, r)| (Id::new(), *r)).collect(),
        _ => team.owned[0].owned = false,
    }
}

proptest! {
    #[test]
    fn a_healthy_team_of_any_size_raises_nothing(n in 1_usize..120) {
        prop_assert_eq!(raised(&healthy(n)), Vec::<u8>::new());
    }

    #[test]
    fn a_fault_raises_its_signal_and_no_other(n in 5_usize..120, number in 1_u8..=15) {
        let mut team = healthy(n);
        fault(&mut team, number);
        prop_assert_eq!(raised(&team), vec![number]);
    }

    #[test]
    fn several_faults_raise_each_theirs(n in 5_usize..60, faults in prop::collection::btree_set(1_u8..=15, 0..8)) {
        let mut team = healthy(n);
        faults.iter().for_each(|number| fault(&mut team, *number));
        prop_assert_eq!(raised(&team), faults.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn below_ten_events_nothing_is_said(n in 1_usize..120, events in 0_usize..10, number in 1_u8..=15) {
        let mut team = healthy(n);
        fault(&mut team, number);
        for finding in all(&team, events) {
            prop_assert!(!finding.raised && !finding.enough, "{finding:?}");
        }
    }

    #[test]
    fn a_share_is_what_was_hit_and_raised_only_above(hits in prop::collection::vec(any::<bool>(), 5..200)) {
        let finding = no_why(&hits, gauge(1));
        let bad = hits.iter().filter(|reaches| !**reaches).count();
        prop_assert_eq!(finding.counted, bad);
        prop_assert_eq!(finding.hits.len(), bad);
        prop_assert_eq!(finding.raised, bad as f64 / hits.len() as f64 > 0.15);
    }

    #[test]
    fn drift_is_none_for_the_same_and_whole_for_nothing_in_common(n in 4_usize..50) {
        let held: BTreeSet<Doing> = (0..n).map(|_| (Id::new(), 1)).collect();
        let other: BTreeSet<Doing> = (0..n).map(|_| (Id::new(), 1)).collect();
        prop_assert_eq!(drift(&held, &held, gauge(14)).value, Some(0.0));
        prop_assert_eq!(drift(&held, &other, gauge(14)).value, Some(1.0));
    }

    #[test]
    fn weekends_do_not_count(from in 0_i64..2_000, hours in 0_i64..1_000) {
        let start = Time(from * Time::DAY / 7);
        let end = Time(start.0 + hours * 3600 * Time::SECOND);
        let days = working_days(start, end);
        prop_assert!(days >= 0.0 && days <= hours as f64 / 24.0 + 1e-9);
        // Of any whole week five days are at work.
        let week = working_days(start, start.plus_days(7));
        prop_assert!((week - 5.0).abs() < 1e-6, "{week}");
    }
}

#[test]
fn an_empty_team_says_nothing_and_divides_by_nothing() {
    let team = Team { contact: Vec::new(), ..healthy(0) };
    for finding in all(&team, 200) {
        assert!(!finding.raised && !finding.enough && finding.value.is_none(), "{finding:?}");
        assert!(!finding.sentence.is_empty());
    }
}

#[test]
fn obligations_ask_for_no_second_side() {
    let law = Sides { obligation: true, business: true, user: false };
    assert!(!one_sided_why(&[law; 6], gauge(2)).raised);
    let none = Sides::default();
    assert!(!one_sided_why(&[none; 6], gauge(2)).raised, "no need at all is another signal");
}

#[test]
fn one_person_in_both_roles_is_told_of_their_load() {
    let heavy = load(95, 100, gauge(3));
    assert!(heavy.raised && heavy.sentence.contains("away"), "{heavy:?}");
    assert!(!load(60, 100, gauge(3)).raised);
    assert!(!load(5, 5, gauge(3)).enough);
}

#[test]
fn a_conversation_has_two_sides() {
    assert!(two_way("Ola: I need a list. – Mei: What do you do with it?"));
    assert!(!two_way("Sales: build the report."));
    assert!(!two_way(""));
    assert!(!two_way("Sales wants a report"));
    assert!(two_way("Asked Ola what the list is for. She looks for tickets paid twice."));
}

#[test]
fn a_responsibility_done_by_others_is_told_once_there_is_enough() {
    let of = |by_holders, by_others| Ownership { owned: true, by_holders, by_others };
    assert!(unowned(&[of(2, 8)], gauge(15)).raised);
    assert!(!unowned(&[of(5, 5)], gauge(15)).raised, "half is not more than half");
    assert!(!unowned(&[of(0, 4)], gauge(15)).raised, "too few to say");
}
