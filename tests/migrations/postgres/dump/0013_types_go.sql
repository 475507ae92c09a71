-- order_lines.sku (and its UNIQUE) goes with the domain, products.sku does not
ALTER TABLE products ALTER COLUMN sku TYPE text;
DROP DOMAIN sku CASCADE;
CREATE DOMAIN email_address AS text NOT NULL CHECK (VALUE LIKE '%@%');
ALTER TABLE reservations ADD COLUMN contact email_address DEFAULT 'desk@example.invalid';
CREATE TYPE money_pair AS (amount numeric, currency char(3));
CREATE SCHEMA IF NOT EXISTS scratch AUTHORIZATION CURRENT_USER;
CREATE TABLE scratch.rates OF money_pair (currency WITH OPTIONS NOT NULL, PRIMARY KEY (amount, currency));
CREATE TYPE mood AS ENUM (E'so\'so', 'fine; really', $$well$$);
ALTER TABLE vouchers ADD COLUMN mood mood NOT NULL DEFAULT 'well', ADD COLUMN issued_by int, ADD UNIQUE (mood, issued_by);
DROP TYPE IF EXISTS mood CASCADE;
