//! Ideas of visitors: kept as evidence, voted for, moderated, and harmless whatever they say.

use serde_json::{Value, json};
use wherefore_app::kernel::Error;
use wherefore_testkit::{Persona, World, both_engines};

use super::{begun, browse, comment, count, idea, open, sign_in, visit, vote};

both_engines! {
    async fn an_idea_is_evidence_whose_words_stand_in_the_one_erasable_place(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let cookie = sign_in(&world, "open", "mia@visitors.example").await;
        let form = format!("begun={}&title=Refund+me+in+one+tap&text=Calling+costs+me+an+hour.", begun(&world));
        let made = browse(&world, "POST", "/portal/open/new", &cookie, &form).await;
        assert_eq!(made.status, 303, "{}", made.text);
        let page = browse(&world, "GET", &made.to, "", "").await;
        assert!(page.text.contains("Calling costs me an hour.") && page.text.contains("Mia"), "{}", page.text);
        assert!(!page.text.contains("visitors.example"), "no address in public");
        let inbox = world.get(Persona::Member, "/evidence?product=OPEN").await;
        let kept = &inbox["items"][0];
        assert_eq!((&kept["kind"], &kept["source"], &kept["state"]), (&json!("feedback"), &json!("Mia"), &json!("new")));
        let history = world.get(Persona::Member, "/activity?product=OPEN").await.to_string();
        for secret in ["Calling costs", "visitors.example"] {
            assert!(!history.contains(secret), "{secret} is in the activity: {history}");
        }
        assert!(history.contains("portal"), "through the portal");
        // Binned inside, it is gone outside.
        let key = kept["key"].as_str().expect("a key");
        world.api(Persona::Member, "DELETE", &format!("/api/v1/items/{key}"), Value::Null).await;
        assert_eq!(browse(&world, "GET", &made.to, "", "").await.status, 404);
        assert!(!browse(&world, "GET", "/portal/open", "", "").await.text.contains("one tap"));
    }

    async fn hostile_words_stay_words(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        let made = idea(&world, &mia, "<script>alert(1)</script><img src=x onerror=alert(2)>").await;
        comment(&world, &mia, made, "\"><svg onload=alert(3)> javascript:alert(4)").await;
        let notes = json!({ "product": "OPEN", "title": "<script>x</script>", "body": "<script>alert(5)</script> [a](javascript:alert(6)) OPEN-1 ![p](https://evil.example/p.png)" });
        world.post(Persona::Member, "/changelog", notes).await;
        for path in ["/portal/open".to_owned(), format!("/portal/open/ideas/{made}"), "/portal/open/embed".into(), "/portal/open/changelog".into(), "/portal/open/changelog.atom".into()] {
            let page = browse(&world, "GET", &path, "", "").await;
            assert_eq!(page.status, 200, "{path}");
            for bad in ["<script", "<img", "<svg", "href=\"javascript", "src=\"https://evil", "href=\"/OPEN-1"] {
                assert!(!page.text.contains(bad), "{bad} in {path}: {}", page.text);
            }
        }
        let feed = browse(&world, "GET", "/portal/open/changelog.atom", "", "").await;
        assert!(!feed.text.contains("evil.example/portal"), "the feed's addresses are the operator's");
        for (member, path) in [(Persona::Member, "/p/OPEN/portal/ideas"), (Persona::Member, "/p/OPEN/inbox")] {
            let inside = world.page(member, path).await.1;
            assert!(!inside.contains("<script>alert") && !inside.contains("<img src=x"), "{inside}");
        }
    }

    async fn one_mailbox_has_one_voice_and_votes_are_counted_once(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        let made = idea(&world, &mia, "One tap for refunds").await;
        for email in ["mia+2@visitors.example", "mia+3@visitors.example"] {
            let again = visit(&world, "open", email).await;
            vote(&world, &again, made).await.expect("taken");
        }
        vote(&world, &mia, made).await.expect("taken");
        let jo = visit(&world, "open", "jo@visitors.example").await;
        for _ in 0..5 {
            vote(&world, &jo, made).await.expect("taken");
        }
        let ideas = world.get(Persona::Member, "/products/OPEN/ideas").await;
        assert_eq!(ideas["items"][0]["people"], 2, "{ideas}");
        assert_eq!(count(&world, "SELECT SUM(votes) FROM idea_tally").await, 2);
        // A banned voice is taken back.
        world.post(Persona::Member, &format!("/contacts/{}/ban", jo.contact), json!({})).await;
        assert_eq!(count(&world, "SELECT SUM(votes) FROM idea_tally").await, 1);
        assert!(vote(&world, &jo, made).await.is_err(), "banned");
        for n in 0..60 {
            let tried = vote(&world, &mia, made).await;
            assert!(tried.is_ok() || n > 50, "{n}: {tried:?}");
        }
        assert!(matches!(vote(&world, &mia, made).await, Err(Error::TooMany(_))));
    }

    async fn moderation_lets_in_and_hides_and_machines_get_nowhere(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        world.api(Persona::Owner, "PATCH", "/api/v1/products/OPEN/portal", json!({ "moderated": true })).await;
        let cookie = sign_in(&world, "open", "mia@visitors.example").await;
        let send = |form: String| { let (world, cookie) = (&world, &cookie); async move { browse(world, "POST", "/portal/open/new", cookie, &form).await } };
        let text = "title=Buy+pills&text=cheap";
        send(format!("begun={}&website=x&{text}", begun(&world))).await;
        send(format!("begun={}&{text}", world.clock.now().0)).await;
        send(text.to_owned()).await;
        assert_eq!(count(&world, "SELECT COUNT(*) FROM idea").await, 0, "machines are thanked and ignored");
        let made = send(format!("begun={}&title=Honest+wish&text=Please.", begun(&world))).await;
        assert_eq!(browse(&world, "GET", &made.to, "", "").await.status, 404, "it waits");
        assert_eq!(browse(&world, "GET", &made.to, &cookie, "").await.status, 200, "its author sees it");
        assert!(!browse(&world, "GET", "/portal/open", "", "").await.text.contains("Honest"));
        let queue = world.get(Persona::Member, "/products/OPEN/portal/queue").await;
        let id = queue["ideas"][0]["id"].as_str().expect("an id");
        let moderate = format!("/ideas/{id}/moderation");
        world.post(Persona::Member, &moderate, json!({ "how": "approve" })).await;
        assert!(browse(&world, "GET", "/portal/open", "", "").await.text.contains("Honest wish"));
        world.post(Persona::Member, &moderate, json!({ "how": "hide" })).await;
        assert_eq!(browse(&world, "GET", &made.to, "", "").await.status, 404);
        let many = format!("begun={}&title=Links&text={}", begun(&world), "http://a+".repeat(6));
        assert_eq!(send(many).await.status, 422);
        for n in 0..4 {
            send(format!("begun={}&title=Wish+{n}&text=Please.", begun(&world))).await;
        }
        let sixth = send(format!("begun={}&title=Wish+six&text=Please.", begun(&world))).await;
        assert_eq!(sixth.status, 429, "five a day");
    }
}
