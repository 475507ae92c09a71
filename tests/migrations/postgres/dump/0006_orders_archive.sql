ALTER TABLE orders ADD CONSTRAINT orders_customer_number UNIQUE (customer_id, number);
CREATE TABLE audit.orders_archive (LIKE public.orders INCLUDING ALL, archived_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE order_lines_archive (LIKE order_lines INCLUDING DEFAULTS);
CREATE TABLE customers_copy (LIKE customers INCLUDING ALL EXCLUDING INDEXES);
ALTER TABLE audit.orders_archive DROP CONSTRAINT orders_archive_customer_id_number_key;
ALTER TABLE audit.orders_archive ALTER COLUMN state DROP NOT NULL;
CREATE UNIQUE INDEX ON order_lines_archive (order_id, line, sku);
