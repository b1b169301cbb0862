-- How far a roadmap's things may be told, why a date is promised, what is planned, and links that share it.
ALTER TABLE placement ADD COLUMN hard_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE placement_version ADD COLUMN hard_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE placement ADD COLUMN reach TEXT NOT NULL DEFAULT 'executives';
ALTER TABLE placement_version ADD COLUMN reach TEXT NOT NULL DEFAULT 'executives';
ALTER TABLE placement ADD COLUMN outside TEXT NOT NULL DEFAULT '';
ALTER TABLE placement_version ADD COLUMN outside TEXT NOT NULL DEFAULT '';
ALTER TABLE placement ADD COLUMN effort REAL;
ALTER TABLE placement_version ADD COLUMN effort REAL;
CREATE TABLE roadmap_share (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  audience TEXT NOT NULL,
  label TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  expires_on TEXT NOT NULL,
  ended_on TEXT,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX roadmap_share_of_product ON roadmap_share (workspace_id, product_id);
CREATE INDEX roadmap_share_token ON roadmap_share (token_hash);
