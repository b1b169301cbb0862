-- Ceremonies of teams, and links to their calendars.
CREATE TABLE ceremony (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  team_id UUID NOT NULL,
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  minutes BIGINT NOT NULL,
  state TEXT NOT NULL,
  attendees TEXT NOT NULL,
  notes TEXT NOT NULL,
  decisions TEXT NOT NULL,
  actions TEXT NOT NULL,
  because TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE ceremony_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  team_id UUID NOT NULL,
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  minutes BIGINT NOT NULL,
  state TEXT NOT NULL,
  attendees TEXT NOT NULL,
  notes TEXT NOT NULL,
  decisions TEXT NOT NULL,
  actions TEXT NOT NULL,
  because TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX ceremony_team ON ceremony (workspace_id, team_id, day);
CREATE TABLE calendar_feed (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  team_id UUID NOT NULL,
  person_id UUID NOT NULL,
  token_hash TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX calendar_feed_team ON calendar_feed (workspace_id, team_id, person_id);
CREATE INDEX calendar_feed_hash ON calendar_feed (workspace_id, token_hash);
