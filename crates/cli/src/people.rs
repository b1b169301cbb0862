//! Tokens and links from the shell.

use anyhow::Context;
use clap::{Args, Subcommand};
use wherefore_app::db::Tx;
use wherefore_app::kernel::{Clock, Error, Result, Role, Time};
use wherefore_app::people::sign_in::{SetUp, set_up};
use wherefore_app::people::{accounts, members};

use crate::storage::Storage;

#[derive(Subcommand)]
pub enum Token {
    /// Print a new token for a person; in an empty folder, that person becomes the owner.
    Create {
        #[arg(long)]
        person: String,
        #[command(flatten)]
        storage: Storage,
    },
}

impl Token {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::Create { person, storage } = self;
        let db = storage.open("wherefore-data").await?;
        let now = Clock::system().now();
        let token = db.write(move |tx| create(tx, &person, now)).await?;
        println!("{token}");
        Ok(())
    }
}

fn create(tx: &mut Tx, email: &str, now: Time) -> Result<String> {
    let email = accounts::clean_email(email)?;
    if accounts::is_empty(tx)? {
        owner(tx, &email, now)?;
    }
    let nobody = || Error::refused(format!("Nobody here has the address {email}."));
    let (account, _) = accounts::account(tx, &email)?.ok_or_else(nobody)?;
    let workspace = accounts::workspace_of(tx, account)?.ok_or_else(nobody)?;
    let person = members::by_account(tx, workspace, account)?.ok_or_else(nobody)?;
    let (_, secret) =
        accounts::new_token(tx, workspace, person.id, "command line", false, now, None)?;
    Ok(secret.reveal().to_owned())
}

/// Makes a workspace without a product, owned by the person of that address.
pub fn owner(tx: &mut Tx, email: &str, now: Time) -> Result<()> {
    let input = SetUp {
        workspace: "Workspace".into(),
        name: email.split('@').next().unwrap_or("Owner").to_owned(),
        email: email.to_owned(),
        password: None,
        product_key: String::new(),
        product_name: String::new(),
    };
    set_up(tx, &input, now).map(drop)
}

#[derive(Args)]
pub struct Invite {
    /// guest, member, admin or owner.
    #[arg(long, default_value = "member")]
    role: String,
    /// What the link begins with.
    #[arg(long, default_value = "http://127.0.0.1:7411")]
    public_url: String,
    #[command(flatten)]
    storage: Storage,
}

impl Invite {
    pub async fn run(self) -> anyhow::Result<()> {
        let db = self.storage.open("wherefore-data").await?;
        let (role, now) = (Role::parse(&self.role)?, Clock::system().now());
        let workspace = db
            .read(accounts::first_workspace)
            .await?
            .context("There is no workspace yet. Start “wherefore serve” and open its link")?;
        let link = db
            .write(move |tx| {
                accounts::new_link(tx, "invitation", Some(workspace), Some(role), None, now)
            })
            .await?;
        println!("{}/join/{}", self.public_url.trim_end_matches('/'), link.reveal());
        Ok(())
    }
}

#[derive(Args)]
pub struct ResetLink {
    #[arg(long)]
    person: String,
    /// What the link begins with.
    #[arg(long, default_value = "http://127.0.0.1:7411")]
    public_url: String,
    #[command(flatten)]
    storage: Storage,
}

impl ResetLink {
    pub async fn run(self) -> anyhow::Result<()> {
        let db = self.storage.open("wherefore-data").await?;
        let now = Clock::system().now();
        let email = accounts::clean_email(&self.person)?;
        let link = db
            .write(move |tx| {
                let found = accounts::account(tx, &email)?;
                let (account, _) = found.ok_or_else(|| {
                    Error::refused(format!("Nobody here has the address {email}."))
                })?;
                accounts::new_link(tx, "reset", None, None, Some(account), now)
            })
            .await?;
        println!("{}/reset/{}", self.public_url.trim_end_matches('/'), link.reveal());
        Ok(())
    }
}
