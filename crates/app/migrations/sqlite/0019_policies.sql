-- How a team works, or a product where no team has taken an item.
CREATE TABLE policy (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB,
  team_id BLOB,
  number INTEGER NOT NULL,
  preset TEXT NOT NULL,
  overlays TEXT NOT NULL,
  state TEXT NOT NULL,
  author_id BLOB,
  states TEXT NOT NULL,
  transitions TEXT NOT NULL,
  wip_rule TEXT NOT NULL,
  wip_person INTEGER,
  wip_total INTEGER,
  started TEXT NOT NULL,
  finished TEXT NOT NULL,
  sle_days INTEGER,
  sle_share INTEGER NOT NULL,
  ready TEXT NOT NULL,
  done TEXT NOT NULL,
  estimates TEXT NOT NULL,
  cadence TEXT NOT NULL,
  sprint_days INTEGER,
  artefacts TEXT NOT NULL,
  metrics TEXT NOT NULL,
  must_meet TEXT NOT NULL,
  should_meet TEXT NOT NULL,
  notes TEXT NOT NULL,
  maps TEXT NOT NULL,
  since INTEGER,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE policy_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB,
  team_id BLOB,
  number INTEGER NOT NULL,
  preset TEXT NOT NULL,
  overlays TEXT NOT NULL,
  state TEXT NOT NULL,
  author_id BLOB,
  states TEXT NOT NULL,
  transitions TEXT NOT NULL,
  wip_rule TEXT NOT NULL,
  wip_person INTEGER,
  wip_total INTEGER,
  started TEXT NOT NULL,
  finished TEXT NOT NULL,
  sle_days INTEGER,
  sle_share INTEGER NOT NULL,
  ready TEXT NOT NULL,
  done TEXT NOT NULL,
  estimates TEXT NOT NULL,
  cadence TEXT NOT NULL,
  sprint_days INTEGER,
  artefacts TEXT NOT NULL,
  metrics TEXT NOT NULL,
  must_meet TEXT NOT NULL,
  should_meet TEXT NOT NULL,
  notes TEXT NOT NULL,
  maps TEXT NOT NULL,
  since INTEGER,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX policy_team_active ON policy (workspace_id, team_id) WHERE state = 'active' AND gone_at IS NULL AND team_id IS NOT NULL;
CREATE UNIQUE INDEX policy_product_active ON policy (workspace_id, product_id) WHERE state = 'active' AND gone_at IS NULL AND product_id IS NOT NULL;
CREATE INDEX policy_team ON policy (workspace_id, team_id, number);
CREATE INDEX policy_product ON policy (workspace_id, product_id, number);
ALTER TABLE work_item ADD COLUMN service TEXT;
ALTER TABLE work_item_version ADD COLUMN service TEXT;
ALTER TABLE work_item ADD COLUMN severity TEXT;
ALTER TABLE work_item_version ADD COLUMN severity TEXT;
ALTER TABLE work_item ADD COLUMN split_from_id BLOB;
ALTER TABLE work_item_version ADD COLUMN split_from_id BLOB;
CREATE INDEX work_item_team_state ON work_item (workspace_id, team_id, state, level, gone_at, staged_by) WHERE team_id IS NOT NULL;
-- Each product's workflow becomes its policy; a new first state lends it an id.
INSERT INTO policy (workspace_id, id, product_id, team_id, number, preset, overlays, state, author_id, states, transitions, wip_rule, wip_person, wip_total, started, finished, sle_days, sle_share, ready, done, estimates, cadence, sprint_days, artefacts, metrics, must_meet, should_meet, notes, maps, since, revision, created_at, valid_from, gone_at)
SELECT s.workspace_id, (SELECT f.id FROM workflow_state f WHERE f.workspace_id = s.workspace_id AND f.product_id = s.product_id AND f.gone_at IS NULL ORDER BY f.position, f.id LIMIT 1), s.product_id, NULL, 1, 'plain', '[]', 'active', NULL, (SELECT json_group_array(json_object('name', o.name, 'category', o.category)) FROM (SELECT f.name, f.category FROM workflow_state f WHERE f.workspace_id = s.workspace_id AND f.product_id = s.product_id AND f.gone_at IS NULL ORDER BY f.position, f.id) o), '[]', 'warn', NULL, NULL,
  COALESCE((SELECT f.name FROM workflow_state f WHERE f.workspace_id = s.workspace_id AND f.product_id = s.product_id AND f.gone_at IS NULL AND f.category = 'started' ORDER BY f.position, f.id LIMIT 1), ''),
  COALESCE((SELECT f.name FROM workflow_state f WHERE f.workspace_id = s.workspace_id AND f.product_id = s.product_id AND f.gone_at IS NULL AND f.category = 'accepted' ORDER BY f.position, f.id LIMIT 1), ''),
  NULL, 85, '[]', '[]', 'points', '[]', NULL, '[]', '[]', '[]', '[]', '', '{}', MIN(s.created_at), 1, MIN(s.created_at), MIN(s.valid_from), NULL
FROM workflow_state s WHERE s.gone_at IS NULL GROUP BY s.workspace_id, s.product_id;
DROP TABLE workflow_state;
DROP TABLE workflow_state_version;
DROP VIEW work_item_now;
CREATE VIEW work_item_now AS
  SELECT * FROM work_item
  WHERE gone_at IS NULL
    AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied'));
