-- Sessions of refinement and their votes.
CREATE TABLE refinement (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  team_id UUID,
  state TEXT NOT NULL,
  item_id UUID,
  round BIGINT NOT NULL,
  revealed BOOLEAN NOT NULL,
  person_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX refinement_product ON refinement (workspace_id, product_id);
CREATE TABLE poker_vote (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  refinement_id UUID NOT NULL,
  item_id UUID NOT NULL,
  round BIGINT NOT NULL,
  person_id UUID NOT NULL,
  value TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX poker_vote_item ON poker_vote (workspace_id, refinement_id, item_id, round);
