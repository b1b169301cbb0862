-- The longest first, so that finding them is never a walk through all that have none.
DROP INDEX work_item_long_rank;
DROP INDEX opportunity_long_rank;
CREATE INDEX work_item_long_rank ON work_item (workspace_id, LENGTH(rank)) WHERE LENGTH(rank) > 24;
CREATE INDEX opportunity_long_rank ON opportunity (workspace_id, LENGTH(rank)) WHERE LENGTH(rank) > 24;
