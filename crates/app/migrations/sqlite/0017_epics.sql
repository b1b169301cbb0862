-- Epics beyond their text, how they fare, and what business needs are worth.
CREATE TABLE epic (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  state TEXT NOT NULL,
  scope TEXT NOT NULL,
  out_of_scope TEXT NOT NULL,
  because TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE epic_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  state TEXT NOT NULL,
  scope TEXT NOT NULL,
  out_of_scope TEXT NOT NULL,
  because TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX epic_of_item ON epic (workspace_id, item_id);
CREATE INDEX epic_of_product ON epic (workspace_id, product_id);
CREATE TABLE health_update (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  item_id BLOB NOT NULL,
  health TEXT NOT NULL,
  note TEXT NOT NULL,
  said_on TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX health_of_item ON health_update (workspace_id, item_id);
CREATE INDEX health_of_product ON health_update (workspace_id, product_id);
CREATE TABLE valuation (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  need_id BLOB NOT NULL,
  moment TEXT NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL,
  unit TEXT NOT NULL,
  assumptions TEXT NOT NULL,
  valued_on TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX valuation_of_need ON valuation (workspace_id, need_id);
