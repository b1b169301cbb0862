//! From a users' words to a story and back, through the actions, on both engines.

use wherefore_app::db::Tx;
use wherefore_app::how::work_items::{
    CreateWorkItem, EditWorkItem, ItemView, ListWorkItems, MoveWorkItem, Page,
};
use wherefore_app::kernel::{Actor, Error, Id, Result, Role, Time};
use wherefore_app::people::members::EditPerson;
use wherefore_app::people::products::EditProduct;
use wherefore_app::people::sign_in::{SetUp, join, set_up};
use wherefore_app::store::{Action, Call, Done, Query, Reader, perform};
use wherefore_app::thread::bin::{BinItem, RestoreItem, Undo};
use wherefore_app::thread::history::{GetHistory, GetOrderAsOf};
use wherefore_app::thread::import::import;
use wherefore_app::thread::links::AddLink;
use wherefore_app::thread::path::{GetPath, Path, Standing};
use wherefore_app::thread::search::Search;
use wherefore_app::what::opportunities::FrameOpportunity;
use wherefore_app::why::evidence::RecordEvidence;
use wherefore_app::why::needs::CreateNeed;
use wherefore_testkit::{TestApp, both_engines};

const NOON: Time = Time(1_767_268_800_000_000);

/// A workspace with one product, and its owner.
async fn owner(app: &TestApp) -> Actor {
    app.db
        .write(|tx: &mut Tx| {
            let input = SetUp {
                workspace: "W".into(),
                name: "Ana".into(),
                email: format!("{}@example.org", Id::new()),
                password: None,
                product_key: "PAY".into(),
                product_name: "Pay".into(),
            };
            set_up(tx, &input, NOON).map(|(actor, _)| actor)
        })
        .await
        .unwrap()
}

async fn act<A: Action>(app: &TestApp, actor: &Actor, now: Time, input: A) -> Result<Done> {
    let actor = actor.clone();
    app.db.write(move |tx| perform(tx, &actor, now, &input, &Call::default())).await
}

async fn ask<Q: Query>(app: &TestApp, actor: &Actor, now: Time, query: Q) -> Result<Q::Output> {
    let actor = actor.clone();
    app.db.read(move |conn| query.run(&mut Reader { conn, actor: &actor, now })).await
}

async fn story(app: &TestApp, actor: &Actor, title: &str) -> Done {
    let input =
        CreateWorkItem { product: "PAY".into(), title: title.into(), ..CreateWorkItem::default() };
    act(app, actor, NOON, input).await.unwrap()
}

fn key(done: &Done) -> String {
    done.output.word("key").unwrap()
}

async fn order(app: &TestApp, actor: &Actor) -> Vec<String> {
    let list = ListWorkItems { product: "PAY".into(), ..ListWorkItems::default() };
    let page: Page = ask(app, actor, NOON, list).await.unwrap();
    page.items.into_iter().map(|i| i.key).collect()
}

async fn path(app: &TestApp, actor: &Actor, key: &str) -> Path {
    ask(app, actor, NOON, GetPath { key: key.into(), at: None }).await.unwrap()
}

async fn link(app: &TestApp, actor: &Actor, from: &str, to: &str) {
    let input = AddLink { from: from.into(), to: to.into(), kind: None };
    act(app, actor, NOON, input).await.unwrap();
}

async fn need(app: &TestApp, actor: &Actor, kind: &str) -> String {
    let made = CreateNeed {
        product: "PAY".into(),
        title: format!("A {kind} need"),
        kind: Some(kind.into()),
        ..CreateNeed::default()
    };
    let need = key(&act(app, actor, NOON, made).await.unwrap());
    let words = RecordEvidence {
        product: "PAY".into(),
        verbatim: "I paid twice.".into(),
        ..RecordEvidence::default()
    };
    let words = key(&act(app, actor, NOON, words).await.unwrap());
    link(app, actor, &words, &need).await;
    need
}

