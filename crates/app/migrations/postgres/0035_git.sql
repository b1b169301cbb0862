-- Repositories that are heard, and the branches, commits and pull requests that name items.
CREATE TABLE git_source (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  listening BOOLEAN NOT NULL,
  moves TEXT NOT NULL,
  heard_at BIGINT,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE git_source_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  listening BOOLEAN NOT NULL,
  moves TEXT NOT NULL,
  heard_at BIGINT,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE git_ref (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  source_id UUID NOT NULL,
  item_id UUID NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  state TEXT NOT NULL,
  author TEXT NOT NULL,
  closes BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX git_source_of_product ON git_source (workspace_id, product_id, id);
CREATE INDEX git_ref_of_item ON git_ref (workspace_id, item_id, id);
CREATE INDEX git_ref_of_source ON git_ref (workspace_id, source_id, kind, name, item_id);
