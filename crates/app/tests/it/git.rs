//! Webhooks of GitHub, GitLab and Gitea: proven, linked by key, moved as agreed, harmless when repeated.

use axum::body::Body;
use axum::http::Request;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sha2::Sha256;
use wherefore_app::thread::automations::by_events;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;
const BOSS: Persona = Persona::Admin;

struct Connection<'w> {
    world: &'w World,
    host: &'static str,
    id: String,
    path: String,
    secret: String,
}

impl<'w> Connection<'w> {
    async fn new(world: &'w World, host: &'static str, moves: Value) -> Self {
        let input = json!({ "product": "OPEN", "name": "Payments", "host": host, "moves": moves });
        let made = world.post(BOSS, "/git-sources", input).await;
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        Self { world, host, id: text("id"), path: text("path"), secret: text("secret") }
    }

    fn proof(&self, secret: &str, body: &str) -> (&'static str, String) {
        if self.host == "gitlab" {
            return ("x-gitlab-token", secret.to_owned());
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
        match self.host {
            "github" => ("x-hub-signature-256", format!("sha256={hex}")),
            _ => ("x-gitea-signature", hex),
        }
    }

    async fn send(&self, event: &str, body: &str, secret: &str) -> (u16, Value) {
        let (name, proof) = self.proof(secret, body);
        let header = format!("x-{}-event", self.host);
        let request = Request::builder()
            .method("POST")
            .uri(&self.path)
            .header("content-type", "application/json")
            .header(header, event)
            .header(name, proof);
        let answer = self.world.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn hear(&self, event: &str, body: &str) -> Value {
        let (status, heard) = self.send(event, body, &self.secret).await;
        assert_eq!(status, 200, "{heard}");
        heard
    }
}

async fn story(world: &World) -> String {
    let input = json!({ "product": "OPEN", "title": "Refunds are clear" });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn state(world: &World, key: &str) -> String {
    world.get(ME, &format!("/work-items/{key}")).await["state"].as_str().unwrap().to_owned()
}

fn push(key: &str) -> String {
    include_str!("git/github_push.json")
        .replace("KEY", key)
        .replace("key-", &format!("{}-", key.to_lowercase()))
}

fn pull_request(key: &str, action: &str, state: &str, merged: bool) -> String {
    include_str!("git/github_pull_request.json")
        .replace("KEY", key)
        .replace("ACTION", action)
        .replace("STATE", state)
        .replace("MERGED", &merged.to_string())
}

both_engines! {
    async fn github_links_branch_commit_and_pull_request_and_moves_the_item(app) {
        let world = World::new(app).await;
        let git = Connection::new(&world, "github", json!({})).await;
        let key = story(&world).await;
        assert_eq!(git.hear("ping", "{\"zen\":\"Keep it calm\"}").await, json!({ "linked": 0, "moved": 0 }));
        assert_eq!(git.hear("push", &push(&key)).await, json!({ "linked": 2, "moved": 1 }));
        assert_eq!(state(&world, &key).await, "In progress");
        git.hear("pull_request", &pull_request(&key, "opened", "open", false)).await;
        assert_eq!(state(&world, &key).await, "In review");
        // Hearing it again, or a later edit of the same, changes nothing.
        for body in [push(&key), pull_request(&key, "opened", "open", false), pull_request(&key, "synchronize", "open", false)] {
            let event = if body.contains("commits") { "push" } else { "pull_request" };
            assert_eq!(git.hear(event, &body).await, json!({ "linked": 0, "moved": 0 }));
        }
        let refs = world.get(ME, &format!("/work-items/{key}/git")).await;
        let kinds: Vec<&str> = refs.as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["pull-request", "commit", "branch"]);
        assert_eq!((&refs[0]["closes"], &refs[0]["author"]), (&json!(true), &json!("mia")));
        let merged = git.hear("pull_request", &pull_request(&key, "closed", "closed", true)).await;
        assert_eq!(merged, json!({ "linked": 1, "moved": 1 }));
        assert_eq!(state(&world, &key).await, "Done");
        // What is done stays done, whatever is heard later; the activity says what moved it.
        git.hear("pull_request", &pull_request(&key, "reopened", "open", false)).await;
        assert_eq!(state(&world, &key).await, "Done");
        let history = world.get(ME, &format!("/items/{key}/history")).await.to_string();
        assert!(history.contains("Pull request 7 is merged"), "{history}");
        let (status, page) = world.page(ME, &format!("/{key}")).await;
        assert!(status == 200 && page.contains("#7 Refunds are clear") && page.contains("closes it"), "{page}");
        let gone = push(&key).replace("4b1c9e0f6a7d3c2b1a0f9e8d7c6b5a4938271605", &"0".repeat(40));
        git.hear("push", &gone).await;
        let refs = world.get(ME, &format!("/work-items/{key}/git")).await;
        assert!(refs.as_array().unwrap().iter().any(|r| r["kind"] == "branch" && r["state"] == "gone"), "{refs}");
    }

    async fn gitlab_and_gitea_are_heard_the_same(app) {
        let world = World::new(app).await;
        let lab = Connection::new(&world, "gitlab", json!({ "opened": "in-review", "closes": "Done" })).await;
        let key = story(&world).await;
        let request = |action: &str, state: &str| {
            include_str!("git/gitlab_merge_request.json").replace("KEY", &key).replace("ACTION", action).replace("STATE", state)
        };
        lab.hear("Merge Request Hook", &request("open", "opened")).await;
        assert_eq!(state(&world, &key).await, "In review");
        lab.hear("Merge Request Hook", &request("merge", "merged")).await;
        assert_eq!(state(&world, &key).await, "In review", "it says nothing of closing");
        lab.hear("Push Hook", &include_str!("git/gitlab_push.json").replace("KEY", &key)).await;
        assert_eq!(state(&world, &key).await, "Done", "a commit on the main branch closes it");
        let tea = Connection::new(&world, "gitea", json!({ "branch": "nothing" })).await;
        let other = story(&world).await;
        let body = include_str!("git/gitea_create.json").replace("key-", &format!("{}-", other.to_lowercase()));
        assert_eq!(tea.hear("create", &body).await, json!({ "linked": 1, "moved": 0 }));
        assert_eq!(state(&world, &other).await, "Backlog");
        tea.hear("delete", &body).await;
        let refs = world.get(ME, &format!("/work-items/{other}/git")).await;
        assert_eq!((&refs[0]["state"], &refs[0]["url"]), (&json!("gone"), &json!(format!("https://tea.example.org/harbour/payments/tree/{}-refunds", other.to_lowercase()))));
    }

    async fn only_who_knows_the_secret_is_heard(app) {
        let world = World::new(app).await;
        let key = story(&world).await;
        for host in ["github", "gitlab", "gitea"] {
            let git = Connection::new(&world, host, json!({})).await;
            let body = pull_request(&key, "opened", "open", false);
            let (status, _) = git.send("pull_request", &body, "another").await;
            assert_eq!(status, 401, "{host}");
            let (status, _) = git.send("pull_request", &body, "").await;
            assert_eq!(status, 401, "{host}");
            // Signed for another connection, or without any proof.
            let bare = Request::builder().method("POST").uri(&git.path).header("content-type", "application/json");
            assert_eq!(world.send(bare.body(Body::from(body.clone())).unwrap()).await.status(), 401);
            let made = world.post(BOSS, &format!("/git-sources/{}/secret", git.id), json!({})).await;
            let fresh = made["secret"].as_str().unwrap().to_owned();
            assert_eq!(git.send("pull_request", &body, &git.secret).await.0, 401, "the old secret holds no more");
            let (status, told) = git.send("pull_request", "no json", &fresh).await;
            assert!(status == 422 && told["error"]["message"].as_str().unwrap().contains("application/json"), "{told}");
            world.api(BOSS, "PATCH", &format!("/api/v1/git-sources/{}", git.id), json!({ "listening": false })).await;
            assert_eq!(git.send("pull_request", &body, &fresh).await.0, 409);
            world.api(BOSS, "DELETE", &format!("/api/v1/git-sources/{}", git.id), Value::Null).await;
            assert_eq!(git.send("pull_request", &body, &fresh).await.0, 401);
        }
        assert_eq!(world.get(ME, &format!("/work-items/{key}/git")).await, json!([]));
        // The secret is told once: neither lists, nor the activity, nor pages have it.
        let git = Connection::new(&world, "github", json!({})).await;
        let told = [
            world.get(BOSS, "/git-sources?product=OPEN").await.to_string(),
            world.get(BOSS, "/activity?product=OPEN").await.to_string(),
            world.page(BOSS, "/p/OPEN/git").await.1,
        ];
        let hash = wherefore_app::kernel::secret::hash_of(&git.secret);
        assert!(told.iter().all(|t| !t.contains(&git.secret) && !t.contains(&hash)), "{told:?}");
        let form = [("product", "OPEN"), ("name", "Code"), ("host", "gitea"), ("moves.branch", "nothing"), ("_back", "/p/OPEN/git")];
        let (status, page) = world.form(BOSS, "/do/connect-git", &form).await;
        assert!(status == 200 && page.contains("wfgit_"), "{page}");
    }

    async fn messages_of_several_megabytes_are_heard_and_larger_ones_refused_in_words(app) {
        let world = World::new(app).await;
        let key = story(&world).await;
        let git = Connection::new(&world, "github", json!({})).await;
        let padded = |size: usize| {
            let mut push: Value = serde_json::from_str(&push(&key)).unwrap();
            push["padding"] = json!("x".repeat(size));
            push.to_string()
        };
        let large = padded(20 * 1024 * 1024);
        let (status, told) = git.send("push", &large, "another").await;
        assert_eq!(status, 401, "{told}");
        assert_eq!(git.hear("push", &large).await, json!({ "linked": 2, "moved": 1 }));
        let (status, told) = git.send("push", &padded(26 * 1024 * 1024), &git.secret).await;
        assert!(status == 413 && told["error"]["message"].as_str().unwrap().contains("25 MB"), "{told}");
        // Without anything that looks like a proof, the message is not even taken.
        let bare = Request::builder().method("POST").uri(&git.path).header("content-length", "9000000000");
        assert_eq!(world.send(bare.body(Body::empty()).unwrap()).await.status(), 401);
    }

    async fn a_connection_touches_nothing_of_other_products(app) {
        let world = World::new(app).await;
        let git = Connection::new(&world, "github", json!({})).await;
        let theirs = world.post(Persona::Owner, "/work-items", json!({ "product": "PRIV", "title": "Secret" })).await;
        let key = theirs["key"].as_str().unwrap();
        assert_eq!(git.hear("push", &push(key)).await, json!({ "linked": 0, "moved": 0 }));
        assert_eq!(git.hear("push", &push("NONE-99")).await, json!({ "linked": 0, "moved": 0 }));
        // An address that is none of the web is no link.
        let own = story(&world).await;
        let odd = pull_request(&own, "opened", "open", false).replace("https://code", "javascript:alert(1)//code");
        git.hear("pull_request", &odd).await;
        assert_eq!(world.get(ME, &format!("/work-items/{own}/git")).await[0]["url"], "");
        // Rules are set off by what is heard.
        let rule = world.post(ME, "/automations", json!({ "product": "OPEN", "name": "Merged", "when": "pull-request-merged", "steps": ["label shipped"] })).await;
        world.post(ME, &format!("/automations/{}/set", rule["id"].as_str().unwrap()), json!({ "on": true })).await;
        git.hear("pull_request", &pull_request(&own, "closed", "closed", true)).await;
        by_events(&world.app.db, world.clock.now()).await.unwrap();
        assert_eq!(world.get(ME, &format!("/work-items/{own}")).await["labels"], json!(["shipped"]));
        let wrong = json!({ "product": "OPEN", "name": "Odd", "host": "github", "moves": { "merged": "Nowhere" } });
        assert_eq!(world.api(BOSS, "POST", "/api/v1/git-sources", wrong).await.0, 422);
    }
}
