-- Acceptance criteria and their verdicts, acceptance, sprints that are run here, blockers.
CREATE TABLE criterion (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  steps TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE criterion_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  steps TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX criterion_item ON criterion (workspace_id, item_id, position);
CREATE TABLE criterion_verdict (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  criterion_id BLOB NOT NULL,
  verdict TEXT NOT NULL,
  note TEXT NOT NULL,
  person_id BLOB NOT NULL,
  said_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX criterion_verdict_item ON criterion_verdict (workspace_id, item_id);
CREATE TABLE acceptance (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  decision TEXT NOT NULL,
  serves TEXT NOT NULL,
  reason TEXT NOT NULL,
  criteria INTEGER NOT NULL,
  met INTEGER NOT NULL,
  done TEXT NOT NULL,
  person_id BLOB NOT NULL,
  decided_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX acceptance_item ON acceptance (workspace_id, item_id);
CREATE INDEX acceptance_product ON acceptance (workspace_id, product_id, decided_at);
ALTER TABLE sprint ADD COLUMN team_id BLOB;
ALTER TABLE sprint_version ADD COLUMN team_id BLOB;
ALTER TABLE sprint ADD COLUMN capacity REAL;
ALTER TABLE sprint_version ADD COLUMN capacity REAL;
ALTER TABLE sprint ADD COLUMN capacity_note TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint_version ADD COLUMN capacity_note TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint ADD COLUMN started_at INTEGER;
ALTER TABLE sprint_version ADD COLUMN started_at INTEGER;
ALTER TABLE sprint ADD COLUMN closed_at INTEGER;
ALTER TABLE sprint_version ADD COLUMN closed_at INTEGER;
ALTER TABLE sprint ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint_version ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint ADD COLUMN review TEXT NOT NULL DEFAULT '';
ALTER TABLE sprint_version ADD COLUMN review TEXT NOT NULL DEFAULT '';
CREATE INDEX sprint_team ON sprint (workspace_id, team_id, state);
CREATE TABLE iteration_report (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  sprint_id BLOB NOT NULL,
  committed REAL NOT NULL,
  committed_items INTEGER NOT NULL,
  completed REAL NOT NULL,
  completed_items INTEGER NOT NULL,
  days TEXT NOT NULL,
  changes TEXT NOT NULL,
  finished TEXT NOT NULL,
  carried TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX iteration_report_sprint ON iteration_report (workspace_id, sprint_id) WHERE gone_at IS NULL;
CREATE INDEX iteration_report_product ON iteration_report (workspace_id, product_id);
CREATE TABLE retro_note (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  sprint_id BLOB NOT NULL,
  lane TEXT NOT NULL,
  text TEXT NOT NULL,
  topic TEXT NOT NULL,
  item_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX retro_note_sprint ON retro_note (workspace_id, sprint_id);
CREATE TABLE retro_vote (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  note_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX retro_vote_note ON retro_vote (workspace_id, note_id, person_id);
CREATE TABLE blocker (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  team_id BLOB,
  reason TEXT NOT NULL,
  blocked_at INTEGER NOT NULL,
  person_id BLOB,
  ended_at INTEGER,
  solution TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX blocker_item ON blocker (workspace_id, item_id);
CREATE INDEX blocker_product ON blocker (workspace_id, product_id, ended_at);
CREATE INDEX work_item_ended ON work_item (workspace_id, product_id, done_at);
CREATE INDEX work_item_version_sprint ON work_item_version (workspace_id, sprint_id) WHERE sprint_id IS NOT NULL;
