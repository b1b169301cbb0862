//! A running server's API, as the command line uses it.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, bail};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json, json};
use wherefore_app::store::Meta;
use wherefore_app::thread::export::Wanted;

use crate::import::say;

/// The largest answer: reports of large imports are long.
const ANSWER: u64 = 256 * 1024 * 1024;
/// How often a running import is asked after.
const PAUSE: Duration = Duration::from_millis(300);

/// What is written otherwise within one part of a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// A value as it stands in an address.
fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A server and the token to be shown there.
pub struct Remote {
    agent: ureq::Agent,
    base: String,
    bearer: String,
}

struct Answer {
    status: u16,
    body: Json,
}

impl Answer {
    /// The answer, or what the server said was wrong.
    fn done(self) -> anyhow::Result<Json> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        bail!("{}", self.body["error"]["message"].as_str().unwrap_or("The server refused it"))
    }
}

impl Remote {
    pub fn new(address: &str, token: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let base = format!("{}/api/v1", address.trim_end_matches('/'));
        Self { agent, base, bearer: format!("Bearer {token}") }
    }

    /// Uploads a file, which the server imports in the background, and waits for the report. A
    /// product that is missing is made.
    pub fn import(
        &self,
        product: &str,
        name: &str,
        bytes: Vec<u8>,
        dry_run: bool,
    ) -> anyhow::Result<Json> {
        let word = |yes: bool| if yes { "true" } else { "false" };
        let query = [
            ("product", product),
            ("file", name),
            ("dry_run", word(dry_run)),
            ("apply", word(!dry_run)),
        ];
        let mut answer = self.upload(&query, &bytes)?;
        if answer.status == 404 && !dry_run {
            let key = product.to_uppercase();
            self.post("/products", &json!({ "key": key, "name": key }))?.done()?;
            answer = self.upload(&query, &bytes)?;
        }
        drop(bytes);
        let mut sent = answer.done()?;
        let path = format!("/imports/{}", sent["id"].as_str().unwrap_or_default());
        let mut told = String::new();
        while sent["state"] == "running" || sent["progress"].is_object() {
            let progress = &sent["progress"];
            let number = |name: &str| progress[name].as_i64().unwrap_or_default();
            let step = progress["step"].as_str().unwrap_or("Starting");
            say(&mut told, step, number("done"), number("total"));
            std::thread::sleep(PAUSE);
            sent = self.get(&path)?.done()?;
        }
        let note = sent["note"].as_str().unwrap_or_default();
        if sent["state"] == "failed" || !note.is_empty() {
            bail!("{note}");
        }
        Ok(sent["report"].take())
    }

    /// Fetches an export.
    pub fn export(&self, wanted: &Wanted, out: &mut impl Write) -> anyhow::Result<()> {
        let path = match &wanted.product {
            Some(product) => format!("{}/products/{product}/export", self.base),
            None => format!("{}/export", self.base),
        };
        let files = if wanted.files { "true" } else { "false" };
        let format = wanted.format.as_str();
        let request = self.agent.get(path).query_pairs([("format", format), ("files", files)]);
        let answer = request.header("Authorization", &self.bearer).call();
        let answer = answer.with_context(|| format!("{} does not answer", self.base))?;
        if !answer.status().is_success() {
            return self.read(Ok(answer))?.done().map(drop);
        }
        crate::export::copy(answer.into_body().into_reader(), out)
    }

    fn read(
        &self,
        answer: std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> anyhow::Result<Answer> {
        let mut answer = answer.with_context(|| format!("{} does not answer", self.base))?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(ANSWER).read_json();
        let body = body.with_context(|| format!("{} is no Wherefore", self.base))?;
        Ok(Answer { status, body })
    }

    fn upload(&self, query: &[(&str, &str)], bytes: &[u8]) -> anyhow::Result<Answer> {
        let request = self
            .agent
            .post(format!("{}/imports", self.base))
            .query_pairs(query.iter().copied())
            .header("Authorization", &self.bearer)
            .header("Content-Type", "text/csv");
        self.read(request.send(bytes))
    }

    /// Sends a table of what users said and gives the report.
    pub fn evidence(&self, product: &str, bytes: &[u8], dry_run: bool) -> anyhow::Result<Json> {
        let dry_run = if dry_run { "true" } else { "false" };
        let request = self
            .agent
            .post(format!("{}/evidence/import", self.base))
            .query_pairs([("product", product), ("dry_run", dry_run)])
            .header("Authorization", &self.bearer)
            .header("Content-Type", "text/csv");
        self.read(request.send(bytes))?.done()
    }

    /// Does or asks what an entry of the registry stands for.
    pub fn call(&self, meta: &Meta, mut input: Map<String, Json>) -> anyhow::Result<Json> {
        let mut path = String::new();
        for part in meta.path.split('/').filter(|part| !part.is_empty()) {
            path.push('/');
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                None => path.push_str(part),
                Some(field) => {
                    let value = input.remove(field).map(|value| text(&value)).unwrap_or_default();
                    if value.is_empty() {
                        bail!("{} needs {field}=…", meta.name);
                    }
                    path.extend(utf8_percent_encode(&value, PATH));
                }
            }
        }
        if meta.method == "GET" {
            let pairs = input.iter().flat_map(|(name, value)| match value {
                Json::Array(many) => many.iter().map(|one| (name.as_str(), text(one))).collect(),
                Json::Null => Vec::new(),
                one => vec![(name.as_str(), text(one))],
            });
            let request = self.agent.get(format!("{}{path}", self.base)).query_pairs(pairs);
            return self.read(request.header("Authorization", &self.bearer).call())?.done();
        }
        let request = ureq::http::Request::builder()
            .method(meta.method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", &self.bearer)
            .header("Content-Type", "application/json")
            .body(serde_json::to_vec(&Json::Object(input))?)?;
        self.read(self.agent.run(request))?.done()
    }

    /// Attaches a file to an item, unless one of that name and size hangs there; whether it was.
    pub fn attach(&self, on: &str, name: &str, bytes: &[u8]) -> anyhow::Result<bool> {
        for removed in ["false", "true"] {
            let request = self
                .agent
                .get(format!("{}/attachments", self.base))
                .query_pairs([("on", on), ("removed", removed)]);
            let there = self.read(request.header("Authorization", &self.bearer).call())?.done()?;
            let same = |one: &Json| one["name"] == name && one["size"] == bytes.len();
            if there.as_array().into_iter().flatten().any(same) {
                return Ok(false);
            }
        }
        let request = self
            .agent
            .post(format!("{}/attachments", self.base))
            .query_pairs([("on", on), ("file", name)])
            .header("Authorization", &self.bearer)
            .header("Content-Type", "application/octet-stream");
        self.read(request.send(bytes))?.done()?;
        Ok(true)
    }

    fn post(&self, path: &str, body: &Json) -> anyhow::Result<Answer> {
        let request = self.agent.post(format!("{}{path}", self.base));
        self.read(request.header("Authorization", &self.bearer).send_json(body))
    }

    fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let request = self.agent.get(format!("{}{path}", self.base));
        self.read(request.header("Authorization", &self.bearer).call())
    }
}
