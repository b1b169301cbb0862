//! The tree of work: epics, the stories under them, tasks and bugs under these, each with what stands
//! below it. Only what is unfolded is read, and of that only the first of each branch.

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::path::Sight;
use super::reach;
use crate::db::Conn;
use crate::how::work_items::{self, ItemView, ListWorkItems, Names, WorkItem, by_key, children};
use crate::kernel::{Access, Id, Result};
use crate::people::products::{self, Product};
use crate::selects;
use crate::store::{Meta, Query, Reader, load_many};

/// Roots of a page, and children of each branch that are shown.
const ROOTS: i64 = 40;
pub const CHILDREN: i64 = 20;
/// Branches that are unfolded at once.
const MOST_OPEN: usize = 40;
/// How far a tree is followed.
const DEPTH: usize = 8;

selects! {
    EPICS: WorkItem = "work_item_now", "product_id = $2 AND parent_id IS NULL AND level = 'epic' AND category <> 'accepted' AND category <> 'dropped' AND rank > $3 ORDER BY rank LIMIT $4";
    OTHERS: WorkItem = "work_item_now", "product_id = $2 AND parent_id IS NULL AND level <> 'epic' AND category <> 'accepted' AND category <> 'dropped' AND rank > $3 ORDER BY rank LIMIT $4";
    UNDER: WorkItem = "work_item_now", "product_id = $2 AND parent_id = $3 AND category <> 'dropped' AND rank > $4 ORDER BY rank LIMIT $5";
}

/// A line of the tree.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct TreeLine {
    pub item: ItemView,
    pub depth: usize,
    /// Whether it is what was asked for, and does not only stand above that.
    pub matches: bool,
    /// How many stand directly under it.
    pub children: i64,
    pub open: bool,
    /// More stand under it than are shown.
    pub more: bool,
    /// Stories, tasks and bugs below it at any depth without sub-tasks of these, and how many are done.
    pub stories: i64,
    pub stories_done: i64,
    pub points: f64,
    pub points_done: f64,
}

/// A page of the tree, each line before what stands under it.
#[derive(Serialize, JsonSchema, Debug)]
pub struct WorkTreePage {
    pub lines: Vec<TreeLine>,
    /// What stands above the branch that is shown, the root first.
    pub above: Vec<ItemView>,
    pub next: Option<String>,
}

/// What of a tree is asked for.
#[derive(Default)]
pub struct Wanted {
    pub list: ListWorkItems,
    /// The key of the branch; `none` for what is under no epic.
    pub under: Option<String>,
    /// Keys of what is unfolded; the first three roots where nothing is said.
    pub open: Option<HashSet<String>>,
}

/// Show a product's work as a tree: epics, what stands under them, and how far each has come.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct WorkTree {
    pub product: String,
    /// The key of the branch to show; `none` for what is under no epic.
    pub under: Option<String>,
    /// Keys of what is unfolded, with dots between them; the first three where it is left out.
    pub open: Option<String>,
    /// As in the address of a list: `level=bug&team=Fares`. What matches is shown with all above it.
    pub filter: Option<String>,
    /// What the page before named as `next`.
    pub after: Option<String>,
}

impl Query for WorkTree {
    type Output = WorkTreePage;
    const META: Meta = Meta::query(
        "work-tree",
        "Show a product's work as a tree: epics, what stands under them, and how far each has come",
        "/work-tree",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<WorkTreePage> {
        let list = ListWorkItems::of(&self.product, self.filter.as_deref())?;
        let list = ListWorkItems { after: self.after.clone(), ..list };
        Wanted { list, under: self.under.clone(), open: self.open.as_deref().map(keys) }.page(cx)
    }
}

/// The keys of an `open=` in an address.
pub fn keys(text: &str) -> HashSet<String> {
    let all = text.split(['.', ',']).map(|k| k.trim().to_uppercase());
    all.filter(|k| !k.is_empty()).take(MOST_OPEN).collect()
}

/// A line before its figures are known.
struct Bare {
    item: WorkItem,
    depth: usize,
    matches: bool,
    open: bool,
    more: bool,
}

impl Wanted {
    pub fn page(&self, cx: &mut Reader<'_>) -> Result<WorkTreePage> {
        let product = products::product(cx.conn, cx.actor, &self.list.product, Access::Read)?;
        let under = self.under.as_deref().map(str::trim).filter(|u| !u.is_empty());
        if under.is_none() && !self.list.is_plain() {
            let list = ListWorkItems { limit: self.list.limit.or(Some(100)), ..self.list.clone() };
            let (_, found, next) = list.rows(cx, &[])?;
            let bare = matching(cx.conn, cx.actor.workspace, found)?;
            return Ok(WorkTreePage { lines: figures(cx, bare)?, above: Vec::new(), next });
        }
        let (roots, next, above) = self.roots(cx, &product, under)?;
        let mut bare = Vec::new();
        for (n, root) in roots.into_iter().enumerate() {
            let open = self.open.as_ref().map_or(n < 3, |keys| keys.contains(&root.key));
            self.grow(cx.conn, cx.actor.workspace, &mut bare, root, 0, open)?;
        }
        let ws = cx.actor.workspace;
        let above = work_items::views(cx.conn, ws, above, &mut Names::default())?;
        Ok(WorkTreePage { lines: figures(cx, bare)?, above, next })
    }

