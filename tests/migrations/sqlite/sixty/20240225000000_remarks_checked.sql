PRAGMA foreign_key_check(remarks);
ANALYZE remarks;
