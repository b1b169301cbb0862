-- The installation: who may sign in. Exempt from the workspace rule by one list in the tests.
CREATE TABLE workspace (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  seq INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE account (
  id BLOB NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE session (
  token_hash TEXT NOT NULL PRIMARY KEY,
  account_id BLOB NOT NULL,
  workspace_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_account ON session (account_id);
CREATE TABLE token (
  token_hash TEXT NOT NULL PRIMARY KEY,
  id BLOB NOT NULL,
  workspace_id INTEGER NOT NULL,
  person_id BLOB NOT NULL,
  name TEXT NOT NULL,
  read_only INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;
CREATE INDEX token_by_person ON token (workspace_id, person_id);
-- One-time links: setting up, joining, choosing a new password.
CREATE TABLE one_time_link (
  token_hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  workspace_id INTEGER,
  role TEXT,
  account_id BLOB,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE TABLE login_attempt (
  bucket TEXT NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT;

-- Workspace data: every primary key and unique index starts with workspace_id.
CREATE TABLE person (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  account_id BLOB,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  role TEXT NOT NULL,
  active INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of person, each with the end of its validity.
CREATE TABLE person_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  account_id BLOB,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  role TEXT NOT NULL,
  active INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE product (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  private INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of product, each with the end of its validity.
CREATE TABLE product_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  private INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE product_member (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE part (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE team (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE team_member (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  team_id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE workflow_state (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  category TEXT NOT NULL,
  position INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of workflow_state, each with the end of its validity.
CREATE TABLE workflow_state_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  category TEXT NOT NULL,
  position INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE sprint (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  state TEXT NOT NULL,
  starts TEXT,
  ends TEXT,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of sprint, each with the end of its validity.
CREATE TABLE sprint_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  state TEXT NOT NULL,
  starts TEXT,
  ends TEXT,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE work_item (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  category TEXT NOT NULL,
  rank TEXT NOT NULL,
  parent_id BLOB,
  broke_id BLOB,
  team_id BLOB,
  part_id BLOB,
  assignee_id BLOB,
  reporter_id BLOB,
  points REAL,
  priority TEXT,
  labels TEXT NOT NULL,
  sprint_id BLOB,
  due TEXT,
  fields TEXT NOT NULL,
  no_why_until TEXT,
  started_at INTEGER,
  done_at INTEGER,
  original_key TEXT,
  staged_by BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of work_item, each with the end of its validity.
CREATE TABLE work_item_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  category TEXT NOT NULL,
  rank TEXT NOT NULL,
  parent_id BLOB,
  broke_id BLOB,
  team_id BLOB,
  part_id BLOB,
  assignee_id BLOB,
  reporter_id BLOB,
  points REAL,
  priority TEXT,
  labels TEXT NOT NULL,
  sprint_id BLOB,
  due TEXT,
  fields TEXT NOT NULL,
  no_why_until TEXT,
  started_at INTEGER,
  done_at INTEGER,
  original_key TEXT,
  staged_by BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE opportunity (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  verdict_reason TEXT NOT NULL,
  rank TEXT NOT NULL,
  owner_id BLOB,
  no_why_until TEXT,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of opportunity, each with the end of its validity.
CREATE TABLE opportunity_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  verdict_reason TEXT NOT NULL,
  rank TEXT NOT NULL,
  owner_id BLOB,
  no_why_until TEXT,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE need (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  segment TEXT NOT NULL,
  sponsor TEXT NOT NULL,
  measure TEXT NOT NULL,
  baseline REAL,
  current REAL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of need, each with the end of its validity.
CREATE TABLE need_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  segment TEXT NOT NULL,
  sponsor TEXT NOT NULL,
  measure TEXT NOT NULL,
  baseline REAL,
  current REAL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE evidence (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  verbatim_id BLOB NOT NULL,
  company TEXT NOT NULL,
  segment TEXT NOT NULL,
  said_on TEXT,
  url TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of evidence, each with the end of its validity.
CREATE TABLE evidence_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  verbatim_id BLOB NOT NULL,
  company TEXT NOT NULL,
  segment TEXT NOT NULL,
  said_on TEXT,
  url TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE verbatim (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  text TEXT NOT NULL,
  source TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE objective (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  period TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  owner_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of objective, each with the end of its validity.
CREATE TABLE objective_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  period TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  owner_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE key_result (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  objective_id BLOB NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  baseline REAL NOT NULL,
  target REAL NOT NULL,
  current REAL NOT NULL,
  checked_on TEXT,
  owner_id BLOB,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
-- Superseded rows of key_result, each with the end of its validity.
CREATE TABLE key_result_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  objective_id BLOB NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  baseline REAL NOT NULL,
  target REAL NOT NULL,
  current REAL NOT NULL,
  checked_on TEXT,
  owner_id BLOB,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE TABLE check_in (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  key_result_id BLOB NOT NULL,
  value REAL NOT NULL,
  confidence INTEGER NOT NULL,
  note TEXT NOT NULL,
  said_on TEXT NOT NULL,
  author_id BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE link (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  from_kind TEXT NOT NULL,
  from_id BLOB NOT NULL,
  to_kind TEXT NOT NULL,
  to_id BLOB NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE comment (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  author_id BLOB,
  author_name TEXT NOT NULL,
  body TEXT NOT NULL,
  said_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE import (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  source TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  report TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE import_base (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  original_key TEXT NOT NULL,
  item_id BLOB NOT NULL,
  fields TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;

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
  workspace_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  change_id BLOB NOT NULL,
  undoes BLOB,
  actor_id BLOB,
  via TEXT NOT NULL,
  verb TEXT NOT NULL,
  effect TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  product_id BLOB,
  part_id BLOB,
  team_id BLOB,
  revision INTEGER NOT NULL,
  changes TEXT NOT NULL,
  responsibilities TEXT NOT NULL,
  reason TEXT,
  happened_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  staged_by BLOB,
  PRIMARY KEY (workspace_id, seq)
) STRICT;
CREATE INDEX activity_object ON activity (workspace_id, object_id, seq);
CREATE INDEX activity_product ON activity (workspace_id, product_id, seq);
CREATE INDEX activity_change ON activity (workspace_id, change_id);
CREATE INDEX activity_undoes ON activity (workspace_id, undoes);

-- Derived from records in the same transaction; could be rebuilt.
CREATE TABLE item_key (
  workspace_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  object_id BLOB NOT NULL,
  PRIMARY KEY (workspace_id, key)
) STRICT;
CREATE TABLE edge (
  workspace_id INTEGER NOT NULL,
  lower_id BLOB NOT NULL,
  upper_id BLOB NOT NULL,
  lower_kind TEXT NOT NULL,
  upper_kind TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, lower_id, upper_id, valid_from)
) STRICT;
CREATE INDEX edge_upper ON edge (workspace_id, upper_id, valid_to);
CREATE TABLE item_label (
  workspace_id INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  label TEXT NOT NULL,
  object_id BLOB NOT NULL,
  PRIMARY KEY (workspace_id, product_id, label, object_id)
) STRICT;
CREATE TABLE counter (
  workspace_id INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  next INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, product_id)
) STRICT;
-- Answers already given, so that a form sent twice is done once.
CREATE TABLE submission (
  workspace_id INTEGER NOT NULL,
  person_id BLOB NOT NULL,
  submission_id TEXT NOT NULL,
  output TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, person_id, submission_id)
) STRICT;
CREATE TABLE read_mark (
  workspace_id INTEGER NOT NULL,
  person_id BLOB NOT NULL,
  object_id BLOB NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (workspace_id, person_id, object_id, day)
) STRICT;

CREATE TABLE search_doc (
  doc INTEGER PRIMARY KEY,
  workspace_id INTEGER NOT NULL,
  object_id BLOB NOT NULL,
  object_kind TEXT NOT NULL,
  product_id BLOB NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX search_doc_object ON search_doc (workspace_id, object_id);
CREATE VIRTUAL TABLE search_text USING fts5(key, title, body, content='search_doc', content_rowid='doc', tokenize="unicode61 remove_diacritics 2", prefix='2 3');
CREATE TRIGGER search_doc_insert AFTER INSERT ON search_doc BEGIN
  INSERT INTO search_text(rowid, key, title, body) VALUES (new.doc, new.key, new.title, new.body);
END;
CREATE TRIGGER search_doc_delete AFTER DELETE ON search_doc BEGIN
  INSERT INTO search_text(search_text, rowid, key, title, body) VALUES ('delete', old.doc, old.key, old.title, old.body);
END;
