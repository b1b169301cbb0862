-- Who follows which work item, and what a notification tells beside its kind: the state that an item came into.
CREATE TABLE follow (
  workspace_id BIGINT NOT NULL,
  item_id UUID NOT NULL,
  person_id UUID NOT NULL,
  id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX follow_item ON follow (workspace_id, item_id, person_id);
CREATE INDEX follow_person ON follow (workspace_id, person_id, id) WHERE gone_at IS NULL;
ALTER TABLE notification ADD COLUMN word TEXT;
