DROP TRIGGER episodes_au;
DROP TRIGGER episodes_ad;
DROP TRIGGER episodes_ai;
DROP TABLE episodes_fts;
