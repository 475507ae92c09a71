CREATE TABLE products_new (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sku text, title text, ean char(13) UNIQUE, price numeric(10,2), updated_at timestamptz);
INSERT INTO products_new (sku, title, ean, price, updated_at) SELECT sku, title, ean, price, updated_at FROM products;
ALTER TABLE products RENAME TO products_old;
ALTER TABLE products_new RENAME TO products;
ALTER TABLE products_old RENAME CONSTRAINT products_pkey TO products_old_pkey;
ALTER INDEX products_new_pkey RENAME TO products_pkey;
ALTER TABLE products ADD CONSTRAINT products_sku_key UNIQUE NULLS NOT DISTINCT (sku) NOT DEFERRABLE;
ALTER TABLE IF EXISTS products_new ALTER COLUMN sku SET NOT NULL;
CREATE TEMP TABLE products ON COMMIT DROP AS TABLE public.products;
-- the temporary one, which hides the one in public
ALTER TABLE products ALTER COLUMN title SET NOT NULL, ADD UNIQUE (title);
ALTER TABLE public.products ALTER COLUMN price SET NOT NULL;
DROP TABLE products_old;
