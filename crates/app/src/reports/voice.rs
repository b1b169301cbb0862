//! Customers' voice: what people said lately, gathered into themes that their own words name.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_similar::{Text, themes};

use crate::kernel::{Access, Day, Result};
use crate::people::products;
use crate::selects;
use crate::store::{Meta, Query, Reader, load_many};
use crate::why::evidence::{Evidence, Verbatim};

selects! {
    SAID: Evidence = "evidence", "product_id = $2 AND gone_at IS NULL AND state <> 'duplicate' AND kind <> 'market' AND kind <> 'analytics' AND created_at >= $3 ORDER BY id DESC LIMIT 600";
}

/// What one person said.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Quote {
    /// The key of the evidence.
    pub key: String,
    pub words: String,
    pub source: String,
    pub company: String,
    pub segment: String,
    pub said_on: Option<Day>,
    /// Whether whoever said it was answered.
    pub answered: bool,
}

/// What several people said.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Said {
    /// Words that these have and others have not.
    pub label: Vec<String>,
    pub count: usize,
    pub people: usize,
    pub segments: Vec<String>,
    pub answered: usize,
    /// How many were said in the last third of the time.
    pub lately: usize,
    /// The most typical first, up to five.
    pub quotes: Vec<Quote>,
}

/// The voice of customers.
#[derive(Serialize, JsonSchema)]
pub struct Voice {
    pub since: Day,
    pub on: Day,
    /// How many said something, up to 600.
    pub heard: usize,
    pub answered: usize,
    pub themes: Vec<Said>,
    /// How many said what nobody else did.
    pub alone: usize,
}

/// Report what customers say: their words gathered into themes, with how many were answered.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetVoice {
    pub product: String,
    /// 7 to 730; 180 if left out.
    pub days: Option<i64>,
}

impl Query for GetVoice {
    type Output = Voice;
    const META: Meta = Meta::query(
        "get-voice",
        "Report what customers say: their words gathered into themes",
        "/reports/voice",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Voice> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let days = self.days.unwrap_or(180).clamp(7, 730);
        let since = cx.now.plus_days(-days);
        let lately = cx.now.plus_days(-days / 3);
        let heard = SAID.all(cx.conn, ws, &[product.id.into(), since.into()])?;
        let words = load_many::<Verbatim>(cx.conn, ws, heard.iter().map(|e| e.verbatim_id), None)?;
        let text = |e: &Evidence| words.get(&e.verbatim_id).map_or("", |v| v.text.as_str());
        let texts: Vec<Text<'_>> = heard.iter().map(|e| Text::new(&e.title, text(e))).collect();
        let found = themes(&texts);
        let themes = found.themes.iter().map(|theme| {
            let all: Vec<&Evidence> = theme.members.iter().map(|at| &heard[*at]).collect();
            let source = |e: &Evidence| {
                words.get(&e.verbatim_id).map(|v| v.source.clone()).unwrap_or_default()
            };
            let people: HashSet<String> = all.iter().map(|e| source(e).to_lowercase()).collect();
            let mut segments: Vec<String> =
                all.iter().map(|e| e.segment.clone()).filter(|s| !s.is_empty()).collect();
            segments.sort();
            segments.dedup();
            let quotes = all.iter().take(5).map(|e| Quote {
                key: e.key.clone(),
                words: text(e).chars().take(300).collect(),
                source: source(e),
                company: e.company.clone(),
                segment: e.segment.clone(),
                said_on: e.said_on,
                answered: e.answered_on.is_some(),
            });
            Said {
                label: theme.label.clone(),
                count: all.len(),
                people: people.len(),
                segments,
                answered: all.iter().filter(|e| e.answered_on.is_some()).count(),
                lately: all.iter().filter(|e| e.created_at >= lately).count(),
                quotes: quotes.collect(),
            }
        });
        let themes = themes.collect();
        Ok(Voice {
            since: since.day(),
            on: cx.now.day(),
            heard: heard.len(),
            answered: heard.iter().filter(|e| e.answered_on.is_some()).count(),
            themes,
            alone: found.alone.len(),
        })
    }
}
