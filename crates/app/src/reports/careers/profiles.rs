//! Profiles: what somebody on a rung usually holds. Those of the field are read off the presets, a
//! workspace writes its own beside them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ladder::{Letters, ROLES, ladder};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::charters::Letter;
use crate::people::products::{check_text, check_title};
use crate::people::responsibilities;
use crate::store::{Action, Change, Fields, Indexed, Meta, Query, Reader, Scope};
use crate::{new_row, record, selects};

record! {
    /// A profile of a workspace's own: what somebody on that rung holds.
    pub struct CareerProfile in "career_profile", versioned: true {
        pub name: String,
        /// What is expected beyond letters, in a sentence or two.
        pub about: String,
        /// Letters by responsibility.
        pub letters: Fields,
    }
}

impl Indexed for CareerProfile {}

selects! {
    ALL: CareerProfile = "career_profile", "gone_at IS NULL ORDER BY name, id LIMIT 50";
}

/// The most profiles that a workspace writes.
const MOST: usize = 50;

/// A profile as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ProfileView {
    /// What names it: `product-manager.senior`, or the id of one's own.
    pub profile: String,
    pub name: String,
    pub about: String,
    /// Written by this workspace.
    pub own: bool,
    /// Letters by responsibility.
    pub letters: BTreeMap<u8, Letter>,
    /// Of one's own: to change it without overwriting somebody else's change.
    pub revision: Option<i64>,
}

fn letters(fields: &Fields) -> Letters {
    let read = |(number, letter): (&String, &String)| {
        Some((number.parse().ok()?, Letter::parse(letter).ok()??))
    };
    fields.0.iter().filter_map(read).collect()
}

impl From<&CareerProfile> for ProfileView {
    fn from(p: &CareerProfile) -> Self {
        Self {
            profile: p.id.to_string(),
            name: p.name.clone(),
            about: p.about.clone(),
            own: true,
            letters: letters(&p.letters),
            revision: Some(p.revision),
        }
    }
}

/// The field's profiles, then the workspace's own.
pub(super) fn all(conn: &mut Conn, ws: i64) -> Result<Vec<ProfileView>> {
    let mut all = Vec::new();
    for role in ROLES {
        for (level, letters) in ladder(role)?.rungs {
            all.push(ProfileView {
                profile: format!("{}.{}", role.as_str(), level.as_str()),
                name: named(role.label(), level.label()),
                about: String::new(),
                own: false,
                letters,
                revision: None,
            });
        }
    }
    all.extend(ALL.all(conn, ws, &[])?.iter().map(ProfileView::from));
    Ok(all)
}

/// “Senior product manager”; whoever heads products is called by that.
fn named(role: &str, level: &str) -> String {
    match level {
        "head" => format!("Head of product, from {role}"),
        "mid" => {
            let mut letters = role.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string());
            first.unwrap_or_default() + letters.as_str()
        }
        _ => format!("{}{} {role}", level[..1].to_uppercase(), &level[1..]),
    }
}

/// List career profiles: how responsibilities usually shift with seniority, and this workspace's own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListProfiles {}

impl Query for ListProfiles {
    type Output = Vec<ProfileView>;
    const META: Meta = Meta::query(
        "list-profiles",
        "List career profiles: how responsibilities usually shift with seniority, and this workspace's own",
        "/careers/profiles",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ProfileView>> {
        all(cx.conn, cx.actor.workspace)
    }
}

/// Write a career profile of this workspace's own, or change one.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetProfile {
    /// The one to change; a new one if left out.
    pub profile: Option<Id>,
    /// As `Product engineer`; as it was if left out.
    pub name: Option<String>,
    /// What is expected beyond letters.
    pub about: Option<String>,
    /// Letters by responsibility's number: `AR`, `A`, `R`, `C`, `I`, or `-` for none. What is not named stays.
    pub letters: BTreeMap<String, String>,
    /// A profile to begin a new one from, as `product-manager.senior`.
    pub from: Option<String>,
    /// The revision that you saw.
    pub revision: Option<i64>,
}

impl Action for SetProfile {
    type Output = ProfileView;
    const META: Meta = Meta::action(
        "set-profile",
        "Write a career profile of this workspace's own, or change one",
        "POST",
        "/careers/profiles",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<ProfileView> {
        match self.profile {
            Some(id) => self.change(cx, id),
            None => self.begin(cx),
        }
    }
}

impl SetProfile {
    fn begin(&self, cx: &mut Change<'_>) -> Result<ProfileView> {
        let ws = cx.workspace();
        let known = all(cx.conn(), ws)?;
        let name = check_title("name", self.name.as_deref().unwrap_or_default())?;
        if known.iter().any(|p| p.name.eq_ignore_ascii_case(&name)) {
            return Err(Error::invalid("name", format!("There is a profile “{name}” already.")));
        }
        if known.iter().filter(|p| p.own).count() >= MOST {
            return Err(Error::refused("A workspace has up to 50 profiles of its own."));
        }
        let from = self.from.as_deref().map(str::trim).filter(|f| !f.is_empty());
        let mut given = Fields::default();
        if let Some(from) = from {
            let missing = || Error::invalid("from", format!("There is no profile “{from}”."));
            let first = known.iter().find(|p| p.profile == from).ok_or_else(missing)?;
            let pairs = first.letters.iter().map(|(n, l)| (n.to_string(), l.as_str().to_owned()));
            given.0.extend(pairs);
        }
        self.put(cx, &mut given)?;
        let about = check_text("about", self.about.as_deref().unwrap_or_default().trim())?;
        let row = new_row!(cx, CareerProfile { name: name, about: about, letters: given });
        cx.insert(&row)?;
        Ok(ProfileView::from(&row))
    }

    fn change(&self, cx: &mut Change<'_>, id: Id) -> Result<ProfileView> {
        let before: CareerProfile = cx.get(id, "profile")?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
        }
        if let Some(about) = &self.about {
            after.about = check_text("about", about.trim())?;
        }
        self.put(cx, &mut after.letters)?;
        let after = cx.edit(&before, after, self.revision)?;
        Ok(ProfileView::from(&after))
    }

    /// Writes the letters that are named.
    fn put(&self, cx: &mut Change<'_>, fields: &mut Fields) -> Result<()> {
        let ws = cx.workspace();
        let known = responsibilities::names(cx.conn(), ws)?;
        for (number, text) in &self.letters {
            let number = number.trim().parse::<u8>().ok().filter(|n| known.contains_key(n));
            let unknown = || {
                Error::invalid("letters", "Letters are named by the number of a responsibility.")
            };
            let number = number.ok_or_else(unknown)?.to_string();
            let text = if text.trim() == "-" { "" } else { text.as_str() };
            match Letter::parse(text)? {
                Some(letter) => fields.0.insert(number, letter.as_str().to_owned()),
                None => fields.0.remove(&number),
            };
        }
        Ok(())
    }
}

/// A profile is taken away.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Removed {
    pub removed: bool,
}

/// Take away a career profile of this workspace's own.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemoveProfile {
    pub profile: Id,
}

impl Action for RemoveProfile {
    type Output = Removed;
    const META: Meta = Meta::action(
        "remove-profile",
        "Take away a career profile of this workspace's own",
        "DELETE",
        "/careers/profiles/{profile}",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<Removed> {
        let before: CareerProfile = cx.get(self.profile, "profile")?;
        cx.bin(&before)?;
        Ok(Removed { removed: true })
    }
}
