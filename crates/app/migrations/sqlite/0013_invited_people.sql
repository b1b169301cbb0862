-- Whom an invitation is for, where somebody is known by name already, as from an import.
ALTER TABLE one_time_link ADD COLUMN person_id BLOB;
