-- Direction: versioned texts, themes, segments, metrics; who asks, and what is planned when.
CREATE TABLE strategy_text (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  kind TEXT NOT NULL,
  number BIGINT NOT NULL,
  body TEXT NOT NULL,
  changed TEXT NOT NULL,
  because TEXT NOT NULL,
  author_id UUID,
  published_on TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX strategy_text_number ON strategy_text (workspace_id, product_id, kind, number);
CREATE TABLE acknowledgement (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  text_id UUID NOT NULL,
  person_id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX acknowledgement_pair ON acknowledgement (workspace_id, text_id, person_id);
CREATE TABLE theme (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE theme_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX theme_name ON theme (workspace_id, product_id, name) WHERE gone_at IS NULL;
CREATE TABLE segment (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  size TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE segment_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  size TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX segment_name ON segment (workspace_id, product_id, name) WHERE gone_at IS NULL;
CREATE TABLE metric (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  about TEXT NOT NULL,
  unit TEXT NOT NULL,
  role TEXT NOT NULL,
  better TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE metric_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  about TEXT NOT NULL,
  unit TEXT NOT NULL,
  role TEXT NOT NULL,
  better TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX metric_product ON metric (workspace_id, product_id, id);
CREATE TABLE metric_value (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  metric_id UUID NOT NULL,
  day TEXT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  source TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX metric_value_day ON metric_value (workspace_id, metric_id, day, id);
CREATE TABLE stakeholder (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,
  influence BIGINT NOT NULL,
  interest BIGINT NOT NULL,
  wants TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE stakeholder_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,
  influence BIGINT NOT NULL,
  interest BIGINT NOT NULL,
  wants TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX stakeholder_product ON stakeholder (workspace_id, product_id, name);
CREATE TABLE requirement (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  source TEXT NOT NULL,
  stakeholder_id UUID,
  conversation TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  became_id UUID,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE requirement_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  source TEXT NOT NULL,
  stakeholder_id UUID,
  conversation TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  became_id UUID,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX requirement_product ON requirement (workspace_id, product_id, id);
CREATE INDEX requirement_became ON requirement (workspace_id, became_id);
CREATE TABLE question (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  asked_by UUID,
  asked_at BIGINT NOT NULL,
  answer TEXT NOT NULL,
  answered_by UUID,
  answered_at BIGINT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE question_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  asked_by UUID,
  asked_at BIGINT NOT NULL,
  answer TEXT NOT NULL,
  answered_by UUID,
  answered_at BIGINT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX question_object ON question (workspace_id, object_id, asked_at);
CREATE INDEX question_open ON question (workspace_id, product_id, answered_at, asked_at);
CREATE TABLE placement (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  horizon TEXT NOT NULL,
  rank TEXT COLLATE "C" NOT NULL,
  starts TEXT,
  ends TEXT,
  hard BOOLEAN NOT NULL,
  theme_id UUID,
  because TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE placement_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  horizon TEXT NOT NULL,
  rank TEXT COLLATE "C" NOT NULL,
  starts TEXT,
  ends TEXT,
  hard BOOLEAN NOT NULL,
  theme_id UUID,
  because TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE UNIQUE INDEX placement_object ON placement (workspace_id, product_id, object_id) WHERE gone_at IS NULL;
CREATE INDEX placement_horizon ON placement (workspace_id, product_id, horizon, rank);
CREATE INDEX placement_version_product ON placement_version (workspace_id, product_id, valid_to);
