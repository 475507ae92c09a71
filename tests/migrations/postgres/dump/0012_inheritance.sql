CREATE TABLE people (id bigserial PRIMARY KEY, name text NOT NULL, badge text UNIQUE);
CREATE TABLE employees (boss_id bigint, salary numeric NOT NULL, LIKE vouchers) INHERITS (people);
ALTER TABLE people ADD COLUMN born date NOT NULL DEFAULT '1970-01-01';
ALTER TABLE people ALTER COLUMN badge SET NOT NULL;
ALTER TABLE ONLY employees ALTER COLUMN name DROP NOT NULL;
ALTER TABLE employees ADD CONSTRAINT employees_badge_key UNIQUE (badge);
ALTER TABLE employees NO INHERIT people;
ALTER TABLE employees ALTER COLUMN born DROP NOT NULL;
