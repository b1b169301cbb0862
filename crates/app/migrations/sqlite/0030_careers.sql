-- Profiles of a workspace's own: what somebody on a rung holds
CREATE TABLE career_profile (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  letters TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE career_profile_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  letters TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
