-- Sessions of refinement and their votes.
CREATE TABLE refinement (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  team_id BLOB,
  state TEXT NOT NULL,
  item_id BLOB,
  round INTEGER NOT NULL,
  revealed INTEGER NOT NULL,
  person_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX refinement_product ON refinement (workspace_id, product_id);
CREATE TABLE poker_vote (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  refinement_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  round INTEGER NOT NULL,
  person_id BLOB NOT NULL,
  value TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX poker_vote_item ON poker_vote (workspace_id, refinement_id, item_id, round);
