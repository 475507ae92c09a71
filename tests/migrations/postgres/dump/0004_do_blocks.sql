DO $$ BEGIN
    ALTER TABLE order_lines ADD CONSTRAINT order_lines_order_id_sku_key UNIQUE (order_id, sku);
EXCEPTION
    WHEN duplicate_object THEN NULL;
END $$;

DO $$ BEGIN
    -- the name is taken: it is an index, and so the error is duplicate_table, not duplicate_object
    ALTER TABLE customers ADD CONSTRAINT customers_email_key UNIQUE (email, name);
    ALTER TABLE customers ALTER COLUMN name SET NOT NULL;
EXCEPTION
    WHEN duplicate_object OR duplicate_table THEN NULL;
END $$;

DO LANGUAGE plpgsql $body$
DECLARE r record;
BEGIN
    FOR r IN SELECT conname FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'u' LOOP
        EXECUTE 'ALTER TABLE orders DROP CONSTRAINT ' || quote_ident(r.conname);
    END LOOP;
END
$body$;

DO $$ BEGIN IF to_regclass('public.vouchers') IS NULL THEN
    CREATE TABLE vouchers (code text PRIMARY KEY, order_id bigint UNIQUE REFERENCES orders, note text NOT NULL);
ELSE ALTER TABLE vouchers DROP COLUMN note; END IF; END $$;
