//! What the table's inputs name: things of one product, made when they are asked for.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use wherefore_app::kernel::Role;
use wherefore_app::people::accounts;
use wherefore_app::people::sign_in::join;
use wherefore_testkit::{Persona, World};

/// Things of one product.
pub struct Scene<'w> {
    pub world: &'w World,
    product: &'static str,
    made: Mutex<HashMap<String, String>>,
    count: AtomicU32,
}

impl<'w> Scene<'w> {
    pub fn new(world: &'w World, product: &'static str) -> Self {
        Self { world, product, made: Mutex::default(), count: AtomicU32::new(0) }
    }

    /// An input with its placeholders filled for whoever asks.
    pub async fn fill(&self, input: &Value, who: Persona) -> Value {
        match input {
            Value::String(text) if text.starts_with('$') => {
                self.named(&text[1..], who).await.into()
            }
            Value::Array(list) => {
                let mut all = Vec::new();
                for one in list {
                    all.push(Box::pin(self.fill(one, who)).await);
                }
                Value::Array(all)
            }
            Value::Object(map) => {
                let mut all = serde_json::Map::new();
                for (name, one) in map {
                    let name = match name.strip_prefix('$') {
                        Some(named) => Box::pin(self.named(named, who)).await,
                        None => name.clone(),
                    };
                    all.insert(name, Box::pin(self.fill(one, who)).await);
                }
                Value::Object(all)
            }
            other => other.clone(),
        }
    }

    async fn named(&self, name: &str, who: Persona) -> String {
        if let Some(what) = name.strip_prefix("new:") {
            return self.make(Persona::Owner, what).await.expect("the owner may");
        }
        if let Some(what) = name.strip_prefix("own:") {
            return match self.make(who, what).await {
                Some(made) => made,
                None => self.make(Persona::Owner, what).await.expect("the owner may"),
            };
        }
        if let Some(known) = self.made.lock().expect("not poisoned").get(name) {
            return known.clone();
        }
        let made = self.make(Persona::Owner, name).await.expect("the owner may");
        self.made.lock().expect("not poisoned").insert(name.to_owned(), made.clone());
        made
    }

