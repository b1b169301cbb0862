-- What no import brought, in order: a large import need not be read to pass over it.
CREATE INDEX activity_own ON activity (workspace_id, seq) WHERE staged_by IS NULL;
