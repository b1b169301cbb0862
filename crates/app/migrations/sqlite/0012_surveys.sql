-- Kano surveys: pairs of questions about opportunities, and the answers.
CREATE TABLE survey (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  token TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE survey_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  token TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX survey_of_product ON survey (workspace_id, product_id);
CREATE TABLE survey_question (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  survey_id BLOB NOT NULL,
  opportunity_id BLOB NOT NULL,
  functional TEXT NOT NULL,
  dysfunctional TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE survey_question_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  survey_id BLOB NOT NULL,
  opportunity_id BLOB NOT NULL,
  functional TEXT NOT NULL,
  dysfunctional TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX survey_question_of ON survey_question (workspace_id, survey_id);
CREATE INDEX survey_question_about ON survey_question (workspace_id, opportunity_id);
CREATE TABLE survey_answer (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  question_id BLOB NOT NULL,
  functional TEXT NOT NULL,
  dysfunctional TEXT NOT NULL,
  respondent TEXT NOT NULL,
  entered_by BLOB,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX survey_answer_to ON survey_answer (workspace_id, question_id);
-- A link is looked up before anybody knows of which workspace it is.
CREATE INDEX survey_token ON survey (token);
