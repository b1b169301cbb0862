-- Who made a link that lets somebody in: it ends when they may make none any more.
ALTER TABLE one_time_link ADD COLUMN made_by BLOB;
CREATE INDEX one_time_link_maker ON one_time_link (made_by) WHERE made_by IS NOT NULL;
