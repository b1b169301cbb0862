//! Ranks are spread anew behind everybody's back: no order changes by it, today's or a past one.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use wherefore_app::how::work_items::{CreateWorkItem, ListWorkItems, MoveWorkItem};
use wherefore_app::jobs::Jobs;
use wherefore_app::kernel::{Actor, Clock, Id, Result, Time};
use wherefore_app::people::sign_in::{SetUp, set_up};
use wherefore_app::store::{Action, Call, Query, Reader, perform, spread_one};
use wherefore_app::thread::history::{GetHistory, ListActivity};
use wherefore_testkit::{TestApp, both_engines};

const NOON: Time = Time(1_767_268_800_000_000);

async fn owner(app: &TestApp) -> Actor {
    let made = app.db.write(|tx| {
        let input = SetUp {
            workspace: "W".into(),
            name: "Ana".into(),
            email: format!("{}@example.org", Id::new()),
            password: None,
            product_key: "PAY".into(),
            product_name: "Pay".into(),
        };
        set_up(tx, &input, NOON).map(|(actor, _)| actor)
    });
    made.await.unwrap()
}

async fn act<A: Action>(app: &TestApp, actor: &Actor, now: Time, input: A) -> String {
    let actor = actor.clone();
    let done = app.db.write(move |tx| perform(tx, &actor, now, &input, &Call::default()));
    done.await.unwrap().output.word("key").unwrap()
}

async fn ask<Q: Query>(app: &TestApp, actor: &Actor, now: Time, query: Q) -> Result<Q::Output> {
    let actor = actor.clone();
    app.db.read(move |conn| query.run(&mut Reader { conn, actor: &actor, now })).await
}

/// Keys and ranks in their order.
async fn order(app: &TestApp, actor: &Actor) -> Vec<(String, String)> {
    let list =
        ListWorkItems { product: "PAY".into(), limit: Some(200), ..ListWorkItems::default() };
    let page = ask(app, actor, NOON, list).await.unwrap();
    page.items.into_iter().map(|i| (i.key, i.rank)).collect()
}

async fn keys(app: &TestApp, actor: &Actor) -> Vec<String> {
    order(app, actor).await.into_iter().map(|(key, _)| key).collect()
}

/// The order as the versions tell it for a past moment.
async fn order_at(app: &TestApp, actor: &Actor, at: Time) -> Vec<String> {
    let (ws, actor) = (actor.workspace, actor.clone());
    let read = app.db.read(move |conn| {
        let product = wherefore_app::people::products::product(
            conn,
            &actor,
            "PAY",
            wherefore_app::kernel::Access::Read,
        )?;
        wherefore_app::how::work_items::as_of_order(conn, ws, product.id, at, 200)
    });
    read.await.unwrap().into_iter().map(|line| line.key).collect()
}

async fn items(app: &TestApp, actor: &Actor, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for n in 0..count {
        let input = CreateWorkItem {
            product: "PAY".into(),
            title: format!("Item {n}"),
            ..CreateWorkItem::default()
        };
        all.push(act(app, actor, NOON, input).await);
    }
    all
}

/// Puts one item after another directly after the first, until a rank is long.
async fn crowd(app: &TestApp, actor: &Actor, all: &[String], mut now: Time) -> Time {
    for n in 0..170 {
        now = Time(now.0 + Time::SECOND);
        let key = all[1 + n % (all.len() - 1)].clone();
        let after = Some(all[0].clone());
        act(app, actor, now, MoveWorkItem { key, after, ..MoveWorkItem::default() }).await;
    }
    let longest = order(app, actor).await.iter().map(|(_, rank)| rank.len()).max();
    assert!(longest > Some(24), "{longest:?}");
    now
}

