-- The evidence inbox: who asks, where it was heard, and what was answered.
CREATE TABLE company (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  people INTEGER,
  revenue REAL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE company_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  people INTEGER,
  revenue REAL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX company_name ON company (workspace_id, product_id, name) WHERE gone_at IS NULL;
CREATE TABLE interview (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  held_on TEXT NOT NULL,
  participants TEXT NOT NULL,
  notes TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE interview_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  held_on TEXT NOT NULL,
  participants TEXT NOT NULL,
  notes TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX interview_product ON interview (workspace_id, product_id, id);
ALTER TABLE evidence ADD COLUMN interview_id BLOB;
ALTER TABLE evidence_version ADD COLUMN interview_id BLOB;
ALTER TABLE evidence ADD COLUMN duplicate_of BLOB;
ALTER TABLE evidence_version ADD COLUMN duplicate_of BLOB;
ALTER TABLE evidence ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_version ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN answered_on TEXT;
ALTER TABLE evidence_version ADD COLUMN answered_on TEXT;
ALTER TABLE evidence ADD COLUMN consent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE evidence_version ADD COLUMN consent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX evidence_state ON evidence (workspace_id, product_id, state, id);
CREATE INDEX evidence_interview ON evidence (workspace_id, interview_id);
