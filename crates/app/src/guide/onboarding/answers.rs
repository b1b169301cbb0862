//! What is asked, what was answered, and what the answers call for.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presets::{Preset, preset_of};
use crate::db::Conn;
use crate::kernel::{Error, Id, Result, Role as Rights};
use crate::people::accounts::clean_email;
use crate::people::charters::arrangement::{Advice, Arrangement, advise};
use crate::people::charters::{
    Company, Context, Framework, Holder, ProductKind, Role, Seniority, Stage,
};
use crate::people::members::SENIORITIES;
use crate::people::products::{check_text, check_title};
use crate::people::teams::KINDS;
use crate::store::{Indexed, Listed, Words};
use crate::{record, selects};

/// The steps, by the words of their pages.
pub const STEPS: [&str; 5] = ["company", "product", "teams", "people", "agreement"];

/// Somebody who is there, as the conversation hears of them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Newcomer {
    pub name: String,
    /// A label: it gives no right. It suggests what they are there as.
    pub title: String,
    /// `junior` to `head`; empty where nobody says.
    pub seniority: String,
    /// Where an invitation goes; without, there is a link to send as you like.
    pub email: String,
    /// `member` (if left out), `guest` or `admin`.
    pub role: String,
    /// The name of their team; the first one if left out.
    pub team: String,
}

record! {
    /// What a workspace was asked when it began. Empty where nothing was answered.
    pub struct Onboarding in "onboarding", versioned: false {
        pub company: String,
        pub stage: String,
        pub framework: String,
        pub kinds: Words,
        pub product_name: String,
        pub product_key: String,
        /// One a line, as `Payment` or `Platform: platform`.
        pub teams: Words,
        /// Whoever begins is the first of them.
        pub people: Listed<Newcomer>,
        pub arrangement: String,
        pub because: String,
        /// The first thing to be done, and who needs it.
        pub item: String,
        pub need: String,
        /// The step to go on with, from 1.
        pub step: i64,
        /// `open` or `done`.
        pub state: String,
        pub product_id: Option<Id>,
        pub charter_id: Option<Id>,
        pub item_key: String,
        /// Whether the preset's pages stand in front in the navigation.
        pub in_front: bool,
    }
}

impl Indexed for Onboarding {
    fn erasable() -> &'static [&'static str] {
        &["people"]
    }
}

selects! {
    ONE: Onboarding = "onboarding", "gone_at IS NULL LIMIT 1";
}

/// What was answered so far, if anything.
pub fn current(conn: &mut Conn, ws: i64) -> Result<Option<Onboarding>> {
    ONE.first(conn, ws, &[])
}

/// The preset whose pages stand in front.
pub fn in_front(conn: &mut Conn, ws: i64) -> Result<Option<&'static Preset>> {
    let found = current(conn, ws)?.filter(|o| o.in_front && o.state == "done");
    Ok(found.and_then(|o| Company::parse(&o.company).ok()).map(preset_of))
}

/// Answers, all or some of them; what is left out stays as it was answered before.
#[derive(Deserialize, JsonSchema, Clone, Default, Debug)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// `startup`, `scale-up`, `established`, `large` or `multinational`.
    pub company: Option<String>,
    /// `search` (before product-market fit), `launch`, `growth`, `maturity` or `decline`.
    pub stage: Option<String>,
    /// `scrum`, `kanban`, `lightweight` or `hybrid`.
    pub framework: Option<String>,
    /// `platform`, `regulated`, `internal-tool`, `consumer`, `hardware`; `none` for nothing special.
    pub kinds: Option<Vec<String>>,
    pub product_name: Option<String>,
    /// Two to ten letters and digits; made of the name if left out.
    pub product_key: Option<String>,
    /// One a line or entry, as `Payment` or `Platform: platform`.
    pub teams: Option<Vec<String>>,
    /// Who is there; whoever asks is the first of them, others are invited.
    pub people: Option<Vec<Newcomer>>,
    /// The same as a form sends it: texts by `NUMBER.FIELD`, as `0.name`.
    pub rows: Option<BTreeMap<String, String>>,
    /// The arrangement that is advised, if left out.
    pub arrangement: Option<String>,
    /// Why another one than is advised.
    pub because: Option<String>,
    /// The first thing to be done, in one line.
    pub item: Option<String>,
    /// Who needs it and what for, in one line: where its why begins.
    pub need: Option<String>,
    /// The step to go on with, from 1 to 5.
    pub step: Option<i64>,
    /// Whether the preset's pages stand in front in the navigation.
    pub in_front: Option<bool>,
}

/// A word of a list, or empty for none.
fn word<T>(given: &str, parse: impl Fn(&str) -> Result<T>) -> Result<String> {
    let given = given.trim();
    if !given.is_empty() {
        parse(given)?;
    }
    Ok(given.to_owned())
}

