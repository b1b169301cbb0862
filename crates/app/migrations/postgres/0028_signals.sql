-- What the signals said on a day, derived: one row a scope, signal and day
CREATE TABLE threshold (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  signal BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE threshold_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  signal BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX threshold_signal ON threshold (workspace_id, signal);
CREATE INDEX work_item_begun ON work_item (workspace_id, product_id, started_at);
CREATE TABLE signal_day (
  workspace_id BIGINT NOT NULL,
  scope_id UUID NOT NULL,
  signal BIGINT NOT NULL,
  day TEXT NOT NULL,
  value DOUBLE PRECISION,
  counted BIGINT NOT NULL,
  total BIGINT NOT NULL,
  threshold DOUBLE PRECISION NOT NULL,
  enough BOOLEAN NOT NULL,
  raised BOOLEAN NOT NULL,
  instead BOOLEAN NOT NULL,
  sentence TEXT NOT NULL,
  items TEXT NOT NULL,
  measured_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, scope_id, signal, day)
);
CREATE INDEX signal_day_age ON signal_day (workspace_id, day);
