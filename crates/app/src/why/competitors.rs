//! Competitors: who else serves the same needs, how well, and what was found out about them. A finding
//! is evidence of kind market.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::{EvidenceView, RecordEvidence};
use super::needs::Need;
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::{by_key, put_text};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::{new_row, record, selects, statements};

record! {
    /// Somebody who serves the same needs.
    pub struct Competitor in "competitor", versioned: true {
        pub product_id: Id,
        pub name: String,
        pub url: String,
        pub about: String,
        pub strengths: String,
        pub weaknesses: String,
    }
}

record! {
    /// A piece of evidence about a competitor.
    pub struct Finding in "finding", versioned: false {
        pub product_id: Id,
        pub competitor_id: Id,
        pub evidence_id: Id,
    }
}

record! {
    /// How well a need is served: by a competitor, or by us where none is named.
    pub struct Rating in "rating", versioned: true {
        pub product_id: Id,
        pub competitor_id: Option<Id>,
        pub need_id: Id,
        /// 0, not at all, to 5, as well as one could wish.
        pub rating: i64,
        pub note: String,
    }
}

impl Indexed for Competitor {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for Finding {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for Rating {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    OF_PRODUCT: Competitor = "competitor", "product_id = $2 AND gone_at IS NULL ORDER BY name, id LIMIT 50";
    NAMED: Competitor = "competitor", "product_id = $2 AND name = $3 AND gone_at IS NULL LIMIT 1";
    RATINGS: Rating = "rating", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 5000";
    OF_NEED: Rating = "rating", "product_id = $2 AND need_id = $3 AND gone_at IS NULL ORDER BY id LIMIT 60";
}

statements! {
    FINDINGS = "SELECT f.competitor_id, d.key, d.title FROM finding f JOIN search_doc d ON d.workspace_id = f.workspace_id AND d.object_id = f.evidence_id WHERE f.workspace_id = $1 AND f.product_id = $2 AND f.gone_at IS NULL ORDER BY f.id DESC LIMIT 300";
    NEEDS = "SELECT id, key, title, kind FROM need WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND state <> 'retired' ORDER BY id LIMIT 100";
}

/// What was found out about a competitor.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct FindingView {
    /// The key of the evidence.
    pub key: String,
    pub title: String,
}

/// A competitor as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CompetitorView {
    pub id: Id,
    pub name: String,
    pub url: String,
    pub about: String,
    pub strengths: String,
    pub weaknesses: String,
    /// Newest first.
    pub findings: Vec<FindingView>,
}

/// How well one need is served by all.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Compared {
    pub need: String,
    pub title: String,
    pub kind: String,
    /// 0 to 5; none where nobody has said.
    pub us: Option<i64>,
    pub our_note: String,
    /// In the order of the competitors.
    pub them: Vec<Option<i64>>,
    pub their_notes: Vec<String>,
}

/// The market: who else there is, and how they compare.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Market {
    pub competitors: Vec<CompetitorView>,
    pub needs: Vec<Compared>,
}

fn view(c: &Competitor, findings: &[(Id, FindingView)]) -> CompetitorView {
    let own = findings.iter().filter(|(of, _)| *of == c.id).map(|(_, f)| f.clone());
    CompetitorView {
        id: c.id,
        name: c.name.clone(),
        url: c.url.clone(),
        about: c.about.clone(),
        strengths: c.strengths.clone(),
        weaknesses: c.weaknesses.clone(),
        findings: own.collect(),
    }
}

fn findings(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<(Id, FindingView)>> {
    conn.query(&FINDINGS, &[ws.into(), product.into()], |r| {
        Ok((r.get(0)?, FindingView { key: r.get(1)?, title: r.get(2)? }))
    })
}

/// Compare a product with its competitors: how well each serves each need, and what was found out.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetMarket {
    pub product: String,
}

impl Query for GetMarket {
    type Output = Market;
    const META: Meta = Meta::query(
        "get-market",
        "Compare a product with its competitors: how well each serves each need",
        "/market",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Market> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = OF_PRODUCT.all(cx.conn, ws, &[product.id.into()])?;
        let found = findings(cx.conn, ws, product.id)?;
        let ratings = RATINGS.all(cx.conn, ws, &[product.id.into()])?;
        let needs: Vec<(Id, String, String, String)> =
            cx.conn.query(&NEEDS, &[ws.into(), product.id.into()], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
            })?;
        let rows = needs.into_iter().map(|(id, need, title, kind)| {
            let of = |who: Option<Id>| {
                ratings.iter().find(|r| r.need_id == id && r.competitor_id == who)
            };
            let note = |r: Option<&Rating>| r.map(|r| r.note.clone()).unwrap_or_default();
            Compared {
                need,
                title,
                kind,
                us: of(None).map(|r| r.rating),
                our_note: note(of(None)),
                them: all.iter().map(|c| of(Some(c.id)).map(|r| r.rating)).collect(),
                their_notes: all.iter().map(|c| note(of(Some(c.id)))).collect(),
            }
        });
        let needs = rows.collect();
        Ok(Market { competitors: all.iter().map(|c| view(c, &found)).collect(), needs })
    }
}

/// Write down a competitor, or change the one of that name.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetCompetitor {
    pub product: String,
    pub name: String,
    pub url: Option<String>,
    pub about: Option<String>,
    pub strengths: Option<String>,
    pub weaknesses: Option<String>,
}

impl Action for SetCompetitor {
    type Output = CompetitorView;
    const META: Meta = Meta::action(
        "set-competitor",
        "Write down a competitor, or change the one of that name",
        "POST",
        "/market/competitors",
    )
    .exercises(&[4]);

