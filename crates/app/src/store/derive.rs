//! What is derived from a record in the transaction that writes it: keys, edges, labels, names, search.

use wherefore_exchange::git::keys;

use super::{Change, Document, Edge, KnownFields, OPEN, Record};
use crate::db::Tx;
use crate::kernel::{Id, Result};
use crate::statements;

statements! {
    /// A key of one's own is one's own, also where something imported was called so before.
    TAKE_KEY = "INSERT INTO item_key (workspace_id, key, kind, object_id) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, key) DO UPDATE SET kind = excluded.kind, object_id = excluded.object_id";
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

/// What is derived from one state of a record.
struct Derived {
    product: Option<Id>,
    edges: Vec<Edge>,
    labels: Vec<String>,
    document: Option<Document>,
}

impl Derived {
    fn of<R: Record>(record: &R) -> Self {
        Self {
            product: record.product(),
            edges: record.edges(),
            labels: record.labels().to_vec(),
            document: record.document(),
        }
    }
}

impl Change<'_> {
    pub(super) fn derive<R: Record>(
        &mut self,
        before: Option<&R>,
        after: Option<&R>,
    ) -> Result<()> {
        let Some(record) = after.or(before) else { return Ok(()) };
        if R::defines_fields() {
            self.fields = KnownFields::default();
        }
        let of = (R::KIND, record.meta().id);
        if before.is_none() {
            self.arrives(of.1);
            self.derive_keys(of, &record.keys())?;
        }
        let live = |r: &&R| r.meta().gone_at.is_none();
        let (old, new) = (before.filter(live), after.filter(live));
        if old.is_some() != new.is_some() && (before.is_some() || R::KIND == "need") {
            self.moves(of.1, old.is_some());
        }
        self.derive_values(old, new)?;
        let (was, is) = (old.map(Derived::of), new.map(Derived::of));
        self.derive_rest(of, was.as_ref(), is, &mut |tx, workspace| record.words(tx, workspace))
    }

    fn derive_keys(&mut self, (kind, id): (&str, Id), keys: &[String]) -> Result<()> {
        for (at, key) in keys.iter().enumerate() {
            let workspace = self.workspace();
            let values = [workspace.into(), key.to_uppercase().into(), kind.into(), id.into()];
            self.tx.queue(if at == 0 { &TAKE_KEY } else { &ADD_KEY }, &values)?;
        }
        Ok(())
    }

    fn derive_rest(
        &mut self,
        of: (&str, Id),
        was: Option<&Derived>,
        is: Option<Derived>,
        words: &mut dyn FnMut(&mut Tx, i64) -> Result<String>,
    ) -> Result<()> {
        let edges = |state: Option<&Derived>| state.map_or(Vec::new(), |s| s.edges.clone());
        self.derive_edges(&edges(was), &edges(is.as_ref()))?;
        self.derive_labels(of.1, was, is.as_ref())?;
        let before = was.and_then(|state| state.document.as_ref());
        let after = is.and_then(|state| state.document);
        if before != after.as_ref() {
            self.derive_names(of, before, after.as_ref())?;
            self.derive_document(of, before.is_some(), after, words)?;
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
            self.moves(edge.lower.1, true);
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
            self.moves(edge.lower.1, false);
        }
        Ok(())
    }

    fn derive_labels(
        &mut self,
        id: Id,
        old: Option<&Derived>,
        new: Option<&Derived>,
    ) -> Result<()> {
        let workspace = self.workspace();
        let labels = |state: Option<&Derived>| state.map_or(Vec::new(), |s| s.labels.clone());
        let (was, is) = (labels(old), labels(new));
        let changes = [(&REMOVE_LABEL, &was, &is, old), (&ADD_LABEL, &is, &was, new)];
        for (sql, list, other, state) in changes {
            let Some(product) = state.and_then(|state| state.product) else { continue };
            for label in list.iter().filter(|label| !other.contains(label)) {
                let values = [workspace.into(), product.into(), label.clone().into(), id.into()];
                self.tx.queue(sql, &values)?;
            }
        }
        Ok(())
    }

    /// The keys that a text names, so that what is named knows where.
    fn derive_names(
        &mut self,
        (kind, id): (&str, Id),
        was: Option<&Document>,
        is: Option<&Document>,
    ) -> Result<()> {
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
            let values = [workspace.into(), key.clone().into(), id.into(), kind.into()];
            self.tx.queue(&ADD_NAMING, &values)?;
        }
        Ok(())
    }

    fn derive_document(
        &mut self,
        (kind, id): (&str, Id),
        remove: bool,
        add: Option<Document>,
        words: &mut dyn FnMut(&mut Tx, i64) -> Result<String>,
    ) -> Result<()> {
        let workspace = self.workspace();
        if remove {
            self.tx.queue(&REMOVE_DOCUMENT, &[workspace.into(), id.into()])?;
        }
        let Some(mut doc) = add else { return Ok(()) };
        let words = words(self.tx, workspace)?;
        if !words.is_empty() {
            doc.body = format!("{}\n{words}", doc.body);
        }
        let values = [
            workspace.into(),
            id.into(),
            kind.into(),
            doc.product.into(),
            doc.key.into(),
            doc.title.into(),
            doc.body.into(),
        ];
        self.tx.queue(&ADD_DOCUMENT, &values)?;
        Ok(())
    }
}
