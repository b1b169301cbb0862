-- Which words stand in which stretch of the search's texts; here the full-text index leaps by itself, and
-- the table stays empty.
CREATE TABLE search_word (
  word BIGINT NOT NULL,
  stretch BIGINT NOT NULL
);