/// A line of the teams: its name and its type.
pub(super) fn team(line: &str) -> (String, &'static str) {
    let known = line.rsplit_once(':').and_then(|(name, kind)| {
        let wanted = kind.trim().to_lowercase().replace(' ', "-");
        KINDS.iter().find(|k| **k == wanted).map(|k| (name.trim().to_owned(), *k))
    });
    known.unwrap_or_else(|| (line.trim().to_owned(), KINDS[0]))
}

fn lines(given: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in given.iter().flat_map(|g| g.lines()).map(str::trim).filter(|l| !l.is_empty()) {
        if all.iter().all(|known| team(known).0 != team(line).0) {
            all.push(line.to_owned());
        }
    }
    all
}

impl Answers {
    /// Writes what was given over what is kept.
    pub(super) fn over(&self, kept: &mut Onboarding) -> Result<()> {
        if let Some(company) = &self.company {
            kept.company = word(company, Company::parse)?;
        }
        if let Some(stage) = &self.stage {
            kept.stage = word(stage, Stage::parse)?;
        }
        if let Some(framework) = &self.framework {
            kept.framework = word(framework, Framework::parse)?;
        }
        if let Some(kinds) = &self.kinds {
            let words = kinds.iter().flat_map(|k| k.split(',')).map(str::trim);
            let words = words.filter(|w| !matches!(*w, "" | "none"));
            let kinds: Result<Vec<String>> =
                words.map(|w| ProductKind::parse(w).map(|k| k.as_str().to_owned())).collect();
            kept.kinds = Words(kinds?);
        }
        self.product(kept)?;
        if let Some(teams) = &self.teams {
            let teams = lines(teams);
            if teams.len() > 30 {
                let message = "Thirty teams fit here. Add the others under Teams afterwards.";
                return Err(Error::invalid("teams", message));
            }
            kept.teams = Words(teams);
        }
        if let Some(people) = self.newcomers()? {
            kept.people = Listed(people);
        }
        if let Some(arrangement) = &self.arrangement {
            kept.arrangement = word(arrangement, Arrangement::parse)?;
        }
        for (given, text, field) in [
            (&self.because, &mut kept.because, "because"),
            (&self.item, &mut kept.item, "item"),
            (&self.need, &mut kept.need, "need"),
        ] {
            if let Some(given) = given {
                *text = check_text(field, given.trim())?;
            }
        }
        if let Some(step) = self.step {
            kept.step = step.clamp(1, 5);
        }
        kept.in_front = self.in_front.unwrap_or(kept.in_front);
        Ok(())
    }

    fn product(&self, kept: &mut Onboarding) -> Result<()> {
        if let Some(name) = &self.product_name {
            kept.product_name = if name.trim().is_empty() {
                String::new()
            } else {
                check_title("product_name", name)?
            };
        }
        if let Some(key) = &self.product_key {
            let key = key.trim().to_uppercase();
            let shaped = key.is_empty()
                || (2..=10).contains(&key.len())
                    && key.starts_with(|c: char| c.is_ascii_uppercase())
                    && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
            if !shaped {
                let message = "A product's key is two to ten letters and digits that begin with a letter, like PAY.";
                return Err(Error::invalid("product_key", message));
            }
            kept.product_key = key;
        }
        Ok(())
    }

    /// Whoever was named, as a list or as a form's rows.
    fn newcomers(&self) -> Result<Option<Vec<Newcomer>>> {
        let mut all = match (&self.people, &self.rows) {
            (Some(people), _) => people.clone(),
            (None, Some(rows)) => from_rows(rows),
            (None, None) => return Ok(None),
        };
        if all.len() > 60 {
            let message = "Sixty people fit here. Invite the others under People afterwards.";
            return Err(Error::invalid("people", message));
        }
        for (at, one) in all.iter_mut().enumerate() {
            check(one, at == 0)?;
        }
        // The first is whoever begins, whose name is known.
        let mut at = 0;
        all.retain(|one| {
            at += 1;
            at == 1 || !one.name.is_empty()
        });
        Ok(Some(all))
    }
}

fn from_rows(rows: &BTreeMap<String, String>) -> Vec<Newcomer> {
    let mut all: BTreeMap<u32, Newcomer> = BTreeMap::from([(0, Newcomer::default())]);
    for (place, text) in rows {
        let Some((row, field)) = place.split_once('.') else { continue };
        let Ok(row) = row.parse::<u32>() else { continue };
        let one = all.entry(row).or_default();
        let text = text.trim().to_owned();
        match field {
            "name" => one.name = text,
            "title" => one.title = text,
            "seniority" => one.seniority = text,
            "email" => one.email = text,
            "role" => one.role = text,
            "team" => one.team = text,
            _ => {}
        }
    }
    all.into_values().collect()
}