    fn run(&self, cx: &mut Change<'_>) -> Result<CompetitorView> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let name = check_title("name", &self.name)?;
        let stands = NAMED.first(cx.conn(), ws, &[product.id.into(), name.clone().into()])?;
        let mut after = stands.clone().unwrap_or_else(|| {
            new_row!(
                cx,
                Competitor {
                    product_id: product.id,
                    name: name,
                    url: String::new(),
                    about: String::new(),
                    strengths: String::new(),
                    weaknesses: String::new(),
                }
            )
        });
        if let Some(url) = &self.url {
            after.url = super::evidence::check_url(url)?;
        }
        put_text(&mut after.about, "about", self.about.as_ref())?;
        put_text(&mut after.strengths, "strengths", self.strengths.as_ref())?;
        put_text(&mut after.weaknesses, "weaknesses", self.weaknesses.as_ref())?;
        match &stands {
            Some(before) => cx.update(before, &mut after)?,
            None if OF_PRODUCT.all(cx.conn(), ws, &[product.id.into()])?.len() >= 50 => {
                return Err(Error::refused("A product is compared with up to 50 competitors."));
            }
            None => cx.insert(&after)?,
        }
        Ok(view(&after, &findings(cx.conn(), ws, product.id)?))
    }
}

fn competitor(cx: &mut Change<'_>, id: Id) -> Result<(Competitor, products::Product)> {
    let actor = cx.actor.clone();
    let missing = || Error::NotFound("competitor");
    let found = load::<Competitor>(cx.conn(), actor.workspace, id)?
        .filter(|c| c.gone_at.is_none())
        .ok_or_else(missing)?;
    let product = products::product_by_id(cx.conn(), &actor, found.product_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((found, product))
}

/// Record what was found out about a competitor: evidence of kind market.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields)]
pub struct AddFinding {
    pub competitor: Id,
    /// What was found out, as it was said or written.
    pub finding: String,
    /// Who said it, or where it stands.
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub url: String,
    pub said_on: Option<Day>,
}

impl Action for AddFinding {
    type Output = EvidenceView;
    const META: Meta = Meta::action(
        "add-finding",
        "Record what was found out about a competitor: evidence of kind market",
        "POST",
        "/market/competitors/{competitor}/findings",
    )
    .exercises(&[4]);

    fn run(&self, cx: &mut Change<'_>) -> Result<EvidenceView> {
        let (competitor, product) = competitor(cx, self.competitor)?;
        let evidence = RecordEvidence {
            product: product.key.clone(),
            verbatim: self.finding.clone(),
            source: if self.source.trim().is_empty() {
                competitor.name.clone()
            } else {
                self.source.clone()
            },
            kind: Some("market".to_owned()),
            url: self.url.clone(),
            said_on: self.said_on,
            ..RecordEvidence::default()
        }
        .run(cx)?;
        let actor = cx.actor.clone();
        let (kept, _) =
            by_key::<super::evidence::Evidence>(cx.conn(), &actor, &evidence.key, Access::Read)?;
        cx.insert(&new_row!(
            cx,
            Finding { product_id: product.id, competitor_id: competitor.id, evidence_id: kept.id }
        ))?;
        Ok(evidence)
    }
}

/// Rate how well a need is served, by a competitor or by us.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RateNeed {
    /// The key of the need.
    pub key: String,
    /// A competitor's id; us if left out.
    pub competitor: Option<Id>,
    /// 0, not at all, to 5, as well as one could wish.
    pub rating: i64,
    /// What shows it.
    pub note: String,
}

impl Action for RateNeed {
    type Output = Compared;
    const META: Meta = Meta::action(
        "rate-need",
        "Rate how well a need is served, by a competitor or by us",
        "POST",
        "/needs/{key}/ratings",
    )
    .exercises(&[4]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Compared> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let (need, product) = by_key::<Need>(cx.conn(), &actor, &self.key, Access::Write)?;
        if !(0..=5).contains(&self.rating) {
            return Err(Error::invalid("rating", "A rating is a whole number from 0 to 5."));
        }
        if let Some(id) = self.competitor {
            let (_, of) = competitor(cx, id)?;
            if of.id != product.id {
                return Err(Error::invalid(
                    "competitor",
                    "That competitor is one of another product.",
                ));
            }
        }
        let note = check_text("note", self.note.trim())?;
        let of_need = [product.id.into(), need.id.into()];
        let all = OF_NEED.all(cx.conn(), ws, &of_need)?;
        match all.iter().find(|r| r.competitor_id == self.competitor) {
            Some(before) => {
                let mut after = Rating { rating: self.rating, note, ..before.clone() };
                cx.update(before, &mut after)?;
            }
            None => cx.insert(&new_row!(
                cx,
                Rating {
                    product_id: product.id,
                    competitor_id: self.competitor,
                    need_id: need.id,
                    rating: self.rating,
                    note: note,
                }
            ))?,
        }
        let all = OF_NEED.all(cx.conn(), ws, &of_need)?;
        let us = all.iter().find(|r| r.competitor_id.is_none());
        let them: Vec<&Rating> = all.iter().filter(|r| r.competitor_id.is_some()).collect();
        Ok(Compared {
            need: need.key,
            title: need.title,
            kind: need.kind,
            us: us.map(|r| r.rating),
            our_note: us.map(|r| r.note.clone()).unwrap_or_default(),
            them: them.iter().map(|r| Some(r.rating)).collect(),
            their_notes: them.iter().map(|r| r.note.clone()).collect(),
        })
    }
}
