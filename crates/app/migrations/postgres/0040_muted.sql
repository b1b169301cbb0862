-- What people do not want to be told, by kind.
CREATE TABLE muted (
  workspace_id BIGINT NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (workspace_id, person_id, kind)
);
