//! Links: steps of the thread that people draw, and the looser ties between work items.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::{Keyed, Node, find, load_keyed, told_nodes};
use super::path::Sight;
use crate::db::Conn;
use crate::how::work_items::{Changed, EditWorkItem};
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Time};
use crate::store::{Action, Change, Edge, Indexed, Meta, Scope, load};
use crate::what::opportunities::EditOpportunity;
use crate::why::evidence::Evidence;
use crate::why::needs::{Need, is_supported};
use crate::{new_row, record, selects, statements};

record! {
    /// A tie between two records; thread steps run from what serves to what is served.
    pub struct Link in "link", versioned: false {
        /// `serves`, `rests-on`, or `blocks`, `relates`, `duplicates` beside the thread.
        pub kind: String,
        pub from_kind: String,
        pub from_id: Id,
        pub to_kind: String,
        pub to_id: Id,
        /// The product of what serves: its charter says whose it is to link, its activity tells of it.
        pub product_id: Option<Id>,
    }
}

impl Indexed for Link {
    fn product(&self) -> Option<Id> {
        self.product_id
    }
    fn edges(&self) -> Vec<Edge> {
        if !matches!(self.kind.as_str(), "serves" | "rests-on") {
            return Vec::new();
        }
        vec![Edge {
            lower: (self.from_kind.clone(), self.from_id),
            upper: (self.to_kind.clone(), self.to_id),
        }]
    }
}

selects! {
    BETWEEN: Link = "link", "from_id = $2 AND to_id = $3 AND kind = $4 AND gone_at IS NULL LIMIT 1";
    FROM: Link = "link", "from_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 200";
    TO: Link = "link", "to_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 200";
    FROM_THEN: Link = "link", "from_id = $2 AND created_at < $3 AND (gone_at IS NULL OR gone_at >= $3) ORDER BY id LIMIT 200";
    TO_THEN: Link = "link", "to_id = $2 AND created_at < $3 AND (gone_at IS NULL OR gone_at >= $3) ORDER BY id LIMIT 200";
}

statements! {
    SHOWN = "SELECT 1 FROM link WHERE workspace_id = $1 AND to_id = $2 AND from_kind = 'need' AND gone_at IS NULL LIMIT 1";
    LEADS = "WITH RECURSIVE next(id, depth) AS (SELECT to_id, 1 FROM link WHERE workspace_id = $1 AND from_id = $2 AND kind = $4 AND gone_at IS NULL UNION SELECT l.to_id, next.depth + 1 FROM next JOIN link l ON l.workspace_id = $1 AND l.from_id = next.id AND l.kind = $4 AND l.gone_at IS NULL WHERE next.depth < 50) SELECT depth FROM next WHERE id = $3 LIMIT 1";
    REACHES = "WITH RECURSIVE up(id, depth) AS (SELECT upper_id, 1 FROM edge WHERE workspace_id = $1 AND lower_id = $2 AND valid_to = $4 UNION SELECT e.upper_id, up.depth + 1 FROM up JOIN edge e ON e.workspace_id = $1 AND e.lower_id = up.id AND e.valid_to = $4 WHERE up.depth < 20) SELECT depth FROM up WHERE id = $3 LIMIT 1";
}

/// Link what serves to what it serves; evidence and its need in either direction.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddLink {
    pub from: String,
    pub to: String,
    /// `serves` (if left out), `blocks`, `blocked-by`, `relates`, `duplicates` or `duplicated-by`.
    pub kind: Option<String>,
}

/// A link as programs see it.
#[derive(Serialize, JsonSchema, Clone)]
pub struct LinkView {
    pub kind: String,
    pub from: String,
    pub to: String,
}

