-- A key result stands where its objective stands; what was closed before stayed active.
INSERT INTO key_result_version (workspace_id, product_id, key, objective_id, title, unit, baseline, target, current, checked_on, owner_id, state, metric_id, id, revision, created_at, valid_from, gone_at, valid_to)
SELECT k.workspace_id, k.product_id, k.key, k.objective_id, k.title, k.unit, k.baseline, k.target, k.current, k.checked_on, k.owner_id, k.state, k.metric_id, k.id, k.revision, k.created_at, k.valid_from, k.gone_at, o.valid_from
FROM key_result k JOIN objective o ON o.workspace_id = k.workspace_id AND o.id = k.objective_id
WHERE o.state = 'closed' AND k.state <> 'closed' AND k.valid_from < o.valid_from;
UPDATE key_result SET state = 'closed', revision = revision + 1,
  valid_from = (SELECT o.valid_from FROM objective o WHERE o.workspace_id = key_result.workspace_id AND o.id = key_result.objective_id)
WHERE state <> 'closed' AND EXISTS (SELECT 1 FROM objective o WHERE o.workspace_id = key_result.workspace_id AND o.id = key_result.objective_id AND o.state = 'closed' AND key_result.valid_from < o.valid_from);
UPDATE key_result SET state = 'closed'
WHERE state <> 'closed' AND EXISTS (SELECT 1 FROM objective o WHERE o.workspace_id = key_result.workspace_id AND o.id = key_result.objective_id AND o.state = 'closed');
UPDATE key_result SET state = 'draft'
WHERE state = 'active' AND EXISTS (SELECT 1 FROM objective o WHERE o.workspace_id = key_result.workspace_id AND o.id = key_result.objective_id AND o.state = 'draft');
-- Why an epic stands where it stands, although a score puts it elsewhere.
ALTER TABLE epic ADD COLUMN rank_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE epic_version ADD COLUMN rank_reason TEXT NOT NULL DEFAULT '';
