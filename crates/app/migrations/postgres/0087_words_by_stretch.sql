-- Signs are blanks, as they are to whoever searches: the parser takes paths, hosts, versions and words with
-- hyphens for one word each, which nobody types so, and makes more of a long text than a vector holds. The
-- marks are of the two stretches that are asked for.
ALTER TABLE search_doc DROP COLUMN words;
ALTER TABLE search_doc ADD COLUMN words TSVECTOR GENERATED ALWAYS AS (
  setweight(to_tsvector('simple', translate(left(key, 200), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32))), 'A')
  || setweight(to_tsvector('simple', translate(left(title, 20000), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32))), 'B')
  || to_tsvector('simple', translate(left(body, 200000), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)))
  || array_to_tsvector(ARRAY['#a' || CAST(doc / 4096 AS TEXT), '#b' || CAST(doc / 16384 AS TEXT)])
) STORED;
CREATE INDEX search_doc_words ON search_doc USING GIN (words);

-- Which words stand in which stretch of the search's texts, so that no stretch is looked at in vain. Words
-- are kept as hashes, without the marks of stretches (#) and the numbers of keys, of which each text has its
-- own; of a text that is gone they may stay, and cost a look.
CREATE TABLE search_word (
  word BIGINT NOT NULL,
  stretch BIGINT NOT NULL
);
INSERT INTO search_word (word, stretch)
  SELECT DISTINCT hashtextextended(l.lexeme, 0), d.doc / 16384
  FROM search_doc d CROSS JOIN LATERAL unnest(d.words) AS l (lexeme, positions, weights)
  WHERE left(l.lexeme, 1) <> '#' AND NOT (l.weights = '{A}' AND l.lexeme ~ '^[0-9]+$');
CREATE INDEX search_word_stretch ON search_word (word, stretch);

-- No unique key: those who write the same new word at once would wait for each other. Each word is looked
-- up by itself, or a plan made for an empty table would read all of it later.
CREATE FUNCTION note_search_words() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_word (word, stretch)
    SELECT f.word, f.stretch FROM (
      SELECT DISTINCT hashtextextended(l.lexeme, 0) AS word, n.doc / 16384 AS stretch
      FROM fresh n CROSS JOIN LATERAL unnest(n.words) AS l (lexeme, positions, weights)
      WHERE left(l.lexeme, 1) <> '#' AND NOT (l.weights = '{A}' AND l.lexeme ~ '^[0-9]+$')) AS f
    WHERE (SELECT 1 FROM search_word w WHERE w.word = f.word AND w.stretch = f.stretch LIMIT 1) IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER search_doc_noted AFTER INSERT ON search_doc
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_search_words();