/// What a thread link runs from and to; `None` where that step has no meaning.
fn step(from: &Keyed, to: &Keyed) -> Option<(&'static str, bool)> {
    use Keyed::{Evidence, KeyResult, Need, Objective, Opportunity, SolutionOption, WorkItem};
    match (from, to) {
        (WorkItem(_), Opportunity(_) | Need(_) | SolutionOption(_))
        | (Opportunity(_), Need(_) | Opportunity(_) | KeyResult(_))
        | (Need(_), KeyResult(_) | Objective(_)) => Some(("serves", false)),
        (Need(_), Evidence(_)) => Some(("rests-on", false)),
        (Evidence(_), Need(_)) => Some(("rests-on", true)),
        (Opportunity(_) | Need(_) | SolutionOption(_), WorkItem(_))
        | (Need(_) | KeyResult(_), Opportunity(_))
        | (KeyResult(_) | Objective(_), Need(_)) => Some(("serves", true)),
        _ => None,
    }
}

impl Action for AddLink {
    type Output = LinkView;
    const META: Meta = Meta {
        name: "add-link",
        summary: "Link what serves to what it serves",
        method: "POST",
        path: "/links",
        access: Access::Write,
        exercises: &[9],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<LinkView> {
        let actor = cx.actor.clone();
        let (from, _) =
            find(cx.conn(), &actor, &self.from, Access::Write).map_err(|e| e.of_key(&self.from))?;
        let (to, _) =
            find(cx.conn(), &actor, &self.to, Access::Write).map_err(|e| e.of_key(&self.to))?;
        let wanted = self.kind.as_deref().filter(|k| !k.is_empty()).unwrap_or("serves");
        let (kind, flipped) = match wanted {
            "blocks" | "relates" | "duplicates" => (wanted.to_owned(), false),
            "blocked-by" => ("blocks".to_owned(), true),
            "duplicated-by" => ("duplicates".to_owned(), true),
            "serves" | "rests-on" => {
                let (kind, flipped) = step(&from, &to).ok_or_else(|| {
                    Error::invalid(
                        "to",
                        format!(
                            "A {} does not serve a {}. Stories and epics serve options, opportunities and needs, opportunities serve needs, needs rest on evidence and serve key results.",
                            from.node().kind,
                            to.node().kind
                        ),
                    )
                })?;
                (kind.to_owned(), flipped)
            }
            _ => {
                return Err(Error::invalid(
                    "kind",
                    "A link is one of: serves, blocks, blocked-by, relates, duplicates, duplicated-by.",
                ));
            }
        };
        let (lower, upper) = if flipped { (to, from) } else { (from, to) };
        if lower.id() == upper.id() {
            return Err(Error::invalid("to", "An item cannot be linked to itself."));
        }
        add(cx, &kind, &lower, &upper)?;
        Ok(LinkView { kind, from: lower.node().key, to: upper.node().key })
    }
}

fn add(cx: &mut Change<'_>, kind: &str, lower: &Keyed, upper: &Keyed) -> Result<()> {
    let ws = cx.workspace();
    let values = [lower.id().into(), upper.id().into(), kind.to_owned().into()];
    if BETWEEN.first(cx.conn(), ws, &values)?.is_some() {
        return Ok(());
    }
    if kind == "relates" {
        // It holds in both directions; the other way round it says the same.
        let values = [upper.id().into(), lower.id().into(), kind.to_owned().into()];
        if BETWEEN.first(cx.conn(), ws, &values)?.is_some() {
            return Ok(());
        }
    }
    if let "blocks" | "duplicates" = kind {
        let values = [ws.into(), upper.id().into(), lower.id().into(), kind.to_owned().into()];
        if cx.conn().query_opt(&LEADS, &values, |r| r.get::<i64>(0))?.is_some() {
            let message = match kind {
                "blocks" => "That would close a circle: it is already blocked by this.",
                _ => "That would close a circle: it is already a duplicate of this.",
            };
            return Err(Error::invalid("to", message));
        }
    }
    if kind == "serves" {
        let open = crate::store::OPEN;
        let values = [ws.into(), upper.id().into(), lower.id().into(), open.into()];
        if cx.conn().query_opt(&REACHES, &values, |r| r.get::<i64>(0))?.is_some() {
            return Err(Error::invalid(
                "to",
                "That would close a circle: it is already served by this.",
            ));
        }
    }
    cx.insert(&new_row!(
        cx,
        Link {
            kind: kind.to_owned(),
            from_kind: lower.kind().to_owned(),
            from_id: lower.id(),
            to_kind: upper.kind().to_owned(),
            to_id: upper.id(),
            product_id: Some(lower.node().product),
        }
    ))?;
    if let (Keyed::Need(need), Keyed::Evidence(evidence)) = (lower, upper) {
        support(cx, need)?;
        if matches!(evidence.state.as_str(), "new" | "triaged" | "parked") {
            let mut after: Evidence = evidence.clone();
            "linked".clone_into(&mut after.state);
            cx.update(evidence, &mut after)?;
        }
    }
    Ok(())
}

/// Gives a record what another one serves.
pub(super) fn copy(cx: &mut Change<'_>, from: Id, to: Id) -> Result<()> {
    let ws = cx.workspace();
    for link in FROM.all(cx.conn(), ws, &[from.into()])? {
        if link.kind != "serves" {
            continue;
        }
        let row = new_row!(
            cx,
            Link {
                kind: link.kind,
                from_kind: link.from_kind,
                from_id: to,
                to_kind: link.to_kind,
                to_id: link.to_id,
                product_id: link.product_id,
            }
        );
        cx.insert(&row)?;
    }
    Ok(())
}

/// A need is supported while evidence stands under it.
fn support(cx: &mut Change<'_>, need: &Need) -> Result<()> {
    let ws = cx.workspace();
    let supported = is_supported(cx.conn(), ws, need.id)?;
    let state = match need.state.as_str() {
        "draft" if supported => "supported",
        "supported" if !supported => "draft",
        _ => return Ok(()),
    };
    let mut after = need.clone();
    state.clone_into(&mut after.state);
    cx.update(need, &mut after)
}

/// Evidence is linked while it shows a need.
fn unlinked(cx: &mut Change<'_>, evidence: &Evidence) -> Result<()> {
    let values = [cx.workspace().into(), evidence.id.into()];
    let shows = cx.conn().query_opt(&SHOWN, &values, |r| r.get::<i64>(0))?.is_some();
    if evidence.state != "linked" || shows {
        return Ok(());
    }
    let mut after = evidence.clone();
    "triaged".clone_into(&mut after.state);
    cx.update(evidence, &mut after)
}

/// Remove a link.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemoveLink {
    pub from: String,
    pub to: String,
    /// Which of them, where there are several; any if left out.
    pub kind: Option<String>,
}

