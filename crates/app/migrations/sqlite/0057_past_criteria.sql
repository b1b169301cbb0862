-- Criteria of an item as they stood on a past day, also those that moved to another one since.
CREATE INDEX criterion_version_item ON criterion_version (workspace_id, item_id);
