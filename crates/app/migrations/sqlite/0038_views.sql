-- Views that people keep, and which of them they have pinned.
CREATE TABLE saved_view (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  q TEXT NOT NULL,
  columns TEXT NOT NULL,
  owner_id BLOB,
  shared TEXT NOT NULL,
  team_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE saved_view_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  q TEXT NOT NULL,
  columns TEXT NOT NULL,
  owner_id BLOB,
  shared TEXT NOT NULL,
  team_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE view_pin (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  view_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX saved_view_product ON saved_view (workspace_id, product_id, shared, name);
CREATE INDEX saved_view_owner ON saved_view (workspace_id, owner_id, product_id, name);
CREATE INDEX view_pin_person ON view_pin (workspace_id, person_id, product_id, view_id);
CREATE INDEX view_pin_view ON view_pin (workspace_id, view_id);
