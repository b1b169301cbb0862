//! The registry's actions and queries as tools for an agent (Model Context Protocol), over standard
//! input and output.

use std::sync::Arc;

use clap::Args;
use rmcp::ServiceExt;
use wherefore_app::surfaces::mcp::Agent;

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
        let desk = Arc::new(desk);
        desk.ask(Errand::Person { person: self.person.clone() }).await?;
        let person = self.person;
        let agent = Agent::new(Arc::new(move |name, input| {
            let (desk, person) = (desk.clone(), person.clone());
            Box::pin(async move {
                let person = Some(person);
                let errand = Errand::Call { person, name, input, reason: None, agent: true };
                let done = desk.ask(errand).await;
                done.map_err(|error| format!("{error:#}"))
            })
        }));
        let served = agent.serve(rmcp::transport::stdio()).await?;
        served.waiting().await?;
        Ok(())
    }
}
