-- A product's pages, and which texts name which keys.
CREATE TABLE page (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  parent_id UUID,
  rank TEXT COLLATE "C" NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE page_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  parent_id UUID,
  rank TEXT COLLATE "C" NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX page_of_product ON page (workspace_id, product_id, rank);
CREATE INDEX page_of_parent ON page (workspace_id, parent_id, rank);
CREATE TABLE naming (
  workspace_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  object_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  PRIMARY KEY (workspace_id, key, object_id)
);
CREATE INDEX naming_of ON naming (workspace_id, object_id);
