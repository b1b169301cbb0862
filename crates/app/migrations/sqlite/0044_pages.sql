-- A product's pages, and which texts name which keys.
CREATE TABLE page (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  parent_id BLOB,
  rank TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE page_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  parent_id BLOB,
  rank TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX page_of_product ON page (workspace_id, product_id, rank);
CREATE INDEX page_of_parent ON page (workspace_id, parent_id, rank);
CREATE TABLE naming (
  workspace_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  object_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  PRIMARY KEY (workspace_id, key, object_id)
) STRICT;
CREATE INDEX naming_of ON naming (workspace_id, object_id);
