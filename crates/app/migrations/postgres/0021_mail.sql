-- Letters that wait to be sent, and for a while what became of each. No history of a workspace.
CREATE TABLE outbox (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  once TEXT,
  to_address TEXT NOT NULL,
  to_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  unsubscribe TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  problem TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  sent_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX outbox_once ON outbox (workspace_id, once);
CREATE INDEX outbox_due ON outbox (workspace_id, state, next_at);
CREATE INDEX outbox_newest ON outbox (workspace_id, created_at);
