//! Actions and queries: each verb of the domain, defined once for every surface.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::finish::Finished;
use super::{Answer, Change, Upload, judge};
use crate::db::{Conn, Db, Tx};
use crate::files::Staged;
use crate::kernel::{Access, Actor, Clock, Error, Id, Result, Time};
use crate::statements;

statements! {
    PRIOR_SUBMISSION = "SELECT output FROM submission WHERE workspace_id = $1 AND person_id = $2 AND submission_id = $3";
    KEEP_SUBMISSION = "INSERT INTO submission (workspace_id, person_id, submission_id, output, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
}

/// How wide a responsibility is exercised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    Workspace,
    Product,
    Part,
    Team,
}

/// What the registry knows of an action or query; the surfaces are generated from it.
pub struct Meta {
    /// The verb in kebab-case: form path, tool name, activity verb.
    pub name: &'static str,
    /// One sentence in the imperative.
    pub summary: &'static str,
    pub method: &'static str,
    /// The path under `/api/v1`, with `{field}` for input fields.
    pub path: &'static str,
    pub access: Access,
    /// Numbers of the catalogue's responsibilities that this exercises.
    pub exercises: &'static [u8],
    pub scope: Scope,
}

impl Meta {
    /// A question about a product.
    pub const fn query(name: &'static str, summary: &'static str, path: &'static str) -> Self {
        Self { method: "GET", access: Access::Read, ..Self::action(name, summary, "GET", path) }
    }

    /// A verb that members of a product may do; no responsibility is exercised by it.
    pub const fn action(
        name: &'static str,
        summary: &'static str,
        method: &'static str,
        path: &'static str,
    ) -> Self {
        let (access, scope) = (Access::Write, Scope::Product);
        Self { name, summary, method, path, access, exercises: &[], scope }
    }

    /// The same, for those who may do `access`.
    pub const fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// The same, exercising these responsibilities of the catalogue.
    pub const fn exercises(self, exercises: &'static [u8]) -> Self {
        Self { exercises, ..self }
    }

    /// The same, as wide as `scope`.
    pub const fn scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }
}

/// One verb that changes things. Loading is authorising: `run` loads through the slices' loaders,
/// which answer "not found" for what the actor may not see.
pub trait Action: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    type Output: Serialize + JsonSchema + Send + 'static;
    const META: Meta;
    /// Whether it says something in a person's own name, which an agent's token never does for them.
    const PERSONAL: bool = false;
    /// Whether its answer holds a secret that is shown this once, and so is kept nowhere.
    const SHOWS_SECRET: bool = false;

    fn run(&self, cx: &mut Change<'_>) -> Result<Self::Output>;
}

/// One question that changes nothing.
pub trait Query: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    type Output: Serialize + JsonSchema + Send + 'static;
    const META: Meta;

    fn run(&self, cx: &mut Reader<'_>) -> Result<Self::Output>;
}

/// What a query reads with.
pub struct Reader<'c> {
    pub conn: &'c mut Conn,
    pub actor: &'c Actor,
    pub now: Time,
}

/// An answer as the surfaces get it.
#[derive(Debug, Clone)]
pub struct Done {
    pub output: Answer,
    /// The change to undo, where anything was changed.
    pub change: Option<Id>,
    /// Somebody else answers for what was done, and no reason was given yet.
    pub unexplained: bool,
}

/// One verb that takes several transactions, or work between them: it checks for itself what it
/// loads, in each of them.
pub trait Process: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    type Output: Serialize + JsonSchema + Send + 'static;
    const META: Meta;
    /// The media types of the file that it takes as a request's body, beside JSON.
    const TAKES: &'static [&'static str] = &[];
    /// Whether that file is written to disk as it arrives, instead of being packed in memory.
    const STAGES: bool = false;

    fn run(self, at: Site) -> BoxFuture<'static, Result<Self::Output>>;
}

/// What a process works with.
pub struct Site {
    pub db: Db,
    pub clock: Clock,
    pub actor: Actor,
    pub file: Option<Arc<Upload>>,
    pub staged: Option<Arc<Staged>>,
}

/// Input as it arrives, with what comes beside it.
#[derive(Default, Clone)]
pub struct Call {
    pub input: Json,
    /// Why, where the charter gives the responsibility to somebody else.
    pub reason: Option<String>,
    /// Makes a repeated request answer what the first one did.
    pub submission: Option<String>,
    /// A file that came as the request's body.
    pub file: Option<Arc<Upload>>,
    /// The same, where it was written to disk.
    pub staged: Option<Arc<Staged>>,
}

