-- The installation: who may sign in. Exempt from the workspace rule by one list in the tests.
CREATE TABLE workspace (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  seq BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE account (
  id UUID NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT,
  created_at BIGINT NOT NULL
);
CREATE TABLE session (
  token_hash TEXT NOT NULL PRIMARY KEY,
  account_id UUID NOT NULL,
  workspace_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account_id);
CREATE TABLE token (
  token_hash TEXT NOT NULL PRIMARY KEY,
  id UUID NOT NULL,
  workspace_id BIGINT NOT NULL,
  person_id UUID NOT NULL,
  name TEXT NOT NULL,
  read_only BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT
);
CREATE INDEX token_by_person ON token (workspace_id, person_id);
-- One-time links: setting up, joining, choosing a new password.
CREATE TABLE one_time_link (
  token_hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  workspace_id BIGINT,
  role TEXT,
  account_id UUID,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE TABLE login_attempt (
  bucket TEXT NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  since BIGINT NOT NULL
);

-- Workspace data: every primary key and unique index starts with workspace_id.
CREATE TABLE person (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  account_id UUID,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  role TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of person, each with the end of its validity.
CREATE TABLE person_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  account_id UUID,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  role TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE product (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  private BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of product, each with the end of its validity.
CREATE TABLE product_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  private BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE product_member (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  person_id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE part (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE team (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE team_member (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  team_id UUID NOT NULL,
  person_id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE workflow_state (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  category TEXT NOT NULL,
  position BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of workflow_state, each with the end of its validity.
CREATE TABLE workflow_state_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  category TEXT NOT NULL,
  position BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE sprint (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  state TEXT NOT NULL,
  starts TEXT,
  ends TEXT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of sprint, each with the end of its validity.
CREATE TABLE sprint_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  state TEXT NOT NULL,
  starts TEXT,
  ends TEXT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE work_item (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  category TEXT NOT NULL,
  rank TEXT COLLATE "C" NOT NULL,
  parent_id UUID,
  broke_id UUID,
  team_id UUID,
  part_id UUID,
  assignee_id UUID,
  reporter_id UUID,
  points DOUBLE PRECISION,
  priority TEXT,
  labels TEXT NOT NULL,
  sprint_id UUID,
  due TEXT,
  fields TEXT NOT NULL,
  no_why_until TEXT,
  started_at BIGINT,
  done_at BIGINT,
  original_key TEXT,
  staged_by UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of work_item, each with the end of its validity.
CREATE TABLE work_item_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  category TEXT NOT NULL,
  rank TEXT COLLATE "C" NOT NULL,
  parent_id UUID,
  broke_id UUID,
  team_id UUID,
  part_id UUID,
  assignee_id UUID,
  reporter_id UUID,
  points DOUBLE PRECISION,
  priority TEXT,
  labels TEXT NOT NULL,
  sprint_id UUID,
  due TEXT,
  fields TEXT NOT NULL,
  no_why_until TEXT,
  started_at BIGINT,
  done_at BIGINT,
  original_key TEXT,
  staged_by UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE opportunity (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  verdict_reason TEXT NOT NULL,
  rank TEXT COLLATE "C" NOT NULL,
  owner_id UUID,
  no_why_until TEXT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of opportunity, each with the end of its validity.
CREATE TABLE opportunity_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  verdict_reason TEXT NOT NULL,
  rank TEXT COLLATE "C" NOT NULL,
  owner_id UUID,
  no_why_until TEXT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE need (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  segment TEXT NOT NULL,
  sponsor TEXT NOT NULL,
  measure TEXT NOT NULL,
  baseline DOUBLE PRECISION,
  current DOUBLE PRECISION,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of need, each with the end of its validity.
CREATE TABLE need_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  segment TEXT NOT NULL,
  sponsor TEXT NOT NULL,
  measure TEXT NOT NULL,
  baseline DOUBLE PRECISION,
  current DOUBLE PRECISION,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE evidence (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  verbatim_id UUID NOT NULL,
  company TEXT NOT NULL,
  segment TEXT NOT NULL,
  said_on TEXT,
  url TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of evidence, each with the end of its validity.
CREATE TABLE evidence_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  verbatim_id UUID NOT NULL,
  company TEXT NOT NULL,
  segment TEXT NOT NULL,
  said_on TEXT,
  url TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE verbatim (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  text TEXT NOT NULL,
  source TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE objective (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  period TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  owner_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of objective, each with the end of its validity.
CREATE TABLE objective_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  period TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  owner_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE key_result (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  objective_id UUID NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  baseline DOUBLE PRECISION NOT NULL,
  target DOUBLE PRECISION NOT NULL,
  current DOUBLE PRECISION NOT NULL,
  checked_on TEXT,
  owner_id UUID,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
-- Superseded rows of key_result, each with the end of its validity.
CREATE TABLE key_result_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  objective_id UUID NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  baseline DOUBLE PRECISION NOT NULL,
  target DOUBLE PRECISION NOT NULL,
  current DOUBLE PRECISION NOT NULL,
  checked_on TEXT,
  owner_id UUID,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE TABLE check_in (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  key_result_id UUID NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  confidence BIGINT NOT NULL,
  note TEXT NOT NULL,
  said_on TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE link (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  from_kind TEXT NOT NULL,
  from_id UUID NOT NULL,
  to_kind TEXT NOT NULL,
  to_id UUID NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE comment (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  author_id UUID,
  author_name TEXT NOT NULL,
  body TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE import (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  source TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  report TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE import_base (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  original_key TEXT NOT NULL,
  item_id UUID NOT NULL,
  fields TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);

-- What a reader may see now: neither in the bin nor part of an import that is still being applied.
CREATE VIEW work_item_now AS
  SELECT * FROM work_item
  WHERE gone_at IS NULL
    AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied'));

CREATE UNIQUE INDEX person_account ON person (workspace_id, account_id);
CREATE UNIQUE INDEX product_key ON product (workspace_id, key);
CREATE UNIQUE INDEX product_member_pair ON product_member (workspace_id, product_id, person_id) WHERE gone_at IS NULL;
CREATE INDEX product_member_person ON product_member (workspace_id, person_id);
CREATE UNIQUE INDEX team_member_pair ON team_member (workspace_id, team_id, person_id) WHERE gone_at IS NULL;
CREATE UNIQUE INDEX workflow_state_name ON workflow_state (workspace_id, product_id, name) WHERE gone_at IS NULL;
CREATE INDEX part_product ON part (workspace_id, product_id);
CREATE INDEX sprint_product ON sprint (workspace_id, product_id);
CREATE INDEX work_item_rank ON work_item (workspace_id, product_id, rank);
CREATE INDEX work_item_open ON work_item (workspace_id, product_id, rank) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
CREATE INDEX work_item_state ON work_item (workspace_id, product_id, state, rank);
CREATE INDEX work_item_level ON work_item (workspace_id, product_id, level, rank);
CREATE INDEX work_item_assignee ON work_item (workspace_id, assignee_id, product_id, rank);
CREATE INDEX work_item_parent ON work_item (workspace_id, parent_id);
CREATE INDEX work_item_sprint ON work_item (workspace_id, sprint_id);
CREATE INDEX work_item_original ON work_item (workspace_id, product_id, original_key);
CREATE INDEX work_item_gone ON work_item (workspace_id, product_id, gone_at);
CREATE INDEX work_item_version_rank ON work_item_version (workspace_id, product_id, rank, valid_to);
CREATE INDEX opportunity_rank ON opportunity (workspace_id, product_id, rank);
CREATE INDEX opportunity_version_rank ON opportunity_version (workspace_id, product_id, rank, valid_to);
CREATE INDEX need_product ON need (workspace_id, product_id, id);
CREATE INDEX evidence_product ON evidence (workspace_id, product_id, id);
CREATE INDEX objective_product ON objective (workspace_id, product_id, id);
CREATE INDEX key_result_objective ON key_result (workspace_id, objective_id);
CREATE INDEX key_result_product ON key_result (workspace_id, product_id, id);
CREATE INDEX check_in_key_result ON check_in (workspace_id, key_result_id, said_on);
CREATE INDEX link_from ON link (workspace_id, from_id);
CREATE INDEX link_to ON link (workspace_id, to_id);
CREATE INDEX comment_object ON comment (workspace_id, object_id, said_at);
CREATE UNIQUE INDEX import_base_key ON import_base (workspace_id, product_id, original_key);
CREATE INDEX import_product ON import (workspace_id, product_id);

-- What was done, in commit order within a workspace; never changed afterwards.
CREATE TABLE activity (
  workspace_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  change_id UUID NOT NULL,
  undoes UUID,
  actor_id UUID,
  via TEXT NOT NULL,
  verb TEXT NOT NULL,
  effect TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  product_id UUID,
  part_id UUID,
  team_id UUID,
  revision BIGINT NOT NULL,
  changes TEXT NOT NULL,
  responsibilities TEXT NOT NULL,
  reason TEXT,
  happened_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  staged_by UUID,
  PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX activity_object ON activity (workspace_id, object_id, seq);
CREATE INDEX activity_product ON activity (workspace_id, product_id, seq);
CREATE INDEX activity_change ON activity (workspace_id, change_id);
CREATE INDEX activity_undoes ON activity (workspace_id, undoes);

-- Derived from records in the same transaction; could be rebuilt.
CREATE TABLE item_key (
  workspace_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  PRIMARY KEY (workspace_id, key)
);
CREATE TABLE edge (
  workspace_id BIGINT NOT NULL,
  lower_id UUID NOT NULL,
  upper_id UUID NOT NULL,
  lower_kind TEXT NOT NULL,
  upper_kind TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, lower_id, upper_id, valid_from)
);
CREATE INDEX edge_upper ON edge (workspace_id, upper_id, valid_to);
CREATE TABLE item_label (
  workspace_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  label TEXT NOT NULL,
  object_id UUID NOT NULL,
  PRIMARY KEY (workspace_id, product_id, label, object_id)
);
CREATE TABLE counter (
  workspace_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  next BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, product_id)
);
-- Answers already given, so that a form sent twice is done once.
CREATE TABLE submission (
  workspace_id BIGINT NOT NULL,
  person_id UUID NOT NULL,
  submission_id TEXT NOT NULL,
  output TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, person_id, submission_id)
);
CREATE TABLE read_mark (
  workspace_id BIGINT NOT NULL,
  person_id UUID NOT NULL,
  object_id UUID NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (workspace_id, person_id, object_id, day)
);

CREATE TABLE search_doc (
  doc BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id BIGINT NOT NULL,
  object_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  product_id UUID NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  words TSVECTOR GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', left(key, 200)), 'A') || setweight(to_tsvector('simple', left(title, 20000)), 'B') || to_tsvector('simple', left(body, 200000))
  ) STORED
);
CREATE UNIQUE INDEX search_doc_object ON search_doc (workspace_id, object_id);
CREATE INDEX search_doc_words ON search_doc USING GIN (words);
