//! Visitors sign in by a link that is mailed to them, which tells nobody who is known.

use serde_json::json;
use wherefore_app::kernel::Time;
use wherefore_testkit::{Persona, World, both_engines};

use super::{Answer, begun, browse, browse_from, count, link, open, visit};

both_engines! {
    async fn a_link_by_mail_signs_in_once_and_by_a_press_only(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let form = format!("begun={}&email=mia@visitors.example&back=//evil.example", begun(&world));
        browse(&world, "POST", "/portal/open/sign-in", "", &form).await;
        let path = link(&world).await.expect("a link");
        for _ in 0..3 {
            let looked = browse(&world, "GET", &path, "", "").await;
            assert_eq!((looked.status, looked.cookie.as_str()), (200, ""), "looking uses nothing up");
        }
        assert_eq!(browse_from(&world, "cross-site", "POST", &path, "", "").await.status, 403);
        let entered = browse(&world, "POST", &path, "", "").await;
        assert_eq!((entered.status, entered.to.as_str()), (303, "/portal/open"), "never to another site");
        assert!(entered.cookie.contains("HttpOnly") && entered.cookie.contains("Path=/portal;"), "{}", entered.cookie);
        assert_eq!(browse(&world, "POST", &path, "", "").await.status, 409, "once");
        assert_eq!(count(&world, "SELECT COUNT(*) FROM contact").await, 1);
        let stored = count(&world, "SELECT COUNT(*) FROM portal_link WHERE length(token_hash) = 64").await;
        assert_eq!(stored, 1);
        // Half an hour later a link is over.
        browse(&world, "POST", "/portal/open/sign-in", "", &form).await;
        let late = link(&world).await.expect("a link");
        world.clock.set(Time(world.clock.now().0 + 31 * 60 * Time::SECOND));
        assert_eq!(browse(&world, "POST", &late, "", "").await.status, 409);
    }

    async fn nobody_learns_who_is_known_and_nobody_is_flooded(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let banned = visit(&world, "open", "bad@visitors.example").await;
        visit(&world, "open", "mia@visitors.example").await;
        let path = format!("/contacts/{}/ban", banned.contact);
        world.post(Persona::Member, &path, json!({ "banned": true })).await;
        let ask = |email: &'static str| {
            let form = format!("begun={}&email={email}", begun(&world));
            let world = &world;
            async move { browse(world, "POST", "/portal/open/sign-in", "", &form).await }
        };
        let (known, new, bad) = (ask("mia@visitors.example").await, ask("xyz@visitors.example").await, ask("bad@visitors.example").await);
        for answer in [&new, &bad] {
            assert_eq!(answer.status, 200);
            let same = |a: &Answer| a.text.replace("mia@", "").replace("xyz@", "").replace("bad@", "");
            assert_eq!(same(answer), same(&known));
        }
        assert_eq!(count(&world, "SELECT COUNT(*) FROM outbox").await, 2, "none to the banned");
        ask("xyz@visitors.example").await;
        ask("xyz@visitors.example").await;
        assert_eq!(ask("xyz@visitors.example").await.status, 429, "three an hour to one address");
        assert_eq!(ask("not an address").await.status, 422);
    }
}
