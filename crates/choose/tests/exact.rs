//! The solver against all subsets, and on problems of a team's size.

use std::time::Duration;

use wherefore_choose::{Candidate, Item, Limits, Lock, Mistake, Problem, choose, plan};

/// A small generator of its own, so that the problems never change.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % count) as usize
    }
}

/// Few or many needs, circles included, zero efforts and values included, some items locked.
fn small(dice: &mut Dice) -> (Vec<Item>, i64) {
    let count = 1 + dice.below(11);
    let density = dice.below(4) as u64;
    let mut items: Vec<Item> = (0..count)
        .map(|position| {
            let mut needs = Vec::new();
            for other in 0..count {
                if other != position && (dice.below(8) as u64) < density {
                    needs.push(other);
                }
            }
            let locks = [Lock::Free, Lock::Free, Lock::Free, Lock::Free, Lock::In, Lock::Out];
            let (value, effort) = (dice.below(12) as i64, dice.below(9) as i64);
            Item { value, effort, needs, lock: locks[dice.below(6)] }
        })
        .collect();
    if dice.below(3) > 0 {
        items.iter_mut().for_each(|item| item.lock = Lock::Free);
    }
    let total: i64 = items.iter().map(|item| item.effort).sum();
    let capacity = dice.below(total as u64 + 2) as i64;
    (items, capacity)
}

/// The best value by looking at every set.
fn by_hand(items: &[Item], capacity: i64) -> Option<i64> {
    let allowed = |set: u32| {
        (0..items.len()).all(|item| {
            let inside = set >> item & 1 == 1;
            let locked = match items[item].lock {
                Lock::Free => true,
                Lock::In => inside,
                Lock::Out => !inside,
            };
            locked && (!inside || items[item].needs.iter().all(|need| set >> need & 1 == 1))
        })
    };
    let sum = |set: u32, of: fn(&Item) -> i64| -> i64 {
        (0..items.len()).filter(|item| set >> item & 1 == 1).map(|item| of(&items[item])).sum()
    };
    (0..1_u32 << items.len())
        .filter(|set| allowed(*set) && sum(*set, |item| item.effort) <= capacity)
        .map(|set| sum(set, |item| item.value))
        .max()
}

#[test]
fn small_problems_are_solved_as_by_looking_at_every_set() {
    let mut dice = Dice(42);
    let mut solved = 0;
    for case in 0..3_000 {
        let (items, capacity) = small(&mut dice);
        let best = by_hand(&items, capacity);
        match Problem::new(items.clone(), capacity) {
            Err(mistake) => assert_eq!(best, None, "case {case}: {mistake}"),
            Ok(problem) => {
                let choice = choose(&problem, &Limits::default());
                assert_eq!(Some(choice.value), best, "case {case}: {items:?} in {capacity}");
                assert!(choice.optimal && choice.bound == choice.value && choice.gap() == 0.0);
                check(&problem, &choice);
                solved += 1;
            }
        }
    }
    assert!(solved > 2_000, "{solved}");
}

/// That the answer is closed under needs, respects locks and fits.
fn check(problem: &Problem, choice: &wherefore_choose::Choice) {
    let mut inside = vec![false; problem.items().len()];
    choice.chosen.iter().for_each(|item| inside[*item] = true);
    assert_eq!(problem.weigh(&inside), (choice.value, choice.effort));
    assert!(choice.effort <= problem.capacity() && choice.value <= choice.bound);
    for (position, item) in problem.items().iter().enumerate() {
        assert!(item.lock != Lock::In || inside[position]);
        assert!(item.lock != Lock::Out || !inside[position]);
        assert!(!inside[position] || item.needs.iter().all(|need| inside[*need]));
    }
}

