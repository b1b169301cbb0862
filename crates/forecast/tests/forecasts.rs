//! What a forecast must do whatever the team: be the same again, never promise more for less, hold
//! where the past says so, and refuse where it cannot know.

use std::time::{Duration, Instant};

use wherefore_forecast::{
    BackTest, LEVELS, Outlook, Refusal, Settings, Throughput, Work, back_test, goal_holds,
    how_many, item_remaining, items_done, service_level, when_done,
};

/// A small generator of its own, so that the histories never change.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % count) as u32
    }
}

/// Histories of all paces, some idle for long, some changing.
fn histories() -> Vec<Throughput> {
    let mut dice = Dice(11);
    let mut histories = Vec::new();
    for _ in 0..40 {
        let (weeks, pace) = (12 + dice.below(60) as usize, u64::from(1 + dice.below(12)));
        let idle = dice.below(4);
        let counts = (0..weeks).map(|_| {
            let count = 1 + dice.below(pace);
            if dice.below(4) < idle { 0 } else { count }
        });
        let history = Throughput::from_weeks(counts.collect());
        if history.window(12).is_ok() {
            histories.push(history);
        }
    }
    assert!(histories.len() > 20);
    histories
}

#[test]
fn thin_data_is_refused_with_the_reason() {
    let asked = |weeks: Vec<u32>| {
        when_done(&Throughput::from_weeks(weeks), &Work::items(5), &Settings::default())
    };
    assert_eq!(asked(vec![3; 7]).unwrap_err(), Refusal::TooShort { weeks: 7, needed: 8 });
    assert_eq!(asked(vec![]).unwrap_err(), Refusal::TooShort { weeks: 0, needed: 8 });
    let idle = asked(vec![0; 30]).unwrap_err();
    assert_eq!(idle, Refusal::TooLittleFinished { finished: 0, weeks: 12, needed: 6 });
    assert!(idle.to_string().contains("0 items finished in the last 12 weeks"), "{idle}");
    assert!(asked(vec![1; 8]).is_ok());
    let few = item_remaining(&[1.0, 2.0, f64::NAN], 1.0, 1).unwrap_err();
    assert_eq!(few, Refusal::TooFewCycleTimes { items: 2, needed: 8 });
}

#[test]
fn the_same_question_gets_the_same_answer() {
    for history in histories().iter().take(5) {
        let asked = || when_done(history, &Work::items(30), &Settings::default()).unwrap();
        assert_eq!(asked(), asked());
        let other = Settings { seed: 2, ..Settings::default() };
        let by_chance = when_done(history, &Work::items(30), &other).unwrap();
        let (one, two) = (asked().weeks_at(0.5), by_chance.weeks_at(0.5));
        assert!((one / two - 1.0).abs() < 0.15, "{one} {two}");
    }
}

#[test]
fn more_items_never_take_less_and_surer_never_means_sooner() {
    for history in histories().iter().take(16) {
        let mut last = [0; 4];
        // The same corrections for all: those of different sizes are learnt from different outcomes.
        for items in [20, 25, 40, 80, 160] {
            let settings = Settings { tuning: without_learning(), ..Settings::default() };
            let when = when_done(history, &Work::items(items), &settings).unwrap();
            let weeks = when.weeks.map(|weeks| weeks.unwrap_or(u32::MAX));
            assert!(weeks.is_sorted(), "{weeks:?}");
            assert!((0..4).all(|level| weeks[level] >= last[level]), "{last:?} {weeks:?}");
            last = weeks;
        }
        let mut last = [0; 4];
        for weeks in [0.0, 0.5, 1.0, 2.0, 4.5, 9.0, 20.0] {
            let settings = Settings { tuning: without_learning(), ..Settings::default() };
            let many = how_many(history, weeks, &settings).unwrap().at_least;
            assert!(many.iter().rev().is_sorted(), "{many:?}");
            assert!((0..4).all(|level| many[level] >= last[level]), "{last:?} {many:?}");
            last = many;
        }
    }
}

fn without_learning() -> wherefore_forecast::Tuning {
    wherefore_forecast::Tuning { step: 0.0, ..Default::default() }
}

#[test]
fn both_questions_tell_the_same_story() {
    for history in histories().iter().take(12) {
        let settings = Settings { tuning: without_learning(), ..Settings::default() };
        let when = when_done(history, &Work::items(40), &settings).unwrap();
        for (level, share) in LEVELS.into_iter().enumerate() {
            let weeks = when.weeks_at(share);
            if weeks > 400.0 {
                continue;
            }
            let many = how_many(history, weeks, &settings).unwrap().at_least[level];
            assert!((33..=47).contains(&many), "{many} items in {weeks} weeks at {level}");
        }
    }
}

