//! Context → arrangement: the first rule that matches, with its reasons and with what would change
//! the advice. A manual choice always wins over it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::context::{Company, Context, Framework, Stage};
use crate::kernel::{Error, Result};

/// How product manager and product owner stand to each other.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Arrangement {
    Coexist,
    Overlap,
    ManagerOnly,
    OwnerOnly,
    Both,
}

impl Arrangement {
    pub const ALL: [Self; 5] =
        [Self::Coexist, Self::Overlap, Self::ManagerOnly, Self::OwnerOnly, Self::Both];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coexist => "coexist",
            Self::Overlap => "overlap",
            Self::ManagerOnly => "manager-only",
            Self::OwnerOnly => "owner-only",
            Self::Both => "both",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Coexist => "product manager and product owner coexist",
            Self::Overlap => "product manager and product owner overlap",
            Self::ManagerOnly => "product manager only",
            Self::OwnerOnly => "product owner only",
            Self::Both => "one person, both roles",
        }
    }

    /// What it means, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Coexist => {
                "A product manager answers for why and what, a product owner for how, each consulting the other."
            }
            Self::Overlap => {
                "Product managers and product owners share why and what; one of them answers for each team's backlog."
            }
            Self::ManagerOnly => {
                "A product manager answers for why and what, and the developers work out how with them."
            }
            Self::OwnerOnly => {
                "The product owner answers for why and what as well as for the backlog."
            }
            Self::Both => "One person answers for why, what and the backlog, whatever the title.",
        }
    }

    pub fn parse(word: &str) -> Result<Self> {
        let word = word.trim();
        Self::ALL.into_iter().find(|a| a.as_str() == word).ok_or_else(|| {
            Error::invalid(
                "arrangement",
                format!(
                    "“{word}” is no arrangement. There are: {}.",
                    Self::ALL.map(Self::as_str).join(", ")
                ),
            )
        })
    }
}

/// One thing that would change the advice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Turn {
    /// What would have to change, as “a third team”.
    pub when: String,
    pub then: Arrangement,
    pub because: String,
}

/// What the rules advise, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Advice {
    pub arrangement: Arrangement,
    /// Which of the six rules matched.
    pub rule: u8,
    pub reasons: Vec<String>,
    pub turns: Vec<Turn>,
    /// Why no number of teams changes the arrangement, where none does.
    pub steady: Option<String>,
    /// What else would do, as LeSS.
    pub offers: Vec<String>,
}

/// The rule that matches first and what it gives.
fn decide(c: &Context) -> (u8, Arrangement) {
    let early = c.stage == Stage::Search || (c.company == Company::Startup && c.teams <= 2);
    let large = matches!(c.company, Company::Large | Company::Multinational);
    let scrum = c.framework == Framework::Scrum;
    match c {
        _ if early && scrum => (1, Arrangement::Both),
        _ if early => (1, Arrangement::ManagerOnly),
        _ if c.framework == Framework::Hybrid => (2, Arrangement::Coexist),
        _ if scrum && c.teams <= 1 && !c.has_product_manager() => (3, Arrangement::OwnerOnly),
        _ if c.company == Company::ScaleUp || (3..=5).contains(&c.teams) => {
            (4, Arrangement::Overlap)
        }
        _ if large || c.teams >= MANY => (5, Arrangement::Coexist),
        _ => (6, Arrangement::Both),
    }
}

fn teams(n: u32) -> String {
    if n == 1 { "one team".into() } else { format!("{n} teams") }
}

/// Why the rule that matched did, in plain words.
fn reasons(c: &Context, rule: u8) -> Vec<String> {
    let mut why = Vec::new();
    match rule {
        1 => {
            if c.stage == Stage::Search {
                why.push("The product is before product-market fit: what counts is to learn fast and to reach the market.".into());
            } else {
                why.push(format!("A start-up with {}: fewer hands between a user's words and the next version reach the market sooner.", teams(c.teams)));
            }
            why.push(match c.framework {
                Framework::Scrum => "Scrum asks for a product owner, so one person holds both roles.".into(),
                other => format!("{other} asks for no product owner, so a product manager with the team is enough."),
            });
        }
        2 => why.push("There are gates between phases: a product manager answers at the gates, and a product owner inside the phases.".into()),
        3 => {
            why.push("Scrum knows a product owner and no product manager.".into());
            why.push("There is one team and nobody is titled product manager, so the product owner holds what and why too.".into());
        }
        4 => {
            if c.company == Company::ScaleUp {
                why.push(match c.teams {
                    1 => "A scale-up needs several product managers to expand and grow; with one team it begins with one, beside a product owner.".into(),
                    n => format!("A scale-up with {} needs several product managers to expand and grow, best under a head of product.", teams(n)),
                });
            }
            if (3..=5).contains(&c.teams) {
                why.push(format!("{} need more product people than one, and are few enough for all of them to know the users.", capital(&teams(c.teams))));
            }
            why.push("Each product manager also takes part in the backlog of their team, so that nobody hands requirements down.".into());
        }
        5 => {
            if matches!(c.company, Company::Large | Company::Multinational) {
                why.push(format!("A {} has product work over the whole spectrum.", c.company));
            }
            if c.teams >= MANY {
                why.push(format!("With {} nobody can both lead the product and be there for each team every day.", teams(c.teams)));
            }
            why.push("A product manager per product or area answers for why and what, a product owner for one or two teams for how.".into());
        }
        _ => {
            why.push(format!("With {} one person can know the users and be there for the team.", teams(c.teams)));
            why.push("Two roles would put a handover between them that nothing here calls for.".into());
        }
    }
    why
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().to_string() + letters.as_str())
}

