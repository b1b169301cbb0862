//! Flow measures on lives short enough to count by hand.

use wherefore_forecast::flow::{
    Item, ages, cumulative_flow, cycle_time_percentile, cycle_times, littles_law, throughput,
    work_in_progress,
};

fn item(created: i32, started: Option<i32>, finished: Option<i32>) -> Item {
    Item { created, started, finished }
}

fn lives() -> Vec<Item> {
    vec![
        item(0, Some(1), Some(3)),
        item(0, Some(2), Some(2)),
        item(1, Some(4), None),
        item(2, None, None),
        item(3, None, Some(5)),
        item(4, Some(9), Some(6)),
    ]
}

#[test]
fn measures_are_those_of_the_kanban_guide() {
    let items = lives();
    assert_eq!(work_in_progress(&items, 2), 1);
    assert_eq!(work_in_progress(&items, 4), 1);
    assert_eq!(cycle_times(&items), [3, 1, 1, 1]);
    assert_eq!(ages(&items, 10), [7]);
    assert_eq!(cycle_time_percentile(&items, 0.85), Some(3));
    assert_eq!(cycle_time_percentile(&[], 0.85), None);
    // Two whole weeks end before day 14; the first finished item lies in the older one.
    assert_eq!(throughput(&items, 14).weeks(), [4, 0]);
    assert_eq!(throughput(&items, 2).weeks(), [0_u32; 0]);
}

#[test]
fn the_cumulative_flow_never_falls_and_never_crosses() {
    let days = cumulative_flow(&lives(), 0, 12);
    assert_eq!(days.len(), 13);
    for pair in days.windows(2) {
        assert!(pair[0].created <= pair[1].created && pair[0].finished <= pair[1].finished);
    }
    assert!(days.iter().all(|day| day.created >= day.started && day.started >= day.finished));
    assert_eq!((days[5].created, days[5].started, days[5].finished), (6, 4, 3));
}

#[test]
fn littles_law_holds_in_a_steady_flow_and_shows_a_heap() {
    let steady: Vec<Item> = (0..300).map(|day| item(day, Some(day), Some(day + 4))).collect();
    let law = littles_law(&steady, 50, 249).unwrap();
    assert!((law.throughput - 1.0).abs() < 1e-9 && law.measured == 5.0);
    assert!(law.off_by().abs() < 0.01, "{law:?}");
    let heap: Vec<Item> = steady
        .iter()
        .enumerate()
        .map(|(at, life)| if at % 2 == 0 { *life } else { Item { finished: None, ..*life } })
        .collect();
    assert!(littles_law(&heap, 50, 249).unwrap().off_by() < -0.5);
    assert_eq!(littles_law(&[], 0, 10), None);
}
