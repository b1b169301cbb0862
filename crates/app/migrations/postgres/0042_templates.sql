-- Templates from which items are made.
CREATE TABLE item_template (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  criteria TEXT NOT NULL,
  labels TEXT NOT NULL,
  fields TEXT NOT NULL,
  subtasks TEXT NOT NULL,
  position BIGINT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE item_template_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  criteria TEXT NOT NULL,
  labels TEXT NOT NULL,
  fields TEXT NOT NULL,
  subtasks TEXT NOT NULL,
  position BIGINT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX item_template_of_product ON item_template (workspace_id, product_id, position);
-- Days that rules have taken, so that each is run once on several nodes.
CREATE TABLE automation_day (
  workspace_id BIGINT NOT NULL,
  automation_id UUID NOT NULL,
  mark TEXT NOT NULL,
  PRIMARY KEY (workspace_id, automation_id, mark)
);
