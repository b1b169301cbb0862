//! The registry's actions and queries as tools for an agent (Model Context Protocol), over standard
//! input and output.

use clap::Args;
use rmcp::ServiceExt;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    InitializeResult, ListToolsResult, PaginatedRequestParams, ServerCapabilities, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value as Json;
use wherefore_app::surfaces::registry::{ENTRIES, entry, schema};

use crate::errand::Errand;
use crate::files::FilePlace;
use crate::storage::{Desk, FOLDER, Storage};

#[derive(Args)]
pub struct Mcp {
    /// The address of the person whom the agent works for.
    #[arg(long)]
    person: String,
    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    files: FilePlace,
}

impl Mcp {
    pub async fn run(self) -> anyhow::Result<()> {
        let desk = self.storage.desk().await?;
        if let Desk::Here(db) = &desk {
            self.files.apply(db, self.storage.folder(FOLDER).as_deref())?;
        }
        desk.ask(Errand::Person { person: self.person.clone() }).await?;
        let served = Tools { desk, person: self.person }.serve(rmcp::transport::stdio()).await?;
        served.waiting().await?;
        Ok(())
    }
}

/// Every action and query as an agent is told of it.
pub fn tools() -> Vec<Tool> {
    ENTRIES
        .iter()
        .map(|e| {
            let input = schema(e).as_object().cloned().unwrap_or_default();
            Tool::new(e.meta.name, e.meta.summary, input)
        })
        .collect()
}

struct Tools {
    desk: Desk,
    person: String,
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
        Ok(ListToolsResult::with_all_items(tools()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, rmcp::ErrorData> {
        if entry(&request.name).is_none() {
            let message = format!("There is no tool “{}”.", request.name);
            return Err(rmcp::ErrorData::invalid_params(message, None));
        }
        let input = Json::Object(request.arguments.unwrap_or_default());
        let (person, name) = (Some(self.person.clone()), request.name.into_owned());
        let errand = Errand::Call { person, name, input, reason: None, agent: true };
        let done = self.desk.ask(errand).await;
        let result = match done {
            Ok(done) => CallToolResult::success(vec![ContentBlock::text(done.to_string())]),
            Err(error) => CallToolResult::error(vec![ContentBlock::text(format!("{error:#}"))]),
        };
        Ok(result.into())
    }
}