both_engines! {
    async fn a_story_reaches_the_users_words(app) {
        let ana = owner(&app).await;
        let story = key(&story(&app, &ana, "Refund a split ticket").await);
        assert_eq!(path(&app, &ana, &story).await.standing, Standing::NoWhy);
        let problem = FrameOpportunity { product: "PAY".into(), title: "Refunds".into(), ..Default::default() };
        let problem = key(&act(&app, &ana, NOON, problem).await.unwrap());
        link(&app, &ana, &story, &problem).await;
        let user = need(&app, &ana, "user").await;
        link(&app, &ana, &problem, &user).await;
        assert_eq!(path(&app, &ana, &story).await.standing, Standing::UserOnly);
        let business = need(&app, &ana, "business").await;
        link(&app, &ana, &problem, &business).await;
        let whole = path(&app, &ana, &story).await;
        assert_eq!(whole.standing, Standing::Whole);
        assert!(whole.up.iter().any(|s| s.node.words.as_deref() == Some("I paid twice.")));
        let below = path(&app, &ana, &user).await;
        assert!(below.down.iter().any(|s| s.node.key == story));
        let circle = AddLink { from: user, to: problem, kind: None };
        assert!(act(&app, &ana, NOON, circle).await.is_ok(), "the same step again is no circle");
    }
}

both_engines! {
    async fn an_edit_on_an_old_revision_shows_both_texts(app) {
        let ana = owner(&app).await;
        let made = story(&app, &ana, "First").await;
        let edit = |title: &str| EditWorkItem {
            key: key(&made),
            revision: Some(1),
            title: Some(title.into()),
            ..EditWorkItem::default()
        };
        act(&app, &ana, NOON, edit("Theirs")).await.unwrap();
        match act(&app, &ana, NOON, edit("Mine")).await {
            Err(Error::Conflict(c)) => {
                assert_eq!(c.revision, 2);
                assert_eq!(c.fields[0].theirs, "Theirs");
                assert_eq!(c.fields[0].yours, "Mine");
            }
            other => panic!("not a conflict: {other:?}"),
        }
        let other = EditWorkItem { key: key(&made), revision: Some(1), points: Some(Some(3.0)), ..EditWorkItem::default() };
        act(&app, &ana, NOON, other).await.expect("another field does not clash");
    }
}

both_engines! {
    async fn undo_restores_or_says_what_stands_in_its_way(app) {
        let ana = owner(&app).await;
        let made = story(&app, &ana, "First").await;
        let edit = |title: &str| EditWorkItem { key: key(&made), title: Some(title.into()), ..EditWorkItem::default() };
        let second = act(&app, &ana, NOON, edit("Second")).await.unwrap().change.unwrap();
        let third = act(&app, &ana, NOON, edit("Third")).await.unwrap().change.unwrap();
        let refused = act(&app, &ana, NOON, Undo { change: second }).await.unwrap_err().to_string();
        let said = format!("“title” of {} was changed to “Third” by Ana since", key(&made));
        assert!(refused.contains(&said), "{refused}");
        act(&app, &ana, NOON, Undo { change: third }).await.unwrap();
        act(&app, &ana, NOON, Undo { change: second }).await.unwrap();
        let history = ask(&app, &ana, NOON, GetHistory { key: key(&made), before: None }).await.unwrap();
        assert_eq!(history.events.len(), 5);
        let told = |at: usize| {
            let told = &history.events[at].told[0];
            (told.field.clone(), told.was.clone().unwrap_or_default(), told.is.clone().unwrap_or_default())
        };
        assert_eq!(told(0), ("title".into(), "Second".into(), "First".into()));
        assert_eq!(told(3), ("title".into(), "First".into(), "Second".into()));
        let again = act(&app, &ana, NOON, Undo { change: second }).await.unwrap_err().to_string();
        assert!(again.contains("undone already"), "{again}");
    }
}

both_engines! {
    async fn the_order_and_its_past_stand_beside_each_other(app) {
        let ana = owner(&app).await;
        let keys = [key(&story(&app, &ana, "a").await), key(&story(&app, &ana, "b").await), key(&story(&app, &ana, "c").await)];
        let later = NOON.plus_days(2);
        let up = MoveWorkItem { key: keys[2].clone(), to: Some("top".into()), ..MoveWorkItem::default() };
        act(&app, &ana, later, up).await.unwrap();
        assert_eq!(order(&app, &ana).await, [&*keys[2], &keys[0], &keys[1]]);
        let then = GetOrderAsOf { product: "PAY".into(), at: NOON.day() };
        let then: Vec<String> = ask(&app, &ana, later, then).await.unwrap().into_iter().map(|l| l.key).collect();
        assert_eq!(then, keys);
    }
}

