-- Who of several nodes runs a background job, and when it is due again.
CREATE TABLE lease (
  name TEXT NOT NULL PRIMARY KEY,
  node UUID NOT NULL,
  held_until BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  last_done_at BIGINT,
  last_error TEXT
);

-- What lies in the bin, for the job that empties it.
CREATE INDEX work_item_bin ON work_item (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX opportunity_bin ON opportunity (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX need_bin ON need (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX evidence_bin ON evidence (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX objective_bin ON objective (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX key_result_bin ON key_result (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX comment_bin ON comment (workspace_id, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX link_bin ON link (workspace_id, gone_at) WHERE gone_at IS NOT NULL;

CREATE INDEX read_mark_object ON read_mark (workspace_id, object_id, day);
