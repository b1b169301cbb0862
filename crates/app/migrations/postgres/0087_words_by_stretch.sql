-- Which words stand in which stretch of the search's texts, so that no stretch is looked at in vain. Words
-- are kept as hashes, without the marks of stretches (#); of a text that is gone they may stay, and cost
-- a look.
CREATE TABLE search_word (
  word BIGINT NOT NULL,
  stretch BIGINT NOT NULL
);
INSERT INTO search_word (word, stretch)
  SELECT DISTINCT hashtextextended(l.lexeme, 0), d.doc / 16384
  FROM search_doc d CROSS JOIN LATERAL unnest(d.words) AS l (lexeme, positions, weights)
  WHERE left(l.lexeme, 1) <> '#';
CREATE INDEX search_word_stretch ON search_word (word, stretch);

-- No unique key: those who write the same new word at once would wait for each other. Each word is looked
-- up by itself, or a plan made for an empty table would read all of it later.
CREATE FUNCTION note_search_words() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_word (word, stretch)
    SELECT f.word, f.stretch FROM (
      SELECT DISTINCT hashtextextended(l.lexeme, 0) AS word, n.doc / 16384 AS stretch
      FROM fresh n CROSS JOIN LATERAL unnest(n.words) AS l (lexeme, positions, weights)
      WHERE left(l.lexeme, 1) <> '#') AS f
    WHERE (SELECT 1 FROM search_word w WHERE w.word = f.word AND w.stretch = f.stretch LIMIT 1) IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER search_doc_noted AFTER INSERT ON search_doc
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_search_words();
