//! Which records are grounded: steps lead up from them to a need, all of which are there. Kept beside
//! the edges, so that a list of a million items finds those without a why by an index.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::{ASKED, Change, Composed, marks_from, with_ids};
use crate::kernel::{Id, Result};
use crate::statements;

/// What stands on a grounded record, with itself.
macro_rules! under {
    ($then:literal) => {
        concat!(
            "WITH RECURSIVE under(id) AS (SELECT g.object_id FROM grounded g WHERE g.workspace_id = $1 AND g.object_id = $2 UNION SELECT e.lower_id FROM under JOIN edge e ON e.workspace_id = $1 AND e.upper_id = under.id AND e.valid_to = 9223372036854775807 JOIN grounded g ON g.workspace_id = e.workspace_id AND g.object_id = e.lower_id) ",
            $then
        )
    };
}

statements! {
    STANDS = "SELECT 1 FROM grounded WHERE workspace_id = $1 AND object_id = $2";
    UNMARK = under!("UPDATE work_item SET grounded = FALSE WHERE workspace_id = $1 AND id IN (SELECT id FROM under)");
    DROP = under!("DELETE FROM grounded WHERE workspace_id = $1 AND object_id IN (SELECT id FROM under)");
    /// What stood on it and stands on something else too.
    STILL = "WITH RECURSIVE under(id) AS (SELECT lower_id FROM edge WHERE workspace_id = $1 AND upper_id = $2 AND valid_to = 9223372036854775807 UNION SELECT e.lower_id FROM under JOIN edge e ON e.workspace_id = $1 AND e.upper_id = under.id AND e.valid_to = 9223372036854775807) SELECT under.id FROM under WHERE EXISTS (SELECT 1 FROM edge e JOIN grounded g ON g.workspace_id = e.workspace_id AND g.object_id = e.upper_id WHERE e.workspace_id = $1 AND e.lower_id = under.id AND e.valid_to = 9223372036854775807)";
}

/// What becomes grounded with [`ASKED`] records: those that are there and are a need or stand on
/// something grounded, and all that stands on these. Single values are asked for where `EXISTS` would
/// do, which PostgreSQL turns into joins of whole tables as long as it has not counted them.
fn found() -> String {
    let ids = marks_from(2);
    format!(
        "WITH RECURSIVE found(id) AS (SELECT d.object_id FROM search_doc d WHERE d.workspace_id = \
         $1 AND d.object_id IN ({ids}) AND (SELECT g.object_id FROM grounded g WHERE \
         g.workspace_id = $1 AND g.object_id = d.object_id) IS NULL AND (d.object_kind = 'need' \
         OR (SELECT g.object_id FROM edge e JOIN grounded g ON g.workspace_id = e.workspace_id \
         AND g.object_id = e.upper_id WHERE e.workspace_id = $1 AND e.lower_id = d.object_id AND \
         e.valid_to = 9223372036854775807 LIMIT 1) IS NOT NULL) UNION SELECT e.lower_id FROM \
         found JOIN edge e ON e.workspace_id = $1 AND e.upper_id = found.id AND e.valid_to = \
         9223372036854775807 JOIN search_doc d ON d.workspace_id = e.workspace_id AND d.object_id \
         = e.lower_id WHERE (SELECT g.object_id FROM grounded g WHERE g.workspace_id = \
         e.workspace_id AND g.object_id = e.lower_id) IS NULL)"
    )
}

fn mark() -> String {
    let found = found();
    format!(
        "{found} UPDATE work_item SET grounded = TRUE WHERE workspace_id = $1 AND id IN (SELECT \
         id FROM found)"
    )
}

fn add() -> String {
    let found = found();
    format!(
        "INSERT INTO grounded (workspace_id, object_id) {found} SELECT CAST($1 AS BIGINT), id FROM \
         found"
    )
}

/// The same for new records that nothing older stands on.
fn mark_new() -> String {
    let ids = marks_from(2);
    format!(
        "UPDATE work_item SET grounded = TRUE WHERE workspace_id = $1 AND id IN (SELECT object_id \
         FROM grounded WHERE workspace_id = $1 AND object_id IN ({ids}))"
    )
}

static MARK: LazyLock<String> = LazyLock::new(mark);
static ADD: LazyLock<String> = LazyLock::new(add);
static MARK_NEW: LazyLock<String> = LazyLock::new(mark_new);
inventory::submit! { Composed { name: "grounds::MARK", text: mark } }
inventory::submit! { Composed { name: "grounds::ADD", text: add } }
inventory::submit! { Composed { name: "grounds::MARK_NEW", text: mark_new } }

/// The records whose grounds a change may have moved.
#[derive(Default)]
pub(super) struct Moved {
    /// Each with whether it may have lost some.
    all: BTreeMap<Id, bool>,
    /// Those that the change itself added.
    new: BTreeSet<Id>,
}

impl Change<'_> {
    /// Notes that a record is new: what stands on it is so too, or is noted for its own step.
    pub(super) fn arrives(&mut self, id: Id) {
        self.moved.new.insert(id);
    }

    /// Notes that a record may have gained grounds, or lost some.
    pub(super) fn moves(&mut self, id: Id, took: bool) {
        *self.moved.all.entry(id).or_default() |= took;
    }

    /// Writes anew what is grounded. Last of all, when the workspace is this change's alone: of two
    /// that build on each other at once, the later one sees what the earlier one did.
    pub(super) fn ground(&mut self) -> Result<()> {
        let workspace = self.workspace();
        let Moved { all, new } = std::mem::take(&mut self.moved);
        let (mut arrived, mut stand) = (Vec::new(), Vec::new());
        for (id, took) in all {
            if new.contains(&id) {
                arrived.push(id);
                continue;
            }
            stand.push(id);
            let one = [workspace.into(), id.into()];
            if took && self.tx.query_opt(&STANDS, &one, |r| r.get::<i64>(0))?.is_some() {
                self.tx.queue(&UNMARK, &one)?;
                self.tx.queue(&DROP, &one)?;
                stand.extend(self.tx.query(&STILL, &one, |r| r.get::<Id>(0))?);
            }
        }
        // Something older may stand on what is new.
        if !stand.is_empty() {
            stand.append(&mut arrived);
        }
        // All at once: an import adds hundreds in one change.
        for some in stand.chunks(ASKED) {
            let values = with_ids(&[workspace.into()], some);
            self.tx.queue(&*MARK, &values)?;
            self.tx.queue(&*ADD, &values)?;
        }
        let arrived: Vec<_> =
            arrived.chunks(ASKED).map(|some| with_ids(&[workspace.into()], some)).collect();
        arrived.iter().try_for_each(|some| self.tx.queue(&*ADD, some))?;
        arrived.iter().try_for_each(|some| self.tx.queue(&*MARK_NEW, some))
    }
}
