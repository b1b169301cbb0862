-- Views that people keep, and which of them they have pinned.
CREATE TABLE saved_view (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  q TEXT NOT NULL,
  columns TEXT NOT NULL,
  owner_id UUID,
  shared TEXT NOT NULL,
  team_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE saved_view_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  q TEXT NOT NULL,
  columns TEXT NOT NULL,
  owner_id UUID,
  shared TEXT NOT NULL,
  team_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE view_pin (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  view_id UUID NOT NULL,
  person_id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX saved_view_product ON saved_view (workspace_id, product_id, shared, name);
CREATE INDEX saved_view_owner ON saved_view (workspace_id, owner_id, product_id, name);
CREATE INDEX view_pin_person ON view_pin (workspace_id, person_id, product_id, view_id);
CREATE INDEX view_pin_view ON view_pin (workspace_id, view_id);
