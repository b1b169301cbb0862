-- Lists and counts of a board and of what is open look at nothing but these.
DROP INDEX work_item_state;
CREATE INDEX work_item_state ON work_item (workspace_id, product_id, state, rank, level, gone_at, staged_by);
DROP INDEX work_item_open;
CREATE INDEX work_item_open ON work_item (workspace_id, product_id, rank, category, gone_at, staged_by) WHERE gone_at IS NULL AND category <> 'accepted' AND category <> 'dropped';
-- Texts that the index does not hold yet. They are indexed together when they are committed: an
-- insert from within a trigger writes the index out for each text.
CREATE TABLE search_pending (doc INTEGER PRIMARY KEY) STRICT;
DROP TRIGGER search_doc_insert;
DROP TRIGGER search_doc_delete;
CREATE TRIGGER search_doc_insert AFTER INSERT ON search_doc BEGIN
  INSERT INTO search_pending (doc) VALUES (new.doc);
END;
CREATE TRIGGER search_doc_delete AFTER DELETE ON search_doc BEGIN
  INSERT INTO search_text(search_text, rowid, key, title, body) SELECT 'delete', old.doc, old.key, old.title, old.body WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE doc = old.doc);
  DELETE FROM search_pending WHERE doc = old.doc;
END;
