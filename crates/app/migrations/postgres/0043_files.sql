-- Attached files: what hangs where, which contents are kept, and how much room they take.
CREATE TABLE attachment (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  size BIGINT NOT NULL,
  media TEXT NOT NULL,
  width BIGINT,
  height BIGINT,
  facts TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX attachment_of ON attachment (workspace_id, object_id, id);
CREATE INDEX attachment_hash ON attachment (workspace_id, hash);
CREATE INDEX attachment_gone ON attachment (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE TABLE stored_file (
  workspace_id BIGINT NOT NULL,
  hash TEXT NOT NULL,
  size BIGINT NOT NULL,
  orphaned_at BIGINT,
  doomed_at BIGINT,
  PRIMARY KEY (workspace_id, hash)
);
CREATE INDEX stored_file_orphaned ON stored_file (workspace_id, orphaned_at) WHERE orphaned_at IS NOT NULL;
CREATE TABLE file_usage (
  workspace_id BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (workspace_id)
);
