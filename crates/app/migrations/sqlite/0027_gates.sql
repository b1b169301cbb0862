-- Gates between phases, and each decision that was made at one.
CREATE TABLE gate (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  team_id BLOB,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  due TEXT,
  must TEXT NOT NULL,
  should TEXT NOT NULL,
  approvers TEXT NOT NULL,
  state TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE gate_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  team_id BLOB,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  due TEXT,
  must TEXT NOT NULL,
  should TEXT NOT NULL,
  approvers TEXT NOT NULL,
  state TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE gate_decision (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  gate_id BLOB NOT NULL,
  decision TEXT NOT NULL,
  because TEXT NOT NULL,
  conditions TEXT NOT NULL,
  by_day TEXT,
  must TEXT NOT NULL,
  should TEXT NOT NULL,
  person_id BLOB,
  as_approver INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX gate_of_product ON gate (workspace_id, product_id, id);
CREATE INDEX decision_of_gate ON gate_decision (workspace_id, gate_id, id);
