-- The public portal: its settings, the people who write there, ideas, votes, comments, what was published, replies.
CREATE TABLE portal (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  slug TEXT NOT NULL,
  open BOOLEAN NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  moderated BOOLEAN NOT NULL,
  ideas BOOLEAN NOT NULL,
  comments BOOLEAN NOT NULL,
  roadmap BOOLEAN NOT NULL,
  changelog BOOLEAN NOT NULL,
  indexed BOOLEAN NOT NULL,
  embed_hosts TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE portal_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  slug TEXT NOT NULL,
  open BOOLEAN NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  moderated BOOLEAN NOT NULL,
  ideas BOOLEAN NOT NULL,
  comments BOOLEAN NOT NULL,
  roadmap BOOLEAN NOT NULL,
  changelog BOOLEAN NOT NULL,
  indexed BOOLEAN NOT NULL,
  embed_hosts TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX portal_product ON portal (workspace_id, product_id);
CREATE INDEX portal_slug ON portal (slug);
CREATE TABLE contact (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  person_key TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX contact_email ON contact (workspace_id, product_id, email);
CREATE TABLE idea (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  evidence_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX idea_evidence ON idea (workspace_id, evidence_id);
CREATE INDEX idea_state ON idea (workspace_id, product_id, state, id);
CREATE INDEX idea_contact ON idea (workspace_id, contact_id);
CREATE TABLE idea_vote (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  idea_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  person_key TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX idea_vote_once ON idea_vote (workspace_id, idea_id, person_key);
CREATE INDEX idea_vote_contact ON idea_vote (workspace_id, contact_id);
CREATE TABLE idea_comment (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  idea_id UUID NOT NULL,
  contact_id UUID,
  person_id UUID,
  text TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX idea_comment_idea ON idea_comment (workspace_id, idea_id, id);
CREATE INDEX idea_comment_state ON idea_comment (workspace_id, product_id, state, id);
CREATE INDEX idea_comment_contact ON idea_comment (workspace_id, contact_id);
CREATE TABLE portal_post (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  release_id UUID,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  published_on TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE portal_post_version (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  release_id UUID,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  published_on TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  valid_to BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
);
CREATE INDEX portal_post_product ON portal_post (workspace_id, product_id, published_on);
CREATE TABLE reply (
  workspace_id BIGINT NOT NULL,
  id UUID NOT NULL,
  product_id UUID NOT NULL,
  evidence_id UUID NOT NULL,
  cause TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL,
  sent_by UUID,
  sent_on TEXT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  gone_at BIGINT,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX reply_once ON reply (workspace_id, evidence_id);
CREATE INDEX reply_state ON reply (workspace_id, product_id, state, id);
CREATE TABLE idea_tally (
  workspace_id BIGINT NOT NULL,
  idea_id UUID NOT NULL,
  product_id UUID NOT NULL,
  votes BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, idea_id)
);
CREATE INDEX idea_tally_most ON idea_tally (workspace_id, product_id, votes);
CREATE TABLE portal_session (
  token_hash TEXT NOT NULL,
  workspace_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (token_hash)
);
CREATE TABLE portal_link (
  token_hash TEXT NOT NULL,
  workspace_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  back TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (token_hash)
);
CREATE TABLE intake_mark (
  workspace_id BIGINT NOT NULL,
  product_id UUID NOT NULL,
  mark TEXT NOT NULL,
  evidence_id UUID NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, product_id, mark)
);
CREATE TABLE digest (
  workspace_id BIGINT NOT NULL,
  person_id UUID NOT NULL,
  frequency TEXT NOT NULL,
  weekday BIGINT NOT NULL,
  hour BIGINT NOT NULL,
  zone TEXT NOT NULL,
  token TEXT NOT NULL,
  next_at BIGINT NOT NULL,
  last_at BIGINT,
  PRIMARY KEY (workspace_id, person_id)
);
CREATE INDEX digest_token ON digest (token);
