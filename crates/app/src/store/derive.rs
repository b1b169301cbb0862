//! What is derived from a record in the transaction that writes it: keys, edges, labels, names, search.

use wherefore_exchange::git::keys;

use super::{Change, Document, Edge, OPEN, Record};
use crate::kernel::Result;
use crate::statements;

statements! {
    ADD_KEY = "INSERT INTO item_key (workspace_id, key, kind, object_id) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, key) DO NOTHING";
    OPEN_EDGE = "INSERT INTO edge (workspace_id, lower_id, upper_id, lower_kind, upper_kind, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, lower_id, upper_id, valid_from) DO UPDATE SET valid_to = excluded.valid_to";
    CLOSE_EDGE = "UPDATE edge SET valid_to = $4 WHERE workspace_id = $1 AND lower_id = $2 AND upper_id = $3 AND valid_to = $5";
    ADD_LABEL = "INSERT INTO item_label (workspace_id, product_id, label, object_id) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, product_id, label, object_id) DO NOTHING";
    REMOVE_LABEL = "DELETE FROM item_label WHERE workspace_id = $1 AND product_id = $2 AND label = $3 AND object_id = $4";
    ADD_NAMING = "INSERT INTO naming (workspace_id, key, object_id, object_kind) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, key, object_id) DO NOTHING";
    REMOVE_NAMING = "DELETE FROM naming WHERE workspace_id = $1 AND key = $2 AND object_id = $3";
    pub(super) REMOVE_DOCUMENT = "DELETE FROM search_doc WHERE workspace_id = $1 AND object_id = $2";
    pub(super) ADD_DOCUMENT = "INSERT INTO search_doc (workspace_id, object_id, object_kind, product_id, key, title, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";
}

impl Change<'_> {
    pub(super) fn derive<R: Record>(
        &mut self,
        before: Option<&R>,
        after: Option<&R>,
    ) -> Result<()> {
        let live = |r: &&R| r.meta().gone_at.is_none();
        let (old, new) = (before.filter(live), after.filter(live));
        if let (None, Some(record)) = (before, after) {
            for key in record.keys() {
                let id = record.meta().id.into();
                let values =
                    [self.workspace().into(), key.to_uppercase().into(), R::KIND.into(), id];
                self.tx.queue(&ADD_KEY, &values)?;
            }
        }
        self.derive_edges(
            &old.map(|r| r.edges()).unwrap_or_default(),
            &new.map(|r| r.edges()).unwrap_or_default(),
        )?;
        self.derive_labels(old, new)?;
        self.derive_values(old, new)?;
        let (was, is) = (old.and_then(|r| r.document()), new.and_then(|r| r.document()));
        if was != is {
            self.derive_names::<R>(after.or(before), was.as_ref(), is.as_ref())?;
            self.derive_document::<R>(after.or(before), was.is_some(), is)?;
        }
        Ok(())
    }

    fn derive_edges(&mut self, old: &[Edge], new: &[Edge]) -> Result<()> {
        let (workspace, now) = (self.workspace(), self.now);
        for edge in old.iter().filter(|e| !new.contains(e)) {
            let values = [
                workspace.into(),
                edge.lower.1.into(),
                edge.upper.1.into(),
                now.into(),
                OPEN.into(),
            ];
            self.tx.queue(&CLOSE_EDGE, &values)?;
        }
        for edge in new.iter().filter(|e| !old.contains(e)) {
            let values = [
                workspace.into(),
                edge.lower.1.into(),
                edge.upper.1.into(),
                edge.lower.0.clone().into(),
                edge.upper.0.clone().into(),
                now.into(),
                OPEN.into(),
            ];
            self.tx.queue(&OPEN_EDGE, &values)?;
        }
        Ok(())
    }

    fn derive_labels<R: Record>(&mut self, old: Option<&R>, new: Option<&R>) -> Result<()> {
        let workspace = self.workspace();
        let (was, is) =
            (old.map(|r| r.labels()).unwrap_or(&[]), new.map(|r| r.labels()).unwrap_or(&[]));
        let changes = [(&REMOVE_LABEL, was, is, old), (&ADD_LABEL, is, was, new)];
        for (sql, list, other, record) in changes {
            let Some((product, id)) = record.and_then(|r| Some((r.product()?, r.meta().id))) else {
                continue;
            };
            for label in list.iter().filter(|l| !other.contains(l)) {
                let values = [workspace.into(), product.into(), label.clone().into(), id.into()];
                self.tx.queue(sql, &values)?;
            }
        }
        Ok(())
    }

    /// The keys that a text names, so that what is named knows where.
    fn derive_names<R: Record>(
        &mut self,
        record: Option<&R>,
        was: Option<&Document>,
        is: Option<&Document>,
    ) -> Result<()> {
        let Some(id) = record.map(|r| r.meta().id) else { return Ok(()) };
        let named = |doc: Option<&Document>| -> Vec<String> {
            let Some(doc) = doc.filter(|doc| doc.body.contains('-')) else { return Vec::new() };
            let own = doc.key.to_uppercase();
            keys(&doc.body).into_iter().filter(|key| *key != own).collect()
        };
        let workspace = self.workspace();
        let (old, new) = (named(was), named(is));
        for key in old.iter().filter(|key| !new.contains(key)) {
            self.tx.queue(&REMOVE_NAMING, &[workspace.into(), key.clone().into(), id.into()])?;
        }
        for key in new.iter().filter(|key| !old.contains(key)) {
            let values = [workspace.into(), key.clone().into(), id.into(), R::KIND.into()];
            self.tx.queue(&ADD_NAMING, &values)?;
        }
        Ok(())
    }

    fn derive_document<R: Record>(
        &mut self,
        record: Option<&R>,
        remove: bool,
        add: Option<Document>,
    ) -> Result<()> {
        let Some(id) = record.map(|r| r.meta().id) else { return Ok(()) };
        let workspace = self.workspace();
        if remove {
            self.tx.queue(&REMOVE_DOCUMENT, &[workspace.into(), id.into()])?;
        }
        if let Some(mut doc) = add {
            let words =
                record.map(|r| r.words(self.tx, workspace)).transpose()?.unwrap_or_default();
            if !words.is_empty() {
                doc.body = format!("{}\n{words}", doc.body);
            }
            let values = [
                workspace.into(),
                id.into(),
                R::KIND.into(),
                doc.product.into(),
                doc.key.into(),
                doc.title.into(),
                doc.body.into(),
            ];
            self.tx.queue(&ADD_DOCUMENT, &values)?;
        }
        Ok(())
    }
}
