-- What a workspace was asked when it began, so that it can be left and taken up again
CREATE TABLE onboarding (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  company TEXT NOT NULL,
  stage TEXT NOT NULL,
  framework TEXT NOT NULL,
  kinds TEXT NOT NULL,
  product_name TEXT NOT NULL,
  product_key TEXT NOT NULL,
  teams TEXT NOT NULL,
  people TEXT NOT NULL,
  arrangement TEXT NOT NULL,
  because TEXT NOT NULL,
  item TEXT NOT NULL,
  need TEXT NOT NULL,
  step INTEGER NOT NULL,
  state TEXT NOT NULL,
  product_id BLOB,
  charter_id BLOB,
  item_key TEXT NOT NULL,
  in_front INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX onboarding_one ON onboarding (workspace_id) WHERE gone_at IS NULL;
