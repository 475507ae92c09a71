WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)
INSERT INTO companies (id, name) SELECT i, 'Company ' || i FROM n WHERE true
ON CONFLICT (name) DO UPDATE SET vat = excluded.vat;
REPLACE INTO labels (id, name) VALUES (1, 'customer'), (2, 'it''s; complicated');
