-- Whose words a piece of evidence holds, when somebody is forgotten with what they said
CREATE INDEX evidence_verbatim ON evidence (workspace_id, verbatim_id);
