-- A mirror counts acts: it is read from this index alone
DROP INDEX exercised_person;
CREATE INDEX exercised_person ON exercised (workspace_id, person_id, day, seq, responsibility, outside, change_id);
