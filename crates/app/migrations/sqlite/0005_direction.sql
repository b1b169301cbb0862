-- Direction: versioned texts, themes, segments, metrics; who asks, and what is planned when.
CREATE TABLE strategy_text (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  body TEXT NOT NULL,
  changed TEXT NOT NULL,
  because TEXT NOT NULL,
  author_id BLOB,
  published_on TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX strategy_text_number ON strategy_text (workspace_id, product_id, kind, number);
CREATE TABLE acknowledgement (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  text_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX acknowledgement_pair ON acknowledgement (workspace_id, text_id, person_id);
CREATE TABLE theme (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE theme_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX theme_name ON theme (workspace_id, product_id, name) WHERE gone_at IS NULL;
CREATE TABLE segment (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  size TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE segment_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  size TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX segment_name ON segment (workspace_id, product_id, name) WHERE gone_at IS NULL;
CREATE TABLE metric (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  about TEXT NOT NULL,
  unit TEXT NOT NULL,
  role TEXT NOT NULL,
  better TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE metric_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  about TEXT NOT NULL,
  unit TEXT NOT NULL,
  role TEXT NOT NULL,
  better TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX metric_product ON metric (workspace_id, product_id, id);
CREATE TABLE metric_value (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  metric_id BLOB NOT NULL,
  day TEXT NOT NULL,
  value REAL NOT NULL,
  source TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX metric_value_day ON metric_value (workspace_id, metric_id, day, id);
CREATE TABLE stakeholder (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,
  influence INTEGER NOT NULL,
  interest INTEGER NOT NULL,
  wants TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE stakeholder_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,
  influence INTEGER NOT NULL,
  interest INTEGER NOT NULL,
  wants TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX stakeholder_product ON stakeholder (workspace_id, product_id, name);
CREATE TABLE requirement (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  source TEXT NOT NULL,
  stakeholder_id BLOB,
  conversation TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  became_id BLOB,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE requirement_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  source TEXT NOT NULL,
  stakeholder_id BLOB,
  conversation TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  became_id BLOB,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX requirement_product ON requirement (workspace_id, product_id, id);
CREATE INDEX requirement_became ON requirement (workspace_id, became_id);
CREATE TABLE question (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  asked_by BLOB,
  asked_at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  answered_by BLOB,
  answered_at INTEGER,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE question_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  asked_by BLOB,
  asked_at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  answered_by BLOB,
  answered_at INTEGER,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX question_object ON question (workspace_id, object_id, asked_at);
CREATE INDEX question_open ON question (workspace_id, product_id, answered_at, asked_at);
CREATE TABLE placement (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  horizon TEXT NOT NULL,
  rank TEXT NOT NULL,
  starts TEXT,
  ends TEXT,
  hard INTEGER NOT NULL,
  theme_id BLOB,
  because TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE placement_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  horizon TEXT NOT NULL,
  rank TEXT NOT NULL,
  starts TEXT,
  ends TEXT,
  hard INTEGER NOT NULL,
  theme_id BLOB,
  because TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE UNIQUE INDEX placement_object ON placement (workspace_id, product_id, object_id) WHERE gone_at IS NULL;
CREATE INDEX placement_horizon ON placement (workspace_id, product_id, horizon, rank);
CREATE INDEX placement_version_product ON placement_version (workspace_id, product_id, valid_to);
