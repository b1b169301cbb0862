//! A real project, replayed: two years as they were recorded, then twelve weeks in each framework in
//! turn. Every figure is counted anew from the activity, nothing is lost at a switch, and sprints that
//! were closed stay as they were.

mod counted;
mod data;

use std::collections::{BTreeMap, HashMap};

use counted::{DAY, Record};
use data::{Event, Issue, Step};
use serde_json::{Value, json};
use wherefore_app::kernel::Time;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;
const TEAM: &str = "Replayers";
const STRETCH: i64 = 12 * 7;

/// A project under way.
struct Project<'w> {
    world: &'w World,
    issues: Vec<Issue>,
    events: Vec<Event>,
    /// How many of them were played.
    played: usize,
    keys: HashMap<usize, String>,
    team: String,
    /// The sprint that runs.
    sprint: Option<String>,
    /// Sprints that were closed, with all that was written down of them.
    closed: Vec<(String, Value)>,
}

impl<'w> Project<'w> {
    async fn new(world: &'w World) -> Self {
        // Another project of the same kind may be replayed: WHEREFORE_REPLAY names its file.
        let text = std::env::var("WHEREFORE_REPLAY").map_or_else(
            |_| include_str!("replay/issues.csv").to_owned(),
            |file| std::fs::read_to_string(file).expect("WHEREFORE_REPLAY names a file"),
        );
        let issues = data::issues(&text);
        let events = data::events(&issues);
        world.clock.set(Time(issues[0].created.0 - DAY));
        let made = world.post(Persona::Admin, "/teams", json!({ "name": TEAM })).await;
        let team = made["id"].as_str().unwrap().to_owned();
        let (keys, closed) = (HashMap::new(), Vec::new());
        Self { world, issues, events, played: 0, keys, team, sprint: None, closed }
    }

    /// The day on which the recorded project began.
    fn start(&self) -> i64 {
        self.events[0].at.0.div_euclid(DAY)
    }

