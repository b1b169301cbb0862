-- What is open, in each order that a list may have: few among many that are finished.
CREATE INDEX work_item_open_by_due ON work_item (workspace_id, product_id, (COALESCE(due, '9999-12-31')), rank) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
CREATE INDEX work_item_open_by_priority ON work_item (workspace_id, product_id, (CASE LOWER(priority) WHEN 'highest' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 WHEN 'lowest' THEN 5 ELSE 6 END), rank) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
CREATE INDEX work_item_open_by_points ON work_item (workspace_id, product_id, (COALESCE(points, -1)), rank) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
CREATE INDEX work_item_open_by_created ON work_item (workspace_id, product_id, created_at, rank) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
CREATE INDEX work_item_open_by_updated ON work_item (workspace_id, product_id, valid_from, rank) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