fn check(one: &mut Newcomer, own: bool) -> Result<()> {
    one.name = one.name.split_whitespace().collect::<Vec<_>>().join(" ");
    one.title = one.title.split_whitespace().collect::<Vec<_>>().join(" ");
    if !own && one.name.is_empty() && (!one.title.is_empty() || !one.email.is_empty()) {
        let who = if one.email.is_empty() { &one.title } else { &one.email };
        return Err(Error::invalid(
            "people",
            format!("Give a name to “{who}”, or leave the line empty."),
        ));
    }
    if !one.seniority.is_empty() && !SENIORITIES.contains(&one.seniority.as_str()) {
        let known = SENIORITIES.join(", ");
        let message = format!("“{}” is no seniority. There are: {known}.", one.seniority);
        return Err(Error::invalid("people", message));
    }
    if !one.email.is_empty() {
        one.email = clean_email(&one.email)?;
    }
    if !one.role.is_empty() && Rights::parse(&one.role)? > Rights::Admin {
        let message = "Invite as guest, member or admin. Make somebody owner later, under People.";
        return Err(Error::invalid("people", message));
    }
    Ok(())
}

/// What the answers come to, with what the preset fills in.
#[derive(Clone, Debug)]
pub struct Held {
    pub preset: &'static Preset,
    pub context: Context,
    /// The name and type of each team.
    pub teams: Vec<(String, &'static str)>,
    /// What each of the people is there as, in their order.
    pub roles: Vec<(Role, Seniority)>,
    pub advice: Advice,
    pub arrangement: Arrangement,
}

impl Onboarding {
    /// The answers with the preset's where nothing was said.
    pub fn held(&self) -> Held {
        let preset = preset_of(Company::parse(&self.company).unwrap_or(Company::Startup));
        let company = Company::parse(&self.company).unwrap_or(preset.company);
        let framework = Framework::parse(&self.framework).unwrap_or(preset.framework);
        let teams: Vec<(String, &'static str)> = if self.teams.is_empty() {
            preset.teams.iter().map(|(n, k)| ((*n).to_owned(), *k)).collect()
        } else {
            self.teams.iter().map(|line| team(line)).collect()
        };
        let roles = self.roles(framework);
        let people = roles.iter().map(|(role, seniority)| {
            // Rules ask for roles only; whom each is, is known when they are made.
            Holder { person: Id(uuid::Uuid::nil()), role: *role, seniority: *seniority }
        });
        let context = Context {
            stage: Stage::parse(&self.stage).unwrap_or(preset.stage),
            company,
            teams: u32::try_from(teams.len()).unwrap_or(1).max(1),
            framework,
            kinds: self.kinds.iter().filter_map(|k| ProductKind::parse(k).ok()).collect(),
            people: people.collect(),
        };
        let advice = advise(&context);
        let arrangement = Arrangement::parse(&self.arrangement).unwrap_or(advice.arrangement);
        Held { preset, context, teams, roles, advice, arrangement }
    }

    /// What titles suggest; where nobody has a product role, whoever begins takes it.
    fn roles(&self, framework: Framework) -> Vec<(Role, Seniority)> {
        let of = |one: &Newcomer| {
            let seniority = Seniority::parse(&one.seniority).unwrap_or(Seniority::Mid);
            (Role::of_title(&one.title), seniority)
        };
        let mut all: Vec<(Role, Seniority)> = self.people.iter().map(of).collect();
        if all.is_empty() {
            all.push(of(&Newcomer::default()));
        }
        let product =
            |r: &Role| matches!(r, Role::ProductManager | Role::ProductOwner | Role::Head);
        if !all.iter().any(|(r, _)| product(r)) {
            let scrum = framework == Framework::Scrum;
            all[0].0 = if scrum { Role::ProductOwner } else { Role::ProductManager };
        }
        all
    }
}

impl Onboarding {
    /// What is shown before anything was answered.
    pub fn unasked(now: crate::kernel::Time) -> Self {
        Self {
            company: String::new(),
            stage: String::new(),
            framework: String::new(),
            kinds: Words::default(),
            product_name: String::new(),
            product_key: String::new(),
            teams: Words::default(),
            people: Listed::default(),
            arrangement: String::new(),
            because: String::new(),
            item: String::new(),
            need: String::new(),
            step: 1,
            state: "open".to_owned(),
            product_id: None,
            charter_id: None,
            item_key: String::new(),
            in_front: true,
            id: Id::new(),
            revision: 1,
            created_at: now,
            valid_from: now,
            gone_at: None,
        }
    }
}
