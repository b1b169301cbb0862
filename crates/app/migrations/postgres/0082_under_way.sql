-- What is under way in a product is few among many, and the flow asks for all of it.
CREATE INDEX work_item_under_way ON work_item (workspace_id, product_id, id) WHERE gone_at IS NULL AND level <> 'epic' AND (category = 'started' OR category = 'in-review');