both_engines! {
    async fn long_ranks_are_spread_and_every_order_stays(app) {
        let actor = owner(&app).await;
        let all = items(&app, &actor, 5).await;
        let crowded = crowd(&app, &actor, &all, NOON).await;
        let (before, now) = (keys(&app, &actor).await, Time(crowded.0 + Time::SECOND));
        let past = order_at(&app, &actor, Time(NOON.0 + 90 * Time::SECOND)).await;
        let events = ask(&app, &actor, now, GetHistory { key: all[1].clone(), before: None });
        let events = events.await.unwrap().events.len();

        let jobs = Jobs::standard(app.db.clone(), Clock::fixed(now));
        assert!(jobs.run_due().await.iter().all(|ran| ran.result.is_ok()));

        let after = order(&app, &actor).await;
        assert!(after.iter().all(|(_, rank)| rank.len() <= 24), "{after:?}");
        assert_eq!(keys(&app, &actor).await, before);
        assert_eq!(order_at(&app, &actor, Time(NOON.0 + 90 * Time::SECOND)).await, past);
        assert_eq!(order_at(&app, &actor, now).await, before);
        assert_eq!(order_at(&app, &actor, Time(now.0 + Time::SECOND)).await, before);

        let told = ask(&app, &actor, now, GetHistory { key: all[1].clone(), before: None });
        assert_eq!(told.await.unwrap().events.len(), events, "no item tells of it");
        let told = ask(&app, &actor, now, ListActivity { product: "PAY".into(), before: None });
        let spread: Vec<_> =
            told.await.unwrap().events.into_iter().filter(|e| e.verb == "spread-ranks").collect();
        assert!(!spread.is_empty() && spread.iter().all(|e| e.via == "system"));
    }
}

/// A step of somebody, or of the system.
#[derive(Clone, Debug)]
enum Step {
    Move { item: prop::sample::Index, after: prop::sample::Index },
    Crowd { item: prop::sample::Index, times: usize },
    Spread,
}

fn step() -> impl Strategy<Value = Step> {
    let any_index = any::<prop::sample::Index>;
    prop_oneof![
        3 => (any_index(), any_index()).prop_map(|(item, after)| Step::Move { item, after }),
        2 => (any_index(), 20_usize..80).prop_map(|(item, times)| Step::Crowd { item, times }),
        2 => Just(Step::Spread),
    ]
}

/// Moves `key` to directly after `after`, in the product and in what we expect.
async fn moved(
    app: &TestApp,
    actor: &Actor,
    now: Time,
    wanted: &mut Vec<String>,
    key: String,
    after: &str,
) {
    if key == after {
        return;
    }
    wanted.retain(|k| *k != key);
    let place = wanted.iter().position(|k| k == after).unwrap();
    wanted.insert(place + 1, key.clone());
    let input = MoveWorkItem { key, after: Some(after.to_owned()), ..MoveWorkItem::default() };
    act(app, actor, now, input).await;
}

async fn holds(steps: Vec<Step>) {
    let app = TestApp::sqlite().await;
    let actor = owner(&app).await;
    let all = items(&app, &actor, 12).await;
    let (mut wanted, mut now, mut past) = (all.clone(), NOON, Vec::new());
    for step in steps {
        now = Time(now.0 + Time::SECOND);
        match step {
            Step::Move { item, after } => {
                let (key, after) = (all[item.index(12)].clone(), all[after.index(12)].clone());
                moved(&app, &actor, now, &mut wanted, key, &after).await;
            }
            Step::Crowd { item, times } => {
                let after = all[item.index(12)].clone();
                for n in 0..times {
                    now = Time(now.0 + Time::SECOND);
                    moved(&app, &actor, now, &mut wanted, all[n % 12].clone(), &after).await;
                }
            }
            Step::Spread => {
                let ws = actor.workspace;
                while app.db.write(move |tx| spread_one(tx, ws, now)).await.unwrap() {}
            }
        }
        assert_eq!(keys(&app, &actor).await, wanted);
        past.push((Time(now.0 + Time::SECOND / 2), wanted.clone()));
    }
    for (at, then) in past {
        assert_eq!(order_at(&app, &actor, at).await, then);
    }
}

#[test]
fn moves_and_spreading_in_any_sequence_keep_every_order() {
    let mut runner =
        TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let steps = prop::collection::vec(step(), 1..14);
    runner
        .run(&steps, |steps| {
            wherefore_testkit::run(holds(steps));
            Ok(())
        })
        .unwrap();
}