fn quarter(seed: u64) -> Problem {
    let mut dice = Dice(seed);
    let mut items: Vec<Item> = (0..200)
        .map(|_| {
            let effort = 1 + dice.below(20) as i64;
            let value = effort * (1 + dice.below(6) as i64) + dice.below(10) as i64;
            Item { value, effort, ..Item::default() }
        })
        .collect();
    for _ in 0..50 {
        let (first, second) = (dice.below(200), dice.below(200));
        if first < second {
            items[second].needs.push(first);
        } else if second < first {
            items[first].needs.push(second);
        }
    }
    let total: i64 = items.iter().map(|item| item.effort).sum();
    Problem::new(items, total / 3).unwrap()
}

#[test]
fn a_teams_quarter_is_proven_best_in_few_steps() {
    let few = Limits { nodes: 400, ..Limits::default() };
    for seed in 0..20 {
        let problem = quarter(seed);
        let choice = choose(&problem, &few);
        assert!(choice.optimal, "seed {seed}: gap {}", choice.gap());
        check(&problem, &choice);
    }
}

#[test]
fn cut_short_it_tells_the_gap_and_the_same_each_time() {
    for seed in 0..5 {
        let problem = quarter(seed);
        let best = choose(&problem, &Limits::default());
        let limits = Limits { nodes: 2, ..Limits::default() };
        let choice = choose(&problem, &limits);
        check(&problem, &choice);
        assert!(choice.value <= best.value && best.value <= choice.bound);
        assert_eq!(choice, choose(&problem, &limits));
        let at_once = Limits { time: Some(Duration::ZERO), ..Limits::default() };
        let choice = choose(&problem, &at_once);
        check(&problem, &choice);
        assert!(best.value <= choice.bound);
    }
}

#[test]
fn more_capacity_never_brings_less() {
    let items: Vec<Item> = quarter(3).items()[..40].to_vec();
    let items: Vec<Item> = items
        .into_iter()
        .map(|item| Item { needs: item.needs.into_iter().filter(|n| *n < 40).collect(), ..item })
        .collect();
    let mut last = 0;
    for capacity in (0..400).step_by(7) {
        let problem = Problem::new(items.clone(), capacity).unwrap();
        let choice = choose(&problem, &Limits::default());
        assert!(choice.optimal && choice.value >= last);
        last = choice.value;
    }
}

#[test]
fn decimals_never_take_more_than_there_is() {
    let candidate = |value, effort| Candidate { value, effort, ..Candidate::default() };
    let three = [candidate(1.0, 0.1), candidate(1.0, 0.1), candidate(1.0, 0.1)];
    let all = plan(&three, 0.3, &Limits::default()).unwrap();
    assert_eq!((all.chosen.len(), all.value, all.optimal), (3, 3.0, true));
    let third = [candidate(1.0, 1.0 / 3.0), candidate(1.0, 1.0 / 3.0), candidate(1.0, 1.0 / 3.0)];
    assert_eq!(plan(&third, 0.9999, &Limits::default()).unwrap().chosen.len(), 2);
}

#[test]
fn a_problem_that_cannot_be_posed_says_why() {
    let item = |effort, lock| Item { effort, lock, ..Item::default() };
    let needing = |need| Item { needs: vec![need], lock: Lock::In, ..Item::default() };
    let posed = |items| Problem::new(items, 5).unwrap_err();
    assert_eq!(posed(vec![needing(3)]), Mistake::UnknownNeed { item: 0, need: 3 });
    assert_eq!(posed(vec![item(-1, Lock::Free)]), Mistake::Negative { item: Some(0) });
    assert_eq!(
        posed(vec![needing(1), item(1, Lock::Out)]),
        Mistake::Contradiction { item: 0, need: 1 }
    );
    assert_eq!(posed(vec![item(6, Lock::In)]), Mistake::PromisedTooMuch { effort: 6, capacity: 5 });
    let wrong = [Candidate { value: f64::NAN, ..Candidate::default() }];
    assert_eq!(plan(&wrong, 1.0, &Limits::default()), Err(Mistake::TooLarge));
}
