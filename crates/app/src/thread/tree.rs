//! The opportunity solution tree: outcomes, the problems that stand in their way, the options that
//! would solve them, and the experiments that tell.

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::links::{AddLink, LinkView, RemoveLink};
use super::nodes::{Keyed, find};
use crate::db::Sql;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products;
use crate::statements;
use crate::store::{Action, Change, Meta, OPEN, Query, Reader};

statements! {
    OBJECTIVES = "SELECT o.id, o.key, o.title, o.state, p.key FROM objective o LEFT JOIN objective p ON p.workspace_id = o.workspace_id AND p.id = o.parent_id AND p.product_id = o.product_id AND p.gone_at IS NULL WHERE o.workspace_id = $1 AND o.product_id = $2 AND o.gone_at IS NULL ORDER BY CASE WHEN o.state = 'closed' THEN 1 ELSE 0 END, o.id LIMIT 200";
    KEY_RESULTS = "SELECT k.id, k.key, k.title, k.state, o.key FROM key_result k JOIN objective o ON o.workspace_id = k.workspace_id AND o.id = k.objective_id WHERE k.workspace_id = $1 AND k.product_id = $2 AND k.gone_at IS NULL AND o.gone_at IS NULL ORDER BY k.id LIMIT 500";
    PROBLEMS = "SELECT id, key, title, state, CAST(NULL AS TEXT) FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND state <> 'rejected' AND state <> 'abandoned' ORDER BY rank LIMIT 500";
    OPTIONS = "SELECT s.id, s.key, s.title, s.state, o.key FROM solution_option s JOIN opportunity o ON o.workspace_id = s.workspace_id AND o.id = s.about_id WHERE s.workspace_id = $1 AND s.product_id = $2 AND s.gone_at IS NULL ORDER BY s.id LIMIT 1000";
    EXPERIMENTS = "SELECT x.id, x.key, x.title, x.state, d.key FROM experiment x JOIN search_doc d ON d.workspace_id = x.workspace_id AND d.object_id = x.about_id WHERE x.workspace_id = $1 AND x.product_id = $2 AND x.gone_at IS NULL ORDER BY x.id LIMIT 1000";
    /// What problems serve: outcomes and problems, also through a need.
    SERVES = "SELECT e.lower_id, d.key, 0 FROM opportunity o JOIN edge e ON e.workspace_id = o.workspace_id AND e.lower_id = o.id AND e.valid_to = $3 JOIN search_doc d ON d.workspace_id = e.workspace_id AND d.object_id = e.upper_id WHERE o.workspace_id = $1 AND o.product_id = $2 AND d.product_id = $2 AND e.upper_kind IN ('opportunity', 'key_result', 'objective') UNION ALL SELECT e.lower_id, d.key, 1 FROM opportunity o JOIN edge e ON e.workspace_id = o.workspace_id AND e.lower_id = o.id AND e.valid_to = $3 JOIN edge n ON n.workspace_id = e.workspace_id AND n.lower_id = e.upper_id AND n.valid_to = $3 JOIN search_doc d ON d.workspace_id = n.workspace_id AND d.object_id = n.upper_id WHERE o.workspace_id = $1 AND o.product_id = $2 AND d.product_id = $2 AND e.upper_kind = 'need' AND n.upper_kind IN ('key_result', 'objective') ORDER BY 1, 3, 2 LIMIT 5000";
}

/// One of the tree.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq, Eq)]
pub struct TreeNode {
    pub key: String,
    /// `objective`, `key-result`, `opportunity`, `option` or `experiment`.
    pub kind: String,
    pub title: String,
    pub state: String,
    /// The key of the one above; none for a root.
    pub under: Option<String>,
    /// How many stand above it.
    pub depth: usize,
    /// Others that it serves too.
    pub also: Vec<String>,
}

/// Show a product's opportunity solution tree, each before what stands under it.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetTree {
    pub product: String,
}

