-- Prioritisation: what people estimate of each problem, by method, and how a product scores.
CREATE TABLE score (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  method TEXT NOT NULL,
  inputs TEXT NOT NULL,
  note TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE score_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  method TEXT NOT NULL,
  inputs TEXT NOT NULL,
  note TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX score_one ON score (workspace_id, object_id, method);
CREATE INDEX score_of_product ON score (workspace_id, product_id, method);
CREATE TABLE scoring (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  formula TEXT NOT NULL,
  ice_average INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE scoring_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  formula TEXT NOT NULL,
  ice_average INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX scoring_one ON scoring (workspace_id, product_id);
ALTER TABLE opportunity ADD COLUMN rank_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE opportunity_version ADD COLUMN rank_reason TEXT NOT NULL DEFAULT '';
