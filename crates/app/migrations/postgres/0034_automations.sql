-- Rules, and each of their runs.
CREATE TABLE automation (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  happens TEXT NOT NULL,
  args TEXT NOT NULL,
  fits TEXT NOT NULL,
  steps TEXT NOT NULL,
  note TEXT NOT NULL,
  on_since BIGINT,
  on_seq BIGINT,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE automation_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  happens TEXT NOT NULL,
  args TEXT NOT NULL,
  fits TEXT NOT NULL,
  steps TEXT NOT NULL,
  note TEXT NOT NULL,
  on_since BIGINT,
  on_seq BIGINT,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE automation_run (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  automation_id UUID NOT NULL,
  item_id UUID,
  event_seq BIGINT,
  mark TEXT,
  outcome TEXT NOT NULL,
  told TEXT NOT NULL,
  change_id UUID,
  chain TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX automation_of_product ON automation (workspace_id, product_id, id);
CREATE INDEX run_of_automation ON automation_run (workspace_id, automation_id, id);
CREATE INDEX run_of_event ON automation_run (workspace_id, automation_id, event_seq);
CREATE INDEX run_of_item ON automation_run (workspace_id, automation_id, item_id, mark);
CREATE INDEX run_of_change ON automation_run (workspace_id, change_id);
CREATE TABLE automation_cursor (
  workspace_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (workspace_id)
);
