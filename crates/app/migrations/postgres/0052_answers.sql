-- Where an answer to a piece of evidence goes, how sure one is of what was said, and how it was told
-- where no letter could be sent.
ALTER TABLE verbatim ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN reliability TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_version ADD COLUMN reliability TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN answered_how TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_version ADD COLUMN answered_how TEXT NOT NULL DEFAULT '';
CREATE INDEX verbatim_email ON verbatim (workspace_id, email) WHERE email <> '';
CREATE INDEX evidence_said_again ON evidence (workspace_id, duplicate_of) WHERE duplicate_of IS NOT NULL;
-- What came through a portal or by mail has its address with the contact already.
UPDATE verbatim SET email = known.email FROM (
  SELECT e.workspace_id AS workspace_id, e.verbatim_id AS verbatim_id, c.email AS email FROM idea i
  JOIN evidence e ON e.workspace_id = i.workspace_id AND e.id = i.evidence_id
  JOIN contact c ON c.workspace_id = i.workspace_id AND c.id = i.contact_id AND c.state <> 'gone'
) AS known WHERE verbatim.workspace_id = known.workspace_id AND verbatim.id = known.verbatim_id;
