-- Phases of a hybrid: their scope, their baselines, and requests to change what was frozen.
CREATE TABLE phase (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  team_id UUID,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  position BIGINT NOT NULL,
  starts TEXT,
  ends TEXT,
  entry_gate_id UUID,
  exit_gate_id UUID,
  state TEXT NOT NULL,
  begun_at BIGINT,
  ended_at BIGINT,
  outcome TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE phase_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  team_id UUID,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  position BIGINT NOT NULL,
  starts TEXT,
  ends TEXT,
  entry_gate_id UUID,
  exit_gate_id UUID,
  state TEXT NOT NULL,
  begun_at BIGINT,
  ended_at BIGINT,
  outcome TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE phase_item (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  phase_id UUID NOT NULL,
  item_id UUID NOT NULL,
  person_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE baseline (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  phase_id UUID NOT NULL,
  number BIGINT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  items TEXT NOT NULL,
  points DOUBLE PRECISION NOT NULL,
  count BIGINT NOT NULL,
  gate_id UUID,
  request_id UUID,
  because TEXT NOT NULL,
  person_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE change_request (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  phase_id UUID NOT NULL,
  number BIGINT NOT NULL,
  title TEXT NOT NULL,
  because TEXT NOT NULL,
  adds TEXT NOT NULL,
  removes TEXT NOT NULL,
  ends TEXT,
  state TEXT NOT NULL,
  decided_because TEXT NOT NULL,
  decided_by UUID,
  decided_at BIGINT,
  as_approver BOOLEAN NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE change_request_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  phase_id UUID NOT NULL,
  number BIGINT NOT NULL,
  title TEXT NOT NULL,
  because TEXT NOT NULL,
  adds TEXT NOT NULL,
  removes TEXT NOT NULL,
  ends TEXT,
  state TEXT NOT NULL,
  decided_because TEXT NOT NULL,
  decided_by UUID,
  decided_at BIGINT,
  as_approver BOOLEAN NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
ALTER TABLE sprint ADD COLUMN phase_id UUID;
ALTER TABLE sprint_version ADD COLUMN phase_id UUID;
CREATE INDEX phase_of_product ON phase (workspace_id, product_id, position);
CREATE INDEX phase_of_gate ON phase (workspace_id, entry_gate_id);
CREATE INDEX phase_item_of_phase ON phase_item (workspace_id, phase_id, item_id);
CREATE INDEX phase_item_of_item ON phase_item (workspace_id, item_id);
CREATE INDEX baseline_of_phase ON baseline (workspace_id, phase_id, number);
CREATE INDEX change_request_of_phase ON change_request (workspace_id, phase_id, number);
CREATE INDEX sprint_of_phase ON sprint (workspace_id, phase_id);
