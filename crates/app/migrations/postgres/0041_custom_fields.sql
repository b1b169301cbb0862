-- Custom fields of a product, and their values as lists filter and sort by them.
CREATE TABLE custom_field (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  stored TEXT NOT NULL,
  kind TEXT NOT NULL,
  help TEXT NOT NULL,
  options TEXT NOT NULL,
  asked BOOLEAN NOT NULL,
  levels TEXT NOT NULL,
  on_card BOOLEAN NOT NULL,
  position BIGINT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE custom_field_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  stored TEXT NOT NULL,
  kind TEXT NOT NULL,
  help TEXT NOT NULL,
  options TEXT NOT NULL,
  asked BOOLEAN NOT NULL,
  levels TEXT NOT NULL,
  on_card BOOLEAN NOT NULL,
  position BIGINT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX custom_field_stored ON custom_field (workspace_id, product_id, stored);
CREATE INDEX custom_field_of_product ON custom_field (workspace_id, product_id, position);
CREATE TABLE field_value (
  workspace_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  field_id UUID NOT NULL,
  item_id UUID NOT NULL,
  place BIGINT NOT NULL,
  text TEXT NOT NULL COLLATE "C",
  number DOUBLE PRECISION,
  day TEXT,
  PRIMARY KEY (workspace_id, item_id, field_id, place)
);
CREATE INDEX field_value_text ON field_value (workspace_id, product_id, field_id, text, item_id);
CREATE INDEX field_value_number ON field_value (workspace_id, product_id, field_id, number, item_id);
CREATE INDEX field_value_day ON field_value (workspace_id, product_id, field_id, day, item_id);
CREATE TABLE field_index (
  workspace_id BIGINT NOT NULL,
  field_id UUID NOT NULL,
  product_id UUID NOT NULL,
  after_rank TEXT NOT NULL COLLATE "C",
  PRIMARY KEY (workspace_id, field_id)
);
