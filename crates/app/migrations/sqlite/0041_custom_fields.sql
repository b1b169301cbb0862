-- Custom fields of a product, and their values as lists filter and sort by them.
CREATE TABLE custom_field (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  stored TEXT NOT NULL,
  kind TEXT NOT NULL,
  help TEXT NOT NULL,
  options TEXT NOT NULL,
  asked INTEGER NOT NULL,
  levels TEXT NOT NULL,
  on_card INTEGER NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE custom_field_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  stored TEXT NOT NULL,
  kind TEXT NOT NULL,
  help TEXT NOT NULL,
  options TEXT NOT NULL,
  asked INTEGER NOT NULL,
  levels TEXT NOT NULL,
  on_card INTEGER NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX custom_field_stored ON custom_field (workspace_id, product_id, stored);
CREATE INDEX custom_field_of_product ON custom_field (workspace_id, product_id, position);
CREATE TABLE field_value (
  workspace_id INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  field_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  place INTEGER NOT NULL,
  text TEXT NOT NULL,
  number REAL,
  day TEXT,
  PRIMARY KEY (workspace_id, item_id, field_id, place)
) STRICT;
CREATE INDEX field_value_text ON field_value (workspace_id, product_id, field_id, text, item_id);
CREATE INDEX field_value_number ON field_value (workspace_id, product_id, field_id, number, item_id);
CREATE INDEX field_value_day ON field_value (workspace_id, product_id, field_id, day, item_id);
CREATE TABLE field_index (
  workspace_id INTEGER NOT NULL,
  field_id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  after_rank TEXT NOT NULL,
  PRIMARY KEY (workspace_id, field_id)
) STRICT;
