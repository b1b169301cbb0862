//! Keys of a file that lead to something else here already.

use std::collections::HashMap;
use std::sync::LazyLock;

use wherefore_exchange::Backlog;

use super::plan::Plan;
use crate::db::{Conn, Value};
use crate::kernel::{Access, Actor, Id, Result};
use crate::people::products;
use crate::store::Composed;

/// Keys that one question asks for.
const ASKED: usize = 100;
/// Keys that are looked up: a larger file is told of by its beginning.
const LOOKED_UP: usize = 20_000;
/// Keys that a warning names.
const NAMED: usize = 3;

inventory::submit! { Composed { name: "keys::LEADS", text: || leads().to_owned() } }

/// What is in the bin leads nowhere, and so has no document.
fn leads() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let marks: Vec<String> = (2..ASKED + 2).map(|n| format!("${n}")).collect();
        let marks = marks.join(", ");
        format!(
            "SELECT k.key, d.product_id FROM item_key k JOIN search_doc d ON d.workspace_id = k.workspace_id AND d.object_id = k.object_id WHERE k.workspace_id = $1 AND k.key IN ({marks})"
        )
    });
    &TEXT
}

impl Plan {
    /// Warns of new items, as far as they are looked up, whose old key leads to something else that whoever imports sees.
    pub(super) fn say_taken_keys(
        &mut self,
        conn: &mut Conn,
        actor: &Actor,
        file: &Backlog,
    ) -> Result<()> {
        let mut seen: HashMap<Id, bool> = HashMap::new();
        let mut taken = Vec::new();
        for places in self.fresh.chunks(ASKED).take(LOOKED_UP / ASKED) {
            let mut values: Vec<Value> = vec![actor.workspace.into()];
            values.extend(places.iter().map(|at| file.items[*at].key.to_uppercase().into()));
            values.resize(ASKED + 1, "".into());
            let rows: Vec<(String, Id)> =
                conn.query(leads(), &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
            for (key, product) in rows {
                let sees = match seen.get(&product) {
                    Some(sees) => *sees,
                    None => products::product_by_id(conn, actor, product, Access::Read).is_ok(),
                };
                seen.insert(product, sees);
                taken.extend(sees.then_some(key));
            }
        }
        taken.sort();
        let named = taken.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let (keys, lead) = match taken.len() {
            0 => return Ok(()),
            1 => (named, "leads"),
            all if all <= NAMED => (named, "lead"),
            all => (format!("{named} and {} more", all - NAMED), "lead"),
        };
        let of = if self.fresh.len() > LOOKED_UP { ", of the first 20,000," } else { "" };
        self.report.warnings.push(format!(
            "{keys}{of} {lead} to something else here already, and will go on doing so. What the file calls so is found by the new key that it gets."
        ));
        Ok(())
    }
}
