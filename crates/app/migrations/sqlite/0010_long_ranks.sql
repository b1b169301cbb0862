-- Ranks that have grown long, found without looking at all of them.
CREATE INDEX work_item_long_rank ON work_item (workspace_id) WHERE LENGTH(rank) > 24;
CREATE INDEX opportunity_long_rank ON opportunity (workspace_id) WHERE LENGTH(rank) > 24;
