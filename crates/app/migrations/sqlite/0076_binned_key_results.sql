-- What lies in the bin stands where its objective stands, so that it comes back as that
UPDATE key_result SET state = (SELECT o.state FROM objective o WHERE o.workspace_id = key_result.workspace_id AND o.id = key_result.objective_id)
WHERE gone_at IS NOT NULL AND EXISTS (SELECT 1 FROM objective o WHERE o.workspace_id = key_result.workspace_id AND o.id = key_result.objective_id);
