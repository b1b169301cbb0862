-- What concerns one person: mentions, replies, assignments. Theirs alone, and no history.
CREATE TABLE notification (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  product_id UUID NOT NULL,
  comment_id UUID,
  actor_id UUID,
  created_at BIGINT NOT NULL,
  read_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX notification_person ON notification (workspace_id, person_id, created_at);
CREATE INDEX notification_unread ON notification (workspace_id, person_id) WHERE read_at IS NULL;
CREATE INDEX notification_object ON notification (workspace_id, object_id);
