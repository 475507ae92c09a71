ALTER TABLE events DETACH PARTITION events_2022;
-- the key that ATTACH made for it, and only then the NOT NULL
ALTER TABLE events_2022 DROP CONSTRAINT events_2022_pkey;
ALTER TABLE events_2022 ALTER COLUMN id DROP NOT NULL;
DROP TABLE events_2023;
DROP TABLE IF EXISTS order_lines_archive, customers_copy, nothing_here CASCADE;
DROP SCHEMA scratch CASCADE;
ALTER TABLE billing.invoices SET SCHEMA public;
DROP TABLE events_rest, billing.payments;
ALTER TABLE customers DROP COLUMN vat_id;
ALTER TABLE reservations DROP CONSTRAINT reservations_pk, ALTER COLUMN id DROP IDENTITY;
DROP EXTENSION btree_gist CASCADE;
-- the columns that have it go with it, and their indexes
DROP COLLATION phonebook CASCADE;
DROP FUNCTION audit.record, add_timestamps(regclass) CASCADE;
DO $$ BEGIN PERFORM 1; EXECUTE 'DROP TABLE billing.big_orders'; END $$;
