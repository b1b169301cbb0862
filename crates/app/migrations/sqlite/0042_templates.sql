-- Templates from which items are made.
CREATE TABLE item_template (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  criteria TEXT NOT NULL,
  labels TEXT NOT NULL,
  fields TEXT NOT NULL,
  subtasks TEXT NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE item_template_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  criteria TEXT NOT NULL,
  labels TEXT NOT NULL,
  fields TEXT NOT NULL,
  subtasks TEXT NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX item_template_of_product ON item_template (workspace_id, product_id, position);
-- Days that rules have taken, so that each is run once on several nodes.
CREATE TABLE automation_day (
  workspace_id INTEGER NOT NULL,
  automation_id BLOB NOT NULL,
  mark TEXT NOT NULL,
  PRIMARY KEY (workspace_id, automation_id, mark)
) STRICT;
