//! The demo world: Southway, a rail ticketing company, with fourteen months of believable history
//! made through the product's own actions. The healthy team knows its why; the siloed one does not.

mod asked;
mod big;
mod charters;
mod chosen;
mod culture;
mod direction;
mod founding;
mod frameworks;
mod handbook;
mod hybrid;
mod kept;
mod market;
mod mirror;
mod more;
mod planning;
mod portal;
mod public;
mod refined;
mod scores;
mod shaped;
mod silo;
mod story;
mod themes;
mod titles;
mod topology;
mod worth;

use wherefore_app::db::Db;
use wherefore_app::kernel::{Result, Time};
use wherefore_app::people::accounts;
use wherefore_app::store::wipe;

/// The password of everybody in the demo.
pub const PASSWORD: &str = "southway-2026";

/// Somebody who can sign in to the demo.
pub struct Login {
    pub what: &'static str,
    pub name: &'static str,
    pub title: &'static str,
    pub email: &'static str,
    pub role: &'static str,
}

const PEOPLE: [Login; 11] = [
    login(
        "Head of product, owner",
        "Priya Nair",
        "Head of Product",
        "priya@southway.example",
        "owner",
    ),
    login(
        "Product manager, Tickets",
        "Mei Lin",
        "Product Manager",
        "mei@southway.example",
        "admin",
    ),
    login("Product owner, Tickets", "Ana Ruiz", "Product Owner", "ana@southway.example", "member"),
    login("Developer, Tickets", "Tom Okoro", "Developer", "tom@southway.example", "member"),
    login("Designer, Tickets", "Lea Brandt", "Designer", "lea@southway.example", "member"),
    login(
        "Product manager, Portal",
        "Karl Voss",
        "Product Manager",
        "karl@southway.example",
        "member",
    ),
    login(
        "Product owner, Portal",
        "Ines Duarte",
        "Product Owner",
        "ines@southway.example",
        "member",
    ),
    login("Developer, Portal", "Jonas Ek", "Developer", "jonas@southway.example", "member"),
    login(
        "Stakeholder, guest of Tickets",
        "Grace Hall",
        "Head of Support",
        "grace@southway.example",
        "guest",
    ),
    login("Developer, Tickets", "Noor Aziz", "Developer", "noor@southway.example", "member"),
    login("Developer, Portal", "Pavel Horak", "Developer", "pavel@southway.example", "member"),
];

const fn login(
    what: &'static str,
    name: &'static str,
    title: &'static str,
    email: &'static str,
    role: &'static str,
) -> Login {
    Login { what, name, title, email, role }
}

/// Who can sign in, with what they are.
pub fn logins() -> &'static [Login] {
    &PEOPLE
}

/// What the workspace is called until its history is complete.
const UNFINISHED: &str = "Southway, not finished";
const NAME: &str = "Southway";

/// Makes sure that the world is there, with `items` further work items where it has to be made: one
/// that is complete is left as it is, one whose making was interrupted is begun anew.
pub async fn ensure(db: &Db, end: Time, items: usize) -> Result<()> {
    let name = db
        .read(|conn| match accounts::first_workspace(conn)? {
            Some(workspace) => accounts::workspace_name(conn, workspace).map(Some),
            None => Ok(None),
        })
        .await?;
    match name.as_deref() {
        Some(UNFINISHED) => db.write(|tx| wipe(tx)).await?,
        Some(_) => return Ok(()),
        None => {}
    }
    build_big(db, end, items).await
}

/// Builds the world in an empty database; its history ends at `end`.
pub async fn build(db: &Db, end: Time) -> Result<()> {
    build_big(db, end, 0).await
}

/// Builds the same world and further products with `items` work items.
pub async fn build_big(db: &Db, end: Time, items: usize) -> Result<()> {
    story::tell(db, end).await?;
    big::grow(db, end, items).await?;
    db.write(|tx| match accounts::first_workspace(tx)? {
        Some(workspace) => accounts::rename_workspace(tx, workspace, NAME),
        None => Ok(()),
    })
    .await
}
