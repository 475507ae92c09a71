ALTER TABLE words ADD PRIMARY KEY (word, lang), DROP INDEX word;
ALTER TABLE words MODIFY lang char(2) NULL;
ALTER TABLE words ADD COLUMN seen timestamp, ADD COLUMN changed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP;
ALTER IGNORE TABLE words ADD UNIQUE KEY seen (seen, word(8));
CREATE TABLE words_copy LIKE words;
ALTER TABLE words_copy DROP PRIMARY KEY, CHANGE lang language char(2), ADD COLUMN id serial FIRST;
INSERT INTO words_copy (word, language, meaning) SELECT word, lang, meaning FROM words;
