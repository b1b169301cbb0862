-- Exports that were asked for: each is its person's, and its archive is kept for a day.
CREATE TABLE made_export (
  workspace_id INTEGER NOT NULL,
  person_id BLOB NOT NULL,
  product_id BLOB,
  format TEXT NOT NULL,
  with_files INTEGER NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  done_at INTEGER,
  id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX made_export_person ON made_export (workspace_id, person_id, id);
CREATE INDEX made_export_open ON made_export (workspace_id, id) WHERE state IN ('waiting', 'running');
