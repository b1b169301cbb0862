//! The registry for agents (Model Context Protocol): each action and query a tool. Over HTTP at `/mcp`,
//! where a token says who asks; over standard input and output by the command line.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::future::BoxFuture;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, GetPromptRequestParams,
    GetPromptResponse, GetPromptResult, Implementation, InitializeResult, ListPromptsResult,
    ListToolsResult, PaginatedRequestParams, Prompt, PromptArgument, PromptMessage, Role,
    ServerCapabilities, Tool, ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Value as Json, json};

use super::registry::{ENTRIES, entry, schema};
use super::{BODY_LIMIT, Shared, limits, session};
use crate::kernel::{Access, Actor, Error};
use crate::store::{Call, Entry};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/mcp", post(serve))
}

/// What an agent is told of the server before anything else.
const ABOUT: &str = "Wherefore keeps why, what and how of products on one thread: stories and epics serve \
    opportunities, these serve needs, and needs rest on evidence. Things are named by keys such as \
    RIDE-12. Begin with list-products or search; path-to-why tells why an item is there. What is not \
    yours to do is refused, with who answers for it.";

/// Every action and query as an agent is told of it.
pub fn tools() -> Vec<Tool> {
    ENTRIES.iter().map(tool).collect()
}

fn tool(entry: &Entry) -> Tool {
    let input = schema(entry).as_object().cloned().unwrap_or_default();
    let hints = ToolAnnotations::new().read_only(!entry.changes).open_world(false);
    Tool::new(entry.meta.name, entry.meta.summary, input).with_annotations(hints)
}

/// Whether an actor may call a tool at all; what it may do with it is decided when it is called.
fn offered(entry: &Entry, actor: &Actor) -> bool {
    let access = entry.meta.access;
    let role = if entry.changes { actor.check(access) } else { actor.check_role(access) };
    if role.is_err() {
        return false;
    }
    let Some(granted) = actor.grants.as_ref().filter(|_| entry.changes) else { return true };
    if entry.personal {
        return false;
    }
    // An agent may propose, and what it adds may be a proposal.
    let proposes = access <= Access::Propose && !entry.meta.name.contains("token");
    let adds = access == Access::Write && entry.meta.name.starts_with("create-");
    let held = entry.meta.exercises.iter().any(|n| granted.contains(n));
    entry.meta.name != "undo" && (proposes || adds || held)
}

/// Runs a tool with its input, or says in words why it cannot be.
pub type Run = Arc<dyn Fn(String, Json) -> BoxFuture<'static, Result<Json, String>> + Send + Sync>;

/// What serves one agent.
pub struct Agent {
    tools: Vec<Tool>,
    run: Run,
}

impl Agent {
    /// An agent that is offered all tools; `run` decides who it is.
    pub fn new(run: Run) -> Self {
        Self { tools: tools(), run }
    }
}

/// The one prompt, named like the query that it rests on: why something is there.
const WHY: &str = "path-to-why";

impl ServerHandler for Agent {
    fn get_info(&self) -> InitializeResult {
        let can = ServerCapabilities::builder().enable_tools().enable_prompts().build();
        let mut info = InitializeResult::new(can);
        info.server_info = Implementation::new("wherefore", env!("CARGO_PKG_VERSION"));
        info.instructions = Some(ABOUT.split_whitespace().collect::<Vec<_>>().join(" "));
        info
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, rmcp::ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.clone()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, rmcp::ErrorData> {
        if entry(&request.name).is_none() {
            let error = Error::refused(format!("There is no tool “{}”.", request.name));
            return Err(rmcp::ErrorData::invalid_params(error.told(), None));
        }
        let input = Json::Object(request.arguments.unwrap_or_default());
        let result = match (self.run)(request.name.into_owned(), input).await {
            Ok(done) => CallToolResult::success(vec![ContentBlock::text(done.to_string())]),
            Err(error) => CallToolResult::error(vec![ContentBlock::text(error)]),
        };
        Ok(result.into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, rmcp::ErrorData> {
        let key = PromptArgument::new("key").with_description("An item's key, like RIDE-12");
        let about = "Why an item is there: the path up to needs, evidence and key results";
        let why = Prompt::new(WHY, Some(about), Some(vec![key.with_required(true)]));
        Ok(ListPromptsResult::with_all_items(vec![why]))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, rmcp::ErrorData> {
        let wrong =
            |message: String| rmcp::ErrorData::invalid_params(Error::refused(message).told(), None);
        if request.name != WHY {
            return Err(wrong(format!("There is no prompt “{}”.", request.name)));
        }
        let given = request.arguments.unwrap_or_default();
        let key = given.get("key").and_then(Json::as_str).unwrap_or_default().to_owned();
        let path = (self.run)(WHY.into(), json!({ "key": key })).await.map_err(wrong)?;
        let text = format!(
            "This is the path to why of {key}, as Wherefore tells it. Say in a few sentences whom \
             it serves and what it rests on, quoting what users said where that is there, and name \
             what is missing.\n\n{path:#}"
        );
        let message = PromptMessage::new_text(Role::User, text);
        Ok(GetPromptResult::new(vec![message]).into())
    }
}

/// Messages over HTTP, each by itself: nothing of one agent is kept between them, so that any node
/// may answer the next.
async fn serve(State(app): State<Shared>, request: Request) -> Response {
    let peer = limits::peer(request.extensions());
    let actor = match session::by_bearer(request.headers(), peer, &app).await {
        Ok(actor) => actor,
        Err(error) => return refused(&error),
    };
    if !session::known_host(&app, request.headers()) {
        return refused(&Error::Forbidden(
            "This server is not known by that name. Use the address that people open; behind a proxy, start with --public-url.".into(),
        ));
    }
    let tools = ENTRIES.iter().filter(|e| offered(e, &actor)).map(tool).collect::<Vec<_>>();
    let run = run_as(app, actor);
    let agent = move || Ok(Agent { tools: tools.clone(), run: run.clone() });
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(BODY_LIMIT)
        // Hosts were looked at above, by the rule that the whole server follows.
        .disable_allowed_hosts();
    let sessions = Arc::new(NeverSessionManager::default());
    StreamableHttpService::new(agent, sessions, config).handle(request).await.map(Body::new)
}

fn run_as(app: Shared, actor: Actor) -> Run {
    Arc::new(move |name, input| {
        let (app, actor) = (app.clone(), actor.clone());
        Box::pin(async move {
            let entry = entry(&name).ok_or_else(|| format!("There is no tool “{name}”."))?;
            let call = Call { input, ..Call::default() };
            match entry.invoke(&app.db, &app.clock, actor, call).await {
                Ok(done) => {
                    app.metrics.changed(&done, "agent");
                    Ok(done.output.json())
                }
                Err(error) => {
                    if let Error::Internal(text) = &error {
                        tracing::error!(%text, action = entry.meta.name, "a tool failed");
                    }
                    Err(error.told())
                }
            }
        })
    })
}

fn refused(error: &Error) -> Response {
    let mut response = super::api::error_response(error);
    if response.status() == StatusCode::UNAUTHORIZED {
        let how = HeaderValue::from_static("Bearer realm=\"wherefore\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    response.into_response()
}
