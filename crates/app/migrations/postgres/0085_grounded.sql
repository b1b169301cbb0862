-- What leads up to a need, step by step, so that a filter finds what has no why without walking every path.
CREATE TABLE grounded (
  workspace_id BIGINT NOT NULL,
  object_id UUID NOT NULL,
  PRIMARY KEY (workspace_id, object_id)
);
INSERT INTO grounded (workspace_id, object_id)
  WITH RECURSIVE found(workspace_id, id) AS (
    SELECT workspace_id, id FROM need WHERE gone_at IS NULL
    UNION
    SELECT e.workspace_id, e.lower_id FROM found
    JOIN edge e ON e.workspace_id = found.workspace_id AND e.upper_id = found.id AND e.valid_to = 9223372036854775807
    JOIN search_doc d ON d.workspace_id = e.workspace_id AND d.object_id = e.lower_id
  )
  SELECT workspace_id, id FROM found;
ALTER TABLE work_item ADD COLUMN grounded BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE work_item SET grounded = TRUE WHERE EXISTS (SELECT 1 FROM grounded g WHERE g.workspace_id = work_item.workspace_id AND g.object_id = work_item.id);
DROP VIEW work_item_now;
CREATE VIEW work_item_now AS
  SELECT * FROM work_item
  WHERE gone_at IS NULL
    AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied'));
CREATE INDEX work_item_bare ON work_item (workspace_id, product_id, rank) WHERE gone_at IS NULL AND grounded = FALSE;
