-- Gates between phases, and each decision that was made at one.
CREATE TABLE gate (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  team_id UUID,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  due TEXT,
  must TEXT NOT NULL,
  should TEXT NOT NULL,
  approvers TEXT NOT NULL,
  state TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE gate_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  team_id UUID,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  due TEXT,
  must TEXT NOT NULL,
  should TEXT NOT NULL,
  approvers TEXT NOT NULL,
  state TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE gate_decision (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  gate_id UUID NOT NULL,
  decision TEXT NOT NULL,
  because TEXT NOT NULL,
  conditions TEXT NOT NULL,
  by_day TEXT,
  must TEXT NOT NULL,
  should TEXT NOT NULL,
  person_id UUID,
  as_approver BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX gate_of_product ON gate (workspace_id, product_id, id);
CREATE INDEX decision_of_gate ON gate_decision (workspace_id, gate_id, id);
