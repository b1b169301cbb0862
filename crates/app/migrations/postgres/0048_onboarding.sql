-- What a workspace was asked when it began, so that it can be left and taken up again
CREATE TABLE onboarding (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
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
  step BIGINT NOT NULL,
  state TEXT NOT NULL,
  product_id UUID,
  charter_id UUID,
  item_key TEXT NOT NULL,
  in_front BOOLEAN NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX onboarding_one ON onboarding (workspace_id) WHERE gone_at IS NULL;
