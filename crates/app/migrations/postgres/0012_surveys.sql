-- Kano surveys: pairs of questions about opportunities, and the answers.
CREATE TABLE survey (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  token TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE survey_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  token TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX survey_of_product ON survey (workspace_id, product_id);
CREATE TABLE survey_question (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  survey_id UUID NOT NULL,
  opportunity_id UUID NOT NULL,
  functional TEXT NOT NULL,
  dysfunctional TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE survey_question_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  survey_id UUID NOT NULL,
  opportunity_id UUID NOT NULL,
  functional TEXT NOT NULL,
  dysfunctional TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX survey_question_of ON survey_question (workspace_id, survey_id);
CREATE INDEX survey_question_about ON survey_question (workspace_id, opportunity_id);
CREATE TABLE survey_answer (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  question_id UUID NOT NULL,
  functional TEXT NOT NULL,
  dysfunctional TEXT NOT NULL,
  respondent TEXT NOT NULL,
  entered_by UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX survey_answer_to ON survey_answer (workspace_id, question_id);
-- A link is looked up before anybody knows of which workspace it is.
CREATE INDEX survey_token ON survey (token);