    /// How each kind of thing is made; nothing where this person may not.
    async fn make(&self, who: Persona, what: &str) -> Option<String> {
        let product = self.product;
        let titled = json!({ "product": product, "title": format!("Some {what}") });
        match what {
            "product" => Some(product.to_owned()),
            "person" => Some(self.world.person(Persona::Member).to_string()),
            // Sees every product anyway, so that naming changes nobody's sight.
            "owner" => Some(self.world.person(Persona::Owner).to_string()),
            "leaver" | "left" => {
                let email = format!("{}@leaving.example", wherefore_app::kernel::Id::new());
                let now = self.world.clock.now();
                let joined = self.world.app.db.write(move |tx| {
                    let workspace = accounts::first_workspace(tx)?.expect("a workspace");
                    Ok(join(tx, workspace, Role::Guest, "Lea", &email, None, now)?.0.person)
                });
                let id = joined.await.expect("somebody can join").to_string();
                if what == "left" {
                    self.post(who, &format!("/people/{id}/deactivate"), json!({}), "").await?;
                }
                Some(id)
            }
            "session" => {
                let (_, all) = self.world.api(who, "GET", "/api/v1/sessions", Value::Null).await;
                // Whoever has ended all of them has none left.
                let first = all.as_array()?.first().and_then(|s| s["id"].as_str());
                Some(first.unwrap_or("none").to_owned())
            }
            "unique" => {
                let n = self.count.fetch_add(1, Ordering::Relaxed);
                Some(format!(
                    "N{}",
                    (0..5).map(|i| char::from(b'A' + (n >> (3 * i)) as u8 % 8)).collect::<String>()
                ))
            }
            "named" => {
                let person = json!({ "person": self.world.person(Persona::Owner) });
                self.post(who, &format!("/products/{product}/members"), person, "key").await
            }
            "team" => {
                // Teams stand beside products, so the product keeps their names apart.
                let name = format!("{product} {}", self.cached("new:unique").await);
                self.post(who, "/teams", json!({ "name": name }), "id").await
            }
            "interaction" => {
                let (one, other) = (self.cached("new:team").await, self.cached("new:team").await);
                let input = json!({ "team": one, "other": other, "mode": "collaboration", "purpose": "Learn it" });
                self.post(who, "/teams/interactions", input, "id").await
            }
            "staffed" => {
                let team = self.cached("new:team").await;
                let person = json!({ "person": self.world.person(Persona::Owner) });
                self.post(who, &format!("/teams/{team}/members"), person, "id").await
            }
            "criterion" => {
                let item = self.cached("item").await;
                let input = json!({ "text": "The sum is shown" });
                self.first(who, &format!("/stories/{item}/criteria"), input).await
            }
            "refinement" => {
                self.cached("item").await;
                self.post(who, "/refinements", json!({ "product": product }), "id").await
            }
            "ceremony" => {
                let team = self.cached("new:team").await;
                let input = json!({ "team": team, "kind": "retro", "day": "2026-03-06" });
                self.post(who, "/ceremonies", input, "id").await
            }
            "feed" => {
                let team = self.cached("team").await;
                self.post(who, "/ceremonies/feeds", json!({ "team": team }), "feed").await
            }
            "page" => self.post(who, "/pages", titled, "key").await,
            "attachment" => {
                let item = self.cached("item").await;
                let input = json!({ "on": item, "name": "plan.txt", "text": "A plan" });
                self.post(who, "/attachments", input, "id").await
            }
            "removed-attachment" => {
                let made = self.cached("new:attachment").await;
                let path = format!("/api/v1/attachments/{made}");
                let (status, _) = self.world.api(who, "DELETE", &path, Value::Null).await;
                (status == 200).then_some(made)
            }
            "sprint" => {
                let name = self.cached("new:unique").await;
                let input = json!({ "product": product, "name": name, "goal": "Calm" });
                self.post(who, "/iterations", input, "id").await
            }
            "filled-sprint" => {
                let (made, item) = (self.cached("new:sprint").await, self.cached("item").await);
                let path = format!("/iterations/{made}/items");
                self.post(who, &path, json!({ "items": [item] }), "id").await
            }
            "started-sprint" => {
                let made = self.cached("new:sprint").await;
                self.post(who, &format!("/iterations/{made}/start"), json!({}), "id").await
            }
            "note" => {
                let sprint = self.cached("sprint").await;
                let path = format!("/iterations/{sprint}/retro");
                let input = json!({ "lane": "idea", "text": self.cached("new:unique").await });
                self.post(who, &path, input.clone(), "").await?;
                let (_, all) =
                    self.world.api(who, "GET", &format!("/api/v1{path}"), Value::Null).await;
                let made = all.as_array()?.iter().find(|n| n["text"] == input["text"])?;
                Some(made["id"].as_str()?.to_owned())
            }
            "blocked-item" => {
                let item = self.cached("new:item").await;
                self.post(
                    who,
                    &format!("/work-items/{item}/block"),
                    json!({ "because": "No access" }),
                    "key",
                )
                .await
            }
            "policy" => {
                let input = json!({ "team": self.cached("new:team").await, "preset": "scrum" });
                self.post(who, "/policies", input, "id").await
            }
            "product-policy" => {
                self.post(who, "/policies", json!({ "product": product }), "id").await
            }
            "step" => {
                let team = self.cached("team").await;
                let input = json!({ "team": team, "practice": "both-sides" });
                self.post(who, "/culture/practices", input, "id").await
            }
            "gate" => {
                let input = json!({ "product": product, "name": "Launch", "must": ["Paid"] });
                self.post(who, "/gates", input, "id").await
            }
            "measured" => {
                let input = json!({ "product": product });
                self.post(who, "/signals/measure", input, "id").await.map(|_| product.to_owned())
            }
            "measured-team" => {
                let team = self.cached("team").await;
                let input = json!({ "team": team.clone() });
                self.post(who, "/signals/measure", input, "id").await.map(|_| team)
            }
            "git" => {
                let input = json!({ "product": product, "name": "Code", "host": "github" });
                self.post(who, "/git-sources", input, "id").await
            }
            "automation" => {
                let input = json!({ "product": product, "name": "Late", "when": "created", "steps": ["label new"] });
                self.post(who, "/automations", input, "id").await
            }
            "field" => {
                let name = self.cached("new:unique").await;
                self.post(who, "/fields", json!({ "product": product, "name": name }), "id").await
            }
            "template" => {
                let name = self.cached("new:unique").await;
                self.post(who, "/templates", json!({ "product": product, "name": name }), "id")
                    .await
            }
            "task" => {
                let input = json!({ "product": product, "title": "Measure", "level": "task" });
                self.post(who, "/work-items", input, "key").await
            }
            "phase" => {
                let name = self.cached("new:unique").await;
                let input = json!({ "product": product, "name": name, "starts": "2026-03-02", "ends": "2026-04-30" });
                self.post(who, "/phases", input, "id").await
            }
            "filled-phase" => {
                let (made, item) = (self.cached("new:phase").await, self.cached("item").await);
                let path = format!("/phases/{made}/items");
                self.post(who, &path, json!({ "items": [item] }), "id").await
            }
            "started-phase" => {
                let made = self.cached("new:phase").await;
                self.post(who, &format!("/phases/{made}/start"), json!({}), "id").await
            }
            "phase-change" => {
                let made = self.cached("started-phase").await;
                let input = json!({ "title": "More", "because": "Asked", "adds": [self.cached("new:item").await] });
                self.post(who, &format!("/phases/{made}/changes"), input, "id").await
            }
            "profile" => {
                let name = json!({ "name": self.cached("new:unique").await });
                self.post(who, "/careers/profiles", name, "profile").await
            }
            "part" => {
                let name = json!({ "name": self.cached("new:unique").await });
                self.post(who, &format!("/products/{product}/parts"), name, "id").await
            }
            "view" => {
                let input = json!({ "product": product, "name": "All", "shared": "product" });
                self.post(who, "/views", input, "id").await
            }
            "item" => self.post(who, "/work-items", titled, "key").await,
            "proposal" => self.post(who, "/work-items/proposals", titled, "key").await,
            "change" => self.post(who, "/work-items", titled, "x-change").await,
            "need" => self.post(who, "/needs", titled, "key").await,
            "opportunity" => self.post(who, "/opportunities", titled, "key").await,
            "evidence" => {
                let input = json!({ "product": product, "verbatim": "It is slow." });
                self.post(who, "/evidence", input, "key").await
            }
            "objective" => {
                let input = json!({ "product": product, "title": "Fast", "period": "2026 H1" });
                self.post(who, "/objectives", input, "key").await
            }
            "key-result" => {
                let objective = self.cached("objective").await;
                let input = json!({ "objective": objective, "title": "Seconds", "unit": "s", "baseline": 9, "target": 2 });
                self.post(who, "/key-results", input, "key").await
            }
            "decision" => self.post(who, "/decisions", titled, "key").await,
            "release" => self.post(who, "/releases", titled, "key").await,
            "filled-release" => {
                let (made, item) = (self.cached("new:release").await, self.cached("item").await);
                let path = format!("/releases/{made}/items");
                self.post(who, &path, json!({ "items": [item] }), "key").await
            }
            "rolling-release" => {
                let made = self.cached("new:release").await;
                let step = json!({ "title": "Canary", "share": 5 });
                self.post(who, &format!("/releases/{made}/steps"), step, "key").await?;
                let go = json!({ "decision": "go", "because": "It is ready." });
                self.post(who, &format!("/releases/{made}/decision"), go, "key").await
            }
            "released" => {
                let made = self.cached("new:rolling-release").await;
                self.post(who, &format!("/releases/{made}/steps/1"), json!({}), "key").await?;
                let done = json!({ "decision": "done" });
                self.post(who, &format!("/releases/{made}/decision"), done, "key").await
            }
            "option" => {
                let about = self.cached("opportunity").await;
                self.post(who, "/options", json!({ "about": about, "title": "A form" }), "key")
                    .await
            }
            "experiment" => {
                let input = json!({ "product": product, "title": "Ask", "metric": "yes", "threshold": "6 of 10" });
                self.post(who, "/experiments", input, "key").await
            }
            "running-experiment" => {
                let made = self.cached("new:experiment").await;
                self.post(who, &format!("/experiments/{made}/start"), json!({}), "key").await
            }
            "interview" => {
                let input =
                    json!({ "product": product, "title": "On the train", "participants": ["Mia"] });
                self.post(who, "/interviews", input, "key").await
            }
            "survey" => self.post(who, "/surveys", titled, "id").await,
            // Asks about the one opportunity that answers name.
            "asking-survey" => {
                let about = self.cached("opportunity").await;
                let input = json!({ "product": product, "title": "Kano", "about": [about] });
                self.post(who, "/surveys", input, "id").await
            }
            "metric" => {
                let input = json!({ "product": product, "title": "Refunds", "role": "other" });
                self.post(who, "/metrics", input, "key").await
            }
            // Writes a vision, once, and answers with the product.
            "envisioned" => {
                let input = json!({ "product": product, "body": "No queues." });
                self.post(who, "/vision", input, "kind").await?;
                Some(product.to_owned())
            }
            "stakeholder" => {
                let input = json!({ "product": product, "name": "Care" });
                self.post(who, "/stakeholders", input, "id").await
            }
            "requirement" => {
                let input = json!({ "product": product, "title": "A list", "source": "Finance" });
                self.post(who, "/requirements", input, "key").await
            }
            "placed" => {
                let problem = self.cached("new:opportunity").await;
                self.post(who, "/roadmap", json!({ "item": problem }), "item").await
            }
            "epic" => {
                let input = json!({ "product": product, "title": "Epic", "level": "epic" });
                self.post(who, "/work-items", input, "key").await
            }
            "business-need" => {
                let input = json!({ "product": product, "title": "Calls", "kind": "business" });
                self.post(who, "/needs", input, "key").await
            }
            "competitor" => {
                let input = json!({ "product": product, "name": "Rival" });
                self.post(who, "/market/competitors", input, "id").await
            }
            // In another stage than it shall be in; answers with the product.
            "staged" => {
                let input = json!({ "product": product, "stage": "growth", "because": "So." });
                let other = json!({ "product": product, "stage": "launch", "because": "So." });
                let path = "/api/v1/lifecycle";
                for input in [input, other] {
                    self.world.api(who, "POST", path, input).await;
                }
                Some(product.to_owned())
            }
            "ending" => {
                let input =
                    json!({ "product": product, "ends_on": "2027-01-01", "message": "It ends." });
                self.post(who, "/lifecycle/retirement", input, "product").await
            }
            "ending-step" => {
                let product = self.cached("ending").await;
                let input = json!({ "product": product, "title": "Doors close" });
                let path = "/api/v1/lifecycle/retirement/steps";
                let (status, made) = self.world.api(who, "POST", path, input).await;
                (status < 300).then(|| {
                    let step = &made["retirement"]["steps"][0]["id"];
                    step.as_str().unwrap_or_default().to_owned()
                })
            }
            "share" => {
                let input = json!({ "product": product, "audience": "sales", "label": "Support" });
                self.post(who, "/roadmap/shares", input, "id").await
            }
            "question" => {
                let item = self.cached("item").await;
                self.post(who, &format!("/items/{item}/questions"), json!({}), "id").await
            }
            "comment" => {
                let item = self.cached("item").await;
                let input = json!({ "body": "Is it?" });
                self.post(who, &format!("/items/{item}/comments"), input, "id").await
            }
            "linked" => {
                let (item, need) = (self.cached("new:item").await, self.cached("need").await);
                self.post(who, "/links", json!({ "from": item, "to": need }), "").await?;
                Some(item)
            }
            "binned" => {
                let item = self.cached("new:item").await;
                let path = format!("/api/v1/items/{item}");
                let (status, _) = self.world.api(who, "DELETE", &path, Value::Null).await;
                (status == 200).then_some(item)
            }
            "import" => {
                let text = "Summary,Issue key\nOne,B-1\n";
                let input = json!({ "product": product, "file": "b.csv", "text": text });
                self.post(who, "/imports", input, "id").await
            }
            "contact" | "idea" | "idea-comment" => Some(self.outside(what).await),
            "reply" => {
                let idea = self.cached("new:idea").await;
                let status = json!({ "status": "shipped" });
                self.post(who, &format!("/ideas/{idea}/status"), status, "id").await?;
                let all =
                    self.world.get(Persona::Owner, &format!("/replies?product={product}")).await;
                let newest = all.as_array().and_then(|all| all.last()).expect("a reply");
                Some(newest["id"].as_str().expect("an id").to_owned())
            }
            "post" => self.post(who, "/changelog", titled, "id").await,
            "token" => self.post(who, "/tokens", json!({ "name": "short" }), "id").await,
            "own-responsibility" => {
                let input = json!({ "name": self.cached("new:unique").await, "facet": "how" });
                self.post(who, "/responsibilities", input, "number").await
            }
            // A draft for a part of its own, with the owner in it.
            "charter" => self.charter(who, &self.cached("new:part").await, Persona::Owner).await,
            "agreed-charter" => {
                let made = self.cached("new:charter").await;
                self.post(who, &format!("/charters/{made}/sign"), json!({}), "id").await
            }
            // A part whose charter gives everything to the owner.
            "chartered" => self.chartered(Persona::Owner).await,
            "handover" => {
                let part = self.cached("new:chartered").await;
                let to = self.world.person(Persona::Admin);
                let input =
                    json!({ "product": product, "part": part, "responsibility": 1, "to": to });
                self.post(who, "/handovers", input, "id").await
            }
            // A change for which somebody else answers.
            "override" => {
                let other = if who == Persona::Insider { Persona::Owner } else { Persona::Insider };
                // Where odd input shut the product, nobody else is left to answer.
                let Some(part) = self.chartered(other).await else {
                    return Some(self.cached("new:change").await);
                };
                let input = json!({ "product": product, "title": "Some story", "part": part });
                self.post(who, "/work-items", input, "x-change").await
            }
            other => panic!("scene.rs does not know how to make a “{other}”"),
        }
    }