impl Action for RemoveLink {
    type Output = LinkView;
    const META: Meta = Meta {
        name: "remove-link",
        summary: "Remove a link",
        method: "DELETE",
        path: "/links/{from}/{to}",
        access: Access::Write,
        exercises: &[9],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<LinkView> {
        let actor = cx.actor.clone();
        let ws = cx.workspace();
        let (a, _) = find(cx.conn(), &actor, &self.from, Access::Write)?;
        let (b, _) = find(cx.conn(), &actor, &self.to, Access::Write)?;
        let mut all = FROM.all(cx.conn(), ws, &[a.id().into()])?;
        all.retain(|l| l.to_id == b.id());
        let mut reverse = FROM.all(cx.conn(), ws, &[b.id().into()])?;
        reverse.retain(|l| l.to_id == a.id());
        all.extend(reverse);
        if let Some(kind) = self.kind.as_deref().filter(|k| !k.is_empty()) {
            all.retain(|l| l.kind == kind);
        }
        let link = all.first().ok_or(Error::NotFound("link"))?;
        cx.bin(link)?;
        for end in [&a, &b] {
            match end {
                Keyed::Need(need) => support(cx, need)?,
                Keyed::Evidence(evidence) => unlinked(cx, evidence)?,
                _ => {}
            }
        }
        Ok(LinkView { kind: link.kind.clone(), from: a.node().key, to: b.node().key })
    }
}

/// Link many items to what they serve at once, or say until when they have no why yet; all or none.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct BulkLink {
    /// Keys, up to 500.
    pub items: Vec<String>,
    pub to: Option<String>,
    /// In place of a link: until this day it is honest that they have no why.
    pub until: Option<Day>,
}