both_engines! {
    async fn moves_by_many_at_once_end_in_one_order(app) {
        let ana = owner(&app).await;
        let mut keys = Vec::new();
        for n in 0..12 {
            keys.push(key(&story(&app, &ana, &format!("s{n}")).await));
        }
        let moves = (0..36_usize).map(|n| {
            let before = keys[(n * 7 + 3) % 12].clone();
            let input = MoveWorkItem { key: keys[n % 12].clone(), before: Some(before), ..MoveWorkItem::default() };
            let (app, ana) = (&app, &ana);
            async move { act(app, ana, NOON, input).await }
        });
        for moved in futures_util::future::join_all(moves).await {
            if let Err(error) = moved {
                panic!("a move failed: {error}");
            }
        }
        let list = ListWorkItems { product: "PAY".into(), ..ListWorkItems::default() };
        let items: Vec<ItemView> = ask(&app, &ana, NOON, list).await.unwrap().items;
        assert_eq!(items.len(), 12);
        assert!(items.windows(2).all(|w| w[0].rank < w[1].rank));
    }
}

both_engines! {
    async fn the_bin_keeps_keys_and_search_forgets(app) {
        let ana = owner(&app).await;
        let made = key(&story(&app, &ana, "Zebra crossing").await);
        let find = |q: &str| Search { q: q.into(), product: None, near: None, kinds: None };
        assert_eq!(ask(&app, &ana, NOON, find("zebra")).await.unwrap().len(), 1);
        act(&app, &ana, NOON, BinItem { key: made.clone() }).await.unwrap();
        assert!(ask(&app, &ana, NOON, find("zebra")).await.unwrap().is_empty());
        let next = key(&story(&app, &ana, "Another").await);
        assert_ne!(next, made);
        act(&app, &ana, NOON, RestoreItem { key: made.clone() }).await.unwrap();
        assert_eq!(ask(&app, &ana, NOON, find(&made.to_lowercase())).await.unwrap()[0].key, made);
    }
}

const EXPORT: &str = "Issue key,Summary,Issue Type,Status,Assignee,Comment,Outward issue link (Blocks)\n\
OLD-1,Pay by card,Story,In Progress,Tom,01/Mar/26 9:00 AM;tom;Soon,OLD-2\n\
OLD-2,Pay by phone,Bug,Done,,,\n";

both_engines! {
    async fn an_import_comes_whole_and_twice_changes_nothing(app) {
        let ana = owner(&app).await;
        let clock = wherefore_app::kernel::Clock::fixed(NOON);
        let read = |text: &str| wherefore_exchange::jira_csv::read(text.as_bytes()).unwrap();
        let first = import(&app.db, &clock, &ana, "PAY", "a.csv", read(EXPORT)).await.unwrap();
        assert_eq!((first.created, first.comments, first.links), (2, 1, 1));
        let second = import(&app.db, &clock, &ana, "PAY", "a.csv", read(EXPORT)).await.unwrap();
        assert_eq!((second.created, second.updated, second.unchanged, second.comments, second.links), (0, 0, 2, 0, 0));
        let mine = EditWorkItem { key: "OLD-1".into(), title: Some("Mine".into()), ..EditWorkItem::default() };
        act(&app, &ana, NOON, mine).await.unwrap();
        let changed = EXPORT.replace("Pay by card", "Pay with a card").replace("Pay by phone", "Pay by watch");
        let third = import(&app.db, &clock, &ana, "PAY", "a.csv", read(&changed)).await.unwrap();
        assert_eq!((third.updated, third.conflicts.len()), (1, 1));
        let found = ask(&app, &ana, NOON, Search { q: "OLD-1".into(), product: None, near: None, kinds: None }).await.unwrap();
        assert_eq!(found[0].title, "Mine");
    }
}

both_engines! {
    async fn nobody_undoes_what_they_could_not_have_done(app) {
        let ana = owner(&app).await;
        let ws = ana.workspace;
        let tom = app.db.write(move |tx| {
            let email = format!("{}@example.org", Id::new());
            join(tx, ws, Role::Member, "Tom", &email, None, NOON).map(|(actor, _)| actor)
        }).await.unwrap();
        let promote = EditPerson { person: tom.person, name: None, title: None, role: Some(Role::Admin), active: None, seniority: None };
        let promoted = act(&app, &ana, NOON, promote).await.unwrap().change.unwrap();
        let refused = act(&app, &tom, NOON, Undo { change: promoted }).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let hide = EditProduct { product: "PAY".into(), revision: None, name: Some("Mine".into()), about: None, private: None };
        let renamed = act(&app, &ana, NOON, hide).await.unwrap().change.unwrap();
        let refused = act(&app, &tom, NOON, Undo { change: renamed }).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        act(&app, &ana, NOON, Undo { change: renamed }).await.unwrap();
    }
}