/// What was asked for, read from JSON. Everything behind it is the same code for every action: built
/// anew for each of hundreds, it would fill the program.
trait Input: Send + Sync {
    fn act(&self, cx: &mut Change<'_>) -> Result<Answer>;
}

impl<A: Action> Input for A {
    fn act(&self, cx: &mut Change<'_>) -> Result<Answer> {
        Answer::of(&act(cx, self)?)
    }
}

/// A question, read from JSON.
trait Question: Send + Sync {
    fn answer(&self, cx: &mut Reader<'_>) -> Result<Answer>;
}

impl<Q: Query> Question for Q {
    fn answer(&self, cx: &mut Reader<'_>) -> Result<Answer> {
        Answer::of(&self.run(cx)?)
    }
}

type Running = BoxFuture<'static, Result<Answer>>;
type Begin = Box<dyn FnOnce(Site) -> Running + Send>;

/// How an entry is done.
#[derive(Clone, Copy)]
enum Verb {
    Action { read: fn(&Json) -> Result<Box<dyn Input>>, shows_secret: bool },
    Query { read: fn(&Json) -> Result<Box<dyn Question>> },
    Process { read: fn(&Json) -> Result<Begin> },
}

/// An action or query in the registry.
pub struct Entry {
    pub meta: &'static Meta,
    pub changes: bool,
    /// Whether it says something in a person's own name.
    pub personal: bool,
    /// The media types of a file that it takes as a request's body; none for most.
    pub takes: &'static [&'static str],
    /// Whether that file is written to disk as it arrives.
    pub stages: bool,
    pub input: fn(&mut SchemaGenerator) -> Schema,
    pub output: fn(&mut SchemaGenerator) -> Schema,
    verb: Verb,
}

impl Entry {
    pub const fn action<A: Action>() -> Self {
        Self {
            meta: &A::META,
            changes: true,
            personal: A::PERSONAL,
            takes: &[],
            stages: false,
            input: |g| g.subschema_for::<A>(),
            output: |g| g.subschema_for::<A::Output>(),
            verb: Verb::Action {
                read: |input| Ok(Box::new(parse::<A>(input)?)),
                shows_secret: A::SHOWS_SECRET,
            },
        }
    }

    pub const fn process<P: Process>() -> Self {
        Self {
            meta: &P::META,
            changes: true,
            personal: false,
            takes: P::TAKES,
            stages: P::STAGES,
            input: |g| g.subschema_for::<P>(),
            output: |g| g.subschema_for::<P::Output>(),
            verb: Verb::Process {
                read: |input| {
                    let input: P = parse(input)?;
                    let run = |site| -> Running {
                        Box::pin(async move { Answer::of(&input.run(site).await?) })
                    };
                    Ok(Box::new(run))
                },
            },
        }
    }

    pub const fn query<Q: Query>() -> Self {
        Self {
            meta: &Q::META,
            changes: false,
            personal: false,
            takes: &[],
            stages: false,
            input: |g| g.subschema_for::<Q>(),
            output: |g| g.subschema_for::<Q::Output>(),
            verb: Verb::Query { read: |input| Ok(Box::new(parse::<Q>(input)?)) },
        }
    }

    /// Does it, or answers it.
    ///
    /// # Errors
    /// Whatever the input lacks or the actor may not do, in words.
    pub async fn invoke(&self, db: &Db, clock: &Clock, actor: Actor, call: Call) -> Result<Done> {
        let (meta, now) = (self.meta, clock.now());
        let told = |output| Done { output, change: None, unexplained: false };
        match self.verb {
            Verb::Action { read, shows_secret } => {
                let input = read(&call.input)?;
                let act = move |tx: &mut Tx| {
                    once(tx, &actor, now, (meta, shows_secret), &call, &mut |cx| input.act(cx))
                };
                db.write(act).await
            }
            Verb::Query { read } => {
                let input = read(&call.input)?;
                actor.check_role(meta.access)?;
                let answer =
                    move |conn: &mut Conn| input.answer(&mut Reader { conn, actor: &actor, now });
                db.read(answer).await.map(told)
            }
            Verb::Process { read } => {
                let begin = read(&call.input)?;
                actor.check(meta.access)?;
                judge::hold(&actor, meta)?;
                let Call { file, staged, .. } = call;
                let (db, clock) = (db.clone(), clock.clone());
                begin(Site { db, clock, actor, file, staged }).await.map(told)
            }
        }
    }
}

/// The fields of `A` and, beside them, those of `B`: the input of an action that asks for more.
pub fn joined_schema<A: JsonSchema, B: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = A::json_schema(generator);
    let more = B::json_schema(generator).to_value();
    let fields = schema.ensure_object().entry("properties");
    let fields = fields.or_insert_with(|| Json::Object(Map::new())).as_object_mut();
    if let (Some(fields), Some(more)) = (fields, more["properties"].as_object()) {
        fields.extend(more.clone());
    }
    schema
}

