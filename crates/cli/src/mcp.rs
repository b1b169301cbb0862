//! The registry's actions and queries as tools for an agent (Model Context Protocol), over standard
//! input and output.

use anyhow::Context;
use clap::Args;
use rmcp::ServiceExt;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    InitializeResult, ListToolsResult, PaginatedRequestParams, ServerCapabilities, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value as Json;
use wherefore_app::db::Db;
use wherefore_app::kernel::{Actor, Clock, Via};
use wherefore_app::people::{accounts, members};
use wherefore_app::store::Call;
use wherefore_app::surfaces::registry::{ENTRIES, entry, schema};

use crate::storage::Storage;

#[derive(Args)]
pub struct Mcp {
    /// The address of the person whom the agent works for.
    #[arg(long)]
    person: String,
    #[command(flatten)]
    storage: Storage,
}

impl Mcp {
    pub async fn run(self) -> anyhow::Result<()> {
        let db = self.storage.open("wherefore-data").await?;
        let email = accounts::clean_email(&self.person)?;
        let actor = db
            .read(move |conn| {
                let Some((account, _)) = accounts::account(conn, &email)? else { return Ok(None) };
                let Some(ws) = accounts::workspace_of(conn, account)? else { return Ok(None) };
                let person = members::by_account(conn, ws, account)?;
                person.map_or(Ok(None), |p| accounts::actor(ws, &p, false, Via::Agent))
            })
            .await?
            .with_context(|| format!("Nobody here has the address {}", self.person))?;
        let served = Tools { db, actor }.serve(rmcp::transport::stdio()).await?;
        served.waiting().await?;
        Ok(())
    }
}

struct Tools {
    db: Db,
    actor: Actor,
}

impl ServerHandler for Tools {
    fn get_info(&self) -> InitializeResult {
        let mut info = InitializeResult::new(ServerCapabilities::builder().enable_tools().build());
        info.server_info = Implementation::new("wherefore", env!("CARGO_PKG_VERSION"));
        info
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, rmcp::ErrorData> {
        let tools = ENTRIES
            .iter()
            .map(|e| {
                let input = schema(e).as_object().cloned().unwrap_or_default();
                Tool::new(e.meta.name, e.meta.summary, input)
            })
            .collect();
        Ok(ListToolsResult::with_all_items(tools))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, rmcp::ErrorData> {
        let Some(tool) = entry(&request.name) else {
            let message = format!("There is no tool “{}”.", request.name);
            return Err(rmcp::ErrorData::invalid_params(message, None));
        };
        let input = Json::Object(request.arguments.unwrap_or_default());
        let call = Call { input, ..Call::default() };
        let done = (tool.invoke)(&self.db, &Clock::system(), self.actor.clone(), call).await;
        let result = match done {
            Ok(done) => CallToolResult::success(vec![ContentBlock::text(done.output.to_string())]),
            Err(error) => CallToolResult::error(vec![ContentBlock::text(error.to_string())]),
        };
        Ok(result.into())
    }
}
