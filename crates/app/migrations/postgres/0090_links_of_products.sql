-- A link belongs to the product of what serves, so that the product's activity and charter know of it.
ALTER TABLE link ADD COLUMN product_id UUID;
UPDATE link SET product_id = (SELECT x.product_id FROM work_item x WHERE x.workspace_id = link.workspace_id AND x.id = link.from_id) WHERE from_kind = 'work_item';
UPDATE link SET product_id = (SELECT x.product_id FROM opportunity x WHERE x.workspace_id = link.workspace_id AND x.id = link.from_id) WHERE from_kind = 'opportunity';
UPDATE link SET product_id = (SELECT x.product_id FROM need x WHERE x.workspace_id = link.workspace_id AND x.id = link.from_id) WHERE from_kind = 'need';
UPDATE link SET product_id = (SELECT x.product_id FROM solution_option x WHERE x.workspace_id = link.workspace_id AND x.id = link.from_id) WHERE from_kind = 'solution_option';
UPDATE link SET product_id = (SELECT x.product_id FROM evidence x WHERE x.workspace_id = link.workspace_id AND x.id = link.from_id) WHERE from_kind = 'evidence';
UPDATE link SET product_id = (SELECT x.product_id FROM key_result x WHERE x.workspace_id = link.workspace_id AND x.id = link.from_id) WHERE from_kind = 'key_result';
UPDATE link SET product_id = (SELECT x.product_id FROM objective x WHERE x.workspace_id = link.workspace_id AND x.id = link.from_id) WHERE from_kind = 'objective';
UPDATE activity SET product_id = (SELECT l.product_id FROM link l WHERE l.workspace_id = activity.workspace_id AND l.id = activity.object_id) WHERE object_kind = 'link' AND product_id IS NULL;
