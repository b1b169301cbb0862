-- Lines of the Definition of Ready that hold for an item, and the deck of a session of refinement.
CREATE TABLE ready_tick (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  line TEXT NOT NULL,
  person_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX ready_tick_item ON ready_tick (workspace_id, item_id, id);
ALTER TABLE refinement ADD COLUMN deck TEXT NOT NULL DEFAULT '';
ALTER TABLE iteration_report ADD COLUMN unit TEXT NOT NULL DEFAULT '';
