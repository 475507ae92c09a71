PRAGMA integrity_check;
PRAGMA optimize;
ANALYZE main.companies;
