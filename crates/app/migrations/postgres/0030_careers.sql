-- Profiles of a workspace's own: what somebody on a rung holds
CREATE TABLE career_profile (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  letters TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE career_profile_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  letters TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
