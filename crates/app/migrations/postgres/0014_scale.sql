-- Lists and counts of a board and of what is open look at nothing but these.
DROP INDEX work_item_state;
CREATE INDEX work_item_state ON work_item (workspace_id, product_id, state, rank, level, gone_at, staged_by);
DROP INDEX work_item_open;
CREATE INDEX work_item_open ON work_item (workspace_id, product_id, rank, category, gone_at, staged_by) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