/// Input by the names of its fields. Read as a map, not as any value: what reads an array would be
/// made for each of hundreds of types, and no array names anything.
fn parse<T: DeserializeOwned>(input: &Json) -> Result<T> {
    let Json::Object(fields) = input else {
        let message =
            "Named values are needed here: an object in JSON, or FIELD=VALUE on the command line.";
        return Err(Error::Invalid { field: None, message: message.to_owned() });
    };
    T::deserialize(fields).map_err(|e| {
        let message = sentence(&e.to_string());
        let message = match given_as(input, &message) {
            Some(name) => format!("{name}: {message}"),
            None => message,
        };
        Error::unread(message)
    })
}

/// The field that a text came as, where a message quotes one and it is no name of a field.
fn given_as<'a>(input: &'a Json, message: &str) -> Option<&'a str> {
    let (given, _) = message.strip_prefix('“')?.split_once("” is not ")?;
    let fields = input.as_object()?;
    fields.iter().find(|(_, value)| value.as_str() == Some(given)).map(|(name, _)| name.as_str())
}

fn sentence(text: &str) -> String {
    if let Some(rest) = text.strip_prefix("invalid type: string \"")
        && let Some((given, "f64" | "u8" | "u16" | "u32" | "u64" | "i32" | "i64")) =
            rest.rsplit_once("\", expected ")
    {
        return format!("“{given}” is not a number.");
    }
    if text.starts_with("invalid type: string ") && text.ends_with(", expected a map") {
        return "Named values are needed here, not one text: an object in JSON, or FIELD.NAME=VALUE on the command line.".to_owned();
    }
    if text.starts_with('“') {
        return format!("{text}.");
    }
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

/// Runs one action inside a transaction.
pub fn perform<A: Action>(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    input: &A,
    call: &Call,
) -> Result<Done> {
    once(tx, actor, now, (&A::META, A::SHOWS_SECRET), call, &mut |cx| input.act(cx))
}

/// Does what was asked for in a change of its own; what was submitted before answers as it did then.
fn once(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    (meta, shows_secret): (&'static Meta, bool),
    call: &Call,
    act: &mut dyn FnMut(&mut Change<'_>) -> Result<Answer>,
) -> Result<Done> {
    let who: [crate::db::Value; 2] = [actor.workspace.into(), actor.person.into()];
    if let Some(id) = &call.submission {
        let values = [who[0].clone(), who[1].clone(), id.clone().into()];
        let prior = tx.query_opt(&PRIOR_SUBMISSION, &values, |row| row.get::<String>(0))?;
        if let Some(output) = prior {
            if shows_secret {
                return Err(Error::refused(
                    "This was done already, and its secret was shown once. If you have not seen it, end it and make another one.",
                ));
            }
            let output = Answer::again(output);
            return Ok(Done { output, change: None, unexplained: false });
        }
    }
    let mut change = Change::new(tx, actor.clone(), meta, now);
    change.reason = call.reason.clone();
    let id = change.id;
    let output = act(&mut change)?;
    let finished = change.finish()?;
    if let Some(submission) = &call.submission {
        let [workspace, person] = who;
        let kept = if shows_secret { "null".to_owned() } else { output.text().to_owned() };
        let values = [workspace, person, submission.clone().into(), kept.into(), now.into()];
        if tx.execute(&KEEP_SUBMISSION, &values)? == 0 {
            // The same form arrived twice at once, and the other one is done: answer as it did.
            return Err(tx.run_again());
        }
    }
    let Finished { changed, unexplained } = finished;
    Ok(Done { output, change: changed.then_some(id), unexplained })
}

/// Runs an action as part of the change that is under way (bulk edits, the demo's history).
pub fn act<A: Action>(change: &mut Change<'_>, input: &A) -> Result<A::Output> {
    change.actor.check(A::META.access)?;
    if A::PERSONAL {
        change.actor.speaks_for_itself(A::META.summary)?;
    }
    input.run(change)
}

/// Runs one action for Rust callers, with its own transaction and a typed answer.
pub async fn run<A: Action>(db: &Db, clock: &Clock, actor: &Actor, input: A) -> Result<A::Output> {
    let (actor, now) = (actor.clone(), clock.now());
    db.write(move |tx| {
        let mut change = Change::new(tx, actor.clone(), &A::META, now);
        let output = act(&mut change, &input)?;
        change.finish()?;
        Ok(output)
    })
    .await
}
