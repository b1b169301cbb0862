-- New work waits until somebody has looked at it: from this day on, or not at all.
ALTER TABLE work_item ADD COLUMN triage_on TEXT;
ALTER TABLE work_item_version ADD COLUMN triage_on TEXT;
DROP VIEW work_item_now;
CREATE VIEW work_item_now AS
  SELECT * FROM work_item
  WHERE gone_at IS NULL
    AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied'));
CREATE INDEX work_item_triage ON work_item (workspace_id, product_id, triage_on, id) WHERE triage_on IS NOT NULL;
-- A tree asks for what stands under an item in its order, a calendar for what is due between two days.
CREATE INDEX work_item_under ON work_item (workspace_id, product_id, parent_id, rank);
CREATE INDEX work_item_due ON work_item (workspace_id, product_id, due) WHERE due IS NOT NULL;
-- One's own work over all products: what is in hand, what waits for acceptance, what one touched.
CREATE INDEX work_item_in_hand ON work_item (workspace_id, assignee_id, category, rank) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
CREATE INDEX work_item_in_review ON work_item (workspace_id, product_id, rank) WHERE gone_at IS NULL AND category = 'in-review';
CREATE INDEX activity_actor ON activity (workspace_id, actor_id, seq);
CREATE INDEX charter_draft ON charter (workspace_id, id) WHERE state = 'draft';
CREATE INDEX gate_pending ON gate (workspace_id, id) WHERE state = 'pending';
CREATE INDEX refinement_open ON refinement (workspace_id, id) WHERE state = 'open';
CREATE INDEX release_planned ON release (workspace_id, product_id, planned_on) WHERE planned_on IS NOT NULL;
CREATE INDEX gate_due ON gate (workspace_id, product_id, due) WHERE due IS NOT NULL;
-- When a ceremony began, so that everybody there sees the same time left.
ALTER TABLE ceremony ADD COLUMN begun_at INTEGER;
ALTER TABLE ceremony_version ADD COLUMN begun_at INTEGER;
-- The most started items of each class of service.
ALTER TABLE policy ADD COLUMN wip_classes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE policy_version ADD COLUMN wip_classes TEXT NOT NULL DEFAULT '{}';
