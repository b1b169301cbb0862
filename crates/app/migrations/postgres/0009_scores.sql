-- Prioritisation: what people estimate of each problem, by method, and how a product scores.
CREATE TABLE score (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  method TEXT NOT NULL,
  inputs TEXT NOT NULL,
  note TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE score_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  method TEXT NOT NULL,
  inputs TEXT NOT NULL,
  note TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX score_one ON score (workspace_id, object_id, method);
CREATE INDEX score_of_product ON score (workspace_id, product_id, method);
CREATE TABLE scoring (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  formula TEXT NOT NULL,
  ice_average BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE scoring_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  formula TEXT NOT NULL,
  ice_average BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX scoring_one ON scoring (workspace_id, product_id);
ALTER TABLE opportunity ADD COLUMN rank_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE opportunity_version ADD COLUMN rank_reason TEXT NOT NULL DEFAULT '';
