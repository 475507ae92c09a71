-- Adds the usual two columns to a table, whatever its name
CREATE OR REPLACE FUNCTION public.add_timestamps(tbl regclass) RETURNS void
LANGUAGE plpgsql AS $fn$
BEGIN
    EXECUTE format('ALTER TABLE %s ADD COLUMN created_at timestamptz NOT NULL DEFAULT now()', tbl);
    BEGIN
        EXECUTE format($q$ALTER TABLE %s ADD COLUMN updated_at timestamptz$q$, tbl);
    EXCEPTION
        WHEN duplicate_column THEN RAISE NOTICE 'updated_at is there; not added to %', tbl;
    END;
END;
$fn$;

SELECT public.add_timestamps('public.customers');
SELECT add_timestamps(t::regclass) FROM unnest(ARRAY['products', 'audit.log']) AS t;
