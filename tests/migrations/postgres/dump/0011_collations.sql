CREATE COLLATION IF NOT EXISTS public.case_insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
ALTER TABLE customers ALTER COLUMN email TYPE text COLLATE case_insensitive;
ALTER TABLE products ALTER COLUMN title TYPE text COLLATE "C";
CREATE UNIQUE INDEX products_title_ci ON products (title COLLATE case_insensitive);
CREATE TABLE logins (
    name text COLLATE case_insensitive CONSTRAINT logins_name_key UNIQUE,
    realm text COLLATE "C" NOT NULL,
    secret bytea,
    UNIQUE (realm, name),
    UNIQUE (name, realm)
);
/* three names that the server makes /* logins_realm_name_key and logins_name_realm_key, */ and this: */
CREATE UNIQUE INDEX ON logins (realm, secret);
ALTER TABLE logins DROP CONSTRAINT logins_name_key;
DROP INDEX logins_realm_secret_idx;
CREATE COLLATION phonebook FROM "de-x-icu";
ALTER TABLE logins ADD COLUMN label text COLLATE phonebook NOT NULL, ADD UNIQUE (label, realm);
