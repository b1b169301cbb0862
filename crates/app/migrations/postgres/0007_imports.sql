-- Imports that are uploaded first and applied later, by whom, and what was chosen in the preview.
ALTER TABLE import ADD COLUMN person_id UUID;
ALTER TABLE import ADD COLUMN choices TEXT NOT NULL DEFAULT '{}';
ALTER TABLE import ADD COLUMN note TEXT NOT NULL DEFAULT '';
UPDATE import SET state = 'running' WHERE state = 'staged';
-- One import into a product at a time.
CREATE UNIQUE INDEX import_running ON import (workspace_id, product_id) WHERE state = 'running';

-- The uploaded file, packed, in parts that are short to write; gone when the import is done.
CREATE TABLE import_file (
  workspace_id BIGINT NOT NULL,
  import_id UUID NOT NULL,
  part BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (workspace_id, import_id, part)
);
-- How far a running import is, and which process runs it; gone when it is done.
CREATE TABLE import_progress (
  workspace_id BIGINT NOT NULL,
  import_id UUID NOT NULL,
  process UUID NOT NULL,
  step TEXT NOT NULL,
  done BIGINT NOT NULL,
  total BIGINT NOT NULL,
  beat_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, import_id)
);
-- Who somebody named in an export is here. The alias is a hash: no name outlives its person.
CREATE TABLE import_person (
  workspace_id BIGINT NOT NULL,
  alias TEXT NOT NULL,
  person_id UUID NOT NULL,
  PRIMARY KEY (workspace_id, alias)
);
-- Parents and links that were named before the item they lead to was imported.
CREATE TABLE import_wanted (
  workspace_id BIGINT NOT NULL,
  wanted_key TEXT NOT NULL,
  item_id UUID NOT NULL,
  relation TEXT NOT NULL,
  PRIMARY KEY (workspace_id, wanted_key, item_id, relation)
);
CREATE INDEX import_wanted_item ON import_wanted (workspace_id, item_id);

-- What an item looked like in the file that brought it: bookkeeping, no record of its own.
CREATE TABLE import_base_next (
  workspace_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  original_key TEXT NOT NULL,
  item_id UUID NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (workspace_id, product_id, original_key)
);
INSERT INTO import_base_next SELECT workspace_id, product_id, original_key, item_id, fields FROM import_base;
DROP TABLE import_base;
ALTER TABLE import_base_next RENAME TO import_base;

CREATE INDEX work_item_staged ON work_item (workspace_id, staged_by) WHERE staged_by IS NOT NULL;
CREATE INDEX activity_staged ON activity (workspace_id, staged_by) WHERE staged_by IS NOT NULL;
