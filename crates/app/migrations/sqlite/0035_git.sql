-- Repositories that are heard, and the branches, commits and pull requests that name items.
CREATE TABLE git_source (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  listening INTEGER NOT NULL,
  moves TEXT NOT NULL,
  heard_at INTEGER,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE git_source_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  listening INTEGER NOT NULL,
  moves TEXT NOT NULL,
  heard_at INTEGER,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE git_ref (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  source_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  state TEXT NOT NULL,
  author TEXT NOT NULL,
  closes INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX git_source_of_product ON git_source (workspace_id, product_id, id);
CREATE INDEX git_ref_of_item ON git_ref (workspace_id, item_id, id);
CREATE INDEX git_ref_of_source ON git_ref (workspace_id, source_id, kind, name, item_id);
