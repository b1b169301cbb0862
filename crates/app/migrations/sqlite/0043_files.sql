-- Attached files: what hangs where, which contents are kept, and how much room they take.
CREATE TABLE attachment (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  media TEXT NOT NULL,
  width INTEGER,
  height INTEGER,
  facts TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX attachment_of ON attachment (workspace_id, object_id, id);
CREATE INDEX attachment_hash ON attachment (workspace_id, hash);
CREATE INDEX attachment_gone ON attachment (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE TABLE stored_file (
  workspace_id INTEGER NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  orphaned_at INTEGER,
  doomed_at INTEGER,
  PRIMARY KEY (workspace_id, hash)
) STRICT;
CREATE INDEX stored_file_orphaned ON stored_file (workspace_id, orphaned_at) WHERE orphaned_at IS NOT NULL;
CREATE TABLE file_usage (
  workspace_id INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (workspace_id)
) STRICT;