impl Action for BulkLink {
    type Output = Changed;
    const META: Meta = Meta {
        name: "bulk-link",
        summary: "Link many items to what they serve at once, or say until when they have no why yet; all or none",
        method: "POST",
        path: "/links/bulk",
        access: Access::Write,
        exercises: &[9, 13, 35],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Changed> {
        if self.items.is_empty() || self.items.len() > 500 {
            return Err(Error::invalid("items", "Select between 1 and 500 items."));
        }
        let to = self.to.as_deref().map(str::trim).filter(|to| !to.is_empty());
        let items: BTreeSet<String> = self.items.iter().map(|k| k.trim().to_uppercase()).collect();
        // An item may be given by each of its keys.
        let mut changed = BTreeSet::new();
        match (to, self.until) {
            (Some(to), None) => {
                for from in &items {
                    let link = AddLink { from: from.clone(), to: to.to_owned(), kind: None };
                    let made = cx.doing(&AddLink::META, |cx| link.run(cx))?;
                    changed.insert([made.from, made.to].concat());
                }
            }
            (None, Some(until)) => {
                let until = until.ahead("until", cx.happened.day())?;
                for key in &items {
                    changed.insert(promise(cx, key, until)?);
                }
            }
            _ => {
                let message = "Name what they serve, or the day until which they have no why: one of the two.";
                return Err(Error::invalid("to", message));
            }
        }
        Ok(Changed { changed: changed.len() })
    }
}

/// Says of work or a problem until when it has no why yet; its own key.
fn promise(cx: &mut Change<'_>, key: &str, until: Day) -> Result<String> {
    let actor = cx.actor.clone();
    let (found, _) = find(cx.conn(), &actor, key, Access::Write).map_err(|e| e.of_key(key))?;
    let own = found.node().key;
    let (key, no_why_until) = (own.clone(), Some(Some(until)));
    match found {
        Keyed::WorkItem(_) => cx.doing(&EditWorkItem::META, |cx| {
            EditWorkItem { key, no_why_until, ..EditWorkItem::default() }.run(cx).map(drop)
        }),
        Keyed::Opportunity(_) => cx.doing(&EditOpportunity::META, |cx| {
            EditOpportunity { key, no_why_until, ..EditOpportunity::default() }.run(cx).map(drop)
        }),
        _ => {
            let message = format!("{key} needs no why of its own: only work and problems do.");
            Err(Error::invalid("items", message))
        }
    }?;
    Ok(own)
}

/// A node at the other end of a link, with the link's kind.
pub type Tie = (String, Node);
/// What a record points to, and what points to it.
pub type Ties = (Vec<Tie>, Vec<Tie>);

/// The nodes tied to a record that `actor` sees: what it points to, and what points to it; as they are,
/// or as they stood just before `at`.
pub fn ties(conn: &mut Conn, actor: &Actor, id: Id, at: Option<Time>) -> Result<Ties> {
    let ws = actor.workspace;
    let sight = Sight::of(conn, actor)?;
    let (from, to) = match at {
        None => (FROM.all(conn, ws, &[id.into()])?, TO.all(conn, ws, &[id.into()])?),
        Some(at) => {
            let then = [id.into(), at.into()];
            (FROM_THEN.all(conn, ws, &then)?, TO_THEN.all(conn, ws, &then)?)
        }
    };
    let ends = from.iter().map(|link| (link.to_kind.clone(), link.to_id));
    let ends = ends.chain(to.iter().map(|link| (link.from_kind.clone(), link.from_id)));
    let nodes = told_nodes(conn, ws, ends, at)?;
    let tie = |kind: String, end: Id| {
        let node = nodes.get(&end).filter(|node| sight.sees(node.product))?;
        Some((kind, node.clone()))
    };
    let out = from.into_iter().filter_map(|link| tie(link.kind, link.to_id)).collect();
    let back = to.into_iter().filter_map(|link| tie(link.kind, link.from_id)).collect();
    Ok((out, back))
}

/// The products at both ends of a link.
pub fn products_of(conn: &mut Conn, ws: i64, link: Id) -> Result<Vec<Id>> {
    let Some(link) = load::<Link>(conn, ws, link)? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for (kind, id) in [(&link.from_kind, link.from_id), (&link.to_kind, link.to_id)] {
        all.extend(load_keyed(conn, ws, kind, id, None)?.map(|k| k.node().product));
    }
    Ok(all)
}
