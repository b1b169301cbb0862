-- Who answers for what: the charters of scopes, who signed them, what was handed over since
ALTER TABLE person ADD COLUMN seniority TEXT NOT NULL DEFAULT '';
ALTER TABLE person_version ADD COLUMN seniority TEXT NOT NULL DEFAULT '';
CREATE TABLE responsibility (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  facet TEXT NOT NULL,
  definition TEXT NOT NULL,
  verbs TEXT NOT NULL,
  strict INTEGER NOT NULL,
  active INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE responsibility_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  facet TEXT NOT NULL,
  definition TEXT NOT NULL,
  verbs TEXT NOT NULL,
  strict INTEGER NOT NULL,
  active INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX responsibility_number ON responsibility (workspace_id, number) WHERE gone_at IS NULL;
CREATE TABLE charter (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  scope TEXT NOT NULL,
  scope_id BLOB NOT NULL,
  product_id BLOB,
  part_id BLOB,
  team_id BLOB,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  context TEXT NOT NULL,
  arrangement TEXT NOT NULL,
  because TEXT NOT NULL,
  matrix TEXT NOT NULL,
  review_on TEXT,
  agreed_on TEXT,
  superseded_on TEXT,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE charter_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  scope TEXT NOT NULL,
  scope_id BLOB NOT NULL,
  product_id BLOB,
  part_id BLOB,
  team_id BLOB,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  context TEXT NOT NULL,
  arrangement TEXT NOT NULL,
  because TEXT NOT NULL,
  matrix TEXT NOT NULL,
  review_on TEXT,
  agreed_on TEXT,
  superseded_on TEXT,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX charter_scope ON charter (workspace_id, scope_id, number);
CREATE INDEX charter_state ON charter (workspace_id, state, id);
CREATE TABLE signature (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  charter_id BLOB NOT NULL,
  product_id BLOB,
  team_id BLOB,
  person_id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX signature_charter ON signature (workspace_id, charter_id, person_id);
CREATE INDEX signature_person ON signature (workspace_id, person_id, charter_id);
CREATE TABLE handover (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  responsibility INTEGER NOT NULL,
  scope TEXT NOT NULL,
  scope_id BLOB NOT NULL,
  product_id BLOB,
  part_id BLOB,
  team_id BLOB,
  from_id BLOB NOT NULL,
  to_id BLOB NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT,
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX handover_scope ON handover (workspace_id, scope_id, responsibility, from_day);
CREATE TABLE override_reason (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  day TEXT NOT NULL,
  responsibility INTEGER NOT NULL,
  product_id BLOB,
  part_id BLOB,
  team_id BLOB,
  change_id BLOB NOT NULL,
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX override_reason_day ON override_reason (workspace_id, person_id, day);

-- What each activity exercised, derived in the same transaction
ALTER TABLE activity ADD COLUMN outside INTEGER NOT NULL DEFAULT 0;
CREATE TABLE exercised (
  workspace_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  responsibility INTEGER NOT NULL,
  change_id BLOB NOT NULL,
  day TEXT NOT NULL,
  person_id BLOB NOT NULL,
  product_id BLOB,
  part_id BLOB,
  team_id BLOB,
  outside INTEGER NOT NULL,
  via TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY (workspace_id, seq, responsibility)
) STRICT;
CREATE INDEX exercised_person ON exercised (workspace_id, person_id, day);
CREATE INDEX exercised_product ON exercised (workspace_id, product_id, day);
CREATE INDEX exercised_team ON exercised (workspace_id, team_id, day);
CREATE INDEX exercised_change ON exercised (workspace_id, change_id);

-- An agent's token holds the responsibilities granted to it
ALTER TABLE token ADD COLUMN grants TEXT;
