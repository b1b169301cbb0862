-- All open objectives of a workspace, for the tree over its products.
CREATE INDEX objective_open ON objective (workspace_id, id) WHERE gone_at IS NULL AND state <> 'closed';
-- What a decision was superseded by.
CREATE INDEX decision_supersedes ON decision (workspace_id, supersedes_id) WHERE supersedes_id IS NOT NULL;
