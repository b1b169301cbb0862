-- Lines of the Definition of Ready that hold for an item, and the deck of a session of refinement.
CREATE TABLE ready_tick (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  line TEXT NOT NULL,
  person_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX ready_tick_item ON ready_tick (workspace_id, item_id, id);
ALTER TABLE refinement ADD COLUMN deck TEXT NOT NULL DEFAULT '';
ALTER TABLE iteration_report ADD COLUMN unit TEXT NOT NULL DEFAULT '';
