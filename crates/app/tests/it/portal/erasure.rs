//! Visitors who are forgotten, with and without their words.

use serde_json::json;
use wherefore_testkit::{Persona, World, both_engines};

use super::{begun, browse, count, idea, open, sign_in, visit};

both_engines! {
    async fn whoever_is_forgotten_leaves_no_name_behind(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let cookie = sign_in(&world, "open", "mia@visitors.example").await;
        let form = format!("begun={}&title=Keep+my+wish&text=Please.", begun(&world));
        let made = browse(&world, "POST", "/portal/open/new", &cookie, &form).await.to;
        let gone = browse(&world, "POST", "/portal/open/forget-me", &cookie, "sure=on").await;
        assert_eq!(gone.status, 303);
        assert_eq!(browse(&world, "GET", "/portal/open/me", &cookie, "").await.to, "/portal/open/sign-in");
        let page = browse(&world, "GET", &made, "", "").await.text;
        assert!(page.contains("Keep my wish") && page.contains("Somebody") && !page.contains("Mia"), "{page}");
        for sql in [
            "SELECT COUNT(*) FROM contact WHERE email LIKE '%visitors%' OR name = 'Mia'",
            "SELECT COUNT(*) FROM verbatim WHERE source = 'Mia'",
            "SELECT COUNT(*) FROM outbox WHERE to_address LIKE '%visitors%'",
            "SELECT COUNT(*) FROM activity WHERE changes LIKE '%visitors%'",
        ] {
            assert_eq!(count(&world, sql).await, 0, "{sql}");
        }
    }

    async fn whoever_is_forgotten_with_their_words_leaves_none_behind(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        idea(&world, &mia, "Zuckerhut on the list").await;
        // What a member wrote down of the same person goes with it; another's does not.
        for (email, said) in [("mia@visitors.example", "Zuckerhut by phone"), ("jo@visitors.example", "Feldsalat")] {
            let words = json!({ "product": "OPEN", "title": said, "verbatim": said, "source": "On the phone", "email": email });
            world.post(Persona::Member, "/evidence", words).await;
        }
        let contacts = world.get(Persona::Owner, "/products/OPEN/contacts").await;
        let contact = contacts["items"][0]["id"].as_str().expect("an id").to_owned();
        world.post(Persona::Owner, &format!("/contacts/{contact}/forget"), json!({ "words": true })).await;
        for sql in [
            "SELECT COUNT(*) FROM evidence WHERE title LIKE '%Zuckerhut%'",
            "SELECT COUNT(*) FROM evidence_version WHERE title LIKE '%Zuckerhut%'",
            "SELECT COUNT(*) FROM verbatim WHERE text LIKE '%Zuckerhut%' OR email LIKE 'mia%'",
            "SELECT COUNT(*) FROM idea WHERE title LIKE '%Zuckerhut%'",
            "SELECT COUNT(*) FROM activity WHERE changes LIKE '%Zuckerhut%'",
        ] {
            assert_eq!(count(&world, sql).await, 0, "{sql}");
        }
        assert_eq!(count(&world, "SELECT COUNT(*) FROM verbatim WHERE text = 'Feldsalat' AND email <> ''").await, 1);
    }
}
