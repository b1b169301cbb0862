-- What people do not want to be told, by kind.
CREATE TABLE muted (
  workspace_id INTEGER NOT NULL,
  person_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (workspace_id, person_id, kind)
) STRICT;