    async fn charter(&self, who: Persona, part: &str, holder: Persona) -> Option<String> {
        let holder = self.world.person(holder).to_string();
        let input = json!({ "product": self.product, "part": part, "roles": { holder: "product-manager" } });
        self.post(who, "/charters", input, "id").await
    }

    async fn chartered(&self, holder: Persona) -> Option<String> {
        let part = self.cached("new:part").await;
        let charter = self.charter(Persona::Owner, &part, holder).await?;
        self.post(holder, &format!("/charters/{charter}/sign"), json!({}), "id").await?;
        Some(part)
    }

    /// What somebody outside makes at the product's portal, which is opened for it.
    async fn outside(&self, what: &str) -> String {
        let product = self.product;
        let slug = format!("{}-portal", product.to_lowercase());
        let n = self.count.fetch_add(1, Ordering::Relaxed);
        crate::portal::open(self.world, product, &slug).await;
        let visit = crate::portal::visit(self.world, &slug, &format!("mo{n}@example.org")).await;
        if what == "contact" {
            return visit.contact.to_string();
        }
        let idea = crate::portal::idea(self.world, &visit, &format!("Idea {n}")).await;
        if what == "idea" {
            return idea.to_string();
        }
        crate::portal::comment(self.world, &visit, idea, &format!("Remark {n}")).await;
        let sql = "SELECT id FROM idea_comment ORDER BY id DESC LIMIT 1";
        let newest = self
            .world
            .app
            .db
            .read(move |c| c.query_one(sql, &[], |r| r.get::<wherefore_app::kernel::Id>(0)));
        newest.await.expect("a comment").to_string()
    }

    /// The id of the last thing in a list that a post answers with.
    async fn first(&self, who: Persona, path: &str, input: Value) -> Option<String> {
        let (status, made) = self.world.api(who, "POST", &format!("/api/v1{path}"), input).await;
        if status >= 300 {
            return None;
        }
        Some(made.as_array()?.last()?["id"].as_str()?.to_owned())
    }

    async fn cached(&self, name: &str) -> String {
        Box::pin(self.named(name, Persona::Owner)).await
    }

    async fn post(&self, who: Persona, path: &str, input: Value, field: &str) -> Option<String> {
        let (status, made) = self.world.api(who, "POST", &format!("/api/v1{path}"), input).await;
        if status >= 300 {
            assert!(matches!(status, 401 | 403 | 404), "POST {path} by {who:?}: {status} {made}");
            return None;
        }
        Some(match &made[field] {
            Value::Number(number) => number.to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        })
    }
}
