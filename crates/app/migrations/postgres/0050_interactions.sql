-- How teams work with each other, and what a workspace finds too much for one team.
CREATE TABLE team_interaction (
  workspace_id BIGINT NOT NULL,
  team_id UUID NOT NULL,
  other_id UUID NOT NULL,
  mode TEXT NOT NULL,
  purpose TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT,
  ended_on TEXT,
  because TEXT NOT NULL,
  id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE team_interaction_version (
  workspace_id BIGINT NOT NULL,
  team_id UUID NOT NULL,
  other_id UUID NOT NULL,
  mode TEXT NOT NULL,
  purpose TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT,
  ended_on TEXT,
  because TEXT NOT NULL,
  id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX team_interaction_team ON team_interaction (workspace_id, team_id);
CREATE INDEX team_interaction_other ON team_interaction (workspace_id, other_id);
CREATE INDEX team_interaction_running ON team_interaction (workspace_id, starts) WHERE ended_on IS NULL AND gone_at IS NULL;
CREATE TABLE team_limits (
  workspace_id BIGINT NOT NULL,
  products BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  under_way BIGINT NOT NULL,
  collaborations BIGINT NOT NULL,
  collaboration_days BIGINT NOT NULL,
  facilitating_days BIGINT NOT NULL,
  id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE team_limits_version (
  workspace_id BIGINT NOT NULL,
  products BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  under_way BIGINT NOT NULL,
  collaborations BIGINT NOT NULL,
  collaboration_days BIGINT NOT NULL,
  facilitating_days BIGINT NOT NULL,
  id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
-- What teams have in hand, without reading what they ever had.
CREATE INDEX work_item_in_team_hands ON work_item (workspace_id, team_id, product_id, part_id) WHERE gone_at IS NULL AND team_id IS NOT NULL AND level <> 'epic' AND (category = 'started' OR category = 'in-review');
