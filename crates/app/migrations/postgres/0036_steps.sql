-- Options and experiments are steps of the thread, and search finds evidence by the words that were said;
-- what stakeholders said is kept.
ALTER TABLE solution_option ADD COLUMN about_kind TEXT NOT NULL DEFAULT '';
UPDATE solution_option SET about_kind = COALESCE((SELECT k.kind FROM item_key k WHERE k.workspace_id = solution_option.workspace_id AND k.object_id = solution_option.about_id LIMIT 1), '');
ALTER TABLE solution_option_version ADD COLUMN about_kind TEXT NOT NULL DEFAULT '';
UPDATE solution_option_version SET about_kind = COALESCE((SELECT k.kind FROM item_key k WHERE k.workspace_id = solution_option_version.workspace_id AND k.object_id = solution_option_version.about_id LIMIT 1), '');
ALTER TABLE experiment ADD COLUMN about_kind TEXT NOT NULL DEFAULT '';
UPDATE experiment SET about_kind = COALESCE((SELECT k.kind FROM item_key k WHERE k.workspace_id = experiment.workspace_id AND k.object_id = experiment.about_id LIMIT 1), '');
ALTER TABLE experiment_version ADD COLUMN about_kind TEXT NOT NULL DEFAULT '';
UPDATE experiment_version SET about_kind = COALESCE((SELECT k.kind FROM item_key k WHERE k.workspace_id = experiment_version.workspace_id AND k.object_id = experiment_version.about_id LIMIT 1), '');
INSERT INTO edge (workspace_id, lower_id, upper_id, lower_kind, upper_kind, valid_from, valid_to)
  SELECT workspace_id, id, about_id, 'solution_option', about_kind, created_at, COALESCE(gone_at, 9223372036854775807) FROM solution_option WHERE about_kind <> '';
INSERT INTO edge (workspace_id, lower_id, upper_id, lower_kind, upper_kind, valid_from, valid_to)
  SELECT workspace_id, id, about_id, 'experiment', about_kind, created_at, COALESCE(gone_at, 9223372036854775807) FROM experiment WHERE about_kind <> '';
UPDATE search_doc SET body = search_doc.body || chr(10) || v.text FROM evidence e
  JOIN verbatim v ON v.workspace_id = e.workspace_id AND v.id = e.verbatim_id
  WHERE e.workspace_id = search_doc.workspace_id AND e.id = search_doc.object_id;
CREATE TABLE stakeholder_talk (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  stakeholder_id UUID NOT NULL,
  said_on TEXT NOT NULL,
  notes TEXT NOT NULL,
  agreed TEXT NOT NULL,
  author_id UUID,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX stakeholder_talk_of ON stakeholder_talk (workspace_id, stakeholder_id, said_on);
CREATE INDEX stakeholder_talk_product ON stakeholder_talk (workspace_id, product_id, said_on);
CREATE INDEX evidence_company ON evidence (workspace_id, product_id, company, said_on) WHERE company <> '' AND gone_at IS NULL;
