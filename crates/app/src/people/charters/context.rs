//! What one has to know of a company to say how its product roles should be arranged.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::{ColumnRef, FromColumn, Value};
use crate::kernel::{Error, Id, Result};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that is stored and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What people read.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Reads the word, or says which there are.
            pub fn parse(word: &str) -> Result<Self> {
                let word = word.trim();
                Self::ALL.iter().copied().find(|one| one.as_str() == word).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|one| one.as_str()).collect();
                    Error::invalid($field, format!("“{word}” is not known here. There are: {}.", known.join(", ")))
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.label())
            }
        }
    };
}

words! {
    /// How far the product is.
    Stage, "stage" {
        Search = "search", "before product-market fit";
        Launch = "launch", "launched";
        Growth = "growth", "growing";
        Maturity = "maturity", "mature";
        Decline = "decline", "declining";
    }
}

words! {
    /// How large the business is.
    Company, "company" {
        Startup = "startup", "start-up";
        ScaleUp = "scale-up", "scale-up";
        Established = "established", "established company";
        Large = "large", "large company";
        Multinational = "multinational", "multinational";
    }
}

words! {
    /// How the teams work.
    Framework, "framework" {
        Scrum = "scrum", "Scrum";
        Kanban = "kanban", "Kanban";
        Lightweight = "lightweight", "lightweight agile";
        Hybrid = "hybrid", "agile–waterfall hybrid with gates";
    }
}

words! {
    /// What kind of product it is; each shifts some responsibilities.
    ProductKind, "kinds" {
        Platform = "platform", "platform";
        Regulated = "regulated", "regulated";
        InternalTool = "internal-tool", "internal tool";
        Consumer = "consumer", "consumer product";
        Hardware = "hardware", "hardware";
    }
}

words! {
    /// What somebody is there for in a product, as their title tells it.
    Role, "role" {
        Head = "head", "head of product";
        ProductManager = "product-manager", "product manager";
        ProductOwner = "product-owner", "product owner";
        Designer = "designer", "designer";
        Developer = "developer", "developer";
        Stakeholder = "stakeholder", "stakeholder";
    }
}

words! {
    /// How senior somebody is.
    Seniority, "seniority" {
        Junior = "junior", "junior";
        Mid = "mid", "mid";
        Senior = "senior", "senior";
        Lead = "lead", "lead";
        Principal = "principal", "principal";
        Head = "head", "head";
    }
}

impl Role {
    /// What a title suggests; whoever draws up a charter may say otherwise.
    pub fn of_title(title: &str) -> Self {
        let title = title.to_lowercase();
        let has = |word: &str| title.contains(word);
        if (has("head") || has("chief") || has("cpo") || has("vp") || has("director"))
            && has("product")
        {
            Self::Head
        } else if has("product owner") {
            Self::ProductOwner
        } else if has("product manag") {
            Self::ProductManager
        } else if has("design") || title.split(|c: char| !c.is_alphanumeric()).any(|w| w == "ux") {
            Self::Designer
        } else if has("develop")
            || has("engineer")
            || has("programmer")
            || has("architect")
            || has("tester")
        {
            Self::Developer
        } else if has("product") && !has("marketing") {
            Self::ProductManager
        } else {
            Self::Stakeholder
        }
    }
}

impl Seniority {
    /// A title without the words that only tell how senior somebody is, in small letters.
    pub fn left_out(title: &str) -> String {
        const WORDS: [&str; 10] = [
            "junior",
            "jr",
            "associate",
            "mid",
            "senior",
            "sr",
            "lead",
            "staff",
            "principal",
            "chief",
        ];
        let title = title.to_lowercase();
        let words = title.split(|c: char| !c.is_alphanumeric());
        words.filter(|w| !w.is_empty() && !WORDS.contains(w)).collect::<Vec<_>>().join(" ")
    }
}

/// Somebody who takes part, as what and how senior.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Holder {
    pub person: Id,
    pub role: Role,
    pub seniority: Seniority,
}

/// What the recommendation rests on, kept with the charter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Context {
    pub stage: Stage,
    pub company: Company,
    /// How many teams build the product.
    pub teams: u32,
    pub framework: Framework,
    #[serde(default)]
    pub kinds: Vec<ProductKind>,
    #[serde(default)]
    pub people: Vec<Holder>,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            stage: Stage::Growth,
            company: Company::Established,
            teams: 1,
            framework: Framework::Scrum,
            kinds: Vec::new(),
            people: Vec::new(),
        }
    }
}

impl Context {
    /// Whether anybody is titled product manager.
    pub fn has_product_manager(&self) -> bool {
        self.people.iter().any(|p| p.role == Role::ProductManager)
    }
}

impl From<Context> for Value {
    fn from(value: Context) -> Self {
        Value::Text(serde_json::to_string(&value).unwrap_or_default())
    }
}

impl FromColumn for Context {
    fn from_column(column: ColumnRef<'_>, index: usize) -> Result<Self> {
        let text = String::from_column(column, index)?;
        serde_json::from_str(&text).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_suggest_roles_and_nothing_more() {
        for (title, role) in [
            ("Head of Product", Role::Head),
            ("Technical Product Manager", Role::ProductManager),
            ("Senior Product Owner", Role::ProductOwner),
            ("UX designer", Role::Designer),
            ("Product Designer", Role::Designer),
            ("Product engineer", Role::Developer),
            ("Product marketing", Role::Stakeholder),
            ("Product lead", Role::ProductManager),
            ("Backend Engineer", Role::Developer),
            ("Head of Support", Role::Stakeholder),
            ("", Role::Stakeholder),
        ] {
            assert_eq!(Role::of_title(title), role, "{title}");
        }
    }

    #[test]
    fn a_title_is_the_same_role_however_senior() {
        let plain = Seniority::left_out;
        assert_eq!(plain("Senior Developer"), plain(" developer "));
        assert_eq!(plain("Lead UX-Designer"), plain("UX Designer"));
        assert_ne!(plain("Product Manager"), plain("Senior Product Owner"));
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let error = Framework::parse("waterfall").expect_err("not known").to_string();
        assert!(error.contains("scrum, kanban, lightweight, hybrid"), "{error}");
        assert_eq!(Stage::parse(" growth ").ok(), Some(Stage::Growth));
    }
}
