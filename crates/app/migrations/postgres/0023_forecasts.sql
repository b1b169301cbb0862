-- What was finished and when, of a product and of a team: forecasts and suggested points read it.
CREATE INDEX work_item_done ON work_item (workspace_id, product_id, done_at) WHERE category = 'accepted' AND gone_at IS NULL;
CREATE INDEX work_item_team_done ON work_item (workspace_id, team_id, done_at) WHERE category = 'accepted' AND gone_at IS NULL;
