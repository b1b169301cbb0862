-- Ceremonies of teams, and links to their calendars.
CREATE TABLE ceremony (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  team_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  state TEXT NOT NULL,
  attendees TEXT NOT NULL,
  notes TEXT NOT NULL,
  decisions TEXT NOT NULL,
  actions TEXT NOT NULL,
  because TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE ceremony_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  team_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  state TEXT NOT NULL,
  attendees TEXT NOT NULL,
  notes TEXT NOT NULL,
  decisions TEXT NOT NULL,
  actions TEXT NOT NULL,
  because TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX ceremony_team ON ceremony (workspace_id, team_id, day);
CREATE TABLE calendar_feed (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  team_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  token_hash TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX calendar_feed_team ON calendar_feed (workspace_id, team_id, person_id);
CREATE INDEX calendar_feed_hash ON calendar_feed (workspace_id, token_hash);
