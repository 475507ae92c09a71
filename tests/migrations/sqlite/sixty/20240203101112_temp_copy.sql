-- a temporary table of the same name hides the one in main, until it is dropped
CREATE TEMP TABLE remarks AS SELECT * FROM main.remarks WHERE body <> '';
DELETE FROM main.remarks;
INSERT INTO main.remarks SELECT * FROM remarks;
DROP TABLE remarks;
