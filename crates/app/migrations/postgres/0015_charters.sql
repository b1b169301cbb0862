-- Who answers for what: the charters of scopes, who signed them, what was handed over since
ALTER TABLE person ADD COLUMN seniority TEXT NOT NULL DEFAULT '';
ALTER TABLE person_version ADD COLUMN seniority TEXT NOT NULL DEFAULT '';
CREATE TABLE responsibility (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  facet TEXT NOT NULL,
  definition TEXT NOT NULL,
  verbs TEXT NOT NULL,
  strict BOOLEAN NOT NULL,
  active BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE responsibility_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  facet TEXT NOT NULL,
  definition TEXT NOT NULL,
  verbs TEXT NOT NULL,
  strict BOOLEAN NOT NULL,
  active BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX responsibility_number ON responsibility (workspace_id, number) WHERE gone_at IS NULL;
CREATE TABLE charter (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  scope TEXT NOT NULL,
  scope_id UUID NOT NULL,
  product_id UUID,
  part_id UUID,
  team_id UUID,
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  context TEXT NOT NULL,
  arrangement TEXT NOT NULL,
  because TEXT NOT NULL,
  matrix TEXT NOT NULL,
  review_on TEXT,
  agreed_on TEXT,
  superseded_on TEXT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE charter_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  scope TEXT NOT NULL,
  scope_id UUID NOT NULL,
  product_id UUID,
  part_id UUID,
  team_id UUID,
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  context TEXT NOT NULL,
  arrangement TEXT NOT NULL,
  because TEXT NOT NULL,
  matrix TEXT NOT NULL,
  review_on TEXT,
  agreed_on TEXT,
  superseded_on TEXT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX charter_scope ON charter (workspace_id, scope_id, number);
CREATE INDEX charter_state ON charter (workspace_id, state, id);
CREATE TABLE signature (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  charter_id UUID NOT NULL,
  product_id UUID,
  team_id UUID,
  person_id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX signature_charter ON signature (workspace_id, charter_id, person_id);
CREATE INDEX signature_person ON signature (workspace_id, person_id, charter_id);
CREATE TABLE handover (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  responsibility BIGINT NOT NULL,
  scope TEXT NOT NULL,
  scope_id UUID NOT NULL,
  product_id UUID,
  part_id UUID,
  team_id UUID,
  from_id UUID NOT NULL,
  to_id UUID NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT,
  reason TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX handover_scope ON handover (workspace_id, scope_id, responsibility, from_day);
CREATE TABLE override_reason (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  person_id UUID NOT NULL,
  day TEXT NOT NULL,
  responsibility BIGINT NOT NULL,
  product_id UUID,
  part_id UUID,
  team_id UUID,
  change_id UUID NOT NULL,
  reason TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX override_reason_day ON override_reason (workspace_id, person_id, day);

-- What each activity exercised, derived in the same transaction
ALTER TABLE activity ADD COLUMN outside BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE exercised (
  workspace_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  responsibility BIGINT NOT NULL,
  change_id UUID NOT NULL,
  day TEXT NOT NULL,
  person_id UUID NOT NULL,
  product_id UUID,
  part_id UUID,
  team_id UUID,
  outside BOOLEAN NOT NULL,
  via TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY (workspace_id, seq, responsibility)
);
CREATE INDEX exercised_person ON exercised (workspace_id, person_id, day);
CREATE INDEX exercised_product ON exercised (workspace_id, product_id, day);
CREATE INDEX exercised_team ON exercised (workspace_id, team_id, day);
CREATE INDEX exercised_change ON exercised (workspace_id, change_id);

-- An agent's token holds the responsibilities granted to it
ALTER TABLE token ADD COLUMN grants TEXT;
