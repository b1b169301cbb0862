-- Exports that were asked for: each is its person's, and its archive is kept for a day.
CREATE TABLE made_export (
  workspace_id BIGINT NOT NULL,
  person_id UUID NOT NULL,
  product_id UUID,
  format TEXT NOT NULL,
  with_files BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  hash TEXT NOT NULL,
  size BIGINT NOT NULL,
  done_at BIGINT,
  id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX made_export_person ON made_export (workspace_id, person_id, id);
CREATE INDEX made_export_open ON made_export (workspace_id, id) WHERE state IN ('waiting', 'running');
