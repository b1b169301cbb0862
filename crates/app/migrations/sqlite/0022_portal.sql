-- The public portal: its settings, the people who write there, ideas, votes, comments, what was published, replies.
CREATE TABLE portal (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  slug TEXT NOT NULL,
  open INTEGER NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  moderated INTEGER NOT NULL,
  ideas INTEGER NOT NULL,
  comments INTEGER NOT NULL,
  roadmap INTEGER NOT NULL,
  changelog INTEGER NOT NULL,
  indexed INTEGER NOT NULL,
  embed_hosts TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE portal_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  slug TEXT NOT NULL,
  open INTEGER NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  moderated INTEGER NOT NULL,
  ideas INTEGER NOT NULL,
  comments INTEGER NOT NULL,
  roadmap INTEGER NOT NULL,
  changelog INTEGER NOT NULL,
  indexed INTEGER NOT NULL,
  embed_hosts TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX portal_product ON portal (workspace_id, product_id);
CREATE INDEX portal_slug ON portal (slug);
CREATE TABLE contact (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  person_key TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX contact_email ON contact (workspace_id, product_id, email);
CREATE TABLE idea (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  evidence_id BLOB NOT NULL,
  contact_id BLOB NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX idea_evidence ON idea (workspace_id, evidence_id);
CREATE INDEX idea_state ON idea (workspace_id, product_id, state, id);
CREATE INDEX idea_contact ON idea (workspace_id, contact_id);
CREATE TABLE idea_vote (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  idea_id BLOB NOT NULL,
  contact_id BLOB NOT NULL,
  person_key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX idea_vote_once ON idea_vote (workspace_id, idea_id, person_key);
CREATE INDEX idea_vote_contact ON idea_vote (workspace_id, contact_id);
CREATE TABLE idea_comment (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  idea_id BLOB NOT NULL,
  contact_id BLOB,
  person_id BLOB,
  text TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX idea_comment_idea ON idea_comment (workspace_id, idea_id, id);
CREATE INDEX idea_comment_state ON idea_comment (workspace_id, product_id, state, id);
CREATE INDEX idea_comment_contact ON idea_comment (workspace_id, contact_id);
CREATE TABLE portal_post (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  release_id BLOB,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  published_on TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE TABLE portal_post_version (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  release_id BLOB,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  published_on TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id, revision)
) STRICT;
CREATE INDEX portal_post_product ON portal_post (workspace_id, product_id, published_on);
CREATE TABLE reply (
  workspace_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  evidence_id BLOB NOT NULL,
  cause TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL,
  sent_by BLOB,
  sent_on TEXT,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  gone_at INTEGER,
  PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX reply_once ON reply (workspace_id, evidence_id);
CREATE INDEX reply_state ON reply (workspace_id, product_id, state, id);
CREATE TABLE idea_tally (
  workspace_id INTEGER NOT NULL,
  idea_id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  votes INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, idea_id)
) STRICT;
CREATE INDEX idea_tally_most ON idea_tally (workspace_id, product_id, votes);
CREATE TABLE portal_session (
  token_hash TEXT NOT NULL,
  workspace_id INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  contact_id BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (token_hash)
) STRICT;
CREATE TABLE portal_link (
  token_hash TEXT NOT NULL,
  workspace_id INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  back TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (token_hash)
) STRICT;
CREATE TABLE intake_mark (
  workspace_id INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  mark TEXT NOT NULL,
  evidence_id BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, product_id, mark)
) STRICT;
CREATE TABLE digest (
  workspace_id INTEGER NOT NULL,
  person_id BLOB NOT NULL,
  frequency TEXT NOT NULL,
  weekday INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  zone TEXT NOT NULL,
  token TEXT NOT NULL,
  next_at INTEGER NOT NULL,
  last_at INTEGER,
  PRIMARY KEY (workspace_id, person_id)
) STRICT;
CREATE INDEX digest_token ON digest (token);