#[test]
fn growth_and_old_items_in_progress_push_the_end_back() {
    let history = Throughput::from_weeks(vec![4, 6, 5, 3, 7, 5, 4, 6, 5, 5, 4, 6]);
    let settings = Settings::default();
    let end = |work: &Work| when_done(&history, work, &settings).unwrap().weeks_at(0.85);
    let fixed = Work::items(20);
    let growing = Work { added: vec![2, 0, 3, 1], ..fixed.clone() };
    assert!(end(&growing) > end(&fixed) * 1.2);
    let cycle_times: Vec<f64> = (1..=20).map(f64::from).chain([90.0, 95.0, 120.0]).collect();
    let stuck = Work { ages: vec![30.0], cycle_times, ..fixed.clone() };
    assert!(end(&stuck) > end(&fixed));
    let never = Work { added: vec![50], ..fixed };
    let when = when_done(&history, &never, &settings).unwrap();
    assert_eq!(when.weeks[3], None);
}

#[test]
fn a_goal_is_as_sure_as_the_share_of_futures() {
    let history = Throughput::from_weeks(vec![5; 30]);
    let goal =
        |items| goal_holds(&history, &Work::items(items), 2.0, &Settings::default()).unwrap();
    assert_eq!(goal(2).outlook, Outlook::Safe);
    assert_eq!(goal(60).outlook, Outlook::AtRisk);
    assert!(goal(5).chance > goal(10).chance && goal(10).chance > goal(15).chance);
    let when = goal(10).when;
    assert_eq!(when.histogram().iter().sum::<u32>() as usize, when.runs);
    assert!(when.runs >= 10_000 && when.assumptions.len() >= 5);
}

#[test]
fn a_team_whose_forecasts_failed_gets_longer_ones() {
    // Bursts before long lulls: whenever much was finished lately, little is finished next.
    let burst: Vec<u32> = (0..160).map(|week| if week / 14 % 2 == 0 { 6 } else { 1 }).collect();
    let history = Throughput::from_weeks(burst[..154].to_vec());
    let learning = when_done(&history, &Work::items(40), &Settings::default()).unwrap();
    let settings = Settings { tuning: without_learning(), ..Settings::default() };
    let fixed = when_done(&history, &Work::items(40), &settings).unwrap();
    assert!(learning.weeks_at(0.85) != fixed.weeks_at(0.85));
    let (known, held) = learning.past.held();
    assert!(known > 10 && held.is_sorted());
    assert!(learning.past.sentence().starts_with("Of "));
}

#[test]
fn the_back_test_uses_nothing_that_came_later() {
    for history in histories().into_iter().filter(|history| history.weeks().len() > 40).take(8) {
        let whole = back_test(&history, 10, &Settings::default());
        let cut = history.weeks().len() - 9;
        let earlier = Throughput::from_weeks(history.weeks()[..cut].to_vec());
        let part: BackTest = back_test(&earlier, 10, &Settings::default());
        for (then, now) in part.forecasts.iter().zip(&whole.forecasts) {
            assert_eq!((then.week, then.weeks), (now.week, now.weeks));
        }
    }
}

#[test]
fn ten_thousand_runs_over_five_hundred_items_are_quick() {
    let history = Throughput::from_weeks((0..104).map(|week| 5 + week * 7 % 9).collect());
    let fastest = (0..10)
        .map(|_| {
            let started = Instant::now();
            when_done(&history, &Work::items(500), &Settings::default()).unwrap();
            started.elapsed()
        })
        .min();
    assert!(
        fastest.unwrap() < Duration::from_millis(if cfg!(debug_assertions) { 200 } else { 20 })
    );
}

#[test]
fn cycle_times_answer_for_single_items() {
    let days: Vec<f64> = (1..=100).map(f64::from).collect();
    assert_eq!(service_level(&days, 0.85), Ok(85.0));
    let fresh = item_remaining(&days, 0.0, 1).unwrap();
    let old = item_remaining(&days, 90.0, 1).unwrap();
    assert!((fresh.at[0] - 50.0).abs() <= 2.0 && old.at[3] <= 10.0);
    let ancient = item_remaining(&days, 400.0, 1).unwrap();
    assert!(ancient.at[0] > 200.0 && ancient.at.is_sorted());
    let one = items_done(&days, 10, &[], 1, 1).unwrap();
    let five = items_done(&days, 10, &[], 5, 1).unwrap();
    assert!(one.at[0] > five.at[0] * 3.0);
    assert!(items_done(&days, 0, &[], 1, 1).unwrap().at[3] == 0.0);
}
