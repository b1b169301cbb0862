-- GIN knows no order: each text also carries the stretches of numbers that its own lies in, so that the
-- newest texts are found without gathering all that match.
ALTER TABLE search_doc DROP COLUMN words;
ALTER TABLE search_doc ADD COLUMN words TSVECTOR GENERATED ALWAYS AS (
  setweight(to_tsvector('simple', left(key, 200)), 'A') || setweight(to_tsvector('simple', left(title, 20000)), 'B') || to_tsvector('simple', left(body, 200000))
  || array_to_tsvector(ARRAY['#a' || CAST(doc / 4096 AS TEXT), '#b' || CAST(doc / 16384 AS TEXT), '#c' || CAST(doc / 65536 AS TEXT), '#d' || CAST(doc / 262144 AS TEXT)])
) STORED;
CREATE INDEX search_doc_words ON search_doc USING GIN (words);
