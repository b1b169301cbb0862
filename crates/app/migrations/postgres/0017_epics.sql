-- Epics beyond their text, how they fare, and what business needs are worth.
CREATE TABLE epic (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  state TEXT NOT NULL,
  scope TEXT NOT NULL,
  out_of_scope TEXT NOT NULL,
  because TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE epic_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  state TEXT NOT NULL,
  scope TEXT NOT NULL,
  out_of_scope TEXT NOT NULL,
  because TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX epic_of_item ON epic (workspace_id, item_id);
CREATE INDEX epic_of_product ON epic (workspace_id, product_id);
CREATE TABLE health_update (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  item_id UUID NOT NULL,
  health TEXT NOT NULL,
  note TEXT NOT NULL,
  said_on TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX health_of_item ON health_update (workspace_id, item_id);
CREATE INDEX health_of_product ON health_update (workspace_id, product_id);
CREATE TABLE valuation (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  need_id UUID NOT NULL,
  moment TEXT NOT NULL,
  low DOUBLE PRECISION NOT NULL,
  high DOUBLE PRECISION NOT NULL,
  unit TEXT NOT NULL,
  assumptions TEXT NOT NULL,
  valued_on TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX valuation_of_need ON valuation (workspace_id, need_id);
