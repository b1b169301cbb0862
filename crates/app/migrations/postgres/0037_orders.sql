-- The orders that lists are read in, each ending with the rank; and what is blocked now.
CREATE INDEX work_item_by_due ON work_item (workspace_id, product_id, (COALESCE(due, '9999-12-31')), rank);
CREATE INDEX work_item_by_priority ON work_item (workspace_id, product_id, (CASE LOWER(priority) WHEN 'highest' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 WHEN 'lowest' THEN 5 ELSE 6 END), rank);
CREATE INDEX work_item_by_points ON work_item (workspace_id, product_id, (COALESCE(points, -1)), rank);
CREATE INDEX work_item_by_created ON work_item (workspace_id, product_id, created_at, rank);
CREATE INDEX work_item_by_updated ON work_item (workspace_id, product_id, valid_from, rank);
CREATE INDEX blocker_open ON blocker (workspace_id, product_id, item_id) WHERE ended_at IS NULL AND gone_at IS NULL;
