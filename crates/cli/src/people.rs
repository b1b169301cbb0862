//! Tokens and links from the shell.

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::Value as Json;
use wherefore_app::db::{Db, Tx};
use wherefore_app::kernel::{Clock, Error, Result, Role, Time};
use wherefore_app::people::sign_in::{SetUp, set_up};
use wherefore_app::people::{accounts, door_mail, members, one_time, tokens};

use crate::errand::Errand;
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
        let token = storage.desk().await?.ask(Errand::Token { person }).await?;
        println!("{}", text(&token)?);
        Ok(())
    }
}

fn text(answer: &Json) -> anyhow::Result<&str> {
    answer.as_str().context("The server answered with something else than a text")
}

/// Makes a token for a person; where nobody is, that person becomes the owner.
pub async fn token(db: &Db, person: String) -> Result<String> {
    let now = Clock::system().now();
    db.write(move |tx| create(tx, &person, now)).await
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
        tokens::new(tx, workspace, person.id, "command line", &tokens::Reach::Full, now, None)?;
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
    /// What the link begins with; as the running server says, else http://127.0.0.1:7411.
    #[arg(long, env = "WHEREFORE_PUBLIC_URL")]
    public_url: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

impl Invite {
    pub async fn run(self) -> anyhow::Result<()> {
        let desk = self.storage.desk().await?;
        let secret = desk.ask(Errand::Invite { role: self.role }).await?;
        println!("{}/join/{}", desk.base(self.public_url.as_deref()), text(&secret)?);
        Ok(())
    }
}

/// Makes the secret of an invitation to the first workspace.
pub async fn invitation(db: &Db, role: &str) -> anyhow::Result<String> {
    let (role, now) = (Role::parse(role)?, Clock::system().now());
    let workspace = db
        .read(accounts::first_workspace)
        .await?
        .context("There is no workspace yet. Start “wherefore serve” and open its link")?;
    let link = db
        .write(move |tx| one_time::new(tx, "invitation", Some(workspace), Some(role), None, now))
        .await?;
    Ok(link.reveal().to_owned())
}

#[derive(Args)]
pub struct ResetLink {
    #[arg(long)]
    person: String,
    /// What the link begins with; as the running server says, else http://127.0.0.1:7411.
    #[arg(long, env = "WHEREFORE_PUBLIC_URL")]
    public_url: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

impl ResetLink {
    pub async fn run(self) -> anyhow::Result<()> {
        let desk = self.storage.desk().await?;
        let secret = desk.ask(Errand::ResetLink { person: self.person }).await?;
        println!("{}/reset/{}", desk.base(self.public_url.as_deref()), text(&secret)?);
        Ok(())
    }
}

/// Makes the secret of a link with which a person chooses a new password.
pub async fn reset_link(db: &Db, person: &str) -> Result<String> {
    let (email, now) = (accounts::clean_email(person)?, Clock::system().now());
    let link = db.write(move |tx| door_mail::reset_by_operator(tx, &email, now)).await?;
    Ok(link.reveal().to_owned())
}
