//! Triage: what becomes of each piece of evidence, with those like it offered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answers::{Answer, tell};
use super::likeness::FindSimilar;
use super::links::AddLink;
use super::nodes::Node;
use super::portal::replies::told;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::nouns::{View, by_key, one_of};
use crate::people::products::{self, check_text};
use crate::selects;
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader};
use crate::why::evidence::{Evidence, EvidenceView};
use crate::why::needs::{CreateNeed, Need};

selects! {
    NEW: Evidence = "evidence", "product_id = $2 AND state = 'new' AND gone_at IS NULL AND id > $3 ORDER BY id LIMIT $4";
}

statements! {
    SETTLED = "SELECT e.key, e.state FROM activity a JOIN evidence e ON e.workspace_id = a.workspace_id AND e.id = a.object_id WHERE a.workspace_id = $1 AND a.change_id = $2 AND a.actor_id = $3 AND a.object_kind = 'evidence' LIMIT 1";
    COUNT_NEW = "SELECT COUNT(*) FROM (SELECT 1 FROM evidence WHERE workspace_id = $1 AND product_id = $2 AND state = 'new' AND gone_at IS NULL LIMIT 1000) AS few";
}

/// What a change of this actor's made of a piece of evidence, in words.
pub fn became(cx: &mut Reader<'_>, change: Id) -> Result<Option<String>> {
    let values = [cx.actor.workspace.into(), change.into(), cx.actor.person.into()];
    let found: Option<(String, String)> =
        cx.conn.query_opt(&SETTLED, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(found.and_then(|(key, state)| {
        Some(match state.as_str() {
            "linked" => format!("{key} is linked to a need."),
            "duplicate" => format!("{key} was said before, and is kept with it."),
            "parked" => format!("{key} is parked: it waits for nobody."),
            "triaged" => format!("{key} is kept as it is, out of the inbox."),
            _ => return None,
        })
    }))
}

/// Decide what becomes of a piece of evidence.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TriageEvidence {
    pub key: String,
    /// `link` to a need, `new-need` from it, `duplicate` of another, `park`, or `keep` as it is.
    pub how: String,
    /// The key of the need, for `link`.
    pub need: Option<String>,
    /// The job to be done, for `new-need`.
    pub title: Option<String>,
    /// `user` (if left out), `business` or `obligation`, for `new-need`.
    pub kind: Option<String>,
    /// The key of the evidence that says the same, for `duplicate`.
    pub of: Option<String>,
}

const WAYS: [&str; 5] = ["link", "new-need", "duplicate", "park", "keep"];

impl Action for TriageEvidence {
    type Output = EvidenceView;
    const META: Meta = Meta::action(
        "triage-evidence",
        "Decide what becomes of a piece of evidence",
        "POST",
        "/evidence/{key}/triage",
    )
    .exercises(&[8, 9]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EvidenceView> {
        let actor = cx.actor.clone();
        let (before, product) = by_key::<Evidence>(cx.conn(), &actor, &self.key, Access::Write)?;
        let how = one_of("how", Some(&self.how), "", &WAYS)?;
        let given = |text: &Option<String>, field: &'static str, what: &str| {
            let text = text.as_deref().map(str::trim).filter(|t| !t.is_empty());
            text.map(str::to_owned).ok_or_else(|| Error::invalid(field, what.to_owned()))
        };
        match how.as_str() {
            "link" => {
                let need = given(&self.need, "need", "Name the key of the need that it shows.")?;
                by_key::<Need>(cx.conn(), &actor, &need, Access::Write)?;
                AddLink { from: need, to: before.key.clone(), kind: None }.run(cx)?;
            }
            "new-need" => {
                let title = given(&self.title, "title", "Say the job to be done, in one line.")?;
                let need = CreateNeed {
                    product: product.key.clone(),
                    title,
                    kind: self.kind.clone(),
                    segment: before.segment.clone(),
                    ..CreateNeed::default()
                }
                .run(cx)?;
                AddLink { from: need.key, to: before.key.clone(), kind: None }.run(cx)?;
            }
            "duplicate" => {
                let of = given(&self.of, "of", "Name the key of the evidence that says the same.")?;
                let (of, _) = by_key::<Evidence>(cx.conn(), &actor, &of, Access::Read)?;
                if of.id == before.id || of.product_id != product.id {
                    return Err(Error::invalid("of", "Name another piece of this product."));
                }
                settle(cx, &before, "duplicate", Some(of.id))?;
            }
            "park" => settle(cx, &before, "parked", None)?,
            _ => settle(cx, &before, "triaged", None)?,
        }
        let (after, _) = by_key::<Evidence>(cx.conn(), &actor, &self.key, Access::Read)?;
        EvidenceView::of(cx.conn(), &actor, &after)
    }
}

