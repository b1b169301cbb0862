-- Objectives aligned in a tree, scored when they close, and check-ins that say what is in the way.
ALTER TABLE objective ADD COLUMN level TEXT NOT NULL DEFAULT 'product';
ALTER TABLE objective_version ADD COLUMN level TEXT NOT NULL DEFAULT 'product';
ALTER TABLE objective ADD COLUMN parent_id UUID;
ALTER TABLE objective_version ADD COLUMN parent_id UUID;
ALTER TABLE objective ADD COLUMN score DOUBLE PRECISION;
ALTER TABLE objective_version ADD COLUMN score DOUBLE PRECISION;
ALTER TABLE objective ADD COLUMN lesson TEXT NOT NULL DEFAULT '';
ALTER TABLE objective_version ADD COLUMN lesson TEXT NOT NULL DEFAULT '';
ALTER TABLE key_result ADD COLUMN metric_id UUID;
ALTER TABLE key_result_version ADD COLUMN metric_id UUID;
ALTER TABLE check_in ADD COLUMN blocker TEXT NOT NULL DEFAULT '';
ALTER TABLE check_in ADD COLUMN help TEXT NOT NULL DEFAULT '';
CREATE INDEX objective_parent ON objective (workspace_id, parent_id);
CREATE INDEX key_result_metric ON key_result (workspace_id, metric_id);