impl Query for GetTree {
    type Output = Vec<TreeNode>;
    const META: Meta = Meta::query(
        "opportunity-tree",
        "Show a product's opportunity solution tree, each before what stands under it",
        "/opportunities/tree",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<TreeNode>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let mut found: Vec<(Id, TreeNode)> = Vec::new();
        let kinds: [(&'static Sql, &str); 5] = [
            (&OBJECTIVES, "objective"),
            (&KEY_RESULTS, "key-result"),
            (&PROBLEMS, "opportunity"),
            (&OPTIONS, "option"),
            (&EXPERIMENTS, "experiment"),
        ];
        for (statement, kind) in kinds {
            found.extend(cx.conn.query(statement, &[ws.into(), product.id.into()], |r| {
                let node = TreeNode {
                    key: r.get(1)?,
                    kind: kind.to_owned(),
                    title: r.get(2)?,
                    state: r.get(3)?,
                    under: r.get(4)?,
                    depth: 0,
                    also: Vec::new(),
                };
                Ok((r.get(0)?, node))
            })?);
        }
        let values = [ws.into(), product.id.into(), OPEN.into()];
        let serves: Vec<(Id, String)> =
            cx.conn.query(&SERVES, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(grown(found, &serves))
    }
}

/// Hangs everything under what it serves first, and lists the tree from its roots.
fn grown(mut found: Vec<(Id, TreeNode)>, serves: &[(Id, String)]) -> Vec<TreeNode> {
    let known: HashSet<String> = found.iter().map(|(_, node)| node.key.clone()).collect();
    for (id, node) in found.iter_mut().filter(|(_, node)| node.kind == "opportunity") {
        let mut upper: Vec<&String> = Vec::new();
        for (_, key) in serves.iter().filter(|(lower, key)| lower == id && known.contains(key)) {
            if !upper.contains(&key) {
                upper.push(key);
            }
        }
        node.under = upper.first().map(|key| (*key).clone());
        node.also = upper.iter().skip(1).map(|key| (*key).clone()).collect();
    }
    let mut below: HashMap<Option<String>, Vec<TreeNode>> = HashMap::new();
    for (_, mut node) in found {
        let lost = node.under.as_ref().is_some_and(|under| !known.contains(under));
        match (lost, node.kind.as_str()) {
            // An experiment about an epic stands in no tree of problems.
            (true, "option" | "experiment") => continue,
            (true, _) => node.under = None,
            _ => {}
        }
        if node.kind == "experiment" && node.under.is_none() {
            continue;
        }
        below.entry(node.under.clone()).or_default().push(node);
    }
    let mut all = Vec::new();
    let mut open: Vec<TreeNode> = below.remove(&None).unwrap_or_default();
    open.reverse();
    while let Some(node) = open.pop() {
        let mut under = below.remove(&Some(node.key.clone())).unwrap_or_default();
        under.iter_mut().for_each(|child| child.depth = node.depth + 1);
        open.extend(under.into_iter().rev());
        all.push(node);
    }
    without_the_past(all)
}

/// Leaves out closed objectives that no problem stands under any more.
fn without_the_past(all: Vec<TreeNode>) -> Vec<TreeNode> {
    let over = |at: usize| {
        let node = &all[at];
        let mut below = all[at + 1..].iter().take_while(|below| below.depth > node.depth);
        node.kind == "objective"
            && node.state == "closed"
            && !below.any(|below| below.kind == "opportunity")
    };
    let mut kept = Vec::new();
    let mut leaving: Option<usize> = None;
    for (at, node) in all.iter().enumerate() {
        leaving = leaving.filter(|depth| node.depth > *depth);
        if leaving.is_none() && over(at) {
            leaving = Some(node.depth);
        }
        if leaving.is_none() {
            kept.push(node.clone());
        }
    }
    kept
}

/// Put an opportunity under another, or under a key result; what it served of these before it no
/// longer serves.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PutUnder {
    pub key: String,
    /// The key of an opportunity or key result; left out, it becomes a root.
    pub under: Option<String>,
}

impl Action for PutUnder {
    type Output = TreeNode;
    const META: Meta = Meta::action(
        "put-under",
        "Put an opportunity under another, or under a key result",
        "POST",
        "/opportunities/{key}/parent",
    )
    .exercises(&[13]);

    fn run(&self, cx: &mut Change<'_>) -> Result<TreeNode> {
        let actor = cx.actor.clone();
        let (found, _) = find(cx.conn(), &actor, &self.key, Access::Write)?;
        let node = found.node();
        if !matches!(found, Keyed::Opportunity(_)) {
            return Err(Error::invalid(
                "key",
                format!("{} is no opportunity; only those are put elsewhere here.", node.key),
            ));
        }
        let (served, _) = super::links::ties(cx.conn(), &actor, node.id, None)?;
        let under = self.under.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let target = match under {
            Some(key) => Some(find(cx.conn(), &actor, key, Access::Write)?.0),
            None => None,
        };
        if target
            .as_ref()
            .is_some_and(|t| !matches!(t, Keyed::Opportunity(_) | Keyed::KeyResult(_)))
        {
            return Err(Error::invalid(
                "under",
                "An opportunity stands under another one, or under a key result.",
            ));
        }
        let target = target.map(|target| target.node().key);
        for (kind, upper) in served {
            let parent =
                kind == "serves" && ["opportunity", "key-result"].contains(&upper.kind.as_str());
            if parent && Some(&upper.key) != target.as_ref() {
                RemoveLink { from: node.key.clone(), to: upper.key, kind: None }.run(cx)?;
            }
        }
        if let Some(to) = &target {
            let link = AddLink { from: node.key.clone(), to: to.clone(), kind: None };
            let _: LinkView = link.run(cx)?;
        }
        Ok(TreeNode {
            key: node.key,
            kind: node.kind,
            title: node.title,
            state: node.state,
            under: target,
            depth: 0,
            also: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(key: &str, kind: &str, under: Option<&str>) -> (Id, TreeNode) {
        let node = TreeNode {
            key: key.into(),
            kind: kind.into(),
            title: key.into(),
            state: String::new(),
            under: under.map(str::to_owned),
            depth: 0,
            also: Vec::new(),
        };
        (Id::new(), node)
    }

    #[test]
    fn everything_hangs_under_what_it_serves_first() {
        let found = vec![
            node("O", "objective", None),
            node("K", "key-result", Some("O")),
            node("P", "opportunity", None),
            node("Q", "opportunity", None),
            node("R", "opportunity", None),
            node("S", "option", Some("Q")),
            node("X", "experiment", Some("S")),
            node("Y", "experiment", Some("EPIC")),
            node("Z", "experiment", None),
        ];
        let mut found = found;
        let (p, q) = (found[2].0, found[3].0);
        let mut past = [node("C", "objective", None), node("L", "key-result", Some("C"))];
        past[0].1.state = "closed".into();
        found.extend(past);
        let serves = [(p, "K".to_owned()), (q, "P".to_owned()), (q, "K".to_owned())];
        let tree = grown(found, &serves);
        let told: Vec<(&str, usize)> = tree.iter().map(|n| (n.key.as_str(), n.depth)).collect();
        assert_eq!(told, [("O", 0), ("K", 1), ("P", 2), ("Q", 3), ("S", 4), ("X", 5), ("R", 0)]);
        assert_eq!(tree[3].also, ["K"]);
    }
}
