-- Search looks at the newest texts first.
CREATE INDEX search_doc_newest ON search_doc (workspace_id, doc);
