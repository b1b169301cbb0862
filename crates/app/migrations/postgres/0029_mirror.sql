-- Whom somebody lets look into their mirror, and what they leave as it is
CREATE TABLE mirror_share (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  audience TEXT NOT NULL,
  people TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX mirror_share_person ON mirror_share (workspace_id, person_id) WHERE gone_at IS NULL;
CREATE TABLE mirror_keep (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  responsibility BIGINT NOT NULL,
  until_day TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX mirror_keep_person ON mirror_keep (workspace_id, person_id, responsibility) WHERE gone_at IS NULL;
CREATE INDEX handover_to ON handover (workspace_id, to_id);
-- A mirror is read from this index alone
DROP INDEX exercised_person;
CREATE INDEX exercised_person ON exercised (workspace_id, person_id, day, seq, responsibility, outside);
