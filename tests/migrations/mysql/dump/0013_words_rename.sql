RENAME TABLE words TO vocabulary;
RENAME TABLE words_copy TO words;
ALTER TABLE words DROP INDEX IF EXISTS lang_hits, DROP INDEX IF EXISTS word_lang;
ALTER TABLE vocabulary RENAME COLUMN lang TO language, RENAME KEY lang_hits TO language_hits;
DROP TABLE IF EXISTS vocabulary_old, words_old;
DROP VIEW IF EXISTS bad_readings;
LOCK TABLES vocabulary WRITE, words READ;
ALTER TABLE vocabulary DROP KEY seen;
UNLOCK TABLES;
