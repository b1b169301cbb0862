-- Phases of a hybrid: their scope, their baselines, and requests to change what was frozen.
CREATE TABLE phase (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  team_id BLOB,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  position INTEGER NOT NULL,
  starts TEXT,
  ends TEXT,
  entry_gate_id BLOB,
  exit_gate_id BLOB,
  state TEXT NOT NULL,
  begun_at INTEGER,
  ended_at INTEGER,
  outcome TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE phase_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  team_id BLOB,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  position INTEGER NOT NULL,
  starts TEXT,
  ends TEXT,
  entry_gate_id BLOB,
  exit_gate_id BLOB,
  state TEXT NOT NULL,
  begun_at INTEGER,
  ended_at INTEGER,
  outcome TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE phase_item (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  phase_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  person_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE baseline (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  phase_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  items TEXT NOT NULL,
  points REAL NOT NULL,
  count INTEGER NOT NULL,
  gate_id BLOB,
  request_id BLOB,
  because TEXT NOT NULL,
  person_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE change_request (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  phase_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  because TEXT NOT NULL,
  adds TEXT NOT NULL,
  removes TEXT NOT NULL,
  ends TEXT,
  state TEXT NOT NULL,
  decided_because TEXT NOT NULL,
  decided_by BLOB,
  decided_at INTEGER,
  as_approver INTEGER NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE change_request_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  phase_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  because TEXT NOT NULL,
  adds TEXT NOT NULL,
  removes TEXT NOT NULL,
  ends TEXT,
  state TEXT NOT NULL,
  decided_because TEXT NOT NULL,
  decided_by BLOB,
  decided_at INTEGER,
  as_approver INTEGER NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
ALTER TABLE sprint ADD COLUMN phase_id BLOB;
ALTER TABLE sprint_version ADD COLUMN phase_id BLOB;
CREATE INDEX phase_of_product ON phase (workspace_id, product_id, position);
CREATE INDEX phase_of_gate ON phase (workspace_id, entry_gate_id);
CREATE INDEX phase_item_of_phase ON phase_item (workspace_id, phase_id, item_id);
CREATE INDEX phase_item_of_item ON phase_item (workspace_id, item_id);
CREATE INDEX baseline_of_phase ON baseline (workspace_id, phase_id, number);
CREATE INDEX change_request_of_phase ON change_request (workspace_id, phase_id, number);
CREATE INDEX sprint_of_phase ON sprint (workspace_id, phase_id);
