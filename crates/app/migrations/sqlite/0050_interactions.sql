-- How teams work with each other, and what a workspace finds too much for one team.
CREATE TABLE team_interaction (
  workspace_id INTEGER NOT NULL,
  team_id BLOB NOT NULL,
  other_id BLOB NOT NULL,
  mode TEXT NOT NULL,
  purpose TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT,
  ended_on TEXT,
  because TEXT NOT NULL,
  id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE team_interaction_version (
  workspace_id INTEGER NOT NULL,
  team_id BLOB NOT NULL,
  other_id BLOB NOT NULL,
  mode TEXT NOT NULL,
  purpose TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT,
  ended_on TEXT,
  because TEXT NOT NULL,
  id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX team_interaction_team ON team_interaction (workspace_id, team_id);
CREATE INDEX team_interaction_other ON team_interaction (workspace_id, other_id);
CREATE INDEX team_interaction_running ON team_interaction (workspace_id, starts) WHERE ended_on IS NULL AND gone_at IS NULL;
CREATE TABLE team_limits (
  workspace_id INTEGER NOT NULL,
  products INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  under_way INTEGER NOT NULL,
  collaborations INTEGER NOT NULL,
  collaboration_days INTEGER NOT NULL,
  facilitating_days INTEGER NOT NULL,
  id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE team_limits_version (
  workspace_id INTEGER NOT NULL,
  products INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  under_way INTEGER NOT NULL,
  collaborations INTEGER NOT NULL,
  collaboration_days INTEGER NOT NULL,
  facilitating_days INTEGER NOT NULL,
  id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
-- What teams have in hand, without reading what they ever had.
CREATE INDEX work_item_in_team_hands ON work_item (workspace_id, team_id, product_id, part_id) WHERE gone_at IS NULL AND team_id IS NOT NULL AND level <> 'epic' AND (category = 'started' OR category = 'in-review');
