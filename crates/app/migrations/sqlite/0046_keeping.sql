-- Which browser a session is of, and whether a workspace is closed for changes.
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE workspace ADD COLUMN archived_at INTEGER;
