CREATE FUNCTION audit.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS '
begin
  insert into audit.log (what, row_key) values (tg_table_name || '' '' || tg_op, coalesce(new.id, old.id)::text);
  return null;
end;
';
CREATE TRIGGER customers_audit AFTER INSERT OR UPDATE OR DELETE ON customers
    FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE CONSTRAINT TRIGGER orders_audit AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit.record();

-- a body without quotes: the semicolons in it end no statement
CREATE FUNCTION public.customer_count() RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
    SELECT 1;
    SELECT count(*) FROM public.customers;
END;

CREATE PROCEDURE public.close_orders(IN before timestamptz)
LANGUAGE SQL
BEGIN ATOMIC
    UPDATE public.orders SET state = 'sent' WHERE placed_at < before;
END;
CALL close_orders('2020-01-01');
