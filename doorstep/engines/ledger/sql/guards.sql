-- Transfers are only ever added, and accounts never deleted.
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is only ever added to: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING HINT = 'Reverse the act by another one.';
END $$;
CREATE TRIGGER ledger_transfer_stays BEFORE UPDATE OR DELETE ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_account_stays BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
-- Room on each page for the next version of a balance.
ALTER TABLE ledger_account SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
