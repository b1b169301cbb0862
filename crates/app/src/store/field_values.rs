//! Values of custom fields, one row each, so that lists filter and sort by them through an index.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use super::{Change, FieldRow, Record};
use crate::db::Tx;
use crate::kernel::{Id, Result};
use crate::statements;

statements! {
    pub(super) DROP_VALUES = "DELETE FROM field_value WHERE workspace_id = $1 AND item_id = $2";
    DROP_OF_FIELD = "DELETE FROM field_value WHERE workspace_id = $1 AND item_id = $2 AND field_id = $3";
    ADD_VALUE = "INSERT INTO field_value (workspace_id, product_id, field_id, item_id, place, text, number, day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// Writes an item's rows of one field anew, or of all of them.
pub fn write_field_rows(
    tx: &Tx,
    workspace: i64,
    product: Id,
    item: Id,
    field: Option<Id>,
    rows: &[FieldRow],
) -> Result<()> {
    match field {
        Some(field) => tx.queue(&DROP_OF_FIELD, &[workspace.into(), item.into(), field.into()])?,
        None => tx.queue(&DROP_VALUES, &[workspace.into(), item.into()])?,
    };
    let wanted = rows.iter().filter(|row| field.is_none_or(|field| field == row.field));
    for (row, place) in wanted.zip(0_i64..) {
        let values = [
            workspace.into(),
            product.into(),
            row.field.into(),
            item.into(),
            place.into(),
            row.text.clone().into(),
            row.number.into(),
            row.day.into(),
        ];
        tx.queue(&ADD_VALUE, &values)?;
    }
    Ok(())
}

/// What one change has looked up of the fields of products, so that a thousand items ask once. It is
/// forgotten when a field itself is written.
#[derive(Default)]
pub struct KnownFields(HashMap<Id, Arc<dyn Any + Send + Sync>>);

impl KnownFields {
    /// What is known of a product, or what `look` finds.
    ///
    /// # Errors
    /// Those of `look`.
    pub fn of<T: Any + Send + Sync>(
        &mut self,
        product: Id,
        look: impl FnOnce() -> Result<T>,
    ) -> Result<Arc<T>> {
        let known = self.0.get(&product).cloned().and_then(|known| known.downcast::<T>().ok());
        if let Some(known) = known {
            return Ok(known);
        }
        let found = Arc::new(look()?);
        self.0.insert(product, found.clone());
        Ok(found)
    }
}

impl Change<'_> {
    /// Writes the rows anew where the fields differ, or the place in the order by which rows are
    /// written for fields that were defined later.
    pub(super) fn derive_values<R: Record>(
        &mut self,
        old: Option<&R>,
        new: Option<&R>,
    ) -> Result<()> {
        let was = old.and_then(|r| r.custom()).filter(|(fields, _)| !fields.is_empty());
        let is = new.and_then(|r| r.custom()).filter(|(fields, _)| !fields.is_empty());
        let Some(record) = new.or(old).filter(|_| was != is) else { return Ok(()) };
        let Some(product) = record.product() else { return Ok(()) };
        let workspace = self.workspace();
        let rows = match new.filter(|_| is.is_some()) {
            Some(new) => new.field_rows(self.tx, workspace, &mut self.fields)?,
            None => Vec::new(),
        };
        if was.is_none() && rows.is_empty() {
            return Ok(());
        }
        write_field_rows(self.exempt(), workspace, product, record.meta().id, None, &rows)
    }
}
