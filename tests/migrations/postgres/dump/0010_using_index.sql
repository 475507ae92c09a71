ALTER TABLE customers
    DROP CONSTRAINT customers_email_key,
    ADD CONSTRAINT customers_email_vat_key UNIQUE USING INDEX customers_vat_email;
CREATE UNIQUE INDEX vouchers_new_pk ON vouchers (code, note);
ALTER TABLE vouchers DROP CONSTRAINT vouchers_pkey, ADD CONSTRAINT vouchers_pk PRIMARY KEY USING INDEX vouchers_new_pk;
ALTER INDEX IF EXISTS customers_vat_email RENAME TO customers_nothing;
ALTER TABLE audit.log REPLICA IDENTITY USING INDEX log_id_idx;
ALTER TABLE orders CLUSTER ON orders_pkey;
