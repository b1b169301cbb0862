-- What the signals said on a day, derived: one row a scope, signal and day
CREATE TABLE threshold (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  signal INTEGER NOT NULL,
  value REAL NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE threshold_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  signal INTEGER NOT NULL,
  value REAL NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX threshold_signal ON threshold (workspace_id, signal);
CREATE INDEX work_item_begun ON work_item (workspace_id, product_id, started_at);
CREATE TABLE signal_day (
  workspace_id INTEGER NOT NULL,
  scope_id BLOB NOT NULL,
  signal INTEGER NOT NULL,
  day TEXT NOT NULL,
  value REAL,
  counted INTEGER NOT NULL,
  total INTEGER NOT NULL,
  threshold REAL NOT NULL,
  enough INTEGER NOT NULL,
  raised INTEGER NOT NULL,
  instead INTEGER NOT NULL,
  sentence TEXT NOT NULL,
  items TEXT NOT NULL,
  measured_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, scope_id, signal, day)
) STRICT;
CREATE INDEX signal_day_age ON signal_day (workspace_id, day);
