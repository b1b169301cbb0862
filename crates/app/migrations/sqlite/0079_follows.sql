-- Who follows which work item, and what a notification tells beside its kind: the state that an item came into.
CREATE TABLE follow (
  workspace_id INTEGER NOT NULL,
  item_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX follow_item ON follow (workspace_id, item_id, person_id);
CREATE INDEX follow_person ON follow (workspace_id, person_id, id) WHERE gone_at IS NULL;
ALTER TABLE notification ADD COLUMN word TEXT;
