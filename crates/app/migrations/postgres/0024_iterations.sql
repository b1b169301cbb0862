-- Acceptance criteria and their verdicts, acceptance, sprints that are run here, blockers.
CREATE TABLE criterion (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  steps TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE criterion_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  steps TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX criterion_item ON criterion (workspace_id, item_id, position);
CREATE TABLE criterion_verdict (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  criterion_id UUID NOT NULL,
  verdict TEXT NOT NULL,
  note TEXT NOT NULL,
  person_id UUID NOT NULL,
  said_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX criterion_verdict_item ON criterion_verdict (workspace_id, item_id);
CREATE TABLE acceptance (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  decision TEXT NOT NULL,
  serves TEXT NOT NULL,
  reason TEXT NOT NULL,
  criteria BIGINT NOT NULL,
  met BIGINT NOT NULL,
  done TEXT NOT NULL,
  person_id UUID NOT NULL,
  decided_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX acceptance_item ON acceptance (workspace_id, item_id);
CREATE INDEX acceptance_product ON acceptance (workspace_id, product_id, decided_at);
ALTER TABLE sprint ADD COLUMN team_id UUID;
ALTER TABLE sprint_version ADD COLUMN team_id UUID;
ALTER TABLE sprint ADD COLUMN capacity DOUBLE PRECISION;
ALTER TABLE sprint_version ADD COLUMN capacity DOUBLE PRECISION;
ALTER TABLE sprint ADD COLUMN capacity_note TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint_version ADD COLUMN capacity_note TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint ADD COLUMN started_at BIGINT;
ALTER TABLE sprint_version ADD COLUMN started_at BIGINT;
ALTER TABLE sprint ADD COLUMN closed_at BIGINT;
ALTER TABLE sprint_version ADD COLUMN closed_at BIGINT;
ALTER TABLE sprint ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint_version ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint ADD COLUMN review TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint_version ADD COLUMN review TEXT NOT NULL DEFAULT '';
CREATE INDEX sprint_team ON sprint (workspace_id, team_id, state);
CREATE TABLE iteration_report (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  sprint_id UUID NOT NULL,
  committed DOUBLE PRECISION NOT NULL,
  committed_items BIGINT NOT NULL,
  completed DOUBLE PRECISION NOT NULL,
  completed_items BIGINT NOT NULL,
  days TEXT NOT NULL,
  changes TEXT NOT NULL,
  finished TEXT NOT NULL,
  carried TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX iteration_report_sprint ON iteration_report (workspace_id, sprint_id) WHERE gone_at IS NULL;
CREATE INDEX iteration_report_product ON iteration_report (workspace_id, product_id);
CREATE TABLE retro_note (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  sprint_id UUID NOT NULL,
  lane TEXT NOT NULL,
  text TEXT NOT NULL,
  topic TEXT NOT NULL,
  item_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX retro_note_sprint ON retro_note (workspace_id, sprint_id);
CREATE TABLE retro_vote (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  note_id UUID NOT NULL,
  person_id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX retro_vote_note ON retro_vote (workspace_id, note_id, person_id);
CREATE TABLE blocker (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  team_id UUID,
  reason TEXT NOT NULL,
  blocked_at BIGINT NOT NULL,
  person_id UUID,
  ended_at BIGINT,
  solution TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX blocker_item ON blocker (workspace_id, item_id);
CREATE INDEX blocker_product ON blocker (workspace_id, product_id, ended_at);
CREATE INDEX work_item_ended ON work_item (workspace_id, product_id, done_at);
CREATE INDEX work_item_version_sprint ON work_item_version (workspace_id, sprint_id) WHERE sprint_id IS NOT NULL;
