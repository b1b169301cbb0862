-- What concerns one person: mentions, replies, assignments. Theirs alone, and no history.
CREATE TABLE notification (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  comment_id BLOB,
  actor_id BLOB,
  created_at INTEGER NOT NULL,
  read_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX notification_person ON notification (workspace_id, person_id, created_at);
CREATE INDEX notification_unread ON notification (workspace_id, person_id) WHERE read_at IS NULL;
CREATE INDEX notification_object ON notification (workspace_id, object_id);
