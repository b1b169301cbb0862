//! The siloed team of the demo raises its signals, the healthy one none, and the pages say why.

use wherefore_app::kernel::{Actor, Id, Role, Time, Via};
use wherefore_app::reports::signals::{GetHealth, GetSignal, Health};
use wherefore_app::store::{Query, Reader};
use wherefore_testkit::{TestApp, run};

const END: Time = Time(1_788_000_000_000_000);

async fn owner(app: &TestApp) -> Actor {
    let sql = "SELECT workspace_id, id FROM person WHERE name = 'Priya Nair'";
    let read = app
        .db
        .read(move |conn| conn.query_text(sql, &[], |r| Ok((r.get::<i64>(0)?, r.get::<Id>(1)?))));
    let (workspace, person) = read.await.unwrap()[0];
    Actor {
        workspace,
        person,
        name: "Priya Nair".into(),
        role: Role::Owner,
        read_only: false,
        via: Via::Web,
        grants: None,
    }
}

async fn ask<Q: Query>(app: &TestApp, actor: &Actor, query: Q) -> Q::Output {
    let actor = actor.clone();
    let read = app.db.read(move |conn| query.run(&mut Reader { conn, actor: &actor, now: END }));
    read.await.unwrap()
}

fn raised(health: &Health) -> Vec<&str> {
    health.signals.iter().filter(|s| s.raised).map(|s| s.signal.as_str()).collect()
}

#[test]
fn the_siloed_team_raises_its_signals_and_the_healthy_one_none() {
    run(async {
        let app = TestApp::sqlite().await;
        wherefore_demo::build(&app.db, END).await.unwrap();
        let priya = owner(&app).await;
        let of = |key: &str| GetHealth { product: Some(key.into()), team: None };
        let healthy = ask(&app, &priya, of("RIDE")).await;
        assert_eq!(healthy.signals.len(), 15);
        assert_eq!(raised(&healthy), Vec::<&str>::new(), "{:#?}", healthy.signals);
        let told = healthy.signals.iter().filter(|s| s.enough).count();
        assert!(told >= 8, "the healthy team is silent because it is looked at: {told}");
        let siloed = ask(&app, &priya, of("PART")).await;
        for wanted in ["S1", "S3", "S5", "S7", "S9", "S13"] {
            assert!(
                raised(&siloed).contains(&wanted),
                "{wanted} of {:?}: {:#?}",
                raised(&siloed),
                siloed.signals
            );
        }
        for signal in siloed.signals.iter().filter(|s| s.raised) {
            let query = GetSignal {
                signal: signal.signal.clone(),
                product: Some("PART".into()),
                team: None,
            };
            let detail = ask(&app, &priya, query).await;
            let totals = ["S3", "S4", "S5"].contains(&signal.signal.as_str());
            assert_eq!(detail.items.is_empty(), totals, "{}: {:?}", signal.signal, detail.items);
            assert!(detail.view.trend.len() > 3, "{} has no trend", signal.signal);
            assert!(!detail.view.sentence.is_empty() && !detail.view.button_href.is_empty());
        }
        for (name, silent) in [("Tickets", true), ("Portal", false)] {
            let sql = format!("SELECT id FROM team WHERE name = '{name}'");
            let found = app.db.read(move |conn| conn.query_text(&sql, &[], |r| r.get::<Id>(0)));
            let team = Some(found.await.unwrap()[0]);
            let health = ask(&app, &priya, GetHealth { product: None, team }).await;
            assert_eq!(raised(&health).is_empty(), silent, "{name}: {:?}", raised(&health));
        }
    });
}