fn settle(cx: &mut Change<'_>, before: &Evidence, state: &str, of: Option<Id>) -> Result<()> {
    let mut after = before.clone();
    state.clone_into(&mut after.state);
    after.duplicate_of = of;
    cx.update(before, &mut after)
}

/// Answer whoever said it, by letter where an address is known: what came of it, or why nothing will.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerEvidence {
    pub key: String,
    pub answer: String,
    /// How they were told, as `by phone`; needed where nobody can be written to.
    pub how: String,
}

impl Action for AnswerEvidence {
    type Output = EvidenceView;
    const META: Meta = Meta::action(
        "answer-evidence",
        "Answer whoever said it, by letter where an address is known",
        "POST",
        "/evidence/{key}/answer",
    )
    .exercises(&[45]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EvidenceView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Evidence>(cx.conn(), &actor, &self.key, Access::Write)?;
        let answer = check_text("answer", self.answer.trim())?;
        if answer.is_empty() {
            return Err(Error::invalid("answer", "The answer is empty. Write a sentence."));
        }
        let answered = Answer { text: &answer, more: "", how: &self.how, once: None };
        let letters = tell(cx, &before, &answered)?;
        told(cx, &before, &answer, letters)?;
        let (after, _) = by_key::<Evidence>(cx.conn(), &actor, &self.key, Access::Read)?;
        EvidenceView::of(cx.conn(), &actor, &after)
    }
}

/// Something that says much the same.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Alike {
    #[serde(flatten)]
    pub node: Node,
    /// 0 has nothing in common, 1 is the same text.
    pub score: f64,
    /// The rarest words that both have.
    pub shared: Vec<String>,
}

/// The inbox: what nobody has looked at yet.
#[derive(Serialize, JsonSchema)]
pub struct Inbox {
    /// Up to 1,000.
    pub waiting: i64,
    /// Oldest first.
    pub items: Vec<EvidenceView>,
    /// Evidence and needs like the first item, most alike first.
    pub alike: Vec<Alike>,
    pub next: Option<String>,
}

/// Show the evidence that waits for triage, with what is like the first of it.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetInbox {
    pub product: String,
    /// What the page before named as `next`.
    pub after: Option<String>,
}

impl Query for GetInbox {
    type Output = Inbox;
    const META: Meta = Meta::query(
        "get-inbox",
        "Show the evidence that waits for triage, with what is like the first of it",
        "/inbox",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Inbox> {
        const SHOWN: i64 = 20;
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let after = crate::people::nouns::after_id(self.after.as_deref(), uuid::Uuid::nil())?;
        let mut rows = NEW.all(cx.conn, ws, &[product.id.into(), after, (SHOWN + 1).into()])?;
        let more = rows.len() as i64 > SHOWN;
        rows.truncate(SHOWN as usize);
        let next = more.then(|| rows.last().map(|e| e.id.to_string())).flatten();
        let items: Result<Vec<_>> =
            rows.iter().map(|e| EvidenceView::of(cx.conn, cx.actor, e)).collect();
        let items = items?;
        let alike = match items.first() {
            Some(first) => alike(cx, &product.key, first)?,
            None => Vec::new(),
        };
        let values = [ws.into(), product.id.into()];
        let waiting = cx.conn.query_one(&COUNT_NEW, &values, |r| r.get(0))?;
        Ok(Inbox { waiting, items, alike, next })
    }
}

/// Evidence and needs like a piece of evidence: asked of the search index, which every edit keeps in
/// step, so that it costs the same however much there is.
fn alike(cx: &mut Reader<'_>, product: &str, of: &EvidenceView) -> Result<Vec<Alike>> {
    // Whoever sorts the inbox looks at each anyway: also what is only somewhat alike is of use.
    const LEAST: f64 = 0.06;
    const WORDS: usize = 40;
    let asked = FindSimilar {
        product: product.to_owned(),
        title: of.title.clone(),
        body: of.verbatim.clone(),
        kind: Some("evidence".into()),
        except: Some(of.key.clone()),
    };
    asked.alike(cx, LEAST, WORDS)
}
