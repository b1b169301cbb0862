-- The evidence inbox: who asks, where it was heard, and what was answered.
CREATE TABLE company (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  people BIGINT,
  revenue DOUBLE PRECISION,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE company_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  people BIGINT,
  revenue DOUBLE PRECISION,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX company_name ON company (workspace_id, product_id, name) WHERE gone_at IS NULL;
CREATE TABLE interview (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  held_on TEXT NOT NULL,
  participants TEXT NOT NULL,
  notes TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE interview_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  held_on TEXT NOT NULL,
  participants TEXT NOT NULL,
  notes TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX interview_product ON interview (workspace_id, product_id, id);
ALTER TABLE evidence ADD COLUMN interview_id UUID;
ALTER TABLE evidence_version ADD COLUMN interview_id UUID;
ALTER TABLE evidence ADD COLUMN duplicate_of UUID;
ALTER TABLE evidence_version ADD COLUMN duplicate_of UUID;
ALTER TABLE evidence ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_version ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN answered_on TEXT;
ALTER TABLE evidence_version ADD COLUMN answered_on TEXT;
ALTER TABLE evidence ADD COLUMN consent BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE evidence_version ADD COLUMN consent BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX evidence_state ON evidence (workspace_id, product_id, state, id);
CREATE INDEX evidence_interview ON evidence (workspace_id, interview_id);
