-- no-transaction
CREATE UNIQUE INDEX CONCURRENTLY customers_vat_email ON public.customers (email, vat_id)