    async fn edit(&self, key: &str, fields: Value) {
        let path = format!("/api/v1/work-items/{key}");
        let (status, answer) = self.world.api(ME, "PATCH", &path, fields).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Plays what was recorded before a moment.
    async fn play(&mut self, until: i64) {
        while let Some(event) = self.events.get(self.played).copied().filter(|e| e.at.0 < until) {
            self.world.clock.set(event.at);
            self.step(event).await;
            self.played += 1;
        }
    }

    async fn step(&mut self, event: Event) {
        let issue = &self.issues[event.issue];
        match event.step {
            Step::Came => {
                let level = if issue.bug { "bug" } else { "story" };
                let input = json!({
                    "product": "OPEN", "title": issue.key, "level": level,
                    "points": issue.points, "team": TEAM,
                });
                let made = self.world.post(ME, "/work-items", input).await;
                self.keys.insert(event.issue, made["key"].as_str().unwrap().to_owned());
            }
            Step::Began | Step::Ended => {
                let key = self.keys[&event.issue].clone();
                // What a team in a sprint begins, it takes into the sprint.
                if let Some(sprint) = self.sprint.clone() {
                    let item = self.world.get(ME, &format!("/work-items/{key}")).await;
                    if item["sprint"].is_null() {
                        self.take(&sprint, std::slice::from_ref(&key)).await;
                    }
                }
                let state = if event.step == Step::Began { "started" } else { "accepted" };
                self.edit(&key, json!({ "state": state })).await;
            }
        }
    }

    async fn take(&self, sprint: &str, items: &[String]) {
        let path = format!("/iterations/{sprint}/items");
        self.world.post(ME, &path, json!({ "items": items })).await;
    }

    /// Items that are here, not done at `from`, and done before `until` as the record tells.
    fn done_between(&self, from: i64, until: i64) -> Vec<String> {
        let mut all: Vec<(usize, String)> = self
            .keys
            .iter()
            .filter(|(at, _)| (from..until).contains(&self.issues[**at].resolved.0))
            .map(|(at, key)| (*at, key.clone()))
            .collect();
        all.sort();
        all.into_iter().map(|(_, key)| key).collect()
    }

    async fn plan(&self, name: &str, day: i64, length: i64) -> String {
        let input = json!({
            "product": "OPEN", "name": name, "goal": "What was recorded", "team": TEAM, "capacity": 20,
            "starts": Time(day * DAY).day(), "ends": Time((day + length - 1) * DAY).day(),
        });
        self.world.post(ME, "/iterations", input).await["id"].as_str().unwrap().to_owned()
    }

    /// Sprints from a day on, so many, one after the other: planned, filled, run and closed, with what
    /// is left carried over in turn to the next sprint and to the backlog.
    async fn sprints(&mut self, word: &str, day: i64, length: i64, count: i64) {
        let mut next = self.plan(&format!("{word} 1"), day, length).await;
        for n in 0..count {
            let (from, end) = (day + n * length, day + (n + 1) * length);
            let close_at = end * DAY - 1_800_000_001;
            self.world.clock.set(Time(from * DAY + 8 * DAY / 24));
            let items = self.done_between(from * DAY, (end + 5) * DAY);
            let mut free = Vec::new();
            for key in items {
                let item = self.world.get(ME, &format!("/work-items/{key}")).await;
                if item["sprint"].is_null() {
                    free.push(key);
                }
            }
            let id = next.clone();
            if !free.is_empty() {
                self.take(&id, &free).await;
            }
            self.world.post(ME, &format!("/iterations/{id}/start"), json!({})).await;
            self.sprint = Some(id.clone());
            // One is found larger than thought, and one is taken out, in the middle.
            self.play((from + 3) * DAY).await;
            self.world.clock.set(Time((from + 3) * DAY + 1));
            let open = self.open_in(&id).await;
            if let Some(key) = open.first() {
                self.edit(key, json!({ "points": 8 })).await;
            }
            if let Some(key) = open.get(1) {
                let path = format!("/api/v1/iterations/{id}/items/{key}");
                assert_eq!(self.world.api(ME, "DELETE", &path, Value::Null).await.0, 200);
            }
            self.play(close_at).await;
            self.world.clock.set(Time(close_at));
            next = self.plan(&format!("{word} {}", n + 2), end, length).await;
            let carry: BTreeMap<String, String> = self
                .open_in(&id)
                .await
                .into_iter()
                .enumerate()
                .map(|(at, key)| (key, if at % 2 == 0 { next.clone() } else { "backlog".into() }))
                .collect();
            let input = json!({ "outcome": "partly", "review": "As recorded", "carry": carry });
            self.world.post(ME, &format!("/iterations/{id}/close"), input).await;
            self.sprint = None;
            self.check_sprint(&id, from, close_at, length).await;
        }
        // The one that was planned and never started goes, with what it holds left free.
        for key in self.open_in(&next).await {
            let path = format!("/api/v1/iterations/{next}/items/{key}");
            self.world.api(ME, "DELETE", &path, Value::Null).await;
        }
    }

    async fn open_in(&self, sprint: &str) -> Vec<String> {
        let seen = self.world.get(ME, &format!("/iterations/{sprint}")).await;
        let items = seen["items"].as_array().unwrap();
        let open = items
            .iter()
            .filter(|i| !matches!(i["category"].as_str(), Some("accepted" | "dropped")));
        open.map(|i| i["key"].as_str().unwrap().to_owned()).collect()
    }

    /// Scope, progress, velocity of a sprint that was closed, against the activity.
    async fn check_sprint(&mut self, id: &str, from: i64, closed: i64, length: i64) {
        let record = counted::record(self.world).await;
        let mut seen = self.world.get(ME, &format!("/iterations/{id}")).await;
        let started = Time(from * DAY + 8 * DAY / 24).0;
        let [scope, _, items, _] = counted::held(&record, id, started + 1);
        assert_eq!(
            (&seen["committed"], &seen["committed_items"]),
            (&json!(scope), &json!(items as i64))
        );
        let [last, done, _, done_items] = counted::held(&record, id, closed);
        assert_eq!(
            (&seen["completed"], &seen["completed_items"]),
            (&json!(done), &json!(done_items as i64))
        );
        let days = seen["days"].as_array().unwrap();
        assert_eq!(days.len() as i64, length);
        for (n, line) in days.iter().enumerate() {
            let end = ((from + n as i64 + 1) * DAY).min(closed);
            let told = ["scope", "done", "items", "items_done"].map(|f| line[f].as_f64().unwrap());
            assert_eq!(
                told,
                counted::held(&record, id, end),
                "day {n} of {}",
                seen["iteration"]["name"]
            );
        }
        let changed: f64 =
            seen["changes"].as_array().unwrap().iter().map(|c| c["points"].as_f64().unwrap()).sum();
        assert!((scope + changed - last).abs() < 1e-9, "the scope line leads from start to end");
        let map = seen.as_object_mut().unwrap();
        // Its items are shown as they are now; what they were is in `finished` and `carried`.
        map.remove("items");
        self.closed.push((id.to_owned(), seen));
    }

    /// Sprints that were closed are word by word what they were.
    async fn check_closed(&self) {
        for (id, kept) in &self.closed {
            let mut seen = self.world.get(ME, &format!("/iterations/{id}")).await;
            seen.as_object_mut().unwrap().remove("items");
            assert_eq!(&seen, kept, "a closed sprint changed");
        }
        let pace =
            self.world.get(ME, &format!("/iterations/velocity?product=OPEN&team={TEAM}")).await;
        let velocity = &pace["velocity"];
        let done: Vec<f64> = self
            .closed
            .iter()
            .rev()
            .take(12)
            .map(|(_, s)| s["completed"].as_f64().unwrap())
            .collect();
        let told: Vec<f64> = velocity["past"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|p| p["completed"].as_f64().unwrap())
            .collect();
        assert_eq!(told, done);
        if done.len() >= 3 {
            let last: Vec<f64> = done.iter().take(6).copied().collect();
            let mean = last.iter().sum::<f64>() / last.len() as f64;
            assert!((velocity["mean"].as_f64().unwrap() - mean).abs() < 1e-9);
            let off: f64 = last.iter().map(|v| (v - mean) * (v - mean)).sum();
            let spread = (off / (last.len() - 1) as f64).sqrt();
            assert!((velocity["spread"].as_f64().unwrap() - spread).abs() < 1e-9);
        }
    }

    /// The flow of the team and of the product at noon of a day, against the activity.
    async fn check_flow(&self, day: i64, weeks: i64) {
        self.world.clock.set(Time(day * DAY + DAY / 2));
        let record = counted::record(self.world).await;
        for of in [format!("&team={TEAM}"), String::new()] {
            let seen = self.world.get(ME, &format!("/flow?product=OPEN&weeks={weeks}{of}")).await;
            let told = told(&seen, &self.meanings(&of).await);
            let counted = counted::figures(&record, day, weeks);
            assert_eq!(
                told,
                counted,
                "the flow over {weeks} weeks up to {}{of}",
                Time(day * DAY).day()
            );
            match (seen["little"].as_array(), counted::little(&record, day, weeks)) {
                (None, None) => {}
                (Some(told), Some(counted)) => {
                    for (told, counted) in told.iter().zip(counted) {
                        assert!(
                            (told.as_f64().unwrap() - counted).abs() < 1e-9,
                            "{told} {counted}"
                        );
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// What each state of the workflow means.
    async fn meanings(&self, of: &str) -> BTreeMap<String, String> {
        let path =
            if of.is_empty() { "product=OPEN".to_owned() } else { format!("team={}", self.team) };
        let all = self.world.get(ME, &format!("/policies?{path}")).await;
        let active = all.as_array().unwrap().iter().find(|p| p["state"] == "active");
        let policy = match active {
            Some(policy) => policy.clone(),
            None => self.world.get(ME, "/policies?product=OPEN").await[0].clone(),
        };
        let word = |v: &Value| v.as_str().unwrap().to_owned();
        let mut all: BTreeMap<String, String> = policy["states"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| (word(&s["name"]), word(&s["category"])))
            .collect();
        // Where workflows meet, layers are called by what states mean.
        for (name, category) in
            [("Unstarted", "unstarted"), ("Started", "started"), ("Accepted", "accepted")]
        {
            all.insert(name.to_owned(), category.to_owned());
        }
        all
    }

    /// Adopts a framework: every item is still there with all that it carries and its whole history.
    async fn switch(&self, preset: &str, at: i64) {
        self.world.clock.set(Time(at));
        let (items, before) = (self.items().await, counted::record(self.world).await);
        let input = json!({ "team": self.team, "preset": preset });
        let policy = self.world.post(ME, "/policies/adopt", input).await;
        let (now, after) = (self.items().await, counted::record(self.world).await);
        assert_eq!(items, now, "an item lost something by turning to {preset}");
        assert_eq!(before.len(), after.len());
        let states: Vec<&Value> =
            policy["states"].as_array().unwrap().iter().map(|s| &s["name"]).collect();
        for (key, stands) in &after {
            let past: Vec<String> =
                stands.iter().take(before[key].len()).map(|s| format!("{s:?}")).collect();
            let kept: Vec<String> = before[key].iter().map(|s| format!("{s:?}")).collect();
            assert_eq!(past, kept, "the past of {key} changed");
            let (was, is) = (&before[key].last().unwrap().category, &stands.last().unwrap());
            assert_eq!(
                counted::layer(was),
                counted::layer(&is.category),
                "{key} means something else"
            );
            assert!(
                states.contains(&&json!(is.state)),
                "{key} stands in no state of {preset}: {is:?}"
            );
        }
    }

    /// All that each item carries, but for its state.
    async fn items(&self) -> BTreeMap<String, Value> {
        let mut all = BTreeMap::new();
        let mut after = String::new();
        loop {
            let path = format!("/work-items?product=OPEN&limit=200{after}");
            let page = self.world.get(ME, &path).await;
            for item in page["items"].as_array().unwrap() {
                let mut item = item.clone();
                let map = item.as_object_mut().unwrap();
                // Which state fits, what it means where backlog and ready are one, what the team
                // estimates in, and when it was written.
                for moved in
                    ["state", "category", "estimates", "revision", "updated_at", "valid_from"]
                {
                    map.remove(moved);
                }
                all.insert(item["key"].as_str().unwrap().to_owned(), item);
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return all,
            }
        }
    }
}

/// The product's own figures, in the shape of those that are counted here.
fn told(seen: &Value, meanings: &BTreeMap<String, String>) -> counted::Figures {
    let list = |field: &str| seen[field].as_array().cloned().unwrap_or_default();
    let number = |v: &Value| v.as_i64().unwrap();
    let mut cycle_times: Vec<i64> = list("spots").iter().map(|s| number(&s["days"])).collect();
    cycle_times.sort_unstable();
    let percentiles =
        seen["cycle_time"].as_array().map(|p| [0, 1, 2, 3].map(|n: usize| number(&p[n])));
    let word = |v: &Value| v.as_str().unwrap().to_owned();
    let mut layers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for one in list("layers") {
        let name = counted::layer(&meanings[one["state"].as_str().unwrap()]).to_owned();
        let items: Vec<usize> =
            one["items"].as_array().unwrap().iter().map(|n| number(n) as usize).collect();
        let sums = layers.entry(name).or_insert_with(|| vec![0; items.len()]);
        sums.iter_mut().zip(items).for_each(|(sum, more)| *sum += more);
    }
    counted::Figures {
        wip: number(&seen["wip"]) as usize,
        cycle_times,
        percentiles,
        ages: list("ages").iter().map(|a| (word(&a["key"]), number(&a["days"]))).collect(),
        throughput: list("throughput").iter().map(|w| number(&w["finished"]) as usize).collect(),
        layers,
    }
}

/// Throughput that would be believed of the record: no week without any item over half a year, none
/// with a hundred.
fn plausible(record: &Record, day: i64) {
    let seen = counted::figures(record, day, 26);
    let sum: usize = seen.throughput.iter().sum();
    assert!(sum > 10 && seen.throughput.iter().all(|n| *n < 100), "{:?}", seen.throughput);
    assert!(
        seen.percentiles.is_some_and(|[half, .., most]| 1 <= half && half <= most && most < 800)
    );
}

both_engines! {
    async fn a_real_project_goes_on_in_each_framework_and_every_figure_agrees_with_the_activity(app) {
        let world = World::new(app).await;
        let mut project = Project::new(&world).await;
        let begin = project.start();
        // Two years as they were recorded, by the product's own workflow.
        for half in 1..=4 {
            let day = begin + half * 182;
            project.play(day * DAY).await;
            project.check_flow(day, 26).await;
        }
        let mut day = begin + 730;
        project.play(day * DAY).await;
        project.check_flow(day, 52).await;
        plausible(&counted::record(&world).await, day);
        assert!(project.keys.len() > 300, "only {} items in two years", project.keys.len());
        for preset in ["scrum", "kanban", "lightweight", "hybrid"] {
            project.switch(preset, day * DAY + 3600 * Time::SECOND).await;
            project.check_closed().await;
            match preset {
                "scrum" => project.sprints("Sprint", day, 14, 6).await,
                "hybrid" => project.sprints("Phase sprint", day, 21, 4).await,
                _ => {}
            }
            // In the middle and at the end, over a time that reaches back before the switch.
            project.play((day + STRETCH / 2) * DAY).await;
            if preset == "kanban" || preset == "lightweight" {
                project.check_flow(day + STRETCH / 2, 13).await;
            }
            day += STRETCH;
            project.play(day * DAY).await;
            project.check_flow(day, 26).await;
            project.check_closed().await;
        }
        assert_eq!(project.closed.len(), 10);
        project.check_flow(day, 52).await;
        let played = project.keys.len();
        assert_eq!(counted::record(&world).await.len(), played, "all that came is still there");
    }
}
