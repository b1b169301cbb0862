-- Rules, and each of their runs.
CREATE TABLE automation (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  happens TEXT NOT NULL,
  args TEXT NOT NULL,
  fits TEXT NOT NULL,
  steps TEXT NOT NULL,
  note TEXT NOT NULL,
  on_since INTEGER,
  on_seq INTEGER,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE automation_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  happens TEXT NOT NULL,
  args TEXT NOT NULL,
  fits TEXT NOT NULL,
  steps TEXT NOT NULL,
  note TEXT NOT NULL,
  on_since INTEGER,
  on_seq INTEGER,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE automation_run (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  automation_id BLOB NOT NULL,
  item_id BLOB,
  event_seq INTEGER,
  mark TEXT,
  outcome TEXT NOT NULL,
  told TEXT NOT NULL,
  change_id BLOB,
  chain TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX automation_of_product ON automation (workspace_id, product_id, id);
CREATE INDEX run_of_automation ON automation_run (workspace_id, automation_id, id);
CREATE INDEX run_of_event ON automation_run (workspace_id, automation_id, event_seq);
CREATE INDEX run_of_item ON automation_run (workspace_id, automation_id, item_id, mark);
CREATE INDEX run_of_change ON automation_run (workspace_id, change_id);
CREATE TABLE automation_cursor (
  workspace_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (workspace_id)
) STRICT;