/// What this context calls for.
pub fn advise(context: &Context) -> Advice {
    let (rule, arrangement) = decide(context);
    let less =
        rule == 5 && (2..=8).contains(&context.teams) && context.framework == Framework::Scrum;
    let mut offers = Vec::new();
    if less {
        offers.push("LeSS does with one product owner for two to eight teams: one backlog, and the teams talk with users themselves.".to_owned());
    }
    if rule == 4 && context.teams >= MANY {
        offers.push(format!("With {} product owners beside the product managers would do too, each for one or two teams: choose “{}” where nobody finds the time for both.", teams(context.teams), Arrangement::Coexist.label()));
    }
    let reasons = reasons(context, rule);
    let turns = turns(context, arrangement);
    Advice { arrangement, rule, reasons, turns, steady: steady(context, rule), offers }
}

/// From so many teams on nobody can lead the product and be there for each of them.
const MANY: u32 = 6;

/// Why the number of teams changes nothing, where it does not.
fn steady(c: &Context, rule: u8) -> Option<String> {
    let why = match rule {
        1 => {
            "before product-market fit one team or eight have the same to do: to learn what users want"
        }
        2 => "the gates ask for somebody at them and somebody between them",
        4 => {
            "in a scale-up more teams ask for more product managers under a head of product, and not for another role"
        }
        5 => "a company of this size has product work over the whole spectrum anyway",
        _ => return None,
    };
    let (_, now) = decide(c);
    let any = (1..=12).any(|teams| decide(&Context { teams, ..c.clone() }).1 != now);
    (!any).then(|| format!("No number of teams changes that: {why}."))
}

/// The nearest changes of one thing that would change the advice.
fn turns(c: &Context, now: Arrangement) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut look = |when: String, changed: Context| {
        let (rule, then) = decide(&changed);
        if then != now {
            let because = reasons(&changed, rule).into_iter().next().unwrap_or_default();
            turns.push(Turn { when, then, because });
            true
        } else {
            false
        }
    };
    for n in c.teams + 1..=12 {
        if look(teams(n), Context { teams: n, ..c.clone() }) {
            break;
        }
    }
    for n in (1..c.teams).rev() {
        if look(teams(n), Context { teams: n, ..c.clone() }) {
            break;
        }
    }
    for &stage in Stage::ALL.iter().filter(|s| **s != c.stage) {
        if look(format!("the product is {stage}"), Context { stage, ..c.clone() }) {
            break;
        }
    }
    for &framework in Framework::ALL.iter().filter(|f| **f != c.framework) {
        look(format!("the teams work by {framework}"), Context { framework, ..c.clone() });
    }
    for &company in Company::ALL.iter().filter(|f| **f != c.company) {
        look(format!("the company is a {company}"), Context { company, ..c.clone() });
    }
    turns
}

/// What differs between two contexts, in plain words: what a changed advice is owed to.
pub fn differences(before: &Context, now: &Context) -> Vec<String> {
    let mut all = Vec::new();
    if before.teams != now.teams {
        let were = if before.teams == 1 { "was" } else { "were" };
        all.push(format!(
            "{} where there {were} {}",
            capital(&teams(now.teams)),
            teams(before.teams)
        ));
    }
    if before.stage != now.stage {
        all.push(format!("the product is {} and was {}", now.stage, before.stage));
    }
    if before.company != now.company {
        all.push(format!("the company is a {} and was a {}", now.company, before.company));
    }
    if before.framework != now.framework {
        all.push(format!("the teams work by {} and did by {}", now.framework, before.framework));
    }
    if before.has_product_manager() != now.has_product_manager() {
        let is = if now.has_product_manager() { "somebody" } else { "nobody" };
        all.push(format!("{is} is titled product manager now"));
    }
    all
}

#[cfg(test)]
mod tests;