    /// Where the page begins: epics, what is under none, or what is under one thing.
    fn roots(
        &self,
        cx: &mut Reader<'_>,
        product: &Product,
        under: Option<&str>,
    ) -> Result<(Vec<WorkItem>, Option<String>, Vec<WorkItem>)> {
        let ws = cx.actor.workspace;
        let after = self.list.after.clone().unwrap_or_default();
        let ask = (ROOTS + 1).into();
        let mut above = Vec::new();
        let mut rows = match under {
            None => EPICS.all(cx.conn, ws, &[product.id.into(), after.into(), ask])?,
            Some("none") => OTHERS.all(cx.conn, ws, &[product.id.into(), after.into(), ask])?,
            Some(key) => {
                let (item, product) = by_key(cx.conn, cx.actor, key, Access::Read)?;
                above = ancestors(cx.conn, ws, &item)?;
                let values = [product.id.into(), item.id.into(), after.into(), ask];
                above.push(item);
                UNDER.all(cx.conn, ws, &values)?
            }
        };
        let more = rows.len() as i64 > ROOTS;
        rows.truncate(ROOTS as usize);
        let next = more.then(|| rows.last().map(|r| r.rank.clone())).flatten();
        Ok((rows, next, above))
    }

    /// Adds a branch with what is unfolded of it.
    fn grow(
        &self,
        conn: &mut Conn,
        ws: i64,
        bare: &mut Vec<Bare>,
        item: WorkItem,
        depth: usize,
        open: bool,
    ) -> Result<()> {
        let open = open && depth < DEPTH;
        let mut below = Vec::new();
        if open {
            let first = String::new();
            let values =
                [item.product_id.into(), item.id.into(), first.into(), (CHILDREN + 1).into()];
            below = UNDER.all(conn, ws, &values)?;
        }
        let more = below.len() as i64 > CHILDREN;
        below.truncate(CHILDREN as usize);
        bare.push(Bare { item, depth, matches: true, open, more });
        for child in below {
            let open = self.open.as_ref().is_some_and(|keys| keys.contains(&child.key));
            self.grow(conn, ws, bare, child, depth + 1, open)?;
        }
        Ok(())
    }
}

/// What stands above an item, the root first.
fn ancestors(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Vec<WorkItem>> {
    let mut all = Vec::new();
    let mut next = item.parent_id;
    while let Some(id) = next.filter(|_| all.len() < DEPTH) {
        let Some(parent) = crate::store::load::<WorkItem>(conn, ws, id)? else { break };
        next = parent.parent_id;
        all.push(parent);
    }
    all.reverse();
    Ok(all)
}

/// What matches a filter, hung under all that stands above it.
fn matching(conn: &mut Conn, ws: i64, found: Vec<WorkItem>) -> Result<Vec<Bare>> {
    let matched: HashSet<Id> = found.iter().map(|i| i.id).collect();
    let mut known: HashMap<Id, WorkItem> = found.into_iter().map(|i| (i.id, i)).collect();
    for _ in 0..DEPTH {
        let above = known.values().filter_map(|i| i.parent_id);
        let missing: HashSet<Id> = above.filter(|id| !known.contains_key(id)).collect();
        if missing.is_empty() {
            break;
        }
        let loaded = load_many::<WorkItem>(conn, ws, missing, None)?;
        let live = loaded.into_iter().filter(|(_, i)| i.gone_at.is_none());
        let before = known.len();
        known.extend(live);
        if known.len() == before {
            break;
        }
    }
    let mut below: HashMap<Option<Id>, Vec<WorkItem>> = HashMap::new();
    let ids: HashSet<Id> = known.keys().copied().collect();
    for (_, item) in known {
        below.entry(item.parent_id.filter(|id| ids.contains(id))).or_default().push(item);
    }
    let by_rank = |items: &mut Vec<WorkItem>| items.sort_by(|a, b| b.rank.cmp(&a.rank));
    let mut roots = below.remove(&None).unwrap_or_default();
    by_rank(&mut roots);
    let mut open: Vec<(WorkItem, usize)> = roots.into_iter().map(|i| (i, 0)).collect();
    let mut bare = Vec::new();
    while let Some((item, depth)) = open.pop() {
        let mut children = below.remove(&Some(item.id)).unwrap_or_default();
        by_rank(&mut children);
        let unfolds = !children.is_empty();
        open.extend(children.into_iter().map(|i| (i, depth + 1)));
        let matches = matched.contains(&item.id);
        bare.push(Bare { item, depth, matches, open: unfolds, more: false });
    }
    Ok(bare)
}

/// The lines with what they come to.
fn figures(cx: &mut Reader<'_>, bare: Vec<Bare>) -> Result<Vec<TreeLine>> {
    let ws = cx.actor.workspace;
    let ids: Vec<Id> = bare.iter().map(|b| b.item.id).collect();
    let counts = children(cx.conn, ws, ids.iter().copied())?;
    let parents: Vec<Id> = ids.iter().copied().filter(|id| counts.contains_key(id)).collect();
    let sight = Sight::of(cx.conn, cx.actor)?;
    let work = reach::work(cx.conn, ws, &sight, &parents)?;
    let items: Vec<WorkItem> = bare.iter().map(|b| b.item.clone()).collect();
    let mut names = Names::default();
    names.of(cx.conn, ws, &items)?;
    let mut lines = Vec::with_capacity(bare.len());
    for b in bare {
        let work = work.get(&b.item.id).copied().unwrap_or_default();
        lines.push(TreeLine {
            item: work_items::view(cx.conn, ws, &b.item, &mut names)?,
            depth: b.depth,
            matches: b.matches,
            children: counts.get(&b.item.id).map_or(0, |c| c.0),
            open: b.open,
            more: b.more,
            stories: work.stories,
            stories_done: work.done,
            points: work.points,
            points_done: work.points_done,
        });
    }
    Ok(lines)
}
