-- Teams end; parts belong to a team; both are read as they stood on a past day.
ALTER TABLE team ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE part ADD COLUMN team_id UUID;
CREATE TABLE team_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE part_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  team_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX part_team ON part (workspace_id, team_id);
CREATE INDEX team_member_person ON team_member (workspace_id, person_id);
CREATE INDEX work_item_team ON work_item (workspace_id, team_id, product_id, rank) WHERE team_id IS NOT NULL;
CREATE INDEX work_item_part ON work_item (workspace_id, part_id, rank) WHERE part_id IS NOT NULL;
