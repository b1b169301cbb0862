use proptest::prelude::*;

use super::*;
use crate::people::charters::context::{Company, Framework, Stage};

fn holder(role: Role, seniority: Seniority) -> Holder {
    Holder { person: Id::new(), role, seniority }
}

fn context(people: Vec<Holder>) -> Context {
    Context { people, ..Context::default() }
}

fn usual() -> Vec<Holder> {
    [Role::Head, Role::ProductManager, Role::ProductOwner, Role::Designer, Role::Developer]
        .map(|role| holder(role, Seniority::Mid))
        .to_vec()
}

fn product(arrangement: Arrangement, people: &[Holder]) -> Matrix {
    suggest(arrangement, &context(people.to_vec()), ScopeKind::Product).matrix
}

fn answers(matrix: &Matrix, number: u8) -> Option<Id> {
    matrix.line(number).and_then(accountable)
}

#[test]
fn the_table_is_kept_cell_by_cell() {
    let people = usual();
    let [_, manager, owner, designer, developer] = [0, 1, 2, 3, 4].map(|n| people[n].person);
    let coexist = product(Arrangement::Coexist, &people);
    assert_eq!(coexist.letter(1, manager), Some(Letter::AR));
    assert_eq!(coexist.letter(1, owner), Some(Letter::C));
    assert_eq!(coexist.letter(7, developer), Some(Letter::R));
    assert_eq!(coexist.letter(33, owner), Some(Letter::AR));
    assert_eq!(coexist.letter(33, manager), Some(Letter::I));
    assert_eq!(coexist.letter(39, manager), Some(Letter::C));
    assert_eq!(coexist.letter(44, manager), Some(Letter::A));
    assert_eq!(answers(&coexist, 30), Some(designer));
    for n in [31, 40, 43] {
        assert_eq!(answers(&coexist, n), Some(developer), "{n}");
    }
    let overlap = product(Arrangement::Overlap, &people);
    assert_eq!(
        (overlap.letter(13, owner), overlap.letter(33, manager)),
        (Some(Letter::R), Some(Letter::R))
    );
    let one = product(Arrangement::Both, &people);
    assert_eq!((answers(&one, 1), answers(&one, 33)), (Some(manager), Some(manager)));
    let owner_only = product(Arrangement::OwnerOnly, &people);
    assert_eq!((answers(&owner_only, 1), answers(&owner_only, 17)), (Some(owner), Some(owner)));
    assert_eq!(owner_only.letter(17, people[0].person), Some(Letter::C));
}

#[test]
fn a_junior_and_a_lead_get_different_matrices() {
    let team = |seniority| {
        let mut people = usual();
        people[1].seniority = seniority;
        people
    };
    let [junior, mid, lead] = [Seniority::Junior, Seniority::Mid, Seniority::Lead].map(team);
    let of = |people: &[Holder]| product(Arrangement::ManagerOnly, people);
    let (head, manager) = (junior[0].person, junior[1].person);
    let first = of(&junior);
    assert_eq!(answers(&first, 1), Some(head));
    assert_eq!(first.letter(1, manager), Some(Letter::R));
    assert!((33..=39).all(|n| first.letter(n, manager).is_some_and(Letter::acts)));
    let middle = of(&mid);
    assert_eq!(answers(&middle, 1), Some(mid[1].person));
    let last = of(&lead);
    let manager = lead[1].person;
    assert_eq!(answers(&last, 1), Some(manager));
    assert!((33..=39).all(|n| last.letter(n, manager) == Some(Letter::C)), "{last:?}");
    assert_eq!(answers(&last, 33), Some(lead[2].person), "the product owner takes it");
}

#[test]
fn a_senior_owner_takes_part_and_answers_in_their_part() {
    let mut people = usual();
    people[2].seniority = Seniority::Senior;
    let owner = people[2].person;
    let whole = product(Arrangement::Coexist, &people);
    assert_eq!(
        (whole.letter(1, owner), whole.letter(14, owner)),
        (Some(Letter::R), Some(Letter::R))
    );
    let part = suggest(Arrangement::Coexist, &context(people), ScopeKind::Part).matrix;
    assert_eq!((answers(&part, 11), answers(&part, 14)), (Some(owner), Some(owner)));
    assert_ne!(answers(&part, 13), Some(owner));
}

#[test]
fn each_kind_of_product_shifts_something() {
    let people = usual();
    let plain = product(Arrangement::Coexist, &people);
    for &kind in ProductKind::ALL {
        let with = Context { kinds: vec![kind], ..context(people.clone()) };
        let shifted = suggest(Arrangement::Coexist, &with, ScopeKind::Product);
        assert!(shifted.matrix != plain, "{kind}");
        assert!(!shifted.notes.is_empty(), "{kind}");
    }
}

#[test]
fn start_up_scale_up_and_large_are_three_systems() {
    // The same people in three houses.
    let people = usual();
    let three = [
        (Company::Startup, Stage::Search, 1, Framework::Kanban),
        (Company::ScaleUp, Stage::Growth, 4, Framework::Scrum),
        (Company::Large, Stage::Maturity, 8, Framework::Scrum),
    ]
    .map(|(company, stage, teams, framework)| {
        let context =
            Context { company, stage, teams, framework, kinds: vec![], people: people.clone() };
        let advice = super::super::arrangement::advise(&context);
        suggest(advice.arrangement, &context, ScopeKind::Product).matrix
    });
    assert!(three[0] != three[1] && three[1] != three[2] && three[0] != three[2]);
}

fn teams() -> impl Strategy<Value = Vec<Holder>> {
    let one = (0..Role::ALL.len(), 0..Seniority::ALL.len())
        .prop_map(|(r, s)| holder(Role::ALL[r], Seniority::ALL[s]));
    proptest::collection::vec(one, 0..8)
}

proptest! {
    /// However people are titled: one answers for each at most, only those named have letters, and a
    /// line is there for everything that belongs to the scope.
    #[test]
    fn one_answers_for_each(people in teams(), a in 0..5_usize, kinds in proptest::collection::vec(0..5_usize, 0..3), scope in 0..3_usize) {
        let kinds: Vec<ProductKind> = kinds.into_iter().map(|k| ProductKind::ALL[k]).collect();
        let scope = ScopeKind::ALL[scope];
        let context = Context { kinds, ..context(people.clone()) };
        let made = suggest(Arrangement::ALL[a], &context, scope);
        for r in &CATALOGUE {
            let line = made.matrix.line(r.number);
            prop_assert_eq!(line.is_some(), belongs(r.number, scope), "{}", r.number);
            if let Some(letters) = line {
                prop_assert!(letters.values().filter(|l| l.answers()).count() <= 1);
                prop_assert!(letters.keys().all(|id| people.iter().any(|p| p.person == *id)));
            }
        }
        prop_assert_eq!(&made, &suggest(Arrangement::ALL[a], &context, scope));
    }

    /// Where the roles that an arrangement needs are there, nothing is left without an answer, whatever
    /// kind of product it is.
    #[test]
    fn a_complete_team_leaves_nothing_unowned(extra in teams(), a in 0..5_usize, kind in 0..5_usize, scope in 0..3_usize) {
        let mut people = usual();
        people.extend(extra);
        let context = Context { kinds: vec![ProductKind::ALL[kind]], ..context(people) };
        let made = suggest(Arrangement::ALL[a], &context, ScopeKind::ALL[scope]);
        prop_assert_eq!(made.matrix.unowned(), Vec::<u8>::new());
    }
}
