-- Imports that are uploaded first and applied later, by whom, and what was chosen in the preview.
ALTER TABLE import ADD COLUMN person_id BLOB;
ALTER TABLE import ADD COLUMN choices TEXT NOT NULL DEFAULT '{}';
ALTER TABLE import ADD COLUMN note TEXT NOT NULL DEFAULT '';
UPDATE import SET state = 'running' WHERE state = 'staged';
-- One import into a product at a time.
CREATE UNIQUE INDEX import_running ON import (workspace_id, product_id) WHERE state = 'running';

-- The uploaded file, packed, in parts that are short to write; gone when the import is done.
CREATE TABLE import_file (
  workspace_id INTEGER NOT NULL,
  import_id BLOB NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (workspace_id, import_id, part)
) STRICT;
-- How far a running import is, and which process runs it; gone when it is done.
CREATE TABLE import_progress (
  workspace_id INTEGER NOT NULL,
  import_id BLOB NOT NULL,
  process BLOB NOT NULL,
  step TEXT NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  beat_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, import_id)
) STRICT;
-- Who somebody named in an export is here. The alias is a hash: no name outlives its person.
CREATE TABLE import_person (
  workspace_id INTEGER NOT NULL,
  alias TEXT NOT NULL,
  person_id BLOB NOT NULL,
  PRIMARY KEY (workspace_id, alias)
) STRICT;
-- Parents and links that were named before the item they lead to was imported.
CREATE TABLE import_wanted (
  workspace_id INTEGER NOT NULL,
  wanted_key TEXT NOT NULL,
  item_id BLOB NOT NULL,
  relation TEXT NOT NULL,
  PRIMARY KEY (workspace_id, wanted_key, item_id, relation)
) STRICT;
CREATE INDEX import_wanted_item ON import_wanted (workspace_id, item_id);

-- What an item looked like in the file that brought it: bookkeeping, no record of its own.
CREATE TABLE import_base_next (
  workspace_id INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  original_key TEXT NOT NULL,
  item_id BLOB NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (workspace_id, product_id, original_key)
) STRICT;
INSERT INTO import_base_next SELECT workspace_id, product_id, original_key, item_id, fields FROM import_base;
DROP TABLE import_base;
ALTER TABLE import_base_next RENAME TO import_base;

CREATE INDEX work_item_staged ON work_item (workspace_id, staged_by) WHERE staged_by IS NOT NULL;
CREATE INDEX activity_staged ON activity (workspace_id, staged_by) WHERE staged_by IS NOT NULL;
