CREATE SCHEMA billing
    CREATE TABLE invoices (no text PRIMARY KEY, order_id bigint, total numeric NOT NULL)
    CREATE UNIQUE INDEX invoices_order_idx ON invoices (order_id);
SET LOCAL search_path TO billing, public;
CREATE TABLE payments (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), invoice text NOT NULL REFERENCES invoices, reference text UNIQUE);
-- of public: there is none in billing
ALTER TABLE customers ADD COLUMN vat_id text UNIQUE;
-- and one that has the name of one in public
CREATE TABLE customers (id int NOT NULL, debtor text, CONSTRAINT customers_email_key UNIQUE (debtor));
ALTER TABLE customers ADD PRIMARY KEY (id);
