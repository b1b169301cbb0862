-- How far a roadmap's things may be told, why a date is promised, what is planned, and links that share it.
ALTER TABLE placement ADD COLUMN hard_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE placement_version ADD COLUMN hard_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE placement ADD COLUMN reach TEXT NOT NULL DEFAULT 'executives';
ALTER TABLE placement_version ADD COLUMN reach TEXT NOT NULL DEFAULT 'executives';
ALTER TABLE placement ADD COLUMN outside TEXT NOT NULL DEFAULT '';
ALTER TABLE placement_version ADD COLUMN outside TEXT NOT NULL DEFAULT '';
ALTER TABLE placement ADD COLUMN effort DOUBLE PRECISION;
ALTER TABLE placement_version ADD COLUMN effort DOUBLE PRECISION;
CREATE TABLE roadmap_share (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  audience TEXT NOT NULL,
  label TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  expires_on TEXT NOT NULL,
  ended_on TEXT,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX roadmap_share_of_product ON roadmap_share (workspace_id, product_id);
CREATE INDEX roadmap_share_token ON roadmap_share (token_hash);
