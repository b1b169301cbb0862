//! A heap of new feedback, grouped into themes with readable names, and a whole theme linked to a
//! need at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_similar::{Text, themes};

use super::nodes::find;
use super::triage::TriageEvidence;
use crate::kernel::{Access, Error, Result};
use crate::people::products;
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader};
use crate::why::needs::CreateNeed;

/// The newest so many are grouped; the rest waits.
const MOST: i64 = 500;
/// Pieces that are linked at once.
const AT_ONCE: usize = 100;

statements! {
    WAITING = "SELECT e.key, e.title, v.text FROM evidence e JOIN verbatim v ON v.workspace_id = e.workspace_id AND v.id = e.verbatim_id WHERE e.workspace_id = $1 AND e.product_id = $2 AND e.state = 'new' AND e.gone_at IS NULL ORDER BY e.id DESC LIMIT $3";
}

/// Group the evidence that waits for triage into themes.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GroupInbox {
    pub product: String,
}

/// The inbox in themes.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Grouped {
    /// How many were grouped, the newest first: 500 at most.
    pub looked_at: usize,
    /// The largest first.
    pub themes: Vec<Theme>,
    /// Those like nothing else.
    pub alone: Vec<Piece>,
}

/// Pieces that speak of the same.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Theme {
    /// Words and phrases that they share and others do not.
    pub label: Vec<String>,
    /// The most typical first.
    pub pieces: Vec<Piece>,
}

/// A piece of evidence.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct Piece {
    pub key: String,
    pub words: String,
}

impl Query for GroupInbox {
    type Output = Grouped;
    const META: Meta = Meta::query(
        "group-inbox",
        "Group the evidence that waits for triage into themes",
        "/inbox/themes",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Grouped> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let values = [cx.actor.workspace.into(), product.id.into(), MOST.into()];
        let rows: Vec<(String, String, String)> =
            cx.conn.query(&WAITING, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let texts: Vec<Text<'_>> =
            rows.iter().map(|(_, title, words)| Text::new(title, words)).collect();
        let found = themes(&texts);
        let piece = |at: &usize| {
            let (key, _, words) = &rows[*at];
            Piece { key: key.clone(), words: words.clone() }
        };
        let mut themes: Vec<Theme> = found
            .themes
            .iter()
            .map(|theme| Theme {
                label: theme.label.clone(),
                pieces: theme.members.iter().map(piece).collect(),
            })
            .collect();
        themes.sort_by_key(|theme| std::cmp::Reverse(theme.pieces.len()));
        let alone = found.alone.iter().map(piece).collect();
        Ok(Grouped { looked_at: rows.len(), themes, alone })
    }
}

/// Link several pieces of evidence to one need, or to a new one.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TriageTheme {
    pub product: String,
    /// Their keys.
    pub keys: Vec<String>,
    /// The key of the need, or
    pub need: Option<String>,
    /// the job to be done of a new one.
    pub title: Option<String>,
}

/// The need with what was linked to it.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Linked {
    pub need: String,
    pub linked: usize,
}

impl Action for TriageTheme {
    type Output = Linked;
    const META: Meta = Meta::action(
        "triage-theme",
        "Link several pieces of evidence to one need, or to a new one",
        "POST",
        "/inbox/themes",
    )
    .exercises(&[8, 9]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Linked> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        if self.keys.is_empty() || self.keys.len() > AT_ONCE {
            return Err(Error::invalid(
                "keys",
                format!("Choose at least one piece of evidence, and at most {AT_ONCE}."),
            ));
        }
        let given = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
        };
        let need = match (given(&self.need), given(&self.title)) {
            (Some(need), None) => {
                find(cx.conn(), &actor, &need, Access::Write).map_err(|e| e.of_key(&need))?;
                need
            }
            (None, Some(title)) => {
                let product = product.key.clone();
                CreateNeed { product, title, ..CreateNeed::default() }.run(cx)?.key
            }
            _ => {
                return Err(Error::invalid(
                    "need",
                    "Name the key of a need, or the job to be done of a new one, not both.",
                ));
            }
        };
        for key in &self.keys {
            let (how, need) = ("link".to_owned(), Some(need.clone()));
            TriageEvidence { key: key.clone(), how, need, ..TriageEvidence::default() }
                .run(cx)
                .map_err(|e| e.of_key(key))?;
        }
        Ok(Linked { need, linked: self.keys.len() })
    }
}
